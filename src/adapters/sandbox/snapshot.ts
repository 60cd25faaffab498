import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { RUNTIME_FILES } from './limits.ts';
import { Child, type Launch } from './process.ts';

const RECORD_MS = 60_000;
const STALE_MS = 3_600_000;
const NAME = /^python-[0-9a-f]{32}\.(snapshot|[0-9a-f]+\.tmp)$/;

// The memory depends on the interpreter, and on the harness and the stand-ins, which are in child.cjs.
async function keyOf(runtimeDir: string): Promise<string> {
  const hash = createHash('sha256');
  for (const name of RUNTIME_FILES) {
    for await (const chunk of createReadStream(path.join(runtimeDir, name))) hash.update(chunk as Buffer);
  }
  return hash.digest('hex').slice(0, 32);
}

async function exists(file: string): Promise<boolean> {
  return fs.access(file).then(
    () => true,
    () => false,
  );
}

/** Starts in seven times less: the interpreter's memory, recorded once per version, kept as a cache. */
export class SnapshotCache {
  readonly #runtimeDir: string;
  readonly #cacheDir: string;
  readonly #log: (line: string) => void;
  readonly #recording = new Set<Child>();
  #disposed = false;

  constructor(runtimeDir: string, cacheDir: string, log: (line: string) => void) {
    this.#runtimeDir = runtimeDir;
    this.#cacheDir = cacheDir;
    this.#log = log;
  }

  /** The snapshot's file, recorded when it is missing; nothing when it cannot be had. Never throws. */
  async file(launch: Omit<Launch, 'flags'>): Promise<string | undefined> {
    try {
      const file = path.join(this.#cacheDir, `python-${await keyOf(this.#runtimeDir)}.snapshot`);
      if (await exists(file)) return file;
      await fs.mkdir(this.#cacheDir, { recursive: true });
      await this.#record(launch, file);
      await this.#sweep(file);
      return file;
    } catch (error) {
      this.#log(`python: no snapshot (${error instanceof Error ? error.message : String(error)})`);
      return undefined;
    }
  }

  /** Takes away a snapshot that does not start, so that the next session records another. */
  async discard(file: string): Promise<void> {
    this.#log('python: the snapshot is damaged and was discarded');
    await fs.rm(file, { force: true }).catch(() => {});
  }

  dispose(): void {
    this.#disposed = true;
    for (const child of this.#recording) child.kill();
  }

  // Recorded aside, then renamed: a window that looks meanwhile sees nothing or all of it, and two that
  // record at once make the same file.
  async #record(launch: Omit<Launch, 'flags'>, file: string): Promise<void> {
    if (this.#disposed) throw new Error('disposed');
    const started = performance.now();
    const aside = file.replace(/snapshot$/, `${randomBytes(6).toString('hex')}.tmp`);
    // No learner's code runs in this child, and it has a file to write: no permission flags.
    const child = new Child({ ...launch, flags: [] }, 'record', { snapshot: aside });
    this.#recording.add(child);
    const timer = setTimeout(() => child.kill({ kind: 'timeout' }), RECORD_MS);
    try {
      const end = await child.ended;
      if (!(await exists(aside))) throw new Error(end.kind === 'crashed' ? end.detail : end.kind);
      await fs.rename(aside, file).catch(async (error: unknown) => {
        // On Windows a file that another window holds open cannot be replaced; it is the same one.
        if (!(await exists(file))) throw error;
      });
    } finally {
      clearTimeout(timer);
      this.#recording.delete(child);
      await fs.rm(aside, { force: true });
    }
    this.#log(`python: snapshot recorded in ${Math.round(performance.now() - started)} ms`);
  }

  // Other versions' snapshots, and what a crash left aside: 30 MB each, for nobody.
  async #sweep(keep: string): Promise<void> {
    for (const name of await fs.readdir(this.#cacheDir)) {
      const file = path.join(this.#cacheDir, name);
      if (!NAME.test(name) || file === keep) continue;
      const { mtimeMs } = await fs.stat(file);
      if (Date.now() - mtimeMs > STALE_MS) await fs.rm(file, { force: true });
    }
  }
}
