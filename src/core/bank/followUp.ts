import type { Lang, Localized } from '../language.ts';
import type { Point, Question } from './question.ts';

// Ids of the bank are words and hyphens, so a dot tells a follow-up from a question.
const SEPARATOR = '.';

/** A follow-up takes a point of an answer further: it is said in a minute or two. */
const MINUTES = 2;

export function followUpId(question: string, point: string): string {
  return `${question}${SEPARATOR}${point}`;
}

/** The question and the point that a follow-up's id names; nothing for any other id. */
export function parseFollowUpId(
  id: string,
): { readonly question: string; readonly point: string } | undefined {
  const [question, point, ...rest] = id.split(SEPARATOR);
  return question && point && rest.length === 0 ? { question, point } : undefined;
}

const TITLE: Readonly<Record<Lang, (title: string) => string>> = {
  fr: (title) => `Relance\u00a0: ${title}`,
  en: (title) => `Follow-up: ${title}`,
};

const PROMPT: Readonly<Record<Lang, (question: string, nearMiss: string) => string>> = {
  fr: (question, nearMiss) =>
    `On vous a demandé\u00a0:\n\n${quoted(question)}\n\nBeaucoup de réponses s’arrêtent à ceci\u00a0:\n\n${quoted(nearMiss)}\n\nQue manque-t-il pour convaincre\u202f?`,
  en: (question, nearMiss) =>
    `You were asked:\n\n${quoted(question)}\n\nMany answers stop at this:\n\n${quoted(nearMiss)}\n\nWhat is missing to convince?`,
};

// Where a near miss goes on to say what it lacks.
const LACK: Readonly<Record<Lang, RegExp>> = { fr: /,? sans .*$/s, en: /,? without .*$/s };

/**
 * The question that follows on one point of another: graded on that point alone. It asks what the bank's
 * author asks there, or else shows the near miss, without what it lacks.
 */
export function followUp(parent: Question, pointId: string): Question | undefined {
  const point = parent.points.find(({ id }) => id === pointId);
  if (!point) return undefined;
  const authored = authoredFor(parent, point);
  return {
    ...parent,
    id: followUpId(parent.id, point.id),
    title: localized((lang) => TITLE[lang](parent.title[lang])),
    prompt:
      authored ??
      localized((lang) => PROMPT[lang](parent.prompt[lang], withoutLack(point.not_enough[lang], lang))),
    points: [point],
    seeds: [],
    core: false,
    minutes: Math.min(MINUTES, parent.minutes),
    hints: [],
    follow_ups: [],
    exercises: [],
  };
}

/**
 * The point to follow up: the heaviest of those missed (`missed` has the heaviest first), and among equals
 * one for which the author wrote a question.
 */
export function chooseFollowUp(parent: Question, missed: readonly Point[]): Point | undefined {
  const [worst] = missed;
  const heaviest = missed.filter(({ weight }) => weight === worst?.weight);
  return heaviest.find((point) => authoredFor(parent, point) !== undefined) ?? worst;
}

function authoredFor(parent: Question, { id }: Point): Localized | undefined {
  return parent.follow_ups.find(({ point }) => point === id)?.ask;
}

function localized(text: (lang: Lang) => string): Localized {
  return { fr: text('fr'), en: text('en') };
}

function withoutLack(nearMiss: string, lang: Lang): string {
  const bare = nearMiss.replace(LACK[lang], '.');
  const isWhole = bare.split(/\s+/).length > 2 && isClosed(bare);
  return isWhole ? bare : nearMiss;
}

function isClosed(text: string): boolean {
  const count = (mark: RegExp) => text.match(mark)?.length ?? 0;
  return count(/[«(“]/g) === count(/[»)”]/g) && count(/"/g) % 2 === 0;
}

function quoted(text: string): string {
  return text
    .trim()
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');
}
