import assert from 'node:assert/strict';
import { type Endpoint, parseEndpoint } from '../../src/adapters/models/endpoint.ts';
import { createOpenAiClient, listModels } from '../../src/adapters/models/openai.ts';
import type { Watchdog } from '../../src/adapters/models/watchdog.ts';
import { type ErrorCode, isAppError } from '../../src/core/errors.ts';
import type { ModelClient, ModelEvent, ModelRequest } from '../../src/core/ports.ts';
import {
  apiError,
  type Behaviour,
  breaksOff,
  endsWithoutReason,
  fails,
  failsInStream,
  finishes,
  lists,
  ModelServer,
  redirects,
  refuses,
  refusesFormat,
  replies,
  servesHtml,
  stalls,
  startsWithoutChoices,
  staysSilent,
} from '../support/modelServer.ts';

const KEY = 'sk-test-0123456789abcdef';
const REQUEST: ModelRequest = {
  messages: [
    { role: 'system', text: 'The rules.' },
    { role: 'user', text: 'The answer: « dérive ».' },
  ],
  schema: { type: 'object', additionalProperties: false, required: [], properties: {} },
};
const REPLY = '{"run": "N7F3A", "summary": "Une dérive détectée, 漢字, 🙂."}';
const QUICK: Watchdog = { firstToken: 500, idle: 400, whole: 500 };

// What a developer's shell may hold, and no server but OpenAI's own should ever see.
const ENVIRONMENT = {
  OPENAI_ORG_ID: 'org-secret',
  OPENAI_PROJECT_ID: 'proj-secret',
  OPENAI_API_KEY: 'sk-environment',
  OPENAI_ADMIN_KEY: 'sk-admin-secret',
  OPENAI_BASE_URL: 'http://127.0.0.1:9/elsewhere',
  OPENAI_CUSTOM_HEADERS: 'X-Company: secret-header\nAuthorization: Bearer sk-custom',
  OPENAI_LOG: 'debug',
};

let server: ModelServer;
const before_ = new Map(Object.keys(ENVIRONMENT).map((name) => [name, process.env[name]]));

function client(
  endpoint: Endpoint = parseEndpoint(server.baseUrl),
  apiKey: string | undefined = KEY,
): ModelClient {
  return createOpenAiClient({ endpoint, model: 'test-model', apiKey, watchdog: QUICK });
}

interface Heard {
  readonly text: string;
  readonly events: readonly ModelEvent[];
}

async function hear(model: ModelClient, signal = new AbortController().signal): Promise<Heard> {
  const events: ModelEvent[] = [];
  for await (const event of model.stream(REQUEST, signal)) events.push(event);
  return { text: events.map((event) => (event.type === 'text' ? event.text : '')).join(''), events };
}

/** What a failing call throws: its code and its params. */
async function failure(
  call: Promise<unknown>,
): Promise<{ code: ErrorCode; params: Readonly<Record<string, string>>; said: string }> {
  const thrown = await call.then(
    () => assert.fail('it should have failed'),
    (error: unknown) => error,
  );
  assert.ok(isAppError(thrown), String(thrown));
  return {
    code: thrown.code,
    params: thrown.params,
    said: `${thrown.message} ${thrown.stack} ${String(thrown.cause)}`,
  };
}

