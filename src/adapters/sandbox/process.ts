import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { type Ending, EXIT_MEMORY, MESSAGE_CHARS } from './limits.ts';
import {
  type ChildMessage,
  type ChildMode,
  type ChildSettings,
  parseChildMessage,
  type RunRequest,
} from './protocol.ts';

const STDERR_CHARS = 4000;

/** How a child is launched: the binary (Electron as Node, or Node), and where its bundle lies. */
export interface Launch {
  readonly execPath: string;
  readonly runtimeDir: string;
  readonly flags: readonly string[];
}

export type ChildEnd =
  | { readonly kind: 'result'; readonly ending: Ending; readonly text: string }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'memory' }
  | { readonly kind: 'crashed'; readonly detail: string };

/** Nothing of the editor's environment, and no switch by which Node would load something else. */
export function scrubbedEnv(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ELECTRON_RUN_AS_NODE: '1' };
  const systemRoot = process.env['SystemRoot'];
  if (process.platform === 'win32' && systemRoot !== undefined) env['SystemRoot'] = systemRoot;
  return env;
}

/**
 * One child process. It is never trusted: its lines are counted and parsed, only the first result counts,
 * and it is always killed from here, also after it answered.
 */
export class Child {
  /** Settles once: with the child's first words, or with why there are none. */
  readonly ready: Promise<Extract<ChildMessage, { type: 'ready' }>>;
  readonly #process: ChildProcess;
  readonly #ended: Promise<ChildEnd>;
  #settleReady: (message: Extract<ChildMessage, { type: 'ready' }>) => void = () => {};
  #failReady: (error: Error) => void = () => {};
  #end: (end: ChildEnd) => void = () => {};
  #answer: ChildEnd | undefined;
  #reason: ChildEnd | undefined;
  #received = 0;
  #rest = '';
  #stderr = '';

  constructor(launch: Launch, mode: ChildMode, settings: ChildSettings) {
    this.ready = new Promise((resolve, reject) => {
      this.#settleReady = resolve;
      this.#failReady = reject;
    });
    this.#ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    // A caller may only care for the end; a refusal is then no unhandled error.
    this.ready.catch(() => {});
    const script = path.join(launch.runtimeDir, 'child.cjs');
    this.#process = spawn(launch.execPath, [...launch.flags, script, mode, JSON.stringify(settings)], {
      cwd: launch.runtimeDir,
      env: scrubbedEnv(),
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    const { stdin, stdout, stderr } = this.#process;
    stdin?.on('error', () => {});
    stdout?.setEncoding('utf8').on('data', (chunk: string) => this.#read(chunk));
    stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      this.#stderr = (this.#stderr + chunk).slice(-STDERR_CHARS);
    });
    this.#process.on('error', (error) => this.#close({ kind: 'crashed', detail: error.message }));
    // `close` rather than `exit`: everything that was written has been read.
    this.#process.on('close', (code, signal) => this.#close(this.#ending(code, signal)));
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Resolves when the process is gone. */
  get ended(): Promise<ChildEnd> {
    return this.#ended;
  }

  /** Sends the one request and waits for the answer; after `hardMs` the child is killed. */
  async run(request: RunRequest, hardMs: number): Promise<ChildEnd> {
    const timer = setTimeout(() => this.kill({ kind: 'timeout' }), hardMs);
    this.#process.stdin?.write(`${JSON.stringify(request)}\n`);
    const end = await this.#ended;
    clearTimeout(timer);
    return end;
  }

  /** Ends the process at once, whatever it is doing. `reason` is told unless it had already answered. */
  kill(reason: ChildEnd = { kind: 'crashed', detail: 'killed' }): void {
    this.#reason ??= reason;
    this.#process.kill('SIGKILL');
  }

  #read(chunk: string): void {
    this.#received += chunk.length;
    if (this.#received > MESSAGE_CHARS) {
      this.kill({ kind: 'crashed', detail: 'the child says too much' });
      return;
    }
    const lines = (this.#rest + chunk).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      const message = parseChildMessage(line);
      if (message?.type === 'ready') this.#settleReady(message);
      else if (message?.type === 'result') this.#accept(message);
      else this.kill({ kind: 'crashed', detail: 'the child says something unknown' });
    }
  }

  // The first result wins, and is the last thing that a child has to do.
  #accept({ ending, text }: Extract<ChildMessage, { type: 'result' }>): void {
    if (this.#reason) return;
    this.#answer ??= { kind: 'result', ending, text };
    this.kill();
  }

  #ending(code: number | null, signal: NodeJS.Signals | null): ChildEnd {
    if (code === EXIT_MEMORY || this.#stderr.includes('out of memory')) return { kind: 'memory' };
    const detail = this.#stderr.trim().split('\n').at(-1) ?? '';
    return { kind: 'crashed', detail: detail || `exit ${signal ?? code}` };
  }

  #close(how: ChildEnd): void {
    const end = this.#answer ?? this.#reason ?? how;
    const told = end.kind === 'crashed' ? end.detail : end.kind;
    this.#failReady(new Error(told));
    this.#end(end);
  }
}
