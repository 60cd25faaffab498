import type { Subject } from '../grading/grade.ts';
import type { Rating } from '../store/events.ts';
import type { Day } from './day.ts';
import type { AttemptHead } from './history.ts';

/** What one day said about an entry: the first answer of that day, since the later ones come fresh from the report. */
export interface Review {
  readonly day: Day;
  readonly ts: number;
  /** Id of the attempt. */
  readonly attempt: string;
  readonly score: number;
  /** Without hints, and without the solution having been seen. */
  readonly isUnaided: boolean;
  readonly rating: Rating;
  /** The rating is the candidate's and not the one that the score proposes. */
  readonly isOwnRating: boolean;
}

/**
 * The rating that a score proposes. Help caps it: what was answered with hints was recalled with difficulty, and
 * what was read beforehand was not recalled at all.
 */
export function proposeRating({
  score,
  hints,
  solutionSeen,
}: {
  readonly score: number;
  readonly hints: number;
  readonly solutionSeen: boolean;
}): Rating {
  if (solutionSeen || score < 0.5) return 'again';
  if (hints > 0 || score < 0.7) return 'hard';
  return score < 0.9 ? 'good' : 'easy';
}

/**
 * The score of an attempt that says something about what is known, 0 to 1. What was turned away unread, or not
 * graded, or taken back by the candidate, says nothing.
 */
export function countedScore({ grade, isCounted }: AttemptHead): number | undefined {
  if (!isCounted || grade?.score == null || grade.by === 'gate' || grade.by === 'none') return undefined;
  return grade.score;
}

/** One review a day, the oldest first. `attempts` are those of one entry by their time. */
export function reviewsOf(attempts: readonly AttemptHead[]): Review[] {
  const days = new Map<Day, AttemptHead[]>();
  for (const attempt of attempts) {
    if (countedScore(attempt) === undefined) continue;
    const others = days.get(attempt.day);
    if (others) others.push(attempt);
    else days.set(attempt.day, [attempt]);
  }
  const reviews: Review[] = [];
  for (const [day, [first, ...later]] of days) {
    if (!first) continue;
    // The same words graded again, by another grader or afresh: their last grade is the one that counts.
    const same = [first, ...later].findLast(({ answer }) => answer === first.answer) ?? first;
    const own = [first, ...later]
      .flatMap(({ rating }) => rating ?? [])
      .sort((a, b) => a.ts - b.ts)
      .at(-1);
    const { hints, solutionSeen } = first;
    const score = same.grade?.score ?? 0;
    reviews.push({
      day,
      ts: first.ts,
      attempt: same.id,
      score,
      isUnaided: hints === 0 && !solutionSeen,
      rating: own?.rating ?? proposeRating({ score, hints, solutionSeen }),
      isOwnRating: own !== undefined,
    });
  }
  return reviews.sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0));
}

/** What "undo" takes back: the newest of today's ratings and graded answers that still count. */
export function lastUndoable(
  history: { readonly all: readonly AttemptHead[] },
  today: Day,
): { readonly type: 'rating' | 'attempt'; readonly event: string; readonly subject: Subject } | undefined {
  const said = history.all
    .filter(({ isCounted, grade }) => isCounted && grade?.score != null)
    .flatMap(({ id, ts, day, subject, rating }) => [
      ...(day === today ? [{ type: 'attempt' as const, event: id, ts, subject }] : []),
      ...(rating?.day === today
        ? [{ type: 'rating' as const, event: rating.event, ts: rating.ts, subject }]
        : []),
    ])
    .sort((a, b) => a.ts - b.ts);
  return said.at(-1);
}
