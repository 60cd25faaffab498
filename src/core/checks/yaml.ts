import {
  type Alias,
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  Parser,
  visit,
  type YAMLMap,
} from 'yaml';
import type { Position, Range } from './finding.ts';
import { offsetInScalar } from './yamlScalar.ts';

/** Where a value lies in a document: keys of maps and indexes of sequences. */
export type Path = readonly (string | number)[];

export type YamlProblemRule = 'yaml-syntax' | 'yaml-limits';

export interface YamlProblem {
  readonly rule: YamlProblemRule;
  readonly range: Range;
  /** The parser's own words (English). */
  readonly detail: string;
}

export interface YamlDocument {
  /** Plain JavaScript data; `undefined` when the document has a fault or is empty. */
  readonly value: unknown;
  /**
   * The place of the value at `path`, or of its key with `key`. A path that the document does not hold
   * gives the key of the deepest part that it does hold.
   */
  rangeOf(path: Path, options?: { readonly key?: boolean }): Range;
  /** The place of characters `from`-`to` of the string at `path`; the whole value when it is escaped or folded. */
  rangeInString(path: Path, from: number, to: number): Range;
}

export interface YamlFile {
  readonly documents: readonly YamlDocument[];
  readonly problems: readonly YamlProblem[];
}

/** UTF-16 units: larger files are refused, not parsed. */
export const MAX_YAML_LENGTH = 1_000_000;

// A manifest uses a handful of aliases; a bomb multiplies them.
const MAX_ALIAS_COUNT = 100;

// So that whoever walks the data may recurse; a value that holds itself through an alias has no height.
const MAX_DEPTH = 100;
const TOO_DEEP = `nested more than ${MAX_DEPTH} levels, or a value that holds itself`;

const START: Position = { line: 0, column: 0 };

/** Parses a stream of YAML 1.2 documents. Never throws: what is refused is a problem. */
export function parseYaml(text: string): YamlFile {
  const refused = (detail: string): YamlFile => ({
    documents: [],
    problems: [{ rule: 'yaml-limits', range: { start: START, end: START }, detail }],
  });
  if (text.length > MAX_YAML_LENGTH) return refused(`more than ${MAX_YAML_LENGTH} characters`);
  const lines = lineStarts(text);
  try {
    // What `parseAllDocuments` does, with a look at the tokens in between: the composer recurses, and runs
    // out of stack (at worst inside a regular expression, which ends the process) on hostile nesting.
    const tokens = [...new Parser().parse(text)];
    if (isDeeperThan(tokens, MAX_DEPTH)) return refused(TOO_DEEP);
    const composer = new Composer({ merge: true, logLevel: 'silent' });
    const read = [...composer.compose(tokens)].map((document) => readDocument(document, text, lines));
    return {
      documents: read.map(({ document }) => document),
      problems: read.flatMap(({ problems }) => problems),
    };
  } catch (error) {
    return refused(error instanceof Error ? error.message : String(error));
  }
}

function isDeeperThan(tokens: readonly CST.Token[], limit: number): boolean {
  const pending = tokens.map((token): { token: CST.Token; depth: number } => ({ token, depth: 0 }));
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { token, depth } = next;
    if (depth > limit) return true;
    const children =
      'items' in token
        ? token.items.flatMap(({ key, value }) => [key, value])
        : token.type === 'document'
          ? [token.value]
          : [];
    for (const child of children) if (child) pending.push({ token: child, depth: depth + 1 });
  }
  return false;
}

function readDocument(document: Document.Parsed, text: string, lines: readonly number[]) {
  const at = (from: number, to: number) => rangeAt(lines, from, Math.min(to, text.length));
  // What follows a fault of syntax is mostly its echo.
  const first = document.errors.find(({ code }) => code !== 'DUPLICATE_KEY');
  const errors = document.errors.filter((error) => error === first || error.code === 'DUPLICATE_KEY');
  const problems: YamlProblem[] = errors.map(({ pos, message }) => ({
    rule: 'yaml-syntax',
    range: at(Math.min(pos[0], text.length), Math.max(pos[1], wordEnd(text, pos[0]))),
    detail: message,
  }));
  for (const { source, range } of unresolvedAliases(document)) {
    const [from, to] = range ?? document.range;
    problems.push({ rule: 'yaml-syntax', range: at(from, to), detail: `Unresolved alias: ${source}` });
  }
  let value: unknown;
  if (problems.length === 0) {
    try {
      const data: unknown = document.toJS({ maxAliasCount: MAX_ALIAS_COUNT });
      if (heightOf(data, new Map()) > MAX_DEPTH) throw new Error(TOO_DEEP);
      value = data;
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      const [from, to] = document.contents?.range ?? document.range;
      problems.push({ rule: 'yaml-limits', range: at(from, to), detail });
    }
  }
  return { document: new ParsedDocument(document, value, text, at), problems };
}