describe('a model behind an OpenAI-compatible endpoint', () => {
  before(() => {
    Object.assign(process.env, ENVIRONMENT);
  });
  after(() => {
    for (const [name, value] of before_) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
  beforeEach(async () => {
    server = await ModelServer.start(replies(REPLY));
  });
  afterEach(() => server.stop());

  describe('that answers', () => {
    it('streams its words in pieces, and ends with the reason', async () => {
      server.answer(replies(REPLY, { size: 3 }));
      const { text, events } = await hear(client());
      assert.equal(text, REPLY);
      assert.ok(events.filter(({ type }) => type === 'text').length > 10);
      assert.deepEqual(events.at(-1), { type: 'end', finish: 'stop' });
      assert.equal(events.filter(({ type }) => type === 'end').length, 1);
    });

    it('is asked once, with the messages, the model and the schema, and with no other setting', async () => {
      await hear(client());
      assert.equal(server.requests.length, 1);
      const [{ path, chat } = { path: '', chat: undefined }] = server.requests;
      assert.equal(path, '/v1/chat/completions');
      assert.deepEqual(chat, {
        model: 'test-model',
        stream: true,
        messages: [
          { role: 'system', content: 'The rules.' },
          { role: 'user', content: 'The answer: « dérive ».' },
        ],
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'grade', strict: true, schema: REQUEST.schema },
        },
      });
    });

    it('is shown beside the grade by its name and its origin', () => {
      assert.equal(client().model, 'test-model');
      assert.equal(client().destination, server.origin);
    });

    it('may begin with a chunk without choices, and end with one', async () => {
      server.answer(startsWithoutChoices(REPLY));
      assert.equal((await hear(client())).text, REPLY);
    });

    it('may send comments between its chunks to keep the line open', async () => {
      server.answer(async (received, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        for (let i = 0; i < 3; i++) response.write(': OPENROUTER PROCESSING\n\n');
        await replies(REPLY)(received, response);
      });
      assert.equal((await hear(client())).text, REPLY);
    });

    it('may say in every chunk that there is no error', async () => {
      server.answer((_received, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const choice = { index: 0, delta: { content: 'fine' }, finish_reason: 'stop' };
        response.end(`data: ${JSON.stringify({ choices: [choice], error: null })}\n\ndata: [DONE]\n\n`);
      });
      assert.equal((await hear(client())).text, 'fine');
    });

    it('may take its time between chunks, as long as it is never silent for long', async () => {
      server.answer(replies(REPLY, { size: 2, delayMs: 30 }));
      const started = performance.now();
      assert.equal((await hear(client())).text, REPLY);
      assert.ok(performance.now() - started > QUICK.firstToken, 'longer in all than any one silence may be');
    });

    const reasons: readonly (readonly [string, Behaviour, string])[] = [
      ['length, when it ran out of room', finishes(REPLY.slice(0, 20), 'length'), 'length'],
      ['refusal, when a filter stopped it', finishes('', 'content_filter'), 'refusal'],
      ['refusal, when it refuses', refuses('I cannot help with that.'), 'refusal'],
      ['unknown, for a reason that nobody knows', finishes(REPLY, 'tool_calls'), 'unknown'],
    ];
    for (const [what, behaviour, finish] of reasons) {
      it(`ends with ${what}`, async () => {
        server.answer(behaviour);
        const { events } = await hear(client());
        assert.deepEqual(events.at(-1), { type: 'end', finish });
        assert.equal(server.chats.length, 1);
      });
    }

    it('never speaks a refusal’s words as if they were the reply', async () => {
      server.answer(refuses('{"run": "N7F3A"}'));
      assert.equal((await hear(client())).text, '');
    });
  });

  describe('that does not know the reply format', () => {
    it('is asked again without it, and never with it again', async () => {
      server.answer(refusesFormat(replies(REPLY)));
      const model = client();
      assert.equal((await hear(model)).text, REPLY);
      assert.deepEqual(
        server.chats.map(({ chat }) => chat.response_format?.type),
        ['json_schema', undefined],
      );
      assert.equal((await hear(model)).text, REPLY);
      assert.deepEqual(
        server.chats.map(({ chat }) => chat.response_format?.type),
        ['json_schema', undefined, undefined],
      );
    });

    const refusals: Readonly<Record<string, Behaviour>> = {
      'by name': fails(400, apiError('Unsupported value', null, 'response_format')),
      'by its schema': fails(
        400,
        apiError("Invalid schema for response_format 'grade': In context=(), …", 'invalid_json_schema'),
      ),
      'in a body that is a list': fails(400, [
        { error: { code: 400, message: 'Unknown name "json_schema"' } },
      ]),
      'as an unprocessable entity': fails(422, { detail: 'response_format: extra fields not permitted' }),
    };
    for (const [what, refusal] of Object.entries(refusals)) {
      it(`is understood when it refuses ${what}`, async () => {
        server.answer(refusal, replies(REPLY));
        assert.equal((await hear(client())).text, REPLY);
        assert.equal(server.chats.length, 2);
      });
    }

    it('is given up when it refuses without the format too', async () => {
      server.answer(fails(400, apiError('response_format is wrong, and so is the rest')));
      assert.equal((await failure(hear(client()))).code, 'provider_rejected');
      assert.deepEqual(
        server.chats.map(({ chat }) => chat.response_format?.type),
        ['json_schema', 'json_object', undefined],
      );
    });
  });

  describe('that fails', () => {
    const cases: readonly (readonly [string, Behaviour, ErrorCode])[] = [
      ['refuses the key', fails(401, apiError('Incorrect API key provided')), 'provider_auth'],
      ['forbids the model', fails(403, apiError('no access')), 'provider_auth'],
      ['does not know the model', fails(404, apiError('The model does not exist')), 'provider_model_missing'],
      [
        'is busy',
        fails(429, apiError('Rate limit reached'), { 'retry-after': '120' }),
        'provider_rate_limited',
      ],
      [
        'has no quota left',
        fails(429, apiError('You exceeded your quota', 'insufficient_quota')),
        'provider_quota',
      ],
      ['breaks', fails(500, apiError('The server had an error')), 'provider_failed'],
      ['is overloaded', fails(503, 'upstream connect error'), 'provider_failed'],
      ['rejects the request', fails(400, apiError('context length exceeded')), 'provider_rejected'],
      ['rejects the request as too large', fails(413, 'Request Entity Too Large'), 'provider_rejected'],
      ['serves a web page', servesHtml(), 'endpoint_not_a_model'],
      [
        'serves nothing at all',
        (_received, response) => void response.writeHead(200).end(),
        'endpoint_not_a_model',
      ],
      [
        'streams what is no JSON',
        (_received, response) => {
          response.writeHead(200, { 'content-type': 'text/event-stream' });
          response.end('data: hello\n\n');
        },
        'endpoint_not_a_model',
      ],
      ['puts an error where its first chunk should be', failsInStream('upstream is down'), 'provider_failed'],
      [
        'puts an error in the middle of its reply',
        failsInStream('upstream is down', 'a beginning'),
        'provider_failed',
      ],
      ['breaks off in the middle of its reply', breaksOff(REPLY.slice(0, 20)), 'reply_truncated'],
      ['ends in good order, but gives no reason', endsWithoutReason(REPLY), 'reply_truncated'],
      ['hangs up without a word', (_received, response) => void response.destroy(), 'endpoint_unreachable'],
      ['stalls in the middle of its reply', stalls(), 'reply_stalled'],
      ['stalls before its first word', staysSilent(), 'reply_stalled'],
    ];
    for (const [what, behaviour, code] of cases) {
      it(`gives ${code} when it ${what}, after one request`, async () => {
        server.answer(behaviour, replies(REPLY));
        const started = performance.now();
        const failed = await failure(hear(client()));
        assert.equal(failed.code, code);
        assert.equal(failed.params['url'], server.origin);
        assert.equal(server.requests.length, 1, 'asked once');
        assert.ok(performance.now() - started < 5_000, 'told soon');
      });
    }

    it('gives endpoint_unreachable when nobody listens', async () => {
      const endpoint = parseEndpoint(server.baseUrl);
      await server.stop();
      assert.equal((await failure(hear(client(endpoint)))).code, 'endpoint_unreachable');
    });

    it('is never followed to another address', async () => {
      const elsewhere = await ModelServer.start(replies(REPLY));
      try {
        server.answer(redirects(`${elsewhere.baseUrl}/chat/completions`));
        assert.equal((await failure(hear(client()))).code, 'endpoint_not_a_model');
        server.answer(redirects(`${server.baseUrl}/chat/completions?again`));
        assert.equal((await failure(hear(client()))).code, 'endpoint_not_a_model');
        assert.deepEqual(elsewhere.requests, []);
        assert.equal(server.requests.length, 2);
      } finally {
        await elsewhere.stop();
      }
    });

    it('has its own words in the failure, on one short line', async () => {
      server.answer(fails(500, apiError(`Broken\nin two ${'x'.repeat(5_000)}`)));
      const { params } = await failure(hear(client()));
      assert.match(params['detail'] ?? '', /Broken in two x+$/);
      assert.ok((params['detail'] ?? '').length <= 300);
      assert.equal(params['model'], 'test-model');
    });

    it('may be asked again afterwards', async () => {
      server.answer(fails(500, apiError('once')), replies(REPLY));
      const model = client();
      await failure(hear(model));
      assert.equal((await hear(model)).text, REPLY);
    });

    it('lets go of the connection when its reply stalls', async () => {
      server.answer(stalls());
      await failure(hear(client()));
      assert.equal(await server.requests[0]?.closed, 'cut');
    });
  });

  describe('that is cancelled', () => {
    const soon = async (abort: AbortController, call: Promise<unknown>) => {
      const started = performance.now();
      abort.abort();
      const { code } = await failure(call);
      assert.equal(code, 'cancelled');
      assert.ok(performance.now() - started < 300, `${performance.now() - started} ms`);
    };

    it('stops in the middle of a reply, at once, and lets go of the connection', async () => {
      server.answer(replies('word '.repeat(2_000), { size: 5, delayMs: 20 }));
      const abort = new AbortController();
      const events = client().stream(REQUEST, abort.signal)[Symbol.asyncIterator]();
      while ((await events.next()).value?.type !== 'text');
      await soon(
        abort,
        (async () => {
          while (!(await events.next()).done);
        })(),
      );
      assert.equal(await server.requests[0]?.closed, 'cut');
    });

    it('stops while it waits for the first word', async () => {
      server.answer(staysSilent());
      const abort = new AbortController();
      const call = hear(client(), abort.signal);
      while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      await soon(abort, call);
      assert.equal(await server.requests[0]?.closed, 'cut');
    });

    it('is not asked at all when it was cancelled before', async () => {
      const { code } = await failure(hear(client(), AbortSignal.abort()));
      assert.equal(code, 'cancelled');
      assert.deepEqual(server.requests, []);
    });

    it('lets go of the connection when nobody reads on', async () => {
      server.answer(replies('word '.repeat(2_000), { size: 5, delayMs: 20 }));
      for await (const event of client().stream(REQUEST, new AbortController().signal)) {
        if (event.type === 'text') break;
      }
      assert.equal(await server.requests[0]?.closed, 'cut');
    });
  });

  describe('and the candidate’s secrets', () => {
    it('sees the key in the Authorization header alone', async () => {
      await hear(client());
      const [{ headers, text, path } = { headers: {}, text: '', path: '' }] = server.requests;
      assert.equal(headers['authorization'], `Bearer ${KEY}`);
      const { authorization: _key, ...rest } = headers;
      assert.ok(!`${JSON.stringify(rest)}${text}${path}`.includes(KEY));
    });

    it('sees nothing of the environment: no organisation, no other key, no header of its own', async () => {
      await hear(client());
      await listModels(
        { endpoint: parseEndpoint(server.baseUrl), apiKey: KEY },
        new AbortController().signal,
      );
      for (const { headers } of server.requests) {
        assert.doesNotMatch(
          JSON.stringify(headers),
          /secret|sk-environment|sk-custom|openai-organization|openai-project/i,
        );
        assert.equal(headers['authorization'], `Bearer ${KEY}`);
      }
      assert.equal(server.requests.length, 2);
    });

    it('sees nothing about this machine', async () => {
      await hear(client());
      const names = Object.keys(server.requests[0]?.headers ?? {});
      assert.deepEqual(
        names.filter((name) => name.startsWith('x-')),
        [],
      );
    });

    it('gets no key where none is stored, not even that of the environment', async () => {
      await hear(
        createOpenAiClient({
          endpoint: parseEndpoint(server.baseUrl),
          model: 'm',
          apiKey: undefined,
          watchdog: QUICK,
        }),
      );
      assert.equal(server.requests[0]?.headers['authorization'], 'Bearer none');
    });

    it('cannot put the key into what is shown, stored or logged of its failure', async () => {
      const echoes: readonly Behaviour[] = [
        fails(500, apiError(`bad header: Bearer ${KEY}`)),
        fails(401, `Incorrect API key provided: ${KEY}.`),
        failsInStream(`Authorization: Bearer ${KEY}`),
      ];
      for (const echo of echoes) {
        server.answer(echo);
        const { params, said } = await failure(hear(client()));
        assert.ok(!JSON.stringify(params).includes(KEY), JSON.stringify(params));
        assert.ok(!said.includes(KEY), said);
      }
    });
  });

  describe('asked for its models', () => {
    const ask = (signal = new AbortController().signal) =>
      listModels({ endpoint: parseEndpoint(server.baseUrl), apiKey: KEY }, signal);

    it('names them in its own order', async () => {
      server.models = lists('llama3', 'a-model', 'gpt');
      assert.deepEqual(await ask(), ['llama3', 'a-model', 'gpt']);
      assert.equal(server.requests[0]?.headers['authorization'], `Bearer ${KEY}`);
      assert.equal(server.requests[0]?.path, '/v1/models');
    });

    it('may list none: that is an answer too', async () => {
      server.models = lists();
      assert.deepEqual(await ask(), []);
      server.models = fails(200, { object: 'list', data: null });
      assert.deepEqual(await ask(), []);
    });

    it('may list odd things among them', async () => {
      server.models = fails(200, { data: [{ id: 'good' }, null, { id: 7 }, 'text', {}] });
      assert.deepEqual(await ask(), ['good']);
    });

    const cases: readonly (readonly [string, Behaviour, ErrorCode])[] = [
      ['lists nothing of the kind', fails(200, { models: 'none' }), 'endpoint_not_a_model'],
      ['puts an error where its list should be', fails(200, { error: 'no' }), 'provider_failed'],
      ['serves a web page', servesHtml(), 'endpoint_not_a_model'],
      ['has no such list', fails(404, 'not found'), 'provider_model_missing'],
      ['refuses the key', fails(401, apiError('no')), 'provider_auth'],
      ['breaks', fails(500, apiError('no')), 'provider_failed'],
      ['sends us elsewhere', redirects('http://127.0.0.1:9/'), 'endpoint_not_a_model'],
    ];
    for (const [what, behaviour, code] of cases) {
      it(`gives ${code} when it ${what}`, async () => {
        server.models = behaviour;
        assert.equal((await failure(ask())).code, code);
        assert.equal(server.requests.length, 1);
      });
    }

    it('stops when it is cancelled', async () => {
      server.models = staysSilent();
      const abort = new AbortController();
      const call = failure(ask(abort.signal));
      setTimeout(() => abort.abort(), 30);
      assert.equal((await call).code, 'cancelled');
    });
  });
});

