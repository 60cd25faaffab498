import assert from 'node:assert/strict';
import { parseEndpoint } from '../../src/adapters/models/endpoint.ts';
import { createEndpointClient } from '../../src/adapters/models/endpointClient.ts';
import { createOpenAiClient } from '../../src/adapters/models/openai.ts';
import type { Profile } from '../../src/adapters/models/profile.ts';
import type { ModelClient, ModelEvent, ModelRequest } from '../../src/core/ports.ts';
import { type Dialect, readDialects, routesOf, speaks } from '../support/dialects.ts';
import { ManualClock } from '../support/manualClock.ts';
import { ModelServer } from '../support/modelServer.ts';
import { reroute } from '../support/rerouted.ts';

const KEY = 'key-of-this-test';

const requestOf = (dialect: Dialect): ModelRequest => ({
  messages: [
    { role: 'system', text: 'The rules. Reply with one JSON object.' },
    { role: 'user', text: 'The answer: « dérive ».' },
  ],
  schema: { type: 'object', additionalProperties: false, required: [], properties: {} },
  ...dialect.request,
});

async function hear(client: ModelClient, request: ModelRequest): Promise<ModelEvent[]> {
  const events: ModelEvent[] = [];
  for await (const event of client.stream(request, new AbortController().signal)) events.push(event);
  return events;
}

function textOf(events: readonly ModelEvent[], type: 'text' | 'reasoning'): string {
  return events.map((event) => (event.type === type ? event.text : '')).join('');
}

describe('what servers are documented to say', () => {
  for (const dialect of readDialects()) {
    describe(`${dialect.server} (${dialect.name})`, () => {
      let server: ModelServer;
      let home: () => void;
      let clock: ManualClock;

      beforeEach(async () => {
        server = await ModelServer.start(speaks(dialect));
        server.routes = routesOf(dialect);
        home = () => undefined;
        clock = new ManualClock();
      });
      afterEach(async () => {
        home();
        await server.stop();
      });

      /** Three requests to clients that share what was learnt, as three grades do. */
      async function learn(baseUrl: string, protocol: 'openai' | 'any'): Promise<number[]> {
        const endpoint = parseEndpoint(baseUrl);
        const profiles = new Map<string, Profile>();
        const options = { endpoint, model: dialect.model, apiKey: KEY, clock, profiles };
        const calls: number[] = [];
        for (let i = 0; i < 3; i++) {
          const before = server.chats.length;
          const arrived = server.requests.length;
          const client = protocol === 'any' ? createEndpointClient(options) : createOpenAiClient(options);
          const events = await hear(client, requestOf(dialect));
          assert.equal(textOf(events, dialect.in ?? 'text'), dialect.says);
          assert.deepEqual(events.at(-1), { type: 'end', finish: 'stop' });
          const sent = events.flatMap((event) => (event.type === 'sent' ? [event.body] : []));
          assert.deepEqual(
            sent,
            server.requests.slice(arrived).map(({ text }) => text),
            'what is said to be sent is what arrived',
          );
          if (i === 2) {
            const usage = events.flatMap((event) => (event.type === 'usage' ? [event.usage] : []));
            assert.deepEqual(usage, dialect.usage ? [dialect.usage] : []);
          }
          calls.push(server.chats.length - before);
        }
        assert.equal(clock.pending, 0, 'no timer is left');
        return calls;
      }

      it('yields the whole reply, and once it is known, with one call', async () => {
        home = reroute(new URL(dialect.baseUrl).origin, server.origin);
        const protocol = dialect.protocol === undefined ? 'openai' : 'any';
        assert.deepEqual(await learn(dialect.baseUrl, protocol), dialect.calls);
        for (const { path, headers, chat } of server.chats) {
          assert.equal(path, dialect.path ?? '/v1/chat/completions');
          const { [dialect.keyHeader ?? 'authorization']: key, ...rest } = headers;
          assert.equal(key, dialect.keyHeader ? KEY : `Bearer ${KEY}`);
          assert.ok(!JSON.stringify(rest).includes(KEY), 'the key is in one header alone');
          assert.notEqual(chat.response_format?.type ?? '', dialect.never);
        }
      });

      if (dialect.callsWhenUnknown) {
        it('yields it as well where its address tells nothing', async () => {
          assert.deepEqual(await learn(server.baseUrl, 'any'), dialect.callsWhenUnknown);
        });
      }

      it('names the documents that it was written from', () => {
        assert.ok(dialect.sources.length > 0);
        for (const source of [...dialect.sources, ...dialect.refuses.map((refused) => refused.source)])
          assert.match(source, /^https:\/\/\S+/);
      });
    });
  }

  it('covers the nine servers', () => {
    const names = readDialects().map(({ name }) => name);
    const wanted = 'openai azure ollama-v1 ollama lm-studio vllm llama-cpp gemini openrouter'.split(' ');
    assert.deepEqual(
      wanted.filter((name) => !names.includes(name)),
      [],
    );
  });
});
