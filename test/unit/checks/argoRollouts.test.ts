import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import fc from 'fast-check';
import { parse } from 'yaml';
import { ARGO_RULES, argoRollouts } from '../../../src/core/checks/argoRollouts.ts';
import type { Rule, Violation } from '../../../src/core/checks/finding.ts';
import { ANALYSIS, CANARY, edit, FILES, findings, pointedAt, ROLLOUT } from './argoFiles.ts';
import { MISTAKES } from './argoRules.ts';

const CORPUS = path.join('test', 'fixtures', 'corpus', 'argo-rollouts');
const TEXTS = parse(
  fs.readFileSync(path.join('questions', 'checks', 'argo-rollouts.yaml'), 'utf8'),
) as Readonly<Record<string, Rule>>;

const corpus = fs
  .readdirSync(CORPUS)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => ({ name, text: fs.readFileSync(path.join(CORPUS, name), 'utf8') }));

function errors(violations: readonly Violation[]): string[] {
  return violations
    .filter(({ rule }) => TEXTS[rule]?.severity === 'error')
    .map(({ rule, file, range }) => `${file}:${range.start.line + 1} ${rule}`);
}

describe('Argo Rollouts manifests that other people run', () => {
  for (const { name, text } of corpus) {
    it(`are valid: ${name}`, async () => {
      assert.deepEqual(errors(await findings({ [name]: text }, { level: 'valid' })), []);
    });
  }

  it('are valid together, whatever the other kinds beside them', async () => {
    const files = Object.fromEntries(corpus.map(({ name, text }) => [name, text]));
    assert.deepEqual(errors(await findings(files, { level: 'valid' })), []);
  });

  it('get a warning where a metric cannot fail', async () => {
    const warned = await Promise.all(
      corpus.map(async ({ name, text }) =>
        (await findings({ [name]: text }, { level: 'valid' })).map(({ rule }) => `${name} ${rule}`),
      ),
    );
    assert.deepEqual(warned.flat(), [
      'analysis-templates.yaml failure-limit-idle',
      'cluster-analysis-templates.yaml failure-limit-idle',
    ]);
  });
});

describe('The rules of Argo Rollouts', () => {
  it('find nothing in a good canary', async () => {
    assert.deepEqual(await findings(FILES), []);
  });

  it('each have a mistake below, and texts in the bank', () => {
    assert.deepEqual(Object.keys(MISTAKES).sort(), [...ARGO_RULES].sort());
    assert.deepEqual(Object.keys(TEXTS).sort(), [...ARGO_RULES].sort());
  });

  for (const [rule, { files, at, options }] of Object.entries(MISTAKES)) {
    it(`find the mistake and its place: ${rule}`, async () => {
      const violations = await findings(files, options);
      const places = violations
        .filter((violation) => violation.rule === rule)
        .map((found) => pointedAt(files, found));
      if (rule === 'endless-inline-analysis') assert.deepEqual(places, ['interval', 'interval']);
      else
        assert.ok(
          places.includes(at),
          `${JSON.stringify(places)} of ${violations.map((found) => found.rule).join()}`,
        );
    });

    it(`fill every place of its texts: ${rule}`, async () => {
      const violation = (await findings(files, options)).find((found) => found.rule === rule);
      const { message, why } = TEXTS[rule] ?? {};
      for (const text of [message?.fr, message?.en, why?.fr, why?.en]) {
        for (const [, name = ''] of (text ?? '').matchAll(/\{(\w+)\}/g)) {
          assert.ok(violation?.params?.[name] !== undefined, `{${name}} of ${rule}`);
        }
      }
    });
  }

  it('say nothing of the task when only validity is asked for', async () => {
    const bare = edit(ROLLOUT, [ROLLOUT.slice(ROLLOUT.indexOf('    canary:')), '    canary: {}\n']);
    assert.deepEqual(await findings({ 'rollout.yaml': bare }, { level: 'valid' }), []);
    assert.ok((await findings({ 'rollout.yaml': bare }, CANARY)).length > 0);
    assert.deepEqual(await findings({}, { level: 'valid' }), []);
  });

  it('ask for signals only when the exercise does', async () => {
    const files = {
      ...FILES,
      'analysis.yaml': edit(ANALYSIS, ['histogram_quantile(0.99', 'histogram_quantile(0.5']),
    };
    assert.deepEqual(await findings(files, { level: 'canary' }), []);
    assert.deepEqual(await findings(files, { level: 'canary', signals: ['error-rate'] }), []);
  });

  it('point at the words of a query inside its block', async () => {
    const files = { ...FILES, 'analysis.yaml': edit(ANALYSIS, ['code=~"5.."}[5m]', 'code=~"5.."}']) };
    const [violation] = await findings(files);
    assert.equal(violation?.rule, 'promql-type');
    assert.equal(
      violation && pointedAt(files, violation),
      'http_requests_total{service="{{args.service}}",code=~"5.."}',
    );
  });

  it('do not call missing what a broken file may hold', async () => {
    const files = { 'rollout.yaml': ROLLOUT, 'analysis.yaml': `${ANALYSIS}\n  - [` };
    assert.deepEqual(
      (await findings(files)).map(({ rule }) => rule),
      ['yaml-syntax'],
    );
  });

  it('leave other kinds alone, also those of the same name', async () => {
    const knative = 'apiVersion: serving.knative.dev/v1\nkind: Service\nspec: {template: {}}\n';
    const kruise = 'apiVersion: rollouts.kruise.io/v1beta1\nkind: Rollout\nspec: {workloadRef: {}}\n';
    const files = {
      ...FILES,
      'more.yaml': `${knative}---\n${kruise}---\n---\njust text\n`,
      'notes.md': '- [',
    };
    assert.deepEqual(await findings(files), []);
    const wrongGroup = { 'rollout.yaml': edit(ROLLOUT, ['argoproj.io/v1alpha1', 'apps/v1']) };
    assert.ok(errors(await findings(wrongGroup, { level: 'valid' })).includes('rollout.yaml:1 schema-value'));
  });

  it('are not run once cancelled', async () => {
    const tools = { python: { run: () => Promise.reject(new Error()) } };
    const outcome = await argoRollouts({ files: FILES, options: {} }, tools, AbortSignal.abort());
    assert.deepEqual(outcome, { state: 'not_run', code: 'cancelled', detail: '' });
  });

  it('never throw, and point inside the files, whatever becomes of real ones', async () => {
    const texts = [...Object.values(FILES), ...corpus.map(({ text }) => text)];
    const piece = fc.constantFrom(
      '',
      '{}',
      '[]',
      'null',
      '"x"',
      '- ',
      '\n',
      ': ',
      '{{args.x}}',
      '&a ',
      '*a',
      '-1',
      '1e9',
      '  ',
      '#',
      'result',
      '(',
      '|',
    );
    const change = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), length: fc.nat(12), piece });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...texts),
        fc.array(change, { minLength: 1, maxLength: 4 }),
        async (text, changes) => {
          const changed = changes.reduce((source, { at, length, piece: put }) => {
            const from = Math.floor(at * source.length);
            return source.slice(0, from) + put + source.slice(from + length);
          }, text);
          for (const level of ['valid', 'canary']) {
            for (const { range } of await findings({ 'a.yaml': changed }, { ...CANARY, level })) {
              const lines = changed.split('\n');
              for (const { line, column } of [range.start, range.end]) {
                assert.ok(line < lines.length && column <= (lines[line] ?? '').length, `${line}:${column}`);
              }
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  }).timeout(60_000);
});
