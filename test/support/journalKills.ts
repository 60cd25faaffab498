import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Journal } from '../../src/adapters/journal.ts';
import { dayAt } from '../../src/core/study/day.ts';
import { behaviour, opened } from './journalEvents.ts';
import { listen } from './journalProcess.ts';
import { seeded, writeStudy } from './journalStudy.ts';

/** Writers at once in one folder, and how often one after the other. */
const AT_ONCE = 4;
const ROUNDS = 5;

/** When a writer is killed: so many milliseconds at most after it has said this. */
const MOMENTS = [
  ['ready', 40],
  ['ready', 4],
  ['saving', 8],
  ['storing', 12],
  ['long', 4],
  ['adopting', 8],
] as const;

const window = (dir: string) => new Journal(dir, { now: Date.now, dayOf: dayAt });

/** What the writers were at when they were killed, for knowing that the kills meet what they are meant for. */
export interface Kills {
  readonly runs: number;
  /** How many were killed after they had said this and before they said anything else. */
  readonly during: Readonly<Record<string, number>>;
  readonly acknowledged: number;
}

/**
 * Kills writers at random moments, the same for the same seed as far as a machine's speed allows, and looks after
 * each round whether a window that opens then has all that was acknowledged.
 */
export async function killWriters(
  bundle: string,
  folder: string,
  runs: number,
  seed: number,
): Promise<Kills> {
  const random = seeded(seed);
  const during: Record<string, number> = {};
  let acknowledged = 0;
  for (let run = 0; run < runs; ) {
    const dir = path.join(folder, `run-${run}`);
    writeStudy(dir, { attempts: 100, entries: 20, files: 3, days: 20 }, run);
    const first = window(dir);
    await first.refresh();
    await first.saveSnapshot();
    const seen: Seen = { acknowledged: new Set(), texts: new Set() };
    for (let round = 0; round < ROUNDS && run < runs; round++, run += AT_ONCE) {
      const writers = Array.from({ length: Math.min(AT_ONCE, runs - run) }, (_, i) => {
        const [word, most] = MOMENTS[Math.floor(random() * MOMENTS.length)] ?? ['ready', 10];
        const milliseconds = random() * most;
        let isMet = false;
        return listen(process.execPath, [bundle, 'writeOn', dir, String(seed + run + i)], (line, child) => {
          if (isMet || line !== word) return;
          isMet = true;
          if (milliseconds < 1) child.kill('SIGKILL');
          else setTimeout(() => child.kill('SIGKILL'), milliseconds);
        });
      });
      await Promise.all(writers.map(({ ended }) => ended));
      for (const { said } of writers) {
        const last = said.lines.at(-1)?.split(' ')[0] ?? '';
        during[last] = (during[last] ?? 0) + 1;
        for (const id of said.acknowledged) seen.acknowledged.add(id);
      }
      await lookAfter(dir, seen);
    }
    await compareWithoutSnapshot(dir);
    acknowledged += seen.acknowledged.size;
    fs.rmSync(dir, { recursive: true });
  }
  return { runs, during, acknowledged };
}

/** What has to be there, and the texts that were found to be whole. */
interface Seen {
  readonly acknowledged: Set<string>;
  readonly texts: Set<string>;
}

/** Reads a folder as a new window does, and writes one more event. */
async function lookAfter(dir: string, { acknowledged, texts }: Seen): Promise<void> {
  const reader = window(dir);
  const { history, unreadable } = await reader.refresh();
  assert.deepEqual(unreadable, []);
  const stored = idsOnDisk(dir);
  assert.equal(new Set(stored).size, stored.length, 'nothing is there twice');
  const events = new Map((await reader.readAll()).map((event) => [event.id, event]));
  assert.equal(events.size, stored.length);
  const kept = path.join(dir, 'texts');
  for (const name of fs.existsSync(kept) ? fs.readdirSync(kept) : []) {
    if (texts.has(name)) continue;
    const hash = createHash('sha256')
      .update(fs.readFileSync(path.join(kept, name)))
      .digest('hex');
    assert.equal(hash, name, 'a text is whole');
    texts.add(name);
  }
  for (const id of acknowledged) {
    const event = events.get(id);
    assert.ok(event, `${id} was acknowledged`);
    if (event.type !== 'attempt') continue;
    assert.ok(history.attempt(id), `${id} is in the history`);
    for (const text of Object.values(event.texts))
      if ('sha256' in text) assert.ok(texts.has(text.sha256), 'its text is there');
  }
  assert.equal(history.size, [...events.values()].filter(({ type }) => type === 'attempt').length);
  acknowledged.add((await reader.append(opened('afterwards'))).id);
}

async function compareWithoutSnapshot(dir: string): Promise<void> {
  const told = async () => behaviour((await window(dir).refresh()).history);
  const withSnapshot = await told();
  fs.rmSync(path.join(dir, 'snapshot'), { force: true });
  assert.deepEqual(withSnapshot, await told());
}

/** The ids of all whole lines. */
export function idsOnDisk(dir: string): string[] {
  return fs
    .readdirSync(dir)
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) => fs.readFileSync(path.join(dir, name), 'utf8').split('\n').slice(0, -1))
    .map((line) => (JSON.parse(line) as { id: string }).id);
}
