import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import fc from 'fast-check';
import { Journal, type Time } from '../../src/adapters/journal.ts';
import { type ErrorCode, isAppError } from '../../src/core/errors.ts';
import type { StudyEvent } from '../../src/core/store/events.ts';
import { readLine } from '../../src/core/store/migrate.ts';
import { dayAt } from '../../src/core/study/day.ts';
import { History } from '../../src/core/study/history.ts';
import { Schedule } from '../../src/core/study/schedule.ts';
import { useFolder } from '../support/folders.ts';
import { assertGolden } from '../support/golden.ts';
import { anyEvents, attempted, behaviour, gradeOf, noted, opened } from '../support/journalEvents.ts';
import { studyFiles } from '../support/journalStudy.ts';
import { ManualClock } from '../support/manualClock.ts';

const fails = (code: ErrorCode) => (thrown: unknown) => isAppError(thrown) && thrown.code === code;
const subjects = (events: readonly StudyEvent[]) =>
  events.map((event) => ('subject' in event ? event.subject.id : event.type));
const lineOf = (event: StudyEvent) => `${JSON.stringify(event)}\n`;
const fold = (events: readonly StudyEvent[]) => {
  const history = new History();
  for (const event of events) history.apply(event);
  return history;
};

/** What a history says without the places of its records, which another journal has elsewhere. */
const withoutPlaces = (history: History) =>
  JSON.parse(JSON.stringify(behaviour(history), (key, value) => (key === 'at' ? undefined : value)));

/** A journal's folder, and what a test does with it. */
function useJournals() {
  const folder = useFolder();
  let clock = new ManualClock();
  let ticks = 0;
  beforeEach(() => {
    [clock, ticks] = [new ManualClock(), 0];
  });
  const time: Time = {
    // Each look at it is a little later.
    now: () => clock.now() + ticks++,
    dayOf: dayAt,
    after: (milliseconds, run) => clock.after(milliseconds, run),
  };
  const dir = () => path.join(folder(), 'attempts');
  return {
    dir,
    clock: () => clock,
    /** One more window. */
    journal: (change: Partial<Time> = {}) => new Journal(dir(), { ...time, ...change }),
    files: () =>
      fs
        .readdirSync(dir())
        .filter((name) => name.endsWith('.jsonl'))
        .sort()
        .map((name) => path.join(dir(), name)),
    snapshot: () => path.join(dir(), 'snapshot'),
  };
}

