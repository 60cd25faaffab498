import fs from 'node:fs/promises';
import path from 'node:path';
import type { FamilyOutcome, PythonSandbox, PythonSubmission } from '../../core/checks/finding.ts';
import { probeFlags } from './flags.ts';
import { MESSAGE_CHARS, RUNTIME_FILES } from './limits.ts';
import { Child, type ChildEnd, type Launch } from './process.ts';
import { SnapshotCache } from './snapshot.ts';
import { outcomeOf } from './violations.ts';

export interface PythonSandboxOptions {
  /** Where dist/sandbox lies: child.cjs, runtime.js, pyodide.asm.wasm, python_stdlib.zip. */
  readonly runtimeDir: string;
  /** Where the memory snapshot may be kept (30 MB); created when missing. */
  readonly cacheDir: string;
  /** One line for the output channel; never holds code of the learner. */
  log(line: string): void;
  /** The binary that runs the child. Default: this one, which in VS Code is Electron run as Node. */
  readonly execPath?: string;
  /** Milliseconds that a waiting child is kept. Default: five minutes. */
  readonly idleMs?: number;
  /** Milliseconds for a child to start. Default: 20 s. */
  readonly bootMs?: number;
}

/** Between the interrupt that the program can see and the kill that it cannot. */
const GRACE_MS = 500;
const SHORTEST_MS = 100;
const LONGEST_MS = 20_000;
const BOOT_MS = 20_000;
const IDLE_MS = 300_000;

type NotRun = Extract<FamilyOutcome, { state: 'not_run' }>;

const notRun = (code: NotRun['code'], detail: string): NotRun => ({ state: 'not_run', code, detail });
const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** The sandbox cannot run here at all: a file is missing, or no child starts. */
class Unavailable extends Error {}

/**
 * Runs Python in a child process per submission. One child may wait, started in advance, since a start
 * takes half a second; runs follow each other, so that there are at most two children, of 200 MB each.
 */
export function createPythonSandbox(
  options: PythonSandboxOptions,
): PythonSandbox & { dispose(): void; warm(): void } {
  return new Sandbox(options);
}

class Sandbox implements PythonSandbox {
  readonly #options: PythonSandboxOptions;
  readonly #bootMs: number;
  readonly #children = new Set<Child>();
  #launch: Promise<Launch> | undefined;
  #snapshots: SnapshotCache | undefined;
  #snapshot: Promise<string | undefined> | undefined;
  #waiting: Promise<Child> | undefined;
  #idle: NodeJS.Timeout | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #disposed = false;

  constructor(options: PythonSandboxOptions) {
    this.#options = options;
    this.#bootMs = options.bootMs ?? BOOT_MS;
  }

