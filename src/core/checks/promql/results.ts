import { nodesOf, type PromqlNode, type PromqlQuery } from '../promql.ts';
import {
  argumentsOf,
  binary,
  COMPARISONS,
  callee,
  grouping,
  numberOf,
  operandOf,
  selector,
  unwrap,
} from './tree.ts';

/** Whether the expression may return no series at all, as a selector does when nothing was recorded. */
export function canBeEmpty(query: PromqlQuery, expression: PromqlNode): boolean {
  const node = unwrap(expression);
  const inner = (child: PromqlNode | undefined | null) => !child || canBeEmpty(query, child);
  switch (node.name) {
    case 'NumberDurationLiteral':
    case 'StringLiteral':
      return false;
    case 'UnaryExpr':
      return inner(node.getChild('Expr'));
    case 'AggregateExpr':
      return inner(operandOf(node));
    case 'FunctionCall':
      if (['Vector', 'Scalar', 'Time', 'Pi'].includes(callee(node))) return false;
      return ['Absent', 'AbsentOverTime'].includes(callee(node)) || inner(operandOf(node));
    case 'BinaryExpr': {
      const parts = binary(node);
      if (!parts) return true;
      // `x or vector(0)` always has the right-hand series to fall back on.
      if (parts.op === 'Or') return inner(parts.left) && inner(parts.right);
      const filters =
        parts.op === 'And' || parts.op === 'Unless' || (COMPARISONS.has(parts.op) && !parts.bool);
      return filters || inner(parts.left) || inner(parts.right);
    }
    default:
      return true;
  }
}

/** Whether the expression may return NaN: 0/0, a quantile without observations, the scalar of nothing. */
export function canBeNaN(query: PromqlQuery, expression: PromqlNode): boolean {
  const node = unwrap(expression);
  const inner = (child: PromqlNode | undefined | null) => child != null && canBeNaN(query, child);
  switch (node.name) {
    case 'UnaryExpr':
      return inner(node.getChild('Expr'));
    case 'AggregateExpr':
      return inner(operandOf(node));
    case 'FunctionCall': {
      const name = callee(node);
      const operand = operandOf(node);
      if (name === 'HistogramQuantile' || name === 'HistogramAvg') return true;
      if (name === 'Scalar') return !operand || canBeEmpty(query, operand) || inner(operand);
      return inner(operand);
    }
    case 'BinaryExpr': {
      const parts = binary(node);
      if (!parts) return true;
      const { op, left, right } = parts;
      if (op === 'Or') return inner(left) || inner(right);
      // No comparison but `!=` holds for NaN, so a filter drops it; `and total > 0` is such a filter too.
      if (op === 'And') return inner(left) && !hasFilter(right);
      if (op === 'Unless') return inner(left) && !hasFilter(right);
      if (COMPARISONS.has(op)) return op === 'Neq' && (inner(left) || inner(right));
      if ((op === 'Div' || op === 'Mod') && canBeZero(query, right)) return true;
      return inner(left) || inner(right);
    }
    default:
      return false;
  }
}

function hasFilter(expression: PromqlNode): boolean {
  for (const node of nodesOf(expression)) if (COMPARISONS.has(node.name)) return true;
  return false;
}

function canBeZero(query: PromqlQuery, expression: PromqlNode): boolean {
  const node = unwrap(expression);
  const value = numberOf(query, node);
  if (value !== undefined) return value === 0;
  if (node.name === 'FunctionCall' && callee(node) === 'ClampMin') {
    const [, least] = argumentsOf(node);
    return !least || (numberOf(query, least) ?? 0) <= 0;
  }
  const parts = binary(node);
  if (!parts) return true;
  if (parts.op === 'Or') return canBeZero(query, parts.left) || canBeZero(query, parts.right);
  const bound = numberOf(query, parts.right);
  if (bound === undefined || parts.bool) return true;
  return !(
    (parts.op === 'Gtr' && bound >= 0) ||
    (parts.op === 'Gte' && bound > 0) ||
    (parts.op === 'Neq' && bound === 0)
  );
}

/** Whether the expression may return several series, so that its first one says little of the others. */
export function canBeMany(query: PromqlQuery, expression: PromqlNode): boolean {
  const node = unwrap(expression);
  const inner = (child: PromqlNode | undefined | null) => child != null && canBeMany(query, child);
  switch (node.name) {
    case 'VectorSelector':
    case 'MatrixSelector':
    case 'SubqueryExpr':
      return true;
    case 'UnaryExpr':
      return inner(node.getChild('Expr'));
    case 'AggregateExpr': {
      const { by, labels } = grouping(query, node);
      const keeps = ['Topk', 'Bottomk', 'LimitK', 'LimitRatio', 'CountValues'].includes(callee(node));
      // Buckets become one series in histogram_quantile, the one place where a group by `le` makes sense.
      return keeps || !by || labels.some((label) => label !== 'le');
    }
    case 'FunctionCall':
      if (['Vector', 'Scalar', 'Time', 'Pi', 'Absent', 'AbsentOverTime'].includes(callee(node))) return false;
      return inner(operandOf(node));
    case 'BinaryExpr': {
      const parts = binary(node);
      return parts === undefined || inner(parts.left) || (parts.op !== 'And' && inner(parts.right));
    }
    default:
      return false;
  }
}

/**
 * The argument of a `histogram_quantile` over classic buckets whose aggregation drops `le`: Prometheus finds
 * no bucket left and returns nothing, whatever the traffic.
 */
export function droppedBuckets(query: PromqlQuery): PromqlNode | undefined {
  if (!query.root) return undefined;
  for (const node of nodesOf(query.root)) {
    if (node.name !== 'FunctionCall' || callee(node) !== 'HistogramQuantile') continue;
    const histogram = argumentsOf(node)[1];
    const aggregation = histogram ? firstAggregation(histogram) : undefined;
    if (!aggregation || !readsBuckets(query, aggregation)) continue;
    const { by, labels } = grouping(query, aggregation);
    if (labels.includes('le') !== by) return aggregation;
  }
  return undefined;
}

function firstAggregation(expression: PromqlNode): PromqlNode | undefined {
  for (let node: PromqlNode | undefined = unwrap(expression); node; node = operandOf(node)) {
    node = unwrap(node);
    if (node.name === 'AggregateExpr') return node;
    if (node.name !== 'FunctionCall') return undefined;
  }
  return undefined;
}

function readsBuckets(query: PromqlQuery, expression: PromqlNode): boolean {
  for (const node of nodesOf(expression)) {
    if (node.name === 'VectorSelector' && selector(query, node).metric.endsWith('_bucket')) return true;
  }
  return false;
}
