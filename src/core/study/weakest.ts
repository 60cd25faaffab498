import type { BankEntry } from '../bank/question.ts';
import type { History } from './history.ts';
import { countedScore } from './reviews.ts';

/** A point of a rubric that was missed the last time, and how often of late. */
export interface WeakPoint {
  readonly entry: BankEntry;
  /** Id of the point. */
  readonly point: string;
  /** How many of the last three graded attempts missed it. */
  readonly missed: number;
  /** Score of the last one, 0 to 1. */
  readonly lastScore: number;
}

/** So many graded attempts of an entry are looked back upon: what was missed before has been overcome. */
const LAST = 3;

/**
 * The points most often missed, the worst first; of equal ones that of the newer attempt, then of the lower score.
 * A point that the last attempt did not miss is not weak any more. Weights are not known here.
 */
export function weakestPoints(entries: readonly BankEntry[], history: History, most: number): WeakPoint[] {
  return entries
    .flatMap((entry) => {
      const graded = history
        .entry(entry.id)
        .attempts.filter((attempt) => countedScore(attempt) !== undefined)
        .slice(-LAST);
      const last = graded.at(-1);
      const lastScore = last && countedScore(last);
      if (!last || lastScore === undefined) return [];
      const missedBy = (point: string) => graded.filter(({ grade }) => grade?.missed.includes(point)).length;
      return (last.grade?.missed ?? []).map((point) => ({
        ts: last.ts,
        weak: { entry, point, missed: missedBy(point), lastScore },
      }));
    })
    .sort((a, b) => b.weak.missed - a.weak.missed || b.ts - a.ts || a.weak.lastScore - b.weak.lastScore)
    .slice(0, most)
    .map(({ weak }) => weak);
}
