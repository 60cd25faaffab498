import type { PromqlNode, PromqlQuery } from '../promql.ts';

/** An expression with its parentheses, `offset` and `@` taken off. */
export function unwrap(node: PromqlNode): PromqlNode {
  let inner = node;
  while (
    ['ParenExpr', 'OffsetExpr', 'StepInvariantExpr', 'AnchoredExpr', 'SmoothedExpr'].includes(inner.name)
  ) {
    const child = inner.getChild('Expr');
    if (!child) break;
    inner = child;
  }
  return inner;
}

/** The function or aggregation that a call applies, as the grammar names it: `Rate`, `Sum`… */
export function callee(node: PromqlNode): string {
  return node.firstChild?.firstChild?.name ?? '';
}

export function argumentsOf(node: PromqlNode): PromqlNode[] {
  return node.getChild('FunctionCallBody')?.getChildren('Expr') ?? [];
}

/** The vector that a function or an aggregation works on; its other arguments are numbers or strings. */
export function operandOf(node: PromqlNode): PromqlNode | undefined {
  const all = argumentsOf(node);
  return node.name === 'AggregateExpr' ? all.at(-1) : (all.find((arg) => !isNumber(arg)) ?? all[0]);
}

const OPERATORS = new Set(
  'Add Sub Mul Div Mod Pow And Or Unless Eql Neq Gtr Gte Lss Lte TrimUpper TrimLower'.split(' '),
);

export const COMPARISONS = new Set(['Eql', 'Neq', 'Gtr', 'Gte', 'Lss', 'Lte']);

export interface Binary {
  readonly op: string;
  readonly left: PromqlNode;
  readonly right: PromqlNode;
  /** `> bool` gives 0 or 1 where `>` filters. */
  readonly bool: boolean;
}

export function binary(node: PromqlNode): Binary | undefined {
  const [left, right] = [node.firstChild, node.lastChild];
  if (node.name !== 'BinaryExpr' || !left || !right) return undefined;
  for (let child = left.nextSibling; child; child = child.nextSibling) {
    if (OPERATORS.has(child.name)) {
      return {
        op: child.name,
        left: unwrap(left),
        right: unwrap(right),
        bool: node.getChild('BoolModifier') !== null,
      };
    }
  }
  return undefined;
}

function isNumber(node: PromqlNode): boolean {
  return unwrap(node).name === 'NumberDurationLiteral' || unwrap(node).name === 'StringLiteral';
}

/** The value of a number literal, also behind a sign or in `vector(…)`. */
export function numberOf(query: PromqlQuery, node: PromqlNode): number | undefined {
  const inner = unwrap(node);
  if (inner.name === 'UnaryExpr') {
    const operand = inner.getChild('Expr');
    const value = operand ? numberOf(query, operand) : undefined;
    return value !== undefined && query.textOf(inner).startsWith('-') ? -value : value;
  }
  if (inner.name === 'FunctionCall' && callee(inner) === 'Vector') {
    const [value] = argumentsOf(inner);
    return value ? numberOf(query, value) : undefined;
  }
  const value = inner.name === 'NumberDurationLiteral' ? Number(query.textOf(inner)) : Number.NaN;
  return Number.isNaN(value) ? undefined : value;
}

/** The labels that an aggregation groups by; `undefined` when it drops listed ones instead (`without`). */
export function grouping(
  query: PromqlQuery,
  node: PromqlNode,
): { readonly by: boolean; readonly labels: readonly string[] } {
  const modifier = node.getChild('AggregateModifier');
  const labels = modifier?.getChild('GroupingLabels')?.getChildren('LabelName') ?? [];
  return { by: modifier?.getChild('Without') == null, labels: labels.map((label) => query.textOf(label)) };
}

export interface Matcher {
  readonly label: string;
  readonly negated: boolean;
  readonly value: string;
}

export interface Selector {
  readonly metric: string;
  readonly matchers: readonly Matcher[];
}

/** The metric and the label matchers of a vector selector. */
export function selector(query: PromqlQuery, node: PromqlNode): Selector {
  const unquote = (text: string) => text.slice(1, -1);
  const list = node.getChild('LabelMatchers');
  const matchers = [
    ...(list?.getChildren('UnquotedLabelMatcher') ?? []),
    ...(list?.getChildren('QuotedLabelMatcher') ?? []),
  ].map((matcher): Matcher => {
    const [label, op, value] = [
      matcher.firstChild,
      matcher.getChild('MatchOp')?.firstChild,
      matcher.lastChild,
    ];
    const name = label ? query.textOf(label) : '';
    return {
      label: name.startsWith('"') || name.startsWith("'") ? unquote(name) : name,
      negated: op?.name === 'Neq' || op?.name === 'NeqRegex',
      value: value ? unquote(query.textOf(value)) : '',
    };
  });
  const identifier = node.getChild('Identifier');
  const quoted = list?.getChild('QuotedLabelName');
  const named = matchers.find(({ label, negated }) => label === '__name__' && !negated)?.value ?? '';
  const metric = identifier ? query.textOf(identifier) : quoted ? unquote(query.textOf(quoted)) : named;
  return { metric, matchers };
}
