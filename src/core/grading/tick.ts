import type { Grade, PointResult } from './grade.ts';
import type { Assignment } from './gradeAnswer.ts';
import { scoreOf } from './score.ts';

/** Whether the candidate may decide the points: nobody read the answer, a program at most looked for terms. */
export function isTickable({ provenance, gate }: Grade): boolean {
  return gate === undefined && ['offline', 'self', 'none'].includes(provenance.by);
}

/** The grade with the candidate's own verdicts: it then says that it is self-assessed. */
export function tickGrade(grade: Grade, rubric: Assignment['rubric'], met: readonly string[]): Grade {
  const points = rubric.points.map(({ id }): PointResult => {
    const evidence = grade.points.find((point) => point.id === id)?.evidence;
    return { id, verdict: met.includes(id) ? 'met' : 'not_met', ...(evidence ? { evidence } : {}) };
  });
  const { failure: _failure, ...rest } = grade;
  return {
    ...rest,
    status: 'graded',
    provenance: { by: 'self' },
    points,
    score: scoreOf(rubric, points, grade.pitfalls, grade.checks),
  };
}
