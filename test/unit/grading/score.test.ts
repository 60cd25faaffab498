import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { CheckResult, PitfallResult, PointResult, Verdict } from '../../../src/core/grading/grade.ts';
import { bandOf, isNearBand, scoreOf } from '../../../src/core/grading/score.ts';
import { samplePitfall, samplePoint, sampleRubric } from '../../support/samples.ts';

const rubric = sampleRubric();
const points = (...verdicts: Verdict[]): PointResult[] =>
  verdicts.map((verdict, i) => ({ id: rubric.points[i]?.id ?? '', verdict }));
const pitfalls = (...present: boolean[]): PitfallResult[] =>
  present.map((isPresent, i) => ({ id: rubric.pitfalls[i]?.id ?? '', present: isPresent }));
const check = (id: string, outcome: CheckResult['outcome']): CheckResult => ({ id, outcome, violations: [] });

describe('the score', () => {
  it('is the share of the weights that were earned', () => {
    assert.equal(scoreOf(rubric, points('met', 'met', 'met'), [], []), 1);
    assert.equal(scoreOf(rubric, points('met', 'not_met', 'not_met'), [], []), 3 / 6);
    assert.equal(scoreOf(rubric, points('not_met', 'met', 'contradicted'), [], []), 2 / 6);
    assert.equal(scoreOf(rubric, points('not_met', 'not_met', 'not_met'), [], []), 0);
  });

  it('leaves out points that nobody judged, neither earned nor missed', () => {
    assert.equal(scoreOf(rubric, points('met', 'unjudged', 'not_met'), [], []), 3 / 4);
    assert.equal(scoreOf(rubric, points('met'), [], []), 1);
  });

  it('does not exist when nothing was judged', () => {
    assert.equal(scoreOf(rubric, points('unjudged', 'unjudged', 'unjudged'), [], []), null);
    assert.equal(scoreOf(rubric, [], pitfalls(true, true), []), null);
    assert.equal(
      scoreOf({ ...rubric, checks: [{ id: 'a', weight: 1 }] }, [], [], [check('a', 'not_run')]),
      null,
    );
  });

  it('counts checks by their weights, and not those that could not run', () => {
    const exercise = {
      ...rubric,
      checks: [
        { id: 'a', weight: 3 },
        { id: 'b', weight: 1 },
      ],
    };
    const open = points('unjudged', 'unjudged', 'unjudged');
    assert.equal(scoreOf(exercise, open, [], [check('a', 'passed'), check('b', 'failed')]), 3 / 4);
    assert.equal(scoreOf(exercise, open, [], [check('a', 'not_run'), check('b', 'passed')]), 1);
    assert.equal(
      scoreOf(exercise, points('met', 'met', 'met'), [], [check('a', 'failed'), check('b', 'passed')]),
      7 / 10,
    );
  });

  it('loses the penalty of each pitfall, three tenths at most', () => {
    const all = points('met', 'met', 'met');
    assert.equal(scoreOf(rubric, all, pitfalls(false, true), []), 0.9);
    assert.equal(scoreOf(rubric, all, pitfalls(true, false), []), 0.75);
    assert.equal(scoreOf(rubric, all, pitfalls(true, true), []), 0.7);
  });

  it('is never less than nothing', () => {
    assert.equal(scoreOf(rubric, points('not_met', 'not_met', 'not_met'), pitfalls(true, true), []), 0);
  });

  it('ignores results for points and checks that the rubric does not have', () => {
    const strangers: PointResult[] = [{ id: 'elsewhere', verdict: 'met' }];
    assert.equal(scoreOf(rubric, [...points('not_met'), ...strangers], [], [check('x', 'passed')]), 0);
  });

  const verdicts = fc.constantFrom<Verdict>('met', 'not_met', 'contradicted', 'unjudged');
  const outcomes = fc.constantFrom<CheckResult['outcome']>('passed', 'failed', 'not_run');
  const cases = fc
    .record({
      points: fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), verdicts), { minLength: 1, maxLength: 8 }),
      pitfalls: fc.array(fc.tuple(fc.double({ min: 0.05, max: 0.25, noNaN: true }), fc.boolean()), {
        maxLength: 5,
      }),
      checks: fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), outcomes), { maxLength: 5 }),
    })
    .map((drawn) => ({
      rubric: {
        points: drawn.points.map(([weight], i) => samplePoint(`p${i}`, weight)),
        pitfalls: drawn.pitfalls.map(([penalty], i) => samplePitfall(`x${i}`, penalty)),
        checks: drawn.checks.map(([weight], i) => ({ id: `c${i}`, weight })),
      },
      points: drawn.points.map(([, verdict], i): PointResult => ({ id: `p${i}`, verdict })),
      pitfalls: drawn.pitfalls.map(([, present], i): PitfallResult => ({ id: `x${i}`, present })),
      checks: drawn.checks.map(([, outcome], i) => check(`c${i}`, outcome)),
    }));

  it('lies between nothing and all', () => {
    fc.assert(
      fc.property(cases, ({ rubric: any, points: list, pitfalls: found, checks }) => {
        const score = scoreOf(any, list, found, checks);
        assert.ok(score === null || (score >= 0 && score <= 1), String(score));
      }),
    );
  });

  it('is never lowered by a verdict that turns to met, nor by a check that turns to passed', () => {
    fc.assert(
      fc.property(cases, fc.nat(7), ({ rubric: any, points: list, pitfalls: found, checks }, turned) => {
        const before = scoreOf(any, list, found, checks) ?? 0;
        const better = list.map((point, i) => (i === turned ? { ...point, verdict: 'met' as const } : point));
        assert.ok((scoreOf(any, better, found, checks) ?? 0) >= before - 1e-12);
        const passing = checks.map((result, i) => (i === turned ? check(result.id, 'passed') : result));
        assert.ok((scoreOf(any, list, found, passing) ?? 0) >= before - 1e-12);
      }),
    );
  });

  it('does not depend on the order in which results come', () => {
    fc.assert(
      fc.property(cases, ({ rubric: any, points: list, pitfalls: found, checks }) => {
        const straight = scoreOf(any, list, found, checks);
        assert.equal(scoreOf(any, list.toReversed(), found.toReversed(), checks.toReversed()), straight);
      }),
    );
  });

  it('falls into the bands that the panel names', () => {
    assert.deepEqual([0, 0.49, 0.5, 0.79, 0.8, 0.89, 0.9, 1].map(bandOf), [
      'weak',
      'weak',
      'partial',
      'partial',
      'good',
      'good',
      'excellent',
      'excellent',
    ]);
  });

  it('is near a band’s edge when one point more or less could well move it across', () => {
    for (const score of [0.46, 0.5, 0.54, 0.76, 0.8, 0.84, 0.86, 0.9, 0.94]) {
      assert.equal(isNearBand(score), true, String(score));
    }
    for (const score of [0, 0.2, 0.44, 0.56, 2 / 3, 0.74, 0.96, 1, null]) {
      assert.equal(isNearBand(score), false, String(score));
    }
  });
});
