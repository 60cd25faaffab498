import type { Violation } from '../checks/finding.ts';
import type { Lang } from '../language.ts';
import type { Failure } from '../ports.ts';

/** What is answered: a question or an exercise of the bank. */
export interface Subject {
  readonly type: 'question' | 'exercise';
  readonly id: string;
}

/** `unjudged`: nobody has decided yet (an offline rung leaves design points to the candidate). */
export type Verdict = 'met' | 'not_met' | 'contradicted' | 'unjudged';

/** A passage of the answer as it was written; offsets count UTF-16 units of `file`'s text. */
export interface Evidence {
  /** Path of the exercise's file, or '' for the answer document. */
  readonly file: string;
  readonly start: number;
  readonly end: number;
  /** The text between the offsets. */
  readonly quote: string;
}

export interface PointResult {
  readonly id: string;
  readonly verdict: Verdict;
  readonly evidence?: Evidence;
  /** The grader's words, in the feedback language; untrusted text. */
  readonly reason?: string;
  /** The model said `met` without a passage that is in the answer, so it does not count. */
  readonly unverified?: true;
}

export interface PitfallResult {
  readonly id: string;
  readonly present: boolean;
  readonly evidence?: Evidence;
}

/** The outcome of one deterministic check of an exercise. */
export interface CheckResult {
  readonly id: string;
  readonly outcome: 'passed' | 'failed' | 'not_run';
  readonly violations: readonly Violation[];
  /** Why a check could not run. */
  readonly failure?: Failure;
}

/** Who graded. Trends compare like with like, so this never gets lost. */
export type Provenance =
  | { readonly by: 'model'; readonly model: string; readonly destination: string }
  | { readonly by: 'offline' }
  | { readonly by: 'self' }
  | { readonly by: 'gate' }
  | { readonly by: 'none' };

/** Why an answer was worth nothing before anybody read it. */
export type GateReason = 'blank' | 'copied_question' | 'untouched_scaffold' | 'near_empty' | 'opener_only';

export interface Grade {
  readonly v: 1;
  readonly subject: Subject;
  readonly lang: Lang;
  readonly provenance: Provenance;
  readonly status: 'graded' | 'not_graded';
  /** Present when `status` is `not_graded`. */
  readonly failure?: Failure;
  readonly gate?: GateReason;
  /** 0 to 1, from code alone; null when nothing could be judged. */
  readonly score: number | null;
  readonly points: readonly PointResult[];
  readonly pitfalls: readonly PitfallResult[];
  readonly checks: readonly CheckResult[];
  /** One or two sentences of the grader; untrusted text. */
  readonly summary?: string;
  /** The grader noticed instructions addressed to it; shown, never scored. */
  readonly suspicious?: boolean;
}
