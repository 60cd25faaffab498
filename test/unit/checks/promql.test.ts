import assert from 'node:assert/strict';
import fc from 'fast-check';
import { canBeEmpty, canBeMany, canBeNaN, droppedBuckets } from '../../../src/core/checks/promql/results.ts';
import { signalOf } from '../../../src/core/checks/promql/signal.ts';
import { type PromqlNode, type PromqlQuery, parsePromql } from '../../../src/core/checks/promql.ts';

function parsed(text: string): { query: PromqlQuery; root: PromqlNode } {
  const query = parsePromql(text);
  assert.deepEqual(query.diagnostics, [], text);
  assert.ok(query.root);
  return { query, root: query.root };
}

/** The characters that the first diagnostic points at. */
function blamed(text: string, args?: ReadonlyMap<string, string>): string | undefined {
  const [first] = parsePromql(text, args).diagnostics;
  return first && text.slice(first.from, first.to);
}

const ERRORS = 'sum(rate(http_requests_total{code=~"5.."}[5m]))';
const ALL = 'sum(rate(http_requests_total[5m]))';
const BUCKETS = 'rate(http_request_duration_seconds_bucket[5m])';
const P99 = `histogram_quantile(0.99, sum by (le) (${BUCKETS}))`;

describe('PromQL queries', () => {
  const types: readonly (readonly [string, string])[] = [
    ['1 + 1', 'scalar'],
    ['time()', 'scalar'],
    ['scalar(sum(up))', 'scalar'],
    ['up', 'vector'],
    ['vector(1)', 'vector'],
    [`${ERRORS} / ${ALL}`, 'vector'],
    ['2 * scalar(sum(up))', 'scalar'],
    ['2 * up', 'vector'],
    ['(up)', 'vector'],
    ['up offset 5m', 'vector'],
    ['up[5m]', 'matrix'],
    ['max_over_time(up[5m])', 'vector'],
    ['rate(up[5m:1m])', 'vector'],
    ['"text"', 'string'],
  ];
  for (const [text, type] of types) {
    it(`are typed: ${text} is a ${type}`, () => assert.equal(parsed(text).query.type, type));
  }

  const syntax: readonly (readonly [string, string])[] = [
    ['sum(rate(x[5m])', ')'],
    ['a > b)', ')'],
    ['sum(rate(x[5m])) /', '/'],
    ['foo(x)', '('],
    ['x{code=}', '}'],
    ['x offset', 't'],
  ];
  for (const [text, place] of syntax) {
    it(`have their syntax checked: ${text}`, () => {
      const { diagnostics, type } = parsePromql(text);
      assert.deepEqual(
        diagnostics.map(({ kind }) => kind),
        ['syntax'],
      );
      assert.equal(type, 'none');
      assert.ok(blamed(text)?.startsWith(place), blamed(text));
    });
  }

  it('may not be empty', () => {
    for (const text of ['', '  \n', '# only a comment']) {
      assert.deepEqual(
        parsePromql(text).diagnostics.map(({ kind }) => kind),
        ['syntax'],
      );
    }
  });

  const typeErrors: readonly (readonly [string, string])[] = [
    ['rate(x)', 'x'],
    ['sum(1)', '1'],
    ['histogram_quantile(x, y)', 'x'],
    ['1 > 2', '1 > 2'],
    ['x and 1', 'x and 1'],
    ['abs(x, y)', 'abs(x, y)'],
    ['{code=""}', '{code=""}'],
  ];
  for (const [text, place] of typeErrors) {
    it(`have their types checked: ${text}`, () => {
      const faults = parsePromql(text).diagnostics;
      assert.ok(faults.length > 0);
      assert.ok(faults.every(({ kind }) => kind === 'type'));
      assert.equal(blamed(text), place);
    });
  }

  it('hold Argo places, whose offsets stay those of the text', () => {
    const text =
      'sum(rate({{args.metric}}{service="{{ args.service }}"}[{{args.window}}])) > rate({{args.metric}})';
    const args = new Map([
      ['args.metric', 'http_requests_total'],
      ['args.service', 'fraud-scorer-canary'],
      ['args.window', '5m'],
    ]);
    assert.equal(parsePromql(text, args).guessed, false);
    assert.equal(blamed(text, args), '{{args.metric}}');
  });

  it('are not judged on a guess, unless the place is inside a string', () => {
    assert.deepEqual(parsePromql('rate(x[{{args.window}}]) > {{args.limit}}').diagnostics, []);
    assert.equal(parsePromql('rate({{args.metric}})').guessed, true);
    assert.deepEqual(parsePromql('rate({{args.metric}})').diagnostics, []);
    assert.equal(parsePromql('rate(x{service="{{args.service}}"}[5m])').guessed, false);
    assert.equal(blamed('rate(x{service="{{args.service}}"})'), 'x{service="{{args.service}}"}');
  });

  it('are refused when they are longer or deeper than any query', () => {
    assert.equal(parsePromql(`${'('.repeat(5000)}x${')'.repeat(5000)}`).diagnostics.length, 1);
    assert.equal(parsePromql('x'.repeat(30_000)).diagnostics.length, 1);
    assert.equal(parsePromql(`${'-'.repeat(10_000)}x`).diagnostics.length, 1);
  });

  it('never throw, whatever the text, and point inside it', () => {
    const word = fc.constantFrom(
      'sum',
      'rate',
      '(',
      ')',
      '[5m]',
      '{',
      '}',
      'by (le)',
      ' ',
      'x',
      '"',
      '{{args.a}}',
      '{{',
      '/',
      '>',
      '0',
      'or',
      ',',
      '=~',
      'offset',
      '@',
      '#',
      '\n',
      'histogram_quantile',
    );
    const texts = fc.oneof(
      fc.string(),
      fc.array(word, { maxLength: 25 }).map((words) => words.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const query = parsePromql(text);
        for (const { from, to } of query.diagnostics) {
          assert.ok(from >= 0 && from <= to && to <= text.length, `${from}-${to} of ${text.length}`);
        }
        signalOf(query);
        droppedBuckets(query);
        const { root } = query;
        if (root) for (const ask of [canBeEmpty, canBeNaN, canBeMany]) ask(query, root);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('What a query can return', () => {
  const cases: readonly (readonly [string, boolean, boolean])[] = [
    [ERRORS, true, false],
    [`${ERRORS} / ${ALL}`, true, true],
    [`${ERRORS} / ${ALL} or vector(0)`, false, true],
    [`(${ERRORS} / ${ALL}) >= 0 or vector(0)`, false, false],
    [`(${ERRORS} / ${ALL}) >= 0 or on() vector(0)`, false, false],
    [`(${ERRORS} or vector(0)) / (${ALL} > 0)`, true, false],
    [`(${ERRORS} or vector(0)) / clamp_min(${ALL} or vector(0), 1)`, false, false],
    [`(${ERRORS} or vector(0)) / (${ALL} > 0 or vector(1))`, false, false],
    [`${ERRORS} / ${ALL} and ${ALL} > 0`, true, false],
    [`${ERRORS} / 300`, true, false],
    [`scalar(${ERRORS} / ${ALL})`, false, true],
    [`scalar(${ERRORS})`, false, true],
    [`scalar(${ERRORS} or vector(0))`, false, false],
    [P99, true, true],
    [`${P99} >= 0 or vector(0)`, false, false],
    [`${P99} != 0`, true, true],
    ['absent(up)', true, false],
    ['vector(1)', false, false],
    ['time()', false, false],
  ];
  for (const [text, empty, nan] of cases) {
    it(`${text}: ${empty ? 'perhaps nothing' : 'always something'}, ${nan ? 'perhaps NaN' : 'never NaN'}`, () => {
      const { query, root } = parsed(text);
      assert.equal(canBeEmpty(query, root), empty, 'empty');
      assert.equal(canBeNaN(query, root), nan, 'NaN');
    });
  }

  it('is one series only when everything is aggregated', () => {
    for (const text of [ERRORS, P99, `${ERRORS} / ${ALL} or vector(0)`, 'scalar(up)', 'sum by () (up)']) {
      assert.equal(canBeMany(parsed(text).query, parsed(text).root), false, text);
    }
    for (const text of ['up', 'rate(x[5m])', 'sum by (pod) (up)', 'topk(3, up)', 'sum without (pod) (up)']) {
      assert.equal(canBeMany(parsed(text).query, parsed(text).root), true, text);
    }
  });

  it('is nothing when classic buckets lose their bound', () => {
    for (const text of [
      `histogram_quantile(0.99, sum(${BUCKETS}))`,
      `histogram_quantile(0.99, sum by (pod) (${BUCKETS}))`,
      `1000 * histogram_quantile(0.99, sum without (le) (${BUCKETS}))`,
    ]) {
      const { query } = parsed(text);
      const lost = droppedBuckets(query);
      assert.ok(lost && query.textOf(lost).startsWith('sum'), text);
    }
    for (const text of [
      P99,
      `histogram_quantile(0.99, sum(${BUCKETS}) by (le, pod))`,
      `histogram_quantile(0.99, sum without (pod) (${BUCKETS}))`,
      `histogram_quantile(0.99, ${BUCKETS})`,
      // A native histogram has no `le`.
      'histogram_quantile(0.99, sum(rate(http_request_duration_seconds[5m])))',
    ]) {
      assert.equal(droppedBuckets(parsed(text).query), undefined, text);
    }
  });
});

describe('The signal of a query', () => {
  const signal = (text: string) => signalOf(parsed(text).query);

  it('is a share of errors, or of successes the other way round', () => {
    const share = { kind: 'errors', isShare: true, ceiling: 1 };
    assert.deepEqual(signal(`${ERRORS} / ${ALL}`), { ...share, higherIsWorse: true });
    assert.deepEqual(signal(`1 - ${ERRORS} / ${ALL}`), { ...share, higherIsWorse: false });
    assert.deepEqual(signal(`${ERRORS.replace('=~', '!~')} / ${ALL}`), { ...share, higherIsWorse: false });
    assert.deepEqual(signal(`scalar(${ERRORS} / ${ALL})`), { ...share, higherIsWorse: true });
    for (const matcher of [
      'status="500"',
      'response_code=~"5.*"',
      'code=~"[45].."',
      'outcome="error"',
      'code!~"[123].."',
      'grpc_code="Unavailable"',
      'code=~"502|503"',
      'code=~"(5..)"',
      'code_class="5xx"',
      'status!="200"',
      'error="true"',
    ]) {
      const text = `sum(rate(x{${matcher}}[5m])) / sum(rate(x[5m]))`;
      assert.deepEqual(signal(text), { ...share, higherIsWorse: true }, matcher);
    }
    for (const matcher of ['code!~"5.."', 'code=~"2.."', 'outcome="success"', 'code=~"[^5].."']) {
      const text = `sum(rate(x{${matcher}}[5m])) / sum(rate(x[5m]))`;
      assert.deepEqual(signal(text), { ...share, higherIsWorse: false }, matcher);
    }
  });

  it('knows percent from a ratio, and a number of errors from their share', () => {
    assert.equal(signal(`100 * ${ERRORS} / ${ALL}`)?.ceiling, 100);
    assert.equal(signal(`${ERRORS} / ${ALL} * 100`)?.ceiling, 100);
    assert.equal(signal(`100 * (1 - ${ERRORS} / ${ALL})`)?.ceiling, 100);
    assert.equal(signal(ERRORS)?.isShare, false);
    assert.equal(signal(`${ERRORS} / 60`)?.isShare, false);
    assert.equal(signal('sum(service:errors:ratio_rate5m)')?.isShare, true);
  });

  it('is a latency with its statistic', () => {
    assert.equal(signal(P99)?.statistic, 0.99);
    assert.equal(signal(`${P99} * 1000`)?.ceiling, 60_000);
    assert.equal(signal('max(http_duration_seconds{quantile="0.99"})')?.statistic, 0.99);
    assert.equal(signal('quantile_over_time(0.99, probe_duration_seconds[10m])')?.statistic, 0.99);
    assert.equal(signal('sum(rate(d_seconds_sum[5m])) / sum(rate(d_seconds_count[5m]))')?.statistic, 'mean');
    const share = signal('sum(rate(d_seconds_bucket{le="0.3"}[5m])) / sum(rate(d_seconds_count[5m]))');
    assert.deepEqual(share, {
      kind: 'latency',
      isShare: true,
      higherIsWorse: false,
      statistic: 'share',
      ceiling: 1,
    });
  });

  it('is unknown when nothing tells', () => {
    for (const text of [
      'up',
      ALL,
      'sum(increase(http_requests_total[10m])) or vector(0)',
      'vector(1)',
      // Words of the business are not failures of the service.
      'sum(rate(predictions_total{class="1"}[5m])) / sum(rate(predictions_total[5m]))',
      'sum(rate(decisions_total{decision="reject"}[5m])) / sum(rate(decisions_total[5m]))',
      'sum(rate(internal_requests_total{version_code="51"}[5m]))',
    ]) {
      assert.equal(signal(text), undefined, text);
    }
  });
});
