import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseEndpoint } from '../../src/adapters/models/endpoint.ts';
import { createEndpointClient } from '../../src/adapters/models/endpointClient.ts';
import type { Profile } from '../../src/adapters/models/profile.ts';
import { isAppError } from '../../src/core/errors.ts';
import type { ModelEvent } from '../../src/core/ports.ts';
import { type Dialect, readDialects } from '../support/dialects.ts';
import { ManualClock } from '../support/manualClock.ts';
import { fails, ModelServer, servesText } from '../support/modelServer.ts';

const RUNS = process.env['CANARI_LONG'] ? 3_000 : 120;
const MESSAGES = [{ role: 'user', text: 'The answer.' }] as const;

/** A body that has been cut, repeated, swapped or written over. */
function spoilt(body: string): fc.Arbitrary<string> {
  const place = fc.nat({ max: body.length });
  const rubbish = fc.constantFrom(
    '',
    '\n',
    '\n\n',
    'null',
    '{}',
    '[]',
    '"',
    '}',
    '<html>',
    'data: 1\n\n',
    '🙂',
    '\0',
  );
  return fc.oneof(
    place.map((end) => body.slice(0, end)),
    fc.tuple(place, place, rubbish).map(([a, b, text]) => body.slice(0, a) + text + body.slice(b)),
    fc.tuple(place, rubbish).map(([a, text]) => `${text}${body.slice(a)}`),
    fc
      .constantFrom(...['"content"', '"choices"', '"message"', 'true', '0', 'null'])
      .chain((word) => rubbish.map((text) => body.replaceAll(word, text))),
  );
}

describe('a reply that was spoilt on its way', () => {
  const bodyOf = ({ stream, whole }: Dialect) => (stream ? `${stream.join('\n')}\n` : JSON.stringify(whole));
  const dialects = readDialects().filter(({ name }) => /^(openai.*|ollama|llama-cpp)$/.test(name));

  for (const dialect of dialects) {
    it(`ends, or fails with a reason: ${dialect.name}`, async function () {
      this.timeout(120_000);
      const server = await ModelServer.start();
      server.routes = {
        '/api/version': dialect.protocol ? fails(200, { version: '1' }) : fails(404, ''),
        '/api/show': fails(200, {}),
      };
      const endpoint = parseEndpoint(server.baseUrl);
      const profiles = new Map<string, Profile>();
      const type = dialect.type ?? (dialect.stream ? 'text/event-stream' : 'application/json');
      try {
        await fc.assert(
          fc.asyncProperty(spoilt(bodyOf(dialect)), async (body) => {
            server.answer(servesText(body, type));
            const clock = new ManualClock();
            const client = createEndpointClient({ endpoint, model: 'm', apiKey: undefined, clock, profiles });
            const events: ModelEvent[] = [];
            try {
              for await (const event of client.stream({ messages: MESSAGES }, new AbortController().signal))
                events.push(event);
              assert.equal(events.at(-1)?.type, 'end');
            } catch (error) {
              assert.ok(isAppError(error), String(error));
              assert.ok(!events.some((event) => event.type === 'end'), 'no end before a failure');
            }
            assert.equal(clock.pending, 0);
          }),
          { numRuns: RUNS },
        );
      } finally {
        await server.stop();
      }
    });
  }
});
