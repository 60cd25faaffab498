import { createHash, randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { AppError } from '../core/errors.ts';
import type { Clock } from '../core/ports.ts';
import { type NewEvent, type StoredTexts, type StudyEvent, TYPES, VERSION } from '../core/store/events.ts';
import { type DayOf, readLine } from '../core/store/migrate.ts';
import { History, type HistorySnapshot, type Place } from '../core/study/history.ts';

/** Texts longer than this many characters become a file of their own, named by its content. */
const INLINE = 8_000;

/** So many events after the last snapshot a new one is written: what the next start has to fold is no more. */
const SNAPSHOT_AFTER = 10;

/** How long after the answer to a refresh or an append a snapshot is written (ms): nobody waits for it. */
const SNAPSHOT_DELAY = 3_000;

/** The rules of the fold, and of all that `History.finding` keeps: a change raises it, and older snapshots are ignored. */
const FOLD = 1;

/** A snapshot holds nothing of records that its writer did not understand: another reader cannot go on from it. */
const SHAPE = [FOLD, VERSION, ...TYPES].join(' ');

/** Bytes read at once: a long file is taken in by pieces, and others have their turn in between. */
const CHUNK = 1_000_000;

/** Bytes at most by which the last line that was read is known again. */
const MARK = 256;

/** A stamp further ahead than this (ms) is no clock's that was set back: it is not followed. */
const FAR_AHEAD = 366 * 86_400_000;

/** Drafts older than this (ms) were left by a process that ended: nobody will give them their name. */
const LEFT_BEHIND = 3_600_000;

export interface Unreadable {
  readonly file: string;
  /** Counts from 1, as an editor shows it; 0 for the whole file. */
  readonly line: number;
  readonly reason: string;
}

export interface Time {
  /** Milliseconds since 1970, UTC. */
  readonly now: () => number;
  /** The candidate's day at a moment. */
  readonly dayOf: DayOf;
  /** For work that can wait; the machine's own unless given. */
  readonly after?: Clock['after'];
}

export interface Refreshed {
  readonly history: History;
  /** Whether anything was read that was not known before, or is gone that was. */
  readonly hasNews: boolean;
  readonly unreadable: readonly Unreadable[];
}

/** How a file stands on the disk; one that stands the same is not opened. */
interface Stand {
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

/** How far a file was read; it stood so when it was read to its end. */
interface Reading extends Stand {
  readonly bytes: number;
  readonly lines: number;
  /** A hash of the end of the last line: tells whether the file is still the one that was read. */
  readonly mark: string;
}

const UNREAD: Reading = { bytes: 0, lines: 0, mark: '', size: 0, modified: 0 };

/** The first line of a snapshot after its checksum; the lines of the history follow. */
interface SnapshotHead {
  readonly shape: string;
  readonly readings: readonly (readonly [string, Reading])[];
  readonly stamp: number;
  readonly history: HistorySnapshot['head'];
}

/**
 * The append-only record of study: files of JSON lines, each written by one window, so that two windows need no
 * lock. A line is acknowledged once it is on the disk; nothing that was acknowledged is ever rewritten.
 */
export class Journal {
  readonly #dir: string;
  readonly #time: Time;
  #history = new History();
  #readings = new Map<string, Reading>();
  /** The file that this window writes, and its length as it was left. */
  #own: { readonly name: string; readonly size: number } | undefined;
  /** The latest stamp that was given or read. */
  #stamp = 0;
  #isLoaded = false;
  #sinceSnapshot = 0;
  #callOffSnapshot: (() => void) | undefined;
  #saving: Promise<void> = Promise.resolve();
  /** Files that could not be read when last tried: each is told once. */
  readonly #unreadable = new Set<string>();
  /** Reading, writing and deleting take turns. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(dir: string, time: Time) {
    this.#dir = dir;
    this.#time = time;
  }

  /** The history with the events of all windows, read as far as they go; and lines that could not be read. */
  refresh(): Promise<Refreshed> {
    return this.#next(async () => {
      const unreadable: Unreadable[] = [];
      const files = await this.#files();
      let hasNews = !this.#isLoaded && (await this.#loadSnapshot());
      this.#isLoaded = true;
      if (!(await this.#isContinued(files))) {
        // Deleted, perhaps in another window, or replaced: what was read of it counts no longer.
        [this.#history, this.#readings] = [new History(), new Map()];
        hasNews = true;
      }
      for (const [name, stand] of files) hasNews = (await this.#readFile(name, stand, unreadable)) || hasNews;
      this.#planSnapshot();
      return { history: this.#history, hasNews, unreadable };
    });
  }

  /**
   * Writes one event and waits for the disk.
   * @throws store_unwritable when the disk refuses; the event is then not part of the history.
   */
  append(event: NewEvent): Promise<StudyEvent> {
    const now = this.#time.now();
    // What was written later has the later stamp, also when the clock is set back; its day is the clock's.
    this.#stamp = Math.max(this.#stamp + 1, now);
    const stamp = { v: VERSION, id: randomUUID(), ts: this.#stamp, day: this.#time.dayOf(now) } as const;
    const stamped = { ...stamp, ...event } as StudyEvent;
    return this.#next(async () => {
      await this.#write(stamped);
      this.#planSnapshot();
      return stamped;
    });
  }

  /**
   * Takes in events that have their stamps, from an export: all of them or none. Those that are known already change
   * nothing.
   * @throws store_unwritable when the disk refuses
   */
  adopt(events: readonly StudyEvent[]): Promise<void> {
    return this.#next(async () => {
      const known = new Set<string>();
      for await (const { id } of this.#stored()) known.add(id);
      const unknown = events.filter(({ id }) => !known.has(id) && known.add(id));
      if (unknown.length === 0) return;
      const name = this.#newName();
      const file = this.#file(name);
      try {
        await fs.mkdir(this.#dir, { recursive: true });
        await this.#replace(file, unknown.map((event) => `${JSON.stringify(event)}\n`).join(''));
      } catch (error) {
        throw new AppError('store_unwritable', { path: this.#dir, detail: String(error) }, error);
      }
      // It is on the disk now: whatever hinders the reading, the next refresh tells it.
      const stand = await standOf(file).catch(() => undefined);
      if (stand) await this.#readFile(name, stand, []);
      this.#planSnapshot();
    });
  }

  /** Every event of all windows, as they stand on the disk, each once, by their stamps. */
  async readAll(): Promise<StudyEvent[]> {
    const events = new Map<string, StudyEvent>();
    for await (const event of this.#stored()) if (!events.has(event.id)) events.set(event.id, event);
    return [...events.values()].sort((a, b) => a.ts - b.ts);
  }

  /** The whole record at a place that the history named. @throws store_unreadable when it is gone */
  async readEvent(at: Place): Promise<StudyEvent> {
    const [, name = '', start, length] = /^(.*):(\d+):(\d+)$/s.exec(at) ?? [];
    const file = this.#file(name);
    try {
      const handle = await fs.open(file, 'r');
      try {
        const result = readLine(
          (await readAt(handle, Number(start), Number(length))).toString('utf8'),
          this.#time.dayOf,
        );
        if (!('event' in result)) throw new Error('unreadable' in result ? result.unreadable : 'newer');
        return result.event;
      } finally {
        await handle.close();
      }
    } catch (error) {
      throw new AppError('store_unreadable', { path: file, detail: String(error) }, error);
    }
  }

  /** Removes everything: records, texts and snapshot. @throws store_unwritable */
  deleteAll(): Promise<void> {
    return this.#next(async () => {
      this.#callOffSnapshot?.();
      await this.#saving;
      try {
        // Another window may be writing into it.
        await fs.rm(this.#dir, { recursive: true, force: true, maxRetries: 5 });
      } catch (error) {
        throw new AppError('store_unwritable', { path: this.#dir, detail: String(error) }, error);
      }
      [this.#history, this.#readings] = [new History(), new Map()];
      [this.#isLoaded, this.#sinceSnapshot] = [true, 0];
    });
  }

  /** Texts as the journal keeps them: short ones inside the event, long ones as files by their hash. */
  async storeTexts(files: Readonly<Record<string, string>>): Promise<StoredTexts> {
    const stored: Record<string, StoredTexts[string]> = {};
    for (const [name, text] of Object.entries(files)) {
      if (text.length <= INLINE) {
        stored[name] = { text };
        continue;
      }
      const sha256 = hashOf(text);
      const file = path.join(this.#dir, 'texts', sha256);
      try {
        const known = await standOf(file).catch(() => undefined);
        if (known?.size !== Buffer.byteLength(text)) {
          await fs.mkdir(path.dirname(file), { recursive: true });
          await this.#replace(file, text);
        }
      } catch (error) {
        throw new AppError('store_unwritable', { path: file, detail: String(error) }, error);
      }
      stored[name] = { sha256 };
    }
    return stored;
  }

  /** @throws store_unreadable when a text kept apart is gone. */
  async readTexts(stored: StoredTexts): Promise<Record<string, string>> {
    const files: Record<string, string> = {};
    for (const [name, entry] of Object.entries(stored)) {
      if ('text' in entry) {
        files[name] = entry.text;
        continue;
      }
      const file = path.join(this.#dir, 'texts', entry.sha256);
      try {
        files[name] = await fs.readFile(file, 'utf8');
      } catch (error) {
        throw new AppError('store_unreadable', { path: file, detail: String(error) }, error);
      }
    }
    return files;
  }

  /**
   * Writes how the history stands, so that the next start need not fold it anew. It happens by itself from time to
   * time. It is a cache: where it cannot be written the next start takes longer.
   */
  saveSnapshot(): Promise<void> {
    this.#callOffSnapshot?.();
    this.#callOffSnapshot = undefined;
    this.#saving = this.#saving.then(() => this.#save()).catch(() => undefined);
    return this.#saving;
  }

  // Reading and writing.

  #file(name: string): string {
    return path.join(this.#dir, name);
  }

  /** A name is never used again: whoever has read a file by it has read this one. */
  #newName(): string {
    const time = new Date(this.#time.now()).toISOString().replace(/\W/g, '');
    return `${time}-${randomUUID().slice(0, 8)}.jsonl`;
  }

  /** The files of all windows, as they stand; nothing is known of one that cannot be asked. */
  async #files(): Promise<Map<string, Stand | undefined>> {
    let names: string[];
    try {
      names = await fs.readdir(this.#dir);
    } catch (error) {
      if (isMissing(error)) return new Map();
      throw new AppError('store_unreadable', { path: this.#dir, detail: String(error) }, error);
    }
    const drafts = names.filter((name) => name.startsWith('draft-'));
    await Promise.all(drafts.map((name) => removeLeft(this.#file(name))));
    const files = new Map<string, Stand | undefined>();
    const sorted = names.filter((name) => name.endsWith('.jsonl')).sort();
    const stands = await Promise.all(
      sorted.map((name) =>
        standOf(this.#file(name)).catch((error: unknown) => (isMissing(error) ? null : undefined)),
      ),
    );
    for (const [i, name] of sorted.entries()) {
      const stand = stands[i];
      if (stand !== null) files.set(name, stand);
    }
    return files;
  }

  /** Whether every file that was read is there, and holds what was read of it. */
  async #isContinued(files: ReadonlyMap<string, Stand | undefined>): Promise<boolean> {
    for (const [name, reading] of this.#readings) {
      if (!files.has(name)) return false;
      const stand = files.get(name);
      if (!stand || isSame(stand, reading)) continue;
      const mark = await markAt(this.#file(name), reading.bytes).catch(() => reading.mark);
      if (mark !== reading.mark) return false;
    }
    return true;
  }

  /** Folds in what a file holds beyond what was read of it; whether that was anything. */
  async #readFile(name: string, stand: Stand | undefined, unreadable: Unreadable[]): Promise<boolean> {
    const file = this.#file(name);
    let reading = this.#readings.get(name) ?? UNREAD;
    if (stand && isSame(stand, reading)) return false;
    let hasNews = false;
    try {
      for await (const whole of readWhole(file, reading.bytes)) {
        let line = reading.lines;
        for (const [start, end] of rowsOf(whole)) {
          line += 1;
          const result = readLine(whole.toString('utf8', start, end), this.#time.dayOf);
          if ('unreadable' in result) unreadable.push({ file, line, reason: result.unreadable });
          if (!('event' in result)) continue;
          try {
            this.#history.apply(result.event, placeOf(name, reading.bytes + start, end - start));
          } catch (error) {
            unreadable.push({ file, line, reason: String(error) });
            continue;
          }
          const { ts } = result.event;
          if (ts > this.#stamp && ts < this.#time.now() + FAR_AHEAD) this.#stamp = ts;
          this.#sinceSnapshot += 1;
          hasNews = true;
        }
        // Together with what was folded: a snapshot may be taken between two pieces.
        const bytes = reading.bytes + whole.length;
        reading = { bytes, lines: line, mark: markOf(whole), size: bytes, modified: 0 };
        this.#readings.set(name, reading);
      }
      if (stand && stand.size >= reading.bytes) this.#readings.set(name, { ...reading, ...stand });
      this.#unreadable.delete(name);
    } catch (error) {
      // Deleted a moment ago: the next refresh sees what that means.
      if (isMissing(error)) return hasNews;
      if (!this.#unreadable.has(name)) unreadable.push({ file, line: 0, reason: String(error) });
      this.#unreadable.add(name);
    }
    return hasNews;
  }

  async #write(event: StudyEvent): Promise<void> {
    const line = Buffer.from(`${JSON.stringify(event)}\n`);
    let written: { readonly name: string; readonly start: number; readonly stand: Stand };
    try {
      const { name, handle, size: start } = await this.#open();
      try {
        await handle.appendFile(line);
        await handle.sync();
        const { size, mtimeMs } = await handle.stat();
        written = { name, start, stand: { size, modified: mtimeMs } };
        await handle.close().catch(() => undefined);
      } catch (error) {
        // What was refused is taken back. Where that fails too it lies at the end of a file that is left alone now.
        this.#own = undefined;
        await handle.close().catch(() => undefined);
        await (start === 0 ? fs.rm(this.#file(name)) : fs.truncate(this.#file(name), start)).catch(
          () => undefined,
        );
        throw error;
      }
    } catch (error) {
      throw new AppError('store_unwritable', { path: this.#dir, detail: String(error) }, error);
    }
    const { name, start, stand } = written;
    const bytes = start + line.length;
    this.#own = { name, size: bytes };
    const before = this.#readings.get(name) ?? UNREAD;
    // Where less was read than is there, the next refresh goes on from that.
    if (before.bytes === start)
      this.#readings.set(name, { bytes, lines: before.lines + 1, mark: markOf(line), ...stand });
    this.#history.apply(event, placeOf(name, start, line.length - 1));
    this.#sinceSnapshot += 1;
  }

  /** This window's file. One that is gone, or not as it was left, is not gone on with: there is a new one then. */
  async #open(): Promise<{ readonly name: string; readonly handle: fs.FileHandle; readonly size: number }> {
    if (this.#own) {
      const { name, size } = this.#own;
      const flags = fs.constants.O_WRONLY | fs.constants.O_APPEND;
      const handle = await fs.open(this.#file(name), flags).catch(() => undefined);
      if ((await handle?.stat().catch(() => undefined))?.size === size && handle)
        return { name, handle, size };
      await handle?.close();
    }
    await fs.mkdir(this.#dir, { recursive: true });
    const name = this.#newName();
    return { name, handle: await fs.open(this.#file(name), 'ax'), size: 0 };
  }

  /** The events on the disk; whatever else its files hold is left out. @throws store_unreadable */
  async *#stored(): AsyncGenerator<StudyEvent> {
    for (const name of (await this.#files()).keys()) {
      const file = this.#file(name);
      try {
        for await (const whole of readWhole(file, 0)) {
          for (const [start, end] of rowsOf(whole)) {
            const result = readLine(whole.toString('utf8', start, end), this.#time.dayOf);
            if ('event' in result) yield result.event;
          }
        }
      } catch (error) {
        throw new AppError('store_unreadable', { path: file, detail: String(error) }, error);
      }
    }
  }

  // Whole or not at all, and on the disk: a reader never meets half a file.
  async #replace(file: string, content: string | Iterable<string | Buffer>): Promise<void> {
    const draft = this.#file(`draft-${randomUUID()}`);
    try {
      await fs.writeFile(draft, content, { flush: true });
      await fs.rename(draft, file);
    } catch (error) {
      await fs.rm(draft, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  // The snapshot.

  #planSnapshot(): void {
    if (this.#callOffSnapshot || this.#sinceSnapshot < SNAPSHOT_AFTER) return;
    this.#callOffSnapshot = (this.#time.after ?? later)(SNAPSHOT_DELAY, () => void this.saveSnapshot());
  }

  async #save(): Promise<void> {
    // What another window has deleted must not come back to the disk.
    if (this.#readings.size === 0 || !(await this.#isContinued(await this.#files()))) return;
    const { head: history, lines } = this.#history.snapshot();
    const readings = [...this.#readings];
    const head: SnapshotHead = { shape: SHAPE, readings, stamp: this.#stamp, history };
    const content = Buffer.from([JSON.stringify(head), ...lines].join('\n'));
    this.#sinceSnapshot = 0;
    await this.#replace(this.#file('snapshot'), [`${hashOf(content)}\n`, content]);
  }

  async #loadSnapshot(): Promise<boolean> {
    try {
      const bytes = await fs.readFile(this.#file('snapshot'));
      const end = bytes.indexOf(10);
      const content = bytes.subarray(end + 1);
      if (hashOf(content) !== bytes.toString('latin1', 0, end)) return false;
      const [first = '', ...lines] = content.toString('utf8').split('\n');
      const { shape, readings, stamp, history } = JSON.parse(first) as SnapshotHead;
      if (shape !== SHAPE) return false;
      [this.#history, this.#readings] = [History.from({ head: history, lines }), new Map(readings)];
      this.#stamp = Math.max(this.#stamp, stamp);
      return true;
    } catch {
      // There is none, or it cannot be read: all is folded anew.
      return false;
    }
  }

  #next<T>(run: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(run);
    // A failure must not stop what comes next.
    this.#turn = result.catch(() => undefined);
    return result;
  }
}

function placeOf(name: string, start: number, length: number): Place {
  return `${name}:${start}:${length}`;
}

function hashOf(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

async function standOf(file: string): Promise<Stand> {
  const { size, mtimeMs } = await fs.stat(file);
  return { size, modified: mtimeMs };
}

function isSame(a: Stand, b: Stand): boolean {
  return a.size === b.size && a.modified === b.modified;
}

function later(milliseconds: number, run: () => void): () => void {
  const timer = setTimeout(run, milliseconds);
  // It keeps no process alive.
  timer.unref();
  return () => clearTimeout(timer);
}

async function removeLeft(draft: string): Promise<void> {
  try {
    const { modified } = await standOf(draft);
    if (Date.now() - modified > LEFT_BEHIND) await fs.rm(draft, { force: true });
  } catch {
    // It has its name by now, or lies there a little longer.
  }
}

/** What a file holds at a place, as far as it goes. */
async function readAt(handle: fs.FileHandle, from: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let done = 0;
  for (let more = -1; more !== 0 && done < length; done += more)
    more = (await handle.read(bytes, done, length - done, from + done)).bytesRead;
  return bytes.subarray(0, done);
}

/** The whole lines of a file from a place on, by pieces. What follows the last one is unfinished, or was torn. */
async function* readWhole(file: string, start: number): AsyncGenerator<Buffer> {
  const handle = await fs.open(file, 'r');
  try {
    let [from, length] = [start, CHUNK];
    for (;;) {
      const piece = await readAt(handle, from, length);
      // Counted in bytes: a character that was torn apart decodes to one of another length.
      const whole = piece.subarray(0, piece.lastIndexOf(10) + 1);
      if (whole.length > 0) yield whole;
      if (piece.length < length) return;
      from += whole.length;
      length = whole.length > 0 ? CHUNK : length * 2;
    }
  } finally {
    await handle.close();
  }
}

/** Where each line of a piece starts and ends, without its line break. */
function* rowsOf(whole: Buffer): Generator<readonly [number, number]> {
  let start = 0;
  for (let end = whole.indexOf(10); end >= 0; end = whole.indexOf(10, start)) {
    yield [start, end];
    start = end + 1;
  }
}

/** The mark of the last line of a piece. */
function markOf(whole: Buffer): string {
  const end = whole.subarray(-MARK);
  return hashOf(end.subarray(end.lastIndexOf(10, -2) + 1)).slice(0, 16);
}

async function markAt(file: string, bytes: number): Promise<string> {
  if (bytes === 0) return '';
  const handle = await fs.open(file, 'r');
  try {
    const from = Math.max(0, bytes - MARK);
    return markOf(await readAt(handle, from, bytes - from));
  } finally {
    await handle.close();
  }
}
