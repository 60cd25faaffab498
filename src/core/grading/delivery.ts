import type { Lang } from '../language.ts';
import { runsOf } from './echo.ts';
import { sentences } from './terms.ts';
import { foldedWords } from './words.ts';

/** How an answer was said: facts for the candidate, shown beside the score and never part of it. */
export interface Delivery {
  readonly words: number;
  /** Words that fit into the question's minutes when they are spoken. */
  readonly target: { readonly low: number; readonly high: number };
  /** Whether the first sentence already answers, or what stands there instead. */
  readonly opening: 'answers' | 'restates_question' | 'hedges' | 'preamble';
  /** Marks of a structure that a listener can follow: lists, headings, "first… then…". */
  readonly structure: 'clear' | 'some' | 'none';
  /** Words of hedging, as they were written, each once. */
  readonly hedges: readonly string[];
  /** Acronyms that are neither in the question nor spelt out, nor known to every engineer. */
  readonly acronyms: readonly string[];
}

export interface DeliveryInput {
  readonly answer: string;
  readonly prompts: readonly string[];
  readonly minutes: number;
  readonly lang: Lang;
}

/**
 * Words a minute of somebody who speaks so as to be followed. English conversation in the United States
 * averages about 150 (National Center for Voice and Speech), talks lie at 100 to 150. The same serves French.
 */
const PACE = { low: 130, high: 150 } as const;

/** A first sentence with this share of its words (or of its five-word runs) from the question restates it. */
const RESTATED = { words: 0.75, runs: 0.5 } as const;

/** Keeps the place of what is not prose, so that offsets stay those of the answer; no word holds it. */
const NOT_PROSE = '\ufffc';

