import { chooseFollowUp, followUp, parseFollowUpId } from '../bank/followUp.ts';
import {
  type BankEntry,
  type Kind,
  LEVELS,
  type Level,
  type Point,
  type Question,
} from '../bank/question.ts';
import type { Grade, Subject } from '../grading/grade.ts';
import { bandOf } from '../grading/score.ts';
import type { InterviewPlan, Role } from '../store/events.ts';
import type { Day } from './day.ts';
import type { JobWeights } from './jobDescription.ts';

export interface InterviewStep {
  readonly subject: Subject;
  /** The attempt that was handed in, or null when the question was skipped. */
  readonly attempt: string | null;
  readonly seconds: number;
  readonly ts: number;
}

/** An interview as far as it has come. */
export interface InterviewRecord {
  readonly id: string;
  readonly ts: number;
  readonly day: Day;
  readonly plan: InterviewPlan;
  /** Questions and follow-ups done so far; a follow-up's subject is `<question>.<point>`. */
  readonly steps: readonly InterviewStep[];
  readonly paused: boolean;
  /** The question at hand, once it has been put. */
  readonly current: Subject | null;
  /** Seconds that it had taken when the clock was last looked at. */
  readonly spent: number;
  readonly ended: boolean;
}

export type PlannedQuestion = InterviewPlan['questions'][number];

export interface InterviewWanted {
  readonly role: Role;
  readonly level: Level;
  /** Length of the whole, in minutes. */
  readonly minutes: number;
  /** What a job description asks for; it takes the place of the role's weights. */
  readonly terms?: JobWeights;
  /** Ids that a model chose, the most wanted first: they are taken as far as the time and the rules allow. */
  readonly chosen?: readonly string[];
}

/** What is known of an entry that was tried before. */
export interface Seen {
  /** The last score, 0 to 1; nothing when none was given. */
  readonly score: number | undefined;
  /** Days since then. */
  readonly days: number;
}

/** How often each track is asked about in interviews for a role, relative to `BASE_WEIGHT`. */
const ROLE_WEIGHTS: Readonly<Record<Role, Readonly<Record<string, number>>>> = {
  mlops: { cicd: 3, rollout: 3, monitoring: 3, slo: 2, 'feature-store': 2, data: 2 },
  'ml-platform': { 'feature-store': 3, rollout: 3, cicd: 3, slo: 2, monitoring: 1.5, data: 1.5 },
  'ml-engineer': { monitoring: 3, 'feature-store': 3, data: 2.5, rollout: 2, cicd: 1.5, llmops: 1.5 },
  data: { data: 4, 'feature-store': 4, monitoring: 2, cicd: 1.5, llmops: 0.5 },
  llmops: { llmops: 6, monitoring: 2.5, slo: 2, rollout: 2, cicd: 1.5, data: 0.5, 'feature-store': 0.5 },
};

/** For a track that a role does not name, and so for one that the bank may get later. */
const BASE_WEIGHT = 1;

/** Preparation speaks of interviews rather than of the job: a little of it, whatever the role. */
const PREPARATION = { track: 'preparation', weight: 0.3 } as const;

/** What a job description does not mention still comes up, now and then. */
const UNMENTIONED = 0.1;

/** Tags together count for at most so much, where the heaviest track counts for 1. */
const MOST_FOR_TAGS = 1.5;

/** Questions of the core path come up more often in real interviews. */
const CORE = 1.5;

/** By how far an entry's level is from the one that was asked for. */
const LEVEL_WEIGHTS = { same: 1, below: 0.6, above: 0.4, far: 0.1 } as const;

/** Of all questions, at most so many are one level below the one asked for, and one above. */
const LEVEL_SHARES = { below: 1 / 4, above: 1 / 8 } as const;

/** Days until what was mastered, and what was not, come up as often as what was never asked. */
const FRESH_AFTER = { mastered: 30, other: 7 } as const;

/** The part of the time that is kept for follow-ups. */
const RESERVE = 0.25;

/** Lengths in minutes from which an interview has these parts. */
const FROM = { applied: 20, closing: 30, exercise: 60 } as const;

