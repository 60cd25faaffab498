import type { Rubric } from '../bank/question.ts';
import type { CheckResult, PitfallResult, PointResult } from './grade.ts';

/** All pitfalls together cost at most this share of the score. */
const MOST_PENALTY = 0.3;

/**
 * The score, 0 to 1, from verdicts and weights alone; null when nothing was judged.
 * Points nobody judged and checks that could not run are left out, neither earned nor missed.
 */
export function scoreOf(
  rubric: Rubric & { readonly checks?: readonly { readonly id: string; readonly weight: number }[] },
  points: readonly PointResult[],
  pitfalls: readonly PitfallResult[],
  checks: readonly CheckResult[],
): number | null {
  let [earned, possible] = [0, 0];
  for (const point of rubric.points) {
    const result = points.find((candidate) => candidate.id === point.id);
    if (!result || result.verdict === 'unjudged') continue;
    possible += point.weight;
    if (result.verdict === 'met') earned += point.weight;
  }
  for (const check of rubric.checks ?? []) {
    const result = checks.find((candidate) => candidate.id === check.id);
    if (!result || result.outcome === 'not_run') continue;
    possible += check.weight;
    if (result.outcome === 'passed') earned += check.weight;
  }
  if (possible === 0) return null;
  const penalty = rubric.pitfalls
    .filter((pitfall) => pitfalls.some((result) => result.id === pitfall.id && result.present))
    .reduce((sum, pitfall) => sum + pitfall.penalty, 0);
  return Math.max(0, earned / possible - Math.min(penalty, MOST_PENALTY));
}

export type Band = 'weak' | 'partial' | 'good' | 'excellent';

/** The band of a score. `good` is where a question counts as known for today. */
export function bandOf(score: number): Band {
  if (score >= 0.9) return 'excellent';
  if (score >= 0.8) return 'good';
  return score >= 0.5 ? 'partial' : 'weak';
}

const EDGES = [0.5, 0.8, 0.9] as const;

/** Whether one point more or less could well put the score into another band. */
export function isNearBand(score: number | null): boolean {
  return score !== null && EDGES.some((edge) => Math.abs(score - edge) < 0.05);
}
