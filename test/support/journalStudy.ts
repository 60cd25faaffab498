// A long time of study as the journal keeps it: realistic records in realistic sizes, the same for the same seed.
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Grade, PointResult, Subject } from '../../src/core/grading/grade.ts';
import { type NewEvent, type Stamp, type StudyEvent, VERSION } from '../../src/core/store/events.ts';
import { addDays, dayAt, noonOf } from '../../src/core/study/day.ts';

export interface StudySize {
  readonly attempts: number;
  readonly entries: number;
  /** Windows, one file each, one after the other. */
  readonly files: number;
  readonly days: number;
}

/** What the budgets of the journal are measured on. */
export const LARGE: StudySize = { attempts: 20_000, entries: 150, files: 60, days: 240 };

/** Attempts of one drill. */
const DRILL = 10;

const FIRST_DAY = '2026-01-05';
const WORDS =
  'drift la fenêtre reference compare model serving latency the rollback données canary and feature store point in time join seuil alert retrain pipeline registry of production with offline online skew quality contract schéma'.split(
    ' ',
  );
const POINTS = ['reference-window', 'statistic', 'threshold', 'labels', 'segments', 'response'];
const GRADERS: readonly Grade['provenance'][] = [
  { by: 'model', model: 'large-2', destination: 'https://models.example.org/v1', prompt: 'p7', rubric: 'r' },
  { by: 'model', model: 'small-1', destination: 'http://localhost:11434/v1', prompt: 'p7', rubric: 'r' },
  { by: 'offline' },
];

/** Numbers from 0 to 1 that look random and are the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

class Writer {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seeded(seed);
  }

  one<T>(list: readonly T[], otherwise: T): T {
    return list[this.below(list.length)] ?? otherwise;
  }

  chance(share: number): boolean {
    return this.#random() < share;
  }

  below(count: number): number {
    return Math.floor(this.#random() * count);
  }

  text(characters: number): string {
    let text = '';
    while (text.length < characters) text += `${this.one(WORDS, 'drift')} `;
    return text.slice(0, characters);
  }

  hex(length: number): string {
    let text = '';
    while (text.length < length)
      text += Math.floor(this.#random() * 0x1_0000_0000)
        .toString(16)
        .padStart(8, '0');
    return text.slice(0, length);
  }

  id(): string {
    const hex = this.hex(32);
    return [
      [0, 8],
      [8, 12],
      [12, 16],
      [16, 20],
      [20, 32],
    ]
      .map(([from, to]) => hex.slice(from, to))
      .join('-');
  }

  subject({ entries }: StudySize): Subject {
    return { type: 'question', id: `question-${this.below(entries)}` };
  }

  grade(subject: Subject): Grade {
    const provenance = this.one(GRADERS, { by: 'offline' });
    const points = POINTS.map((id): PointResult => {
      const isMet = this.chance(0.6);
      const quote = this.text(110);
      return {
        id,
        verdict: isMet ? 'met' : 'not_met',
        ...(isMet ? { evidence: { file: '', start: 40, end: 150, quote } } : {}),
        reason: this.text(130),
      };
    });
    return {
      v: 1,
      subject,
      lang: 'en',
      provenance: provenance.by === 'model' ? { ...provenance, rubric: this.hex(16) } : provenance,
      status: 'graded',
      score: this.below(101) / 100,
      points,
      pitfalls: [{ id: 'always-retrain', present: false }],
      checks: [],
      summary: this.text(160),
      readings: 1,
      ...(provenance.by === 'model'
        ? {
            cost: { input: 2100, output: 600, calls: 1, isComplete: true },
            key: this.hex(64),
          }
        : {}),
    };
  }
}

/** The events of each window, by the name of its file. */
export function* studyFiles(size: StudySize, seed = 1): Generator<readonly [string, readonly StudyEvent[]]> {
  const writer = new Writer(seed);
  let [attempt, last] = [0, 0];
  let drill: { readonly id: string; readonly subjects: readonly Subject[] } | undefined;
  for (let file = 0; file < size.files; file++) {
    const events: StudyEvent[] = [];
    const end = Math.round((size.attempts * (file + 1)) / size.files);
    for (; attempt < end; attempt++) {
      const day = addDays(FIRST_DAY, Math.floor((attempt * size.days) / size.attempts));
      const add = (event: NewEvent): string => {
        last = Math.max(last + 1_000, noonOf(day));
        const stamp: Stamp = { v: VERSION, id: writer.id(), ts: last, day };
        events.push({ ...stamp, ...event } as StudyEvent);
        return stamp.id;
      };
      if (attempt % DRILL === 0) {
        if (drill) add({ type: 'drill_end', drill: drill.id });
        const subjects = Array.from({ length: DRILL }, () => writer.subject(size));
        drill = { id: writer.id(), subjects };
        add({ type: 'drill', drill: drill.id, subjects, kind: 'today', feedback: 'now' });
      }
      const subject = drill?.subjects[attempt % DRILL] ?? writer.subject(size);
      if (writer.chance(0.1)) add({ type: 'opened', subject });
      if (writer.chance(0.2)) add({ type: 'hint', subject, rung: 1 });
      const texts = { '': { text: writer.text(900) } };
      const rest = { hints: 0, solutionSeen: false, seconds: 240 };
      const id = add({ type: 'attempt', subject, lang: 'en', texts, ...rest });
      const grade = writer.grade(subject);
      const trace = grade.provenance.by === 'model' ? { trace: { sha256: writer.hex(64) } } : {};
      add({ type: 'grade', attempt: id, grade, ...trace });
      if (drill) add({ type: 'drill_step', drill: drill.id, subject, attempt: id });
      if (writer.chance(0.03)) add({ type: 'rating', attempt: id, rating: 'hard' });
    }
    yield [`${dayAt(last)}-${writer.hex(8)}.jsonl`, events];
  }
}

/** Writes a whole study into a journal's folder. */
export function writeStudy(dir: string, size: StudySize, seed = 1): void {
  fs.mkdirSync(dir, { recursive: true });
  for (const [name, events] of studyFiles(size, seed)) {
    fs.writeFileSync(path.join(dir, name), events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  }
}
