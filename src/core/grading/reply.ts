import { jsonrepair } from 'jsonrepair';
import type { Sheet } from './sheet.ts';

export interface ModelPoint {
  readonly evidence: string;
  readonly reason: string;
  readonly verdict: 'met' | 'not_met' | 'contradicted';
}

export interface ModelPitfall {
  readonly evidence: string;
  readonly present: boolean;
}

/** A reply that holds everything asked for, by the places of the rubric; nothing in it is believed yet. */
export interface ModelReply {
  readonly points: ReadonlyMap<number, ModelPoint>;
  readonly pitfalls: ReadonlyMap<number, ModelPitfall>;
  /** The model claims to have found the point that nobody can meet. */
  readonly tookDecoy: boolean;
  readonly summary: string;
  readonly suspicious: boolean;
}

/** What was asked for, and under which mark. */
export interface Expected {
  readonly sheet: Sheet;
  readonly nonce: string;
  /** Keys of the rows that were asked for; all of them unless given. */
  readonly keys?: readonly string[];
}

type Read = { readonly reply: ModelReply } | { readonly faults: readonly string[] };

function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

function text(value: unknown): string {
  if (Array.isArray(value)) return value.filter((part) => typeof part === 'string').join(' … ');
  return typeof value === 'string' ? value : '';
}

// A model that copies whole lines copies their marks too; these are ours, not the candidate's.
function withoutMarks(evidence: string, nonce: string): string {
  return evidence.replaceAll(new RegExp(`${nonce}\\|\\d+\\| ?`, 'g'), '');
}

// Words for a verdict that small models write though they were given three; half a point is none.
const VERDICTS: Readonly<Record<string, ModelPoint['verdict']>> = {
  ...{ met: 'met', yes: 'met', true: 'met', satisfied: 'met', acquis: 'met', oui: 'met', atteint: 'met' },
  ...{
    not_met: 'not_met',
    unmet: 'not_met',
    no: 'not_met',
    false: 'not_met',
    missing: 'not_met',
    absent: 'not_met',
  },
  ...{
    non: 'not_met',
    non_acquis: 'not_met',
    non_atteint: 'not_met',
    partial: 'not_met',
    partially_met: 'not_met',
  },
  ...{ partiel: 'not_met', not_satisfied: 'not_met', n_a: 'not_met' },
  ...{ contradicted: 'contradicted', contradiction: 'contradicted', contradicts: 'contradicted' },
  ...{ contredit: 'contradicted', opposite: 'contradicted' },
};
const PRESENCE: Readonly<Record<string, boolean>> = {
  ...{ present: true, yes: true, true: true, oui: true, met: true },
  ...{ absent: false, no: false, false: false, non: false, not_met: false, not_present: false },
};

function word(value: unknown): string {
  // An object may have no text at all, and is no word.
  return (typeof value === 'object' ? '' : String(value))
    .trim()
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[\s\-/]+/g, '_');
}

function readPoint(value: unknown, nonce: string): ModelPoint | undefined {
  const point = record(value);
  if (!point) return undefined;
  const verdict = Object.hasOwn(VERDICTS, word(point['verdict']))
    ? VERDICTS[word(point['verdict'])]
    : undefined;
  if (!verdict) return undefined;
  return { evidence: withoutMarks(text(point['evidence']), nonce), reason: text(point['reason']), verdict };
}

// Keys as they were asked for: models drop the zero, and write capitals.
function asAsked(values: Readonly<Record<string, unknown>> | undefined) {
  if (!values) return undefined;
  const renamed = Object.entries(values).map(([key, value]) => {
    const [, letter = '', digits = ''] = /^\s*([px])0?(\d{1,2})\s*$/i.exec(key) ?? [];
    return [letter === '' ? key : letter.toLowerCase() + digits.padStart(2, '0'), value] as const;
  });
  return { ...Object.fromEntries(renamed), ...values };
}

// Points as an object by key, or as a list whose items name their key.
function byKey(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (!Array.isArray(value)) return asAsked(record(value));
  const named: [string, unknown][] = [];
  for (const item of value) {
    const key = ['key', 'id', 'point', 'pitfall']
      .map((name) => record(item)?.[name])
      .find((id) => typeof id === 'string');
    if (typeof key !== 'string') return undefined;
    named.push([key, item]);
  }
  return asAsked(Object.fromEntries(named));
}

const WRONG_RUN = '"run" is not the one given';