/** An exercise that takes longer leaves too little of an interview. */
const LONGEST_EXERCISE = 25;

interface Candidate {
  readonly entry: BankEntry;
  /** Place in the model's choice; Infinity when it did not choose it. */
  readonly rank: number;
  /** Drawn by weight: the lowest comes first. */
  readonly order: number;
}

type Test = (candidate: Candidate) => boolean;

/**
 * Questions for an interview, in the order in which they are asked. Everything that is random comes from `draw`,
 * so that the same draw gives the same interview. Their minutes leave a reserve for follow-ups, except where
 * a single question only just fits; a bank that holds too little gives as much as there is.
 */
export function planInterview({
  entries,
  wanted,
  draw,
  seen,
}: {
  readonly entries: readonly BankEntry[];
  readonly wanted: InterviewWanted;
  /** A number from 0 (included) to 1 (excluded). */
  readonly draw: () => number;
  readonly seen: (id: string) => Seen | undefined;
}): PlannedQuestion[] {
  const chosen = new Map([...new Set(wanted.chosen)].map((id, rank) => [id, rank]));
  const eligible = new Map(
    entries.filter((entry) => isEligible(entry, wanted)).map((entry) => [entry.id, entry]),
  );
  const candidates = [...eligible.values()].map((entry): Candidate => {
    const weight = weightOf(entry, wanted) * freshness(seen(entry.id));
    // The smallest of such numbers falls to each candidate with a chance in proportion to its weight.
    return { entry, rank: chosen.get(entry.id) ?? Infinity, order: -Math.log(1 - draw()) / weight };
  });
  const table = new Table(candidates, wanted);

  const closing = wanted.minutes >= FROM.closing ? table.take(CLOSING) : undefined;
  if (closing) table.closing = closing.entry.kind;
  if (wanted.minutes >= FROM.exercise)
    table.take([({ entry }) => entry.type === 'exercise' && isNear(entry.level, wanted.level)]);
  const isQuestion: Test = ({ entry }) => entry.type === 'question';
  if (wanted.minutes >= FROM.applied)
    table.takeByRules(both(isQuestion, ({ entry }) => isApplied(entry.kind)));
  while (table.takeByRules(isQuestion));
  if (table.taken.length === 0) table.takeFrom(wanted.minutes, isQuestion);

  const rest = table.taken.filter((candidate) => candidate !== closing);
  const asked = inOrder(rest, closing?.entry.kind);
  return [...asked, ...(closing ? [closing] : [])].map(({ entry: { type, id, minutes } }) => ({
    subject: { type, id },
    minutes,
  }));
}

/** What lies on the table: candidates, those taken so far, and the time that is left for others. */
class Table {
  readonly taken: Candidate[] = [];
  /** The kind of the question that comes last, once it is known. */
  closing: Kind | undefined;
  readonly #candidates: readonly Candidate[];
  readonly #wanted: InterviewWanted;
  #left: number;

  constructor(candidates: readonly Candidate[], wanted: InterviewWanted) {
    this.#candidates = candidates;
    this.#wanted = wanted;
    this.#left = wanted.minutes * (1 - RESERVE);
  }

