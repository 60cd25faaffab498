import type { Subject } from '../core/grading/grade.ts';

/** What is going on with the question that is being answered aloud: it ends with the window. */
export class Speaking {
  #subject: string | undefined;
  #startedAt = 0;
  #isRevealed = false;

  /** When the question was put (ms, UTC), and whether its points are on show. Another question starts the clock. */
  on({ id }: Subject): { readonly startedAt: number; readonly isRevealed: boolean } {
    if (this.#subject !== id) [this.#subject, this.#startedAt, this.#isRevealed] = [id, Date.now(), false];
    return { startedAt: this.#startedAt, isRevealed: this.#isRevealed };
  }

  reveal(): void {
    this.#isRevealed = true;
  }

  /** The next question starts anew, also when it is the same. */
  end(): void {
    this.#subject = undefined;
  }
}
