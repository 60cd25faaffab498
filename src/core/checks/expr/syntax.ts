import { ExprError, type Token, tokenize } from './tokens.ts';

export { ExprError } from './tokens.ts';

/** The tree of an expr-lang expression, the language of Argo's success and failure conditions. */
export type Expr =
  | { readonly kind: 'literal'; readonly value: number | string | boolean | null }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'item'; readonly name: string }
  | { readonly kind: 'unary'; readonly op: string; readonly operand: Expr }
  | { readonly kind: 'binary'; readonly op: string; readonly left: Expr; readonly right: Expr }
  | { readonly kind: 'choice'; readonly test: Expr; readonly yes: Expr; readonly no: Expr }
  | { readonly kind: 'let'; readonly name: string; readonly value: Expr; readonly body: Expr }
  | { readonly kind: 'sequence'; readonly nodes: readonly Expr[] }
  | { readonly kind: 'member'; readonly target: Expr; readonly property: Expr; readonly optional: boolean }
  | { readonly kind: 'slice'; readonly target: Expr; readonly from?: Expr; readonly to?: Expr }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expr[] }
  | { readonly kind: 'method'; readonly target: Expr; readonly args: readonly Expr[] }
  | { readonly kind: 'array'; readonly items: readonly Expr[] }
  | { readonly kind: 'map'; readonly pairs: readonly (readonly [Expr, Expr])[] };

const UNARY: Readonly<Record<string, number>> = { not: 50, '!': 50, '-': 90, '+': 90 };

const BINARY: Readonly<Record<string, number>> = {
  ...{ '|': 0, or: 10, '||': 10, and: 15, '&&': 15 },
  ...{ '==': 20, '!=': 20, '<': 20, '>': 20, '>=': 20, '<=': 20 },
  ...{ in: 20, matches: 20, contains: 20, startsWith: 20, endsWith: 20 },
  ...{ '..': 25, '+': 30, '-': 30, '*': 60, '/': 60, '%': 60, '**': 100, '^': 100, '??': 500 },
};

const COMPARISONS = new Set(['<', '>', '<=', '>=']);
const NEGATABLE = new Set(['contains', 'matches', 'startsWith', 'endsWith', 'in']);
const RIGHT = new Set(['**', '^']);
const RESERVED = new Set(['not', 'in', 'or', 'and', 'matches', 'contains', 'startsWith', 'endsWith', 'let']);

/** Functions whose second argument is a predicate, in which `#` stands for the item. */
const PREDICATES = new Set(
  'all none any one filter map count sum find findIndex findLast findLastIndex groupBy sortBy reduce'.split(
    ' ',
  ),
);

const FUNCTIONS = new Set([
  ...PREDICATES,
  ...(
    'len type abs ceil floor round int float string trim trimPrefix trimSuffix upper lower split splitAfter ' +
    'replace repeat join indexOf lastIndexOf hasPrefix hasSuffix max min mean median toJSON fromJSON toBase64 ' +
    'fromBase64 now duration date timezone first last get take keys values toPairs fromPairs reverse uniq concat ' +
    'flatten sort bitand bitor bitxor bitnand bitnot bitshl bitshr bitushr ' +
    // What Argo Rollouts adds.
    'asInt asFloat isNaN isInf isNil default'
  ).split(' '),
]);

/** What Argo puts in scope besides functions. */
const VARIABLES = new Set(['result', '$env']);

// Deeper than any condition that a person writes; keeps hostile input off the stack's end.
const MAX_DEPTH = 100;

/**
 * Parses an expr-lang expression and checks its names, as Argo's compile step does.
 * @throws {ExprError} at the offset of the first fault
 */
