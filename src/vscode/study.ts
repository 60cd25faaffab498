import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Journal, Unreadable } from '../adapters/journal.ts';
import type { Grade } from '../core/grading/grade.ts';
import type { NewEvent, StoredText, StoredTexts, StudyEvent } from '../core/store/events.ts';
import { type Day, isDay } from '../core/study/day.ts';
import type { Attempt, AttemptHead, History, Place } from '../core/study/history.ts';
import type { Card, Plan, Schedule } from '../core/study/schedule.ts';
import { load } from '../load.ts';
import { readSetting } from './settings.ts';

/** A compact copy of the cards, which Settings Sync carries to the candidate's other machines. Never the truth. */
const CARDS = 'canari.cards';

/** Cards as they travel, by entry and by the machine that wrote them: its own journal knows better. */
type TravellingCards = Readonly<Record<string, Readonly<Record<string, Card>>>>;

/** The day of study ends at four in the morning: an hour after midnight is still the same evening. */
const DAY_ENDS = 4;

/** The candidate's day at a moment, by the clock of this machine. */
export function localDay(ts: number): Day {
  const date = new Date(ts);
  date.setHours(date.getHours() - DAY_ENDS);
  const [year, month, day] = [date.getFullYear(), date.getMonth() + 1, date.getDate()];
  return [String(year).padStart(4, '0'), ...[month, day].map((part) => String(part).padStart(2, '0'))].join(
    '-',
  );
}

/** Events that change what is known of an entry. */
const CHANGES_CARDS: ReadonlySet<StudyEvent['type']> = new Set(['grade', 'ticks', 'rating', 'undo']);

/** How many records read from the disk stay in memory. */
const MOST_READ = 200;

/** The candidate's record: the journal on the disk and its fold in memory. */
export class Study implements vscode.Disposable {
  readonly #context: vscode.ExtensionContext;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscription: vscode.Disposable;
  readonly #onUnreadable: (lines: readonly Unreadable[]) => void;
  readonly #read = new Map<Place, StudyEvent>();
  #journal: Journal | undefined;
  #history: History | undefined;
  #schedule: { readonly history: History; readonly schedule: Schedule } | undefined;
  #loaded: Promise<void> | undefined;

  readonly onDidChange = this.#changed.event;

  /** Time; tests of days to come put another clock here, before anything is read. */
  now: () => number = Date.now;

