import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { isNode, parseAllDocuments } from 'yaml';
import type { Violation } from '../../../src/core/checks/finding.ts';
import { findings } from './argoFiles.ts';

const KINDS = ['Rollout', 'AnalysisTemplate', 'ClusterAnalysisTemplate'];

// Parts that we leave open, and parts whose schema we cut.
const OPEN = [
  /^\/spec\/template\/(metadata|spec)\//,
  /^\/spec\/metrics\/\d+\/provider\/job\//,
  /^\/metadata\//,
  /^\/(apiVersion|kind)$/,
];

interface Oracle {
  accepts(value: unknown): boolean;
}

/** The schemas of the project's own Go types, as `@kubernetes-models` compiles them. */
async function loadOracle(): Promise<Oracle> {
  const models = (await import(
    '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1'
  )) as unknown as Readonly<Record<string, new (data: unknown) => { validate(): void }>>;
  return {
    accepts: (value) => {
      const kind = String((value as { kind?: unknown }).kind);
      const Model = models[kind];
      assert.ok(Model, kind);
      try {
        new Model(value).validate();
        return true;
      } catch {
        return false;
      }
    },
  };
}

function yamlFiles(folder: string): { name: string; text: string }[] {
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => ({ name, text: fs.readFileSync(path.join(folder, name), 'utf8') }));
}

const EXERCISE = path.join('questions', 'exercises', 'argo-canary');
const sources = [
  path.join('test', 'fixtures', 'corpus', 'argo-rollouts'),
  path.join(EXERCISE, 'solution'),
  path.join(EXERCISE, 'alternatives'),
].flatMap(yamlFiles);

/** Each Argo object of the files, as text of its own. */
const objects = sources.flatMap(({ name, text }) =>
  parseAllDocuments(text, { merge: true })
    .filter((document) => KINDS.includes(String(document.get('kind'))))
    .map((document, index) => ({ name: `${name} #${index}`, text: document.toString() })),
);

async function schemaFindings(text: string): Promise<readonly Violation[]> {
  const violations = await findings({ 'a.yaml': text }, { level: 'valid' });
  return violations.filter(({ rule }) => rule.startsWith('schema-') || rule.startsWith('yaml-'));
}

/** The paths of all scalar values, keys aside. */
function scalarPaths(
  value: unknown,
  at: readonly (string | number)[] = [],
): (readonly (string | number)[])[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => scalarPaths(item, [...at, index]));
  if (typeof value !== 'object' || value === null) return [at];
  return Object.entries(value).flatMap(([key, item]) => scalarPaths(item, [...at, key]));
}

/** The object with one scalar after another replaced by a value of another type, and the line of that value. */
function* spoilt(text: string): Generator<{ text: string; pointer: string; line: number }> {
  const [original] = parseAllDocuments(text, { merge: true });
  if (!original) return;
  for (const keys of scalarPaths(original.toJS())) {
    for (const value of [true, { unexpected: 1 }, ['x']]) {
      const copy = original.clone();
      // A value behind an alias belongs to its anchor.
      if (copy.getIn(keys) === undefined) continue;
      copy.setIn(keys, value);
      const changed = copy.toString();
      const node = parseAllDocuments(changed)[0]?.getIn(keys, true);
      const offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
      const line = changed.slice(0, offset).split('\n').length - 1;
      yield { text: changed, pointer: `/${keys.join('/')}`, line };
    }
  }
}

describe('Against the types of Argo Rollouts', () => {
  let oracle: Oracle;

  before(async () => {
    oracle = await loadOracle();
  });

  it('has objects to compare', () => assert.ok(objects.length > 25, String(objects.length)));

  it('what the oracle accepts is accepted', async () => {
    for (const { name, text } of objects) {
      const [document] = parseAllDocuments(text, { merge: true });
      assert.ok(oracle.accepts(document?.toJS()), name);
      assert.deepEqual(await schemaFindings(text), [], name);
    }
  });

  it('what the oracle rejects at our depth is rejected, on its line', async () => {
    let compared = 0;
    for (const { name, text } of objects) {
      for (const change of spoilt(text)) {
        if (OPEN.some((pattern) => pattern.test(change.pointer))) continue;
        const [document] = parseAllDocuments(change.text, { merge: true });
        if (oracle.accepts(document?.toJS())) continue;
        compared++;
        const lines = (await schemaFindings(change.text)).map(({ range }) => range.start.line);
        assert.ok(
          lines.includes(change.line),
          `${name} ${change.pointer} at line ${change.line}, found ${lines.join()}\n${change.text}`,
        );
      }
    }
    assert.ok(compared > 500, `${compared} rejections compared`);
  }).timeout(120_000);

  it('unknown keys, which the oracle lets through, are found', async () => {
    const [rollout] = objects.filter(({ text }) => text.includes('canary:'));
    assert.ok(rollout);
    const typo = rollout.text.replace('canary:', 'blue-green:');
    const [document] = parseAllDocuments(typo);
    assert.equal(oracle.accepts(document?.toJS()), true);
    assert.deepEqual(
      (await schemaFindings(typo)).map(({ rule }) => rule),
      ['schema-unknown-key'],
    );
  });
});
