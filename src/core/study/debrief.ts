import type { BankEntry, Point, Question } from '../bank/question.ts';
import { fold, isGrammar } from '../grading/words.ts';
import type { Lang, Localized } from '../language.ts';
import { OWN_TRACK, type OwnQuestion } from '../store/events.ts';
import { type Day, isDay } from './day.ts';

/** What the candidate noted of a real interview. */
export interface DebriefNotes {
  /** Empty when it was not told. */
  readonly employer: string;
  /** Nothing when no day stands there, or none that exists. */
  readonly date: Day | undefined;
  readonly asked: readonly {
    readonly text: string;
    /** What a good answer holds; may be empty. */
    readonly expected: readonly string[];
  }[];
}

const HEADING = /^ {0,3}#\s+(.*?)\s*#*$/;
const DATE = /^\s*date\s*:\s*(\d{4}-\d{2}-\d{2})\s*$/i;
const ITEM = /^(\s*)(?:[-*+]|\d{1,3}[.)])(?:\s+(?:\[[ x]\](?:\s+|$))?(.*))?$/i;
const RULE = /^\s*([-*_])(?:\s*\1){2,}\s*$/;
const FENCE = /^\s*(?:```|~~~)/;

/** A list that is indented by so many columns more than its item lies inside of it. */
const NESTED = 2;

/**
 * Reads notes in Markdown: the first heading is the employer, a line `Date: 2026-11-20` the day, each item of a list
 * a question, and the items inside it what a good answer holds. Comments, code and any other text are passed over.
 */
export function readDebrief(markdown: string): DebriefNotes {
  let employer: string | undefined;
  let date: Day | undefined;
  const asked: { text: string; expected: string[] }[] = [];
  // The question at hand, and where its item begins; an empty item keeps the ones inside it from the question before.
  let question: (typeof asked)[number] | undefined;
  let column = Number.POSITIVE_INFINITY;
  for (const line of linesOf(markdown)) {
    employer ??= HEADING.exec(line)?.[1] || undefined;
    const day = DATE.exec(line)?.[1] ?? '';
    if (isDay(day)) date ??= day;
    const item = ITEM.exec(line);
    if (!item) continue;
    const [, indent = '', written = ''] = item;
    const text = written.trim();
    if (indent.length >= column + NESTED) {
      if (text !== '') question?.expected.push(text);
      continue;
    }
    column = indent.length;
    question = text === '' ? undefined : { text, expected: [] };
    if (question) asked.push(question);
  }
  return { employer: employer ?? '', date, asked };
}

// Without comments and code, with four columns for a tab, and what an item says on one line.
function linesOf(markdown: string): string[] {
  const lines: string[] = [];
  let isCode = false;
  const told = markdown.replace(/^\uFEFF/, '').replace(/<!--.*?(?:-->|$)/gs, '');
  for (const written of told.split(/\r\n|\r|\n/)) {
    const line = written.replaceAll('\t', '    ');
    if (FENCE.test(line)) isCode = !isCode;
    const before = lines.at(-1) ?? '';
    if (isCode || FENCE.test(line) || RULE.test(line)) lines.push('');
    else if (ITEM.test(before) && /^\s+\S/.test(line) && !ITEM.test(line))
      lines[lines.length - 1] = `${before} ${line.trim()}`;
    else lines.push(line);
  }
  return lines;
}

/** An entry of the bank with the texts that tell what it asks. */
export interface Candidate {
  readonly id: string;
  /** Titles, prompts and tags, in both languages. */
  readonly texts: readonly string[];
}

/** The stems of a word in lower case, with its accents: words that share one are forms of each other. */
export type Stems = (word: string) => readonly string[];

const MOST_MATCHES = 3;

/** Cosine from which on two texts ask the same; the tests of this file hold what was measured. */
const ALIKE = 0.15;

/** One word in common is chance, unless it is the only one. */
const LEAST_COMMON = 2;

/** How a question is told of, and not what it asks; folded. */
const FRAME = new Set(
  (
    'ask asked asking asks question questions interviewer interview candidate tell told say said explain describe ' +
    'talk walk want wanted wants know about please give gave example difference like would something thing things go ' +
    'demande demandee demander demandait entretien recruteur candidat parlez parler raconter racontez dire dites ' +
    'expliquer expliquez expliquait decrire decrivez voulait voulu savoir donner donnez exemple chose quoi comment ' +
    'pourquoi'
  ).split(' '),
);

/** As one notes it down, and as the bank writes it. */
const SHORT: Readonly<Record<string, string>> = { prod: 'production' };

/**
 * Ids of the entries that ask the same as a text, or close to it: at most three, the closest first. Words are compared
 * by their stems, and count for more the fewer entries hold them.
 */
export function matchesOf(text: string, candidates: readonly Candidate[], stems: Stems): string[] {
  const documents = candidates.map(({ id, texts }) => ({
    id,
    counts: countsOf(texts.flatMap(wordsOf), stems),
  }));
  const holders = new Map<string, number>();
  for (const { counts } of documents)
    for (const stem of counts.keys()) holders.set(stem, (holders.get(stem) ?? 0) + 1);
  const weigh = (counts: ReadonlyMap<string, number>) =>
    new Map(
      [...counts].map(([stem, count]) => {
        // A stem that no entry holds is rarer than one that a single entry holds.
        const rarity = Math.log((candidates.length + 1) / (holders.get(stem) ?? 0.5));
        return [stem, (1 + Math.log(count)) * rarity];
      }),
    );

  const words = [...new Set(wordsOf(text))];
  const weights = weigh(countsOf(words, stems));
  const scored = documents.flatMap(({ id, counts }) => {
    const common = words.filter((word) => stems(word).some((stem) => counts.has(stem))).length;
    if (common === 0 || common < Math.min(LEAST_COMMON, words.length)) return [];
    const score = cosine(weights, weigh(counts));
    return score < ALIKE ? [] : [{ id, score }];
  });
  return scored
    .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
    .slice(0, MOST_MATCHES)
    .map(({ id }) => id);
}

function wordsOf(text: string): string[] {
  const words =
    text
      .normalize('NFC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  return words
    .filter((word) => {
      const folded = fold(word);
      return folded.length > 1 && !isGrammar(folded) && !FRAME.has(folded);
    })
    .map((word) => (Object.hasOwn(SHORT, word) ? (SHORT[word] ?? word) : word));
}

function countsOf(words: readonly string[], stems: Stems): Map<string, number> {
  const counts = new Map<string, number>();
  for (const stem of words.flatMap((word) => stems(word))) counts.set(stem, (counts.get(stem) ?? 0) + 1);
  return counts;
}

function cosine(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  let dot = 0;
  for (const [stem, weight] of a) dot += weight * (b.get(stem) ?? 0);
  return dot === 0 ? 0 : dot / (Math.hypot(...a.values()) * Math.hypot(...b.values()));
}

/** How long a question of an interview is answered, in minutes, while nobody has said. */
const OWN_MINUTES = 3;

const LONGEST_TITLE = 60;

/** Without anything noted of a good answer there is one thing to decide. */
const CONVINCES: Localized = {
  fr: 'La réponse aurait convaincu la personne qui a posé la question.',
  en: 'The answer would have convinced the person who asked.',
};

const NOT_ENOUGH: { readonly noted: Localized; readonly convinces: Localized } = {
  noted: {
    fr: 'Effleurer l’idée, sans la dire clairement.',
    en: 'Touching on the idea without saying it clearly.',
  },
  convinces: {
    fr: 'Une réponse juste mais générale, sans exemple, chiffre ni choix qui vienne de la pratique.',
    en: 'A correct but general answer, without an example, a number or a choice that comes from practice.',
  },
};

/**
 * A question of one's own as one of the bank, to be answered and graded like them: each line that was noted is a
 * point. It has no terms to look for, so that no estimate is made of it.
 */
export function ownQuestionAsItem(own: OwnQuestion): Question {
  const { id, track, level, kind, core, minutes, tags, title } = ownEntry(own);
  const expected = own.expected.map((line) => line.trim()).filter((line) => line !== '');
  const point = (place: number, statement: Localized, not_enough: Localized): Point => ({
    id: `p${place + 1}`,
    weight: 1,
    statement,
    not_enough,
  });
  return {
    id,
    track,
    level,
    kind,
    core,
    minutes,
    tags,
    title,
    seeds: [],
    prompt: same(own.text),
    points:
      expected.length > 0
        ? expected.map((line, i) => point(i, same(line), NOT_ENOUGH.noted))
        : [point(0, CONVINCES, NOT_ENOUGH.convinces)],
    pitfalls: [],
    hints: [],
    model_answer: same(expected.map((line) => `- ${line}`).join('\n')),
    follow_ups: [],
    references: [],
    exercises: [],
    // It states no facts that were ever verified.
    checked: '',
  };
}

/** What the lists show of a question of one's own. */
export function ownEntry({ id, text }: OwnQuestion): BankEntry {
  return {
    id,
    type: 'question',
    track: OWN_TRACK,
    level: 'mid',
    kind: 'scenario',
    core: false,
    minutes: OWN_MINUTES,
    tags: [],
    title: same(shortened(text)),
  };
}

// Nobody translates what the candidate wrote.
function same(text: string): Record<Lang, string> {
  return { fr: text, en: text };
}

// At the end of a word, and on one line.
function shortened(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ');
  if (line.length <= LONGEST_TITLE) return line;
  const cut = line.slice(0, LONGEST_TITLE - 1);
  // A text without spaces is cut where it has to be, and never within a character.
  const whole = line[LONGEST_TITLE - 1] === ' ' ? cut : (/^(.*)\s/.exec(cut)?.[1] ?? cut);
  return `${whole.replace(/[\uD800-\uDBFF]$/, '').replace(/[\s,;:.–-]+$/, '')}…`;
}