  constructor(context: vscode.ExtensionContext, onUnreadable: (lines: readonly Unreadable[]) => void) {
    this.#context = context;
    this.#onUnreadable = onUnreadable;
    context.globalState.setKeysForSync([CARDS]);
    // Another window may have written while this one was away.
    this.#subscription = vscode.window.onDidChangeWindowState(({ focused }) => {
      if (!focused || !this.#loaded) return;
      // Settings Sync may have brought cards too.
      this.#schedule = undefined;
      void this.refresh();
    });
  }

  /** Where the records are. */
  get folder(): string {
    return path.join(this.#context.globalStorageUri.fsPath, 'attempts');
  }

  get today(): Day {
    return localDay(this.now());
  }

  /** What the settings say of the way to the interview; a date that is none counts as not set. */
  get plan(): Plan {
    const date = readSetting('interviewDate').trim();
    return {
      interview: isDay(date) ? date : undefined,
      minutes: readSetting('minutesPerDay'),
      newPerDay: readSetting('newPerDay'),
      cap: readSetting('dailyCap'),
    };
  }

  /** The history so far; the first call reads the journal. */
  async history(): Promise<History> {
    this.#loaded ??= this.#refresh();
    await this.#loaded;
    return this.#history ?? this.#reset();
  }

  /** What is remembered of each entry. */
  async schedule(): Promise<Schedule> {
    const history = await this.history();
    if (this.#schedule?.history !== history) {
      const synced = this.#context.globalState.get<TravellingCards>(CARDS, {});
      const { machineId } = vscode.env;
      const foreign = Object.entries(synced).map(([id, cards]) => {
        const { [machineId]: _own, ...others } = cards;
        return [id, Object.values(others)] as const;
      });
      const { Schedule } = load('study');
      this.#schedule = { history, schedule: new Schedule(history, Object.fromEntries(foreign)) };
    }
    return this.#schedule.schedule;
  }

  /** Takes in what other windows have written since the last reading. */
  refresh(): Promise<void> {
    return this.#refresh();
  }

  /** Writes an event to the disk, then into the history. */
  async record(event: NewEvent): Promise<StudyEvent> {
    await this.history();
    const written = await this.#store.append(event);
    if (CHANGES_CARDS.has(written.type)) void this.#share(written);
    this.#changed.fire();
    return written;
  }

  /** Writes events that carry their stamps already, as an export holds them. */
  async adopt(events: readonly StudyEvent[]): Promise<void> {
    await this.history();
    await this.#store.adopt(events);
    this.#changed.fire();
  }

  /** Every record of all windows, from the disk. */
  readAll(): Promise<StudyEvent[]> {
    return this.#store.readAll();
  }

  /** Removes every record and what other machines were given. */
  async deleteAll(): Promise<void> {
    await this.#store.deleteAll();
    await this.#context.globalState.update(CARDS, undefined);
    this.#read.clear();
    this.#schedule = undefined;
    await this.#refresh();
    this.#changed.fire();
  }

  /** An attempt with all that was stored of it. @throws store_unreadable */
  async attempt(id: string): Promise<Attempt | undefined> {
    const head = (await this.history()).attempt(id);
    return head && this.whole(head);
  }

  /** The same, for one whose head is at hand. */
  async whole({ id, ts, subject, at }: AttemptHead): Promise<Attempt> {
    const [attempt, grade, trace, contest] = await Promise.all(
      [at.attempt, at.grade, at.trace, at.contest].map((place) =>
        place === undefined ? undefined : this.#event(place),
      ),
    );
    return {
      id,
      ts,
      subject,
      texts: attempt?.type === 'attempt' ? attempt.texts : {},
      grade: grade?.type === 'grade' || grade?.type === 'ticks' ? grade.grade : undefined,
      ...(trace?.type === 'grade' && trace.trace ? { trace: trace.trace } : {}),
      ...(contest?.type === 'contest' ? { contest: { points: contest.points, note: contest.note } } : {}),
    };
  }

  /** The grade that was given under a key before. */
  async known(key: string): Promise<{ grade: Grade; ts: number; attempt: string } | undefined> {
    const known = (await this.history()).known(key);
    const event = known && (await this.#event(known.at));
    return known && event?.type === 'grade'
      ? { grade: event.grade, ts: known.ts, attempt: known.attempt }
      : undefined;
  }

  storeTexts(files: Readonly<Record<string, string>>): Promise<StoredTexts> {
    return this.#store.storeTexts(files);
  }

  /** One text of any size, as an event keeps it. */
  async storeText(text: string): Promise<StoredText> {
    return (await this.storeTexts({ '': text }))[''] ?? { text };
  }

  /** @throws store_unreadable when a text kept apart is gone. */
  readTexts(stored: StoredTexts): Promise<Record<string, string>> {
    return this.#store.readTexts(stored);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  get #store(): Journal {
    this.#journal ??= new (load('study').Journal)(this.folder, { now: () => this.now(), dayOf: localDay });
    return this.#journal;
  }

  #reset(): History {
    this.#history = new (load('study').History)();
    return this.#history;
  }

  async #event(place: Place): Promise<StudyEvent> {
    const known = this.#read.get(place);
    if (known) return known;
    const event = await this.#store.readEvent(place);
    const [oldest] = this.#read.keys();
    if (this.#read.size >= MOST_READ && oldest !== undefined) this.#read.delete(oldest);
    this.#read.set(place, event);
    return event;
  }

  async #refresh(): Promise<void> {
    const { history, hasNews, unreadable } = await this.#store.refresh();
    this.#history = history;
    if (unreadable.length > 0) this.#onUnreadable(unreadable);
    if (hasNews) this.#changed.fire();
  }

  // The copy for other machines follows; losing it costs nothing here.
  async #share(event: StudyEvent): Promise<void> {
    const schedule = await this.schedule();
    const history = await this.history();
    const synced = this.#context.globalState.get<TravellingCards>(CARDS, {});
    const id =
      event.type === 'grade' || event.type === 'ticks'
        ? event.grade.subject.id
        : event.type === 'rating'
          ? history.attempt(event.attempt)?.subject.id
          : undefined;
    const { machineId: machine } = vscode.env;
    const next = { ...synced };
    // An undo may concern any of them.
    for (const one of id === undefined ? history.touched : [id]) {
      const card = schedule.card(one);
      const { [machine]: _before, ...others } = next[one] ?? {};
      next[one] = card ? { ...others, [machine]: card } : others;
    }
    await this.#context.globalState.update(CARDS, next);
  }
}
