import { evaluate } from '../expr/evaluate.ts';
import { type Expr, ExprError, parseExpr } from '../expr/syntax.ts';
import type { Value } from '../expr/values.ts';
import { fillPlaceholders } from '../placeholders.ts';
import { type Signal, signalOf } from '../promql/signal.ts';
import { type PromqlQuery, parsePromql } from '../promql.ts';
import type { Cursor } from './cursor.ts';
import type { Metric, Model } from './model.ts';
import { argumentValues } from './wiring.ts';

/** One of a metric's two conditions, ready to be evaluated. */
export interface Condition {
  readonly cursor: Cursor;
  readonly text: string;
  readonly tree?: Expr;
  readonly fault?: ExprError;
}

/** A Prometheus metric, read as far as its query and conditions can be. */
export interface Judgement {
  readonly metric: Metric;
  readonly query: PromqlQuery;
  readonly queryCursor: Cursor;
  /** What `result` is: a number for a scalar expression, an array for a vector or a range query. */
  readonly shape: 'number' | 'array';
  readonly signal: Signal | undefined;
  readonly conditions: readonly Condition[];
}

/** What Argo makes of one measurement; `unknown` when the condition uses what is not modelled here. */
export type Phase = 'successful' | 'failed' | 'inconclusive' | 'error' | 'unknown';

// A dozen rules ask for the same judgements of a model, which never changes once read.
const known = new WeakMap<Model, readonly Judgement[]>();

/** The Prometheus metrics of the templates, with their queries parsed. */
export function judgements(model: Model): readonly Judgement[] {
  const judged = known.get(model) ?? [...judge(model)];
  known.set(model, judged);
  return judged;
}

function* judge(model: Model): Generator<Judgement> {
  for (const template of model.templates) {
    const args = argumentValues(model, template);
    for (const metric of template.metrics) {
      const prometheus = metric.cursor.get('provider', 'prometheus');
      const queryCursor = prometheus.get('query');
      if (queryCursor.text === undefined) continue;
      const query = parsePromql(queryCursor.text, args);
      const isScalar = query.type === 'scalar' && !prometheus.get('rangeQuery').exists;
      yield {
        metric,
        query,
        queryCursor,
        shape: isScalar ? 'number' : 'array',
        signal: signalOf(query),
        conditions: conditionsOf(metric, args),
      };
    }
  }
}

/** The conditions that a metric has, arguments filled in; those with an unknown argument have no tree. */
export function conditionsOf(metric: Metric, args: ReadonlyMap<string, string>): Condition[] {
  return ['successCondition', 'failureCondition'].flatMap((key) => {
    const cursor = metric.cursor.get(key);
    if (!cursor.text) return [];
    let known = true;
    const { text } = fillPlaceholders(cursor.text, ({ name }) => {
      known &&= args.has(name);
      return args.get(name) ?? '0';
    });
    return [known ? readCondition(cursor, text) : { cursor, text }];
  });
}

function readCondition(cursor: Cursor, text: string): Condition {
  try {
    return { cursor, text, tree: parseExpr(text) };
  } catch (error) {
    if (error instanceof ExprError) return { cursor, text, fault: error };
    throw error;
  }
}

/** The phase of a measurement with this result, as Argo's EvaluateResult gives it. */
export function phaseOf(conditions: readonly Condition[], result: Value): Phase {
  const outcome: { success?: boolean; failure?: boolean } = {};
  for (const { cursor, tree } of conditions) {
    if (!tree) return 'unknown';
    const evaluated = evaluate(tree, result);
    if (evaluated.kind === 'unknown') return 'unknown';
    if (evaluated.kind === 'error' || typeof evaluated.value !== 'boolean') return 'error';
    outcome[cursor.path.at(-1) === 'failureCondition' ? 'failure' : 'success'] = evaluated.value;
  }
  const { success, failure } = outcome;
  if (failure ?? success === false) return 'failed';
  return (success ?? failure === false) ? 'successful' : 'inconclusive';
}

/** A result of one value in the shape that the metric's query gives. */
export function resultOf({ shape }: Pick<Judgement, 'shape'>, ...values: readonly number[]): Value {
  return shape === 'array' ? [...values] : (values[0] ?? Number.NaN);
}