describe('the address of an endpoint', () => {
  const accepted: readonly (readonly [string, Endpoint])[] = [
    ['', { baseUrl: 'https://api.openai.com/v1', origin: 'https://api.openai.com', isLocal: false }],
    ['  ', { baseUrl: 'https://api.openai.com/v1', origin: 'https://api.openai.com', isLocal: false }],
    [
      'https://llm.example/v1/',
      { baseUrl: 'https://llm.example/v1', origin: 'https://llm.example', isLocal: false },
    ],
    [
      ' https://llm.example:8443/a/b// ',
      { baseUrl: 'https://llm.example:8443/a/b', origin: 'https://llm.example:8443', isLocal: false },
    ],
    [
      'http://localhost:11434/v1',
      { baseUrl: 'http://localhost:11434/v1', origin: 'http://localhost:11434', isLocal: true },
    ],
    [
      'http://127.0.0.1:1234',
      { baseUrl: 'http://127.0.0.1:1234', origin: 'http://127.0.0.1:1234', isLocal: true },
    ],
    ['http://[::1]:8000/v1', { baseUrl: 'http://[::1]:8000/v1', origin: 'http://[::1]:8000', isLocal: true }],
    ['https://localhost/v1', { baseUrl: 'https://localhost/v1', origin: 'https://localhost', isLocal: true }],
    [
      'HTTP://LOCALHOST:1/v1',
      { baseUrl: 'HTTP://LOCALHOST:1/v1', origin: 'http://localhost:1', isLocal: true },
    ],
  ];
  for (const [written, endpoint] of accepted) {
    it(`is accepted: "${written}"`, () => {
      assert.deepEqual(parseEndpoint(written), endpoint);
    });
  }

  const refused: readonly (readonly [string, string])[] = [
    ['http://llm.example/v1', 'http://llm.example'],
    ['http://192.168.1.10:11434/v1', 'http://192.168.1.10:11434'],
    ['http://127.0.0.1.evil.example/v1', 'http://127.0.0.1.evil.example'],
    ['http://localhost.evil.example/v1', 'http://localhost.evil.example'],
    ['http://0.0.0.0:11434', 'http://0.0.0.0:11434'],
    ['https://user:password@llm.example/v1', 'https://llm.example'],
    ['http://localhost@evil.example/v1', 'http://evil.example'],
    ['https://user@llm.example/v1', 'https://llm.example'],
    ['ftp://llm.example/v1', 'ftp://llm.example'],
    ['file:///etc/passwd', 'file:///etc/passwd'],
    ['javascript:alert(1)', 'javascript:alert(1)'],
    ['localhost:11434/v1', 'localhost:11434/v1'],
    ['ftp://user:password@llm.example/', 'ftp://llm.example'],
    ['ldap://user:password@llm.example/', 'ldap://llm.example/'],
    ['llm.example', 'llm.example'],
    ['https://', 'https://'],
  ];
  for (const [written, shown] of refused) {
    it(`is refused: "${written}", and shown without a password`, async () => {
      const { code, params } = await failure((async () => parseEndpoint(written))());
      assert.equal(code, 'endpoint_invalid');
      assert.equal(params['url'], shown);
    });
  }
});
