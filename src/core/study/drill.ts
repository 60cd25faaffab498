import type { BankEntry, Level } from '../bank/question.ts';
import type { Subject } from '../grading/grade.ts';
import type { DrillKind } from '../store/events.ts';
import type { DrillRecord } from './history.ts';
import { planToday, type Studied } from './today.ts';
import { weakestPoints } from './weakest.ts';

/** What a drill is to be about. */
export type DrillWish =
  | { readonly kind: Exclude<DrillKind, 'track' | 'speak'> }
  | {
      readonly kind: 'track' | 'speak';
      readonly track?: string;
      readonly level?: Level;
      readonly count: number;
    };

/** What a drill is drawn from. */
export interface DrillSource extends Studied {
  /** A number from 0 (included) to 1 (excluded); the caller's, so that a drill can be replayed. */
  readonly draw: () => number;
}

/** Minutes of a quick drill, spoken. */
const QUICK = 5;

/** Questions of a diagnostic: ten minutes at a good minute each, with the ticking. */
const DIAGNOSTIC = 8;

const SURPRISE = 3;
const WEAKEST = 5;
const EXERCISES = 3;

/** The subjects of a drill; none when there is nothing of that kind. */
export function planDrill(wish: DrillWish, source: DrillSource): Subject[] {
  return choose(wish, source).map(({ type, id }) => ({ type, id }));
}

function choose(wish: DrillWish, source: DrillSource): readonly BankEntry[] {
  const { entries, history } = source;
  const questions = entries.filter(({ type }) => type === 'question');
  switch (wish.kind) {
    case 'today':
      return planToday(source).items.map(({ entry }) => entry);
    case 'due': {
      const everything = { ...source.plan, minutes: Number.POSITIVE_INFINITY };
      const { items } = planToday({ ...source, plan: everything });
      return items.filter(({ reason }) => reason === 'due').map(({ entry }) => entry);
    }
    case 'quick':
      return fill(ranked(questions, source), QUICK);
    case 'weakest': {
      const weak = weakestPoints(entries, history, 4 * WEAKEST).map(({ entry }) => entry);
      return [...new Set(weak)].slice(0, WEAKEST);
    }
    case 'exercises':
      return ranked(
        entries.filter(({ type }) => type === 'exercise'),
        source,
      ).slice(0, EXERCISES);
    case 'surprise':
      return shuffled(entries, source.draw).slice(0, SURPRISE);
    case 'diagnostic':
      return overTracks(shuffled(questions, source.draw), DIAGNOSTIC);
    case 'track':
    case 'speak': {
      const { track, level, count } = wish;
      const wanted = questions.filter(
        (entry) =>
          (track === undefined || entry.track === track) && (level === undefined || entry.level === level),
      );
      return ranked(wanted, source).slice(0, count);
    }
  }
}

/** What is new or begun first, then what is to be reviewed, then what is known; at random within each. */
function ranked(entries: readonly BankEntry[], { history, schedule, today, draw }: DrillSource): BankEntry[] {
  const rank = { started: 0, new: 0, to_review: 1, good: 2 } as const;
  return entries
    .map((entry) => {
      const isDone = schedule.card(entry.id)?.last.day === today;
      // What was answered today comes last: fresh from the report, it shows nothing.
      return { entry, rank: isDone ? 3 : rank[history.state(entry.id)], order: draw() };
    })
    .sort((a, b) => a.rank - b.rank || a.order - b.order)
    .map(({ entry }) => entry);
}

function shuffled(entries: readonly BankEntry[], draw: () => number): BankEntry[] {
  return entries
    .map((entry) => ({ entry, order: draw() }))
    .sort((a, b) => a.order - b.order)
    .map(({ entry }) => entry);
}

// One always fits.
function fill(entries: readonly BankEntry[], minutes: number): BankEntry[] {
  const chosen: BankEntry[] = [];
  let sum = 0;
  for (const entry of entries) {
    if (chosen.length > 0 && sum + entry.minutes > minutes) continue;
    chosen.push(entry);
    sum += entry.minutes;
    if (sum >= minutes) break;
  }
  return chosen;
}

// In turn from each track, what every candidate should know first: of the core path, and not of one's own past.
function overTracks(entries: readonly BankEntry[], count: number): BankEntry[] {
  const byTrack = new Map<string, BankEntry[]>();
  const sorted = [...entries]
    .filter(({ kind }) => kind !== 'behavioural')
    .sort((a, b) => Number(b.core) - Number(a.core) || a.minutes - b.minutes);
  for (const entry of sorted) byTrack.set(entry.track, [...(byTrack.get(entry.track) ?? []), entry]);
  const chosen: BankEntry[] = [];
  const queues = [...byTrack.values()].sort((a, b) => b.length - a.length);
  while (chosen.length < count && queues.some((queue) => queue.length > 0)) {
    for (const queue of queues) {
      const next = queue.shift();
      if (next && chosen.length < count) chosen.push(next);
    }
  }
  return chosen;
}

/** The question to answer next; nothing when all have been answered or skipped. */
export function nextSubject(drill: DrillRecord): Subject | undefined {
  return drill.subjects.find(({ id }) => !drill.steps.some(({ subject }) => subject.id === id));
}
