import assert from 'node:assert/strict';
import type { Grade, Verdict } from '../../../src/core/grading/grade.ts';
import { missedPoints } from '../../../src/core/grading/missed.ts';
import { sampleRubric } from '../../support/samples.ts';

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
