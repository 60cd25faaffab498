import type { Subject, Verdict } from '../grading/grade.ts';
import type { Lang } from '../language.ts';
import type { Attempt } from './history.ts';

/** Contested answers to one subject, as cases for measuring graders: the shape of the gold set (test/gold). */
export interface ContestCase {
  readonly id: string;
  readonly type: Subject['type'];
  readonly answers: readonly ContestedAnswer[];
}

interface ContestedAnswer {
  readonly id: string;
  readonly kind: 'contested';
  readonly lang: Lang;
  readonly style: 'plain';
  /** Prose; an exercise has its files instead. */
  readonly text?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly verdicts: {
    readonly grader: Readonly<Record<string, Verdict>>;
    /** The points that the candidate sees otherwise. */
    readonly candidate: Readonly<Record<string, Verdict>>;
  };
  readonly note?: string;
  readonly by: string;
  readonly model?: string;
  readonly prompt?: string;
  readonly rubric?: string;
}

/** Cases by subject, in the order of the first attempt of each. */
export function contestCases(
  contested: readonly { readonly attempt: Attempt; readonly texts: Readonly<Record<string, string>> }[],
): ContestCase[] {
  const bySubject = new Map<string, ContestCase>();
  for (const { attempt, texts } of contested) {
    const { type, id } = attempt.subject;
    const answer = answerOf(attempt, texts);
    if (!answer) continue;
    const known = bySubject.get(id);
    bySubject.set(id, { id, type, answers: [...(known?.answers ?? []), answer] });
  }
  return [...bySubject.values()];
}

function answerOf(
  { id, subject, grade, contest }: Attempt,
  texts: Readonly<Record<string, string>>,
): ContestedAnswer | undefined {
  if (!grade || !contest) return undefined;
  const { provenance } = grade;
  return {
    id,
    kind: 'contested',
    lang: grade.lang,
    style: 'plain',
    ...(subject.type === 'exercise' ? { files: texts } : { text: texts[''] ?? '' }),
    verdicts: { grader: verdictsOf(grade.points), candidate: verdictsOf(contest.points) },
    ...(contest.note === '' ? {} : { note: contest.note }),
    by: provenance.by,
    ...(provenance.by === 'model'
      ? {
          model: provenance.model,
          ...(provenance.prompt === undefined ? {} : { prompt: provenance.prompt }),
          ...(provenance.rubric === undefined ? {} : { rubric: provenance.rubric }),
        }
      : {}),
  };
}

function verdictsOf(points: readonly { readonly id: string; readonly verdict: Verdict }[]) {
  return Object.fromEntries(points.map(({ id, verdict }) => [id, verdict]));
}
