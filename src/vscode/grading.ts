import { createHash, randomBytes, randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { systemClock } from '../adapters/models/clock.ts';
import type { Exercise, Question } from '../core/bank/question.ts';
import { AppError } from '../core/errors.ts';
import type { Grade, Subject } from '../core/grading/grade.ts';
import type { Grader, GradeTools, Progress } from '../core/grading/gradeAnswer.ts';
import type { Exchange, Trace } from '../core/grading/trace.ts';
import { LANGS, type Lang } from '../core/language.ts';
import type { Clock, Random } from '../core/ports.ts';
import type { Contest } from '../core/store/events.ts';
import { load } from '../load.ts';
import type { Assistance } from './assistance.ts';
import type { Bank } from './bank.ts';
import type { Checks } from './checks.ts';
import type { Localizer } from './l10n.ts';
import type { Models } from './models.ts';
import type { PracticeFolder } from './practice.ts';
import type { Reporter } from './report.ts';
import type { Stopwatch } from './stopwatch.ts';
import type { Study } from './study.ts';
import type { TraceRecord } from './traceText.ts';

const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** Nonces from the system's source of randomness. */
export const secureRandom: Random = {
  token: (length) => [...randomBytes(length)].map((byte) => ALPHABET[byte % ALPHABET.length]).join(''),
};

/** A grade on its way. */
export interface Session {
  readonly subject: Subject;
  readonly startedAt: number;
  readonly progress: Progress | undefined;
}

/** A grade that has arrived, with the attempt that it belongs to. */
export interface Graded {
  readonly subject: Subject;
  readonly attempt: string;
  readonly grade: Grade;
  /** False when the disk refused the record; the grade itself stands. */
  readonly isStored: boolean;
  /** The last attempt before this one that has a score. */
  readonly previous?: {
    readonly grade: Grade;
    /** Whether the answer was the same, word for word: a change is then the grader's. */
    readonly sameAnswer: boolean;
    readonly attempt: string;
    readonly ts: number;
  };
}

interface GradeOptions {
  /** Offline for this once, whatever the settings say. */
  readonly offline?: boolean;
  /** Ask again though the same answer has been graded in the same way. */
  readonly fresh?: boolean;
  /** The language in which the question was put, when it is not that of the interface. */
  readonly lang?: Lang;
}

interface Dependencies {
  readonly bank: Bank;
  readonly practice: PracticeFolder;
  readonly study: Study;
  readonly stopwatch: Stopwatch;
  readonly assistance: Assistance;
  readonly models: Models;
  readonly checks: Checks;
  readonly l10n: Localizer;
  readonly report: Reporter;
}

/** Takes an answer from its documents to a stored grade; one at a time per subject. */
export class Grading implements vscode.Disposable {
  readonly #deps: Dependencies;
  readonly #running = new Map<string, { session: Session; abort: AbortController }>();
  readonly #last = new Map<string, Graded>();
  /** Traces that the disk refused, by attempt: they are gone with the window. */
  readonly #unstored = new Map<string, Trace>();
  readonly #progressed = new vscode.EventEmitter<Subject>();
  readonly #turned = new vscode.EventEmitter<void>();
  readonly #graded = new vscode.EventEmitter<Graded>();

  /** The source of nonces; tests of replies put a known one here. */
  random: Random = secureRandom;
  /** Time; tests of waiting put a faster one here. */
  clock: Clock = systemClock;

  readonly onDidProgress = this.#progressed.event;
  /** A grade has begun or ended: for what shows only that, and not each piece of a reply. */
  readonly onDidTurn = this.#turned.event;
  readonly onDidGrade = this.#graded.event;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  session(subject: Subject): Session | undefined {
    return this.#running.get(subject.id)?.session;
  }

  get isRunning(): boolean {
    return this.#running.size > 0;
  }

  /** The grade of this window's last attempt, or of the last one stored. */
  async last(subject: Subject): Promise<Graded | undefined> {
    const own = this.#last.get(subject.id);
    if (own) return this.#withPrevious(own);
    const { study } = this.#deps;
    const { attempts } = (await study.history()).entry(subject.id);
    const head = attempts.findLast(({ grade }) => grade !== undefined);
    const grade = head && (await study.whole(head)).grade;
    if (!grade) return undefined;
    return this.#withPrevious({ subject, attempt: head.id, grade, isStored: true });
  }

  /** The grade of an attempt with what was sent and received for it, or for the grade that it repeats. */
  async trace(attempt: string): Promise<TraceRecord | undefined> {
    const { study } = this.#deps;
    const own = [...this.#last.values()].find((graded) => graded.attempt === attempt);
    const grade = own?.grade ?? (await study.attempt(attempt))?.grade;
    if (!grade) return undefined;
    const unstored = this.#unstored.get(attempt);
    if (unstored) return { grade, trace: unstored };
    const known = grade.key === undefined ? undefined : (await study.history()).known(grade.key);
    const original = known?.ts === grade.repeats ? known?.attempt : undefined;
    const source = grade.repeats === undefined ? attempt : original;
    const stored = source === undefined ? undefined : (await study.attempt(source))?.trace;
    if (!stored) return { grade };
    const { trace = '' } = await study.readTexts({ trace: stored });
    return { grade, trace: JSON.parse(trace) as Trace };
  }

  /** Notes where the candidate sees a stored grade otherwise; the score stays. */
  async contest(attempt: string, contest: Contest): Promise<void> {
    const { study } = this.#deps;
    const head = (await study.history()).attempt(attempt);
    if (!head?.grade) throw new AppError('not_found', { id: attempt });
    await study.record({ type: 'contest', attempt, ...contest });
    this.#progressed.fire(head.subject);
  }

  cancel(subject: Subject): void {
    this.#running.get(subject.id)?.abort.abort();
  }

  /** Drops what this window remembers of grades, and calls off those on their way. */
  forget(): void {
    for (const { abort } of this.#running.values()) abort.abort();
    this.#last.clear();
    this.#unstored.clear();
    this.#turned.fire();
  }

  /** The answer's texts as they stand in the editor, saved or not; files that were deleted count as empty. */
  async texts(subject: Subject, item: Question | Exercise): Promise<Record<string, string>> {
    const { practice } = this.#deps;
    const files = 'files' in item ? item.files.map(({ path }) => path) : [''];
    const texts: Record<string, string> = {};
    for (const file of files) {
      const name =
        file === '' ? practice.answerFile(subject, item.track) : practice.exerciseFile(subject.id, file);
      const uri = vscode.Uri.file(name);
      const open = vscode.workspace.textDocuments.find((document) => document.uri.fsPath === uri.fsPath);
      if (open?.isDirty && !(await open.save())) {
        this.#deps.report.failure(new AppError('answer_unsaved', { path: name }));
      }
      texts[file] = open ? open.getText() : await readOrEmpty(uri);
    }
    return texts;
  }

  /**
   * Grades the answer of a subject.
   * Resolves with the grade, graded or not; throws only `cancelled` and failures before any grading.
   */
  async grade(
    subject: Subject,
    { offline = false, fresh = false, lang = this.#deps.l10n.lang }: GradeOptions = {},
  ): Promise<Graded> {
    this.cancel(subject);
    const abort = new AbortController();
    const run = { session: { subject, startedAt: Date.now(), progress: undefined }, abort };
    this.#running.set(subject.id, run);
    this.#progressed.fire(subject);
    this.#turned.fire();
    try {
      const graded = await this.#withPrevious(
        await this.#grade(subject, { offline, fresh, lang }, abort.signal),
      );
      this.#last.set(subject.id, graded);
      this.#running.delete(subject.id);
      this.#graded.fire(graded);
      return graded;
    } finally {
      if (this.#running.get(subject.id)?.abort === abort) this.#running.delete(subject.id);
      this.#progressed.fire(subject);
      this.#turned.fire();
    }
  }

  /** An answer that was said aloud: its grade is what the candidate ticked, and says so. */
  async tickAloud(subject: Subject, met: readonly string[], seconds: number): Promise<Graded> {
    const { assistance, bank, l10n, study } = this.#deps;
    const item = await bank.item(subject);
    const { lang } = l10n;
    const help = (await study.history()).sitting(subject.id, study.today);
    const observed = assistance.observe(this.documentOf(subject, item));
    const said = {
      type: 'attempt',
      subject,
      lang,
      texts: {},
      ...help,
      seconds,
      observed,
      spoken: true,
    } as const;
    const { id: attempt } = await study.record(said);
    const unjudged: Grade = {
      v: 1,
      subject,
      lang,
      provenance: { by: 'none' },
      status: 'graded',
      score: null,
      points: [],
      pitfalls: [],
      checks: [],
    };
    const grade = load('grading').tickGrade(unjudged, item, met);
    await study.record({ type: 'grade', attempt, grade });
    const graded = { subject, attempt, grade, isStored: true };
    this.#last.set(subject.id, graded);
    return graded;
  }

  /** The candidate's own verdicts on an attempt whose points were estimated or left open. */
  async tick(attempt: string, met: readonly string[]): Promise<void> {
    const { study, bank } = this.#deps;
    const known = [...this.#last.values()].find((graded) => graded.attempt === attempt);
    const grade = known?.grade ?? (await study.attempt(attempt))?.grade;
    if (!grade) throw new AppError('not_found', { id: attempt });
    const item = await bank.item(grade.subject);
    const corrected = load('grading').tickGrade(grade, item, met);
    const event = { type: 'ticks', attempt, grade: corrected } as const;
    this.#last.set(grade.subject.id, { subject: grade.subject, attempt, grade: corrected, isStored: true });
    await study.record(event);
    this.#progressed.fire(grade.subject);
  }

  dispose(): void {
    for (const { abort } of this.#running.values()) abort.abort();
    this.#progressed.dispose();
    this.#turned.dispose();
    this.#graded.dispose();
  }

  /** The document that an answer is written in; of an exercise its first file. */
  documentOf(subject: Subject, item: Question | Exercise): vscode.Uri {
    const { practice } = this.#deps;
    return vscode.Uri.file(
      'files' in item
        ? practice.exerciseFile(subject.id, item.files[0]?.path ?? '')
        : practice.answerFile(subject, item.track),
    );
  }

  async #withPrevious(graded: Graded): Promise<Graded> {
    if (!graded.isStored) return graded;
    const { study } = this.#deps;
    const found = (await study.history()).previous(graded.attempt);
    const grade = found && (await study.whole(found.attempt)).grade;
    if (!found || !grade) return graded;
    const { attempt, sameAnswer } = found;
    return { ...graded, previous: { grade, sameAnswer, attempt: attempt.id, ts: attempt.ts } };
  }

  async #grade(
    subject: Subject,
    { offline, fresh, lang }: Required<GradeOptions>,
    signal: AbortSignal,
  ): Promise<Graded> {
    const { bank, study, l10n, checks } = this.#deps;
    const item = await bank.item(subject);
    const files = await this.texts(subject, item);
    const exercise = 'files' in item ? item : undefined;
    const assignment = {
      rubric: item,
      prompts: item.prompt,
      scaffolds: exercise ? LANGS.map((lang) => scaffoldsOf(exercise, lang)) : [],
      ...('model_answer' in item
        ? { reference: Object.values(item.model_answer), minutes: item.minutes }
        : {}),
    };
    const answer = { subject, files, lang, feedbackLang: l10n.feedbackLang };
    const stored = await this.#store(subject, item, files, lang);
    const exchanges: Exchange[] = [];
    const tools: GradeTools = {
      random: this.random,
      clock: this.clock,
      hash: (text) => createHash('sha256').update(text).digest('hex'),
      onExchange: (exchange) => exchanges.push(exchange),
      ...(fresh ? {} : { known: (key: string) => study.known(key).catch(() => undefined) }),
      grader: () => (offline ? Promise.resolve({ kind: 'offline' } as const) : this.#grader(signal)),
      onProgress: (progress: Progress) => this.#onProgress(subject, progress),
      ...(exercise
        ? {
            check: async (checkSignal: AbortSignal) =>
              (await checks.run(exercise, files, checkSignal)).results,
          }
        : {}),
    };
    const grade = await load('grading').gradeAnswer(answer, assignment, tools, signal);
    if (signal.aborted) throw new AppError('cancelled');
    const attempt = stored ?? randomUUID();
    const trace: Trace | undefined = exchanges.length > 0 ? { v: 1, exchanges } : undefined;
    const isStored = stored !== undefined && (await this.#record(attempt, grade, trace));
    if (!isStored && trace) this.#unstored.set(attempt, trace);
    return { subject, attempt, grade, isStored };
  }

  async #record(attempt: string, grade: Grade, trace: Trace | undefined): Promise<boolean> {
    const { study, report } = this.#deps;
    try {
      const kept = trace ? { trace: await study.storeText(JSON.stringify(trace)) } : {};
      await study.record({ type: 'grade', attempt, grade, ...kept });
      return true;
    } catch (error) {
      report.failure(error);
      return false;
    }
  }

  // The answer is on the disk before anybody reads it; a full disk costs the record, not the grade.
  async #store(
    subject: Subject,
    item: Question | Exercise,
    files: Readonly<Record<string, string>>,
    lang: Lang,
  ): Promise<string | undefined> {
    const { assistance, report, stopwatch, study } = this.#deps;
    try {
      const help = (await study.history()).sitting(subject.id, study.today);
      const texts = await study.storeTexts(files);
      const seconds = stopwatch.take(subject);
      const event = {
        type: 'attempt',
        subject,
        lang,
        texts,
        ...help,
        ...(seconds === undefined ? {} : { seconds }),
        observed: assistance.observe(this.documentOf(subject, item)),
      } as const;
      return (await study.record(event)).id;
    } catch (error) {
      report.failure(error);
      return undefined;
    }
  }

  // The first answer to each destination is sent only after a yes.
  async #grader(signal: AbortSignal): Promise<Grader> {
    const { models, l10n } = this.#deps;
    const grader = await models.resolve();
    if (grader.kind === 'offline' || models.isConfirmed(grader.client.destination)) return grader;
    const { model, destination } = grader.client;
    const [send, offline] = [l10n.t('confirm.send'), l10n.t('confirm.offline')];
    const chosen = await vscode.window.showInformationMessage(
      l10n.t('confirm.title', { model, destination }),
      { modal: true, detail: l10n.t('confirm.detail', { destination }) },
      send,
      offline,
    );
    if (signal.aborted) throw new AppError('cancelled');
    if (chosen === offline) return { kind: 'offline' };
    if (chosen !== send) throw new AppError('send_declined', { destination });
    await models.confirm(destination);
    return grader;
  }

  #onProgress(subject: Subject, progress: Progress): void {
    const run = this.#running.get(subject.id);
    if (!run) return;
    run.session = { ...run.session, progress };
    this.#progressed.fire(subject);
  }
}

export function scaffoldsOf(exercise: Exercise, lang: 'fr' | 'en'): Record<string, string> {
  return Object.fromEntries(exercise.files.map(({ path, scaffold }) => [path, scaffold[lang]]));
}

async function readOrEmpty(uri: vscode.Uri): Promise<string> {
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch {
    return '';
  }
}
