import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseEndpoint } from '../../../src/adapters/models/endpoint.ts';
import { readRefusal, refusalError } from '../../../src/adapters/models/failure.ts';
import { ERROR_CODES } from '../../../src/core/errors.ts';

const ASKED = { endpoint: parseEndpoint('https://llm.example/v1'), model: 'm', apiKey: 'sk-secret' };

describe('what a server said when it would not answer', () => {
  const bodies: readonly (readonly [string, unknown, { param?: string; code?: string; message?: RegExp }])[] =
    [
      [
        'an object, as OpenAI',
        { error: { message: 'a', param: 'b', code: 'c', type: 'd' } },
        { param: 'b', code: 'c d', message: /^a$/ },
      ],
      ['a bare text below error, as LM Studio', { error: 'must be text' }, { message: /^must be text$/ }],
      [
        'a list, as Gemini',
        [{ error: { code: 400, message: 'a', status: 'INVALID_ARGUMENT' } }],
        { code: '400 INVALID_ARGUMENT', message: /^a$/ },
      ],
      [
        'without error, as vLLM',
        { object: 'error', message: 'a', type: 'BadRequestError', param: null },
        { code: 'BadRequestError', message: /^a$/ },
      ],
      [
        'below detail, as FastAPI',
        { detail: [{ loc: ['body', 'stream'], msg: 'a' }] },
        { param: 'stream', message: /^a$/ },
      ],
      ['a text below detail', { detail: 'a' }, { message: /^a$/ }],
      [
        'JSON in a text, as Ollama',
        { error: '{"error":{"message":"a","type":"t"}}' },
        { code: 't', message: /^a$/ },
      ],
      [
        'through a go-between, as OpenRouter',
        { error: { message: 'a', metadata: { raw: '{"error":{"message":"b","param":"p"}}' } } },
        { param: 'p', message: /^a b$/ },
      ],
      ['plain text', 'upstream connect error', { message: /^upstream connect error$/ }],
      ['nothing', undefined, { param: '', code: '', message: /^$/ }],
    ];
  for (const [what, body, expected] of bodies) {
    it(`is understood when it is ${what}`, () => {
      const refusal = readRefusal(400, body);
      if (expected.param !== undefined) assert.equal(refusal.param, expected.param);
      if (expected.code !== undefined) assert.equal(refusal.code, expected.code);
      if (expected.message) assert.match(refusal.message, expected.message);
    });
  }

  it('has a status in its body where the response has none', () => {
    assert.equal(readRefusal(undefined, { error: { code: 429 } }).status, 429);
    assert.equal(readRefusal(200, { error: { code: '502' } }).status, 502);
    assert.equal(readRefusal(undefined, { error: { code: 'server_error' } }).status, undefined);
    assert.equal(readRefusal(400, { error: { code: 500 } }).status, 400);
  });

  const sizes: readonly (readonly [string, string, string])[] = [
    ['request (351 tokens) exceeds the available context size (256 tokens)', '351', '256'],
    [
      "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.",
      '9000',
      '8192',
    ],
    [
      "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens (3000 in the messages).",
      '5000',
      '4096',
    ],
    ['the model is loaded with context length of only 4096 tokens, which is not enough', '?', '4096'],
  ];
  for (const [message, needed, limit] of sizes) {
    it(`is a prompt that is too long: “${message.slice(0, 40)}…”`, () => {
      const error = refusalError(readRefusal(400, { error: { message } }), ASKED, undefined, '', 0);
      assert.equal(error.code, 'prompt_too_long');
      assert.deepEqual([error.params['needed'], error.params['limit']], [needed, limit]);
    });
  }

  it('can be anything at all: it has a code, and never the key', () => {
    fc.assert(
      fc.property(
        fc.option(fc.integer({ min: 100, max: 599 }), { nil: undefined }),
        fc.anything(),
        (status, body) => {
          const refusal = readRefusal(status, [body, { error: { message: 'Bearer sk-secret' } }]);
          const error = refusalError(refusal, ASKED, undefined, '', 0);
          assert.ok(ERROR_CODES.includes(error.code));
          assert.ok(!JSON.stringify(error.params).includes('sk-secret'));
          assert.ok((error.params['detail'] ?? '').length <= 300);
        },
      ),
    );
  });
});
