import * as vscode from 'vscode';
import type { Subject } from '../core/grading/grade.ts';

/** The clock of the interview that goes on in this window; what must survive it is in the journal. */
export class InterviewClock implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  #interview: string | undefined;
  #subject: Subject | undefined;
  #since: number | undefined;
  #spent = 0;
  /** Seconds of the whole that were left when this question began. */
  #total = 0;
  #busy = false;

  /** It was started, stopped, or waits for a grade. */
  readonly onDidChange = this.#changed.event;

  /** The interview whose clock this is. */
  get interview(): string | undefined {
    return this.#interview;
  }

  /** The question at hand. */
  get subject(): Subject | undefined {
    return this.#subject;
  }

  get isRunning(): boolean {
    return this.#since !== undefined;
  }

  /** A grade is on its way. */
  get isBusy(): boolean {
    return this.#busy;
  }

  /** Seconds that the question at hand has taken, pauses left out. */
  get seconds(): number {
    const running = this.#since === undefined ? 0 : (Date.now() - this.#since) / 1000;
    return Math.round(this.#spent + running);
  }

  /** Seconds left of the whole interview; below zero once it is over. */
  get left(): number {
    return this.#total - this.seconds;
  }

  /**
   * Starts, or goes on, with a question that has taken `spent` seconds already; `total` were left of the
   * interview when the question began.
   */
  start(interview: string, subject: Subject, spent: number, total: number): void {
    [this.#interview, this.#subject, this.#total] = [interview, subject, total];
    [this.#since, this.#spent, this.#busy] = [Date.now(), spent, false];
    this.#changed.fire();
  }

  /** @returns the seconds that the question has taken */
  stop({ busy = false } = {}): number {
    this.#spent = this.seconds;
    [this.#since, this.#busy] = [undefined, busy];
    this.#changed.fire();
    return this.#spent;
  }

  end(): void {
    [this.#interview, this.#subject] = [undefined, undefined];
    [this.#since, this.#spent, this.#busy] = [undefined, 0, false];
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
