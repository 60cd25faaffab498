import { LEVELS } from '../bank/question.ts';
import { AppError, isErrorCode } from '../errors.ts';
import { LANGS } from '../language.ts';
import { isDay } from '../study/day.ts';
import { DRILL_KINDS, RATINGS, ROLES, type StoredText, type StudyEvent } from './events.ts';
import { type DayOf, readRecord } from './migrate.ts';

/** The version of an archive's frame; its records carry versions of their own. */
const ARCHIVE = 1;

/** Everything that was recorded, as one JSON value that another machine can take in. */
export interface Archive {
  readonly canari: typeof ARCHIVE;
  /** When it was written, ISO 8601 in UTC. */
  readonly exported: string;
  readonly events: readonly StudyEvent[];
  /** The texts that events name by their SHA-256, in hexadecimal. */
  readonly texts: Readonly<Record<string, string>>;
}

/** What an archive holds and cannot be taken in. */
export interface ArchiveFault {
  /** `events[3]` (counted from 0), or `texts.<hash>`. */
  readonly place: string;
  /** What is wrong there, for the log: a field, or a reason. */
  readonly reason: string;
}

export interface ReadArchive {
  readonly events: readonly StudyEvent[];
  /** Whether each text is the one that its hash names is for the caller to check. */
  readonly texts: Readonly<Record<string, string>>;
  readonly faults: readonly ArchiveFault[];
}

export function toArchive(
  events: readonly StudyEvent[],
  texts: Readonly<Record<string, string>>,
  exported: string,
): Archive {
  return { canari: ARCHIVE, exported, events, texts };
}

/**
 * An archive of this version, its records brought up to date. A record that is not of its shape is left out and
 * named among the faults: the file may have been edited, and the journal trusts what it holds.
 * @param path of the archive, for the error
 * @throws archive_invalid when the value is no archive, or one of another version
 */
export function readArchive(value: unknown, dayOf: DayOf, path: string): ReadArchive {
  const refuse = (detail: string) => new AppError('archive_invalid', { path, detail });
  if (!isObject(value) || !('canari' in value)) throw refuse('not an archive of Canari');
  const { canari, events: records, texts: kept } = value;
  if (canari !== ARCHIVE) throw refuse(`archive version ${JSON.stringify(canari)}, expected ${ARCHIVE}`);
  if (!Array.isArray(records)) throw refuse('no events');
  if (!isObject(kept)) throw refuse('no texts');

  const faults: ArchiveFault[] = [];
  const events: StudyEvent[] = [];
  for (const [i, record] of records.entries()) {
    const result = readRecord(record, dayOf);
    if ('event' in result) {
      const fault = faultOf(result.event);
      if (fault === undefined) events.push(result.event);
      else faults.push({ place: `events[${i}]`, reason: `not of its shape: ${fault}` });
    } else {
      const reason = 'newer' in result ? 'written by a newer version' : result.unreadable;
      faults.push({ place: `events[${i}]`, reason });
    }
  }
  const texts: Record<string, string> = {};
  for (const [sha256, content] of Object.entries(kept)) {
    if (typeof content === 'string' && SHA256.test(sha256)) texts[sha256] = content;
    else faults.push({ place: `texts.${sha256}`, reason: 'not a text under its hash' });
  }
  return { events, texts, faults };
}

/** The events that are not known yet, each once. */
export function missing(events: readonly StudyEvent[], known: ReadonlySet<string>): StudyEvent[] {
  const seen = new Set(known);
  return events.filter(({ id }) => !seen.has(id) && seen.add(id));
}

/** The hashes that events name texts by, each once. */
export function hashesOf(events: readonly StudyEvent[]): string[] {
  const hashes = new Set<string>();
  for (const event of events) {
    withTexts(event, (stored) => {
      if ('sha256' in stored) hashes.add(stored.sha256);
      return stored;
    });
  }
  return [...hashes];
}

/** The event with each of its texts as `place` keeps it. */
export function withTexts(event: StudyEvent, place: (stored: StoredText) => StoredText): StudyEvent {
  if (event.type === 'attempt') {
    const texts = Object.entries(event.texts).map(([path, stored]) => [path, place(stored)] as const);
    return { ...event, texts: Object.fromEntries(texts) };
  }
  return event.type === 'grade' && event.trace ? { ...event, trace: place(event.trace) } : event;
}

// The shapes of records: what the program reads of them must be there, and more than that does no harm.

/** Where a value is not of its shape, as a path from it ('' for itself); nothing when it is. */
type Shape = (value: unknown) => string | undefined;

const SHA256 = /^[0-9a-f]{64}$/;

/** The last moment that a `Date` can hold (ms). */
const LAST = 8.64e15;

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function is(test: (value: unknown) => boolean): Shape {
  return (value) => (test(value) ? undefined : '');
}

function oneOf(...values: readonly unknown[]): Shape {
  return is((value) => values.includes(value));
}

function maybe(shape: Shape): Shape {
  return (value) => (value === undefined ? undefined : shape(value));
}

function listOf(shape: Shape): Shape {
  return (value) => (Array.isArray(value) ? first(value.entries(), (i, item) => at(i, shape(item))) : '');
}

function mapOf(shape: Shape): Shape {
  return (value) =>
    isObject(value) ? first(Object.entries(value), (name, item) => at(name, shape(item))) : '';
}

function fields(shapes: Readonly<Record<string, Shape>>): Shape {
  return (value) =>
    isObject(value) ? first(Object.entries(shapes), (name, shape) => at(name, shape(value[name]))) : '';
}

function at(name: string | number, fault: string | undefined): string | undefined {
  return fault === undefined ? undefined : `.${name}${fault}`;
}

