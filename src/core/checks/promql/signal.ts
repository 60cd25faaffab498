import { nodesOf, type PromqlNode, type PromqlQuery } from '../promql.ts';
import {
  argumentsOf,
  binary,
  COMPARISONS,
  callee,
  type Matcher,
  numberOf,
  operandOf,
  selector,
  unwrap,
} from './tree.ts';

/** What a query tells of a service, as far as its shape and its names show. */
export interface Signal {
  readonly kind: 'errors' | 'latency';
  /** Whether a larger value is worse; a success rate is the other way round. */
  readonly higherIsWorse: boolean;
  /** Latency: the quantile, the mean, or the share of requests under a bound. */
  readonly statistic?: number | 'mean' | 'share';
  /** Failed (or good) requests over all of them, rather than a number of them. */
  readonly isShare: boolean;
  /** The largest value: 1, or 100 when the query counts in percent; for latency one that no service should reach. */
  readonly ceiling?: number;
}

/** The signal that the query carries, or `undefined` when nothing tells. */
export function signalOf(query: PromqlQuery): Signal | undefined {
  if (!query.root) return undefined;
  const signal = read(query, query.root);
  if (!signal) return undefined;
  const scale = scaleOf(query, query.root);
  if (signal.isShare) return { ...signal, ceiling: scale };
  const second = signal.kind === 'latency' ? secondOf(query) : undefined;
  return { ...signal, ...(second !== undefined && { ceiling: HOPELESS_SECONDS * second * scale }) };
}

// No online service is meant to answer later than this: a bound beyond it mistakes milliseconds for seconds.
const HOPELESS_SECONDS = 60;

function flip(signal: Signal | undefined): Signal | undefined {
  return signal && { ...signal, higherIsWorse: !signal.higherIsWorse };
}

function read(query: PromqlQuery, expression: PromqlNode): Signal | undefined {
  const node = unwrap(expression);
  const inner = (child: PromqlNode | undefined | null) => (child ? read(query, child) : undefined);
  switch (node.name) {
    case 'VectorSelector':
      return readSelector(query, node);
    case 'MatrixSelector':
    case 'SubqueryExpr':
      return inner(node.getChild('Expr'));
    case 'UnaryExpr':
      return flip(inner(node.getChild('Expr')));
    case 'AggregateExpr':
    case 'FunctionCall':
      return readQuantile(query, node) ?? inner(operandOf(node));
    case 'BinaryExpr':
      return readBinary(query, node);
    default:
      return undefined;
  }
}

function readQuantile(query: PromqlQuery, node: PromqlNode): Signal | undefined {
  const latency = { kind: 'latency', isShare: false, higherIsWorse: true } as const;
  const [first] = argumentsOf(node);
  const statistic = first && numberOf(query, first);
  switch (callee(node)) {
    case 'HistogramQuantile':
      return statistic === undefined ? latency : { ...latency, statistic };
    case 'HistogramFraction':
      return { kind: 'latency', isShare: true, higherIsWorse: false, statistic: 'share' };
    case 'HistogramAvg':
      return { ...latency, statistic: 'mean' };
    case 'Quantile':
    case 'QuantileOverTime':
      return secondOf(query) === undefined || statistic === undefined ? undefined : { ...latency, statistic };
    default:
      return undefined;
  }
}

function readBinary(query: PromqlQuery, node: PromqlNode): Signal | undefined {
  const parts = binary(node);
  if (!parts) return undefined;
  const { op } = parts;
  const [left, right] = [read(query, parts.left), read(query, parts.right)];
  if (op === 'Div') {
    if (isMean(query, parts.left, parts.right)) {
      return { kind: 'latency', isShare: false, higherIsWorse: true, statistic: 'mean' };
    }
    return left && { ...left, isShare: left.isShare || numberOf(query, parts.right) === undefined };
  }
  if (op === 'Sub') return left ?? flip(right);
  if (COMPARISONS.has(op) && parts.bool && op.startsWith('L')) return flip(left);
  return left ?? right;
}

