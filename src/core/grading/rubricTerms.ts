import type { Accept, Point } from '../bank/question.ts';
import type { Lang } from '../language.ts';
import { NEGATORS } from './negation.ts';
import { isFiller, isGrammar, type Stems, stemsOf, type Token, tokensOf } from './words.ts';

/** Stands in a term for any word that says "not". */
export const NEGATION = '¬';

/** The words of a term; each is met by any of its stems. */
export type Term = readonly (readonly string[])[];

/** Every group must be met, through any of its terms. */
export type Groups = readonly (readonly Term[])[];

/** The words by which a point is spoken of, each with what it weighs, and the size of them all. */
export interface Vocabulary {
  readonly words: readonly { readonly stems: readonly string[]; readonly weight: number }[];
  readonly size: number;
}

/** A word of content, which a term cannot do without. */
export function isContent({ text, isMark }: Token): boolean {
  return !isMark && !isFiller(text);
}

/** The stems of two words written as one, if they can be: data set and dataset, ré-entraîner and réentraîner. */
export function joined(first: Token | undefined, second: Token | undefined): Stems | undefined {
  const isJoinable = (token: Token | undefined): token is Token =>
    token !== undefined && isContent(token) && /^\p{L}+$/u.test(token.text);
  if (!isJoinable(first) || !isJoinable(second)) return undefined;
  return stemsOf({ text: first.text + second.text, accented: first.accented + second.accented });
}

// These stand before any noun or verb, and so tell nothing of it.
const ARTICLES = new Set('le la les l un une des du de d the a an se s ne n'.split(' '));

/** The small word that a word leans on, before it or after it: "en parallèle", "at that time", "depends on". */
export function leaning(tokens: readonly Token[], at: number, step: 1 | -1): string | undefined {
  let i = at + step;
  while (ARTICLES.has(tokens[i]?.text ?? '')) i += step;
  const token = tokens[i];
  return token && !token.isMark && isFiller(token.text) ? token.text : undefined;
}

/** The stem of a word together with the small word that it leans on. */
export const leaningStem = (stem: string, small: string, step: 1 | -1) =>
  step < 0 ? `${small} ${stem}` : `${stem} ${small}`;

/** What a point looks for, made ready once. */
interface Compiled {
  /** In one list or, when the languages group their terms differently, in one for each. */
  readonly groups: readonly Groups[];
  readonly words: readonly (readonly string[])[];
}

// Words by which a point may be known; those of grammar are everywhere.
const isTelling = (token: Token) => isContent(token) && !isGrammar(token.text);

function compile(accept: Accept): Compiled {
  const words: (readonly string[])[] = [];
  const termsOf = (text: string, lang: Lang): Term[] => {
    const tokens = tokensOf(text).filter((token) => !token.isMark);
    for (const token of tokens) if (isTelling(token)) words.push(stemsOf(token)[lang]);
    const term = tokens
      .filter(isContent)
      .map((token) => (NEGATORS.has(token.text) ? [NEGATION] : stemsOf(token)[lang]));
    const asOne = tokens.length === 2 ? joined(tokens[0], tokens[1]) : undefined;
    if (asOne) return [term, [asOne[lang]]];
    const [only, second] = term;
    if (only === undefined || only[0] === NEGATION) return second ? [term] : [];
    if (second) return [term];
    // With one word of content, what tells the term from that word alone is the small word beside it.
    const at = tokens.findIndex(isContent);
    const steps = ([-1, 1] as const).flatMap((step) => {
      const small = leaning(tokens, at, step);
      return small === undefined ? [] : [only.map((stem) => leaningStem(stem, small, step))];
    });
    return [[steps[0] ?? only]];
  };
  const groupsIn = (lang: Lang): Groups =>
    accept[lang].map((group) => group.flatMap((term) => termsOf(term, lang)));
  const [fr, en] = [groupsIn('fr'), groupsIn('en')];
  // Groups that stand at the same place in both languages say the same thing, so an answer may mix them.
  const groups = fr.length === en.length ? [fr.map((group, i) => [...group, ...(en[i] ?? [])])] : [fr, en];
  return { groups, words };
}

const knownTerms = new WeakMap<Accept, Compiled>();

function compiledOf(accept: Accept): Compiled {
  const found = knownTerms.get(accept) ?? compile(accept);
  knownTerms.set(accept, found);
  return found;
}

export function groupsOf(accept: Accept): readonly Groups[] {
  return compiledOf(accept).groups;
}

// A word that other points of the rubric share tells little of this one, so it weighs less.
function weigh(points: readonly Point[], lang: Lang): Map<string, Vocabulary> {
  const own = points.map(({ id, statement, accept }) => {
    const said = tokensOf(statement[lang])
      .filter(isTelling)
      .map((token) => stemsOf(token)[lang]);
    const words = [...said, ...(accept ? compiledOf(accept).words : [])];
    return { id, words: new Map(words.map((stems) => [stems.join(), stems])) };
  });
  const pointsWith = new Map<string, number>();
  for (const { words } of own) {
    for (const stem of new Set([...words.values()].flat()))
      pointsWith.set(stem, (pointsWith.get(stem) ?? 0) + 1);
  }
  return new Map(
    own.map(({ id, words }) => {
      const weighed = [...words.values()].map((stems) => {
        const shared = Math.max(...stems.map((stem) => pointsWith.get(stem) ?? 1));
        return { stems, weight: Math.log((points.length + 1) / shared) };
      });
      return [id, { words: weighed, size: Math.sqrt(weighed.reduce((sum, { weight }) => sum + weight, 0)) }];
    }),
  );
}

const knownVocabularies: Readonly<Record<Lang, WeakMap<readonly Point[], Map<string, Vocabulary>>>> = {
  fr: new WeakMap(),
  en: new WeakMap(),
};

/** The vocabulary of each point of a rubric for an answer in a language: the words of its statement and its terms. */
export function vocabulariesOf(points: readonly Point[], lang: Lang): ReadonlyMap<string, Vocabulary> {
  const found = knownVocabularies[lang].get(points) ?? weigh(points, lang);
  knownVocabularies[lang].set(points, found);
  return found;
}