export function parseExpr(text: string): Expr {
  return new Parser(tokenize(text)).parse();
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #locals: string[] = [];
  #at = 0;
  #depth = 0;
  #predicates = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): Expr {
    const node = this.#sequence();
    if (this.#current.kind !== 'end') throw this.#unexpected();
    return node;
  }

  get #current(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '', start: 0, end: 0 };
  }

  #unexpected(token = this.#current): ExprError {
    const what = token.kind === 'end' ? 'unexpected end of expression' : `unexpected token "${token.text}"`;
    return new ExprError(what, token.start);
  }

  #is(text: string): boolean {
    const { kind, text: found } = this.#current;
    return (kind === 'symbol' || kind === 'name') && found === text;
  }

  #skip(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#at++;
    return true;
  }

  #expect(text: string): void {
    if (!this.#skip(text)) throw this.#unexpected();
  }

  #expectName(): Token {
    const token = this.#current;
    if (token.kind !== 'name') throw this.#unexpected();
    this.#at++;
    return token;
  }

  #sequence(): Expr {
    const nodes = [this.#expression(0)];
    while (this.#skip(';') && this.#current.kind !== 'end') nodes.push(this.#expression(0));
    return nodes.length === 1 && nodes[0] ? nodes[0] : { kind: 'sequence', nodes };
  }

  #expression(precedence: number): Expr {
    if (++this.#depth > MAX_DEPTH) throw new ExprError('expression nested too deeply', this.#current.start);
    let left: Expr;
    if (precedence === 0 && this.#is('let')) left = this.#let();
    else if (precedence === 0 && this.#is('if')) left = this.#if();
    else {
      left = this.#operators(this.#primary(), precedence);
      while (precedence === 0 && this.#skip('?')) left = this.#ternary(left);
    }
    this.#depth--;
    return left;
  }

  #operators(first: Expr, precedence: number): Expr {
    let left = first;
    let previous = '';
    for (;;) {
      const start = this.#at;
      const negated = this.#skip('not');
      const { text: op, kind } = this.#current;
      const rank = kind === 'symbol' || kind === 'name' ? BINARY[op] : undefined;
      if (negated && !NEGATABLE.has(op)) throw this.#unexpected();
      if (rank === undefined || rank < precedence) {
        this.#at = start;
        return left;
      }
      if (previous === '??' && op !== '??') {
        throw new ExprError(`"${op}" and "??" cannot be mixed without parentheses`, this.#current.start);
      }
      this.#at++;
      if (op === '|') left = this.#call(this.#expectName(), [left]);
      else if (COMPARISONS.has(op)) left = this.#comparison(left, op, rank);
      else {
        const right = this.#expression(RIGHT.has(op) ? rank : rank + 1);
        left = { kind: 'binary', op, left, right };
        if (negated) left = { kind: 'unary', op: 'not', operand: left };
      }
      previous = op;
    }
  }

  // `0 < x < 1` means `0 < x && x < 1`.
  #comparison(first: Expr, firstOp: string, rank: number): Expr {
    let left = this.#expression(rank + 1);
    let whole: Expr = { kind: 'binary', op: firstOp, left: first, right: left };
    while (this.#current.kind === 'symbol' && COMPARISONS.has(this.#current.text)) {
      const op = this.#current.text;
      this.#at++;
      const right = this.#expression(rank + 1);
      whole = { kind: 'binary', op: '&&', left: whole, right: { kind: 'binary', op, left, right } };
      left = right;
    }
    return whole;
  }

  #ternary(test: Expr): Expr {
    if (this.#skip(':')) return { kind: 'choice', test, yes: test, no: this.#expression(0) };
    const yes = this.#expression(0);
    this.#expect(':');
    return { kind: 'choice', test, yes, no: this.#expression(0) };
  }

  #let(): Expr {
    this.#expect('let');
    const name = this.#expectName().text;
    this.#expect('=');
    const value = this.#expression(0);
    this.#expect(';');
    this.#locals.push(name);
    const body = this.#sequence();
    this.#locals.pop();
    return { kind: 'let', name, value, body };
  }

  #if(): Expr {
    this.#expect('if');
    const test = this.#expression(0);
    const yes = this.#block();
    this.#expect('else');
    return { kind: 'choice', test, yes, no: this.#is('if') ? this.#if() : this.#block() };
  }

  #block(): Expr {
    this.#expect('{');
    const node = this.#sequence();
    this.#expect('}');
    return node;
  }

  #primary(): Expr {
    const token = this.#current;
    const rank = token.kind === 'symbol' || token.kind === 'name' ? UNARY[token.text] : undefined;
    if (rank !== undefined) {
      this.#at++;
      return this.#postfix({ kind: 'unary', op: token.text, operand: this.#expression(rank) });
    }
    if (this.#skip('(')) {
      const node = this.#sequence();
      this.#expect(')');
      return this.#postfix(node);
    }
    if (this.#predicates > 0 && this.#is('.')) return this.#postfix({ kind: 'item', name: '' });
    if (this.#predicates > 0 && this.#skip('#')) {
      const named = this.#current.kind === 'name' && !RESERVED.has(this.#current.text);
      return this.#postfix({ kind: 'item', name: named ? this.#expectName().text : '' });
    }
    if (this.#skip('::')) return this.#postfix(this.#call(this.#expectName(), []));
    return this.#secondary(token);
  }

  #secondary(token: Token): Expr {
    if (this.#is('[')) return this.#postfix({ kind: 'array', items: this.#list('[', ']') });
    if (this.#is('{')) return this.#postfix(this.#map());
    if (token.kind === 'end' || token.kind === 'symbol' || RESERVED.has(token.text)) throw this.#unexpected();
    this.#at++;
    if (token.kind === 'number') return { kind: 'literal', value: Number(token.text.replaceAll('_', '')) };
    if (token.kind === 'string') return this.#postfix({ kind: 'literal', value: token.text });
    if (token.text === 'true' || token.text === 'false')
      return { kind: 'literal', value: token.text === 'true' };
    if (token.text === 'nil') return { kind: 'literal', value: null };
    if (this.#is('(')) return this.#postfix(this.#call(token, []));
    if (!VARIABLES.has(token.text) && !this.#locals.includes(token.text)) {
      throw new ExprError(`unknown name ${token.text}`, token.start);
    }
    return this.#postfix({ kind: 'name', name: token.text });
  }

  #call(name: Token, piped: readonly Expr[]): Expr {
    if (!FUNCTIONS.has(name.text)) throw new ExprError(`unknown name ${name.text}`, name.start);
    const args = [...piped];
    this.#expect('(');
    while (!this.#is(')')) {
      if (args.length > piped.length) {
        this.#expect(',');
        if (this.#is(')')) break;
      }
      const predicate = PREDICATES.has(name.text) && args.length === 1;
      args.push(predicate ? this.#predicate() : this.#expression(0));
    }
    this.#expect(')');
    return { kind: 'call', name: name.text, args };
  }

  #predicate(): Expr {
    this.#predicates++;
    const node = this.#is('{') ? this.#block() : this.#expression(0);
    this.#predicates--;
    return node;
  }

  #list(open: string, close: string): Expr[] {
    const items: Expr[] = [];
    this.#expect(open);
    while (!this.#is(close)) {
      if (items.length > 0) {
        this.#expect(',');
        if (this.#is(close)) break;
      }
      items.push(this.#expression(0));
    }
    this.#expect(close);
    return items;
  }

  #map(): Expr {
    const pairs: [Expr, Expr][] = [];
    this.#expect('{');
    while (!this.#is('}')) {
      if (pairs.length > 0) {
        this.#expect(',');
        if (this.#is('}')) break;
      }
      const { kind, text } = this.#current;
      if (kind === 'symbol' && text !== '(') throw this.#unexpected();
      const key: Expr =
        text === '(' && kind === 'symbol' ? this.#expression(0) : { kind: 'literal', value: text };
      if (key.kind === 'literal' && kind !== 'symbol') this.#at++;
      this.#expect(':');
      pairs.push([key, this.#expression(0)]);
    }
    this.#expect('}');
    return { kind: 'map', pairs };
  }

  #postfix(first: Expr): Expr {
    let node = first;
    for (;;) {
      const optional = this.#is('?.');
      if (optional || this.#is('.')) {
        this.#at++;
        if (optional && this.#is('[')) node = this.#index(node, true);
        else {
          const property: Expr = { kind: 'literal', value: this.#expectName().text };
          node = { kind: 'member', target: node, property, optional };
          if (this.#is('(')) node = { kind: 'method', target: node, args: this.#list('(', ')') };
        }
      } else if (this.#is('[')) node = this.#index(node, false);
      else return node;
    }
  }

  #index(target: Expr, optional: boolean): Expr {
    this.#expect('[');
    const from = this.#is(':') ? undefined : this.#expression(0);
    if (!this.#skip(':')) {
      this.#expect(']');
      return from ? { kind: 'member', target, property: from, optional } : target;
    }
    const to = this.#is(']') ? undefined : this.#expression(0);
    this.#expect(']');
    return { kind: 'slice', target, ...(from && { from }), ...(to && { to }) };
  }
}
