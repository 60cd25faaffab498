import type { Violation } from '../checks/finding.ts';
import type { Lang } from '../language.ts';
import type { Failure, Usage } from '../ports.ts';
import type { Delivery } from './delivery.ts';

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
  /** The model said `met` without a passage that is in the answer, also when asked again, so it does not count. */
  readonly unverified?: true;
  /** Its passage is one that the answer addresses to the grader, so it does not count. */
  readonly setAside?: true;
  /** Three readings did not agree; the verdict is that of two of them. */
  readonly uncertain?: true;
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
  | {
      readonly by: 'model';
      readonly model: string;
      readonly destination: string;
      /** Version of the prompt and hash of the rubric: another prompt or rubric is another grader. */
      readonly prompt?: string;
      readonly rubric?: string;
    }
  | { readonly by: 'offline' }
  | { readonly by: 'self' }
  | { readonly by: 'gate' }
  | { readonly by: 'none' };

/** What a model's grade cost, over all its calls. */
export interface Cost extends Usage {
  readonly calls: number;
  /** False when the server told no tokens for some of the calls: the sums are then of the others. */
  readonly isComplete: boolean;
}

/** Something about the answer that the report tells beside the score. */
export type Notice =
  /** Passages are addressed to the grader: they earned nothing, and the rest was read without them. */
  | 'addresses_grader'
  /** A large part is the question word for word, which makes no claim. */
  | 'echoes_question'
  /** A large part is the model answer or the rubric word for word. */
  | 'echoes_rubric'
  /** Further readings were wanted and could not be had; the grade rests on the first one. */
  | 'single_reading';

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
  readonly notices?: readonly Notice[];
  /** Passages of the answer that are addressed to the grader. */
  readonly setAside?: readonly Evidence[];
  /** The score without the sentences that were copied from the rubric or the model answer. */
  readonly scoreOfOwnWords?: number;
  /** Where the score would lie if the uncertain points fell the one way or the other. */
  readonly range?: { readonly low: number; readonly high: number };
  /** How many times a model read the whole answer for this grade. */
  readonly readings?: number;
  readonly cost?: Cost;
  /** What was graded by whom, as a hash: the same answer, rubric, prompt and model give the same key. */
  readonly key?: string;
  /** When this very grade was given first (ms, UTC): it was kept, and nobody was asked again. */
  readonly repeats?: number;
  /** How a prose answer was said; shown beside the score, and never part of it. */
  readonly delivery?: Delivery;
}
