// A candidate's study told step by step, as the events that a journal would hold.
import type { BankEntry } from '../../src/core/bank/question.ts';
import type { Grade, PointResult, Provenance, Subject } from '../../src/core/grading/grade.ts';
import { type NewEvent, type Rating, type StudyEvent, VERSION } from '../../src/core/store/events.ts';
import { type Day, noonOf } from '../../src/core/study/day.ts';
import { History } from '../../src/core/study/history.ts';
import { type Plan, Schedule } from '../../src/core/study/schedule.ts';

export const question = (id: string): Subject => ({ type: 'question', id });

export const MODEL = {
  by: 'model',
  model: 'm',
  destination: 'd',
  prompt: '1',
  rubric: 'r',
} satisfies Provenance;
export const NO_INTERVIEW: Plan = { interview: undefined, minutes: 45, newPerDay: 3, cap: 20 };

export interface Answered {
  readonly by?: Provenance;
  readonly text?: string;
  readonly hints?: number;
  readonly solutionSeen?: boolean;
  readonly seconds?: number;
  readonly spoken?: true;
  /** Ids of points by their verdict. */
  readonly met?: readonly string[];
  readonly missed?: readonly string[];
  readonly unjudged?: readonly string[];
}

export function gradeOf(subject: Subject, score: number | null, given: Answered = {}): Grade {
  const { by: provenance = MODEL, met = [], missed = [], unjudged = [] } = given;
  const points: PointResult[] = [
    ...met.map((id) => ({ id, verdict: 'met' as const })),
    ...missed.map((id) => ({ id, verdict: 'not_met' as const })),
    ...unjudged.map((id) => ({ id, verdict: 'unjudged' as const })),
  ];
  return {
    v: 1,
    subject,
    lang: 'fr',
    provenance,
    status: provenance.by === 'none' ? 'not_graded' : 'graded',
    score,
    points,
    pitfalls: [],
    checks: [],
  };
}

export class Story {
  readonly events: StudyEvent[] = [];
  /** What has been told so far; it goes along. */
  readonly history = new History();
  #day: Day;
  #ts: number;

  constructor(day: Day = '2026-11-02') {
    this.#day = day;
    this.#ts = noonOf(day);
  }

  get day(): Day {
    return this.#day;
  }

  /** Goes on with another day; the clock goes with it, also backwards. */
  on(day: Day): this {
    this.#day = day;
    this.#ts = noonOf(day);
    return this;
  }

  /** The event's id, which is also an attempt's. */
  add(event: NewEvent, id = `e${this.events.length + 1}`): string {
    this.#ts += 1000;
    const stamped = { v: VERSION, id, ts: this.#ts, day: this.#day, ...event } as StudyEvent;
    this.events.push(stamped);
    this.history.apply(stamped, placeOf(stamped));
    return id;
  }

  attempt(id: string, given: Answered = {}, event?: string): string {
    const { text = `answer ${this.events.length}`, hints = 0, solutionSeen = false, seconds, spoken } = given;
    return this.add(
      {
        type: 'attempt',
        subject: question(id),
        lang: 'fr',
        texts: spoken ? {} : { '': { text } },
        hints,
        solutionSeen,
        ...(seconds === undefined ? {} : { seconds }),
        ...(spoken ? { spoken } : {}),
      },
      event,
    );
  }

  grade(attempt: string, id: string, score: number | null, given: Answered = {}): string {
    return this.add({ type: 'grade', attempt, grade: gradeOf(question(id), score, given) });
  }

  tick(attempt: string, id: string, score: number, given: Answered = {}): string {
    const grade = gradeOf(question(id), score, { ...given, by: { by: 'self' } });
    return this.add({ type: 'ticks', attempt, grade });
  }

  /** An attempt and its grade; returns the attempt. */
  answer(id: string, score: number | null, given: Answered = {}): string {
    const attempt = this.attempt(id, given);
    this.grade(attempt, id, score, given);
    return attempt;
  }

  rate(attempt: string, rating: Rating): string {
    return this.add({ type: 'rating', attempt, rating });
  }

  undo(event: string): string {
    return this.add({ type: 'undo', event });
  }
}

const placeOf = ({ id }: StudyEvent) => `at ${id}`;

export function fold(events: readonly StudyEvent[]): History {
  const history = new History();
  for (const event of events) history.apply(event, placeOf(event));
  return history;
}

/** The history as it comes back from the disk. */
export function reread(history: History): History {
  return History.from(JSON.parse(JSON.stringify(history.snapshot())) as ReturnType<History['snapshot']>);
}

/** What the scheduler and the planner are given. */
export function studyOf(entries: readonly BankEntry[], history: History, plan: Plan, today: Day) {
  return { entries, history, schedule: new Schedule(history), plan, today };
}

/** Everything that a history tells of these entries and of its drills, interviews and debriefs. */
export function toldBy(history: History, ids: readonly string[]) {
  const schedule = new Schedule(history);
  return {
    states: ids.map((id) => history.state(id)),
    entries: ids.map((id) => history.entry(id)),
    cards: schedule.cards(ids),
    touched: [...history.touched].sort(),
    all: history.all,
    drills: history.drills,
    interviews: history.interviews,
    debriefs: history.debriefs,
    size: history.size,
  };
}
