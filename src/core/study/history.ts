import type { EntryState } from '../bank/catalogue.ts';
import { graderName } from '../grading/compare.ts';
import type { Grade, Provenance, Subject } from '../grading/grade.ts';
import { bandOf } from '../grading/score.ts';
import { isTickable } from '../grading/tick.ts';
import type { Lang } from '../language.ts';
import type {
  Asked,
  Contest,
  DrillKind,
  FeedbackTime,
  Observed,
  OwnQuestion,
  Rating,
  StoredText,
  StoredTexts,
  StudyEvent,
} from '../store/events.ts';
import type { Day } from './day.ts';
import type { InterviewRecord } from './interview.ts';
import { Lines } from './lines.ts';
import { packEntry, unpackEntry } from './packed.ts';

/** Where a record lies in the journal; only the journal reads it. */
export type Place = string;

/** What the study loop needs of a grade; the whole of it stays on the disk. */
export interface GradeHead {
  readonly score: number | null;
  readonly by: Provenance['by'];
  /** Tells graders apart: only grades of equal ones are compared over time. */
  readonly grader: string;
  /** The name of the model, when one graded. */
  readonly model?: string;
  readonly status: Grade['status'];
  /** Ids of points that were judged and not earned. */
  readonly missed: readonly string[];
  /** What the grade was kept under, when a model gave it. */
  readonly key?: string;
}

/** What is kept in memory of an attempt; its texts and its whole grade are read when they are asked for. */
export interface AttemptHead {
  readonly id: string;
  readonly ts: number;
  readonly day: Day;
  readonly subject: Subject;
  readonly lang: Lang;
  /** Equal for equal answers. */
  readonly answer: string;
  readonly hints: number;
  readonly solutionSeen: boolean;
  readonly seconds?: number;
  readonly observed?: Observed;
  readonly spoken?: true;
  /** The grade in force; the candidate's ticks replace an estimate, never a model's grade. */
  readonly grade?: GradeHead;
  readonly isContested: boolean;
  /** False when the candidate has taken it back: it then says nothing about what is known. */
  readonly isCounted: boolean;
  /** The candidate's own rating, in place of the one that the score proposes. */
  readonly rating?: {
    readonly rating: Rating;
    readonly ts: number;
    readonly day: Day;
    readonly event: string;
  };
  readonly at: {
    readonly attempt: Place;
    readonly grade?: Place;
    readonly trace?: Place;
    readonly contest?: Place;
  };
}

/** An attempt with everything that was stored of it. */
export interface Attempt {
  readonly id: string;
  readonly ts: number;
  readonly subject: Subject;
  readonly texts: StoredTexts;
  readonly grade: Grade | undefined;
  /** What was sent to a model for this grade and what came back. */
  readonly trace?: StoredText;
  /** Where the candidate sees the grade otherwise; it changes no score. */
  readonly contest?: Contest;
}

/** What is known of one entry of the bank. */
export interface EntryHistory {
  /** The oldest first. */
  readonly attempts: readonly AttemptHead[];
  readonly note: string;
}

/** Help taken for the answer at hand. */
export interface Sitting {
  readonly hints: number;
  readonly solutionSeen: boolean;
}

export interface DrillRecord {
  readonly id: string;
  readonly ts: number;
  readonly day: Day;
  readonly kind: DrillKind;
  readonly feedback: FeedbackTime;
  /** Answered aloud, and ticked. */
  readonly spoken?: true;
  readonly subjects: readonly Subject[];
  /** Done so far: the attempt that was graded, or null when skipped. */
  readonly steps: readonly DrillStep[];
  readonly ended: boolean;
}

interface DrillStep {
  readonly subject: Subject;
  readonly attempt: string | null;
  readonly ts: number;
}

export interface DebriefRecord {
  readonly id: string;
  readonly ts: number;
  readonly date: Day;
  readonly employer: string;
  readonly asked: readonly Asked[];
}

export interface Verdicts {
  readonly id: string;
  readonly ts: number;
  readonly type: 'grade' | 'ticks';
  readonly head: GradeHead;
  readonly isTickable: boolean;
  readonly hasTrace: boolean;
  /** A model gave it under its key, and it does not repeat another one. */
  readonly isOriginal: boolean;
  readonly at: Place;
}

/** Last-wins values carry the stamp that won. */
interface Stamped<T> {
  readonly ts: number;
  readonly id: string;
  readonly value: T;
}

