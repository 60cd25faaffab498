import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { AppError } from '../../core/errors.ts';
import type { ModelClient, ModelEvent, ModelRequest } from '../../core/ports.ts';

export interface RecordedOptions {
  /** Holds one file per request, `<key>.json`. */
  readonly folder: string;
  readonly model: string;
  /** Asked and written down, each time; without it, what was written down is played back. */
  readonly live?: ModelClient;
}

interface Recording {
  readonly model: string;
  readonly request: ModelRequest;
  readonly events: readonly ModelEvent[];
}

/** The name of a recording: another question, model or way of asking has another. */
export function recordingKey(model: string, request: ModelRequest): string {
  const { messages, schema, whole, maxTokens, effort } = request;
  const asked = [model, messages.map(({ role, text }) => [role, text]), schema, whole, maxTokens, effort];
  return createHash('sha256').update(JSON.stringify(asked)).digest('hex');
}

/** A model that says again what it said once. It sends nothing, so it reports nothing as sent. */
export function createRecordedClient({ folder, model, live }: RecordedOptions): ModelClient {
  const fileOf = (request: ModelRequest) => path.join(folder, `${recordingKey(model, request)}.json`);

  async function* replay(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent> {
    if (signal.aborted) throw new AppError('cancelled');
    const recording = await read(fileOf(request));
    if (recording === undefined) {
      const message = `no recording ${recordingKey(model, request)} of ${model} for: ${firstLine(request)}`;
      throw new AppError('internal', { message });
    }
    for (const event of recording.events) {
      if (signal.aborted) throw new AppError('cancelled');
      yield event;
    }
  }

  async function* record(
    client: ModelClient,
    request: ModelRequest,
    signal: AbortSignal,
  ): AsyncGenerator<ModelEvent> {
    const events: ModelEvent[] = [];
    for await (const event of client.stream(request, signal)) {
      add(events, event);
      // Before the last event is passed on: nobody has to read beyond it.
      if (event.type === 'end') await write(fileOf(request), { model, request, events });
      yield event;
    }
  }

  return {
    model,
    destination: live?.destination ?? 'recorded',
    ...(live?.contextTokens === undefined ? {} : { contextTokens: live.contextTokens }),
    stream: (request, signal) => (live ? record(live, request, signal) : replay(request, signal)),
  };
}

/** Pieces of one text are one text; what was sent is in the recording already. */
function add(events: ModelEvent[], event: ModelEvent): void {
  const last = events.at(-1);
  if (event.type === 'sent') return;
  if ((event.type === 'text' || event.type === 'reasoning') && last?.type === event.type)
    events[events.length - 1] = { type: event.type, text: last.text + event.text };
  else events.push(event);
}

async function read(file: string): Promise<Recording | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Recording;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function write(file: string, recording: Recording): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.tmp`;
  await writeFile(draft, `${JSON.stringify(recording, null, 2)}\n`);
  await rename(draft, file);
}

/** What the request is about, for a person who looks for its recording. */
function firstLine({ messages }: ModelRequest): string {
  const all = messages
    .map(({ text }) => text)
    .join('\n')
    .split('\n');
  const heading = all.findIndex((line) => /^question\b/i.test(line.trim()));
  const line = all.slice(heading + 1).find((text) => text.trim() !== '') ?? '';
  return line.trim().slice(0, 120);
}
