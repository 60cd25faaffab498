import type { Failure, FinishReason, Usage } from '../ports.ts';

/** Why the model was called. */
export type Purpose =
  /** The first reading of the answer. */
  | 'reading'
  /** The same again, after a reply that could not be used. */
  | 'mend'
  /** Points that were said to be met, without a passage that is in the answer. */
  | 'evidence'
  /** The answer without the passages that are addressed to the grader. */
  | 'set_aside'
  /** The answer without the sentences copied from the rubric or the model answer. */
  | 'own_words'
  /** The quoted sentences alone, after a reading that found far more than the terms of the answer promise. */
  | 'quotes'
  /** Another reading after one that claimed to have met what no answer holds. */
  | 'decoy'
  /** A further reading, whose verdicts are votes. */
  | 'vote';

/** One call of a model: what left the machine and what came back, word for word. */
export interface Exchange {
  readonly purpose: Purpose;
  /** Milliseconds since 1970, UTC, and how long it took. */
  readonly startedAt: number;
  readonly milliseconds: number;
  /** Each form in which the request was sent; a server that refuses a parameter is asked again without it. */
  readonly sent: readonly { readonly url: string; readonly body: string }[];
  /** The reply as text; one that came as an object is written as JSON. */
  readonly received: string;
  readonly reasoning?: string;
  readonly finish?: FinishReason;
  readonly usage?: Usage;
  readonly failure?: Failure;
}

/** All calls of one grade, in their order. */
export interface Trace {
  readonly v: 1;
  readonly exchanges: readonly Exchange[];
}
