import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createPythonSandbox, type PythonSandboxOptions } from '../../src/adapters/sandbox/python.ts';
import type { FamilyOutcome, PythonSandbox, PythonSubmission } from '../../src/core/checks/finding.ts';
import type { Targets } from '../fixtures/sandbox/attacks.ts';

/** The built runtime (`node esbuild.js`), and a snapshot cache that test files share. */
export const RUNTIME_DIR = path.join(process.cwd(), 'dist', 'sandbox');
const CACHE_DIR = path.join(process.cwd(), 'dist', 'test-sandbox');

export interface TestSandbox extends PythonSandbox {
  readonly log: readonly string[];
  warm(): void;
  dispose(): void;
  /** Runs one program with a check that reports what the program printed, and how it ended. */
  observe(source: string, timeoutMs?: number, signal?: AbortSignal): Promise<Observed>;
}

/** What `observe` saw: the program's output and error, or why there is no result. */
export interface Observed {
  readonly outcome: FamilyOutcome;
  readonly stdout: string;
  readonly error: string;
}

const OBSERVE = `
def check(submission):
    error = submission.error
    told = '' if error is None else f"{error['type']}: {error['msg']} (line {error['line']})"
    return [{'rule': 'seen', 'line': 1, 'params': {'error': told[:400]}}] + [
        {'rule': 'printed', 'line': 1, 'params': {'text': submission.stdout[i:i + 400]}}
        for i in range(0, min(len(submission.stdout), 20000), 400)
    ]
`;

export function openSandbox(options: Partial<PythonSandboxOptions> = {}): TestSandbox {
  const log: string[] = [];
  const sandbox = createPythonSandbox({
    runtimeDir: RUNTIME_DIR,
    cacheDir: CACHE_DIR,
    log: (line) => log.push(line),
    ...options,
  });
  const run = (submission: PythonSubmission, signal: AbortSignal) => sandbox.run(submission, signal);
  return {
    log,
    run,
    warm: () => sandbox.warm(),
    dispose: () => sandbox.dispose(),
    async observe(source, timeoutMs = 4000, signal = new AbortController().signal) {
      const outcome = await run(submissionOf(source, OBSERVE, { timeoutMs }), signal);
      const params = (rule: string, name: string) =>
        outcome.state !== 'ran'
          ? []
          : outcome.violations.flatMap((v) => (v.rule === rule ? [v.params?.[name] ?? ''] : []));
      return { outcome, stdout: params('printed', 'text').join(''), error: params('seen', 'error').join('') };
    },
  };
}

/** A snapshot that starts, recorded when there is none. */
export async function soundSnapshot(): Promise<string> {
  const sandbox = openSandbox();
  await sandbox.observe('pass');
  sandbox.dispose();
  const recorded = fs.readdirSync(CACHE_DIR).filter((name) => name.endsWith('.snapshot'));
  const files = recorded.map((name) => path.join(CACHE_DIR, name));
  const newest = files.sort((a, b) => fs.statSync(b).mtimeMs - fs.statSync(a).mtimeMs)[0];
  if (newest === undefined) throw new Error('no snapshot was recorded');
  return newest;
}

/** A submission of one file, main.py. */
export function submissionOf(
  source: string,
  check: string,
  { provides = [] as readonly string[], timeoutMs = 4000 } = {},
): PythonSubmission {
  return { files: { 'main.py': source }, entry: 'main.py', provides, check, timeoutMs };
}

/** A folder of its own under the system's, gone at the end of the test. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'canari-sandbox-'));
  return { path: folder, remove: () => fs.rmSync(folder, { recursive: true, force: true }) };
}

const SECRET = 'secret-of-the-host';

/** Things that an attack may reach for, and whether one was reached. */
export class Bait {
  targets: Targets = { file: '', folder: '', mark: '', tcpPort: 0, httpPort: 0 };
  readonly #folder = temporaryFolder();
  #calls = 0;
  readonly #tcp = net.createServer((socket) => {
    this.#calls += 1;
    socket.on('error', () => {});
    socket.end();
  });
  readonly #http = http.createServer((_request, response) => {
    this.#calls += 1;
    response.end(SECRET);
  });

  /** Environment in which the secret lies, for a process that inherits it. */
  readonly env = { ...process.env, SECRET_ENV: SECRET };

  async open(): Promise<this> {
    const file = path.join(this.#folder.path, 'secret');
    fs.writeFileSync(file, SECRET);
    const listen = (server: net.Server) =>
      new Promise<number>((resolve) => {
        server.listen(0, '127.0.0.1', () => {
          const address = server.address();
          resolve(typeof address === 'object' && address ? address.port : 0);
        });
      });
    const [tcpPort, httpPort] = await Promise.all([listen(this.#tcp), listen(this.#http)]);
    this.targets = {
      file,
      folder: this.#folder.path,
      mark: path.join(this.#folder.path, 'mark'),
      tcpPort,
      httpPort,
    };
    return this;
  }

  /** Whether something was reached since the last time this was asked. */
  taken(output: string): boolean {
    const marked = fs.existsSync(this.targets.mark);
    const called = this.#calls > 0;
    fs.rmSync(this.targets.mark, { force: true });
    this.#calls = 0;
    return marked || called || output.includes(SECRET) || /^GOT/m.test(output);
  }

  close(): void {
    this.#tcp.close();
    this.#http.close();
    this.#http.closeAllConnections();
    this.#folder.remove();
  }
}
