import assert from 'node:assert/strict';
import { parseEndpoint } from '../../src/adapters/models/endpoint.ts';
import { createEndpointClient } from '../../src/adapters/models/endpointClient.ts';
import { type Profile, profileKey } from '../../src/adapters/models/profile.ts';
import { type AppError, isAppError } from '../../src/core/errors.ts';
import type { ModelClient, ModelEvent, ModelRequest } from '../../src/core/ports.ts';
import { ManualClock } from '../support/manualClock.ts';
import {
  type Behaviour,
  breaksOff,
  fails,
  ModelServer,
  redirects,
  replies,
  servesHtml,
  servesText,
  staysSilent,
} from '../support/modelServer.ts';

const REQUEST: ModelRequest = {
  messages: [
    { role: 'system', text: 'The rules.' },
    { role: 'user', text: 'x'.repeat(8_000) },
  ],
  schema: { type: 'object', properties: {} },
};

let server: ModelServer;
let clock: ManualClock;
let profiles: Map<string, Profile>;

const line = (message: object, rest: object = {}) =>
  JSON.stringify({ model: 'm', created_at: '2026-01-01T00:00:00Z', message, done: false, ...rest });
const END = { done: true, done_reason: 'stop', prompt_eval_count: 2700, eval_count: 40 };

/** A reply in lines; the last one is its end. */
function says(...lines: readonly string[]): Behaviour {
  return servesText(`${lines.join('\n')}\n`);
}

const GOOD = says(line({ content: '{"a"' }), line({ content: ': 1}' }), line({ content: '' }, END));
const shows = (facts: object) => fails(200, { model_info: { 'llama.context_length': 131_072 }, ...facts });