function isMean(query: PromqlQuery, left: PromqlNode, right: PromqlNode): boolean {
  return (
    metricsOf(query, left).some((name) => name.endsWith('_sum')) &&
    metricsOf(query, right).some((name) => name.endsWith('_count'))
  );
}

function metricsOf(query: PromqlQuery, expression: PromqlNode): string[] {
  const selectors = [...nodesOf(expression)].filter((node) => node.name === 'VectorSelector');
  return selectors.map((node) => selector(query, node).metric);
}

const STATUS_LABEL = /code|status|class/i;
// An HTTP status, or a class of them: 500, 5xx, 5.., 5.*, [45].., [^5].., (502|503).
const STATUS = /(?:^|[|(^])(?:\[(\^?)([1-5])[1-5|-]*\]|([1-5]))(?:\d\d|xx|\.\.|\.[*+]|\\+d|\[)/i;
const BAD_METRIC = /(?:^|[^a-z])err|fail|exception/i;
const BAD_VALUE = /(?:^|[^a-z])err|fail|exception|timeout|unavailable|^internal/i;
const GOOD_WORD = /succe|^ok$|healthy/i;

function readSelector(query: PromqlQuery, node: PromqlNode): Signal | undefined {
  const { metric, matchers } = selector(query, node);
  const quantile = matchers.find(({ label, negated }) => label === 'quantile' && !negated);
  if (quantile) {
    return { kind: 'latency', isShare: false, higherIsWorse: true, statistic: Number(quantile.value) };
  }
  const bound = matchers.find(({ label }) => label === 'le');
  if (bound && metric.endsWith('_bucket') && bound.value !== '+Inf') {
    return { kind: 'latency', isShare: false, higherIsWorse: bound.negated, statistic: 'share' };
  }
  for (const matcher of matchers) {
    const bad = isBad(matcher);
    if (bad !== undefined) return { kind: 'errors', isShare: false, higherIsWorse: bad !== matcher.negated };
  }
  // A recording rule such as `service:errors:ratio_rate5m` is a share already.
  const isShare = /ratio|percent/i.test(metric);
  if (BAD_METRIC.test(metric)) return { kind: 'errors', isShare, higherIsWorse: true };
  if (GOOD_WORD.test(metric)) return { kind: 'errors', isShare, higherIsWorse: false };
  return undefined;
}

/** Whether a matcher selects failures, successes (false), or neither. */
function isBad({ label, value }: Matcher): boolean | undefined {
  if (/^err/i.test(label) && /^(true|1|yes)$/i.test(value)) return true;
  if (BAD_VALUE.test(value)) return true;
  if (GOOD_WORD.test(value)) return false;
  const status = STATUS_LABEL.test(label) ? STATUS.exec(value) : null;
  if (!status) return undefined;
  const [, not, listed, single] = status;
  const digit = listed ?? single;
  return (digit === '5' || digit === '4') !== (not === '^');
}

/** How much the arithmetic multiplies a share or a duration by: 100 for percent. */
function scaleOf(query: PromqlQuery, expression: PromqlNode): number {
  const node = unwrap(expression);
  const parts = binary(node);
  if (!parts) {
    if (node.name === 'VectorSelector') return /percent/i.test(selector(query, node).metric) ? 100 : 1;
    const operand = node.getChild('Expr') ?? operandOf(node);
    return operand ? scaleOf(query, operand) : 1;
  }
  const [left, right] = [numberOf(query, parts.left), numberOf(query, parts.right)];
  switch (parts.op) {
    case 'Div':
      return scaleOf(query, parts.left) / (right ?? 1);
    case 'Mul':
      return (left ?? scaleOf(query, parts.left)) * (right ?? scaleOf(query, parts.right));
    case 'Sub':
      return scaleOf(query, left === undefined ? parts.left : parts.right);
    default:
      return scaleOf(query, parts.left);
  }
}

/** How many of the metric's units one second has, from its name; `undefined` when it is not a duration. */
function secondOf(query: PromqlQuery): number | undefined {
  if (!query.root) return undefined;
  for (const metric of metricsOf(query, query.root)) {
    if (/millisecond|_ms(_|$)/i.test(metric)) return 1000;
    if (/second/i.test(metric)) return 1;
  }
  return undefined;
}
