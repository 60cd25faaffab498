// The ES modules: bundlers drop most of the editor from them (the CommonJS twins hold all of it).
import { Parser } from '@prometheus-io/codemirror-promql/dist/esm/parser/parser.js';
import { getType } from '@prometheus-io/codemirror-promql/dist/esm/parser/type.js';
import { parser } from '@prometheus-io/lezer-promql';
import { type Filled, fillPlaceholders, type Placeholder } from './placeholders.ts';

/** A node of the query's tree, as `@prometheus-io/lezer-promql` names it. */
export type PromqlNode = NonNullable<Parameters<typeof getType>[0]>;

/** `none` when the query has no type, for its syntax is wrong. */
export type PromqlType = 'scalar' | 'vector' | 'matrix' | 'string' | 'none';

export interface PromqlDiagnostic {
  readonly kind: 'syntax' | 'type';
  /** Offsets in the query as written, with its places. */
  readonly from: number;
  readonly to: number;
  /** The tool's own words (English). */
  readonly message: string;
}

export interface PromqlQuery {
  /** What the whole expression gives. */
  readonly type: PromqlType;
  readonly diagnostics: readonly PromqlDiagnostic[];
  /** A place outside strings has no known value, so that diagnostics would judge a guess: there are none. */
  readonly guessed: boolean;
  /** The expression; `undefined` when there is none. */
  readonly root: PromqlNode | undefined;
  /** The text of a node, places filled. */
  textOf(node: PromqlNode): string;
  /** Where a node lies in the query as written. */
  placeOf(node: PromqlNode): { readonly from: number; readonly to: number };
}

// Far beyond real queries, and safe for the recursion of the type check.
const MAX_LENGTH = 20_000;
const MAX_DEPTH = 200;

/**
 * Parses a PromQL query and checks its types as Prometheus does, before it is sent.
 * `args` gives the values of Argo places by name (`args.service`); an unknown value is guessed from where it stands.
 */
export function parsePromql(query: string, args: ReadonlyMap<string, string> = new Map()): PromqlQuery {
  let guessed = false;
  const filled = fillPlaceholders(query, (place) => {
    const known = args.get(place.name);
    if (known !== undefined) return known;
    const { value, inString } = guess(query, place);
    guessed ||= !inString;
    return value;
  });
  const tree = parser.parse(filled.text.slice(0, MAX_LENGTH));
  const at = (from: number, to: number) => ({ from: filled.toSource(from), to: filled.toSource(to) });
  const shared = {
    guessed,
    textOf: (node: PromqlNode) => filled.text.slice(node.from, node.to),
    placeOf: (node: PromqlNode) => at(node.from, node.to),
  };
  const size = sizeFault(tree.topNode, filled);
  if (size) return { ...shared, type: 'none', diagnostics: [size], root: undefined };
  const root = tree.topNode.firstChild ?? undefined;
  const syntax = syntaxFault(tree.topNode, filled.text);
  if (syntax) {
    const diagnostics = guessed ? [] : [{ ...syntax, ...at(syntax.from, syntax.to) }];
    return { ...shared, type: 'none', diagnostics, root: root?.type.isError ? undefined : root };
  }
  const types = guessed ? [] : typeFaults(tree, filled.text);
  return {
    ...shared,
    type: root ? getType(root) : 'none',
    diagnostics: types.map((fault) => ({ ...fault, ...at(fault.from, fault.to) })),
    root,
  };
}

/** All nodes of a tree, outermost first. */
export function* nodesOf(root: PromqlNode): Generator<PromqlNode> {
  const pending = [root];
  for (let node = pending.pop(); node; node = pending.pop()) {
    yield node;
    for (let child = node.lastChild; child; child = child.prevSibling) pending.push(child);
  }
}

function typeFaults(tree: unknown, text: string): PromqlDiagnostic[] {
  // The checker reads two things of an editor's state: the tree, through CodeMirror's `syntaxTree`, and the
  // text. A real state parses within a time budget and may hold half a tree; this one holds the whole.
  const state = { field: () => ({ tree }), sliceDoc: (from: number, to: number) => text.slice(from, to) };
  const checker = new Parser(state as unknown as ConstructorParameters<typeof Parser>[0]);
  checker.analyze();
  return checker
    .getDiagnostics()
    .filter(({ severity }) => severity === 'error')
    .map(({ from, to, message }) => ({ kind: 'type', from, to, message }));
}

// The first error of the grammar; those after it are mostly its echo.
function syntaxFault(top: PromqlNode, text: string): PromqlDiagnostic | undefined {
  let first: PromqlNode | undefined;
  for (const node of nodesOf(top)) {
    if (node.type.isError && (!first || node.from < first.from)) first = node;
  }
  if (!first) return undefined;
  const rest = text.slice(first.from).trimStart();
  if (rest === '') {
    const end = text.trimEnd().length;
    return { kind: 'syntax', from: Math.max(0, end - 1), to: end, message: 'unexpected end of query' };
  }
  const from = text.length - rest.length;
  const word = rest.slice(0, 20).split(/\s/)[0] ?? '';
  const to = Math.max(first.to, from + 1);
  return { kind: 'syntax', from, to, message: `unexpected ${JSON.stringify(word)}` };
}

function sizeFault(top: PromqlNode, filled: Filled): PromqlDiagnostic | undefined {
  const fault = { kind: 'syntax', from: 0, to: filled.toSource(filled.text.length) } as const;
  if (filled.text.length > MAX_LENGTH) return { ...fault, message: `more than ${MAX_LENGTH} characters` };
  const cursor = top.cursor();
  for (let depth = 0; ; ) {
    if (cursor.firstChild()) {
      if (++depth > MAX_DEPTH) return { ...fault, message: 'expression nested too deeply' };
      continue;
    }
    while (!cursor.nextSibling()) {
      if (!cursor.parent() || --depth <= 0) return undefined;
    }
  }
}

// What may stand at a place: text in a string, a duration in a range, a number elsewhere.
function guess(query: string, place: Placeholder): { value: string; inString: boolean } {
  let quote = '';
  let brackets = 0;
  for (let i = 0; i < place.from; i++) {
    const char = query.charAt(i);
    if (quote !== '') {
      if (char === '\\' && quote !== '`') i++;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === "'" || char === '`') quote = char;
    else if (char === '[') brackets++;
    else if (char === ']') brackets--;
  }
  if (quote !== '') return { value: 'value', inString: true };
  return { value: brackets > 0 ? '5m' : '1', inString: false };
}
