import assert from 'node:assert/strict';
import { parseEndpoint } from '../../src/adapters/models/endpoint.ts';
import { createOpenAiClient } from '../../src/adapters/models/openai.ts';
import { type Profile, parseProfile, profileKey } from '../../src/adapters/models/profile.ts';
import { type AppError, isAppError } from '../../src/core/errors.ts';
import type { ModelClient, ModelEvent, ModelRequest } from '../../src/core/ports.ts';
import { ManualClock } from '../support/manualClock.ts';
import {
  apiError,
  type Behaviour,
  chunk,
  fails,
  ModelServer,
  replies,
  repliesWhole,
  servesHtml,
  servesText,
  stalls,
  staysSilent,
  streams,
} from '../support/modelServer.ts';
import { reroute } from '../support/rerouted.ts';

const KEY = 'sk-test-0123456789abcdef';
const REQUEST: ModelRequest = {
  messages: [
    { role: 'system', text: 'The rules.' },
    { role: 'user', text: 'The answer.' },
  ],
  schema: { type: 'object', additionalProperties: false, required: [], properties: {} },
};
const WHOLE: ModelRequest = { ...REQUEST, whole: true };
const REPLY = '{"run": "N7F3A"}';

let server: ModelServer;
let clock: ManualClock;
let profiles: Map<string, Profile>;

function client(baseUrl = server.baseUrl, model = 'test-model'): ModelClient {
  return createOpenAiClient({ endpoint: parseEndpoint(baseUrl), model, apiKey: KEY, clock, profiles });
}

async function hear(
  model: ModelClient,
  request: ModelRequest = REQUEST,
  signal = new AbortController().signal,
): Promise<ModelEvent[]> {
  const events: ModelEvent[] = [];
  for await (const event of model.stream(request, signal)) events.push(event);
  return events;
}

const heard = (events: readonly ModelEvent[]) => events.filter(({ type }) => type !== 'sent');

