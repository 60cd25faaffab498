// What servers of models really send: every way seen so far in which a reply arrives damaged, late or not at all.
import type * as http from 'node:http';
import type { Rubric } from '../../src/core/bank/question.ts';
import type { Random } from '../../src/core/ports.ts';
import { type Claim, judge, readPrompt, type SeenPrompt } from './judge.ts';
import type { ManualClock } from './manualClock.ts';
import type { Behaviour, Received } from './modelServer.ts';
import { samplePitfall, samplePoint } from './samples.ts';

/** An answer whose passages hold what breaks replies: an emoji, quotes, a pipe, letters of several bytes. */
export const ANSWER = [
  'I compare the last day 🐤 with a window of the past, « fenêtre de référence », cut from the training data.',
  'We pipe the distances through "score_drift | sort" and look at the largest ones first.',
  'The model is trained again every night, whether anything has moved or not.',
  'A threshold that is passed for three windows in a row calls the person on duty.',
].join('\n');

/** One point that is met by each kind of passage, one that is missed, one that the answer turns round. */
export const RUBRIC: Rubric = {
  points: [
    point('reference', 3, 'The answer compares with an explicit reference.'),
    point('labels', 2, 'The answer waits for late labels to confirm.'),
    point('size', 2, 'The answer orders features by how far they have moved.'),
    point('diagnosis', 2, 'The answer looks for a cause before it retrains.'),
    point('alert', 3, 'The answer tells when somebody is called.'),
  ],
  pitfalls: [
    samplePitfall('mean-only', 0.2, { statement: both('The answer follows the mean only.') }),
    samplePitfall('blind-retrain', 0.1, { statement: both('The answer retrains without a reason.') }),
  ],
};

function both(text: string) {
  return { fr: text, en: text };
}

// Without terms the rubric promises nothing, so that no score is checked by one more call.
function point(id: string, weight: number, statement: string) {
  const { accept: _accept, ...open } = samplePoint(id, weight, { statement: both(statement) });
  return open;
}

export const CLAIMS: readonly Claim[] = [
  { verdict: 'met', evidence: 'the last day 🐤 with a window of the past, « fenêtre de référence »' },
  { verdict: 'not_met' },
  { verdict: 'met', evidence: 'pipe the distances through "score_drift | sort" and look at the largest' },
  { verdict: 'contradicted', evidence: 'The model is trained again every night, whether anything has moved' },
  { verdict: 'met', evidence: 'A threshold that is passed for three windows in a row' },
];

export const VERDICTS = CLAIMS.map(({ verdict }) => verdict);
export const PITFALLS = [false, true];
/** (3 + 2 + 3) of 12, less the pitfall: far from the edges of the bands, so that nobody votes. */
export const SCORE = 8 / 12 - 0.1;

/** A reply by which everything would be met: what a hijacked judge says. */
export function generous(prompt: SeenPrompt): Reply {
  return judge(prompt, (place) => ({
    verdict: 'met',
    evidence: CLAIMS[place]?.evidence ?? 'the last day with a window of the past',
  }));
}

/** Another mark for each call, as in earnest. */
export function marks(): Random {
  let seed = 1;
  return {
    token: (length) =>
      Array.from({ length }, () => {
        seed = (seed * 48_271) % 2_147_483_647;
        return 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'[seed % 32];
      }).join(''),
  };
}

export type Reply = Record<string, unknown>;

/** The right reply to a prompt, whichever points it asks for and in whichever order. */
export function honest(prompt: SeenPrompt, change: (place: number) => Claim | undefined = () => undefined) {
  const claim = (row: number): Claim => {
    const place = RUBRIC.points.findIndex(({ statement }) => statement.en === prompt.statements[row]);
    return change(place) ?? CLAIMS[place] ?? { verdict: 'not_met' };
  };
  const evidence = CLAIMS[3]?.evidence ?? '';
  const pitfalls = prompt.pitfalls.includes('x02') ? { x02: { evidence, verdict: 'present' } } : {};
  return judge(prompt, claim, { pitfalls });
}