describe('the journal', () => {
  const { dir, journal, files } = useJournals();
  const only = () => {
    const [file] = files();
    assert.ok(file && files().length === 1);
    return file;
  };

  it('gives back what was written, to a window that opens later', async () => {
    const first = journal();
    const written = [
      await first.append(attempted('a')),
      await first.append({ type: 'hint', subject: { type: 'question', id: 'a' }, rung: 1 }),
      await first.append(opened('b')),
    ];
    const later = journal();
    const { history, hasNews, unreadable } = await later.refresh();
    assert.deepEqual(unreadable, []);
    assert.equal(hasNews, true);
    assert.deepEqual([...history.touched], ['a', 'b']);
    assert.deepEqual(await later.readAll(), written);
    assert.equal(new Set(written.map(({ id }) => id)).size, 3);
    assert.ok(written.every(({ ts, day }) => day === dayAt(ts)));
    assert.equal((await later.refresh()).hasNews, false);
  });

  it('gives back any text', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 5 }),
        async (texts) => {
          fs.rmSync(dir(), { recursive: true, force: true });
          const writer = journal();
          for (const [i, text] of texts.entries()) await writer.append(noted(`q${i}`, text));
          const { history, unreadable } = await journal().refresh();
          assert.deepEqual(unreadable, []);
          assert.deepEqual(
            texts.map((_, i) => history.entry(`q${i}`).note),
            texts,
          );
        },
      ),
      { numRuns: 30 },
    );
  });

  it('is empty before anything was written, and reading creates nothing', async () => {
    const { history, hasNews, unreadable } = await journal().refresh();
    assert.deepEqual([...history.touched], []);
    assert.equal(hasNews, false);
    assert.deepEqual(unreadable, []);
    assert.deepEqual(await journal().readAll(), []);
    assert.ok(!fs.existsSync(dir()));
  });

  it('has acknowledged only what is on the disk', async () => {
    const event = await journal().append(opened('a'));
    assert.equal(fs.readFileSync(only(), 'utf8'), lineOf(event));
  });

  it('has its own events in its history at once, where they lie on the disk', async () => {
    const writer = journal();
    const { history } = await writer.refresh();
    await writer.append(opened('é'));
    const event = await writer.append(attempted('a', 'ça'));
    const head = history.attempt(event.id);
    assert.ok(head);
    assert.deepEqual(await writer.readEvent(head.at.attempt), event);
    assert.deepEqual(await journal().readEvent(head.at.attempt), event);
    const { hasNews, history: same } = await writer.refresh();
    assert.equal(same, history);
    assert.equal(hasNews, false);
  });

  it('says store_unreadable for a record that is gone', async () => {
    const writer = journal();
    const { history } = await writer.refresh();
    const { id } = await writer.append(attempted('a'));
    const at = history.attempt(id)?.at.attempt ?? '';
    fs.truncateSync(only(), 10);
    await assert.rejects(writer.readEvent(at), fails('store_unreadable'));
    fs.rmSync(only());
    await assert.rejects(writer.readEvent(at), fails('store_unreadable'));
    await assert.rejects(writer.readEvent('nonsense'), fails('store_unreadable'));
  });

  it('keeps the order of events written at once', async () => {
    const writer = journal();
    const ids = Array.from({ length: 40 }, (_, i) => `q${i}`);
    await Promise.all(ids.map((id) => writer.append(opened(id))));
    assert.deepEqual(subjects(await journal().readAll()), ids);
  });

  it('tells each of another window’s events once, and its own never', async () => {
    const [one, two] = [journal(), journal()];
    await one.append(opened('a'));
    await two.append(opened('b'));
    assert.equal(files().length, 2);
    const news = async (reader: Journal) => {
      const { history, hasNews } = await reader.refresh();
      return [hasNews, [...history.touched].sort().join()];
    };
    assert.deepEqual(await news(one), [true, 'a,b']);
    assert.deepEqual(await news(two), [true, 'a,b']);
    await one.append(opened('c'));
    assert.deepEqual(await news(one), [false, 'a,b,c']);
    assert.deepEqual(await news(two), [true, 'a,b,c']);
    assert.deepEqual(await news(two), [false, 'a,b,c']);
  });

  it('gives the events of several windows by their time', async () => {
    const [one, two] = [journal(), journal()];
    await one.append(opened('a'));
    await two.append(opened('b'));
    await one.append(opened('c'));
    await two.append(opened('d'));
    assert.deepEqual(subjects(await journal().readAll()), ['a', 'b', 'c', 'd']);
  });

  it('leaves a last line without its end for the next time', async () => {
    const writer = journal();
    const reader = journal();
    const event = await writer.append(opened('a'));
    const bytes = Buffer.from(
      lineOf({ ...event, id: 'later', subject: { type: 'question', id: 'déjà' } } as StudyEvent),
    );
    const half = bytes.indexOf(Buffer.from('é')) + 1;
    fs.appendFileSync(only(), bytes.subarray(0, half));
    const { history, unreadable } = await reader.refresh();
    assert.deepEqual([...history.touched], ['a']);
    assert.deepEqual(unreadable, []);
    // What a snapshot says was read goes to the end of the last whole line.
    await reader.saveSnapshot();
    fs.appendFileSync(only(), bytes.subarray(half));
    for (const window of [reader, journal()])
      assert.deepEqual([...(await window.refresh()).history.touched], ['a', 'déjà']);
  });

  it('does not go on with its file when another has left something in it', async () => {
    const writer = journal();
    const reader = journal();
    const first = await writer.append(opened('a'));
    const torn = Buffer.concat([Buffer.from('{"v":1,"text":"d'), Buffer.from('é').subarray(0, 1)]);
    fs.appendFileSync(only(), torn);
    await writer.append(opened('b'));
    await writer.append(opened('c'));
    assert.equal(files().length, 2);
    assert.deepEqual(fs.readFileSync(files()[0] ?? ''), Buffer.concat([Buffer.from(lineOf(first)), torn]));
    for (const window of [writer, reader]) {
      const { history, unreadable } = await window.refresh();
      assert.deepEqual([...history.touched].sort(), ['a', 'b', 'c']);
      assert.deepEqual(unreadable, []);
    }
  });

  it('names a line that cannot be read by its file and number, once, and loads the rest', async () => {
    const writer = journal();
    const event = await writer.append(opened('a'));
    const stamp = '"v":2,"id":"x","ts":1,"day":"2026-01-01"';
    const lines = ['not json', '[]', '{"v":1}', 'null', '"text"', `{${stamp},"type":"note"}`, ''];
    fs.appendFileSync(only(), `${lines.join('\n')}\n${lineOf({ ...event, id: 'z' }).replace('"a"', '"b"')}`);
    const before = fs.readFileSync(only(), 'utf8');
    const reader = journal();
    const { history, unreadable } = await reader.refresh();
    assert.deepEqual([...history.touched], ['a', 'b']);
    assert.deepEqual(
      unreadable.map(({ file, line, reason }) => [file, line, reason]),
      [
        [only(), 2, 'not JSON'],
        [only(), 3, 'no stamp'],
        [only(), 4, 'no stamp'],
        [only(), 5, 'not a record'],
        [only(), 6, 'not a record'],
        [only(), 7, unreadable[5]?.reason],
        [only(), 8, 'not JSON'],
      ],
    );
    assert.match(unreadable[5]?.reason ?? '', /TypeError/);
    assert.deepEqual((await reader.refresh()).unreadable, []);
    assert.equal(fs.readFileSync(only(), 'utf8'), before, 'nothing is rewritten');
  });

  it('counts lines on over several readings, and after a snapshot', async () => {
    await journal().append(opened('a'));
    const reader = journal();
    await reader.refresh();
    fs.appendFileSync(only(), 'oops\n');
    assert.equal((await reader.refresh()).unreadable[0]?.line, 2);
    await reader.saveSnapshot();
    fs.appendFileSync(only(), 'oops again\n');
    const later = await journal().refresh();
    assert.deepEqual(
      later.unreadable.map(({ line }) => line),
      [3],
    );
  });

  it('counts its own lines, too', async () => {
    const writer = journal();
    await writer.append(opened('a'));
    await writer.append(opened('b'));
    fs.appendFileSync(only(), 'oops\n');
    assert.deepEqual(
      (await writer.refresh()).unreadable.map(({ line }) => line),
      [3],
    );
  });

  it('reads a line that is longer than a piece, and a file of many pieces', async () => {
    const writer = journal();
    const texts = [3_500_000, 10, 999_990, 1_000_000, 20].map((length, i) => String(i).repeat(length));
    const events: StudyEvent[] = [];
    for (const [i, text] of texts.entries()) events.push(await writer.append(noted(`q${i}`, text)));
    const reader = journal();
    const { history, unreadable } = await reader.refresh();
    assert.deepEqual(unreadable, []);
    assert.ok(texts.every((text, i) => history.entry(`q${i}`).note === text));
    assert.deepEqual(await reader.readAll(), events);
  });

  it('brings records of an older version up to date as it reads them', async () => {
    fs.mkdirSync(dir());
    const old = { v: 1, id: 'x', ts: Date.UTC(2026, 1, 3, 12), type: 'opened', subject: { id: 'a' } };
    fs.writeFileSync(path.join(dir(), 'old.jsonl'), `${JSON.stringify(old)}\n`);
    assert.deepEqual(await journal().readAll(), [{ ...old, v: 2, day: '2026-02-03' }]);
    assert.deepEqual([...(await journal().refresh()).history.touched], ['a']);
  });

  it('keeps what a newer version wrote, without a complaint', async () => {
    const event = await journal().append(opened('a'));
    const newer = [JSON.stringify({ ...event, v: 99 }), JSON.stringify({ ...event, type: 'duel' })];
    fs.appendFileSync(only(), `${newer.join('\n')}\n`);
    const { history, unreadable } = await journal().refresh();
    assert.deepEqual([...history.touched], ['a']);
    assert.deepEqual(unreadable, []);
    assert.ok(newer.every((line) => fs.readFileSync(only(), 'utf8').includes(line)));
  });

  it('ignores other files in its folder', async () => {
    await journal().append(opened('a'));
    fs.writeFileSync(path.join(dir(), 'notes.txt'), 'hello\n');
    assert.deepEqual((await journal().refresh()).unreadable, []);
    assert.equal((await journal().readAll()).length, 1);
  });

  it('names a file that cannot be read, once, and loads the others', async () => {
    await journal().append(opened('a'));
    fs.mkdirSync(path.join(dir(), '0.jsonl'));
    const reader = journal();
    const { history, unreadable } = await reader.refresh();
    assert.deepEqual([...history.touched], ['a']);
    assert.deepEqual(
      unreadable.map(({ file, line }) => [path.basename(file), line]),
      [['0.jsonl', 0]],
    );
    assert.deepEqual((await reader.refresh()).unreadable, []);
    await assert.rejects(reader.readAll(), fails('store_unreadable'), 'an export leaves nothing out unsaid');
  });

  it('says store_unwritable when the disk refuses, and writes the next event all the same', async () => {
    fs.writeFileSync(dir(), 'in the way');
    const writer = journal();
    await assert.rejects(writer.append(opened('lost')), fails('store_unwritable'));
    await assert.rejects(writer.storeTexts({ '': 'x'.repeat(9_000) }), fails('store_unwritable'));
    assert.equal(fs.readFileSync(dir(), 'utf8'), 'in the way');
    fs.rmSync(dir());
    await writer.append(opened('kept'));
    assert.deepEqual([...(await writer.refresh()).history.touched], ['kept']);
    assert.deepEqual([...(await journal().refresh()).history.touched], ['kept']);
  });

  it('fails only the events that were refused, when several are on their way', async () => {
    fs.writeFileSync(dir(), 'in the way');
    const writer = journal();
    const results = await Promise.allSettled([writer.append(opened('a')), writer.append(opened('b'))]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    fs.rmSync(dir());
    assert.equal((await writer.append(opened('c'))).type, 'opened');
  });

  it('says store_unreadable when its folder cannot be listed', async () => {
    fs.writeFileSync(dir(), 'in the way');
    await assert.rejects(journal().refresh(), fails('store_unreadable'));
  });
});

