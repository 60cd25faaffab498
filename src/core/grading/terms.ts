import type { Accept } from '../bank/question.ts';
import type { Lang } from '../language.ts';
import { enumerations, SEVERAL_POINTS } from './enumeration.ts';
import { denials, NEGATORS } from './negation.ts';
import {
  groupsOf,
  isContent,
  joined,
  leaning,
  leaningStem,
  NEGATION,
  type Term,
  type Vocabulary,
} from './rubricTerms.ts';
import { isGrammar, languageOf, stemsOf, type Token, tokensOf } from './words.ts';

export { contentWords, fold } from './words.ts';

// Other words of content that may stand between two words of a term: "les valeurs souvent manquantes".
const MOST_BETWEEN = 3;
// Closer when they stand the other way round, and after a negation, which soon denies something else.
const MOST_BETWEEN_TURNED = 1;

// What is said of one thing goes over a sentence or two that follow.
const LONGEST_WINDOW = 3;

// Terms that meet by chance, in sentences about something else, bring few of the point's other words along, the more so
// the further they stand from each other. These bars, like the next, were set on the tune half of the gold set.
const barOf = (span: number) => 0.2 + 0.2 * span;

// So many of a point's words within a few sentences make it, though a group of terms is not met: no list of terms knows
// every way to say a thing.
const MUCH = 1.2;

// A sentence that makes so many points at once is a list of their terms, whatever it puts between them, and sooner so
// when little grammar holds it together: three is the most in the sentences of real answers.
const CRAMMED = 5;
const CRAMMED_BARE = 4;
const BARE = 0.4;

// A word that comes back more often than this tells no more, and would only take time.
const MOST_PLACES = 200;

// A line that is broken in the middle of a sentence is long and goes on in lower case; shorter ones are a list.
const WRAPPED = /(?<=[^\n]{60})\n(?=[ \t]*\p{Ll})/gu;

/** Sentences of a text with their offsets in it; a line break ends one, as in a list. */
export function sentences(text: string): { start: number; end: number; text: string }[] {
  const found: { start: number; end: number; text: string }[] = [];
  const pattern = /[^.!?\n]+(?:[.!?]+(?!\s|$)[^.!?\n]+)*[.!?]*/gu;
  for (const match of text.replace(WRAPPED, ' ').matchAll(pattern)) {
    const start = match.index + (match[0].length - match[0].trimStart().length);
    const length = match[0].trim().length;
    if (length > 0) found.push({ start, end: start + length, text: text.slice(start, start + length) });
  }
  return found;
}

interface Word {
  readonly isGrammar: boolean;
  readonly sentence: number;
  /** The place of the word that denies this one. */
  readonly deniedBy: number | undefined;
  /** The enumeration that it is part of. */
  readonly enumeration: number | undefined;
}

/** Where the words of a term stand, both ends included: two words may meet a term that writes them as one. */
interface Place {
  readonly start: number;
  readonly end: number;
}

/** Where the terms of each group of a point stand. */
type Found = readonly (readonly (readonly (readonly Place[])[])[])[];

/** Where in an answer a point was found: offsets of one sentence or of a few that follow. */
export interface TermMatch {
  readonly start: number;
  readonly end: number;
}

/** A text prepared once, in which the terms of many points are looked for. */
export class TermIndex {
  /** The language that most of it is in. */
  readonly lang: Lang;
  readonly #sentences: readonly { start: number; end: number }[];
  readonly #words: Word[] = [];
  readonly #places = new Map<string, Place[]>();
  /** Places of words that deny others. */
  readonly #deniers = new Set<number>();
  /** Enumerations that claim nothing, and sentences that do not. */
  readonly #empty: Set<number>;
  readonly #crammed = new Set<number>();
  readonly #found = new Map<Accept, Found>();

