import type { Level } from '../bank/question.ts';
import type { Grade, Subject, Verdict } from '../grading/grade.ts';
import type { Lang } from '../language.ts';
import type { Day } from '../study/day.ts';

/** The version of the records that are written now; older ones are brought up to it by `migrate.ts`. */
export const VERSION = 2;

/** What every record carries: the version of its shape, its own id, when (ms, UTC) and on what day it was written. */
export interface Stamp {
  readonly v: typeof VERSION;
  readonly id: string;
  readonly ts: number;
  /** The candidate's day, kept because zones change: a schedule counts days, not hours. */
  readonly day: Day;
}

/** A text as the journal keeps it: a large one is kept apart, by its hash. */
export type StoredText = { readonly text: string } | { readonly sha256: string };

/** The texts of an answer by path (prose has one, under ''; an answer said aloud has none). */
export type StoredTexts = Readonly<Record<string, StoredText>>;

/** Where the candidate sees a grade otherwise: verdicts of their own on some points, and why. */
export interface Contest {
  readonly points: readonly { readonly id: string; readonly verdict: Verdict }[];
  readonly note: string;
}

/** What was observed of help from the editor while an answer was written. */
export interface Observed {
  readonly interviewMode: boolean;
  /** The editor's inline suggestions at hand-in, for the language of the answer. */
  readonly inlineSuggestions: 'on' | 'off';
  /** An assistant of the editor's own that Canari cannot switch off, by its name. */
  readonly assistant?: string;
}

/** How well something was recalled, in the words of the scheduler. */
export const RATINGS = ['again', 'hard', 'good', 'easy'] as const;
export type Rating = (typeof RATINGS)[number];

export const DRILL_KINDS = [
  'quick',
  'due',
  'today',
  'track',
  'weakest',
  'exercises',
  'surprise',
  'diagnostic',
  'speak',
] as const;
export type DrillKind = (typeof DRILL_KINDS)[number];

/** When a drill tells its grades. */
export type FeedbackTime = 'now' | 'end';

export const ROLES = ['mlops', 'ml-platform', 'ml-engineer', 'data', 'llmops'] as const;
export type Role = (typeof ROLES)[number];

/** A mock interview as it was agreed on; the questions come in this order. */
export interface InterviewPlan {
  readonly role: Role;
  readonly level: Level;
  readonly lang: Lang;
  /** Length of the whole, in minutes. */
  readonly minutes: number;
  readonly questions: readonly { readonly subject: Subject; readonly minutes: number }[];
  /** What the questions were drawn from: the role's weights, a job description's terms, or a model's choice. */
  readonly from: 'role' | 'job' | 'model';
  /** Terms of the bank that the job description holds, as the bank writes them. */
  readonly terms?: readonly string[];
}

/** The track of the questions that were asked in real interviews. */
export const OWN_TRACK = 'own';

/** A question from a real interview, as the candidate noted it. */
export interface OwnQuestion {
  /** `own-` and a token: no id of the bank begins so. */
  readonly id: string;
  readonly text: string;
  /** What a good answer holds, one line each; may be empty. */
  readonly expected: readonly string[];
  readonly lang: Lang;
}

/** One thing asked in a real interview. */
export interface Asked {
  readonly text: string;
  /** Entries of the bank that ask the same, or close to it. */
  readonly matches: readonly string[];
  /** The question of one's own that it became, when the bank has none. */
  readonly own?: OwnQuestion;
}

export type StudyEvent = Stamp &
  (
    | {
        readonly type: 'attempt';
        readonly subject: Subject;
        readonly lang: Lang;
        readonly texts: StoredTexts;
        /** Hint rungs and solution seen in this sitting, before this attempt. */
        readonly hints: number;
        readonly solutionSeen: boolean;
        /** Time at work on it; idle stretches are left out. */
        readonly seconds?: number;
        readonly observed?: Observed;
        /** It was said, not written. */
        readonly spoken?: true;
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
    /** The candidate's rating of an attempt, in place of the one that its grade proposes. */
    | { readonly type: 'rating'; readonly attempt: string; readonly rating: Rating }
    /** Takes back a rating, or an attempt's share in the schedule; `event` is the id of either. */
    | { readonly type: 'undo'; readonly event: string }
    | { readonly type: 'opened'; readonly subject: Subject }
    | { readonly type: 'hint'; readonly subject: Subject; readonly rung: number }
    | { readonly type: 'solution'; readonly subject: Subject }
    /** The candidate's note on an entry; the last one counts, an empty one removes it. */
    | { readonly type: 'note'; readonly subject: Subject; readonly text: string }
    | {
        readonly type: 'drill';
        readonly drill: string;
        readonly subjects: readonly Subject[];
        readonly kind: DrillKind;
        readonly feedback: FeedbackTime;
        /** Answered aloud, and ticked. */
        readonly spoken?: true;
      }
    | {
        readonly type: 'drill_step';
        readonly drill: string;
        readonly subject: Subject;
        readonly attempt: string | null;
      }
    | { readonly type: 'drill_end'; readonly drill: string }
    | { readonly type: 'interview'; readonly interview: string; readonly plan: InterviewPlan }
    /** A question, or a follow-up, has been answered or left; `seconds` are those it took, pauses left out. */
    | {
        readonly type: 'interview_step';
        readonly interview: string;
        readonly subject: Subject;
        readonly attempt: string | null;
        readonly seconds: number;
      }
    /** The question at hand, the seconds that it has taken so far, and whether the clock stands. */
    | {
        readonly type: 'interview_clock';
        readonly interview: string;
        readonly subject: Subject;
        readonly paused: boolean;
        readonly seconds: number;
      }
    | { readonly type: 'interview_end'; readonly interview: string }
    /** What was asked in a real interview; the last one with this id counts. */
    | {
        readonly type: 'debrief';
        readonly debrief: string;
        readonly date: Day;
        readonly employer: string;
        readonly asked: readonly Asked[];
      }
  );

/** An event before it is stamped. */
export type NewEvent = StudyEvent extends infer E
  ? E extends StudyEvent
    ? Omit<E, keyof Stamp>
    : never
  : never;

/** Every type of record that this version knows. */
export const TYPES: readonly StudyEvent['type'][] = [
  'attempt',
  'grade',
  'ticks',
  'contest',
  'rating',
  'undo',
  'opened',
  'hint',
  'solution',
  'note',
  'drill',
  'drill_step',
  'drill_end',
  'interview',
  'interview_step',
  'interview_clock',
  'interview_end',
  'debrief',
];