describe('the clock of the journal', () => {
  const { journal } = useJournals();
  const DAY_MS = 86_400_000;
  const noon = Date.UTC(2026, 5, 10, 12);
  const clockOf = (...times: readonly number[]) => {
    const left = [...times];
    return () => (left.length > 1 ? left.shift() : left[0]) ?? 0;
  };

  it('gives later stamps to what is written later, also when it is set back, and its own days', async () => {
    const times = [noon, noon, noon - 3 * DAY_MS, noon - 2 * DAY_MS, noon + DAY_MS];
    const left = [noon, ...times];
    const writer = journal({ now: () => left.shift() ?? noon });
    const written: StudyEvent[] = [];
    // One look at the clock is for the file's name.
    written.push(...(await Promise.all(['a', 'b', 'c', 'd', 'e'].map((id) => writer.append(opened(id))))));
    assert.ok(written.every(({ ts }, i) => i === 0 || ts > (written[i - 1]?.ts ?? 0)));
    assert.deepEqual(
      written.map(({ day }) => day),
      ['2026-06-10', '2026-06-10', '2026-06-10', '2026-06-07', '2026-06-08'],
    );
    assert.deepEqual(subjects(await journal().readAll()), ['a', 'b', 'c', 'd', 'e']);
  });

  it('set back between two windows lets the later word count, and the day be its own', async () => {
    const first = journal({ now: clockOf(noon) });
    await first.append(noted('a', 'before'));
    const { ts } = await first.append(opened('a'));
    for (const isFromSnapshot of [false, true]) {
      const second = journal({ now: clockOf(noon - 40 * DAY_MS) });
      const { history } = await second.refresh();
      const text = `after, ${isFromSnapshot}`;
      const event = await second.append(noted('a', text));
      assert.ok(event.ts > ts);
      assert.equal(event.day, '2026-05-01');
      assert.equal(history.entry('a').note, text);
      assert.equal((await journal().refresh()).history.entry('a').note, text);
      await second.saveSnapshot();
    }
  });

  it('does not follow a stamp that is years ahead', async () => {
    const first = journal({ now: clockOf(noon + 5 * 366 * DAY_MS) });
    await first.append(opened('a'));
    const second = journal({ now: clockOf(noon) });
    await second.refresh();
    assert.equal((await second.append(opened('b'))).ts, noon);
  });
});