function first<Name, Item>(
  entries: Iterable<readonly [Name, Item]>,
  faultOf: (name: Name, item: Item) => string | undefined,
): string | undefined {
  for (const [name, item] of entries) {
    const fault = faultOf(name, item);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

const text = is((value) => typeof value === 'string');
const id = is((value) => typeof value === 'string' && value !== '');
const flag = is((value) => typeof value === 'boolean');
const amount = is((value) => typeof value === 'number' && value >= 0 && Number.isFinite(value));
const count = is((value) => Number.isSafeInteger(value) && Number(value) >= 0);
const share = is((value) => typeof value === 'number' && value >= 0 && value <= 1);
const moment = is((value) => typeof value === 'number' && value >= 0 && value <= LAST);
const day = is((value) => typeof value === 'string' && isDay(value));
const lang = oneOf(...LANGS);
const subject = fields({ type: oneOf('question', 'exercise'), id });
const stored: Shape = (value) =>
  isObject(value) && 'sha256' in value
    ? fields({ sha256: is((hash) => typeof hash === 'string' && SHA256.test(hash)) })(value)
    : fields({ text })(value);

const verdict = oneOf('met', 'not_met', 'contradicted', 'unjudged');
const evidence = fields({ file: text, start: count, end: count, quote: text });
const failure = fields({ code: is(isErrorCode), params: mapOf(text) });
const position = fields({ line: count, column: count });
const violation = fields({
  rule: text,
  file: text,
  range: fields({ start: position, end: position }),
  params: maybe(mapOf(text)),
});
const byModel = fields({
  model: text,
  destination: text,
  prompt: maybe(text),
  rubric: maybe(text),
});
const provenance: Shape = (value) =>
  isObject(value) && value['by'] === 'model'
    ? byModel(value)
    : fields({ by: oneOf('offline', 'self', 'gate', 'none') })(value);

const grade = fields({
  v: oneOf(1),
  subject,
  lang,
  provenance,
  status: oneOf('graded', 'not_graded'),
  failure: maybe(failure),
  gate: maybe(oneOf('blank', 'copied_question', 'untouched_scaffold', 'near_empty', 'opener_only')),
  score: (value) => (value === null ? undefined : share(value)),
  points: listOf(fields({ id, verdict, evidence: maybe(evidence), reason: maybe(text) })),
  pitfalls: listOf(fields({ id, present: flag, evidence: maybe(evidence) })),
  checks: listOf(
    fields({
      id,
      outcome: oneOf('passed', 'failed', 'not_run'),
      violations: listOf(violation),
      failure: maybe(failure),
    }),
  ),
  summary: maybe(text),
  notices: maybe(listOf(oneOf('addresses_grader', 'echoes_question', 'echoes_rubric', 'single_reading'))),
  setAside: maybe(listOf(evidence)),
  scoreOfOwnWords: maybe(share),
  range: maybe(fields({ low: share, high: share })),
  readings: maybe(count),
  cost: maybe(
    fields({
      input: amount,
      output: amount,
      cached: maybe(amount),
      reasoning: maybe(amount),
      calls: count,
      isComplete: flag,
    }),
  ),
  key: maybe(text),
  repeats: maybe(moment),
  delivery: maybe(
    fields({
      words: count,
      target: fields({ low: amount, high: amount }),
      opening: oneOf('answers', 'restates_question', 'hedges', 'preamble'),
      structure: oneOf('clear', 'some', 'none'),
      hedges: listOf(text),
      acronyms: listOf(text),
    }),
  ),
});

const attempt: Shape = (value) => (value === null ? undefined : id(value));
const own = fields({ id, text, expected: listOf(text), lang });

const EVENTS: Readonly<Record<StudyEvent['type'], Shape>> = {
  attempt: fields({
    subject,
    lang,
    texts: mapOf(stored),
    hints: count,
    solutionSeen: flag,
    seconds: maybe(amount),
    observed: maybe(
      fields({ interviewMode: flag, inlineSuggestions: oneOf('on', 'off'), assistant: maybe(text) }),
    ),
    spoken: maybe(oneOf(true)),
  }),
  grade: fields({ attempt: id, grade, trace: maybe(stored) }),
  ticks: fields({ attempt: id, grade }),
  contest: fields({ attempt: id, points: listOf(fields({ id, verdict })), note: text }),
  rating: fields({ attempt: id, rating: oneOf(...RATINGS) }),
  undo: fields({ event: id }),
  opened: fields({ subject }),
  hint: fields({ subject, rung: count }),
  solution: fields({ subject }),
  note: fields({ subject, text }),
  drill: fields({
    drill: id,
    subjects: listOf(subject),
    kind: oneOf(...DRILL_KINDS),
    feedback: oneOf('now', 'end'),
    spoken: maybe(oneOf(true)),
  }),
  drill_step: fields({ drill: id, subject, attempt }),
  drill_end: fields({ drill: id }),
  interview: fields({
    interview: id,
    plan: fields({
      role: oneOf(...ROLES),
      level: oneOf(...LEVELS),
      lang,
      minutes: amount,
      questions: listOf(fields({ subject, minutes: amount })),
      from: oneOf('role', 'job', 'model'),
      terms: maybe(listOf(text)),
    }),
  }),
  interview_step: fields({ interview: id, subject, attempt, seconds: amount }),
  interview_clock: fields({ interview: id, subject, paused: flag, seconds: amount }),
  interview_end: fields({ interview: id }),
  debrief: fields({
    debrief: id,
    date: day,
    employer: text,
    asked: listOf(fields({ text, matches: listOf(text), own: maybe(own) })),
  }),
};

const stamp = fields({ id, ts: moment, day });

function faultOf(event: StudyEvent): string | undefined {
  const fault = stamp(event) ?? EVENTS[event.type](event);
  return fault === '' ? 'the record' : fault?.slice(1);
}
