import type { BankEntry, Rubric } from '../bank/question.ts';
import type { Grade, Subject } from '../grading/grade.ts';
import type { DrillRecord } from './history.ts';

export interface DrillPlan {
  readonly track?: string;
  readonly level?: BankEntry['level'];
  readonly count: number;
}

/** A number from 0 (included) to 1 (excluded); the caller's, so that a drill can be replayed. */
export type Draw = () => number;

/**
 * Questions for a drill: unseen ones first, then those to review, then known ones; drawn at random
 * within each group, so that two drills in a row differ.
 */
export function planDrill(
  entries: readonly BankEntry[],
  plan: DrillPlan,
  state: (id: string) => 'new' | 'started' | 'to_review' | 'good',
  draw: Draw,
): Subject[] {
  const rank = { started: 0, new: 0, to_review: 1, good: 2 } as const;
  return entries
    .filter(
      (entry) =>
        entry.type === 'question' &&
        (plan.track === undefined || entry.track === plan.track) &&
        (plan.level === undefined || entry.level === plan.level),
    )
    .map((entry) => ({ entry, rank: rank[state(entry.id)], order: draw() }))
    .sort((a, b) => a.rank - b.rank || a.order - b.order)
    .slice(0, plan.count)
    .map(({ entry }) => ({ type: entry.type, id: entry.id }));
}

/** The question to answer next; nothing when all have been answered or skipped. */
export function nextSubject(drill: DrillRecord): Subject | undefined {
  return drill.subjects.find(({ id }) => !drill.steps.some(({ subject }) => subject.id === id));
}

/** Points of a graded answer that were not earned, heaviest first. */
export function missedPoints<T extends Rubric['points'][number]>(points: readonly T[], grade: Grade): T[] {
  const earned = new Set(grade.points.filter(({ verdict }) => verdict === 'met').map(({ id }) => id));
  return points.filter(({ id }) => !earned.has(id)).sort((a, b) => b.weight - a.weight);
}