describe('events that are taken in', () => {
  const { dir, journal, files } = useJournals();

  it('come back as they were, and make the same history', async () => {
    await fc.assert(
      fc.asyncProperty(anyEvents, async (events) => {
        fs.rmSync(dir(), { recursive: true, force: true });
        const window = journal();
        const { history } = await window.refresh();
        await window.adopt(events);
        assert.deepEqual(await journal().readAll(), events);
        assert.deepEqual(withoutPlaces(history), withoutPlaces(fold(events)));
        assert.equal((await window.refresh()).hasNews, false);
      }),
      { numRuns: 30 },
    );
  });

  it('change nothing when they are known already, in memory and on the disk', async () => {
    const window = journal();
    const { history } = await window.refresh();
    const own = await window.append(attempted('a'));
    const other: StudyEvent = { ...own, id: 'other' };
    await window.adopt([own, other, other]);
    await journal().adopt([other, own]);
    assert.equal(files().length, 2);
    assert.deepEqual(await window.readAll(), [own, other]);
    assert.equal(history.size, 2);
    assert.equal((await journal().refresh()).history.size, 2);
  });

  it('are all there or none, when the disk refuses', async () => {
    fs.writeFileSync(dir(), 'in the way');
    const events = [...studyFiles({ attempts: 3, entries: 2, files: 1, days: 1 })].flatMap(
      ([, list]) => list,
    );
    const window = journal();
    await assert.rejects(window.adopt(events), (thrown) => isAppError(thrown));
    fs.rmSync(dir());
    assert.equal((await window.refresh()).history.size, 0);
    await window.adopt(events);
    assert.equal((await window.refresh()).history.size, 3);
  });

  it('may be thousands', async () => {
    const size = { attempts: 3_000, entries: 40, files: 5, days: 60 };
    const events = [...studyFiles(size)].flatMap(([, list]) => list);
    const window = journal();
    const { history } = await window.refresh();
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 1);
    await window.adopt(events);
    clearInterval(timer);
    assert.ok(turns > 3, `others have had ${turns} turns in between`);
    assert.equal(history.size, 3_000);
    const [head] = history.all;
    assert.ok(head);
    assert.deepEqual(
      await window.readEvent(head.at.attempt),
      events.find(({ id }) => id === head.id),
    );
    await window.append(opened('a'));
    assert.equal((await journal().readAll()).length, events.length + 1);
  });
});

