import type { Rubric } from '../bank/question.ts';
import type { Grade } from './grade.ts';

/** Points of a graded answer that were not earned, heaviest first. */
export function missedPoints<T extends Rubric['points'][number]>(points: readonly T[], grade: Grade): T[] {
  const earned = new Set(grade.points.filter(({ verdict }) => verdict === 'met').map(({ id }) => id));
  return points.filter(({ id }) => !earned.has(id)).sort((a, b) => b.weight - a.weight);
}
