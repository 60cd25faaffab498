import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseEndpoint } from '../../../src/adapters/models/endpoint.ts';
import { type Refusal, readRefusal } from '../../../src/adapters/models/failure.ts';
import {
  chatBody,
  confirm,
  downgrade,
  features,
  loadProfile,
  type Profile,
  parseProfile,
  preset,
  profileKey,
  rank,
} from '../../../src/adapters/models/profile.ts';
import type { ModelRequest } from '../../../src/core/ports.ts';

const REQUEST: ModelRequest = {
  messages: [
    { role: 'system', text: 'The rules.' },
    { role: 'user', text: 'The answer.' },
  ],
  schema: { type: 'object' },
};
const EAGER: ModelRequest = { ...REQUEST, maxTokens: 5000, effort: 'low' };

const at = (url: string, model = 'm') => preset(parseEndpoint(url), model);
const UNKNOWN = at('https://llm.example/v1');
/** One that has answered: what is untried is sent. */
const TRYING: Profile = { ...UNKNOWN, answered: true };

const refused = (body: unknown, status = 400) => readRefusal(status, body);
const openAi = (message: string, param: string | null = null, code: string | null = null) =>
  refused({ error: { message, type: 'invalid_request_error', param, code } });
const lower = (profile: Profile, refusal: Refusal, request: ModelRequest = EAGER) =>
  downgrade(profile, refusal, features(profile, request));

describe('the profile of an endpoint that nobody knows', () => {
  it('sends nothing but what is needed', () => {
    assert.deepEqual(chatBody('m', REQUEST, UNKNOWN), {
      model: 'm',
      stream: true,
      messages: [
        { role: 'system', content: 'The rules.' },
        { role: 'user', content: 'The answer.' },
      ],
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'grade', strict: true, schema: { type: 'object' } },
      },
    });
  });

  it('tries a temperature of 0 and the count of tokens once it has answered, and then knows', () => {
    const first = confirm(UNKNOWN, features(UNKNOWN, REQUEST));
    assert.equal(first.temperature, 'untried');
    const body = chatBody('m', REQUEST, first);
    assert.equal(body['temperature'], 0);
    assert.deepEqual(body['stream_options'], { include_usage: true });
    const second = confirm(first, features(first, REQUEST));
    assert.deepEqual([second.temperature, second.usage, second.effort], ['yes', 'yes', 'untried']);
  });

  it('asks for a length and for less thinking only when the request does', () => {
    const body = chatBody('m', EAGER, UNKNOWN);
    assert.equal(body['max_tokens'], 5000);
    assert.equal(body['reasoning_effort'], 'low');
  });

  it('has no format where there is no schema, and no stream where the reply is to be whole', () => {
    const { messages } = REQUEST;
    const body = chatBody('m', { messages, whole: true }, TRYING);
    assert.deepEqual(Object.keys(body), ['model', 'stream', 'messages', 'temperature']);
    assert.equal(body['stream'], false);
  });
});

