import type { Evidence } from './grade.ts';
import type { Span } from './injection.ts';
import type { Normalised } from './normalise.ts';
import { toOriginal } from './normalise.ts';
import { fold } from './terms.ts';

interface Token {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

function tokens(text: string): Token[] {
  return [...text.matchAll(/[\p{L}\p{N}]+/gu)].map((match) => ({
    word: fold(match[0]),
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/**
 * Words that a quote needs. By chance, a run of four words of one answer stands in another answer to the
 * same question in 1.8 % of cases, a run of two in 10.7 %. Short answers and code cannot offer four.
 */
function fewestWords(answer: readonly Token[], isCode: boolean): number {
  return isCode || answer.length < 15 ? 2 : 4;
}

/** Share of a quote's words that must stand in the answer, in their order and close together. */
const LIKENESS = 0.85;

/** Quotes longer than this are found word for word or not at all. */
const LONGEST_LOOSE = 120;

/** A text of the answer: a file, or the answer document under ''. */
export interface AnswerText {
  readonly file: string;
  readonly original: string;
  readonly normalised: Normalised;
  /** Passages that are addressed to the grader: no quote may lie there. */
  readonly setAside: readonly Span[];
}

export type Found =
  | { readonly kind: 'found'; readonly evidence: Evidence }
  /** It is there, but in a passage that is addressed to the grader. */
  | { readonly kind: 'set_aside' }
  | { readonly kind: 'absent' };

/** An answer in which quotes are looked for. */
export class EvidenceIndex {
  readonly #texts: readonly (AnswerText & { readonly tokens: readonly Token[] })[];
  readonly #isCode: boolean;

  constructor(texts: readonly AnswerText[], isCode: boolean) {
    this.#texts = texts.map((text) => ({ ...text, tokens: tokens(text.normalised.text) }));
    this.#isCode = isCode;
  }

  /**
   * The passage that a quote names: the same words in the same order, whatever their case, accents and
   * punctuation; failing that, most of its words in a window little longer than itself. What is returned
   * is the candidate's own text, never the grader's.
   */
  find(quote: string): Found {
    const written = quote.normalize('NFKC');
    // Dots may be the candidate's own. Where a grader has shortened with them, the longest piece is shown.
    const whole = tokens(written);
    const [longest = []] = written
      .split(/\.{3}|\[\.{3}\]|…/)
      .map(tokens)
      .sort((a, b) => b.length - a.length);
    let isSetAside = false;
    for (const [look, wanted] of [
      [exactly, whole],
      [exactly, longest],
      [loosely, longest],
    ] as const) {
      for (const text of this.#texts) {
        const needed = Math.min(fewestWords(text.tokens, this.#isCode), text.tokens.length);
        if (wanted.length === 0 || wanted.length < needed) continue;
        for (const [first, last] of look(text.tokens, wanted)) {
          const span = { start: first.start, end: last.end };
          if (text.setAside.some((aside) => aside.start < span.end && span.start < aside.end)) {
            isSetAside = true;
            continue;
          }
          return { kind: 'found', evidence: passage(text, span) };
        }
      }
    }
    return { kind: isSetAside ? 'set_aside' : 'absent' };
  }
}

/** A span of a normalised text as the candidate wrote it. */
export function passage(text: Pick<AnswerText, 'file' | 'original' | 'normalised'>, span: Span): Evidence {
  const { start, end } = toOriginal(text.normalised, span.start, span.end);
  return { file: text.file, start, end, quote: text.original.slice(start, end) };
}

type Range = readonly [first: Token, last: Token];

function* exactly(answer: readonly Token[], wanted: readonly Token[]): Generator<Range> {
  for (let i = 0; i + wanted.length <= answer.length; i++) {
    if (!wanted.every((token, k) => answer[i + k]?.word === token.word)) continue;
    const [first, last] = [answer[i], answer[i + wanted.length - 1]];
    if (first && last) yield [first, last];
  }
}

// Best windows first; a window begins and ends with a word of the quote.
function* loosely(answer: readonly Token[], wanted: readonly Token[]): Generator<Range> {
  if (wanted.length > LONGEST_LOOSE || wanted.length < 4) return;
  const needed = Math.ceil(wanted.length * LIKENESS);
  const reach = Math.ceil(wanted.length / LIKENESS);
  const words = new Set(wanted.map(({ word }) => word));
  const found: { range: Range; common: number }[] = [];
  for (let i = 0; i < answer.length; i++) {
    if (!words.has(answer[i]?.word ?? '')) continue;
    const window = answer.slice(i, i + reach);
    if (window.filter(({ word }) => words.has(word)).length < needed) continue;
    const { common, end } = commonSubsequence(window, wanted);
    const [first, last] = [window[0], window[end]];
    if (common >= needed && first && last) found.push({ range: [first, last], common });
  }
  const length = ([first, last]: Range) => last.end - first.start;
  found.sort((a, b) => b.common - a.common || length(a.range) - length(b.range));
  for (const { range } of found) yield range;
}

/** Length of the longest common subsequence of words, and the last word of the window that it needs. */
function commonSubsequence(
  window: readonly Token[],
  wanted: readonly Token[],
): { common: number; end: number } {
  let row = new Array<number>(wanted.length + 1).fill(0);
  let [common, end] = [0, 0];
  for (const [i, token] of window.entries()) {
    const next = [0];
    for (const [k, other] of wanted.entries()) {
      next.push(token.word === other.word ? (row[k] ?? 0) + 1 : Math.max(row[k + 1] ?? 0, next[k] ?? 0));
    }
    row = next;
    const length = row[wanted.length] ?? 0;
    if (length > common) [common, end] = [length, i];
  }
  return { common, end };
}
