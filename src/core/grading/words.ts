import { stemmer as stemEnglish } from '@orama/stemmers/english';
import { stemmer as stemFrench } from '@orama/stemmers/french';
import type { Lang } from '../language.ts';

const set = (words: string): ReadonlySet<string> => new Set(words.split(' '));

// Words that carry no content: they may stand between the words of a term.
const FILLERS = set(
  'a an the of to in on for and or with by at as is are be it its this that your our their we you i ' +
    'le la les l un une des du de d et ou au aux en dans sur pour par avec ce cet cette ces qui que qu se s ' +
    'son sa ses leur leurs nos notre vos votre je j tu il elle on nous vous ils elles est sont y ne n',
);

// Words of grammar beside the fillers: they may be part of a term ("not before"), and cost nothing between its words.
const GRAMMAR: Readonly<Record<Lang, ReadonlySet<string>>> = {
  fr: set(
    'ai as a avons avez ont avait avaient aura aurait ayant eu ete etait etaient sera seront serait soit soient ' +
      'etre avoir fait faire faut faudrait peut peuvent pouvoir pourrait doit doivent devoir devrait va vont aller ' +
      'me m te t lui eux moi soi mon ma mes ton ta tes celui celle ceux celles cela ca c ceci dont quel quelle quels ' +
      'quelles chaque tout toute tous toutes meme memes autre autres plusieurs quelques certains certaines aussi ' +
      'bien tres trop peu encore deja toujours souvent parfois alors donc puis ensuite enfin car si comme mais ' +
      'sinon lorsque quand parce avant apres pendant depuis entre vers chez contre sous selon sans plus moins ' +
      'pas jamais rien aucun aucune ni non ici voila disons vraiment juste seulement afin ainsi',
  ),
  en: set(
    'am was were been being has have had having do does did doing done can could should would will shall may might ' +
      'must ll ve re d m t s he she they them him her his my me mine us who whom whose which what where when why how ' +
      'each every all both any some such same other another more most less least very too also just only even ' +
      'still already always often then than so because since if but while although though after before during ' +
      'from into onto over under between against without within about not no never nor there here these those ' +
      'well really quite rather get gets got let lets up out off',
  ),
};

/** A word or a mark of a text, in the order in which they are written. */
export interface Token {
  /** Folded: lower case, without accents. */
  readonly text: string;
  /** Lower case, with its accents: a stemmer needs them, and `où` is not `ou`. */
  readonly accented: string;
  readonly isMark: boolean;
}

// Most words have nothing to fold but their case.
const PLAIN = /^[\w ']*$/;

/** Accents, case, ligatures and typographic apostrophes folded, for comparing only. */
export function fold(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase();
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/œ/gi, 'oe')
    .replace(/æ/gi, 'ae')
    .replace(/[’ʼ`]/g, "'")
    .toLowerCase();
}

// A formula is one word: as words of its own the `y` of P(Y|X) would be a filler, and the formula P(X).
const TOKEN =
  /\bp\s?\(\s*\p{L}\s*(?:(?:\\?[|∣/]|sachant|given)\s*\p{L}\s*)?\)|\ba\s?\/\s?b\b|\bn\s?[-+]\s?\d\b|[\p{L}\p{N}]+(?:[.,]\p{N}+)*|[-=]>|[.,;:!?()[\]{}|–→=<>/+•·]/giu;

const FORMULA = /^p\s?\(\s*(\p{L})\s*(?:(?:\\?[|∣/]|sachant|given)\s*(\p{L})\s*)?\)$/iu;

const CONTRACTED = /\b(can|won|shan)'t\b|\b(\p{L}+)n't\b|\bcannot\b/giu;
const WHOLE: Readonly<Record<string, string>> = { can: 'can not', won: 'will not', shan: 'shall not' };

// Written in haste, without the apostrophe. `dont` is left out: it is a French word.
const HASTY = set(
  'doesnt didnt isnt arent wasnt werent wont cant couldnt shouldnt wouldnt hasnt havent hadnt',
);

// The bound of what is remembered of words: they come back in every answer, and a hostile text has no end of them.
const MOST_KNOWN = 20_000;

function remember<T>(known: Map<string, T>, key: string, value: T): T {
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(key, value);
  return value;
}

const knownTokens = new Map<string, readonly Token[]>();

const word = (text: string): Token => ({ text, accented: text, isMark: false });

/** One word or mark as it was found; more than one when a negation is written with its verb. */
function tokensIn(found: string): readonly Token[] {
  const known = knownTokens.get(found);
  if (known) return known;
  const isMark = !/[\p{L}\p{N}]/u.test(found);
  const formula = FORMULA.exec(found);
  const written = formula
    ? `p(${[formula[1], formula[2]].filter(Boolean).join('|')})`
    : found
        .replace(/^(a)\s?\/\s?(b)$/i, '$1$2')
        .replace(/(?<=^n)\s|\s(?=\d$)/gi, '')
        .replace(',', isMark ? ',' : '.');
  const accented = written.replace(/œ/gi, 'oe').toLowerCase();
  const text = fold(accented);
  const tokens = HASTY.has(text) ? [word(text.slice(0, -2)), word('not')] : [{ text, accented, isMark }];
  return remember(knownTokens, found, tokens);
}

// Most terms are plain words, which need none of what follows.
const SIMPLE = /^(?!.*\b(?:as of|cannot)\b)\p{Ll}+(?: \p{Ll}+)*$/u;

/** The words and marks of a text; a dash counts as a mark only between spaces. */
export function tokensOf(text: string): Token[] {
  if (SIMPLE.test(text)) return text.split(' ').flatMap(tokensIn);
  const plain = text
    .normalize('NFKC')
    .replace(/[’ʼ`]/g, "'")
    .replace(/(?<=\s)[-–—]+(?=\s)/g, '–')
    .replace(/(?<=\p{L})-(?=\p{L})|(?<=[\p{L}\p{N}])\.(?=\p{L})/gu, ' ')
    .replace(/\bas of\b/gi, 'asof')
    .replace(CONTRACTED, (_all, odd?: string, verb?: string) =>
      odd ? (WHOLE[odd.toLowerCase()] ?? odd) : verb ? `${verb} not` : 'can not',
    );
  return [...plain.matchAll(TOKEN)].flatMap(([found]) => tokensIn(found));
}