/** A reply as the line protocol writes it. */
export function asLines(reply: Reply): string {
  const rows = (part: unknown) =>
    Object.entries(part as Record<string, { verdict: string; evidence: string }>);
  const lines = [...rows(reply['points']), ...rows(reply['pitfalls'])].map(
    ([key, { verdict, evidence }]) => `${key}|${verdict}|"${evidence}"`,
  );
  return [...lines, `run|${String(reply['run'])}`].join('\n');
}

/** What a model writes: the honest reply, more or less damaged. */
export type Write = (reply: Reply, prompt: SeenPrompt) => string;

/** Does as it is told: JSON, or lines where these are asked for. */
export const rightly: Write = (reply, prompt) => (prompt.asLines ? asLines(reply) : JSON.stringify(reply));

export function promptOf({ chat }: Received): SeenPrompt {
  return readPrompt(chat.messages.map(({ content }) => content));
}

const textFor = (write: Write, received: Received) => {
  const prompt = promptOf(received);
  return write(honest(prompt), prompt);
};

const SSE = { 'content-type': 'text/event-stream; charset=utf-8' };
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Characters of the prompt by four: what a server counts when it has read all of it. */
function usageOf({ chat }: Received, output = 700): object {
  const characters = chat.messages.reduce((sum, { content }) => sum + content.length, 0);
  return { prompt_tokens: Math.ceil(characters / 4), completion_tokens: output };
}

export interface Manner {
  /** Why the reply ends; null: the server does not say. */
  readonly finish?: string | null;
  /** Where the text stands in a message; `content` unless given. */
  readonly as?: (text: string, isStream: boolean) => object;
  readonly size?: number;
  /** Tokens of the reply, as the server counts them; it counts none unless given. */
  readonly output?: number;
  readonly promptTokens?: number;
}

function choice(part: 'delta' | 'message', body: object, finish: string | null): object {
  return { choices: [{ index: 0, [part]: body, finish_reason: finish }] };
}

function usagePart(received: Received, { output, promptTokens }: Manner): object {
  if (output === undefined && promptTokens === undefined) return {};
  const usage = { ...usageOf(received, output), ...(promptTokens ? { prompt_tokens: promptTokens } : {}) };
  return { usage };
}

/** Says something the way it was asked for: as a stream, or all at once. */
export function says(write: Write, manner: Manner = {}): Behaviour {
  const { finish = 'stop', as = (text) => ({ content: text }), size = 97 } = manner;
  return (received, response) => {
    const text = textFor(write, received);
    const usage = usagePart(received, manner);
    if (!received.chat.stream)
      return whole(response, { ...choice('message', as(text, false), finish), ...usage });
    response.writeHead(200, SSE);
    for (const piece of pieces(text, size)) event(response, choice('delta', as(piece, true), null));
    if (finish !== null) event(response, choice('delta', {}, finish));
    if ('usage' in usage) event(response, { choices: [], ...usage });
    event(response, '[DONE]');
    response.end();
  };
}

function* pieces(text: string, size: number): Generator<string> {
  for (let i = 0; i < Math.max(1, text.length); i += size) yield text.slice(i, i + size);
}

function event(response: http.ServerResponse, data: unknown): void {
  response.write(`data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`);
}