const WORD = /[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu;

// Either language may be spoken, whatever that of the question: technical French borrows, and quotes.
const HEDGES = wholeWords([
  'i think(?! (?:of|about)\\b)',
  'i believe',
  'i guess',
  'i suppose',
  'i imagine',
  'i would say',
  "i'd say",
  "i'm not (?:quite |really |entirely )?(?:sure|certain)",
  'i am not (?:quite |really |entirely )?(?:sure|certain)',
  'not (?:quite |really |entirely )?sure',
  'it depends',
  'maybe',
  'perhaps',
  'probably',
  'possibly',
  'presumably',
  '(?<!\\b(?:a|an|any|each|every|one|other|same|some|that|the|this|what|which) )(?:kind|sort) of',
  'more or less',
  'somehow',
  'somewhat',
  'je pense(?! (?:à|a|au|aux) )',
  'je crois',
  'je suppose',
  "j'imagine",
  'je dirais',
  'il me semble',
  'me semble-t-il',
  'je ne suis pas (?:tout à fait |vraiment )?(?:sûre?|certaine?)',
  'pas (?:tout à fait |vraiment )?(?:sûre?|certaine?)',
  'ça dépend',
  'cela dépend',
  'peut-être',
  'sans doute',
  'probablement',
  'éventuellement',
  'un peu',
  'plus ou moins',
  'en quelque sorte',
]);

// What is said before an answer begins.
const PREAMBLE = opening([
  "(?:that(?:'s| is) |it(?:'s| is) |this is )?(?:a |an )?(?:really |very )?(?:good|great|excellent|interesting|nice) question",
  'thank you',
  'thanks',
  "(?:ok(?:ay)?|so|well|alright|sure)[ ,]+(?:so|well|let me|let's)\\b",
  'let me (?:think|start|begin|see|first)',
  "let's (?:think|see|start|begin)",
  'before (?:i answer|answering)',
  'to answer (?:this|that|the|your) question',
  "(?:alors )?(?:c'est )?(?:une )?(?:très |vraiment )?(?:bonne|excellente|intéressante) question",
  "(?:alors )?(?:c'est )?une question (?:très |vraiment )?(?:intéressante|pertinente|complexe|difficile)",
  'merci',
  '(?:alors|bon|bien|donc)[ ,]+(?:alors|donc|voyons|écoutez|je vais)',
  'avant de répondre',
  'pour répondre à (?:cette|la|votre) question',
  'laissez-moi',
]);

const ASKED = opening([
  "you(?: are|'re)? ask(?:ing|ed)?",
  'the question (?:is|asks)',
  'vous (?:me )?demandez',
  'la question (?:est|porte)',
  'on (?:me )?demande',
]);

// Steps that a listener hears; "then" and « puis » alone make no plan.
const FIRST = step(
  "first|firstly|first of all|first off|to (?:start|begin) with|d'abord|tout d'abord|premièrement|en premier(?: lieu)?|pour commencer",
);
const NEXT = step(
  'then|next|second|secondly|after that|ensuite|puis|deuxièmement|en deuxième lieu|en second lieu|après cela',
);
const LAST = step(
  'finally|lastly|last|third|thirdly|enfin|pour finir|finalement|troisièmement|en dernier lieu',
);

/** What every engineer reads without a gloss, and words that are written in capitals for their weight. */
const KNOWN = new Set(
  (
    'AI API AWS CD CI CLI CPU CRUD CSV DB DNS FAQ GB GCP GPU HTML HTTP HTTPS IA ID IDE IO IP IT JSON JWT KPI LLM MB ML ' +
    'OS PDF PR QA RAM REST RPC SDK SQL SSD SSH SSL TB TCP TLS TTL UI URI URL UTC UUID UX VM XML YAML ' +
    'DELETE FROM GET GROUP JOIN PATCH POST PUT SELECT WHERE II III IV VI ' +
    'ALL AND DO IF IN IS NB NO NOT NOTE OF OK ON OR THE TO TODO YES ET MAIS NE NON OU OUI PAS SI'
  ).split(' '),
);

/** Facts of how a prose answer is said; nothing here looks at what it says. */
export function describeDelivery({ answer, prompts, minutes }: DeliveryInput): Delivery {
  const spoken = without(answer, /(?:^|\n)[ \t]*(```|~~~)[\s\S]*?(?:\n[ \t]*\1|$)/g);
  const prose = without(spoken, /`[^`\n]*`/g);
  return {
    words: (spoken.match(WORD) ?? []).length,
    target: { low: Math.round(minutes * PACE.low), high: Math.round(minutes * PACE.high) },
    opening: openingOf(prose, prompts),
    structure: structureOf(prose),
    hedges: eachOnce([...plain(prose).matchAll(HEDGES)].map((match) => within(answer, match))),
    acronyms: acronymsOf(prose, prompts),
  };
}

function within(answer: string, match: RegExpMatchArray): string {
  const start = match.index ?? 0;
  return answer.slice(start, start + match[0].length);
}

function without(text: string, pattern: RegExp): string {
  return text.replace(pattern, (code) => code.replace(/[^\n]/g, NOT_PROSE));
}

// Same length, so that what is found there is found in the answer too.
function plain(text: string): string {
  return text.replace(/[’ʼ]/g, "'").replace(/[\u00a0\u202f\t]/g, ' ');
}

function eachOnce(found: readonly string[]): string[] {
  const first = new Map<string, string>();
  for (const text of found) {
    const key = plain(text).toLowerCase();
    if (!first.has(key)) first.set(key, text);
  }
  return [...first.values()];
}

function wholeWords(phrases: readonly string[]): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}_])(?:${phrases.join('|')})(?![\\p{L}\\p{N}_])`, 'giu');
}

function opening(phrases: readonly string[]): RegExp {
  return new RegExp(`^(?:${phrases.join('|')})(?![\\p{L}\\p{N}_])`, 'iu');
}

// At the start of a clause: "the first window" is no plan.
function step(words: string): RegExp {
  return new RegExp(
    `(?:^|[.!?;:,\\n] *(?:[-*+] +)?(?:and |et |but |mais )?)(?:${words})(?![\\p{L}\\p{N}_-])`,
    'iu',
  );
}

function openingOf(prose: string, prompts: readonly string[]): Delivery['opening'] {
  const lines = prose.split('\n').filter((line) => !/^\s*#/.test(line) && /[\p{L}\p{N}]/u.test(line));
  const [first = ''] = sentences(lines.join('\n')).map(({ text }) =>
    plain(text).replace(/^[^\p{L}\p{N}\ufffc]+/u, ''),
  );
  if (PREAMBLE.test(first)) return 'preamble';
  if (ASKED.test(first) || prompts.some((prompt) => isRestated(first, prompt))) return 'restates_question';
  const hedge = first.search(HEDGES);
  // A hedge further on may be a careful word in an answer.
  return hedge >= 0 && hedge <= 12 ? 'hedges' : 'answers';
}

function isRestated(sentence: string, prompt: string): boolean {
  const [own, asked] = [foldedWords(sentence), foldedWords(prompt)];
  if (own.length === 0) return false;
  const known = new Set(runsOf(asked));
  const ownRuns = runsOf(own);
  if (ownRuns.length > 0 && shareOf(ownRuns, known) >= RESTATED.runs) return true;
  return own.length >= 5 && shareOf(own, new Set(asked)) >= RESTATED.words;
}

function shareOf(list: readonly string[], known: ReadonlySet<string>): number {
  return list.filter((entry) => known.has(entry)).length / list.length;
}

function structureOf(prose: string): Delivery['structure'] {
  const text = plain(prose);
  const lines = text.split('\n');
  const items = lines.filter((line) => /^\s*(?:[-*+•]|\d{1,2}[.)])\s+\S/.test(line)).length;
  const headings = lines.filter((line) => /^#{1,6}\s+\S/.test(line)).length;
  const steps = [1, 2].filter((n) => new RegExp(`(?:^|[\\s(])${n}[.)] `).test(text)).length;
  const [isFirst, isNext, isLast] = [FIRST, NEXT, LAST].map((stage) => stage.test(text));
  const stages = isFirst || isLast ? [isFirst, isNext, isLast].filter(Boolean).length : 0;
  if (items >= 2 || headings >= 2 || steps === 2 || stages >= 2) return 'clear';
  const paragraphs = text.split(/\n[ \t]*\n/).filter((part) => part.trim() !== '').length;
  return headings > 0 || stages > 0 || paragraphs >= 2 ? 'some' : 'none';
}

function acronymsOf(prose: string, prompts: readonly string[]): string[] {
  const words = prose.match(/[\p{L}\p{N}]+/gu) ?? [];
  // Somebody who writes in capitals throughout has no acronyms.
  if (words.filter((word) => /^\p{Lu}{2,}$/u.test(word)).length > words.length / 3) return [];
  const asked = new Set(prompts.flatMap((prompt) => prompt.match(/[A-Z]{2,6}/g) ?? []));
  const found = [...prose.matchAll(/(?<![\p{L}\p{N}_])[A-Z]{2,6}(?=s?(?![\p{L}\p{N}_]))/gu)];
  return [...new Set(found.map(([acronym]) => acronym))].filter(
    (acronym) => !KNOWN.has(acronym) && !asked.has(acronym) && !isSpeltOut(acronym, prose),
  );
}

// "Population Stability Index (PSI)", or "PSI (population stability index)". A French name rarely has the
// initials of an English acronym: most of the letters will do.
function isSpeltOut(acronym: string, prose: string): boolean {
  if (new RegExp(`\\b${acronym}s? ?\\([^()]*\\p{L}[^()]*[ -][^()]*\\p{L}`, 'u').test(prose)) return true;
  for (const { index } of prose.matchAll(
    new RegExp(`\\((?:the |le |la |les |ou |or )?${acronym}s?[),;: ]`, 'g'),
  )) {
    const before = foldedWords(prose.slice(Math.max(0, index - 120), index)).slice(-2 * acronym.length - 2);
    const initials = before.map(([initial]) => initial);
    const matched = [...acronym.toLowerCase()].filter((letter) => {
      const at = initials.indexOf(letter);
      if (at >= 0) initials.splice(at, 1);
      return at >= 0;
    });
    if (matched.length > acronym.length / 2) return true;
  }
  return false;
}