export interface AttemptRecord {
  readonly head: Omit<AttemptHead, 'grade' | 'isContested' | 'isCounted' | 'rating' | 'at'>;
  readonly at: Place;
  readonly verdicts: Verdicts[];
  readonly ratings: Stamped<{ readonly rating: Rating; readonly day: Day }>[];
  contest?: Stamped<{ readonly at: Place; readonly isWithdrawn: boolean }>;
}

export interface EntryRecord {
  readonly id: string;
  readonly attempts: AttemptRecord[];
  readonly hints: { readonly ts: number; readonly day: Day; readonly rung: number }[];
  readonly solutions: { readonly ts: number; readonly day: Day }[];
  note?: Stamped<string>;
}

interface Known {
  readonly attempt: string;
  readonly ts: number;
  readonly at: Place;
}

/** What follows from the attempts of an entry; gone as soon as one of them changes. */
interface Derived {
  view?: EntryHistory;
  /** Findings by their names. */
  readonly found: Map<string, unknown>;
}

type InterviewState = InterviewRecord & { readonly stamp: number };

/**
 * The fold as it is kept between two starts; `src/adapters/journal.ts` writes and reads it. What is needed at once
 * is in the head; the lines are JSON for later, of the entries, drills and interviews in the order of the head.
 */
export interface HistorySnapshot {
  readonly head: {
    /** Each with what was found in its attempts. */
    readonly entries: readonly (readonly [id: string, found: Readonly<Record<string, unknown>>])[];
    readonly attempts: number;
    readonly drills: readonly string[];
    readonly interviews: readonly string[];
    readonly last: { readonly drill?: string; readonly interview?: string };
    readonly undone: readonly string[];
    readonly debriefs: readonly DebriefRecord[];
    readonly orphans: readonly (readonly [string, readonly (readonly [StudyEvent, Place])[]])[];
  };
  readonly lines: readonly string[];
}

const NOTHING: EntryHistory = { attempts: [], note: '' };

/**
 * The state of study as a fold over the journal's events. The order of study is that of the stamps, and the order
 * in which events are read does not matter: another window's may come late.
 */
export class History {
  readonly #entries = new Lines<EntryRecord>((line) => this.#index(unpackEntry(line)), packEntry);
  readonly #derived = new Map<string, Derived>();
  /** Those of the entries that have been read. */
  readonly #attempts = new Map<string, AttemptRecord>();
  readonly #undone = new Set<string>();
  readonly #known = new Map<string, Known>();
  readonly #drills = new Lines<DrillRecord>(JSON.parse, JSON.stringify);
  readonly #interviews = new Lines<InterviewState>(JSON.parse, JSON.stringify);
  /** Ids of the drill and of the interview that were begun last. */
  readonly #last: { drill?: string; interview?: string } = {};
  #size = 0;
  readonly #debriefs = new Map<string, DebriefRecord>();
  /** Events whose attempt, drill or interview has not been read yet. */
  readonly #orphans = new Map<string, [StudyEvent, Place][]>();

  /** Ids of everything that the candidate has touched. */
  get touched(): Iterable<string> {
    return this.#entries.ids;
  }

