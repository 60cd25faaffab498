import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { createRecordedClient, recordingKey } from '../../src/adapters/models/recorded.ts';
import { AppError, isAppError } from '../../src/core/errors.ts';
import type { ModelClient, ModelEvent, ModelRequest } from '../../src/core/ports.ts';

const REQUEST: ModelRequest = {
  messages: [
    { role: 'system', text: 'The rules.\n\nQuestion\nWhat is drift?\n\nPoints\np01: …' },
    { role: 'user', text: 'The answer.' },
  ],
  schema: { type: 'object' },
};

let folder: string;
let asked = 0;

function live(...events: readonly (ModelEvent | Error)[]): ModelClient {
  return {
    model: 'm',
    destination: 'https://live.example',
    contextTokens: 8192,
    async *stream() {
      asked += 1;
      for (const event of events) {
        if (event instanceof Error) throw event;
        yield event;
      }
    },
  };
}

const SPOKEN: readonly ModelEvent[] = [
  { type: 'sent', url: 'https://live.example', body: '{}' },
  { type: 'reasoning', text: 'Hm.' },
  { type: 'text', text: '{"a"' },
  { type: 'text', text: ': 1}' },
  { type: 'usage', usage: { input: 1, output: 2 } },
  { type: 'end', finish: 'stop' },
];

async function hear(
  client: ModelClient,
  request: ModelRequest = REQUEST,
  signal = new AbortController().signal,
): Promise<ModelEvent[]> {
  const events: ModelEvent[] = [];
  for await (const event of client.stream(request, signal)) events.push(event);
  return events;
}

const files = () => (fs.existsSync(folder) ? fs.readdirSync(folder) : []);

describe('recordings of a model', () => {
  beforeEach(() => {
    folder = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'canari-recorded-')), 'new');
    asked = 0;
  });
  afterEach(() => fs.rmSync(path.dirname(folder), { recursive: true, force: true }));

  it('are made while the live model speaks, and played without it', async () => {
    const recording = createRecordedClient({ folder, model: 'm', live: live(...SPOKEN) });
    assert.equal(recording.destination, 'https://live.example');
    assert.equal(recording.contextTokens, 8192);
    assert.deepEqual(await hear(recording), SPOKEN);
    assert.deepEqual(files(), [`${recordingKey('m', REQUEST)}.json`]);
    assert.deepEqual(await hear(createRecordedClient({ folder, model: 'm' })), [
      { type: 'reasoning', text: 'Hm.' },
      { type: 'text', text: '{"a": 1}' },
      { type: 'usage', usage: { input: 1, output: 2 } },
      { type: 'end', finish: 'stop' },
    ]);
    assert.equal(asked, 1);
  });

  it('are made again each time a live model is there', async () => {
    const recording = createRecordedClient({ folder, model: 'm', live: live(...SPOKEN) });
    await hear(recording);
    await hear(recording);
    assert.equal(asked, 2);
    assert.equal(files().length, 1);
  });

  it('are not made of a failure', async () => {
    const recording = createRecordedClient({
      folder,
      model: 'm',
      live: live({ type: 'text', text: 'a' }, new AppError('provider_failed')),
    });
    await assert.rejects(hear(recording), { code: 'provider_failed' });
    assert.deepEqual(files(), []);
  });

  it('fail where there is none, with the key and the question', async () => {
    const thrown = await hear(createRecordedClient({ folder, model: 'm' })).catch((error: unknown) => error);
    assert.ok(isAppError(thrown));
    assert.ok(thrown.message.includes(recordingKey('m', REQUEST)), thrown.message);
    assert.ok(thrown.message.includes('What is drift?'), thrown.message);
  });

  it('stop when they are cancelled', async () => {
    await assert.rejects(hear(createRecordedClient({ folder, model: 'm' }), REQUEST, AbortSignal.abort()), {
      code: 'cancelled',
    });
  });

  it('are of one request: its model, its words and its form', () => {
    const others: readonly [string, ModelRequest][] = [
      ['other', REQUEST],
      ['m', { ...REQUEST, whole: true }],
      ['m', { ...REQUEST, maxTokens: 5 }],
      ['m', { ...REQUEST, effort: 'low' }],
      ['m', { messages: REQUEST.messages }],
      ['m', { ...REQUEST, messages: [...REQUEST.messages].reverse() }],
    ];
    const keys = others.map(([model, request]) => recordingKey(model, request));
    assert.equal(new Set([...keys, recordingKey('m', REQUEST)]).size, others.length + 1);
    assert.match(keys[0] ?? '', /^[0-9a-f]{64}$/);
    // The order in which an object was written is not part of it.
    const { schema, messages } = REQUEST;
    assert.equal(recordingKey('m', { ...(schema ? { schema } : {}), messages }), recordingKey('m', REQUEST));
  });
});
