import type { Grade, Subject, Verdict } from '../grading/grade.ts';
import type { Lang } from '../language.ts';

/** What every record carries: the version of its shape, its own id, and when it was written (ms, UTC). */
interface Stamp {
  readonly v: 1;
  readonly id: string;
  readonly ts: number;
}

/** A text as the journal keeps it: a large one is kept apart, by its hash. */
export type StoredText = { readonly text: string } | { readonly sha256: string };

/** The texts of an answer by path (prose has one, under ''). */
export type StoredTexts = Readonly<Record<string, StoredText>>;

/** Whether two answers are the same, word for word. */
export function isSameTexts(one: StoredTexts, other: StoredTexts): boolean {
  const names = Object.keys(one);
  if (names.length !== Object.keys(other).length) return false;
  return names.every((name) => JSON.stringify(one[name]) === JSON.stringify(other[name]));
}

/** Where the candidate sees a grade otherwise: verdicts of their own on some points, and why. */
export interface Contest {
  readonly points: readonly { readonly id: string; readonly verdict: Verdict }[];
  readonly note: string;
}

export type StudyEvent = Stamp &
  (
    | {
        readonly type: 'attempt';
        readonly subject: Subject;
        readonly lang: Lang;
        readonly texts: StoredTexts;
        /** Hint rungs and solution seen before this attempt. */
        readonly hints: number;
        readonly solutionSeen: boolean;
      }
    | {
        readonly type: 'grade';
        readonly attempt: string;
        readonly grade: Grade;
        /** What was sent to a model and what came back, a `Trace` as JSON; absent when nothing was sent. */
        readonly trace?: StoredText;
      }
    /** The candidate's own verdicts on the points of an attempt. */
    | { readonly type: 'ticks'; readonly attempt: string; readonly grade: Grade }
    /** The last one of an attempt counts; without points and without a note it is withdrawn. */
    | ({ readonly type: 'contest'; readonly attempt: string } & Contest)
    | { readonly type: 'opened'; readonly subject: Subject }
    | { readonly type: 'hint'; readonly subject: Subject; readonly rung: number }
    | { readonly type: 'solution'; readonly subject: Subject }
    | { readonly type: 'drill'; readonly drill: string; readonly subjects: readonly Subject[] }
    | {
        readonly type: 'drill_step';
        readonly drill: string;
        readonly subject: Subject;
        readonly attempt: string | null;
      }
    | { readonly type: 'drill_end'; readonly drill: string }
  );

/** An event before it is stamped. */
export type NewEvent = StudyEvent extends infer E
  ? E extends StudyEvent
    ? Omit<E, keyof Stamp>
    : never
  : never;

const TYPES: readonly StudyEvent['type'][] = [
  'attempt',
  'grade',
  'ticks',
  'contest',
  'opened',
  'hint',
  'solution',
  'drill',
  'drill_step',
  'drill_end',
];

export type ReadLine =
  | { readonly event: StudyEvent }
  /** Written by a newer version: kept, not understood. */
  | { readonly newer: true }
  | { readonly unreadable: string };

/** One line of the journal. Only its frame is checked: what we wrote ourselves is trusted beyond it. */
export function readLine(line: string): ReadLine {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { unreadable: 'not JSON' };
  }
  if (typeof value !== 'object' || value === null) return { unreadable: 'not a record' };
  const { v, id, ts, type } = value as Readonly<Record<string, unknown>>;
  if (typeof v !== 'number' || typeof id !== 'string' || typeof ts !== 'number')
    return { unreadable: 'no stamp' };
  if (v > 1 || !TYPES.some((known) => known === type)) return { newer: true };
  return { event: value as StudyEvent };
}
