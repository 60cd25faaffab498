/** A piece of an expr-lang expression; offsets are in UTF-16 units. */
export interface Token {
  readonly kind: 'number' | 'string' | 'name' | 'symbol' | 'end';
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** An expression that the language does not allow, with the offset of what is wrong. */
export class ExprError extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

const BLANK = /(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y;
const NUMBER =
  /0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|\.\d[\d_]*(?:[eE][+-]?\d+)?|\d[\d_]*(?:\.(?!\.)[\d_]*)?(?:[eE][+-]?\d+)?/y;
const NAME = /[\p{L}_$][\p{L}\p{N}_$]*/uy;
const SYMBOL = /\*\*|&&|\|\||==|!=|<=|>=|\.\.|\?\.|\?\?|::|[-+*/%^<>!?:.,;|#=()[\]{}]/y;

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0' };

/** Splits an expression into tokens, the last of kind `end`. @throws {ExprError} */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  const push = (kind: Token['kind'], length: number, value?: string) => {
    tokens.push({ kind, text: value ?? text.slice(at, at + length), start: at, end: at + length });
    at += length;
  };
  while (at < text.length) {
    const blank = match(BLANK);
    if (blank) {
      at += blank.length;
      continue;
    }
    const char = text.charAt(at);
    if (char === '"' || char === "'" || char === '`') {
      const { value, length } = readString(text, at);
      push('string', length, value);
      continue;
    }
    const number = match(NUMBER);
    if (number) {
      push('number', number.length);
      if (match(NAME)) throw new ExprError(`bad number syntax: ${number}${text.charAt(at)}`, at);
      continue;
    }
    const name = match(NAME);
    const symbol = name ? undefined : match(SYMBOL);
    if (name) push('name', name.length);
    else if (symbol) push('symbol', symbol.length);
    else throw new ExprError(`unrecognized character: ${char}`, at);
  }
  push('end', 0);
  return tokens;
}

function readString(text: string, start: number): { value: string; length: number } {
  const quote = text.charAt(start);
  let value = '';
  for (let at = start + 1; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === quote) return { value, length: at + 1 - start };
    if (char === '\\' && quote !== '`') {
      at++;
      value += ESCAPES[text.charAt(at)] ?? text.charAt(at);
    } else value += char;
  }
  throw new ExprError('literal not terminated', start);
}
