import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { AppError } from '../core/errors.ts';

/** A key of a settings file, or a key within the block of a language: `['[markdown]', 'editor.wordWrap']`. */
export type SettingPath = readonly [string] | readonly [string, string];

/** How a folder's settings were before they were changed: enough to put them back, whoever has to do it. */
interface RestoreRecord {
  readonly v: 1;
  readonly root: string;
  /** The process that changed them. */
  readonly pid: number;
  /** Milliseconds, UTC. */
  readonly startedAt: number;
  /** The bytes before the change, in base64; null when there was no file. */
  readonly before: string | null;
  /** The bytes that the change writes. */
  readonly after: string;
  readonly hadFolder: boolean;
  readonly paths: readonly SettingPath[];
}

/** `other`: a process that lives; `gone`: one that has ended without putting the settings back. */
export type Owner = 'none' | 'mine' | 'other' | 'gone';

/** The owner shows that it lives by touching the record this often, in ms: ids of processes come back. */
export const BEAT = 30_000;
/** After so long without a sign the owner is gone, whatever its id says now. */
export const LEASE = 3 * BEAT;

/**
 * A folder's own `.vscode/settings.json`, changed for a while. A record with the bytes of before and after is on the
 * disk before anything is changed, and the file is replaced as a whole: after a crash at any moment the next process
 * finds one or the other. All of it is synchronous: it has to run while the editor is closing.
 */
export class SettingsFile {
  readonly #file: string;
  readonly #record: string;
  readonly #root: string;
  readonly #now: () => number;
  #isMine = false;

  /**
   * @param dir where the record is kept; made when it is missing
   * @param root the folder whose settings are changed
   */
  constructor(dir: string, root: string, now: () => number) {
    this.#root = root;
    this.#now = now;
    this.#file = path.join(root, '.vscode', 'settings.json');
    const name = createHash('sha256').update(root).digest('hex').slice(0, 16);
    this.#record = path.join(dir, `interview-mode-${name}.json`);
  }