  /** @param accepts What a rubric looks for, point by point: what names too many points at once claims none. */
  constructor(text: string, accepts: readonly Accept[] = []) {
    const read = sentences(text).filter(({ text: body }) => /\p{L}/u.test(body));
    this.#sentences = read;
    const tokens = read.map(({ text: body }) => tokensOf(body));
    this.lang = languageOf(tokens.flat());
    const listed = enumerations(tokens);
    for (const [sentence, own] of tokens.entries()) this.#add(own, sentence, listed.marks[sentence] ?? []);
    this.#empty = new Set(listed.empty);
    const found = accepts.map((accept) => this.#occurrencesOf(accept));
    for (const number of listed.long) {
      const isNamed = (places: readonly Place[]) => this.#enumerationOf(places) === number;
      if (found.filter((groups) => groups.flat(2).some(isNamed)).length >= SEVERAL_POINTS)
        this.#empty.add(number);
    }
    const made = found.flatMap((variants) => [
      ...new Set(variants.flatMap((groups) => this.#sentencesWith(groups))),
    ]);
    for (const [sentence, own] of tokens.entries()) {
      const points = made.filter((place) => place === sentence).length;
      const words = own.filter(({ isMark }) => !isMark);
      const isBare = words.filter(({ text: word }) => isGrammar(word)).length < BARE * words.length;
      if (points >= (isBare ? CRAMMED_BARE : CRAMMED)) this.#crammed.add(sentence);
    }
  }

  /** Every place where the terms of a point stand, by its groups. */
  #occurrencesOf(accept: Accept): Found {
    const known = this.#found.get(accept);
    if (known) return known;
    // Most terms are not there at all, and most of those lack a word.
    const isThere = (term: Term) => term.every((stems) => stems.some((stem) => this.#places.has(stem)));
    const found = groupsOf(accept).map((groups) =>
      groups.map((group) => group.filter(isThere).flatMap((term) => [...this.#occurrences(term)])),
    );
    this.#found.set(accept, found);
    return found;
  }

  #sentenceOf(places: readonly Place[]): number {
    return this.#words[places[0]?.start ?? -1]?.sentence ?? -1;
  }

  /** The sentences that by themselves hold a term of every group. */
  #sentencesWith(groups: Found[number]): number[] {
    const [first, ...others] = groups.map(
      (group) => new Set(group.map((places) => this.#sentenceOf(places))),
    );
    return [...(first ?? [])].filter((sentence) => others.every((group) => group.has(sentence)));
  }

  /** The enumeration that all these places are part of. */
  #enumerationOf(places: readonly Place[]): number | undefined {
    const number = this.#words[places[0]?.start ?? -1]?.enumeration;
    return places.every(({ end }) => this.#words[end]?.enumeration === number) ? number : undefined;
  }

  #add(tokens: readonly Token[], sentence: number, enumeration: readonly (number | undefined)[]): void {
    const denied = denials(tokens);
    let next = this.#words.length;
    const places = tokens.map((token) => (isContent(token) ? next++ : -1));
    for (const [i, token] of tokens.entries()) {
      const at = places[i] ?? -1;
      if (at < 0) continue;
      const denier = denied[i];
      this.#words.push({
        isGrammar: isGrammar(token.text),
        sentence,
        deniedBy: denier === undefined ? undefined : places[denier],
        enumeration: enumeration[i],
      });
      if (denier !== undefined) this.#deniers.add(places[denier] ?? -1);
      for (const stem of stemsOf(token).all) this.#note(stem, at, at);
      for (const step of [-1, 1] as const) {
        const small = leaning(tokens, i, step);
        if (small === undefined) continue;
        for (const stem of stemsOf(token).all) this.#note(leaningStem(stem, small, step), at, at);
      }
      if (NEGATORS.has(token.text)) this.#note(NEGATION, at, at);
      for (const stem of joined(token, tokens[i + 1])?.all ?? []) this.#note(stem, at, at + 1);
    }
  }

  #note(stem: string, start: number, end: number): void {
    const places = this.#places.get(stem) ?? [];
    if (places.length === 0) this.#places.set(stem, places);
    if (places.length < MOST_PLACES) places.push({ start, end });
  }

  #placesOf(stems: readonly string[]): readonly Place[] {
    return stems.flatMap((stem) => this.#places.get(stem) ?? []);
  }

  /** Whether two places of one sentence have only small words, and few others, between them. */
  #isNear(from: number, to: number, most: number): boolean {
    if (this.#words[from]?.sentence !== this.#words[to]?.sentence) return false;
    let others = 0;
    for (let i = from + 1; i < to && others <= most; i++) if (!this.#words[i]?.isGrammar) others++;
    return others <= most;
  }

  /** Whether what stands there is claimed: not merely listed, and denied at most by negations that the point wants. */
  #isClaimed(places: readonly Place[], wanted: ReadonlySet<number>): boolean {
    const enumeration = this.#enumerationOf(places);
    if (enumeration !== undefined && this.#empty.has(enumeration)) return false;
    if (this.#crammed.has(this.#sentenceOf(places))) return false;
    return places.every(({ start, end }) => {
      for (let i = start; i <= end; i++) {
        const denier = this.#words[i]?.deniedBy;
        if (denier !== undefined && !wanted.has(denier)) return false;
      }
      return true;
    });
  }

  /** The places of a term's words, in order and near each other; a pair may stand the other way round. */
  *#occurrences(term: Term, places: readonly Place[] = []): Generator<readonly Place[]> {
    const wanted = term[places.length];
    const last = places.at(-1);
    if (wanted === undefined) {
      yield places;
      return;
    }
    const isPair = term.length === 2 && !term.some(([stem]) => stem === NEGATION);
    const most = term[places.length - 1]?.[0] === NEGATION ? MOST_BETWEEN_TURNED : MOST_BETWEEN;
    for (const place of this.#placesOf(wanted)) {
      const isNext =
        last === undefined ||
        (place.start > last.end && this.#isNear(last.end, place.start, most)) ||
        (isPair && place.end < last.start && this.#isNear(place.end, last.start, MOST_BETWEEN_TURNED));
      if (isNext) yield* this.#occurrences(term, [...places, place]);
    }
  }

  /** Where the terms of a point stand: the sentences that claim each group, and the negations that are part of a term. */
  #read(accept: Accept): {
    variants: readonly (readonly ReadonlySet<number>[])[];
    wanted: ReadonlySet<number>;
  } {
    const found = this.#occurrencesOf(accept);
    // In "shadow says nothing of the effect" the effect is denied by what one of the terms says.
    const wanted = new Set<number>();
    for (const { start, end } of found.flat(3)) {
      for (let i = start; i <= end; i++) if (this.#deniers.has(i)) wanted.add(i);
    }
    const sentencesOf = (occurrences: readonly (readonly Place[])[]) => {
      const claimed = occurrences.filter((places) => this.#isClaimed(places, wanted));
      return new Set(claimed.map((places) => this.#sentenceOf(places)));
    };
    return { variants: found.map((groups) => groups.map(sentencesOf)), wanted };
  }

  /** What a point's words weigh in each window of the text, as a share of what all of them could. */
  #weights({ words, size }: Vocabulary, wanted: ReadonlySet<number>): number[] {
    const weights = this.#sentences.map(() => 0);
    for (const { stems, weight } of words) {
      const windows = new Set<number>();
      for (const place of this.#placesOf(stems)) {
        if (!this.#isClaimed([place], wanted)) continue;
        const sentence = this.#words[place.start]?.sentence ?? 0;
        for (let i = 0; i < LONGEST_WINDOW; i++) windows.add(Math.max(0, sentence - i));
      }
      for (const window of windows) weights[window] = (weights[window] ?? 0) + weight / size;
    }
    return weights;
  }

  /** The first sentences, as few as can be, in which every group of `accept` is met. */
  find(accept: Accept): TermMatch | undefined {
    return this.#firstOf(this.#read(accept).variants, () => true);
  }

  #firstOf(
    variants: readonly (readonly ReadonlySet<number>[])[],
    isEnough: (from: number, span: number) => boolean,
  ): TermMatch | undefined {
    for (let span = 1; span <= LONGEST_WINDOW; span++) {
      for (let from = 0; from + span <= this.#sentences.length; from++) {
        const window = Array.from({ length: span }, (_, i) => from + i);
        const isMet = variants.some((groups) => groups.every((met) => window.some((i) => met.has(i))));
        if (isMet && isEnough(from, span)) return this.#span(from, span);
      }
    }
    return undefined;
  }

  #span(from: number, span: number): TermMatch | undefined {
    const first = this.#sentences[from];
    const last = this.#sentences.slice(from, from + span).at(-1);
    return first && last && { start: first.start, end: last.end };
  }

  /** Where a point is claimed: by all its groups of terms and some of its words, or by much of its words. */
  claim(accept: Accept, vocabulary: Vocabulary): TermMatch | undefined {
    const { variants, wanted } = this.#read(accept);
    const weights = this.#weights(vocabulary, wanted);
    const around = (from: number) =>
      Math.max(...weights.slice(Math.max(0, from - LONGEST_WINDOW + 1), from + 1));
    const found = this.#firstOf(variants, (from, span) => around(from) >= barOf(span));
    if (found) return found;
    const most = weights.reduce((best, weight) => Math.max(best, weight), 0);
    return most >= MUCH ? this.#span(weights.indexOf(most), LONGEST_WINDOW) : undefined;
  }
}