describe('the profile of a host that is known', () => {
  const cases: readonly (readonly [string, string, Partial<Profile>])[] = [
    ['https://api.openai.com/v1', 'gpt-4.1-mini', { temperature: 'yes', effort: 'no', usage: 'yes' }],
    ['https://api.openai.com/v1', 'ft:gpt-4o:me', { temperature: 'yes', effort: 'no' }],
    ['https://api.openai.com/v1', 'o3-mini', { temperature: 'no', effort: 'yes' }],
    [
      'https://api.openai.com/v1',
      'gpt-5.4',
      { temperature: 'no', lengths: ['max_completion_tokens', 'max_tokens'] },
    ],
    ['https://me.openai.azure.com/openai/v1', 'd', { lengths: ['max_completion_tokens', 'max_tokens'] }],
    ['https://generativelanguage.googleapis.com/v1beta/openai', 'gemini-2.5-flash', { temperature: 'yes' }],
    ['https://generativelanguage.googleapis.com/v1beta/openai', 'gemini-3.8-flash', { temperature: 'no' }],
    ['https://openrouter.ai/api/v1', 'a/b', { routing: true, usage: 'no' }],
    ['http://localhost:11434/v1', 'm', { temperature: 'yes', usage: 'yes' }],
    ['http://localhost:1234/v1', 'm', { formats: ['strict', 'schema'] }],
    ['http://127.0.0.1:8000/v1', 'm', { temperature: 'yes' }],
    ['http://[::1]:8080/v1', 'm', { lengths: ['max_tokens'] }],
    // The port of another's machine says nothing.
    ['https://llm.example:1234/v1', 'm', { formats: ['strict', 'schema', 'object'], temperature: 'untried' }],
  ];
  for (const [url, model, expected] of cases) {
    it(`${url} (${model}) begins with ${JSON.stringify(expected)}`, () => {
      const profile: Partial<Profile> = at(url, model);
      for (const [name, value] of Object.entries(expected))
        assert.deepEqual(profile[name as keyof Profile], value, name);
    });
  }

  it('asks OpenRouter for providers that take all that is sent', () => {
    const body = chatBody('a/b', REQUEST, at('https://openrouter.ai/api/v1'));
    assert.deepEqual(body['provider'], { require_parameters: true });
  });
});