function client(apiKey?: string, baseUrl = server.baseUrl): ModelClient {
  return createEndpointClient({ endpoint: parseEndpoint(baseUrl), model: 'm', apiKey, clock, profiles });
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

async function failure(call: Promise<unknown>): Promise<AppError> {
  const thrown = await call.then(
    () => assert.fail('it should have failed'),
    (error: unknown) => error,
  );
  assert.ok(isAppError(thrown), String(thrown));
  return thrown;
}

/** What came back; the requests that left before it are told first. */
const heard = (events: readonly ModelEvent[]) => events.filter(({ type }) => type !== 'sent');
const paths = () => server.requests.map(({ path }) => path);
const asked = () => server.chats.at(-1)?.chat;

describe('an Ollama server', () => {
  beforeEach(async () => {
    server = await ModelServer.start(GOOD);
    server.routes = { '/api/version': fails(200, { version: '0.20.7' }), '/api/show': shows({}) };
    clock = new ManualClock();
    profiles = new Map();
  });
  afterEach(async () => {
    assert.equal(clock.pending, 0, 'no timer is left');
    await server.stop();
  });

  it('costs nothing until the first request, and is recognised once', async () => {
    const model = client();
    assert.deepEqual(paths(), []);
    await hear(model);
    await hear(client());
    assert.deepEqual(paths(), ['/api/version', '/api/show', '/api/chat', '/api/chat']);
  });

  it('is asked by its own protocol, with a context that holds the prompt and the reply', async () => {
    server.routes = { ...server.routes, '/api/show': shows({ capabilities: ['completion', 'thinking'] }) };
    const events = await hear(client());
    assert.deepEqual(asked(), {
      model: 'm',
      messages: [
        { role: 'system', content: 'The rules.' },
        { role: 'user', content: 'x'.repeat(8_000) },
      ],
      stream: true,
      format: REQUEST.schema,
      think: false,
      truncate: false,
      // (8,010 characters / 3 + 2,500) tokens, rounded up to a multiple of 4,096
      options: { num_ctx: 8192, temperature: 0 },
    });
    assert.deepEqual(events, [
      { type: 'sent', url: `${server.origin}/api/version`, body: '' },
      { type: 'sent', url: `${server.origin}/api/show`, body: '{"model":"m"}' },
      { type: 'sent', url: `${server.origin}/api/chat`, body: server.chats[0]?.text },
      { type: 'text', text: '{"a"' },
      { type: 'text', text: ': 1}' },
      { type: 'usage', usage: { input: 2700, output: 40 } },
      { type: 'end', finish: 'stop' },
    ]);
  });

  it('tells how much fits into the model, which is known from then on', async () => {
    const model = client();
    assert.equal(model.contextTokens, undefined);
    await hear(model);
    assert.equal(model.contextTokens, 131_072);
    assert.equal(client().contextTokens, 131_072);
  });

  it('is never asked for more context than the model has', async () => {
    server.routes = { ...server.routes, '/api/show': shows({ model_info: { 'x.context_length': 2048 } }) };
    await hear(client());
    assert.equal(asked()?.options?.num_ctx, 2048);
  });

  it('is given room for a longer reply, and keeps the larger context', async () => {
    const model = client();
    await hear(model, { ...REQUEST, maxTokens: 8000, whole: true });
    assert.deepEqual(asked()?.options, { num_ctx: 12_288, temperature: 0, num_predict: 8000 });
    assert.equal(asked()?.stream, false);
    await hear(model);
    assert.equal(asked()?.options?.num_ctx, 12_288);
  });

  it('may answer whole', async () => {
    server.answer(fails(200, { model: 'm', message: { content: '{"a": 1}' }, ...END }));
    const events = await hear(client(), { ...REQUEST, whole: true });
    assert.deepEqual(heard(events)[0], { type: 'text', text: '{"a": 1}' });
    assert.deepEqual(events.at(-1), { type: 'end', finish: 'stop' });
  });

  const thinking: readonly (readonly [string, object, unknown])[] = [
    ['is not told to stop thinking where it cannot think', { capabilities: ['completion'] }, undefined],
    ['is told not to think where it does not say what it can', {}, false],
    ['is told to think less where it cannot stop', { details: { family: 'gptoss' } }, 'low'],
  ];
  for (const [what, facts, expected] of thinking) {
    it(what, async () => {
      server.routes = { ...server.routes, '/api/show': shows(facts) };
      await hear(client());
      assert.equal(asked()?.think, expected);
    });
  }

  it('may think all the same', async () => {
    server.answer(says(line({ content: '', thinking: 'Hm.' }), line({ content: 'a' }, END)));
    assert.deepEqual(heard(await hear(client())).slice(0, 2), [
      { type: 'reasoning', text: 'Hm.' },
      { type: 'text', text: 'a' },
    ]);
  });

  it('learns that a model does not know thinking, and which format it takes', async () => {
    server.answer(
      fails(400, { error: '"m" does not support thinking' }),
      fails(500, { error: 'invalid JSON schema in format' }),
      fails(400, { error: 'invalid format: "json"' }),
      GOOD,
    );
    await hear(client());
    assert.deepEqual(
      server.chats.map(({ chat }) => [chat.think, typeof chat.format]),
      [
        [false, 'object'],
        [undefined, 'object'],
        [undefined, 'string'],
        [undefined, 'undefined'],
      ],
    );
    await hear(client());
    assert.equal(server.chats.length, 5);
  });

  it('may answer with a tool call', async () => {
    const call = { function: { name: 'grade', arguments: { a: 1 } } };
    server.answer(says(line({ content: '', tool_calls: [call] }), line({ content: '' }, END)));
    const events = await hear(client());
    assert.deepEqual(heard(events).slice(1), [
      { type: 'object', value: { a: 1 } },
      { type: 'end', finish: 'stop' },
    ]);
  });

  const reasons: readonly (readonly [string | undefined, string])[] = [
    ['length', 'length'],
    ['stop', 'stop'],
    [undefined, 'stop'],
    ['load', 'unknown'],
  ];
  for (const [reason, finish] of reasons) {
    it(`ends with ${finish} for ${reason}`, async () => {
      server.answer(says(line({ content: 'a' }, { done: true, done_reason: reason })));
      assert.deepEqual((await hear(client())).at(-1), { type: 'end', finish });
    });
  }

  const failures: readonly (readonly [string, Behaviour, string])[] = [
    ['does not have the model', fails(404, { error: "model 'm' not found" }), 'provider_model_missing'],
    ['breaks', fails(500, { error: 'the model failed to generate a response' }), 'provider_failed'],
    ['is busy', fails(429, { error: 'too many requests' }), 'provider_rate_limited'],
    [
      'breaks in the middle',
      says(line({ content: 'a' }), '{"error":"an error was encountered"}'),
      'provider_failed',
    ],
    ['breaks before the first word', says('{"error":"an error was encountered"}'), 'provider_failed'],
    ['stops in the middle of a line', says(line({ content: 'a' }), '{"model":"m","mess'), 'reply_truncated'],
    ['ends without an end', says(line({ content: 'a' })), 'reply_truncated'],
    ['hangs up', (_received, response) => void response.destroy(), 'endpoint_unreachable'],
    ['never stops', says(line({ content: 'x'.repeat(200_001) }), line({}, END)), 'reply_truncated'],
    [
      'cannot hold the prompt',
      fails(400, {
        error:
          '{"error":{"code":400,"message":"request (351 tokens) exceeds the available context size (256 tokens), try increasing it","type":"exceed_context_size_error","n_prompt_tokens":351,"n_ctx":256}}',
      }),
      'prompt_too_long',
    ],
  ];
  for (const [what, behaviour, code] of failures) {
    it(`gives ${code} when it ${what}`, async () => {
      server.answer(behaviour);
      const failed = await failure(hear(client()));
      assert.equal(failed.code, code);
      assert.equal(server.chats.length, 1);
    });
  }

  it('is given up when it falls silent, and let go of', async () => {
    server.answer(staysSilent());
    const call = failure(hear(client()));
    while (server.chats.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    assert.equal(clock.next, 180_000);
    clock.advance(180_000);
    assert.equal((await call).code, 'reply_stalled');
    assert.equal(await server.chats[0]?.closed, 'cut');
  });

  for (const route of ['/api/version', '/api/show', '/api/chat'] as const) {
    it(`lets go within a moment of a cancel, at ${route}`, async () => {
      if (route === '/api/chat') server.answer(staysSilent());
      else server.routes = { ...server.routes, [route]: staysSilent() };
      const abort = new AbortController();
      const call = failure(hear(client(), REQUEST, abort.signal));
      while (!paths().includes(route)) await new Promise((resolve) => setTimeout(resolve, 2));
      const started = performance.now();
      abort.abort();
      assert.equal((await call).code, 'cancelled');
      assert.equal(await server.requests.at(-1)?.closed, 'cut');
      assert.ok(performance.now() - started < 300);
    });
  }

  it('sees the key in one header alone, and no key where there is none', async () => {
    await hear(client('ollama-key'));
    for (const { headers, text, path } of server.requests) {
      const { authorization, ...rest } = headers;
      assert.equal(authorization, 'Bearer ollama-key');
      assert.ok(!`${JSON.stringify(rest)}${text}${path}`.includes('ollama-key'));
    }
    profiles.clear();
    await hear(client());
    assert.equal(server.requests.at(-1)?.headers['authorization'], undefined);
  });

  it('is never followed to another address', async () => {
    const elsewhere = await ModelServer.start(GOOD);
    try {
      server.answer(redirects(`${elsewhere.origin}/api/chat`));
      assert.equal((await failure(hear(client()))).code, 'endpoint_unreachable');
      server.routes = { '/api/version': redirects(`${elsewhere.origin}/api/version`) };
      profiles.clear();
      await failure(hear(client()));
      assert.deepEqual(elsewhere.requests, []);
    } finally {
      await elsewhere.stop();
    }
  });
});

describe('an endpoint that is no Ollama server', () => {
  beforeEach(async () => {
    server = await ModelServer.start(replies('{"a": 1}'));
    clock = new ManualClock();
    profiles = new Map();
  });
  afterEach(async () => {
    assert.equal(clock.pending, 0, 'no timer is left');
    await server.stop();
  });

  const others: readonly (readonly [string, Behaviour])[] = [
    ['does not know the route', fails(404, { error: 'no' })],
    [
      'answers everything with 200',
      fails(200, { error: 'Unexpected endpoint or method. (GET /api/version)' }),
    ],
    ['serves a web page', servesHtml()],
    ['wants a key there', fails(401, 'no')],
    ['breaks off', breaksOff('')],
  ];
  for (const [what, behaviour] of others) {
    it(`is asked by OpenAI’s protocol when it ${what}`, async () => {
      server.routes = { '/api/version': behaviour };
      assert.deepEqual((await hear(client())).at(-1), { type: 'end', finish: 'stop' });
      assert.deepEqual(paths(), ['/api/version', '/v1/chat/completions']);
    });
  }

  it('is given two seconds to say what it is', async () => {
    server.routes = { '/api/version': staysSilent() };
    const call = hear(client());
    while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    assert.equal(clock.next, 2_000);
    clock.advance(2_000);
    assert.equal((await call).at(-1)?.type, 'end');
  });

  it('is not asked what it is where its address says it', async () => {
    await hear(client(undefined, `${server.origin}/api/openai/v1`));
    assert.deepEqual(paths(), ['/api/openai/v1/chat/completions']);
  });

  it('is found out when it has taken Ollama’s place', async () => {
    const endpoint = parseEndpoint(server.baseUrl);
    server.routes = { '/api/version': fails(200, { version: '1' }) };
    server.answer(fails(404, 'Not Found'), replies('{"a": 1}'));
    assert.deepEqual((await hear(client())).at(-1), { type: 'end', finish: 'stop' });
    assert.equal(profiles.get(profileKey(endpoint))?.ollama, false);
    await hear(client());
    assert.equal(paths().at(-1), '/v1/chat/completions');
  });
});
