import assert from 'node:assert/strict';
import type { Grade, Provenance } from '../../../src/core/grading/grade.ts';
import { isTickable, tickGrade } from '../../../src/core/grading/tick.ts';
import { sampleRubric } from '../../support/samples.ts';

const rubric = sampleRubric();

function grade(change: Partial<Grade> = {}): Grade {
  return {
    v: 1,
    subject: { type: 'question', id: 'q' },
    lang: 'en',
    provenance: { by: 'offline' },
    status: 'graded',
    score: 0.5,
    points: [
      { id: 'reference', verdict: 'met', evidence: { file: '', start: 0, end: 3, quote: 'PSI' } },
      { id: 'statistic', verdict: 'not_met' },
      { id: 'alert', verdict: 'unjudged' },
    ],
    pitfalls: [],
    checks: [],
    ...change,
  };
}

describe('ticks', () => {
  const cases: readonly [Provenance, boolean][] = [
    [{ by: 'offline' }, true],
    [{ by: 'self' }, true],
    [{ by: 'none' }, true],
    [{ by: 'model', model: 'm', destination: 'd' }, false],
    [{ by: 'gate' }, false],
  ];
  for (const [provenance, expected] of cases) {
    it(`are ${expected ? 'the candidate’s to set' : 'not offered'} when the grade is by: ${provenance.by}`, () => {
      assert.equal(isTickable(grade({ provenance })), expected);
    });
  }

  it('are not offered for an answer that the gate turned away', () => {
    assert.equal(isTickable(grade({ gate: 'blank' })), false);
  });

  it('decide every point, and the score follows', () => {
    const ticked = tickGrade(grade(), rubric, ['statistic', 'alert']);
    assert.deepEqual(
      ticked.points.map(({ id, verdict }) => [id, verdict]),
      [
        ['reference', 'not_met'],
        ['statistic', 'met'],
        ['alert', 'met'],
      ],
    );
    assert.equal(ticked.score, 3 / 6);
  });

  it('make the grade say that it is the candidate’s own', () => {
    assert.deepEqual(tickGrade(grade(), rubric, []).provenance, { by: 'self' });
  });

  it('keep the passage that a program saw, but none of a grader’s words', () => {
    const before = grade();
    const points = before.points.map((point) => ({ ...point, reason: 'Says a model.' }));
    const [reference, statistic] = tickGrade({ ...before, points }, rubric, ['reference']).points;
    assert.equal(reference?.evidence?.quote, 'PSI');
    assert.equal(reference?.reason, undefined);
    assert.equal(statistic?.evidence, undefined);
  });

  it('turn an answer that could not be graded into one that is', () => {
    const failed = grade({
      provenance: { by: 'none' },
      status: 'not_graded',
      failure: { code: 'no_api_key', params: {} },
      score: null,
    });
    const ticked = tickGrade(failed, rubric, ['reference', 'statistic', 'alert']);
    assert.equal(ticked.status, 'graded');
    assert.equal(ticked.score, 1);
    assert.ok(!('failure' in ticked));
  });

  it('keep the checks and the pitfalls that were found', () => {
    const exercise = { ...rubric, checks: [{ id: 'runs', weight: 2 }] };
    const ticked = tickGrade(
      grade({
        checks: [{ id: 'runs', outcome: 'failed', violations: [] }],
        pitfalls: [{ id: 'mean-only', present: true }],
      }),
      exercise,
      ['reference', 'statistic', 'alert'],
    );
    assert.equal(ticked.score, 6 / 8 - 0.1);
  });

  it('ignore ids that the rubric does not have', () => {
    assert.equal(tickGrade(grade(), rubric, ['elsewhere', 'constructor']).score, 0);
  });

  it('leave the first grade as it was', () => {
    const before = grade();
    const copy = structuredClone(before);
    tickGrade(before, rubric, ['alert']);
    assert.deepEqual(before, copy);
  });
});
