import type { Grade, Provenance, Verdict } from './grade.ts';

export interface PointChange {
  readonly id: string;
  readonly before: Verdict;
  readonly after: Verdict;
  readonly change: 'gained' | 'lost' | 'same';
}

/** What changed from one grade to another of the same subject. */
export interface Comparison {
  readonly points: readonly PointChange[];
  /** Difference of the scores, -1 to 1; null when one of them has none. */
  readonly score: number | null;
  /** Whether both were graded in the same way; if not, a change may be the grader's. */
  readonly isAlike: boolean;
}

/** Compares two grades point by point; points that only one of them knows are left out. */
export function compareGrades(before: Grade, after: Grade): Comparison {
  const points = after.points.flatMap(({ id, verdict }): PointChange[] => {
    const earlier = before.points.find((point) => point.id === id)?.verdict;
    if (earlier === undefined) return [];
    const [was, is] = [earlier === 'met', verdict === 'met'];
    return [{ id, before: earlier, after: verdict, change: was === is ? 'same' : is ? 'gained' : 'lost' }];
  });
  const score = before.score === null || after.score === null ? null : after.score - before.score;
  return { points, score, isAlike: graderOf(before.provenance) === graderOf(after.provenance) };
}

function graderOf(provenance: Provenance): string {
  return JSON.stringify([graderName(provenance), 'rubric' in provenance ? provenance.rubric : undefined]);
}

/** Tells graders apart over several subjects: another model, server or prompt is another grader. */
export function graderName(provenance: Provenance): string {
  if (provenance.by !== 'model') return provenance.by;
  const { model, destination, prompt } = provenance;
  return JSON.stringify([model, destination, prompt]);
}