/** A whole JSON body under a status of 200. */
export function whole(response: http.ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

/** A whole reply though a stream was asked for, or a stream though a whole reply was. */
export function theOtherWay(write: Write): Behaviour {
  return (received, response) =>
    says(write)({ ...received, chat: { ...received.chat, stream: !received.chat.stream } }, response);
}

/** The bytes of a stream as they are, cut wherever `cut` says, whatever stands there. */
export function sendsBytes(write: Write, stream: (text: string) => string, cut: number): Behaviour {
  return async (received, response) => {
    const text = textFor(write, received);
    const body = received.chat.stream
      ? stream(text)
      : JSON.stringify(choice('message', { content: text }, 'stop'));
    response.writeHead(200, received.chat.stream ? SSE : { 'content-type': 'application/json' });
    const bytes = Buffer.from(body);
    for (let i = 0; i < bytes.length; i += cut) {
      response.write(bytes.subarray(i, i + cut));
      await turn();
    }
    response.end();
  };
}

/** One chunk of a stream as JSON. */
export function piece(text: string, finish: string | null = null): string {
  return JSON.stringify(choice('delta', text === '' ? {} : { content: text }, finish));
}

/** A stream of these data, made from the text, without anything after them. */
export function sendsData(write: Write, data: (text: string) => readonly string[]): Behaviour {
  return (received, response) => {
    response.writeHead(200, SSE);
    for (const one of data(textFor(write, received))) event(response, one);
    response.end();
  };
}

/** A tool call in place of words, its arguments in pieces. */
export function callsTool(write: Write): Behaviour {
  const as = (text: string) => ({ content: null, tool_calls: [{ index: 0, function: { arguments: text } }] });
  return says(write, { as, finish: 'tool_calls' });
}

/** A body as it is, under a status of 200, whichever way it was asked for. */
export function body(type: string, text: string): Behaviour {
  return (_received, response) => {
    response.writeHead(200, { 'content-type': type });
    response.end(text);
  };
}

/** Bytes without an end; they stop when nobody reads them any more. */
export function neverEnds(filler: string): Behaviour {
  return async ({ chat }, response) => {
    const line = chat.stream ? `data: ${piece(filler)}\n\n` : filler;
    response.writeHead(200, chat.stream ? SSE : { 'content-type': 'application/json' });
    if (!chat.stream) response.write('{"choices": [{"message": {"content": "');
    while (!response.destroyed) {
      if (response.write(line)) await turn();
      else await new Promise((resolve) => response.once('drain', resolve).once('close', resolve));
    }
  };
}

/** What a test knows of the client, so that a server can fall silent at the right moment. */
export interface Stage {
  readonly clock: ManualClock;
  /** Settles when the client has read so many characters of the reply under way. */
  readonly heard: (characters: number) => Promise<void>;
}

/** Lets the next timer ring: what everybody waits for when nobody says anything. */
export async function skip({ clock }: Stage): Promise<void> {
  await turn();
  clock.advance(clock.next ?? 0);
}

/** Begins (or not even that), then falls silent and keeps the line open until a watchdog bites. */
export function fallsSilent(
  stage: Stage,
  write: Write | 'before its headers' | 'after its headers',
): Behaviour {
  return async (received, response) => {
    if (write === 'before its headers') return skip(stage);
    response.writeHead(200, received.chat.stream ? SSE : { 'content-type': 'application/json' });
    response.flushHeaders();
    if (write === 'after its headers') return skip(stage);
    const text = textFor(write, received);
    if (received.chat.stream) event(response, choice('delta', { content: text }, null));
    // A whole reply is heard when it is complete: half of one is silence to the client.
    else response.write(JSON.stringify(choice('message', { content: text }, 'stop')).slice(0, -2));
    if (received.chat.stream) await stage.heard(text.length);
    await skip(stage);
  };
}

/** Breaks the connection, after a text or before a word. */
export function breaks(stage: Stage, write?: Write): Behaviour {
  return async (received, response) => {
    if (!write) return void response.destroy();
    const text = textFor(write, received);
    response.writeHead(200, received.chat.stream ? SSE : { 'content-type': 'application/json' });
    if (received.chat.stream) {
      event(response, choice('delta', { content: text }, null));
      await stage.heard(text.length);
    } else {
      response.write(JSON.stringify(choice('message', { content: text }, 'stop')).slice(0, -2));
      await turn();
    }
    response.destroy();
  };
}

/** The beginning of a reply, cut in the middle of a point. */
export const half: Write = (reply, prompt) => {
  const text = rightly(reply, prompt);
  return text.slice(0, Math.floor(text.length / 2));
};

/** One line of Ollama's own protocol. */
export function ollamaSays(
  write: Write,
  {
    done = true,
    reason = 'stop',
    field = 'content',
  }: { done?: boolean; reason?: string; field?: string } = {},
): Behaviour {
  return (received, response) => {
    const text = textFor(write, received);
    const line = (part: string) =>
      `${JSON.stringify({ message: { role: 'assistant', [field]: part }, done: false })}\n`;
    const end = `${JSON.stringify({ message: { content: '' }, done: true, done_reason: reason })}\n`;
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    if (received.chat.stream) response.end([...pieces(text, 97)].map(line).join('') + (done ? end : ''));
    else response.end(JSON.stringify({ message: { content: text }, done: true, done_reason: reason }));
  };
}
