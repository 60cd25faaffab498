import assert from 'node:assert/strict';
import { compileBank } from '../../src/adapters/compileBank.ts';
import type { Exercise, Question } from '../../src/core/bank/question.ts';
import { LANGS } from '../../src/core/language.ts';
import { type GoldAnswer, type GoldKind, readGold, readReadings, readSplit } from '../support/gold.ts';

const DIR = 'test/gold';
const KINDS: readonly GoldKind[] = [
  'empty_handed',
  'keyword_stuffed',
  'confidently_wrong',
  'partial_low',
  'partial_mid',
  'good',
  'excellent',
  'off_topic',
];
const STYLES = ['terse', 'non_native', 'padded'] as const;

const bank = compileBank('questions');
const questions: Readonly<Record<string, Question>> = Object.assign(
  {},
  ...Object.values(bank.bodies).map((body) => body.questions),
);
const exercises: Readonly<Record<string, Exercise>> = Object.assign(
  {},
  ...Object.values(bank.bodies).map((body) => body.exercises),
);
const split = readSplit(DIR);
const ids = [...split.tune, ...split.held];

describe('the gold set', () => {
  it('covers every track, by twelve questions and four exercises, half of them held', () => {
    const items = ids.map((id) => questions[id] ?? exercises[id]);
    assert.equal(ids.filter((id) => questions[id]).length, 12);
    assert.equal(ids.filter((id) => exercises[id]).length, 4);
    assert.equal(new Set(ids).size, 16);
    assert.equal(split.tune.length, split.held.length);
    assert.deepEqual(
      new Set(items.map((item) => item?.track)),
      new Set(bank.index.tracks.map(({ id }) => id)),
    );
  });

  for (const id of ids) {
    describe(id, () => {
      const item = readGold(DIR, id);
      const readings = readReadings(DIR, id);
      const rubric = questions[id] ?? exercises[id];

      it('has an answer of each kind in both languages, and the good one in three more styles', () => {
        assert.ok(item);
        for (const lang of LANGS) {
          const own: readonly GoldAnswer[] = item.answers.filter((answer) => answer.lang === lang);
          for (const kind of KINDS)
            assert.equal(own.filter((answer) => answer.kind === kind && answer.style === 'plain').length, 1);
          for (const style of STYLES) assert.equal(own.filter((answer) => answer.style === style).length, 1);
        }
        assert.equal(new Set(item.answers.map((answer) => answer.id)).size, item.answers.length);
      });

      it('has two readings, each with a verdict for every point of every answer', () => {
        assert.equal(readings.length, 2);
        const points = rubric?.points.map((point) => point.id).sort();
        for (const { verdicts } of readings) {
          assert.deepEqual(Object.keys(verdicts).sort(), item?.answers.map((answer) => answer.id).sort());
          for (const row of Object.values(verdicts)) {
            assert.deepEqual(Object.keys(row).sort(), points);
            for (const verdict of Object.values(row))
              assert.ok(['met', 'not_met', 'contradicted'].includes(verdict), verdict);
          }
        }
      });

      it('says the same in both languages: a kind earns as many points in the one as in the other, or nearly', () => {
        const [reading] = readings;
        const earned = (answer: string) =>
          Object.values(reading?.verdicts[answer] ?? {}).filter((verdict) => verdict === 'met').length;
        for (const answer of item?.answers ?? []) {
          const twin = item?.answers.find(
            ({ kind, style, lang }) => kind === answer.kind && style === answer.style && lang !== answer.lang,
          );
          assert.ok(twin);
          assert.ok(Math.abs(earned(answer.id) - earned(twin.id)) <= 1, `${answer.id} and ${twin.id}`);
        }
      });
    });
  }
});
