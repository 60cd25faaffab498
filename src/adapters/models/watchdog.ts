import type { Clock } from '../../core/ports.ts';

/** Milliseconds of silence after which a reply is given up. */
export interface Watchdog {
  readonly firstToken: number;
  readonly idle: number;
  /** For a reply that comes all at once: nothing is heard while it is written. */
  readonly whole: number;
}

/** A model on this machine may have to load its weights first. */
export const WATCHDOG: Readonly<Record<'remote' | 'local', Watchdog>> = {
  remote: { firstToken: 60_000, idle: 30_000, whole: 120_000 },
  local: { firstToken: 180_000, idle: 30_000, whole: 300_000 },
};

/** A request under watch: its signal ends it when the caller does, or when nothing has been heard for too long. */
export class Watch {
  readonly #abort = new AbortController();
  readonly #clock: Clock;
  readonly #caller: AbortSignal;
  readonly #onAbort = () => this.#abort.abort();
  #callOff: () => void = () => undefined;
  #stalled = false;

  constructor(clock: Clock, caller: AbortSignal) {
    this.#clock = clock;
    this.#caller = caller;
    caller.addEventListener('abort', this.#onAbort, { once: true });
    if (caller.aborted) this.#abort.abort();
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Whether it was silence that ended the request. */
  get stalled(): boolean {
    return this.#stalled;
  }

  /** Something was heard: from now on it may be silent for so long. */
  wait(milliseconds: number): void {
    this.#callOff();
    this.#callOff = this.#clock.after(milliseconds, () => {
      this.#stalled = true;
      this.#abort.abort();
    });
  }

  /** Ends the watch, and the request with it if it is still under way. */
  close(): void {
    this.#callOff();
    this.#caller.removeEventListener('abort', this.#onAbort);
    this.#abort.abort();
  }
}
