import { evaluate } from '../expr/evaluate.ts';
import type { Expr } from '../expr/syntax.ts';
import type { Value } from '../expr/values.ts';
import { canBeEmpty, canBeMany, canBeNaN } from '../promql/results.ts';
import { type Fault, onText, onValue } from './cursor.ts';
import { conditionsOf, type Judgement, judgements, phaseOf, resultOf } from './judgement.ts';
import type { Model } from './model.ts';
import type { Rules } from './rule.ts';
import { argumentValues } from './wiring.ts';

/** Whether a condition says what its author means, for every result that the query can give. */
export const CONDITION_RULES = {
  'condition-invalid': conditionInvalid,
  'vector-compared-bare': wrongShape('array', 1),
  'scalar-indexed': wrongShape('number', [1]),
  'empty-result-unguarded': each(emptyUnguarded),
  'nan-result-unguarded': each(nanUnguarded),
  'condition-inverted': each(conditionInverted),
  'condition-never-fails': each(neverFails),
  'condition-never-passes': each(neverPasses),
} satisfies Rules;

export const CONDITION_WARNINGS = {
  'first-series-only': each(firstSeriesOnly),
} satisfies Rules;

/** A judgement whose conditions can be evaluated on a normal result. */
interface Case extends Judgement {
  phase(...values: readonly number[]): ReturnType<typeof phaseOf>;
}

function* cases(model: Model): Generator<Case> {
  for (const judgement of judgements(model)) {
    const { query, conditions } = judgement;
    if (query.guessed || query.type === 'none' || conditions.length === 0) continue;
    const phase = (...values: readonly number[]) => phaseOf(conditions, resultOf(judgement, ...values));
    yield { ...judgement, phase };
  }
}

function each(check: (judged: Case) => Iterable<Fault>) {
  return function* (model: Model): Generator<Fault> {
    for (const judged of cases(model)) {
      // What fails on any result is reported once, by the rules of shape and syntax.
      const usual = judged.phase(1);
      if (usual !== 'unknown' && usual !== 'error') yield* check(judged);
    }
  };
}

function* conditionInvalid(model: Model): Generator<Fault> {
  for (const template of model.templates) {
    const args = argumentValues(model, template);
    for (const metric of template.metrics) {
      for (const { cursor, text, fault } of conditionsOf(metric, args)) {
        if (!fault) continue;
        const params = { condition: text, detail: fault.message };
        const from = Math.min(fault.offset, text.length - 1);
        const asWritten = cursor.text === text;
        yield asWritten ? onText(cursor, from, text.length, params) : onValue(cursor, params);
      }
    }
  }
  for (const { conditions, shape } of cases(model)) {
    for (const { cursor, text, tree } of conditions) {
      if (!tree || fits(tree, shape === 'array' ? [1] : 1) || fits(tree, shape === 'array' ? 1 : [1]))
        continue;
      const outcome = evaluate(tree, shape === 'array' ? [1] : 1);
      const detail = outcome.kind === 'error' ? outcome.message : 'expected bool';
      yield onValue(cursor, { condition: text, detail });
    }
  }
}

/** Whether a condition gives true or false on this result. */
function fits(tree: Expr, result: Value): boolean {
  const outcome = evaluate(tree, result);
  return outcome.kind === 'unknown' || (outcome.kind === 'value' && typeof outcome.value === 'boolean');
}

// A condition written for the other shape: it fails on what the query gives and works on `other`.
function wrongShape(shape: Judgement['shape'], other: Value) {
  return function* (model: Model): Generator<Fault> {
    for (const judged of cases(model)) {
      if (judged.shape !== shape) continue;
      for (const { cursor, text, tree } of judged.conditions) {
        if (!tree || fits(tree, resultOf(judged, 1)) || !fits(tree, other)) continue;
        yield onValue(cursor, { metric: judged.metric.name, condition: text, type: judged.query.type });
      }
    }
  };
}

function about({ metric, conditions }: Case): Record<string, string> {
  return { metric: metric.name, condition: conditions.map(({ text }) => text).join(' / ') };
}

function* emptyUnguarded(judged: Case): Generator<Fault> {
  const { conditions, query, shape } = judged;
  if (shape !== 'array' || !query.root || !canBeEmpty(query, query.root)) return;
  for (const condition of conditions) {
    if (phaseOf([condition], []) === 'error') yield onValue(condition.cursor, about(judged));
  }
}

