// A window of its own, for tests of the journal's faults: a process that writes and says on stdout, a word and an id
// a line, what it begins and what was acknowledged. `node <bundle> <what> <folder> <seed> [count]`
import * as fs from 'node:fs';
import { Journal } from '../../src/adapters/journal.ts';
import { isAppError } from '../../src/core/errors.ts';
import type { NewEvent, StudyEvent } from '../../src/core/store/events.ts';
import { dayAt } from '../../src/core/study/day.ts';
import { seeded } from './journalStudy.ts';

const [what = '', dir = '', seed = '0', count = '0'] = process.argv.slice(2);
const random = seeded(Number(seed));
const journal = new Journal(dir, { now: Date.now, dayOf: dayAt });

// Before the next step: what was said is with the reader, whatever happens to this process then.
const say = (word: string, id = ''): void => {
  fs.writeSync(1, `${word} ${id}\n`);
};

const below = (most: number): number => Math.floor(random() * most);
const words = (length: number): string =>
  `${below(1e9)} drift é `.repeat(Math.ceil(length / 16)).slice(0, length);

async function attempt(texts: Readonly<Record<string, string>>): Promise<NewEvent> {
  const subject = { type: 'question', id: `q${below(20)}` } as const;
  const rest = { lang: 'en', hints: 0, solutionSeen: false } as const;
  return { type: 'attempt', subject, texts: await journal.storeTexts(texts), ...rest };
}

async function append(event: NewEvent): Promise<StudyEvent> {
  const written = await journal.append(event);
  say('ack', written.id);
  return written;
}

/** Writes until it is killed: everything that a window writes, often several at once. */
async function writeOn(): Promise<void> {
  await journal.refresh();
  say('ready');
  for (;;) {
    const dice = random();
    if (dice < 0.15) {
      say('saving');
      await journal.saveSnapshot();
      say('saved');
    } else if (dice < 0.35) {
      say('storing');
      await append(await attempt({ '': words(20_000 + below(1_000_000)) }));
    } else if (dice < 0.45) {
      const files = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`${i}.py`, words(7_900)]));
      say('long');
      await append(await attempt(files));
    } else if (dice < 0.5) {
      const first = await append(await attempt({ '': words(900) }));
      const copies = Array.from({ length: 50 }, (_, i) => ({ ...first, id: `${first.id}-${i}` }));
      say('adopting');
      await journal.adopt(copies);
      for (const { id } of copies) say('ack', id);
    } else {
      const events = await Promise.all(
        Array.from({ length: 1 + below(4) }, () => attempt({ '': words(below(2_000)) })),
      );
      await Promise.all(events.map(append));
    }
  }
}

/** Writes so many events, one after the other. */
async function write(): Promise<void> {
  say('ready');
  for (let i = 0; i < Number(count); i++) await append(await attempt({ '': words(below(2_000)) }));
}

/** Writes on a disk that takes `count` bytes a file: what does not fit is refused, and what does is not. */
async function fill(): Promise<void> {
  const room = Number(count);
  const { history } = await journal.refresh();
  const refused = async (writing: Promise<unknown>): Promise<void> => {
    await writing.then(
      () => say('accepted'),
      (error: unknown) => say(isAppError(error) ? error.code : String(error)),
    );
  };
  // So many that the file is full in the middle of one of them, again and again.
  for (let i = 0; i < 40; i++) {
    const event = await attempt({ '': words(room / 5) });
    await append(event).catch((error: unknown) => say(isAppError(error) ? error.code : String(error)));
  }
  say('size', String(history.size));
  const wide = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`${i}.py`, words(room / 8)]));
  await refused(journal.append(await attempt(wide)));
  await refused(journal.append(await attempt(wide)));
  await refused(journal.storeTexts({ '': words(room * 2) }));
  await refused(
    journal.readAll().then(([first]) => {
      const copies = Array.from({ length: 20 }, (_, i) => ({ ...first, id: `copy-${i}` }) as StudyEvent);
      return journal.adopt(copies);
    }),
  );
  await journal.saveSnapshot();
  say('size', String(history.size));
  await append(await attempt({ '': 'There is room again.' }));
  const { hasNews, unreadable, history: same } = await journal.refresh();
  say(hasNews ? 'news' : 'no-news', String(same === history && unreadable.length === 0));
}

const programs: Readonly<Record<string, () => Promise<void>>> = { writeOn, write, fill };
await programs[what]?.();
