// An entry's record as one line of JSON. In tuples, and with the words that repeat as numbers, it takes a third of
// the space and of the time to read; what it has beyond these fields is kept as it is.
import type { AttemptRecord, EntryRecord, GradeHead, Verdicts } from './history.ts';

type Packed = readonly [
  words: readonly string[],
  attempts: readonly PackedAttempt[],
  rest: Omit<EntryRecord, 'attempts'>,
];

type PackedAttempt = readonly [
  id: string,
  ts: number,
  day: number,
  type: number,
  lang: number,
  answer: string,
  hints: number,
  solutionSeen: 0 | 1,
  head: Omit<
    AttemptRecord['head'],
    'id' | 'ts' | 'day' | 'subject' | 'lang' | 'answer' | 'hints' | 'solutionSeen'
  >,
  at: string,
  verdicts: readonly PackedVerdicts[],
  rest: Omit<AttemptRecord, 'head' | 'at' | 'verdicts'>,
];

type PackedVerdicts = readonly [
  id: string,
  ts: number,
  type: number,
  score: number | null,
  by: number,
  grader: number,
  status: number,
  missed: readonly number[],
  head: Omit<GradeHead, 'score' | 'by' | 'grader' | 'status' | 'missed'>,
  isTickable: 0 | 1,
  hasTrace: 0 | 1,
  isOriginal: 0 | 1,
  at: string,
];

/** Words by number, in the order in which they came up. */
class Words {
  readonly list: string[] = [];
  readonly #numbers = new Map<string, number>();

  number(word: string): number {
    const known = this.#numbers.get(word);
    if (known !== undefined) return known;
    this.#numbers.set(word, this.list.length);
    return this.list.push(word) - 1;
  }
}

export function packEntry({ attempts, ...rest }: EntryRecord): string {
  const words = new Words();
  const packed: Packed = [words.list, attempts.map((attempt) => packAttempt(attempt, words)), rest];
  return JSON.stringify(packed);
}

export function unpackEntry(line: string): EntryRecord {
  const [words, attempts, rest] = JSON.parse(line) as Packed;
  return { ...rest, attempts: attempts.map((attempt) => unpackAttempt(attempt, rest.id, words)) };
}

function packAttempt({ head, at, verdicts, ...rest }: AttemptRecord, words: Words): PackedAttempt {
  const { id, ts, day, subject, lang, answer, hints, solutionSeen, ...more } = head;
  return [
    id,
    ts,
    words.number(day),
    words.number(subject.type),
    words.number(lang),
    answer,
    hints,
    solutionSeen ? 1 : 0,
    more,
    at,
    verdicts.map((one) => packVerdicts(one, words)),
    rest,
  ];
}

function unpackAttempt(packed: PackedAttempt, entry: string, words: readonly string[]): AttemptRecord {
  const [id, ts, day, type, lang, answer, hints, solutionSeen, more, at, verdicts, rest] = packed;
  const head: AttemptRecord['head'] = {
    id,
    ts,
    day: wordOf(words, day),
    subject: { type: wordOf(words, type), id: entry },
    lang: wordOf(words, lang),
    answer,
    hints,
    solutionSeen: solutionSeen === 1,
    ...more,
  };
  return { head, at, verdicts: verdicts.map((one) => unpackVerdicts(one, words)), ...rest };
}

function packVerdicts({ id, ts, type, head, at, ...flags }: Verdicts, words: Words): PackedVerdicts {
  const { score, by, grader, status, missed, ...more } = head;
  const { isTickable, hasTrace, isOriginal } = flags;
  return [
    id,
    ts,
    words.number(type),
    score,
    words.number(by),
    words.number(grader),
    words.number(status),
    missed.map((point) => words.number(point)),
    more,
    isTickable ? 1 : 0,
    hasTrace ? 1 : 0,
    isOriginal ? 1 : 0,
    at,
  ];
}

function unpackVerdicts(packed: PackedVerdicts, words: readonly string[]): Verdicts {
  const [id, ts, type, score, by, grader, status, missed, more, isTickable, hasTrace, isOriginal, at] =
    packed;
  return {
    id,
    ts,
    type: wordOf(words, type),
    head: {
      score,
      by: wordOf(words, by),
      grader: wordOf(words, grader),
      status: wordOf(words, status),
      missed: missed.map((point) => wordOf(words, point)),
      ...more,
    },
    isTickable: isTickable === 1,
    hasTrace: hasTrace === 1,
    isOriginal: isOriginal === 1,
    at,
  };
}

// What was packed was of its type.
function wordOf<Word extends string>(words: readonly string[], number: number): Word {
  return (words[number] ?? '') as Word;
}
