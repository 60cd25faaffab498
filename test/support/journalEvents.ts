// Events of the journal for tests: single ones, and random ones of every type.
import fc from 'fast-check';
import type { Grade, Subject } from '../../src/core/grading/grade.ts';
import {
  DRILL_KINDS,
  type NewEvent,
  RATINGS,
  type Stamp,
  type StudyEvent,
  VERSION,
} from '../../src/core/store/events.ts';
import { addDays } from '../../src/core/study/day.ts';
import type { History } from '../../src/core/study/history.ts';
import { Schedule } from '../../src/core/study/schedule.ts';

export const question = (id: string): Subject => ({ type: 'question', id });
export const opened = (id: string): NewEvent => ({ type: 'opened', subject: question(id) });
export const noted = (id: string, text: string): NewEvent => ({ type: 'note', subject: question(id), text });

export function attempted(id: string, text = 'words'): NewEvent {
  const texts = { '': { text } };
  return { type: 'attempt', subject: question(id), lang: 'en', texts, hints: 0, solutionSeen: false };
}

export function gradeOf(id: string, score: number | null, change: Partial<Grade> = {}): Grade {
  return {
    v: 1,
    subject: question(id),
    lang: 'en',
    provenance: { by: 'model', model: 'm', destination: 'd' },
    status: 'graded',
    score,
    points: [],
    pitfalls: [],
    checks: [],
    ...change,
  };
}

const DAY = '2026-03-27';
const ATTEMPTS = Array.from({ length: 9 }, (_, i) => `attempt-${i}`);
const ENTRIES = ['alpha', 'beta', 'gamma'];
const KEYS = ['key-0', 'key-1'];
const SITTINGS = ['drill-0', 'drill-1', 'interview-0', 'interview-1'];

/** The numbers that a random event is made of. */
const dice = fc.record({
  type: fc.nat(19),
  one: fc.nat(8),
  two: fc.nat(8),
  text: fc.string({ unit: 'binary', maxLength: 8 }),
  flag: fc.boolean(),
});

interface Dice {
  readonly type: number;
  readonly one: number;
  readonly two: number;
  readonly text: string;
  readonly flag: boolean;
}

/**
 * Random events with their stamps, of every type, about few entries: grades of several attempts, ratings taken back,
 * sessions, also without the attempt or the session that they belong to. No two have the same id or stamp, and what
 * begins something does it once.
 */
export const anyEvents: fc.Arbitrary<StudyEvent[]> = fc
  .array(dice, { minLength: 1, maxLength: 40 })
  .map((rolls) => {
    const begun = new Set<string>();
    const begins = (id: string) => !begun.has(id) && Boolean(begun.add(id));
    return rolls.map((roll, i): StudyEvent => {
      const event = eventOf(roll, i, begins);
      const id = event.type === 'attempt' ? at(ATTEMPTS, roll.one) : `event-${i}`;
      const stamp: Stamp = { v: VERSION, id, ts: 1_000 + i, day: addDays(DAY, Math.floor(i / 6)) };
      return { ...stamp, ...event } as StudyEvent;
    });
  });

const at = <T>(list: readonly T[], number: number): T => list[number % list.length] as T;
const entryOf = (attempt: number): string => at(ENTRIES, attempt);

