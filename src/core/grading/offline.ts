import type { Rubric } from '../bank/question.ts';
import type { PitfallResult, PointResult } from './grade.ts';
import { TermIndex } from './terms.ts';

/**
 * The estimate that needs no model: which points have their terms in the answer. It can tell that words are
 * there, not that they are used rightly, so it is shown as an estimate that the candidate then corrects.
 */
export function estimate(
  rubric: Rubric,
  answer: string,
): { points: PointResult[]; pitfalls: PitfallResult[] } {
  const index = new TermIndex(answer);
  const found = (accept: Rubric['points'][number]['accept']) => {
    const match = accept && index.find(accept);
    return match && { file: '', ...match, quote: answer.slice(match.start, match.end) };
  };
  return {
    points: rubric.points.map(({ id, accept }) => {
      if (!accept) return { id, verdict: 'unjudged' };
      const evidence = found(accept);
      return evidence ? { id, verdict: 'met', evidence } : { id, verdict: 'not_met' };
    }),
    pitfalls: rubric.pitfalls.map(({ id, accept }) => {
      const evidence = found(accept);
      return evidence ? { id, present: true, evidence } : { id, present: false };
    }),
  };
}