// A NaN compares false: it fails a success condition though nothing went wrong. That is a choice when the
// condition names NaN, or when no result at all fails too; otherwise it was forgotten.
function* nanUnguarded(judged: Case): Generator<Fault> {
  const { conditions, query, shape } = judged;
  if (!query.root || !canBeNaN(query, query.root)) return;
  const [first] = conditions;
  if (!first || conditions.some(({ tree }) => tree && callsIsNaN(tree))) return;
  const empty = shape === 'array' && canBeEmpty(query, query.root) ? judged.phase() : undefined;
  const phase = judged.phase(Number.NaN);
  if (phase === 'error' || (phase === 'failed' && empty !== 'failed'))
    yield onValue(first.cursor, about(judged));
}

function callsIsNaN(tree: Expr): boolean {
  return (tree.kind === 'call' && tree.name === 'isNaN') || childrenOf(tree).some(callsIsNaN);
}

function numbersIn(tree: Expr): number[] {
  const own = tree.kind === 'literal' && typeof tree.value === 'number' ? [tree.value] : [];
  return [...own, ...childrenOf(tree).flatMap(numbersIn)];
}

function childrenOf(tree: Expr): Expr[] {
  return Object.values(tree).flatMap((part: unknown) => [part].flat(2).filter(isTree));
}

function isTree(value: unknown): value is Expr {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

// Orders of magnitude that thresholds on shares, seconds and milliseconds lie between.
const PROBES = [0, 1e-6, 1e-4, 1e-3, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1];
const LARGE = [2, 5, 10, 30, 60, 95, 99, 100, 250, 500, 1e3, 5e3, 1e4, 6e4, 1e6, 1e9];

/** A value as bad, and one as good, as the signal can be told to become. */
function extremes({ signal }: Case): { worst: number; best: number } | undefined {
  if (!signal || (signal.isShare && signal.ceiling === undefined)) return undefined;
  const top = signal.ceiling ?? 1e9;
  if (!signal.isShare) return signal.higherIsWorse ? { worst: top, best: 0 } : { worst: 0, best: top };
  // No threshold is meant to wait for nine failures out of ten.
  return signal.higherIsWorse ? { worst: 0.9 * top, best: 0 } : { worst: 0.1 * top, best: top };
}

function isInverted(judged: Case): boolean {
  const ends = extremes(judged);
  return (
    ends !== undefined && judged.phase(ends.worst) === 'successful' && judged.phase(ends.best) === 'failed'
  );
}

function* conditionInverted(judged: Case): Generator<Fault> {
  const [first] = judged.conditions;
  if (first && isInverted(judged)) yield onValue(first.cursor, about(judged));
}

/** Values that the signal can take, with those that the conditions name and their neighbors. */
function probes({ conditions, signal }: Case): number[] {
  const top = signal?.isShare ? signal.ceiling : undefined;
  const named = conditions.flatMap(({ tree }) => (tree ? numbersIn(tree) : []));
  const near = named.flatMap((value) => [value, value * 0.999, value * 1.001]);
  const usual = top === undefined ? [...PROBES, ...LARGE] : PROBES.map((value) => value * top);
  return [...usual, ...near.filter((value) => value >= 0 && value <= (top ?? Number.POSITIVE_INFINITY))];
}

function phases(judged: Case): string[] {
  return probes(judged).map((value) => judged.phase(value));
}

function* neverFails(judged: Case): Generator<Fault> {
  const [first] = judged.conditions;
  if (!first || isInverted(judged)) return;
  const ends = extremes(judged);
  const worst = ends ? judged.phase(ends.worst) : undefined;
  const never = worst ? worst !== 'failed' && worst !== 'unknown' : !phases(judged).includes('failed');
  if (!never || phases(judged).includes('unknown')) return;
  yield onValue(first.cursor, { ...about(judged), value: ends ? String(ends.worst) : '∞' });
}

function* neverPasses(judged: Case): Generator<Fault> {
  const [first] = judged.conditions;
  const all = phases(judged);
  if (!first || isInverted(judged) || all.includes('unknown') || all.includes('successful')) return;
  yield onValue(first.cursor, about(judged));
}

// Argo gives all series, or all samples of a range: a condition on the first lets the others go wrong.
function* firstSeriesOnly(judged: Case): Generator<Fault> {
  const { conditions, metric, query, shape } = judged;
  const ranged = metric.cursor.get('provider', 'prometheus', 'rangeQuery').exists;
  if (shape !== 'array' || !query.root || !(ranged || canBeMany(query, query.root))) return;
  const all = probes(judged);
  const good = all.find((value) => judged.phase(value) === 'successful');
  const bad = all.find((value) => judged.phase(value) === 'failed');
  const [first] = conditions;
  if (!first || good === undefined || bad === undefined) return;
  if (judged.phase(good, bad) === 'successful') yield onValue(first.cursor, about(judged));
}
