import type { ModelClient, ModelEvent, ModelRequest, Random } from '../../src/core/ports.ts';
import { readPrompt, type SeenPrompt } from './judge.ts';

/** What the fake does with a request: the events that it sends, or a failure that it throws. */
export type Script = (prompt: SeenPrompt, signal: AbortSignal) => Iterable<ModelEvent>;

type About = Partial<Pick<ModelClient, 'model' | 'destination' | 'contextTokens'>>;

/** A model that follows a script and remembers what it was asked. */
export class FakeModel implements ModelClient {
  readonly model: string;
  readonly destination: string;
  readonly contextTokens?: number;
  readonly requests: ModelRequest[] = [];
  readonly #script: Script;

  constructor(script: Script, about: About = {}) {
    this.#script = script;
    this.model = about.model ?? 'fake-1';
    this.destination = about.destination ?? 'https://fake.example';
    if (about.contextTokens !== undefined) this.contextTokens = about.contextTokens;
  }

  /** What it was asked, as a judge reads it. */
  get prompts(): readonly SeenPrompt[] {
    return this.requests.map(({ messages }) => readPrompt(messages.map(({ text }) => text)));
  }

  async *stream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent> {
    this.requests.push(request);
    for (const event of this.#script(readPrompt(request.messages.map(({ text }) => text)), signal)) {
      await Promise.resolve();
      yield event;
    }
  }
}

/** A reply as a stream of small pieces; objects are written as JSON. */
export function* says(reply: unknown, size = 50): Generator<ModelEvent> {
  const text = typeof reply === 'string' ? reply : JSON.stringify(reply);
  for (let i = 0; i < text.length; i += size) yield { type: 'text', text: text.slice(i, i + size) };
  yield { type: 'end', finish: 'stop' };
}

/** Always the same token, cut or repeated to the length asked for. */
export function fixedRandom(token = 'N7F3A'): Random {
  return { token: (length) => token.repeat(Math.ceil(length / token.length)).slice(0, length) };
}
