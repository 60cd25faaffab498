// What is finished is written down at once, one line each, so that a run that was stopped goes on where it was.
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Outcome } from './items.ts';

interface Head {
  readonly v: 1;
  readonly startedAt: string;
}

function isOutcome(value: unknown): value is Outcome {
  if (typeof value !== 'object' || value === null) return false;
  const { key, id, points, score } = value as Partial<Record<string, unknown>>;
  return (
    typeof key === 'string' &&
    typeof id === 'string' &&
    Array.isArray(points) &&
    (score === null || typeof score === 'number')
  );
}

export class Store {
  readonly startedAt: string;
  /** Lines that could not be read: torn by a crash, or damaged since. */
  readonly broken: number;
  readonly #file: string;
  readonly #done = new Map<string, Outcome>();

  /** @param now the time, in case that this is a beginning */
  constructor(file: string, now: number, fresh = false) {
    this.#file = file;
    fs.mkdirSync(path.dirname(file), { recursive: true });
    if (fresh) fs.rmSync(file, { force: true });
    const text = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
    let startedAt: string | undefined;
    let broken = 0;
    for (const line of text.split('\n')) {
      if (line.trim() === '') continue;
      const value = read(line);
      if (isOutcome(value)) this.#done.set(value.key, value);
      else if (isHead(value)) startedAt ??= value.startedAt;
      else broken += 1;
    }
    this.broken = broken;
    this.startedAt = startedAt ?? new Date(now).toISOString();
    // A torn line is closed, so that the next one is not lost with it.
    if (text !== '' && !text.endsWith('\n')) fs.appendFileSync(file, '\n');
    if (startedAt === undefined) this.#append({ v: 1, startedAt: this.startedAt } satisfies Head);
  }

  get(key: string): Outcome | undefined {
    return this.#done.get(key);
  }

  add(outcome: Outcome): void {
    this.#done.set(outcome.key, outcome);
    this.#append(outcome);
  }

  #append(value: Head | Outcome): void {
    fs.appendFileSync(this.#file, `${JSON.stringify(value)}\n`);
  }
}

function read(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isHead(value: unknown): value is Head {
  return (
    typeof value === 'object' &&
    value !== null &&
    'startedAt' in value &&
    typeof value.startedAt === 'string' &&
    Number.isFinite(Date.parse(value.startedAt))
  );
}