async function failure(call: Promise<unknown>): Promise<AppError> {
  const thrown = await call.then(
    (value) => assert.fail(`it should have failed: ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
  assert.ok(isAppError(thrown), String(thrown));
  return thrown;
}

/** Lets a request get as far as it can without time passing. */
async function until(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 2));
}

describe('a model’s reply', () => {
  beforeEach(async () => {
    server = await ModelServer.start(replies(REPLY));
    clock = new ManualClock();
    profiles = new Map();
  });
  afterEach(async () => {
    assert.equal(clock.pending, 0, 'no timer is left');
    await server.stop();
  });

  describe('and what is reported as sent', () => {
    it('is the very body, at its address, before anything of the reply, and without the key', async () => {
      const [sent, next] = await hear(client());
      assert.deepEqual(sent, {
        type: 'sent',
        url: `${server.baseUrl}/chat/completions`,
        body: server.chats[0]?.text,
      });
      assert.equal(next?.type, 'text');
      assert.ok(!JSON.stringify(sent).includes(KEY));
    });

    it('comes in the moment it leaves, not with the answer', async () => {
      server.answer(staysSilent());
      const abort = new AbortController();
      const events = client().stream(REQUEST, abort.signal)[Symbol.asyncIterator]();
      assert.equal((await events.next()).value?.type, 'sent');
      abort.abort();
      assert.equal((await failure(events.next())).code, 'cancelled');
    });

    it('comes again for each form in which it is sent', async () => {
      server.answer(fails(400, apiError('no', null, 'response_format')), replies(REPLY));
      const sent = (await hear(client())).filter(({ type }) => type === 'sent');
      assert.equal(sent.length, 2);
      assert.notDeepEqual(sent[0], sent[1]);
    });

    it('is nothing when nobody can be reached', async () => {
      const model = client();
      await server.stop();
      const events: ModelEvent[] = [];
      const failed = await failure(
        (async () => {
          for await (const event of model.stream(REQUEST, new AbortController().signal)) events.push(event);
        })(),
      );
      assert.equal(failed.code, 'endpoint_unreachable');
      // The request was handed to the network; that it never arrived is not known to the one who sends.
      assert.ok(events.length <= 1);
      server = await ModelServer.start(replies(REPLY));
    });
  });

  describe('that comes whole', () => {
    it('is asked for without a stream, and heard as one text', async () => {
      server.answer(repliesWhole({ role: 'assistant', content: REPLY }));
      assert.deepEqual(heard(await hear(client(), WHOLE)), [
        { type: 'text', text: REPLY },
        { type: 'end', finish: 'stop' },
      ]);
      assert.equal(server.chats[0]?.chat.stream, false);
    });

    it('may come although a stream was asked for', async () => {
      server.answer(repliesWhole({ content: REPLY }, {}, 'length'));
      assert.deepEqual(heard(await hear(client())), [
        { type: 'text', text: REPLY },
        { type: 'end', finish: 'length' },
      ]);
    });

    it('may be a stream although it was not asked for', async () => {
      assert.equal(heard(await hear(client(), WHOLE)).at(-1)?.type, 'end');
    });

    it('needs no reason to be complete', async () => {
      server.answer(repliesWhole({ content: REPLY }, {}, null));
      assert.deepEqual((await hear(client(), WHOLE)).at(-1), { type: 'end', finish: 'unknown' });
    });

    const shapes: readonly (readonly [string, unknown, ModelEvent])[] = [
      [
        'a list of parts',
        { content: [{ type: 'text', text: 'a' }, { text: 'b' }] },
        { type: 'text', text: 'ab' },
      ],
      ['a bare string', 'ab', { type: 'text', text: 'ab' }],
      ['thinking', { content: null, reasoning: 'ab' }, { type: 'reasoning', text: 'ab' }],
      ['thinking by its older name', { reasoning_content: 'ab' }, { type: 'reasoning', text: 'ab' }],
      [
        'a tool call',
        { content: null, tool_calls: [{ function: { name: 'grade', arguments: '{"a": 1}' } }] },
        { type: 'object', value: { a: 1 } },
      ],
      [
        'a tool call whose arguments are an object already',
        { tool_calls: [{ function: { arguments: { a: 1 } } }] },
        { type: 'object', value: { a: 1 } },
      ],
    ];
    for (const [what, message, expected] of shapes) {
      it(`may hold ${what}`, async () => {
        server.answer(repliesWhole(message));
        assert.deepEqual(heard(await hear(client(), WHOLE)), [expected, { type: 'end', finish: 'stop' }]);
      });
    }
  });

  describe('in pieces', () => {
    it('is told apart from the thinking before it', async () => {
      server.answer(
        streams(
          chunk({ reasoning_content: 'Hm' }),
          chunk({ reasoning: 'm.' }),
          chunk({ content: REPLY }),
          chunk({}, 'stop'),
        ),
      );
      assert.deepEqual(heard(await hear(client())), [
        { type: 'reasoning', text: 'Hm' },
        { type: 'reasoning', text: 'm.' },
        { type: 'text', text: REPLY },
        { type: 'end', finish: 'stop' },
      ]);
    });

    it('may be a tool call, put together from its pieces', async () => {
      const call = (text: string) => chunk({ tool_calls: [{ index: 0, function: { arguments: text } }] });
      server.answer(streams(call('{"run": '), call('"N7F3A"}'), chunk({}, 'tool_calls')));
      assert.deepEqual(heard(await hear(client())), [
        { type: 'object', value: { run: 'N7F3A' } },
        { type: 'end', finish: 'stop' },
      ]);
    });

    it('may be a tool call that is no JSON: its words are a text', async () => {
      server.answer(
        streams(
          chunk({ tool_calls: [{ index: 0, function: { arguments: '{"run": ' } }] }),
          chunk({}, 'stop'),
        ),
      );
      assert.deepEqual(heard(await hear(client()))[0], { type: 'text', text: '{"run": ' });
    });

    it('is counted once, with what was kept and what was thought', async () => {
      const usage = (output: number) => ({
        choices: [],
        usage: {
          prompt_tokens: 300,
          completion_tokens: output,
          prompt_tokens_details: { cached_tokens: 128 },
          completion_tokens_details: { reasoning_tokens: 5 },
        },
      });
      server.answer(streams(chunk({ content: 'a' }), usage(1), chunk({}, 'stop'), usage(9)));
      assert.deepEqual(heard(await hear(client())).slice(-2), [
        { type: 'usage', usage: { input: 300, output: 9, cached: 128, reasoning: 5 } },
        { type: 'end', finish: 'stop' },
      ]);
    });

    it('has no count where the server’s makes no sense', async () => {
      server.answer(
        streams(chunk({ content: 'a' }, 'stop'), { choices: [], usage: { prompt_tokens: null } }),
      );
      assert.ok(!(await hear(client())).some(({ type }) => type === 'usage'));
    });
  });

  it('may be given room, and less thought, when asked for', async () => {
    await hear(client(), { ...REQUEST, maxTokens: 6000, effort: 'low' });
    assert.equal(server.chats[0]?.chat.max_tokens, 6000);
    assert.equal(server.chats[0]?.chat.reasoning_effort, 'low');
  });

  it('is asked for in plain lines where there is no schema', async () => {
    await hear(client(), { messages: REQUEST.messages });
    assert.equal(server.chats[0]?.chat.response_format, undefined);
  });

  describe('that is none', () => {
    const cases: readonly (readonly [string, Behaviour, string, ModelRequest?])[] = [
      ['an error in a 200', fails(200, { error: { message: 'down' } }), 'provider_failed', WHOLE],
      ['an error in a 200, to a stream', fails(200, { error: 'Unexpected endpoint' }), 'provider_failed'],
      ['an error in a 200 that is out of credits', fails(200, { error: { code: 402 } }), 'provider_quota'],
      ['an error in a stream that is too many', streams({ error: { code: 429 } }), 'provider_rate_limited'],
      ['an error for a reason', streams(chunk({ content: '' }, 'error')), 'provider_failed'],
      ['a web page', servesHtml(), 'endpoint_not_a_model', WHOLE],
      ['a web page that says it is JSON', servesText('<html>', 'application/json'), 'endpoint_not_a_model'],
      ['a bare string', fails(200, '"hello"'), 'endpoint_not_a_model', WHOLE],
      ['an object of another kind', fails(200, { ok: true }), 'endpoint_not_a_model', WHOLE],
      ['a list', fails(200, [1, 2]), 'endpoint_not_a_model', WHOLE],
      ['no choice', fails(200, { choices: [] }), 'reply_empty', WHOLE],
      ['no choice in a stream', streams({ choices: [] }), 'reply_empty'],
      ['a stream of nothing', streams(), 'endpoint_not_a_model'],
      ['half a body', servesText('{"choices": [{"mess', 'application/json'), 'endpoint_not_a_model', WHOLE],
      ['out of credits', fails(402, apiError('Insufficient credits')), 'provider_quota'],
      ['a timeout of its own', fails(408, apiError('timed out')), 'provider_failed'],
      ['a conflict', fails(409, apiError('busy')), 'provider_failed'],
      [
        'out of quota, by its type alone',
        fails(429, { error: { message: 'no', type: 'insufficient_quota' } }),
        'provider_quota',
      ],
    ];
    for (const [what, behaviour, code, request] of cases) {
      it(`gives ${code} for ${what}`, async () => {
        server.answer(behaviour);
        const failed = await failure(hear(client(), request ?? REQUEST));
        assert.equal(failed.code, code);
        assert.equal(failed.params['url'], server.origin);
        assert.equal(server.chats.length, 1);
      });
    }

    it('gives reply_truncated when it never ends, long before memory does', async () => {
      server.answer(replies('word '.repeat(60_000), { size: 5_000 }));
      assert.equal((await failure(hear(client()))).code, 'reply_truncated');
      server.answer(servesText(`data: ${'x'.repeat(6_000_000)}`, 'text/event-stream'));
      assert.equal((await failure(hear(client()))).code, 'reply_truncated');
      server.answer(repliesWhole({ content: 'x'.repeat(200_001) }));
      assert.equal((await failure(hear(client(), WHOLE))).code, 'reply_truncated');
    });

    it('says how much too long the prompt was, where the server does', async () => {
      server.answer(
        fails(400, {
          error: {
            code: 400,
            message:
              'request (351 tokens) exceeds the available context size (256 tokens), try increasing it',
            type: 'exceed_context_size_error',
          },
        }),
      );
      const { code, params } = await failure(hear(client()));
      assert.equal(code, 'prompt_too_long');
      assert.deepEqual([params['needed'], params['limit'], params['model']], ['351', '256', 'test-model']);
    });

    it('says when to come back', async () => {
      server.answer(fails(429, apiError('slow down'), { 'retry-after': '120' }));
      const { params } = await failure(hear(client()));
      assert.deepEqual([params['retryAfter'], params['status']], ['120', '429']);
      server.answer(fails(503, apiError('later'), { 'retry-after-ms': '1500' }));
      assert.equal((await failure(hear(client()))).params['retryAfter'], '2');
      server.answer(fails(500, apiError('no idea')));
      assert.equal((await failure(hear(client()))).params['retryAfter'], undefined);
    });
  });

  describe('that does not come', () => {
    it('is waited for three minutes on one’s own machine, without a second of the test’s', async () => {
      server.answer(staysSilent());
      const call = failure(hear(client()));
      await until(() => server.chats.length === 1);
      clock.advance(179_999);
      clock.advance(1);
      assert.equal((await call).code, 'reply_stalled');
      assert.equal(await server.chats[0]?.closed, 'cut');
    });

    it('is waited for longer when it is to come whole', async () => {
      server.answer(staysSilent());
      const call = failure(hear(client(), WHOLE));
      await until(() => server.chats.length === 1);
      assert.equal(clock.next, 300_000);
      clock.advance(300_000);
      assert.equal((await call).code, 'reply_stalled');
    });

    it('is given up after half a minute of silence in its middle', async () => {
      server.answer(stalls('a beginning'));
      const events = client().stream(REQUEST, new AbortController().signal)[Symbol.asyncIterator]();
      while ((await events.next()).value?.type !== 'text');
      const rest = failure(events.next());
      await until(() => clock.next === 30_000);
      clock.advance(30_000);
      assert.equal((await rest).code, 'reply_stalled');
    });

    it('is not taken for a beginning when only the stream was opened', async () => {
      server.answer(stalls(''));
      const call = failure(hear(client()));
      await until(() => server.chats.length === 1);
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.equal(clock.next, 180_000);
      clock.advance(180_000);
      assert.equal((await call).code, 'reply_stalled');
    });

    it('lets go of the connection within a moment of a cancel, whole or not', async () => {
      for (const request of [REQUEST, WHOLE]) {
        server.answer(staysSilent());
        const before = server.chats.length;
        const abort = new AbortController();
        const call = failure(hear(client(), request, abort.signal));
        await until(() => server.chats.length > before);
        const started = performance.now();
        abort.abort();
        assert.equal((await call).code, 'cancelled');
        assert.equal(await server.chats.at(-1)?.closed, 'cut');
        assert.ok(performance.now() - started < 300);
      }
    });
  });

  describe('and what is learnt from it', () => {
    const stored = () => profiles.get(profileKey(parseEndpoint(server.baseUrl), 'test-model'));

    it('is kept for the next client', async () => {
      server.answer(fails(400, apiError('no', null, 'response_format')), replies(REPLY));
      await hear(client());
      assert.deepEqual(stored()?.formats, ['object']);
      await hear(client());
      assert.equal(server.chats.length, 3);
      assert.deepEqual(parseProfile(JSON.parse(JSON.stringify(stored()))), stored());
    });

    it('is kept only when it led to an answer', async () => {
      server.answer(fails(400, apiError('every schema is bad')));
      await failure(hear(client()));
      assert.equal(stored(), undefined);
    });

    it('is forgotten when it has been spoilt', async () => {
      profiles.set(profileKey(parseEndpoint(server.baseUrl), 'test-model'), { formats: 1 } as never);
      assert.equal((await hear(client())).at(-1)?.type, 'end');
    });

    it('takes five steps down at most', async () => {
      const refusals = [
        'response_format',
        'max_tokens',
        'temperature',
        'reasoning_effort',
        'stream',
        'messages',
      ];
      server.answer(...refusals.map((param) => fails(400, apiError('no', null, param))));
      const endpoint = parseEndpoint(server.baseUrl);
      await failure(hear(client(), { ...REQUEST, maxTokens: 1, effort: 'low' }));
      assert.ok(server.chats.length <= 6);
      assert.equal(profiles.get(profileKey(endpoint, 'test-model')), undefined);
    });
  });

  describe('from Azure', () => {
    const base = 'https://canari.openai.azure.com/openai/deployments/gpt?api-version=2024-10-21';
    let home: () => void;
    beforeEach(() => {
      home = reroute('https://canari.openai.azure.com', server.origin);
    });
    afterEach(() => home());

    it('is asked for at the right path, with the key in Azure’s own header', async () => {
      const [sent] = await hear(client(base, 'gpt'));
      const [request] = server.chats;
      assert.equal(request?.path, '/openai/deployments/gpt/chat/completions?api-version=2024-10-21');
      assert.equal(request?.headers['api-key'], KEY);
      assert.equal(request?.headers['authorization'], undefined);
      assert.equal(sent?.type === 'sent' && sent.url, base.replace('?', '/chat/completions?'));
    });

    it('never takes the key elsewhere', async () => {
      const elsewhere = await ModelServer.start(replies(REPLY));
      try {
        server.answer((_received, response) => {
          response.writeHead(307, { location: `${elsewhere.baseUrl}/chat/completions` }).end();
        });
        assert.equal((await failure(hear(client(base)))).code, 'endpoint_not_a_model');
        assert.deepEqual(elsewhere.requests, []);
      } finally {
        await elsewhere.stop();
      }
    });
  });
});
