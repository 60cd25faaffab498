import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import type { FamilyOutcome, Violation } from '../../../src/core/checks/finding.ts';
import { python } from '../../../src/core/checks/python.ts';
import { openSandbox, type TestSandbox } from '../../support/sandbox.ts';

const ROOT = path.join(process.cwd(), 'questions', 'exercises', 'define-feature');
const read = (...parts: string[]) => fs.readFileSync(path.join(ROOT, ...parts), 'utf8');

interface Exercise {
  readonly checks: readonly { readonly id: string; readonly rules: readonly string[] }[];
  readonly rules: Readonly<Record<string, { readonly severity: string }>>;
  readonly options: { readonly python: Readonly<Record<string, unknown>> };
}
type Mutants = Readonly<
  Record<string, { readonly check: string; readonly rule: string; readonly line: number }>
>;

describe('the exercise define-feature', function () {
  this.timeout(120_000);
  const exercise = parse(read('exercise.yaml')) as Exercise;
  const mutants = parse(read('mutants', 'mutants.yaml')) as Mutants;
  const alternatives = fs.readdirSync(path.join(ROOT, 'alternatives'));
  const sandboxes: readonly TestSandbox[] = [openSandbox(), openSandbox()];
  const [sandbox = openSandbox()] = sandboxes;
  after(() => {
    for (const each of sandboxes) each.dispose();
  });

  const judge = (by: TestSandbox, source: string): Promise<FamilyOutcome> =>
    python(
      { files: { 'features.py': source }, options: { ...exercise.options.python, check: read('check.py') } },
      { python: by },
      new AbortController().signal,
    );

  // The answers of the folder are judged two at a time, before what is asserted of each.
  const judged = new Map<string, FamilyOutcome>();
  before(async () => {
    const sources = [
      read('scaffold', 'features.py'),
      read('solution', 'features.py'),
      ...alternatives.map((name) => read('alternatives', name, 'features.py')),
      ...Object.keys(mutants).map((name) => read('mutants', name, 'features.py')),
    ];
    await Promise.all(
      sandboxes.map(async (each, half) => {
        for (const source of sources.filter((_, i) => i % sandboxes.length === half)) {
          judged.set(source, await judge(each, source));
        }
      }),
    );
  });

  const outcomeOf = async (source: string): Promise<FamilyOutcome> =>
    judged.get(source) ?? (await judge(sandbox, source));

  async function violations(source: string): Promise<readonly Violation[]> {
    const outcome = await outcomeOf(source);
    assert.equal(outcome.state, 'ran', JSON.stringify(outcome));
    return outcome.state === 'ran' ? outcome.violations : [];
  }

  const rulesOf = async (source: string) => (await violations(source)).map(({ rule }) => rule);

  it('refuses the scaffold, on the line of the snippet', async () => {
    const found = await violations(read('scaffold', 'features.py'));
    assert.deepEqual(
      found.map(({ rule, range }) => [rule, range.start.line]),
      [
        ['legacy-feature', 13],
        ['view-missing', 13],
      ],
    );
  });

  it('accepts the solution', async () => {
    assert.deepEqual(await violations(read('solution', 'features.py')), []);
  });

  for (const name of alternatives) {
    it(`accepts another right answer: ${name}`, async () => {
      assert.deepEqual(await violations(read('alternatives', name, 'features.py')), []);
    });
  }

  for (const [name, { check, rule, line }] of Object.entries(mutants)) {
    it(`catches a wrong answer: ${name}`, async () => {
      const found = await violations(read('mutants', name, 'features.py'));
      const lines = found
        .filter((violation) => violation.rule === rule)
        .map(({ range }) => range.start.line + 1);
      assert.deepEqual(lines, [line], JSON.stringify(found));
      const named = exercise.checks.find(({ id }) => id === check)?.rules ?? [];
      assert.ok(named.includes(rule), `${check} names ${rule}`);
      assert.equal(exercise.rules[rule]?.severity, 'error');
      const others = new Set(
        exercise.checks
          .filter(
            ({ id, rules }) => id !== check && found.some((violation) => rules.includes(violation.rule)),
          )
          .map(({ id }) => id),
      );
      assert.deepEqual([...others], [], 'one mistake fails one check');
    });
  }

  it('has a text for every rule that is reported', () => {
    const reported = [...read('check.py').matchAll(/self\.add\(\s*'([a-z-]+)'/g)].map(
      (match) => match[1] ?? '',
    );
    for (const rule of [
      ...reported,
      'syntax-error',
      'load-error',
      'positional-arguments',
      'join-keys-many',
      'stream-without-batch',
    ]) {
      assert.ok(exercise.rules[rule], rule);
    }
  });

  it('shows several mistakes at once', async () => {
    const source = read('solution', 'features.py')
      .replace('ttl=timedelta(days=3)', 'ttl=3')
      .replace('entities=[user]', 'entities=["user"]')
      .replace('timestamp_field="event_timestamp",', '');
    assert.deepEqual((await rulesOf(source)).sort(), [
      'entities-not-objects',
      'timestamp-missing',
      'ttl-not-timedelta',
    ]);
  });

  it('accepts a right view beside others that are no concern of it', async () => {
    const source = `${read('solution', 'features.py')}
draft = FeatureView(name="draft", source=user_profile_source, schema=[Field(name="user_age", dtype=Int32)])
`;
    assert.deepEqual(await rulesOf(source), []);
  });

  it('warns of what is not modelled after a complete definition, and decides nothing before', async () => {
    const later = 'from feast import FeatureStore\nFeatureStore(".").materialize_incremental(None)\n';
    assert.deepEqual(await rulesOf(`${read('solution', 'features.py')}\n${later}`), ['not-modelled']);
    assert.equal(exercise.rules['not-modelled']?.severity, 'warning');
    const outcome = await outcomeOf(`${later}${read('solution', 'features.py')}`);
    assert.deepEqual(outcome, {
      state: 'not_run',
      code: 'not_modelled',
      detail: 'FeatureStore.materialize_incremental (features.py:2)',
    });
  });

  it('tells a file that does not parse from one that stops', async () => {
    assert.deepEqual(await rulesOf('def f(:\n'), ['syntax-error']);
    assert.deepEqual(await rulesOf('x = unknown\n'), ['load-error']);
    assert.deepEqual(await rulesOf(''), ['view-missing']);
  });

  it('warns without failing of a key without a type and of a TTL without a limit', async () => {
    const source = read('solution', 'features.py')
      .replace('value_type=ValueType.INT64,', '')
      .replace('timedelta(days=3)', 'timedelta(0)');
    assert.deepEqual((await rulesOf(source)).sort(), ['entity-value-type', 'ttl-unbounded']);
  });
});
