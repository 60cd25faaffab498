import assert from 'node:assert/strict';
import { retryAfter } from '../../../src/adapters/models/retryAfter.ts';

const NOW = Date.UTC(2026, 10, 22, 12, 0, 0);

const wait = (headers: Record<string, string>, body = '') => retryAfter(new Headers(headers), body, NOW);

describe('the time at which a server wants to be asked again', () => {
  const cases: readonly (readonly [string, Record<string, string>, string, string | undefined])[] = [
    ['is in seconds', { 'retry-after': '120' }, '', '120'],
    ['is rounded up', { 'retry-after': '0.2' }, '', '1'],
    ['is in milliseconds, which count first', { 'retry-after-ms': '1500', 'retry-after': '9' }, '', '2'],
    ['is a date', { 'retry-after': 'Sun, 22 Nov 2026 12:01:30 GMT' }, '', '90'],
    ['is now, when the date is over', { 'retry-after': 'Sun, 22 Nov 2026 11:00:00 GMT' }, '', '0'],
    ['is unknown, when it makes no sense', { 'retry-after': 'soon' }, '', undefined],
    ['is unknown, when it is negative', { 'retry-after': '-5' }, '', undefined],
    ['is unknown, when nothing is said', {}, '', undefined],
    [
      'is that of the budget that is used up',
      { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '6m0s' },
      '',
      '360',
    ],
    [
      'is not that of a budget that is left',
      {
        'x-ratelimit-remaining-requests': '59',
        'x-ratelimit-reset-requests': '1s',
        'x-ratelimit-remaining-tokens': '0',
        'x-ratelimit-reset-tokens': '1h2m3.5s',
      },
      '',
      '3724',
    ],
    [
      'is in milliseconds there too',
      { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '20ms' },
      '',
      '1',
    ],
    [
      'is in the body, as Gemini has it',
      {},
      '[{"error": {"details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34.07s"}]}}]',
      '35',
    ],
  ];
  for (const [what, headers, body, expected] of cases) {
    it(what, () => assert.equal(wait(headers, body), expected));
  }
});
