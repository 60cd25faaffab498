import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { parse } from 'yaml';
import { compileBank } from '../../src/adapters/compileBank.ts';
import { COMMANDS, VIEWS } from '../../src/vscode/ids.ts';

// The guide's items by section; the bank must account for each of them.
const ITEMS = [
  'intro-01 intro-02 intro-03 intro-04',
  'cicd-00 cicd-01 cicd-02 cicd-03 cicd-04 cicd-05 cicd-06 cicd-07 cicd-07a cicd-07b cicd-07c',
  'dep-01 dep-02 dep-03',
  'mon-00 mon-01 mon-02 mon-03 mon-04 mon-05 mon-06 mon-07',
  'drift-01 drift-02 drift-03',
  'fs-00 fs-01 fs-02 fs-03 fs-04 fs-05 fs-06 fs-07 fs-08 fs-09',
  'prep-00 prep-01 prep-02 prep-03 prep-04 prep-05',
  'faq-01 faq-02 faq-03 faq-04 faq-05',
  'take-01 take-02 take-03 take-04 take-05',
  'cta-01 cta-02 cta-03 cta-04 cta-05',
  'about-01',
].flatMap((line) => line.split(' '));

interface Carried {
  readonly by?: string;
  readonly test?: string;
  readonly planned?: string;
}

const bank = compileBank('questions');
const coverage = parse(fs.readFileSync('questions/coverage.yaml', 'utf8')) as Readonly<
  Record<string, Carried>
>;
const seedsOf = (items: Iterable<{ readonly seeds?: readonly string[] }>) =>
  [...items].flatMap(({ seeds }) => seeds ?? []);
const bodies = Object.values(bank.bodies);
const questionSeeds = new Set([
  ...seedsOf(bodies.flatMap((body) => Object.values(body.questions))),
  ...seedsOf(bodies.flatMap((body) => Object.values(body.exercises))),
]);
const trackSeeds = new Set(seedsOf(bodies.flatMap((body) => body.track ?? [])));

describe('coverage of the guide', () => {
  it('counts 61 items', () => {
    assert.equal(new Set(ITEMS).size, 61);
  });

  it('accounts for every item: by a question, an exercise, a track, or a feature', () => {
    const missing = ITEMS.filter((id) => !questionSeeds.has(id) && !trackSeeds.has(id) && !coverage[id]);
    assert.deepEqual(missing, []);
  });

  it('has a question or an exercise for every item of the three pillars, preparation and the FAQ', () => {
    const asked = ITEMS.filter((id) => /^(cicd|dep|mon|drift|fs|prep|faq)-/.test(id));
    assert.deepEqual(
      asked.filter((id) => !questionSeeds.has(id)),
      [],
    );
  });

  it('names no item that the guide does not have', () => {
    const known = new Set(ITEMS);
    const named = [...questionSeeds, ...trackSeeds, ...Object.keys(coverage)];
    assert.deepEqual(
      named.filter((id) => !known.has(id)),
      [],
    );
  });

  it('shows each feature by a command, a view or a page that exists, and by a test that exists', () => {
    const ids: readonly string[] = [...Object.values(COMMANDS), ...Object.values(VIEWS)];
    for (const [id, { by, test, planned }] of Object.entries(coverage)) {
      if (planned) {
        assert.ok(
          planned.length > 20 && !by && !test,
          `${id}: a planned item says what is to come, and no more`,
        );
        continue;
      }
      assert.ok(by && (ids.includes(by) || fs.existsSync(by)), `${id}: ${by}`);
      assert.ok(test && fs.existsSync(test), `${id}: ${test}`);
    }
  });

  it('says in the README why the interviews matter, in both languages', () => {
    const readme = fs.readFileSync('README.md', 'utf8');
    assert.match(readme, /MLOps/);
    assert.match(readme, /feature store/i);
    assert.match(readme, /entretien/i);
  });
});
