import type { EntryState } from '../bank/catalogue.ts';
import { type BankEntry, KINDS } from '../bank/question.ts';
import { addDays, type Day, daysBetween } from './day.ts';
import type { AttemptHead, GradeHead, History } from './history.ts';
import { countedScore } from './reviews.ts';
import { dueOn, isMastered, type Plan } from './schedule.ts';
import type { Studied } from './today.ts';

/** How far an entry has come; what is due counts by what it is worth. */
export type Reached = Exclude<EntryState, 'due'>;

export interface Group {
  /** Id of the track, or the kind of question. */
  readonly id: string;
  readonly counts: Readonly<Record<Reached, number>>;
}

export interface AheadDay {
  readonly day: Day;
  /** Reviews that fall on it; those overdue count for today. */
  readonly due: number;
  readonly isInterview: boolean;
}

export interface CalendarDay {
  readonly day: Day;
  /** Answers handed in, graded or not. */
  readonly count: number;
  /** 0 (nothing) to 4. */
  readonly level: 0 | 1 | 2 | 3 | 4;
}

/** Scores of one grader; they are not compared with those of another. */
export interface ScoreLine extends Pick<GradeHead, 'grader' | 'by' | 'model'> {
  /** Days with an answer, the oldest first. */
  readonly days: readonly {
    readonly day: Day;
    /** Mean of the day, 0 to 1. */
    readonly mean: number;
    readonly count: number;
  }[];
}

export interface Progress {
  /** In the order of the entries; only tracks that have some. */
  readonly tracks: readonly Group[];
  readonly competences: readonly Group[];
  /** From today on. */
  readonly ahead: readonly AheadDay[];
  /** Whole weeks, the oldest first, Monday first; the last one ends today. */
  readonly calendar: readonly (readonly CalendarDay[])[];
  /** Days in a row with a graded answer, up to today, or to yesterday while today has none. */
  readonly streak: number;
  /** Time at work in the last seven days, as far as it was measured. */
  readonly week: {
    /** Minutes, not rounded; nothing when there were answers and none was timed. */
    readonly minutes: number | undefined;
    readonly answers: number;
    /** How many of them were timed. */
    readonly timed: number;
  };
  /** The grader with the most answers first. */
  readonly scores: readonly ScoreLine[];
}

const DAYS_AHEAD = 14;
const WEEKS = 12;

/** Answers a day from which on the calendar shows the next level. */
const LEVELS = [1, 2, 4, 7] as const;

/** A Monday. */
const MONDAY: Day = '2024-01-01';

/** Everything that the progress page shows, as numbers. `entries` are those of the bank. */
export function progressOf({ entries, history, schedule, plan, today }: Studied): Progress {
  const reached = (id: string): Reached => {
    if (isMastered(schedule.card(id), plan, today)) return 'mastered';
    return history.state(id);
  };
  const groups = (ids: readonly string[], keyOf: (entry: BankEntry) => string): Group[] =>
    ids.flatMap((id) => {
      const own = entries.filter((entry) => keyOf(entry) === id);
      if (own.length === 0) return [];
      const counts = { mastered: 0, good: 0, to_review: 0, started: 0, new: 0 };
      for (const entry of own) counts[reached(entry.id)] += 1;
      return [{ id, counts }];
    });
  const { all } = history;
  return {
    tracks: groups([...new Set(entries.map(({ track }) => track))], ({ track }) => track),
    competences: groups(KINDS, ({ kind }) => kind),
    ahead: aheadOf(
      schedule.cards(entries.map(({ id }) => id)).map((card) => dueOn(card, plan)),
      plan,
      today,
    ),
    calendar: calendarOf(all, today),
    streak: streakOf(all, today),
    week: weekOf(all, today),
    scores: scoresOf(entries, history),
  };
}

function aheadOf(due: readonly Day[], { interview }: Plan, today: Day): AheadDay[] {
  return Array.from({ length: DAYS_AHEAD }, (_, i) => {
    const day = addDays(today, i);
    const isOn = (other: Day) => (i === 0 ? other <= day : other === day);
    return { day, due: due.filter(isOn).length, isInterview: day === interview };
  });
}

function calendarOf(attempts: readonly AttemptHead[], today: Day): CalendarDay[][] {
  const counts = new Map<Day, number>();
  for (const { day } of attempts) counts.set(day, (counts.get(day) ?? 0) + 1);
  const sinceMonday = ((daysBetween(MONDAY, today) % 7) + 7) % 7;
  const first = addDays(today, -sinceMonday - 7 * (WEEKS - 1));
  return Array.from({ length: WEEKS }, (_, week) =>
    Array.from({ length: 7 }, (_, i) => addDays(first, 7 * week + i))
      .filter((day) => day <= today)
      .map((day) => {
        const count = counts.get(day) ?? 0;
        return { day, count, level: LEVELS.filter((from) => count >= from).length as CalendarDay['level'] };
      }),
  );
}

function streakOf(attempts: readonly AttemptHead[], today: Day): number {
  const days = new Set(attempts.filter((one) => countedScore(one) !== undefined).map(({ day }) => day));
  let day = days.has(today) ? today : addDays(today, -1);
  let streak = 0;
  for (; days.has(day); day = addDays(day, -1)) streak += 1;
  return streak;
}

function weekOf(attempts: readonly AttemptHead[], today: Day): Progress['week'] {
  const from = addDays(today, -6);
  const recent = attempts.filter(({ day }) => from <= day && day <= today);
  const timed = recent.flatMap(({ seconds }) => seconds ?? []);
  const isKnown = timed.length > 0 || recent.length === 0;
  const minutes = isKnown ? timed.reduce((sum, seconds) => sum + seconds, 0) / 60 : undefined;
  return { minutes, answers: recent.length, timed: timed.length };
}

function scoresOf(entries: readonly BankEntry[], history: History): ScoreLine[] {
  const lines = new Map<string, { head: GradeHead; days: Map<Day, number[]>; count: number }>();
  for (const { id } of entries) {
    for (const attempt of history.entry(id).attempts) {
      const { day, grade } = attempt;
      const score = countedScore(attempt);
      if (!grade || score === undefined) continue;
      const line = lines.get(grade.grader) ?? { head: grade, days: new Map<Day, number[]>(), count: 0 };
      lines.set(grade.grader, line);
      line.days.set(day, [...(line.days.get(day) ?? []), score]);
      line.count += 1;
    }
  }
  return [...lines.values()]
    .sort((a, b) => b.count - a.count || (a.head.grader < b.head.grader ? -1 : 1))
    .map(({ head: { grader, by, model }, days }) => ({
      grader,
      by,
      ...(model === undefined ? {} : { model }),
      days: [...days]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([day, scores]) => {
          const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
          return { day, mean, count: scores.length };
        }),
    }));
}