  /** Takes the best candidate of the first of these tests that any passes; says which. */
  take(tests: readonly Test[]): Candidate | undefined {
    const open = this.#candidates.filter(
      (candidate) => candidate.entry.minutes <= this.#left && !this.taken.includes(candidate),
    );
    for (const test of tests) {
      const [best] = open
        .filter(test)
        .map((candidate) => ({ candidate, order: this.#worn(candidate) }))
        .sort((a, b) => compare(a.candidate.rank, b.candidate.rank) || compare(a.order, b.order));
      if (!best) continue;
      this.taken.push(best.candidate);
      this.#left -= best.candidate.entry.minutes;
      return best.candidate;
    }
    return undefined;
  }

  /** Takes by the mix of levels and the alternation of kinds, as far as what is left allows. */
  takeByRules(test: Test): Candidate | undefined {
    const near: Test = ({ entry }) => isNear(entry.level, this.#wanted.level);
    const level: Test = (candidate) => this.#keepsLevels(candidate);
    const kind: Test = ({ entry }) => this.#keepsKinds(entry.kind);
    const rules = [both(level, kind), both(near, kind), level, near, kind, () => true];
    return this.take(rules.map((rule) => both(test, rule)));
  }

  /** Takes with so many minutes in all, the reserve given up. */
  takeFrom(minutes: number, test: Test): void {
    this.#left = minutes;
    this.takeByRules(test);
  }

  // What was taken already wears off: an interview goes through several tracks, and asks in several ways.
  #worn({ entry, order }: Candidate): number {
    const count = (isSame: (other: BankEntry) => boolean) =>
      this.taken.filter((candidate) => isSame(candidate.entry)).length;
    return (
      order *
      (1 + count(({ track }) => track === entry.track)) *
      (1 + count(({ kind }) => kind === entry.kind))
    );
  }

  #keepsLevels({ entry, rank }: Candidate): boolean {
    const place = placeOf(entry.level, this.#wanted.level);
    if (place === 'same' || rank !== Infinity) return true;
    if (place === 'far') return false;
    const taken = this.taken.filter((other) => placeOf(other.entry.level, this.#wanted.level) === place);
    return taken.length + 1 <= Math.floor((this.taken.length + 1) * LEVEL_SHARES[place]);
  }

  // Questions before the closing one can stand so that no kind follows itself: half of them at most share one.
  #keepsKinds(kind: Kind): boolean {
    const kinds = this.taken.map(({ entry }) => entry.kind);
    if (this.closing) kinds.splice(kinds.indexOf(this.closing), 1);
    return isArrangeable([...kinds, kind], undefined, this.closing);
  }
}

function both(one: Test, other: Test): Test {
  return (candidate) => one(candidate) && other(candidate);
}

function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function isEligible({ type, minutes }: BankEntry, wanted: InterviewWanted): boolean {
  if (minutes > wanted.minutes) return false;
  return type === 'question' || (wanted.minutes >= FROM.exercise && minutes <= LONGEST_EXERCISE);
}

// An interview ends on the candidate: their ways of working, or failing that their preparation.
const CLOSING: readonly Test[] = [
  ({ entry: { type, kind } }) => type === 'question' && kind === 'behavioural',
  ({ entry: { type, track } }) => type === 'question' && track === PREPARATION.track,
];

function isApplied(kind: Kind): boolean {
  return kind === 'scenario' || kind === 'comparison';
}

function placeOf(level: Level, wanted: Level): keyof typeof LEVEL_WEIGHTS {
  const distance = LEVELS.indexOf(level) - LEVELS.indexOf(wanted);
  if (distance === 0) return 'same';
  if (Math.abs(distance) > 1) return 'far';
  return distance < 0 ? 'below' : 'above';
}

function isNear(level: Level, wanted: Level): boolean {
  return placeOf(level, wanted) !== 'far';
}

function weightOf(entry: BankEntry, { role, level, terms }: InterviewWanted): number {
  const subject = terms ? mentioned(entry, terms) : trackWeight(entry.track, role);
  return subject * (entry.core ? CORE : 1) * LEVEL_WEIGHTS[placeOf(entry.level, level)];
}

function trackWeight(track: string, role: Role): number {
  return track === PREPARATION.track ? PREPARATION.weight : (ROLE_WEIGHTS[role][track] ?? BASE_WEIGHT);
}

function mentioned({ track, tags }: BankEntry, terms: JobWeights): number {
  const forTags = tags.reduce((sum, tag) => sum + (terms.tags[tag] ?? 0), 0);
  return UNMENTIONED + (terms.tracks[track] ?? 0) + Math.min(MOST_FOR_TAGS, forTags);
}

function freshness(seen: Seen | undefined): number {
  if (!seen) return 1;
  const band = seen.score === undefined ? 'weak' : bandOf(seen.score);
  const isMastered = band === 'good' || band === 'excellent';
  const least = isMastered ? 0.1 : 0.5;
  const share = Math.max(0, seen.days) / FRESH_AFTER[isMastered ? 'mastered' : 'other'];
  return least + (1 - least) * Math.min(1, share);
}

/** Easier questions first and an exercise late, as far as kinds can alternate so. */
function inOrder(taken: readonly Candidate[], closing: Kind | undefined): Candidate[] {
  const isExercise = ({ entry }: Candidate) => Number(entry.type === 'exercise');
  const rest = [...taken].sort(
    (a, b) =>
      isExercise(a) - isExercise(b) ||
      LEVELS.indexOf(a.entry.level) - LEVELS.indexOf(b.entry.level) ||
      compare(a.order, b.order),
  );
  const ordered: Candidate[] = [];
  while (rest.length > 0) {
    const before = ordered.at(-1)?.entry.kind;
    const leavesRoom = ({ entry }: Candidate, at: number) =>
      entry.kind !== before && isArrangeable(rest.toSpliced(at, 1).map(kindOf), entry.kind, closing);
    const best = [rest.findIndex(leavesRoom), rest.findIndex(({ entry }) => entry.kind !== before), 0];
    ordered.push(...rest.splice(best.find((at) => at >= 0) ?? 0, 1));
  }
  return ordered;
}

function kindOf({ entry }: Candidate): Kind {
  return entry.kind;
}

/** Whether these kinds can stand in a row, between one before and one after, with no kind next to itself. */
function isArrangeable(kinds: readonly Kind[], before: Kind | undefined, after: Kind | undefined): boolean {
  if (kinds.length === 0) return before === undefined || before !== after;
  return kinds.every((kind) => {
    const neighbours = Number(kind === before) + Number(kind === after);
    return kinds.filter((other) => other === kind).length <= Math.floor((kinds.length + 1 - neighbours) / 2);
  });
}

/** Seconds of the agreed length that are left, never below 0; `spentOnCurrent` are those of the question at hand. */
export function secondsLeft(
  plan: InterviewPlan,
  steps: readonly Pick<InterviewStep, 'seconds'>[],
  spentOnCurrent: number,
): number {
  const spent = steps.reduce((sum, { seconds }) => sum + seconds, spentOnCurrent);
  return Math.max(0, plan.minutes * 60 - spent);
}

/** The question at hand; nothing when all have been answered or skipped, or when the interview has ended. */
export function nextQuestion({ plan, steps, ended }: InterviewRecord): PlannedQuestion | undefined {
  if (ended) return undefined;
  return plan.questions.find(({ subject }) => !steps.some((step) => step.subject.id === subject.id));
}

/**
 * Whether a follow-up may be asked on an answer that has just been graded: one per question, only on a point that
 * was judged and missed, and only when every question that is still to come keeps its minutes.
 */
export function mayFollowUp(record: InterviewRecord, question: Question, grade: Grade): boolean {
  const { plan, steps, spent, ended } = record;
  const isAnswered = steps.some(({ subject, attempt }) => subject.id === question.id && attempt !== null);
  const isFollowedUp = steps.some(({ subject }) => parseFollowUpId(subject.id)?.question === question.id);
  if (ended || !isAnswered || isFollowedUp || grade.status !== 'graded') return false;
  const point = chooseFollowUp(question, judgedMissing(question.points, grade));
  const next = point && followUp(question, point.id);
  if (!next) return false;
  const toCome = plan.questions
    .filter(({ subject }) => !steps.some((step) => step.subject.id === subject.id))
    .reduce((sum, { minutes }) => sum + minutes, 0);
  return secondsLeft(plan, steps, spent) >= (next.minutes + toCome) * 60;
}

/** Points that somebody judged and did not find, the heaviest first; one that nobody judged is not known to be missing. */
export function judgedMissing(points: readonly Point[], grade: Grade): Point[] {
  const missing = new Set(
    grade.points
      .filter(({ verdict }) => verdict === 'not_met' || verdict === 'contradicted')
      .map(({ id }) => id),
  );
  return points.filter(({ id }) => missing.has(id)).sort((a, b) => b.weight - a.weight);
}