describe('after a refusal, a profile', () => {
  const cases: readonly (readonly [string, Profile, Refusal, Partial<Profile> | undefined])[] = [
    [
      'promises less when strict is refused',
      UNKNOWN,
      openAi(
        "Unknown parameter: 'response_format.json_schema.strict'.",
        'response_format.json_schema.strict',
      ),
      { formats: ['schema', 'object'] },
    ],
    [
      'keeps the schema when only its strictness is at fault',
      UNKNOWN,
      openAi("Invalid schema for response_format 'grade'", 'response_format', 'invalid_json_schema'),
      { formats: ['schema', 'object'] },
    ],
    [
      'asks for any object when schemas are refused',
      UNKNOWN,
      openAi("Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model."),
      { formats: ['object'] },
    ],
    [
      'asks for what the server offers',
      { ...UNKNOWN, formats: ['object'] },
      refused({ error: "'response_format.type' must be 'json_schema' or 'text'" }),
      { formats: [] },
    ],
    [
      'asks for nothing where only text is offered',
      UNKNOWN,
      refused({ error: "'response_format.type' must be 'text'" }),
      { formats: [] },
    ],
    [
      'gives the format up after a grammar that broke the server',
      { ...UNKNOWN, formats: ['object'] },
      refused({ error: { message: 'Failed to parse grammar', code: 500 } }, 500),
      { formats: [] },
    ],
    [
      'renames the length',
      TRYING,
      openAi(
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        'max_tokens',
        'unsupported_parameter',
      ),
      { lengths: ['max_completion_tokens'], temperature: 'untried' },
    ],
    [
      'renames it the other way too',
      at('https://api.openai.com/v1'),
      refused([
        { error: { code: 400, message: 'Unknown name "max_completion_tokens": Cannot find field.' } },
      ]),
      { lengths: ['max_tokens'] },
    ],
    [
      'drops the length when its number was refused',
      UNKNOWN,
      openAi(
        'max_tokens is too large: 5000. This model supports at most 4096 completion tokens',
        'max_tokens',
      ),
      { lengths: [] },
    ],
    [
      'drops the temperature',
      TRYING,
      openAi("Unsupported value: 'temperature' does not support 0 with this model.", 'temperature'),
      { temperature: 'no', usage: 'untried' },
    ],
    [
      'drops the count of tokens',
      TRYING,
      openAi('Unrecognized request argument supplied: stream_options'),
      { usage: 'no', temperature: 'untried' },
    ],
    [
      'drops all that one message names',
      TRYING,
      refused([
        {
          error: {
            message: 'Unknown name "stream_options": …\nUnknown name "reasoning_effort": …',
            code: 400,
          },
        },
      ]),
      { usage: 'no', effort: 'no', temperature: 'untried' },
    ],
    ['drops the effort', UNKNOWN, openAi('"llama3.1:8b" does not support thinking'), { effort: 'no' }],
    [
      'stops streaming',
      UNKNOWN,
      openAi('Your organization must be verified to stream this model.', 'stream', 'unsupported_value'),
      { stream: false },
    ],
    [
      'says the rules as the user',
      UNKNOWN,
      openAi(
        "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
        'messages[0].role',
      ),
      { system: false },
    ],
    [
      'blames the parameter, not what its message repeats',
      TRYING,
      refused(
        {
          detail: [
            {
              type: 'extra_forbidden',
              loc: ['body', 'stream_options'],
              msg: 'Extra inputs',
              input: 'json_schema',
            },
          ],
        },
        422,
      ),
      { usage: 'no', formats: ['strict', 'schema', 'object'] },
    ],
    [
      'finds the parameter in Python that was written into a message',
      TRYING,
      refused({
        error: {
          message: "[{'type': 'x', 'loc': ('body', 'temperature'), 'input': {'response_format': 1}}]",
        },
      }),
      { temperature: 'no', formats: ['strict', 'schema', 'object'] },
    ],
    [
      'drops what was on trial when nobody says what is wrong',
      TRYING,
      refused('Bad Request'),
      { temperature: 'no', usage: 'no', effort: 'no', formats: ['strict', 'schema', 'object'] },
    ],
    ['is not lowered when the prompt is too long', TRYING, openAi('context length exceeded'), undefined],
    ['is not lowered by a failure', TRYING, refused({ error: 'overloaded' }, 503), undefined],
    ['is not lowered by a refused key', TRYING, refused({ error: 'temperature' }, 401), undefined],
    [
      'is not lowered by a missing model',
      TRYING,
      refused({ error: 'model json_schema not found' }, 404),
      undefined,
    ],
    [
      'gives up extras first where no provider takes everything',
      { ...at('https://openrouter.ai/api/v1'), answered: true },
      refused(
        { error: { message: 'No endpoints found that can handle the requested parameters.', code: 404 } },
        404,
      ),
      {
        temperature: 'no',
        effort: 'no',
        lengths: [],
        formats: ['strict', 'schema', 'object'],
        routing: true,
      },
    ],
    [
      'is understood through a go-between',
      UNKNOWN,
      refused({
        error: {
          message: 'Provider returned error',
          code: 400,
          metadata: { raw: '{"error": {"message": "Your organization …", "param": "stream"}}' },
        },
      }),
      { stream: false },
    ],
  ];
  for (const [what, profile, refusal, expected] of cases) {
    it(what, () => {
      const lowered: Partial<Profile> | undefined = lower(profile, refusal);
      if (expected === undefined) return assert.equal(lowered, undefined);
      assert.ok(lowered, 'something is given up');
      for (const [name, value] of Object.entries(expected))
        assert.deepEqual(lowered[name as keyof Profile], value, name);
    });
  }

  it('is not lowered for what was not sent', () => {
    const said = openAi('temperature, stream_options and max_tokens are unknown');
    assert.equal(lower(UNKNOWN, said, REQUEST), undefined);
  });

  it('gives up formats, then the routing, where still no provider is left', () => {
    const none = refused({ error: { message: 'No endpoints found that support this', code: 404 } }, 404);
    const path: Profile[] = [at('https://openrouter.ai/api/v1')];
    for (let next = path[0]; next; next = lower(next, none, REQUEST)) path.push(next);
    assert.deepEqual(
      path.slice(1).map(({ formats, routing }) => [formats.length, routing]),
      [
        [3, true],
        [1, true],
        [0, true],
        [0, false],
      ],
    );
  });
});