/** The reply as a value of the right shape, with the nonce of this very call; else what is wrong with it. */
export function readReply(value: unknown, expected: Expected): Read {
  const { sheet, nonce, keys } = expected;
  const reply = asAsked(record(value));
  if (!reply) return { faults: ['it is not a JSON object'] };
  const isWhole = keys === undefined;
  // Some servers lift the keys out of "points".
  const points =
    byKey(reply['points']) ?? (isWhole && record(reply[sheet.rows[0]?.key ?? '']) ? reply : undefined);
  const pitfalls = byKey(reply['pitfalls']) ?? reply;
  const faults: string[] = [];
  // Without the nonce: the next request has another one, and must not name two.
  if (typeof reply['run'] !== 'string' || reply['run'].trim() !== nonce) faults.push(WRONG_RUN);
  if (!points) return { faults: [...faults, '"points" is missing'] };
  const read = new Map<number, ModelPoint>();
  let tookDecoy = false;
  for (const { key, place } of sheet.rows) {
    if (keys && !keys.includes(key)) continue;
    const point = readPoint(points[key], nonce);
    if (!point) faults.push(`"${key}" has no verdict`);
    else if (place === 'decoy') tookDecoy = point.verdict === 'met';
    else read.set(place, point);
  }
  if (faults.length > 0) return { faults };
  const found = new Map<number, ModelPitfall>();
  for (const { key, place } of sheet.pitfalls) {
    const pitfall = record(pitfalls[key]);
    const evidence = withoutMarks(text(pitfall?.['evidence']), nonce);
    found.set(place, { evidence, present: PRESENCE[word(pitfall?.['verdict'])] === true });
  }
  return {
    reply: {
      points: read,
      pitfalls: found,
      tookDecoy,
      summary: text(reply['summary']),
      suspicious: reply['suspicious'] === true,
    },
  };
}

/** Where the object that begins at `start` ends, or nothing; strings and escapes are stepped over. */
function endOfObject(source: string, start: number): number | undefined {
  let depth = 0;
  let inString = false;
  for (let i = start; i < source.length; i++) {
    const char = source[i];
    if (inString) {
      if (char === '\\') i += 1;
      else if (char === '"') inString = false;
    } else if (char === '"') {
      inString = true;
    } else if (char === '{') {
      depth += 1;
    } else if (char === '}') {
      depth -= 1;
      if (depth === 0) return i + 1;
    }
  }
  return undefined;
}

function parse(source: string, mend: boolean): unknown {
  try {
    return JSON.parse(mend ? jsonrepair(source) : source);
  } catch {
    return undefined;
  }
}

/** Braces tried as the beginning of a reply, and as that of one to be mended, which costs more. */
const MOST_STARTS = 300;
const MOST_MENDED = 12;

/** Characters that are mended in all, and that a point has at most; beyond them reading would take too long. */
const MOST_MENDED_CHARACTERS = 60_000;
const LONGEST_POINT = 20_000;