describe('deleting everything', () => {
  const { dir, clock, journal, files, snapshot } = useJournals();
  const LONG = 'é'.repeat(9_000);

  it('leaves nothing, and the journal can be written again', async () => {
    const window = journal();
    await window.storeTexts({ a: LONG });
    await window.append(opened('a'));
    await window.saveSnapshot();
    await window.deleteAll();
    assert.ok(!fs.existsSync(dir()));
    const { history } = await window.refresh();
    assert.deepEqual([...history.touched], []);
    await window.append(opened('b'));
    assert.deepEqual([...history.touched], ['b']);
    assert.deepEqual([...(await journal().refresh()).history.touched], ['b']);
    await window.deleteAll();
    await window.deleteAll();
  });

  it('is seen by another window at its next refresh, whatever was written since', async () => {
    for (const writesOn of ['nobody', 'the one that deleted', 'the other', 'both']) {
      const [one, two] = [journal(), journal()];
      for (const id of ['a', 'b', 'c']) await one.append(noted(id, 'a long note that takes some room'));
      await two.append(opened('d'));
      await one.refresh();
      assert.equal([...(await two.refresh()).history.touched].length, 4);
      await one.deleteAll();
      const left: string[] = [];
      if (writesOn !== 'nobody' && writesOn !== 'the other') {
        // As much as had been there: its length alone would not tell that it is another file.
        for (const id of ['x', 'y', 'z']) await one.append(noted(id, 'a long note that takes some room'));
        left.push('x', 'y', 'z');
      }
      if (writesOn === 'the other' || writesOn === 'both') {
        const own = await two.append(attempted('w'));
        left.push('w');
        // Its own event is there for it at once.
        assert.ok((await two.readAll()).some(({ id }) => id === own.id));
      }
      for (const window of [two, one, journal()]) {
        const { history, unreadable } = await window.refresh();
        assert.deepEqual([...history.touched].sort(), [...left].sort(), writesOn);
        assert.deepEqual(unreadable, []);
      }
      assert.equal((await two.refresh()).hasNews, false);
      await one.deleteAll();
    }
  });

  it('is news to another window, once', async () => {
    const [one, two] = [journal(), journal()];
    await one.append(opened('a'));
    await two.refresh();
    await one.deleteAll();
    assert.equal((await two.refresh()).hasNews, true);
    assert.equal((await two.refresh()).hasNews, false);
  });

  it('is not undone by a snapshot that a window was about to write', async () => {
    const [one, two] = [journal(), journal()];
    for (let i = 0; i < 30; i++) await one.append(opened(`a${i}`));
    await two.refresh();
    await one.refresh();
    assert.equal(clock().pending, 2);
    await one.deleteAll();
    assert.equal(clock().pending, 1, 'its own is called off');
    clock().advance(60_000);
    await two.saveSnapshot();
    assert.ok(!fs.existsSync(dir()));
    await one.append(opened('b'));
    await two.saveSnapshot();
    assert.ok(!fs.existsSync(snapshot()));
    assert.equal(files().length, 1);
  });

  it('takes its turn after what was asked before', async () => {
    const window = journal();
    const [event, , after] = await Promise.all([
      window.append(opened('a')),
      window.deleteAll(),
      window.append(opened('b')),
    ]);
    assert.deepEqual(await window.readAll(), [after]);
    assert.notEqual(event.id, after.id);
  });
});

