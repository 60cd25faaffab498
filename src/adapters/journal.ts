import { createHash, randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { AppError } from '../core/errors.ts';
import { type NewEvent, readLine, type StoredTexts, type StudyEvent } from '../core/store/events.ts';

/** Texts longer than this many characters become a file of their own, named by its content. */
const INLINE = 8_000;

export interface Unreadable {
  readonly file: string;
  /** Counts from 1, as an editor shows it. */
  readonly line: number;
  readonly reason: string;
}

/**
 * The append-only record of study: one JSONL file per window, so that two windows need no lock.
 * A line is acknowledged once it is on the disk; nothing is ever rewritten.
 */
export class Journal {
  readonly #dir: string;
  readonly #file: string;
  readonly #now: () => number;
  /** How many bytes of each file have been read. */
  readonly #read = new Map<string, number>();
  /** Lines already read, per file, for naming a faulty one. */
  readonly #lines = new Map<string, number>();
  #writes: Promise<void> = Promise.resolve();
  #lastStamp = 0;

  constructor(dir: string, now: () => number) {
    this.#dir = dir;
    this.#now = now;
    this.#file = path.join(
      dir,
      `${new Date(now()).toISOString().replace(/\W/g, '')}-${randomUUID().slice(0, 8)}.jsonl`,
    );
  }

  /** Events not read before, of all windows, by their stamps; and lines that could not be read. */
  async refresh(): Promise<{ events: StudyEvent[]; unreadable: Unreadable[] }> {
    const events: StudyEvent[] = [];
    const unreadable: Unreadable[] = [];
    let names: string[];
    try {
      names = (await fs.readdir(this.#dir)).filter((name) => name.endsWith('.jsonl')).sort();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { events, unreadable };
      throw new AppError('store_unreadable', { path: this.#dir, detail: String(error) }, error);
    }
    for (const name of names) await this.#readFile(path.join(this.#dir, name), events, unreadable);
    events.sort((a, b) => a.ts - b.ts);
    return { events, unreadable };
  }

  async #readFile(file: string, events: StudyEvent[], unreadable: Unreadable[]): Promise<void> {
    const from = this.#read.get(file) ?? 0;
    let unread: Buffer;
    try {
      const { size } = await fs.stat(file);
      if (size <= from) return;
      unread = (await fs.readFile(file)).subarray(from);
    } catch (error) {
      unreadable.push({ file, line: 0, reason: String(error) });
      return;
    }
    // A last line without its end is still being written, or was torn: it is left for the next time.
    // Counted in bytes: a character that was torn apart decodes to one of another length.
    const whole = unread.subarray(0, unread.lastIndexOf('\n') + 1);
    this.#read.set(file, from + whole.length);
    let line = this.#lines.get(file) ?? 0;
    for (const row of whole.toString('utf8').split('\n').slice(0, -1)) {
      line += 1;
      const result = readLine(row);
      if ('event' in result) events.push(result.event);
      else if ('unreadable' in result) unreadable.push({ file, line, reason: result.unreadable });
    }
    this.#lines.set(file, line);
  }

  /**
   * Writes one event and waits for the disk.
   * @throws store_unwritable when the disk refuses; the event is then not part of the history.
   */
  append(event: NewEvent): Promise<StudyEvent> {
    // What was written later has the later stamp, also when the clock is set back.
    this.#lastStamp = Math.max(this.#lastStamp, this.#now());
    const stamped = { v: 1, id: randomUUID(), ts: this.#lastStamp, ...event } as StudyEvent;
    const line = `${JSON.stringify(stamped)}\n`;
    const write = this.#writes.then(async () => {
      try {
        await fs.mkdir(this.#dir, { recursive: true });
        const handle = await fs.open(this.#file, 'a');
        try {
          // A line torn by a full disk must not swallow the next one.
          const { size } = await handle.stat();
          const expected = this.#read.get(this.#file) ?? 0;
          await handle.appendFile(size > expected ? `\n${line}` : line);
          await handle.sync();
        } finally {
          await handle.close();
        }
        this.#read.set(this.#file, (await fs.stat(this.#file)).size);
        this.#lines.set(this.#file, (this.#lines.get(this.#file) ?? 0) + 1);
      } catch (error) {
        throw new AppError('store_unwritable', { path: this.#dir, detail: String(error) }, error);
      }
    });
    // A failed write must not stop the next one.
    this.#writes = write.catch(() => undefined);
    return write.then(() => stamped);
  }

  /** Texts as the journal keeps them: short ones inside the event, long ones as files by their hash. */
  async storeTexts(files: Readonly<Record<string, string>>): Promise<StoredTexts> {
    const stored: Record<string, StoredTexts[string]> = {};
    for (const [name, text] of Object.entries(files)) {
      if (text.length <= INLINE) {
        stored[name] = { text };
        continue;
      }
      const sha256 = createHash('sha256').update(text).digest('hex');
      const file = path.join(this.#dir, 'texts', sha256);
      try {
        await fs.mkdir(path.dirname(file), { recursive: true });
        const draft = `${file}.${randomUUID()}`;
        await fs.writeFile(draft, text);
        await fs.rename(draft, file);
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
}
