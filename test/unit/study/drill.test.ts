import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { EntryState } from '../../../src/core/bank/catalogue.ts';
import type { Grade, Verdict } from '../../../src/core/grading/grade.ts';
import { type Draw, missedPoints, nextSubject, planDrill } from '../../../src/core/study/drill.ts';
import { sampleEntry, sampleRubric } from '../../support/samples.ts';

const ENTRIES = [
  sampleEntry('a'),
  sampleEntry('b', { level: 'senior' }),
  sampleEntry('c', { track: 'slo' }),
  sampleEntry('d'),
  sampleEntry('e'),
  sampleEntry('x', { type: 'exercise' }),
];
const STATES: Readonly<Record<string, EntryState>> = {
  a: 'good',
  b: 'to_review',
  c: 'new',
  d: 'started',
  e: 'new',
};
const state = (id: string) => STATES[id] ?? 'new';

/** Numbers one after the other, from the beginning again at the end. */
function draws(...numbers: readonly number[]): Draw {
  let next = 0;
  return () => numbers[next++ % numbers.length] ?? 0;
}

const plan = (wanted: Parameters<typeof planDrill>[1], draw = draws(0.5)) =>
  planDrill(ENTRIES, wanted, state, draw).map(({ id }) => id);

describe('the plan of a drill', () => {
  it('takes questions that were never answered first, then those to review, then known ones', () => {
    assert.deepEqual(plan({ count: 10 }, draws(0.1, 0.2, 0.3, 0.4, 0.5)), ['c', 'd', 'e', 'b', 'a']);
  });

  it('draws within each group, and the same draw gives the same drill', () => {
    assert.deepEqual(plan({ count: 10 }, draws(0.9, 0.8, 0.7, 0.6, 0.5)), ['e', 'd', 'c', 'b', 'a']);
    assert.deepEqual(plan({ count: 3 }, draws(0.3, 0.1, 0.9)), plan({ count: 3 }, draws(0.3, 0.1, 0.9)));
  });

  it('takes questions alone, no exercises', () => {
    assert.deepEqual(
      planDrill(ENTRIES, { count: 10 }, state, draws(0)).filter(({ type }) => type !== 'question'),
      [],
    );
  });

  it('keeps to a track and to a level', () => {
    assert.deepEqual(plan({ count: 10, track: 'slo' }), ['c']);
    assert.deepEqual(plan({ count: 10, level: 'senior' }), ['b']);
    assert.deepEqual(plan({ count: 10, track: 'slo', level: 'senior' }), []);
  });

  it('has as many questions as asked for, or all that there are, each once', () => {
    fc.assert(
      fc.property(
        fc.nat(8),
        fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1 }),
        (count, numbers) => {
          const ids = plan({ count }, draws(...numbers));
          assert.equal(ids.length, Math.min(count, 5));
          assert.equal(new Set(ids).size, ids.length);
          const ranks = ids.map((id) => ['good', 'to_review'].indexOf(state(id)));
          assert.deepEqual(ranks, [
            ...ranks.filter((r) => r === -1),
            ...ranks.filter((r) => r === 1),
            ...ranks.filter((r) => r === 0),
          ]);
        },
      ),
    );
  });

  it('leaves the entries as they were', () => {
    const before = ENTRIES.map(({ id }) => id);
    plan({ count: 3 }, draws(0.9, 0.1));
    assert.deepEqual(
      ENTRIES.map(({ id }) => id),
      before,
    );
  });
});

describe('the next question of a drill', () => {
  const subjects = ['a', 'b', 'c'].map((id) => ({ type: 'question' as const, id }));
  const drill = (...done: readonly string[]) => ({
    id: 'd',
    subjects,
    steps: done.map((id) => ({ subject: { type: 'question' as const, id }, attempt: null })),
    ended: false,
  });

  it('is the first without a step', () => {
    assert.equal(nextSubject(drill())?.id, 'a');
    assert.equal(nextSubject(drill('a'))?.id, 'b');
    assert.equal(nextSubject(drill('b'))?.id, 'a');
  });

  it('does not exist when all have been answered or skipped', () => {
    assert.equal(nextSubject(drill('c', 'a', 'b')), undefined);
  });
});

describe('missed points', () => {
  const { points } = sampleRubric();
  const missed = (...verdicts: readonly Verdict[]) => {
    const grade: Grade = {
      v: 1,
      subject: { type: 'question', id: 'q' },
      lang: 'en',
      provenance: { by: 'offline' },
      status: 'graded',
      score: 0,
      points: verdicts.map((verdict, i) => ({ id: points[i]?.id ?? '', verdict })),
      pitfalls: [],
      checks: [],
    };
    return missedPoints([...points].reverse(), grade).map(({ id }) => id);
  };

  it('are those not met, the heaviest first', () => {
    assert.deepEqual(missed('not_met', 'not_met', 'not_met'), ['reference', 'statistic', 'alert']);
    assert.deepEqual(missed('met', 'contradicted', 'unjudged'), ['statistic', 'alert']);
    assert.deepEqual(missed('met', 'met', 'met'), []);
  });

  it('are all of them when nothing was judged', () => {
    assert.deepEqual(missed(), ['reference', 'statistic', 'alert']);
  });
});
