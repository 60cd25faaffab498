import { compareGrades } from '../grading/compare.ts';
import type { Grade, Verdict } from '../grading/grade.ts';

/** What became of the points of a rubric between two answers; their ids, in the order of the later grade. */
export interface Improvement {
  readonly gained: readonly string[];
  readonly lost: readonly string[];
  /** Not earned then, and not now. */
  readonly open: readonly string[];
  /** Whether both were graded in the same way; if not, a change may be the grader's. */
  readonly isAlike: boolean;
}

/** A point that one of the grades left unjudged was neither gained nor lost: nobody knows. */
export function improvedBetween(before: Grade, after: Grade): Improvement {
  const { points, isAlike } = compareGrades(before, after);
  const isMissed = (verdict: Verdict) => verdict === 'not_met' || verdict === 'contradicted';
  const judged = points.filter((point) => point.before !== 'unjudged' && point.after !== 'unjudged');
  const of = (change: 'gained' | 'lost') =>
    judged.filter((point) => point.change === change).map(({ id }) => id);
  return {
    gained: of('gained'),
    lost: of('lost'),
    open: points.filter(({ before: was, after: is }) => was !== 'met' && isMissed(is)).map(({ id }) => id),
    isAlike,
  };
}