// The parser points at one character: the word that it begins is easier to see.
function wordEnd(text: string, from: number): number {
  let to = from;
  while (/[\w.-]/.test(text.charAt(to))) to++;
  return to;
}

function unresolvedAliases(document: Document.Parsed): Alias[] {
  const anchors = new Set<string>();
  const found: Alias[] = [];
  visit(document, {
    Alias: (_, alias) => {
      if (!anchors.has(alias.source)) found.push(alias);
    },
    Value: (_, { anchor }) => {
      if (anchor !== undefined) anchors.add(anchor);
    },
  });
  return found;
}

function heightOf(value: unknown, known: Map<object, number>): number {
  if (typeof value !== 'object' || value === null) return 0;
  const seen = known.get(value);
  if (seen !== undefined) return seen;
  known.set(value, Number.POSITIVE_INFINITY);
  const height = 1 + Math.max(0, ...Object.values(value).map((child) => heightOf(child, known)));
  known.set(value, height);
  return height;
}

// Counted here, since the parser's own LineCounter skips a line break after some faults.
function lineStarts(text: string): number[] {
  const starts = [0];
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1)) starts.push(end + 1);
  return starts;
}

function rangeAt(lines: readonly number[], from: number, to: number): Range {
  const position = (offset: number): Position => {
    let [low, high] = [0, lines.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((lines[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low, column: offset - (lines[low] ?? 0) };
  };
  return { start: position(from), end: position(Math.max(from, to)) };
}

interface Found {
  readonly key: Node | undefined;
  readonly value: Node | undefined;
}

// The parser turns the key of a merge into a symbol.
function keyName(value: unknown): string | undefined {
  return typeof value === 'symbol' ? value.description : String(value);
}

class ParsedDocument implements YamlDocument {
  readonly value: unknown;
  readonly #document: Document.Parsed;
  readonly #text: string;
  readonly #at: (from: number, to: number) => Range;

  constructor(
    document: Document.Parsed,
    value: unknown,
    text: string,
    at: (from: number, to: number) => Range,
  ) {
    this.#document = document;
    this.value = value;
    this.#text = text;
    this.#at = at;
  }

  rangeOf(path: Path, options: { readonly key?: boolean } = {}): Range {
    const { found, whole } = this.#walk(path);
    // A missing part is reported on the key that should hold it.
    const preferKey = options.key === true || !whole;
    const node = (preferKey ? found.key : found.value) ?? found.value ?? found.key;
    const [from, to] = node?.range ?? this.#document.contents?.range ?? this.#document.range;
    // Without a key to point at, the first line is enough.
    const first = !whole && found.key === undefined;
    const written = this.#text.slice(from, to);
    const shown = (first ? (written.split('\n')[0] ?? '') : written).trimEnd();
    return this.#at(from, from + shown.length);
  }

  rangeInString(path: Path, from: number, to: number): Range {
    const { found, whole } = this.#walk(path);
    const node = found.value;
    if (whole && isScalar(node)) {
      const start = offsetInScalar(node, this.#text, from);
      const end = offsetInScalar(node, this.#text, to);
      if (start !== undefined && end !== undefined) return this.#at(start, end);
    }
    return this.rangeOf(path);
  }

  #walk(path: Path): { found: Found; whole: boolean } {
    let found: Found = { key: undefined, value: this.#document.contents ?? undefined };
    for (const part of path) {
      const next = this.#step(found.value, part);
      if (!next) return { found, whole: false };
      // An item of a sequence has no key of its own: it stands for itself.
      found = { key: next.key ?? next.value ?? found.key, value: next.value };
    }
    return { found, whole: true };
  }

  #step(from: Node | undefined, part: string | number): Found | undefined {
    const node = this.#resolve(from);
    if (isSeq(node)) {
      const item = typeof part === 'number' ? node.items[part] : undefined;
      return isNode(item) ? { key: undefined, value: item } : undefined;
    }
    if (!isMap(node)) return undefined;
    const pair = this.#pair(node, String(part));
    if (!pair) return undefined;
    return {
      key: isNode(pair.key) ? pair.key : undefined,
      value: isNode(pair.value) ? pair.value : undefined,
    };
  }

  #pair(map: YAMLMap, key: string, depth = 0): Pair | undefined {
    const named = (name: string) =>
      map.items.find((pair) => isPair(pair) && isScalar(pair.key) && keyName(pair.key.value) === name);
    const own = named(key);
    if (own) return own;
    const merged = named('<<')?.value;
    const sources = isSeq(merged) ? merged.items : [merged];
    for (const source of sources) {
      const node = isNode(source) ? this.#resolve(source) : undefined;
      const pair = isMap(node) && depth < MAX_DEPTH ? this.#pair(node, key, depth + 1) : undefined;
      if (pair) return pair;
    }
    return undefined;
  }

  #resolve(node: Node | undefined): Node | undefined {
    return isAlias(node) ? node.resolve(this.#document) : node;
  }
}
