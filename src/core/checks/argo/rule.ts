import type { Violation } from '../finding.ts';
import type { Fault } from './cursor.ts';
import type { Model } from './model.ts';

/** Options of the family, from exercise.yaml. */
export interface ArgoOptions {
  /**
   * `valid`: only what the API server and the controller would refuse.
   * `canary`: also whether it is a canary that rolls back by itself.
   */
  readonly level: 'valid' | 'canary';
  /** What the analysis has to measure. */
  readonly signals: readonly ('error-rate' | 'latency-p99')[];
}

export type Check = (model: Model, options: ArgoOptions) => Iterable<Fault>;

/** A table of rules: id to function. */
export type Rules = Readonly<Record<string, Check>>;

/** Runs a table of rules, in its order. */
export function* runRules(rules: Rules, model: Model, options: ArgoOptions): Generator<Violation> {
  for (const [rule, check] of Object.entries(rules)) {
    for (const fault of check(model, options)) yield { rule, ...fault };
  }
}