describe('a file that is not the one that was read', () => {
  const { journal, files } = useJournals();

  const isReadAnew = async (replace: (file: string, content: string) => void, ...expected: string[]) => {
    const writer = journal();
    for (const id of ['a', 'b', 'c']) await writer.append(opened(id));
    const reader = journal();
    await reader.refresh();
    await reader.saveSnapshot();
    const [file = ''] = files();
    replace(file, fs.readFileSync(file, 'utf8'));
    for (const window of [reader, journal()]) {
      const { history, hasNews } = await window.refresh();
      assert.deepEqual([...history.touched].sort(), expected);
      assert.equal(hasNews, true);
    }
  };

  it('is read anew when it is gone', () => isReadAnew((file) => fs.rmSync(file)));

  it('is read anew when it is shorter', () =>
    isReadAnew((file, content) => fs.writeFileSync(file, content.slice(0, content.indexOf('\n') + 1)), 'a'));

  it('is read anew when it is as long', () =>
    isReadAnew(
      (file, content) => fs.writeFileSync(file, content.replace('"c"', '"x"').replace('"a"', '"y"')),
      'b',
      'x',
      'y',
    ));

  it('is read anew when it is longer', () =>
    isReadAnew(
      (file, content) => {
        const other = content.replaceAll(/"id":"(\w)"/g, '"id":"other-$1"');
        fs.writeFileSync(file, `${other}${other.replaceAll('other', 'third')}`);
      },
      ...['other', 'third'].flatMap((word) => ['a', 'b', 'c'].map((id) => `${word}-${id}`)),
    ));

  it('is read from its beginning when it comes back while its window writes on', async () => {
    const window = journal();
    await window.append(opened('a'));
    const [file = ''] = files();
    fs.renameSync(file, `${file}.away`);
    assert.deepEqual([...(await window.refresh()).history.touched], []);
    fs.renameSync(`${file}.away`, file);
    await window.append(opened('b'));
    await window.saveSnapshot();
    for (const one of [window, journal()])
      assert.deepEqual([...(await one.refresh()).history.touched].sort(), ['a', 'b']);
  });

  it('is the same when only its time is another', async () => {
    const window = journal();
    await window.append(opened('a'));
    const { history } = await window.refresh();
    fs.utimesSync(files()[0] ?? '', 1, 1);
    const again = await window.refresh();
    assert.equal(again.history, history);
    assert.equal(again.hasNews, false);
  });
});

