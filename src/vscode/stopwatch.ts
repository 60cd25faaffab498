import * as vscode from 'vscode';
import type { Subject } from '../core/grading/grade.ts';
import type { PracticeFolder } from './practice.ts';

/** A longer silence is a break: only so much of it counts as work, in ms. */
const LONGEST_PAUSE = 120_000;

/** How long the candidate has been at each answer in this window; breaks are left out. */
export class Stopwatch implements vscode.Disposable {
  readonly #running = new Map<string, { spent: number; last: number }>();
  readonly #subscription: vscode.Disposable;

  constructor(practice: PracticeFolder) {
    this.#subscription = vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      const subject = contentChanges.length > 0 ? practice.locate(document.uri)?.subject : undefined;
      if (subject) this.touch(subject);
    });
  }

  /** Something is being done on this answer; the first time starts the watch. */
  touch({ id }: Subject): void {
    const now = Date.now();
    const { spent, last } = this.#running.get(id) ?? { spent: 0, last: now };
    this.#running.set(id, { spent: spent + Math.min(now - last, LONGEST_PAUSE), last: now });
  }

  /** The time that went into the answer, in seconds, which then starts anew; nothing for one never worked on here. */
  take(subject: Subject): number | undefined {
    if (!this.#running.has(subject.id)) return undefined;
    this.touch(subject);
    const { spent = 0 } = this.#running.get(subject.id) ?? {};
    this.#running.delete(subject.id);
    return Math.round(spent / 1000);
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}