// Enough to tell the language of a text; words that both languages have are left out.
const TELLING: Readonly<Record<Lang, ReadonlySet<string>>> = {
  fr: set(
    'le la les l un une des du de d et est sont je j il elle nous vous ce c qui que qu pour dans pas ne n y au aux',
  ),
  en: set('the an of to and is are i we you it this that with for not do does if was have in by when so'),
};

/** The language that most of the words are in; French when nothing tells. */
export function languageOf(tokens: readonly Token[]): Lang {
  const count = (lang: Lang) => tokens.filter(({ text }) => TELLING[lang].has(text)).length;
  return count('fr') >= count('en') ? 'fr' : 'en';
}

/** Whether a word carries no content at all. */
export function isFiller(text: string): boolean {
  return FILLERS.has(text);
}

/** Whether a word serves the grammar of a sentence, in either language. */
export function isGrammar(text: string): boolean {
  return FILLERS.has(text) || GRAMMAR.fr.has(text) || GRAMMAR.en.has(text);
}

// English writes `decay` and `deploying`, which the stemmer ends in `y` and `i`.
const english = (text: string) => stemEnglish(text).replace(/y$/, 'i');

/** The stems of a word in each language, marked with it. */
export type Stems = Readonly<Record<Lang, readonly string[]>> & { readonly all: readonly string[] };

const knownStems = new Map<string, Stems>();

/**
 * The stems of a word. A French one has several when its accents matter: `bloquée` meets `bloquer` by its accents, and
 * `bloquee`, written in haste, by those that it lacks.
 */
export function stemsOf({ text, accented }: Pick<Token, 'text' | 'accented'>): Stems {
  return knownStems.get(accented) ?? remember(knownStems, accented, stem(text, accented));
}

function stem(text: string, accented: string): Stems {
  // Words of two letters are codes (ms, ks, ab), not inflected words; so is whatever holds a digit or a sign.
  if (text.length < 3 || /[^\p{L}]/u.test(text)) {
    const code = [`=${text}`];
    return { fr: code, en: code, all: code };
  }
  const spellings = new Set([accented, text, text.replace(/ee?(?=s?$)/, 'é')]);
  if (/ees?$/.test(text)) spellings.add(text.replace(/ee(?=s?$)/, 'ée'));
  const fr = [...new Set([...spellings].map((spelling) => `fr:${fold(stemFrench(spelling))}`))];
  const en = [`en:${english(text)}`];
  return { fr, en, all: [...fr, ...en] };
}

/** The words of a text, folded, for comparing them one by one. */
export function foldedWords(text: string): string[] {
  return fold(text).match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Number of words that carry content, the measure of "too short to grade". */
export function contentWords(text: string): number {
  return foldedWords(text).filter((found) => !FILLERS.has(found)).length;
}