describe('the snapshot', () => {
  const { dir, clock, journal, snapshot } = useJournals();
  /** The snapshot, once it is there. */
  const saved = async () => {
    for (let i = 0; i < 1000 && !fs.existsSync(snapshot()); i++)
      await new Promise((resolve) => setTimeout(resolve, 5));
    return fs.readFileSync(snapshot(), 'utf8');
  };

  it('makes the same history as the files, for any windows that write, read and save at any time', async () => {
    const step = fc.record({
      window: fc.nat(2),
      does: fc.constantFrom('adopts', 'adopts', 'appends', 'refreshes', 'saves', 'saves', 'restarts'),
      events: fc.integer({ min: 1, max: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(anyEvents, fc.array(fc.nat(99)), fc.array(step), async (events, order, steps) => {
        fs.rmSync(dir(), { recursive: true, force: true });
        const left = [...events];
        // Some come before what they belong to.
        for (const [i, place] of order.entries()) left.splice(place % left.length, 0, ...left.splice(i, 1));
        const windows = [journal(), journal(), journal()];
        for (const { window, does, events: count } of steps) {
          const one = windows[window];
          if (!one) continue;
          if (does === 'adopts') await one.adopt(left.splice(0, count));
          if (does === 'appends') await one.append(noted('beta', `note ${left.length}`));
          if (does === 'refreshes') behaviour((await one.refresh()).history);
          if (does === 'saves') await one.saveSnapshot();
          if (does === 'restarts') windows[window] = journal();
        }
        const withSnapshot = behaviour((await journal().refresh()).history);
        const inPlace = await Promise.all(
          windows.map(async (one) => behaviour((await one.refresh()).history)),
        );
        fs.rmSync(snapshot(), { force: true });
        const anew = behaviour((await journal().refresh()).history);
        assert.deepEqual(withSnapshot, anew);
        for (const one of inPlace) assert.deepEqual(one, anew);
      }),
      { numRuns: 80 },
    );
  }).timeout(30_000);

  it('goes on from where it was, when further events follow', async () => {
    await fc.assert(
      fc.property(anyEvents, fc.nat(40), (events, cut) => {
        const before = fold(events.slice(0, cut));
        const kept = History.from(JSON.parse(JSON.stringify(before.snapshot())));
        for (const event of events.slice(cut)) kept.apply(event);
        const whole = fold(events);
        const again = History.from(JSON.parse(JSON.stringify(kept.snapshot())));
        assert.deepEqual(behaviour(kept), behaviour(whole));
        assert.deepEqual(behaviour(again), behaviour(whole));
        // Also once everything had been asked for.
        behaviour(before);
        const asked = History.from(JSON.parse(JSON.stringify(before.snapshot())));
        for (const event of events.slice(cut)) asked.apply(event);
        assert.deepEqual(behaviour(asked), behaviour(whole));
      }),
      { numRuns: 300 },
    );
  });

  it('takes in later what belongs to an attempt that it holds', async () => {
    const [first, second] = [journal(), journal()];
    const { history: before } = await first.refresh();
    const attempts: string[] = [];
    for (const [id, score] of [
      ['a', 0.1],
      ['a', 0.9],
      ['b', 0.9],
    ] as const) {
      const attempt = (await first.append(attempted(id, `${score}`))).id;
      const key = `key of ${attempt}`;
      await first.append({ type: 'grade', attempt, grade: gradeOf(id, score, { key }) });
      attempts.push(attempt);
    }
    const [poor = '', good = '', other = ''] = attempts;
    const { id: rating } = await first.append({ type: 'rating', attempt: other, rating: 'again' });
    const states = (history: History) => ['a', 'b'].map((id) => history.state(id));
    assert.deepEqual(states(before), ['good', 'good']);
    new Schedule(before).cards(['a', 'b']);
    await first.saveSnapshot();

    const { history } = await second.refresh();
    assert.deepEqual(states(history), ['good', 'good']);
    assert.equal(new Schedule(history).card('b')?.last.rating, 'again');
    await second.append({ type: 'undo', event: good });
    await second.append({ type: 'undo', event: rating });
    await second.append({ type: 'contest', attempt: poor, points: [], note: 'no' });
    assert.deepEqual(states(history), ['to_review', 'good']);
    assert.equal(new Schedule(history).card('a')?.last.score, 0.1);
    assert.equal(new Schedule(history).card('b')?.last.rating, 'easy');
    assert.deepEqual(
      history.contested.map(({ id }) => id),
      [poor],
    );
    assert.equal(history.known(`key of ${other}`)?.attempt, other);
    assert.deepEqual(behaviour(history), behaviour((await first.refresh()).history));
  });

  it('is written some seconds after enough events, own ones or others’, and not before', async () => {
    const [writer, reader] = [journal(), journal()];
    await writer.refresh();
    for (let i = 0; i < 9; i++) await writer.append(opened(`a${i}`));
    clock().advance(60_000);
    assert.equal(clock().pending, 0);
    await writer.append(opened('last'));
    assert.equal(clock().pending, 1);
    assert.ok(!fs.existsSync(snapshot()), 'nobody waits for it');
    clock().advance(60_000);
    await saved();
    await reader.refresh();
    assert.equal(clock().pending, 0, 'the reader has it from the snapshot');
    fs.rmSync(snapshot());
    const third = journal();
    await third.refresh();
    assert.equal(clock().pending, 1);
    clock().advance(60_000);
    await saved();
  });

  it('spares the start what it holds', async () => {
    const writer = journal();
    const grade = gradeOf('a', 0.9);
    const attempt = await writer.append(attempted('a'));
    await writer.append({ type: 'grade', attempt: attempt.id, grade });
    const [name = ''] = fs.readdirSync(dir()).filter((one) => one.endsWith('.jsonl'));
    const file = path.join(dir(), name);
    fs.utimesSync(file, 1_000, 1_000);
    await writer.refresh();
    await writer.saveSnapshot();
    // Of the same length and time: only who reads the file again sees it.
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replaceAll('{', '['));
    fs.utimesSync(file, 1_000, 1_000);
    const { history, unreadable } = await journal().refresh();
    assert.deepEqual([history.state('a'), unreadable], ['good', []]);
  });

  const damages: Readonly<Record<string, (whole: string) => string>> = {
    'is empty': () => '',
    'is cut off in its middle': (whole) => whole.slice(0, whole.length / 2),
    'lacks its last line': (whole) => whole.slice(0, whole.lastIndexOf('\n')),
    'has one other character': (whole) => whole.replace('"question"', '"quest1on"'),
    'is not JSON': () => `${'0'.repeat(64)}\nnonsense`,
    'is of zeros': (whole) => '\0'.repeat(whole.length),
  };
  for (const [name, damage] of Object.entries(damages)) {
    it(`is ignored when it ${name}, and written anew`, async () => {
      const writer = journal();
      await writer.append(attempted('a'));
      await writer.append(opened('b'));
      await writer.saveSnapshot();
      const whole = fs.readFileSync(snapshot(), 'utf8');
      const damaged = damage(whole);
      assert.notEqual(damaged, whole);
      fs.writeFileSync(snapshot(), damaged);
      const window = journal();
      const { history, unreadable } = await window.refresh();
      assert.deepEqual([...history.touched], ['a', 'b']);
      assert.deepEqual(
        history.all.map(({ subject }) => subject.type),
        ['question'],
      );
      assert.deepEqual(unreadable, []);
      await window.saveSnapshot();
      assert.equal(fs.readFileSync(snapshot(), 'utf8').split('\n').length, whole.split('\n').length);
    });
  }

  it('of another fold is ignored, whatever it says', async () => {
    const { createHash } = await import('node:crypto');
    const writer = journal();
    await writer.append(noted('a', 'as it is'));
    await writer.saveSnapshot();
    const content = fs.readFileSync(snapshot(), 'utf8').split('\n').slice(1).join('\n');
    const save = (text: string) =>
      fs.writeFileSync(snapshot(), `${createHash('sha256').update(text).digest('hex')}\n${text}`);
    save(content.replace('as it is', 'another'));
    const { history } = await journal().refresh();
    assert.equal(history.entry('a').note, 'another', 'the one that counts is believed');
    save(content.replace('as it is', 'another').replace(/"shape":"1 /, '"shape":"0 '));
    assert.equal((await journal().refresh()).history.entry('a').note, 'as it is');
    save(content.replace('as it is', 'another').replace(/debrief"/, 'debrief duel"'));
    assert.equal((await journal().refresh()).history.entry('a').note, 'as it is', 'another set of types');
    save('{"shape":1}');
    assert.equal((await journal().refresh()).history.entry('a').note, 'as it is');
  });

  it('that cannot be written costs nothing else', async () => {
    const writer = journal();
    await writer.append(opened('a'));
    fs.mkdirSync(snapshot());
    await writer.saveSnapshot();
    await writer.append(opened('b'));
    assert.deepEqual([...(await journal().refresh()).history.touched], ['a', 'b']);
    assert.deepEqual(
      fs.readdirSync(dir()).filter((name) => name.startsWith('draft')),
      [],
    );
  });

  it('and texts leave no drafts behind for long, however their writers ended', async () => {
    await journal().append(opened('a'));
    const [old, young] = ['draft-old', 'draft-young'].map((name) => path.join(dir(), name));
    assert.ok(old && young);
    for (const file of [old, young]) fs.writeFileSync(file, 'half');
    fs.utimesSync(old, new Date(Date.now() - 7_200_000), new Date(Date.now() - 7_200_000));
    await journal().refresh();
    assert.deepEqual([fs.existsSync(old), fs.existsSync(young)], [false, true]);
  });

  it('is the one that the number of the fold stands for: whoever changes it raises FOLD', () => {
    const files = [...studyFiles({ attempts: 12, entries: 4, files: 1, days: 6 })];
    const history = fold(files.flatMap(([, events]) => events));
    for (const id of history.touched) history.state(id);
    const snapshot = history.snapshot();
    const cards = new Schedule(history).cards(history.touched);
    assertGolden('journal/snapshot.json', `${JSON.stringify({ snapshot, cards }, undefined, 1)}\n`);
  });
});

describe('the texts of an answer', () => {
  const { dir, journal } = useJournals();
  const LONG = 'é'.repeat(9_000);

  it('are kept inside the event when short, and as a file named by its content when long', async () => {
    const stored = await journal().storeTexts({ 'a.py': 'x = 1', 'b.py': LONG });
    assert.deepEqual(stored['a.py'], { text: 'x = 1' });
    const kept = stored['b.py'];
    assert.ok(kept && 'sha256' in kept);
    assert.match(kept.sha256, /^[0-9a-f]{64}$/);
    assert.equal(fs.readFileSync(path.join(dir(), 'texts', kept.sha256), 'utf8'), LONG);
    assert.ok(!JSON.stringify(stored).includes('ééé'));
  });

  it('come back as they were', async () => {
    const texts = { '': 'short', 'b.py': LONG, 'c.py': `${LONG}\r\n\u0000\u202e` };
    assert.deepEqual(await journal().readTexts(await journal().storeTexts(texts)), texts);
  });

  it('are stored once when they are the same, and again when the file is not whole', async () => {
    const stored = await journal().storeTexts({ a: LONG, b: LONG });
    const [name = ''] = fs.readdirSync(path.join(dir(), 'texts'));
    const file = path.join(dir(), 'texts', name);
    const { ino } = fs.statSync(file);
    await journal().storeTexts({ a: LONG });
    assert.equal(fs.statSync(file).ino, ino);
    fs.truncateSync(file, 100);
    assert.deepEqual(await journal().storeTexts({ a: LONG, b: LONG }), stored);
    assert.equal(fs.readFileSync(file, 'utf8'), LONG);
    assert.deepEqual(fs.readdirSync(path.join(dir(), 'texts')), [name]);
  });

  it('are unreadable, by their path, when the file is gone', async () => {
    const stored = await journal().storeTexts({ a: LONG });
    fs.rmSync(path.join(dir(), 'texts'), { recursive: true });
    await assert.rejects(journal().readTexts(stored), fails('store_unreadable'));
  });
});

describe('a line of the journal', () => {
  it('never makes the reader throw', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (line) => {
        const result = readLine(line, dayAt);
        assert.equal(Object.keys(result).length, 1);
      }),
    );
  });
});