function eventOf({ type, one, two, text, flag }: Dice, i: number, begins: (id: string) => boolean): NewEvent {
  const attempt = at(ATTEMPTS, one);
  const entry = entryOf(one);
  const subject = question(entry);
  const drill = at(SITTINGS.slice(0, 2), two);
  const interview = at(SITTINGS.slice(2), two);
  switch (type) {
    case 0:
    case 1:
    case 2:
    case 3:
      if (!begins(attempt)) return opened(entry);
      return {
        ...attempted(entry, two > 5 ? 'the same' : text),
        hints: two % 3,
        solutionSeen: flag && two === 1,
        ...(flag ? { seconds: one * 10 } : {}),
        ...(two === 4 ? { spoken: true as const } : {}),
        ...(two === 5 ? { observed: { interviewMode: flag, inlineSuggestions: 'off' as const } } : {}),
      } as NewEvent;
    case 4:
    case 5:
    case 6: {
      const change: Partial<Grade> = {
        ...(two < 4 ? { key: at(KEYS, two) } : {}),
        ...(two === 3 ? { repeats: 5 } : {}),
        ...(two === 6 ? { provenance: { by: 'offline' } } : {}),
        ...(two === 7 ? { provenance: { by: 'none' }, status: 'not_graded' } : {}),
        points: [
          { id: 'p1', verdict: flag ? 'met' : 'not_met' },
          { id: `p${two}`, verdict: 'contradicted' },
        ],
      };
      const grade = gradeOf(entry, two === 7 ? null : two / 8, change);
      return { type: 'grade', attempt, grade, ...(flag ? { trace: { text } } : {}) };
    }
    case 7:
      return { type: 'ticks', attempt, grade: gradeOf(entry, two / 8, { provenance: { by: 'self' } }) };
    case 8:
      return { type: 'contest', attempt, points: [], note: flag ? text : '' };
    case 9:
      return { type: 'rating', attempt, rating: at(RATINGS, two) };
    case 10:
      return { type: 'undo', event: flag ? attempt : `event-${Math.max(0, i - two)}` };
    case 11:
      return { type: 'hint', subject, rung: (two % 3) + 1 };
    case 12:
      return { type: 'solution', subject };
    case 13:
      return noted(entry, text);
    case 14:
      if (!begins(drill)) return { type: 'drill_end', drill };
      return {
        type: 'drill',
        drill,
        subjects: ENTRIES.map(question),
        kind: at(DRILL_KINDS, one),
        feedback: flag ? 'now' : 'end',
      };
    case 15:
      return { type: 'drill_step', drill, subject, attempt: flag ? attempt : null };
    case 16: {
      if (!begins(interview)) return { type: 'interview_end', interview };
      const questions = ENTRIES.map((id) => ({ subject: question(id), minutes: 5 }));
      const plan = { role: 'mlops', level: 'mid', lang: 'en', minutes: 30, questions, from: 'role' } as const;
      return { type: 'interview', interview, plan };
    }
    case 17:
      return { type: 'interview_step', interview, subject, attempt: flag ? attempt : null, seconds: one };
    case 18:
      return { type: 'interview_clock', interview, subject, paused: flag, seconds: one };
    default: {
      const own = { id: `own-${two}`, text, expected: [text], lang: 'fr' } as const;
      const asked = [{ text, matches: [entry], ...(flag ? { own } : {}) }];
      return { type: 'debrief', debrief: `debrief-${two % 2}`, date: DAY, employer: text, asked };
    }
  }
}

/** All that a history says, for comparing two of them. */
export function behaviour(history: History): unknown {
  const schedule = new Schedule(history);
  const days = [0, 2, 5].map((count) => addDays(DAY, count));
  return {
    // First what is looked up by ids, while nothing has been asked of the entries.
    known: KEYS.map((key) => history.known(key)),
    open: [history.openDrill, history.openInterview],
    previous: ATTEMPTS.map((id) => history.previous(id)),
    attempts: ATTEMPTS.map((id) => history.attempt(id)),
    sessions: SITTINGS.map((id) => [history.drill(id), history.interview(id)]),
    states: ENTRIES.map((id) => history.state(id)),
    cards: ENTRIES.map((id) => schedule.card(id)),
    sittings: ENTRIES.map((id) => days.map((day) => history.sitting(id, day))),
    entries: ENTRIES.map((id) => history.entry(id)),
    touched: [...history.touched].sort(),
    size: history.size,
    all: history.all,
    contested: history.contested,
    drills: history.drills,
    interviews: history.interviews,
    debriefs: history.debriefs,
    ownQuestions: history.ownQuestions,
  };
}
