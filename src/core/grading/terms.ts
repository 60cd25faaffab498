import { stemmer as stemEnglish } from '@orama/stemmers/english';
import { stemmer as stemFrench } from '@orama/stemmers/french';
import type { TermGroups } from '../bank/question.ts';
import type { Lang } from '../language.ts';

// Words that carry no content: they may stand between the words of a term.
const FILLERS = new Set(
  (
    'a an the of to in on for and or with by at as is are be it its this that your our their we you i ' +
    'le la les l un une des du de d et ou au aux en dans sur pour par avec ce cet cette ces qui que qu se s ' +
    'son sa ses leur leurs nos notre vos votre je j tu il elle on nous vous ils elles est sont y'
  ).split(' '),
);

// A term right after one of these, or broken by one, is denied rather than said.
const NEGATIONS = new Set('not never no without cannot t nor pas jamais aucun aucune sans ni'.split(' '));

// Words of two letters are codes (ms, ks, ab), not inflected words.
const stemmed = (stemmer: (word: string) => string) => (word: string) =>
  word.length > 2 ? stemmer(word) : word;

const STEM: Readonly<Record<Lang, (word: string) => string>> = {
  fr: stemmed(stemFrench),
  en: stemmed(stemEnglish),
};

interface Word {
  readonly isNegation: boolean;
  readonly fr: string;
  readonly en: string;
}

/** Accents, case, ligatures and typographic apostrophes folded, for comparing only. */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/œ/gi, 'oe')
    .replace(/æ/gi, 'ae')
    .replace(/[’ʼ`]/g, "'")
    .toLowerCase();
}

function wordsOf(text: string): string[] {
  return (fold(text).match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => !FILLERS.has(word));
}

function stems(text: string): Word[] {
  return wordsOf(text).map((word) => ({
    isNegation: NEGATIONS.has(word),
    fr: STEM.fr(word),
    en: STEM.en(word),
  }));
}

/** Sentences of a text with their offsets in it; a line break ends one, as in a list. */
export function sentences(text: string): { start: number; end: number; text: string }[] {
  const found: { start: number; end: number; text: string }[] = [];
  const pattern = /[^.!?\n]+(?:[.!?]+(?!\s|$)[^.!?\n]+)*[.!?]*/gu;
  for (const match of text.matchAll(pattern)) {
    const start = match.index + (match[0].length - match[0].trimStart().length);
    const body = match[0].trim();
    if (body.length > 0) found.push({ start, end: start + body.length, text: body });
  }
  return found;
}

// A term is found when its stems follow each other, with at most one other word between two of them and
// no negation in between or right before.
function contains(words: readonly Word[], term: readonly Word[], lang: Lang): boolean {
  const first = term[0];
  if (first === undefined) return false;
  for (let start = 0; start < words.length; start++) {
    if (words[start]?.[lang] !== first[lang] || words[start - 1]?.isNegation) continue;
    let at = start;
    const rest = term.slice(1).every((wanted) => {
      const reach = words[at + 1]?.isNegation ? [at + 1] : [at + 1, at + 2];
      const next = reach.find((i) => words[i]?.[lang] === wanted[lang]);
      if (next === undefined) return false;
      at = next;
      return true;
    });
    if (rest) return true;
  }
  return false;
}

interface CompiledGroups {
  readonly groups: readonly (readonly { readonly lang: Lang; readonly words: readonly Word[] }[])[];
}

// Groups that stand at the same place in both languages say the same thing, so an answer may mix them.
function compile(accept: Readonly<Record<Lang, TermGroups>>): CompiledGroups[] {
  const compiled = (lang: Lang) =>
    accept[lang].map((group) => group.map((term) => ({ lang, words: stems(term) })));
  const [fr, en] = [compiled('fr'), compiled('en')];
  if (fr.length === en.length) return [{ groups: fr.map((group, i) => [...group, ...(en[i] ?? [])]) }];
  return [{ groups: fr }, { groups: en }];
}

/** Where in an answer the terms of a point were found: offsets of one sentence or of two that follow. */
export interface TermMatch {
  readonly start: number;
  readonly end: number;
}

/** A text prepared once, in which the terms of many points are looked for. */
export class TermIndex {
  readonly #sentences: readonly { start: number; end: number; words: readonly Word[] }[];

  constructor(text: string) {
    this.#sentences = sentences(text).map(({ start, end, text: body }) => ({
      start,
      end,
      words: stems(body),
    }));
  }

  /** The first sentence, or pair of sentences, in which every group of `accept` is met. */
  find(accept: Readonly<Record<Lang, TermGroups>>): TermMatch | undefined {
    const variants = compile(accept);
    for (const span of [1, 2]) {
      for (let i = 0; i + span <= this.#sentences.length; i++) {
        const window = this.#sentences.slice(i, i + span);
        const words = window.flatMap((sentence) => sentence.words);
        const met = variants.some(({ groups }) =>
          groups.every((group) => group.some((term) => contains(words, term.words, term.lang))),
        );
        const [first, last] = [window[0], window.at(-1)];
        if (met && first && last) return { start: first.start, end: last.end };
      }
    }
    return undefined;
  }
}

/** Number of words that carry content, the measure of "too short to grade". */
export function contentWords(text: string): number {
  return wordsOf(text).length;
}