describe('downgrades', () => {
  const words = fc.constantFrom(
    ...[
      'response_format',
      'json_schema',
      'strict',
      'must be',
      "'text'",
      'json_object',
      'max_tokens',
      'too large',
    ],
    ...[
      'max_completion_tokens',
      'temperature',
      'stream_options',
      'reasoning_effort',
      'stream',
      'not supported',
    ],
    ...[
      'system role',
      'No endpoints found that support',
      'grammar',
      'invalid_json_schema',
      'oops',
      'provider',
    ],
  );
  const refusals = fc.record({
    status: fc.constantFrom(400, 404, 422, 500, undefined),
    param: fc.constantFrom('', 'stream', 'temperature', 'response_format', 'max_tokens', 'messages[0].role'),
    code: fc.constantFrom('', 'invalid_json_schema', 'unsupported_value'),
    message: fc.array(words, { maxLength: 6 }).map((parts) => parts.join(' ')),
  });
  const profiles = fc
    .tuple(
      fc.constantFrom('https://llm.example', 'https://openrouter.ai/api/v1', 'http://localhost:1234/v1'),
      fc.boolean(),
    )
    .map(([url, answered]) => ({ ...at(url), answered }));

  it('never go back up, and come to an end', () => {
    fc.assert(
      fc.property(profiles, fc.array(refusals, { maxLength: 40 }), (start, all) => {
        let profile = start;
        let count = 0;
        for (const refusal of all) {
          const next = lower(profile, refusal);
          if (next === undefined) continue;
          assert.ok(rank(next) < rank(profile), `${rank(next)} < ${rank(profile)}`);
          assert.ok(next.formats.every((format) => profile.formats.includes(format)));
          assert.ok(next.lengths.every((name) => profile.lengths.includes(name)));
          profile = next;
          count += 1;
        }
        assert.ok(count <= rank(start));
      }),
    );
  });

  it('stay a profile that can be stored, and what is confirmed stays as low', () => {
    fc.assert(
      fc.property(profiles, fc.array(refusals, { maxLength: 10 }), (start, all) => {
        const end = all.reduce((profile, refusal) => lower(profile, refusal) ?? profile, start);
        assert.deepEqual(parseProfile(JSON.parse(JSON.stringify(end))), end);
        assert.ok(rank(confirm(end, features(end, EAGER))) <= rank(end));
      }),
    );
  });
});

describe('a stored profile', () => {
  const endpoint = parseEndpoint('https://llm.example/v1');

  it('is that of one model at one origin', () => {
    const store = new Map([[profileKey(endpoint, 'm'), { ...UNKNOWN, stream: false }]]);
    assert.equal(loadProfile(store, endpoint, 'm').stream, false);
    assert.equal(loadProfile(store, endpoint, 'other').stream, true);
    assert.equal(loadProfile(store, parseEndpoint('https://llm.example:8443/v1'), 'm').stream, true);
    assert.equal(loadProfile(store, parseEndpoint('https://llm.example/other/path'), 'm').stream, false);
  });

  it('keeps what was learnt of Ollama', () => {
    const learnt: Profile = { ...UNKNOWN, ollama: true, contextTokens: 8192, think: 'low' };
    assert.deepEqual(parseProfile(JSON.parse(JSON.stringify(learnt))), learnt);
  });

  const corrupt: readonly unknown[] = [
    null,
    'text',
    [],
    {},
    { ...UNKNOWN, formats: ['yaml'] },
    { ...UNKNOWN, lengths: 'max_tokens' },
    { ...UNKNOWN, temperature: true },
    { ...UNKNOWN, stream: 'yes' },
    { ...UNKNOWN, answered: undefined },
  ];
  for (const stored of corrupt) {
    it(`is ignored when it is ${JSON.stringify(stored)}`, () => {
      const store = { get: () => stored as Profile, set: () => undefined };
      assert.deepEqual(loadProfile(store, endpoint, 'm'), UNKNOWN);
    });
  }

  it('loses only what is odd beside the rest', () => {
    assert.deepEqual(parseProfile({ ...UNKNOWN, contextTokens: 'many', think: 3, extra: 1 }), UNKNOWN);
  });
});