// A brace that a key or a comment follows; those in the middle of words are not worth a look.
const OPENING = /\{\s*(?:["'“‘«]|[A-Za-z_]+\s*:|\/[/*])/g;

function spoken(written: string): string {
  return (
    written
      .replace(/^\ufeff/, '')
      // JSON allows no controls inside a string, and nothing is meant by them.
      .replace(/(?![\t\n\r])\p{Cc}/gu, '')
      // An unclosed thought may hold the reply itself.
      .replace(/<(think|thinking|reasoning)>[\s\S]*?(<\/\1>|$)/g, (thought, tag: string, end: string) =>
        end === '' ? thought.slice(tag.length + 2) : '',
      )
  );
}

/**
 * The reply inside what a model wrote: fences, thoughts and words around it are dropped, and of several
 * objects the last one with this call's nonce counts, so that one quoted from the answer never does.
 */
export function extractReply(written: string, expected: Expected): Read {
  let faults: readonly string[] = ['there is no JSON object in it'];
  for (const mend of [false, true]) {
    const found = extract(spoken(written), expected, mend);
    if ('reply' in found) return found;
    if (found.faults.length > 0) faults = found.faults;
  }
  return { faults };
}

function extract(source: string, expected: Expected, mend: boolean): Read {
  let best: Read = { faults: [] };
  let at = 0;
  let room = MOST_MENDED_CHARACTERS;
  const all = [...source.matchAll(OPENING)].map(({ index }) => index);
  const starts = mend ? all.slice(0, MOST_MENDED) : all.slice(-MOST_STARTS);
  for (const start of starts) {
    if (start < at) continue;
    // Broken quotes hide the end: the mending library is then given all that is left.
    const end = endOfObject(source, start) ?? (mend ? source.length : undefined);
    if (end === undefined) continue;
    const value = parse(source.slice(start, mend ? Math.min(end, start + room) : end), mend);
    if (mend) room -= Math.min(end - start, room);
    if (value === undefined) continue;
    const read = readReply(value, expected);
    if ('reply' in read) {
      best = read;
      at = end;
    } else if (!('reply' in best) && (best.faults.length === 0 || !read.faults.includes(WRONG_RUN))) {
      // The faults that are worth telling are those of the reply, not of an object inside it.
      best = read;
    }
  }
  if ('reply' in best) return best;
  // A reply that was written as a string inside JSON.
  const inner = parse(source.slice(source.indexOf('"'), source.lastIndexOf('"') + 1), false);
  if (typeof inner === 'string' && inner.length < source.length) return extract(inner, expected, mend);
  return best;
}

/** The reply of a model that was asked for lines: `p01|met|"the passage"`, closed by `run|<nonce>`. */
export function readLines(written: string, expected: Expected): Read {
  const { sheet, nonce } = expected;
  const lines = spoken(written)
    .split('\n')
    .map((line) => /^[\s>*`-]*(p\d\d|x\d\d|run)\s*\|\s*([^|]*?)\s*(?:\|\s*(.*?)\s*)?$/.exec(line))
    .filter((match) => match !== null);
  // What follows the mark is no part of the reply: the answer may hold such lines too.
  const end = lines.findLastIndex(([, key, mark]) => key === 'run' && mark?.replace(/["`]/g, '') === nonce);
  const own = end > 0 ? lines.slice(0, end + 1) : lines;
  const rows = new Map(own.map(([, key = '', verdict = '', passage = '']) => [key, { verdict, passage }]));
  const value = (key: string) => ({
    evidence: rows.get(key)?.passage.replace(/^["“«\s]+|["”»\s]+$/g, '') ?? '',
    verdict: rows.get(key)?.verdict ?? '',
  });
  return readReply(
    {
      points: Object.fromEntries(sheet.rows.map(({ key }) => [key, value(key)])),
      pitfalls: Object.fromEntries(sheet.pitfalls.map(({ key }) => [key, value(key)])),
      run: rows.get('run')?.verdict.replace(/["`]/g, '') ?? '',
    },
    { sheet, nonce },
  );
}

/**
 * Reads the verdicts of a reply that is still being written: each character once, each point as soon as its
 * object is closed. What it tells is provisional.
 */
export class PartialReader {
  readonly #sheet: Sheet;
  readonly #nonce: string;
  readonly #points = new Map<number, ModelPoint>();
  readonly #starts: number[] = [];
  #text = '';
  #at = 0;
  #inString = false;

  constructor({ sheet, nonce }: Expected) {
    this.#sheet = sheet;
    this.#nonce = nonce;
  }

  get points(): ReadonlyMap<number, ModelPoint> {
    return this.#points;
  }

  /** Takes the next piece; true when it has closed a point. */
  feed(piece: string): boolean {
    this.#text += piece;
    const before = this.#points.size;
    for (; this.#at < this.#text.length; this.#at++) {
      const char = this.#text[this.#at];
      if (this.#inString) {
        // An escape at the very end waits for what it escapes.
        if (char === '\\') {
          if (this.#at + 1 === this.#text.length) break;
          this.#at += 1;
        } else if (char === '"') this.#inString = false;
      } else if (char === '"') {
        this.#inString = this.#starts.length > 0;
      } else if (char === '{') {
        this.#starts.push(this.#at);
      } else if (char === '}') {
        const start = this.#starts.pop();
        if (start !== undefined) this.#close(start, this.#at + 1);
      }
    }
    return this.#points.size > before;
  }

  #close(start: number, end: number): void {
    const key = /"(p\d\d)"\s*:\s*$/.exec(this.#text.slice(Math.max(0, start - 12), start))?.[1];
    const row = key === undefined ? undefined : this.#sheet.rows.find((candidate) => candidate.key === key);
    if (!row || row.place === 'decoy' || end - start > LONGEST_POINT) return;
    const point = readPoint(parse(this.#text.slice(start, end), false), this.#nonce);
    if (point) this.#points.set(row.place, point);
  }
}