  /** Starts a child ahead of use; it is dropped when nothing is run for a while. */
  warm(): void {
    if (this.#disposed) return;
    this.#prepare().catch((error: unknown) => {
      if (!this.#disposed) this.#options.log(`python: not warm (${messageOf(error)})`);
    });
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#idle);
    this.#snapshots?.dispose();
    for (const child of this.#children) child.kill();
  }

  run(submission: PythonSubmission, signal: AbortSignal): Promise<FamilyOutcome> {
    const before = this.#last;
    const outcome = before.then(() => this.#runNow(submission, signal));
    this.#last = outcome;
    return outcome;
  }

  async #runNow(submission: PythonSubmission, signal: AbortSignal): Promise<FamilyOutcome> {
    const { files, entry, provides, check } = submission;
    if (!Object.hasOwn(files, entry)) return notRun('sandbox_crashed', `${entry} is missing`);
    const request = JSON.stringify({ files, entry, provides, check });
    if (request.length > MESSAGE_CHARS / 2) return notRun('sandbox_memory', 'the files are too large');
    if (this.#disposed || signal.aborted) return notRun('cancelled', '');

    let child: Child | undefined;
    let abort = () => {};
    const aborted = new Promise<undefined>((resolve) => {
      abort = () => {
        child?.kill();
        resolve(undefined);
      };
    });
    signal.addEventListener('abort', abort, { once: true });
    try {
      const prepared = this.#prepare();
      const ready = await Promise.race([prepared, aborted]);
      // A start is not undone by an abort: the child waits for the next run.
      if (!ready) return notRun('cancelled', '');
      if (this.#waiting === prepared) this.#forgetWaiting();
      child = ready;
      const softMs = Math.min(Math.max(submission.timeoutMs, SHORTEST_MS), LONGEST_MS);
      const end = await child.run({ request, softMs }, softMs + GRACE_MS);
      if (signal.aborted || this.#disposed) return notRun('cancelled', '');
      return this.#outcome(end, submission, softMs);
    } catch (error) {
      if (this.#disposed) return notRun('cancelled', '');
      this.#options.log(`python: unavailable (${messageOf(error)})`);
      return notRun('sandbox_unavailable', messageOf(error));
    } finally {
      signal.removeEventListener('abort', abort);
      if (child) this.warm();
    }
  }

  #outcome(end: ChildEnd, { files, entry }: PythonSubmission, softMs: number): FamilyOutcome {
    switch (end.kind) {
      case 'timeout':
        return notRun('sandbox_timeout', `killed after ${softMs + GRACE_MS} ms`);
      case 'memory':
        return notRun('sandbox_memory', '');
      case 'crashed':
        this.#options.log(`python: crashed (${end.detail})`);
        return notRun('sandbox_crashed', end.detail);
      case 'result': {
        if (end.ending === 'failed') return notRun('sandbox_crashed', end.text.slice(0, 500));
        const outcome = outcomeOf(end.text, files, entry);
        if (end.ending === 'ran') return outcome;
        // An interrupted program is not judged, also when it caught the interrupt and went on.
        if (outcome.state === 'not_run' && outcome.code !== 'sandbox_crashed') return outcome;
        return notRun('sandbox_timeout', `still running after ${softMs} ms`);
      }
    }
  }

  /** The child that waits, or a new one. Runs follow each other, so only one of them claims it. */
  #prepare(): Promise<Child> {
    if (this.#waiting) return this.#waiting;
    const prepared = this.#start();
    this.#waiting = prepared;
    const drop = () => {
      if (this.#waiting === prepared) this.#forgetWaiting();
    };
    prepared.then((child) => {
      // A child that dies while it waits is not handed out.
      void child.ended.then(drop);
      if (this.#waiting !== prepared) return;
      this.#idle = setTimeout(() => {
        drop();
        child.kill();
      }, this.#options.idleMs ?? IDLE_MS);
      this.#idle.unref();
    }, drop);
    return prepared;
  }

  #forgetWaiting(): void {
    this.#waiting = undefined;
    clearTimeout(this.#idle);
  }

  async #start(): Promise<Child> {
    // Asked anew after a failure: a file that was missing may be there the next time.
    this.#launch ??= this.#prepareLaunch().catch((error: unknown) => {
      this.#launch = undefined;
      throw error;
    });
    const launch = await this.#launch;
    this.#snapshots ??= new SnapshotCache(launch.runtimeDir, this.#options.cacheDir, this.#options.log);
    const cache = this.#snapshots;
    this.#snapshot ??= cache.file(launch);
    const snapshot = await this.#snapshot;
    if (snapshot === undefined) return this.#serve(launch, undefined);
    try {
      const child = await this.#serve(launch, snapshot);
      if (!(await child.ready).restored) await this.#forget(cache, snapshot);
      return child;
    } catch (error) {
      if (this.#disposed) throw error;
      this.#options.log(`python: no start from the snapshot (${messageOf(error)})`);
      await this.#forget(cache, snapshot);
      return this.#serve(launch, undefined);
    }
  }

  // For this session the long way is taken; the next one records a snapshot anew.
  async #forget(cache: SnapshotCache, snapshot: string): Promise<void> {
    this.#snapshot = Promise.resolve(undefined);
    await cache.discard(snapshot);
  }

  async #serve(launch: Launch, snapshot: string | undefined): Promise<Child> {
    if (this.#disposed) throw new Unavailable('disposed');
    const child = new Child(launch, 'serve', snapshot === undefined ? {} : { snapshot });
    this.#children.add(child);
    void child.ended.then(() => this.#children.delete(child));
    const timer = setTimeout(() => child.kill({ kind: 'timeout' }), this.#bootMs);
    try {
      await child.ready;
      return child;
    } catch (error) {
      throw new Unavailable(`the interpreter does not start: ${messageOf(error)}`);
    } finally {
      clearTimeout(timer);
    }
  }

  async #prepareLaunch(): Promise<Launch> {
    // Real paths: the permission model compares them as they are.
    const runtimeDir = await fs.realpath(this.#options.runtimeDir).catch(() => this.#options.runtimeDir);
    for (const name of RUNTIME_FILES) {
      await fs.access(path.join(runtimeDir, name)).catch(() => {
        throw new Unavailable(`${path.join(runtimeDir, name)} is missing`);
      });
    }
    const execPath = this.#options.execPath ?? process.execPath;
    await fs.mkdir(this.#options.cacheDir, { recursive: true }).catch(() => {});
    const cacheDir = await fs.realpath(this.#options.cacheDir).catch(() => this.#options.cacheDir);
    const readable = [runtimeDir, cacheDir].map((dir) => `${dir}${path.sep}*`);
    const { flags, permission } = await probeFlags({ execPath, runtimeDir }, readable);
    this.#options.log(`python: permission model ${permission ? 'active' : 'not available'}`);
    return { execPath, runtimeDir, flags };
  }
}
