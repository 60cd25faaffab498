import type { EntryState } from '../bank/catalogue.ts';
import type { Grade, Subject } from '../grading/grade.ts';
import { bandOf } from '../grading/score.ts';
import { isTickable } from '../grading/tick.ts';
import {
  type Contest,
  isSameTexts,
  type StoredText,
  type StoredTexts,
  type StudyEvent,
} from '../store/events.ts';

export interface Attempt {
  readonly id: string;
  readonly ts: number;
  readonly subject: Subject;
  readonly texts: StoredTexts;
  /** The last grade of this attempt; the candidate's ticks replace an estimate, never a model's grade. */
  readonly grade: Grade | undefined;
  /** What was sent to a model for this grade and what came back. */
  readonly trace?: StoredText;
  /** Where the candidate sees the grade otherwise; it changes no score. */
  readonly contest?: Contest;
}

/** A model's grade that may be given again for the same answer. */
export interface KnownGrade {
  readonly grade: Grade;
  readonly attempt: string;
  readonly ts: number;
}

/** What is known of one entry of the bank. */
export interface EntryHistory {
  readonly attempts: readonly Attempt[];
  readonly hints: number;
  readonly solutionSeen: boolean;
}

export interface DrillRecord {
  readonly id: string;
  readonly subjects: readonly Subject[];
  /** Done so far: the attempt that was graded, or null when skipped. */
  readonly steps: readonly { readonly subject: Subject; readonly attempt: string | null }[];
  readonly ended: boolean;
}

const NOTHING: EntryHistory = { attempts: [], hints: 0, solutionSeen: false };

/** The state of study as a fold over the journal's events. The order of events is that of their stamps. */
export class History {
  readonly #entries = new Map<string, EntryHistory>();
  readonly #attempts = new Map<string, Attempt>();
  readonly #drills = new Map<string, DrillRecord>();
  readonly #known = new Map<string, KnownGrade>();
  #lastDrill: string | undefined;

  entry(id: string): EntryHistory {
    return this.#entries.get(id) ?? NOTHING;
  }

  attempt(id: string): Attempt | undefined {
    return this.#attempts.get(id);
  }

  /** The newest grade that a model gave under this key; one that only repeats another does not count. */
  known(key: string): KnownGrade | undefined {
    return this.#known.get(key);
  }

  /** The last attempt before this one that has a score, and whether its answer is the same. */
  previous(id: string): { readonly attempt: Attempt; readonly sameAnswer: boolean } | undefined {
    const current = this.#attempts.get(id);
    if (!current) return undefined;
    const { attempts } = this.entry(current.subject.id);
    const before = attempts.slice(0, attempts.indexOf(current));
    const attempt = before.findLast(({ grade }) => grade?.score != null);
    return attempt && { attempt, sameAnswer: isSameTexts(attempt.texts, current.texts) };
  }

  /** Attempts whose grade the candidate contests, the oldest first. */
  get contested(): readonly Attempt[] {
    return [...this.#attempts.values()].filter(({ contest }) => contest).sort((a, b) => a.ts - b.ts);
  }

  drill(id: string): DrillRecord | undefined {
    return this.#drills.get(id);
  }

  /** The drill begun last, unless it has ended: what "resume" goes on with. */
  get openDrill(): DrillRecord | undefined {
    const drill = this.#lastDrill === undefined ? undefined : this.#drills.get(this.#lastDrill);
    return drill?.ended ? undefined : drill;
  }

  /** The state that the sidebar shows, from the last attempt that has a score. */
  state(id: string): EntryState {
    const entry = this.#entries.get(id);
    if (!entry) return 'new';
    const score = entry.attempts.findLast(({ grade }) => grade?.score != null)?.grade?.score;
    if (score == null) return 'started';
    const band = bandOf(score);
    return band === 'good' || band === 'excellent' ? 'good' : 'to_review';
  }

  /** Folds one event in. One that names an unknown attempt or drill, or begins a known one, changes nothing. */
  apply(event: StudyEvent): void {
    switch (event.type) {
      case 'attempt': {
        if (this.#attempts.has(event.id)) break;
        const { id, ts, subject, texts } = event;
        this.#setAttempt({ id, ts, subject, texts, grade: undefined });
        break;
      }
      case 'grade': {
        const { grade, trace, attempt: id, ts } = event;
        this.#learn({ grade, attempt: id, ts });
        const attempt = this.#attempts.get(id);
        if (attempt) this.#setAttempt({ ...attempt, grade, ...(trace ? { trace } : {}) });
        break;
      }
      case 'ticks': {
        const attempt = this.#attempts.get(event.attempt);
        const isOpen = !attempt?.grade || isTickable(attempt.grade);
        if (attempt && isOpen) this.#setAttempt({ ...attempt, grade: event.grade });
        break;
      }
      case 'contest': {
        const attempt = this.#attempts.get(event.attempt);
        if (!attempt) break;
        const { contest: _earlier, ...rest } = attempt;
        const { points, note } = event;
        const isWithdrawn = points.length === 0 && note === '';
        this.#setAttempt(isWithdrawn ? rest : { ...rest, contest: { points, note } });
        break;
      }
      case 'opened':
        this.#update(event.subject.id, {});
        break;
      case 'hint':
        this.#update(event.subject.id, { hints: Math.max(this.entry(event.subject.id).hints, event.rung) });
        break;
      case 'solution':
        this.#update(event.subject.id, { solutionSeen: true });
        break;
      case 'drill':
        if (this.#drills.has(event.drill)) break;
        this.#drills.set(event.drill, { id: event.drill, subjects: event.subjects, steps: [], ended: false });
        this.#lastDrill = event.drill;
        break;
      case 'drill_step':
        this.#updateDrill(event.drill, (drill) => ({
          ...drill,
          steps: [
            ...drill.steps.filter(({ subject }) => subject.id !== event.subject.id),
            { subject: event.subject, attempt: event.attempt },
          ],
        }));
        break;
      case 'drill_end':
        this.#updateDrill(event.drill, (drill) => ({ ...drill, ended: true }));
        break;
    }
  }

  #learn(known: KnownGrade): void {
    const { key, repeats, provenance, status } = known.grade;
    if (key === undefined || repeats !== undefined) return;
    if (provenance.by !== 'model' || status !== 'graded') return;
    const other = this.#known.get(key);
    if (!other || other.ts <= known.ts) this.#known.set(key, known);
  }

  #update(id: string, change: Partial<EntryHistory>): void {
    this.#entries.set(id, { ...this.entry(id), ...change });
  }

  #setAttempt(attempt: Attempt): void {
    this.#attempts.set(attempt.id, attempt);
    const others = this.entry(attempt.subject.id).attempts.filter(({ id }) => id !== attempt.id);
    this.#update(attempt.subject.id, { attempts: [...others, attempt].sort((a, b) => a.ts - b.ts) });
  }

  #updateDrill(id: string, change: (drill: DrillRecord) => DrillRecord): void {
    const drill = this.#drills.get(id);
    if (drill) this.#drills.set(id, change(drill));
  }
}
