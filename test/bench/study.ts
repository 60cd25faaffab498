// What a long time of study costs at a start: 20,000 attempts on the disk, read by a window that opens.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Journal, type Time } from '../../src/adapters/journal.ts';
import type { NewEvent, StudyEvent } from '../../src/core/store/events.ts';
import { dayAt } from '../../src/core/study/day.ts';
import { Schedule } from '../../src/core/study/schedule.ts';
import { LARGE, studyFiles, writeStudy } from '../support/journalStudy.ts';

/** Attempts with their grades since the snapshot was written: just too few for another one. */
const SINCE = 4;

/** Snapshots are written when the benchmark says so. */
const time: Time = { now: Date.now, dayOf: dayAt, after: () => () => {} };
const ids = Array.from({ length: LARGE.entries }, (_, i) => `question-${i}`);

async function measure(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

/** What the tree shows of every entry. */
async function openTree(journal: Journal): Promise<void> {
  const { history } = await journal.refresh();
  const schedule = new Schedule(history);
  const known = ids.filter((id) => history.state(id) !== 'new' && schedule.card(id));
  if (known.length !== ids.length) throw new Error(`${known.length} entries have a card`);
}

/**
 * Milliseconds, by name: `open` the tree with a snapshot on the disk, nothing of it in memory; `append` one more
 * event until it is acknowledged; and, once each for information, `save` a snapshot after some answers, which nobody
 * waits for, and `fold`, opening the tree without a snapshot.
 */
export async function measureStudy(): Promise<Record<'open' | 'append' | 'save' | 'fold', number[]>> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'canari-study-'));
  try {
    const dir = path.join(folder, 'attempts');
    writeStudy(dir, LARGE);
    const window = new Journal(dir, time);
    const fold = [await measure(() => openTree(window))];
    await window.saveSnapshot();
    await window.adopt(recent(SINCE));

    const open: number[] = [];
    for (let i = 0; i < 15; i++) open.push(await measure(() => openTree(new Journal(dir, time))));

    const writer = new Journal(dir, time);
    await writer.refresh();
    const answers = recent(20).map(({ v: _v, id: _id, ts: _ts, day: _day, ...event }) => event as NewEvent);
    const append: number[] = [];
    for (const event of answers) append.push(await measure(() => writer.append(event)));
    const save = [await measure(() => writer.saveSnapshot())];
    return { open, append, save, fold };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** The events of some answers more. */
function recent(attempts: number): StudyEvent[] {
  const size = { ...LARGE, attempts, files: 1, days: 1 };
  const events = [...studyFiles(size, 2)].flatMap(([, list]) => [...list]);
  return events.filter(({ type }) => type === 'attempt' || type === 'grade');
}