  entry(id: string): EntryHistory {
    const known = this.#derived.get(id)?.view;
    if (known) return known;
    const record = this.#entries.get(id);
    if (!record) return NOTHING;
    const view = {
      attempts: record.attempts.map((attempt) => this.#view(attempt)),
      note: record.note?.value ?? '',
    };
    this.#derive(id).view = view;
    return view;
  }

  attempt(id: string): AttemptHead | undefined {
    const record = this.#attempt(id);
    return record && this.entry(record.head.subject.id).attempts.find((attempt) => attempt.id === id);
  }

  /** How many attempts are known. */
  get size(): number {
    return this.#size;
  }

  /**
   * Help that counts for an answer handed in on `today`: what was seen since the last attempt of an earlier day.
   * An attempt does not wipe out the help of its own day: what was read an hour ago is not recalled.
   */
  sitting(id: string, today: Day): Sitting {
    const record = this.#entries.get(id);
    if (!record) return { hints: 0, solutionSeen: false };
    const since = record.attempts.findLast(({ head }) => head.day < today)?.head.ts ?? 0;
    const isOfNow = ({ ts, day }: { ts: number; day: Day }) => day === today || ts > since;
    return {
      hints: record.hints.filter(isOfNow).reduce((most, { rung }) => Math.max(most, rung), 0),
      solutionSeen: record.solutions.some(isOfNow),
    };
  }

  /** Where the newest grade lies that a model gave under this key; one that only repeats another does not count. */
  known(key: string): Known | undefined {
    this.#entries.readWith(key);
    return this.#known.get(key);
  }

  /** The last attempt before this one that has a score, and whether its answer is the same. */
  previous(id: string): { readonly attempt: AttemptHead; readonly sameAnswer: boolean } | undefined {
    const current = this.attempt(id);
    if (!current) return undefined;
    const { attempts } = this.entry(current.subject.id);
    const before = attempts.slice(0, attempts.indexOf(current));
    const attempt = before.findLast(({ grade }) => grade?.score != null);
    return attempt && { attempt, sameAnswer: attempt.answer === current.answer };
  }

  /** Attempts whose grade the candidate contests, the oldest first. */
  get contested(): readonly AttemptHead[] {
    return this.all.filter(({ isContested }) => isContested);
  }

  /** Every attempt, the oldest first. */
  get all(): readonly AttemptHead[] {
    return [...this.#entries.ids].flatMap((id) => this.entry(id).attempts).sort(byTime);
  }

  drill(id: string): DrillRecord | undefined {
    return this.#drills.get(id);
  }

  get drills(): readonly DrillRecord[] {
    return this.#drills.all.sort(byTime);
  }

  /** The drill begun last, unless it has ended: what "resume" goes on with. */
  get openDrill(): DrillRecord | undefined {
    const last = this.#drills.get(this.#last.drill ?? '');
    return last?.ended ? undefined : last;
  }

  interview(id: string): InterviewRecord | undefined {
    return this.#interviews.get(id);
  }

  get interviews(): readonly InterviewRecord[] {
    return this.#interviews.all.sort(byTime);
  }

  get openInterview(): InterviewRecord | undefined {
    const last = this.#interviews.get(this.#last.interview ?? '');
    return last?.ended ? undefined : last;
  }

  get debriefs(): readonly DebriefRecord[] {
    return [...this.#debriefs.values()].sort((a, b) => a.date.localeCompare(b.date) || byTime(a, b));
  }

  /** Questions that the candidate brought home from interviews. */
  get ownQuestions(): readonly OwnQuestion[] {
    return this.debriefs.flatMap(({ asked }) => asked.flatMap(({ own }) => own ?? []));
  }

  /**
   * What `find` makes of the attempts of an entry, under a name of its own: asked again only after one of them has
   * changed. It has to be JSON, for it is kept in the snapshot, where it spares the next start all that it follows
   * from: whoever changes what a name stands for raises `FOLD` in `src/adapters/journal.ts`.
   */
  finding<T>(name: string, id: string, find: (attempts: readonly AttemptHead[]) => T): T {
    if (!this.#entries.has(id)) return find([]);
    const { found } = this.#derive(id);
    if (!found.has(name)) found.set(name, find(this.entry(id).attempts));
    return found.get(name) as T;
  }

  /** The state that the sidebar shows, from the last attempt that has a score and was not taken back. */
  state(id: string): Exclude<EntryState, 'due' | 'mastered'> {
    if (!this.#entries.has(id)) return 'new';
    const isScored = ({ grade, isCounted }: AttemptHead) => isCounted && grade?.score != null;
    const last = (attempts: readonly AttemptHead[]) => attempts.findLast(isScored)?.grade?.score ?? null;
    const score = this.finding('lastScore', id, last);
    if (score === null) return 'started';
    const band = bandOf(score);
    return band === 'good' || band === 'excellent' ? 'good' : 'to_review';
  }

  /** Folds one event in; a second time it changes nothing. */
  apply(event: StudyEvent, at: Place = ''): void {
    const parent = this.#missingParent(event);
    if (parent !== undefined) {
      const waiting = this.#orphans.get(parent) ?? [];
      if (!waiting.some(([{ id }]) => id === event.id)) waiting.push([event, at]);
      this.#orphans.set(parent, waiting);
      return;
    }
    switch (event.type) {
      case 'attempt':
        this.#addAttempt(event, at);
        break;
      case 'grade':
      case 'ticks':
        this.#addVerdicts(event, at);
        break;
      case 'contest': {
        const { id, ts, points, note } = event;
        const value = { at, isWithdrawn: points.length === 0 && note === '' };
        this.#change(event.attempt, (record) => {
          record.contest = newer(record.contest, { ts, id, value });
        });
        break;
      }
      case 'rating': {
        const { id, ts, day, rating } = event;
        this.#change(event.attempt, ({ ratings }) => insert(ratings, { ts, id, value: { rating, day } }));
        break;
      }
      case 'undo':
        this.#undo(event.event);
        break;
      case 'opened':
        this.#entry(event.subject.id);
        break;
      case 'hint': {
        const { ts, day, rung } = event;
        const { hints } = this.#entry(event.subject.id);
        if (!hints.some((hint) => hint.ts === ts && hint.rung === rung)) hints.push({ ts, day, rung });
        this.#entries.changed(event.subject.id);
        break;
      }
      case 'solution': {
        const { ts, day } = event;
        const { solutions } = this.#entry(event.subject.id);
        if (!solutions.some((seen) => seen.ts === ts)) solutions.push({ ts, day });
        this.#entries.changed(event.subject.id);
        break;
      }
      case 'note': {
        const { ts, id, text: value } = event;
        const entry = this.#entry(event.subject.id);
        entry.note = newer(entry.note, { ts, id, value });
        this.#changed(event.subject.id);
        break;
      }
      case 'drill': {
        const { drill: id, ts, day, kind, feedback, spoken, subjects } = event;
        if (this.#drills.has(id)) break;
        const head = { id, ts, day, kind, feedback, ...(spoken ? { spoken } : {}) };
        this.#drills.set(id, { ...head, subjects, steps: [], ended: false });
        this.#last.drill = lastOf(this.#drills.get(this.#last.drill ?? ''), head);
        this.#adopt(id);
        break;
      }
      case 'drill_step': {
        const { subject, attempt, ts } = event;
        const drill = this.#drills.get(event.drill);
        if (drill)
          this.#drills.set(drill.id, { ...drill, steps: withStep(drill.steps, { subject, attempt, ts }) });
        break;
      }
      case 'drill_end': {
        const drill = this.#drills.get(event.drill);
        if (drill) this.#drills.set(drill.id, { ...drill, ended: true });
        break;
      }
      case 'interview': {
        const { interview: id, ts, day, plan } = event;
        if (this.#interviews.has(id)) break;
        const record = {
          id,
          ts,
          day,
          plan,
          steps: [],
          paused: false,
          spent: 0,
          stamp: ts,
          current: null,
          ended: false,
        };
        this.#interviews.set(id, record);
        this.#last.interview = lastOf(this.#interviews.get(this.#last.interview ?? ''), record);
        this.#adopt(id);
        break;
      }
      case 'interview_step':
      case 'interview_clock':
      case 'interview_end':
        this.#changeInterview(event);
        break;
      case 'debrief': {
        const { debrief: id, ts, date, employer, asked } = event;
        const known = this.#debriefs.get(id);
        if (!known || known.ts <= ts) this.#debriefs.set(id, { id, ts, date, employer, asked });
        break;
      }
    }
  }

  /** The whole state as data, for the snapshot. */
  snapshot(): HistorySnapshot {
    const [entries, drills, interviews] = [this.#entries, this.#drills, this.#interviews];
    return {
      head: {
        entries: [...entries.ids].map((id) => [id, Object.fromEntries(this.#derive(id).found)]),
        attempts: this.#size,
        drills: [...drills.ids],
        interviews: [...interviews.ids],
        last: { ...this.#last },
        undone: [...this.#undone],
        debriefs: [...this.#debriefs.values()],
        orphans: [...this.#orphans],
      },
      lines: [...entries.lines, ...drills.lines, ...interviews.lines],
    };
  }

  /** @throws when there are fewer lines than the head names */
  static from({ head, lines }: HistorySnapshot): History {
    const { entries, drills, interviews } = head;
    const unread = [...lines];
    if (unread.length < entries.length + drills.length + interviews.length)
      throw new Error('lines are missing');
    const history = new History();
    for (const [i, [id, found]] of entries.entries()) {
      history.#entries.add(id, unread[i] ?? '');
      history.#derived.set(id, { found: new Map(Object.entries(found)) });
    }
    const after = unread.slice(entries.length);
    for (const [i, id] of drills.entries()) history.#drills.add(id, after[i] ?? '');
    for (const [i, id] of interviews.entries()) history.#interviews.add(id, after[drills.length + i] ?? '');
    history.#size = head.attempts;
    Object.assign(history.#last, head.last);
    for (const id of head.undone) history.#undone.add(id);
    for (const debrief of head.debriefs) history.#debriefs.set(debrief.id, debrief);
    for (const [parent, events] of head.orphans)
      history.#orphans.set(
        parent,
        events.map(([event, at]) => [event, at]),
      );
    return history;
  }

  // The id that an event hangs on, while nothing is known under it.
  #missingParent(event: StudyEvent): string | undefined {
    switch (event.type) {
      case 'grade':
      case 'ticks':
      case 'contest':
      case 'rating':
        return this.#attempt(event.attempt) ? undefined : event.attempt;
      case 'drill_step':
      case 'drill_end':
        return this.#drills.has(event.drill) ? undefined : event.drill;
      case 'interview_step':
      case 'interview_clock':
      case 'interview_end':
        return this.#interviews.has(event.interview) ? undefined : event.interview;
      default:
        return undefined;
    }
  }

  #adopt(parent: string): void {
    const waiting = this.#orphans.get(parent);
    if (!waiting) return;
    this.#orphans.delete(parent);
    for (const [event, at] of waiting) this.apply(event, at);
  }

  #entry(id: string): EntryRecord {
    const known = this.#entries.get(id);
    if (known) return known;
    const entry: EntryRecord = { id, attempts: [], hints: [], solutions: [] };
    this.#entries.set(id, entry);
    return entry;
  }

  #derive(id: string): Derived {
    const known = this.#derived.get(id);
    if (known) return known;
    const derived: Derived = { found: new Map() };
    this.#derived.set(id, derived);
    return derived;
  }

  #changed(entry: string): void {
    this.#entries.changed(entry);
    this.#derived.delete(entry);
  }

  // What is looked up by the ids and keys inside an entry, once its line has been read.
  #index(entry: EntryRecord): EntryRecord {
    for (const record of entry.attempts) {
      this.#attempts.set(record.head.id, record);
      for (const verdicts of record.verdicts) this.#keep(record.head.id, verdicts);
    }
    return entry;
  }

  #keep(attempt: string, { ts, head: { key }, isOriginal, at }: Verdicts): void {
    if (key === undefined || !isOriginal) return;
    const known = this.#known.get(key);
    if (!known || known.ts < ts || (known.ts === ts && known.attempt < attempt))
      this.#known.set(key, { attempt, ts, at });
  }

  #attempt(id: string): AttemptRecord | undefined {
    if (!this.#attempts.has(id)) this.#entries.readWith(id);
    return this.#attempts.get(id);
  }

  #undo(event: string): void {
    this.#undone.add(event);
    this.#entries.readWith(event);
    const isOf = ({ head, ratings }: AttemptRecord) =>
      head.id === event || ratings.some(({ id }) => id === event);
    for (const [id, { attempts }] of this.#entries.known) if (attempts.some(isOf)) this.#derived.delete(id);
  }

  #addAttempt(event: StudyEvent & { readonly type: 'attempt' }, at: Place): void {
    const { attempts } = this.#entry(event.subject.id);
    if (this.#attempts.has(event.id)) return;
    const { id, ts, day, subject, lang, hints, solutionSeen, seconds, observed, spoken } = event;
    const head = {
      id,
      ts,
      day,
      subject,
      lang,
      // Nothing was written of what was said: two such answers are never known to be equal.
      answer: spoken ? id : fingerprint(event.texts),
      hints,
      solutionSeen,
      ...(seconds === undefined ? {} : { seconds }),
      ...(observed ? { observed } : {}),
      ...(spoken ? { spoken } : {}),
    };
    const record: AttemptRecord = { head, at, verdicts: [], ratings: [] };
    this.#attempts.set(id, record);
    this.#size += 1;
    const place = attempts.findLastIndex((other) => byTime(other.head, head) <= 0);
    attempts.splice(place + 1, 0, record);
    this.#changed(subject.id);
    this.#adopt(id);
  }

  #addVerdicts(event: StudyEvent & { readonly type: 'grade' | 'ticks' }, at: Place): void {
    const { id, ts, type, grade } = event;
    const hasTrace = event.type === 'grade' && event.trace !== undefined;
    const { repeats, provenance, status } = grade;
    const isOriginal = repeats === undefined && provenance.by === 'model' && status === 'graded';
    const head = headOf(grade);
    const next = { id, ts, type, head, isTickable: isTickable(grade), hasTrace, isOriginal, at };
    this.#change(event.attempt, ({ verdicts }) => insert(verdicts, next));
    this.#keep(event.attempt, next);
  }

  #change(attempt: string, change: (record: AttemptRecord) => void): void {
    const record = this.#attempt(attempt);
    if (!record) return;
    change(record);
    this.#changed(record.head.subject.id);
  }

  #changeInterview(
    event: StudyEvent & { readonly type: 'interview_step' | 'interview_clock' | 'interview_end' },
  ): void {
    const record = this.#interviews.get(event.interview);
    if (!record) return;
    const { ts } = event;
    const set = (change: Partial<typeof record>) => this.#interviews.set(record.id, { ...record, ...change });
    if (event.type === 'interview_end') {
      set({ ended: true });
    } else if (event.type === 'interview_step') {
      const { subject, attempt, seconds } = event;
      const steps = withStep(record.steps, { subject, attempt, seconds, ts });
      // A new question begins at zero.
      set({ steps, ...(ts >= record.stamp ? { paused: false, spent: 0, stamp: ts, current: null } : {}) });
    } else if (ts >= record.stamp) {
      set({ paused: event.paused, spent: event.seconds, stamp: ts, current: event.subject });
    }
  }

  #view({ head, at, verdicts, ratings, contest }: AttemptRecord): AttemptHead {
    let inForce: Verdicts | undefined;
    let trace: Place | undefined;
    for (const next of verdicts) {
      // An open estimate gives way to the candidate's ticks; a reader's grade does not.
      if (next.type === 'ticks' && inForce && !inForce.isTickable) continue;
      inForce = next;
      if (next.hasTrace) trace = next.at;
    }
    const rating = ratings.findLast(({ id }) => !this.#undone.has(id));
    return {
      ...head,
      ...(inForce ? { grade: inForce.head } : {}),
      isContested: contest !== undefined && !contest.value.isWithdrawn,
      isCounted: !this.#undone.has(head.id),
      ...(rating ? { rating: { ...rating.value, ts: rating.ts, event: rating.id } } : {}),
      at: {
        attempt: at,
        ...(inForce ? { grade: inForce.at } : {}),
        ...(trace === undefined ? {} : { trace }),
        ...(contest && !contest.value.isWithdrawn ? { contest: contest.value.at } : {}),
      },
    };
  }
}

function byTime(a: { ts: number; id: string }, b: { ts: number; id: string }): number {
  return a.ts - b.ts || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

// The id of the one that was begun later.
function lastOf(known: { ts: number; id: string } | undefined, next: { ts: number; id: string }): string {
  return known && byTime(known, next) > 0 ? known.id : next.id;
}

function newer<T extends { ts: number; id: string }>(known: T | undefined, next: T): T {
  return known && byTime(known, next) > 0 ? known : next;
}

// Into its place by time; once only.
function insert<T extends { ts: number; id: string }>(list: T[], next: T): void {
  if (list.some(({ id }) => id === next.id)) return;
  list.splice(list.findLastIndex((other) => byTime(other, next) <= 0) + 1, 0, next);
}

// One step per subject, the last one; in the order of their times.
function withStep<T extends DrillStep>(steps: readonly T[], next: T): T[] {
  const known = steps.find(({ subject }) => subject.id === next.subject.id);
  if (known && known.ts > next.ts) return [...steps];
  return [...steps.filter((step) => step !== known), next].sort((a, b) => a.ts - b.ts);
}

function headOf(grade: Grade): GradeHead {
  const { score, provenance, status, points, key } = grade;
  const isMissed = (verdict: string) => verdict === 'not_met' || verdict === 'contradicted';
  return {
    score,
    by: provenance.by,
    grader: graderName(provenance),
    ...(provenance.by === 'model' ? { model: provenance.model } : {}),
    status,
    missed: points.filter(({ verdict }) => isMissed(verdict)).map(({ id }) => id),
    ...(key === undefined ? {} : { key }),
  };
}

// FNV-1a over the texts: tells answers apart, which is all that is asked of it.
function fingerprint(texts: StoredTexts): string {
  let [one, two] = [0x811c9dc5, 0x1b873593];
  const text = JSON.stringify(Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1)));
  for (let i = 0; i < text.length; i++) {
    one = Math.imul(one ^ text.charCodeAt(i), 0x01000193);
    two = Math.imul(two ^ text.charCodeAt(i), 0x85ebca6b);
  }
  return `${(one >>> 0).toString(36)}${(two >>> 0).toString(36)}`;
}
