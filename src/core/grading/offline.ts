import type { Accept, Rubric } from '../bank/question.ts';
import type { PitfallResult, PointResult } from './grade.ts';
import { vocabulariesOf } from './rubricTerms.ts';
import { TermIndex, type TermMatch } from './terms.ts';

/**
 * The estimate that needs no model: which points have their terms in the answer. It can tell that words are
 * there, not that they are used rightly, so it is shown as an estimate that the candidate then corrects.
 */
export function estimate(
  rubric: Rubric,
  answer: string,
): { points: PointResult[]; pitfalls: PitfallResult[] } {
  const index = new TermIndex(
    answer,
    rubric.points.flatMap(({ accept }) => accept ?? []),
  );
  const vocabularies = vocabulariesOf(rubric.points, index.lang);
  const evidence = (match: TermMatch) => ({
    file: '',
    ...match,
    quote: answer.slice(match.start, match.end),
  });
  const claimOf = (id: string, accept: Accept) => {
    const vocabulary = vocabularies.get(id);
    return vocabulary && index.claim(accept, vocabulary);
  };
  return {
    points: rubric.points.map(({ id, accept }) => {
      if (!accept) return { id, verdict: 'unjudged' };
      const match = claimOf(id, accept);
      return match ? { id, verdict: 'met', evidence: evidence(match) } : { id, verdict: 'not_met' };
    }),
    pitfalls: rubric.pitfalls.map(({ id, accept }) => {
      const match = accept && index.find(accept);
      return match ? { id, present: true, evidence: evidence(match) } : { id, present: false };
    }),
  };
}