  /** @throws store_unreadable when the record cannot be read; it is then set aside, at the path of the message. */
  owner(): Owner {
    const record = this.#read();
    if (!record) return 'none';
    if (record.pid === process.pid) return this.#isMine ? 'mine' : 'gone';
    const beat = fs.statSync(this.#record, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    return this.#now() - beat < LEASE && isAlive(record.pid) ? 'other' : 'gone';
  }

  /** Shows that the owner lives. */
  beat(): void {
    const seconds = this.#now() / 1000;
    fs.utimesSync(this.#record, seconds, seconds);
  }

  /** Has the file seen as changed, by an editor that has missed it. */
  touch(): void {
    if (fs.existsSync(this.#file)) fs.utimesSync(this.#file, this.#now() / 1000, this.#now() / 1000);
  }

  /** What the file holds; nothing when it is not there. */
  text(): string | undefined {
    return this.#attempt(() => readBytes(this.#file)?.toString('utf8'));
  }

  /** What the file says; nothing when it says nothing, or neither `true` nor `false`. */
  value(at: SettingPath): boolean | undefined {
    const text = this.text();
    const value = text === undefined ? undefined : this.#attempt(() => textAt(text, at));
    return value === 'true' || value === 'false' ? value === 'true' : undefined;
  }

  /**
   * Sets some settings to `false`; all else in the file stays as it is, comments too.
   * @throws practice_folder_unwritable when the file cannot be written, or is not JSON with comments;
   *   store_unwritable; nothing is changed then
   */
  switchOff(paths: readonly SettingPath[]): void {
    const before = this.#attempt(() => readBytes(this.#file));
    const after = this.#attempt(() =>
      paths.reduce((text, at) => withFalse(text, at), before?.toString('utf8') ?? ''),
    );
    const folder = path.dirname(this.#file);
    const record: RestoreRecord = {
      v: 1,
      root: this.#root,
      pid: process.pid,
      startedAt: this.#now(),
      before: before?.toString('base64') ?? null,
      after: Buffer.from(after).toString('base64'),
      hadFolder: fs.existsSync(folder),
      paths,
    };
    this.#write(record);
    this.#isMine = true;
    try {
      this.#attempt(() => {
        fs.mkdirSync(folder, { recursive: true });
        replace(this.#file, Buffer.from(after));
      });
    } catch (error) {
      this.#end(record);
      throw error;
    }
  }

  /**
   * Puts back the bytes of before. In a file that somebody else has changed since, only what is still ours is
   * undone. Does nothing when nothing is recorded.
   * @returns the places that had been changed
   * @throws practice_folder_unwritable; the record is kept then
   */
  restore(): readonly SettingPath[] {
    const record = this.#read();
    if (!record) return [];
    const before = record.before === null ? undefined : Buffer.from(record.before, 'base64');
    const now = this.#attempt(() => readBytes(this.#file));
    // A file that is no longer there was removed by the candidate, and our values with it.
    if (now) this.#attempt(() => this.#putBack(record, before, now));
    this.#end(record);
    return record.paths;
  }

  #putBack({ after, paths }: RestoreRecord, before: Buffer | undefined, now: Buffer): void {
    if (before && now.equals(before)) return;
    let wanted = before;
    if (!now.equals(Buffer.from(after, 'base64'))) {
      const text = paths.reduceRight(
        (rest, at) => withoutFalse(rest, at, before?.toString('utf8') ?? ''),
        now.toString('utf8'),
      );
      // Nothing is left of a file that was not there.
      wanted = before === undefined && /^\s*\{\s*\}\s*$/.test(text) ? undefined : Buffer.from(text);
    }
    if (wanted) replace(this.#file, wanted);
    else fs.rmSync(this.#file);
  }

  /** Takes the traces away: drafts that a crash has left, a folder that was not there, and the record. */
  #end({ hadFolder }: RestoreRecord): void {
    for (const file of [this.#file, this.#record]) fs.rmSync(draftOf(file), { force: true });
    if (!hadFolder) removeIfEmpty(path.dirname(this.#file));
    fs.rmSync(this.#record, { force: true });
    this.#isMine = false;
  }

  #read(): RestoreRecord | undefined {
    let text: string | undefined;
    try {
      text = readBytes(this.#record)?.toString('utf8');
      if (text === undefined) return undefined;
      const record: unknown = JSON.parse(text);
      if (isRecord(record)) return record;
      throw new TypeError('not a record of this version');
    } catch (error) {
      if (text === undefined)
        throw new AppError('store_unreadable', { path: this.#record, detail: String(error) }, error);
      const aside = `${this.#record}.unreadable`;
      fs.renameSync(this.#record, aside);
      throw new AppError('store_unreadable', { path: aside, detail: String(error) }, error);
    }
  }

  #write(record: RestoreRecord): void {
    try {
      fs.mkdirSync(path.dirname(this.#record), { recursive: true });
      replace(this.#record, Buffer.from(JSON.stringify(record)));
    } catch (error) {
      throw new AppError('store_unwritable', { path: this.#record, detail: String(error) }, error);
    }
  }

  #attempt<T>(run: () => T): T {
    try {
      return run();
    } catch (error) {
      throw new AppError('practice_folder_unwritable', { path: this.#file, detail: String(error) }, error);
    }
  }
}

// Settings are JSON with comments and trailing commas. They are changed as text: what is not ours stays as it is.

interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

interface Value {
  readonly start: number;
  readonly end: number;
  /** The brace of an object; nothing for any other value. */
  readonly open?: Token;
  readonly members: readonly Member[];
}

interface Member extends Value {
  readonly key: Token;
  /** The brace or the comma before it, and the one after it. */
  readonly previous: Token;
  readonly next: Token;
}

const TOKEN = /\/\/[^\r\n]*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\\r\n])*"|[^\s{}[\],:"/]+|\S/g;
const COMMENT = /^\/[/*]/;
/** A string, a number, a word. */
const SCALAR = /^(?:".*"|[-\w.+]+)$/;

/** The object that a text holds; nothing when it holds comments at most. @throws SyntaxError */
function parse(text: string): Value | undefined {
  const tokens = [...text.matchAll(TOKEN)]
    .map((match) => ({ text: match[0], start: match.index, end: match.index + match[0].length }))
    .filter((token) => !COMMENT.test(token.text));
  let at = 0;
  const fail = (token: Token | undefined): never => {
    const line = text.slice(0, token?.start ?? text.length).split('\n').length;
    throw new SyntaxError(`settings.json:${line}`);
  };
  const take = (): Token => tokens[at++] ?? fail(undefined);
  const object = (open: Token): Value => {
    const members: Member[] = [];
    for (let previous = open; ; ) {
      const key = take();
      if (key.text === '}') return { start: open.start, end: key.end, open, members };
      if (!key.text.startsWith('"') || !SCALAR.test(key.text) || take().text !== ':') fail(key);
      const held = value();
      const next = take();
      members.push({ ...held, key, previous, next });
      if (next.text === '}') return { start: open.start, end: next.end, open, members };
      if (next.text !== ',') fail(next);
      previous = next;
    }
  };
  const array = (open: Token): Value => {
    for (;;) {
      if (tokens[at]?.text === ']') return { start: open.start, end: take().end, members: [] };
      value();
      if (tokens[at]?.text === ',') at += 1;
      else if (tokens[at]?.text !== ']') fail(tokens[at]);
    }
  };
  const value = (): Value => {
    const first = take();
    if (first.text === '{') return object(first);
    if (first.text === '[') return array(first);
    return SCALAR.test(first.text) ? { start: first.start, end: first.end, members: [] } : fail(first);
  };
  if (tokens.length === 0) return undefined;
  const root = value();
  return root.open && at === tokens.length ? root : fail(tokens[at] ?? tokens[0]);
}

/** What counts when a key stands there twice is the last one. */
function find(value: Value | undefined, [key, ...rest]: readonly string[]): Member | undefined {
  const found = value?.members.findLast((member) => JSON.parse(member.key.text) === key);
  return rest.length === 0 ? found : find(found, rest);
}

function textAt(text: string, at: SettingPath): string | undefined {
  const found = find(parse(text), at);
  return found && text.slice(found.start, found.end);
}

function withFalse(text: string, at: SettingPath): string {
  const root = parse(text);
  if (!root) return withFalse(`${text}{\n}\n`, at);
  const [key, inner] = at;
  const found = find(root, at);
  if (found) return replaced(text, found, 'false');
  if (inner === undefined) return inserted(text, root, `"${key}": false`);
  const block = find(root, [key]);
  return block
    ? inserted(text, block, `"${inner}": false`)
    : inserted(text, root, `"${key}": { "${inner}": false }`);
}

/** The way back: a value that is still ours becomes what it was, or goes. */
function withoutFalse(text: string, at: SettingPath, before: string): string {
  const found = find(parse(text), at);
  if (!found || text.slice(found.start, found.end) !== 'false') return text;
  const was = textAt(before, at);
  if (was !== undefined) return replaced(text, found, was);
  const rest = removed(text, found);
  if (at.length === 1 || textAt(before, [at[0]]) !== undefined) return rest;
  const block = find(parse(rest), [at[0]]);
  return block && block.members.length === 0 ? removed(rest, block) : rest;
}

function replaced(text: string, { start, end }: Value, by: string): string {
  return text.slice(0, start) + by + text.slice(end);
}

/** First in an object: nothing that stands there has to move, and `removed` gives the same text again. */
function inserted(text: string, { open, members, start }: Value, entry: string): string {
  if (!open) throw new SyntaxError(`settings.json:${text.slice(0, start).split('\n').length}`);
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const indent = /\n([ \t]+)"/.exec(text)?.[1] ?? '  ';
  const comma = members.length > 0 ? ',' : '';
  return text.slice(0, open.end) + newline + indent + entry + comma + text.slice(open.end);
}

/** A member goes with the space before it and with one comma; comments stay. */
function removed(text: string, { key, end, previous, next }: Member): string {
  const isAlone = text.slice(previous.end, key.start).trim() === '';
  const cuts: [number, number][] = [[isAlone ? previous.end : key.start, end]];
  if (next.text === ',') cuts.push([next.start, next.end]);
  else if (previous.text === ',') cuts.unshift([previous.start, previous.end]);
  return cuts.reduceRight((rest, [from, to]) => rest.slice(0, from) + rest.slice(to), text);
}

function readBytes(file: string): Buffer | undefined {
  try {
    return fs.readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Where a link leads; the file itself when it is none, or is not there. */
function targetOf(file: string): string {
  return fs.existsSync(file) ? fs.realpathSync(file) : file;
}

/** Always the same name, so that one that a crash has left is found again. */
function draftOf(file: string): string {
  return `${targetOf(file)}.canari`;
}

/** Puts other bytes in a file's place, whole or not at all, and waits for the disk. A link stays a link. */
function replace(file: string, bytes: Buffer): void {
  const target = targetOf(file);
  const draft = draftOf(file);
  const mode = fs.statSync(target, { throwIfNoEntry: false })?.mode;
  const handle = fs.openSync(draft, 'w');
  try {
    if (mode !== undefined) fs.fchmodSync(handle, mode & 0o777);
    fs.writeFileSync(handle, bytes);
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
  fs.renameSync(draft, target);
  syncFolder(path.dirname(target));
}

/** Makes a new name in a folder last; Windows neither can nor needs to. */
function syncFolder(folder: string): void {
  try {
    const handle = fs.openSync(folder, 'r');
    fs.fsyncSync(handle);
    fs.closeSync(handle);
  } catch {
    // The file itself is on the disk.
  }
}

function removeIfEmpty(folder: string): void {
  try {
    fs.rmdirSync(folder);
  } catch {
    // Gone already, or no longer empty.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user lives too.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function isRecord(value: unknown): value is RestoreRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { v, root, pid, startedAt, before, after, hadFolder, paths } = value as Record<string, unknown>;
  return (
    v === 1 &&
    typeof root === 'string' &&
    typeof pid === 'number' &&
    pid > 0 &&
    typeof startedAt === 'number' &&
    (before === null || typeof before === 'string') &&
    typeof after === 'string' &&
    typeof hadFolder === 'boolean' &&
    Array.isArray(paths)
  );
}
