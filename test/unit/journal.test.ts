import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import fc from 'fast-check';
import { Journal } from '../../src/adapters/journal.ts';
import { type ErrorCode, isAppError } from '../../src/core/errors.ts';
import { type NewEvent, readLine } from '../../src/core/store/events.ts';
import { useFolder } from '../support/folders.ts';

const opened = (id: string): NewEvent => ({ type: 'opened', subject: { type: 'question', id } });
const hint = (id: string, rung: number): NewEvent => ({
  type: 'hint',
  subject: { type: 'question', id },
  rung,
});
const fails = (code: ErrorCode) => (thrown: unknown) => isAppError(thrown) && thrown.code === code;

describe('the journal', () => {
  const folder = useFolder();
  let time = 1_000;
  const clock = () => time++;
  const dir = () => path.join(folder(), 'attempts');
  const journal = () => new Journal(dir(), clock);
  const files = () =>
    fs
      .readdirSync(dir())
      .filter((name) => name.endsWith('.jsonl'))
      .map((name) => path.join(dir(), name));
  const only = () => {
    const [file] = files();
    assert.ok(file && files().length === 1);
    return file;
  };
  const subjects = (events: readonly { type: string; subject?: unknown }[]) =>
    events.map((event) => (event.subject as { id: string } | undefined)?.id);

  it('gives back what was written, to a window that opens later', async () => {
    const first = journal();
    const written = [
      await first.append(opened('a')),
      await first.append(hint('a', 1)),
      await first.append(opened('b')),
    ];
    const { events, unreadable } = await journal().refresh();
    assert.deepEqual(events, written);
    assert.deepEqual(unreadable, []);
    assert.equal(new Set(events.map(({ id }) => id)).size, 3);
  });

  it('gives back any text', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 5 }),
        async (ids) => {
          fs.rmSync(dir(), { recursive: true, force: true });
          const writer = journal();
          for (const id of ids) await writer.append(opened(id));
          const { events, unreadable } = await journal().refresh();
          assert.deepEqual(unreadable, []);
          // A lone half of a character cannot be stored; JSON keeps it as an escape.
          assert.deepEqual(subjects(events), ids);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('is empty before anything was written', async () => {
    assert.deepEqual(await journal().refresh(), { events: [], unreadable: [] });
    assert.ok(!fs.existsSync(dir()), 'reading creates nothing');
  });

  it('has acknowledged only what is on the disk', async () => {
    const event = await journal().append(opened('a'));
    assert.equal(fs.readFileSync(only(), 'utf8'), `${JSON.stringify(event)}\n`);
  });

  it('keeps the order of events written at once', async () => {
    const writer = journal();
    const ids = Array.from({ length: 40 }, (_, i) => `q${i}`);
    await Promise.all(ids.map((id) => writer.append(opened(id))));
    assert.deepEqual(subjects((await journal().refresh()).events), ids);
  });

  it('keeps the order of events when the clock is set back', async () => {
    const times = [5_000, 4_000, 3_000, 6_000];
    const writer = new Journal(dir(), () => times.shift() ?? 7_000);
    for (const id of ['a', 'b', 'c']) await writer.append(opened(id));
    assert.deepEqual(subjects((await journal().refresh()).events), ['a', 'b', 'c']);
  });

  it('does not give its own events back, and each of another window’s once', async () => {
    const [one, two] = [journal(), journal()];
    await one.append(opened('a'));
    await two.append(opened('b'));
    assert.equal(files().length, 2);
    assert.deepEqual(subjects((await one.refresh()).events), ['b']);
    assert.deepEqual(subjects((await two.refresh()).events), ['a']);
    await one.append(opened('c'));
    assert.deepEqual(subjects((await two.refresh()).events), ['c']);
    assert.deepEqual((await two.refresh()).events, []);
    assert.deepEqual((await one.refresh()).events, []);
  });

  it('sorts the events of several windows by their time', async () => {
    const [one, two] = [journal(), journal()];
    await one.append(opened('a'));
    await two.append(opened('b'));
    await one.append(opened('c'));
    await two.append(opened('d'));
    assert.deepEqual(subjects((await journal().refresh()).events), ['a', 'b', 'c', 'd']);
  });

  it('leaves a last line without its end for the next time', async () => {
    const writer = journal();
    const reader = journal();
    const event = await writer.append(opened('a'));
    const line = JSON.stringify({ ...event, id: 'later', subject: { type: 'question', id: 'déjà' } });
    const bytes = Buffer.from(`${line}\n`);
    const half = bytes.indexOf(Buffer.from('é')) + 1;
    fs.appendFileSync(only(), bytes.subarray(0, half));
    const first = await reader.refresh();
    assert.deepEqual(subjects(first.events), ['a']);
    assert.deepEqual(first.unreadable, []);
    fs.appendFileSync(only(), bytes.subarray(half));
    assert.deepEqual(subjects((await reader.refresh()).events), ['déjà']);
  });

  it('loses nothing else to a line that was torn inside a character', async () => {
    const writer = journal();
    const reader = journal();
    await writer.append(opened('a'));
    fs.appendFileSync(
      only(),
      Buffer.concat([Buffer.from('{"v":1,"text":"d'), Buffer.from('é').subarray(0, 1)]),
    );
    await writer.append(opened('b'));
    const first = await reader.refresh();
    assert.deepEqual(subjects(first.events), ['a', 'b']);
    assert.deepEqual(first.unreadable, [{ file: only(), line: 2, reason: 'not JSON' }]);
    await writer.append(opened('c'));
    const second = await reader.refresh();
    assert.deepEqual(subjects(second.events), ['c']);
    assert.deepEqual(second.unreadable, []);
  });

  it('names a line that cannot be read by its file and number, once, and loads the rest', async () => {
    const writer = journal();
    await writer.append(opened('a'));
    const lines = ['not json', '[]', '{"v":1}', 'null', '"text"'];
    fs.appendFileSync(only(), `${lines.join('\n')}\n`);
    const before = fs.readFileSync(only(), 'utf8');
    const reader = journal();
    const { events, unreadable } = await reader.refresh();
    assert.deepEqual(subjects(events), ['a']);
    assert.deepEqual(
      unreadable.map(({ file, line, reason }) => [file, line, reason]),
      [
        [only(), 2, 'not JSON'],
        [only(), 3, 'no stamp'],
        [only(), 4, 'no stamp'],
        [only(), 5, 'not a record'],
        [only(), 6, 'not a record'],
      ],
    );
    assert.deepEqual((await reader.refresh()).unreadable, []);
    assert.equal(fs.readFileSync(only(), 'utf8'), before, 'nothing is rewritten');
  });

  it('counts lines on over several readings', async () => {
    await journal().append(opened('a'));
    const reader = journal();
    await reader.refresh();
    fs.appendFileSync(only(), 'oops\n');
    assert.equal((await reader.refresh()).unreadable[0]?.line, 2);
  });

  it('keeps what a newer version wrote, without a complaint', async () => {
    const event = await journal().append(opened('a'));
    const newer = [JSON.stringify({ ...event, v: 2 }), JSON.stringify({ ...event, type: 'interview' })];
    fs.appendFileSync(only(), `${newer.join('\n')}\n`);
    const { events, unreadable } = await journal().refresh();
    assert.deepEqual(subjects(events), ['a']);
    assert.deepEqual(unreadable, []);
    assert.ok(newer.every((line) => fs.readFileSync(only(), 'utf8').includes(line)));
  });

  it('ignores other files in its folder', async () => {
    await journal().append(opened('a'));
    fs.writeFileSync(path.join(dir(), 'notes.txt'), 'hello\n');
    assert.equal((await journal().refresh()).events.length, 1);
  });

  it('names a file that cannot be read, and loads the others', async () => {
    await journal().append(opened('a'));
    fs.mkdirSync(path.join(dir(), '0.jsonl'));
    const { events, unreadable } = await journal().refresh();
    assert.deepEqual(subjects(events), ['a']);
    assert.deepEqual(
      unreadable.map(({ file, line }) => [path.basename(file), line]),
      [['0.jsonl', 0]],
    );
  });

  it('says store_unwritable when the disk refuses, and writes the next event all the same', async () => {
    fs.writeFileSync(dir(), 'in the way');
    const writer = journal();
    await assert.rejects(writer.append(opened('lost')), fails('store_unwritable'));
    await assert.rejects(writer.storeTexts({ '': 'x'.repeat(9_000) }), fails('store_unwritable'));
    assert.equal(fs.readFileSync(dir(), 'utf8'), 'in the way');
    fs.rmSync(dir());
    await writer.append(opened('kept'));
    assert.deepEqual(subjects((await journal().refresh()).events), ['kept']);
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

describe('the texts of an answer', () => {
  const folder = useFolder();
  const journal = () => new Journal(folder(), () => 1);
  const LONG = 'é'.repeat(9_000);

  it('are kept inside the event when short, and as a file named by its content when long', async () => {
    const stored = await journal().storeTexts({ 'a.py': 'x = 1', 'b.py': LONG });
    assert.deepEqual(stored['a.py'], { text: 'x = 1' });
    const kept = stored['b.py'];
    assert.ok(kept && 'sha256' in kept);
    assert.match(kept.sha256, /^[0-9a-f]{64}$/);
    assert.equal(fs.readFileSync(path.join(folder(), 'texts', kept.sha256), 'utf8'), LONG);
    assert.ok(!JSON.stringify(stored).includes('ééé'));
  });

  it('come back as they were', async () => {
    const texts = { '': 'short', 'b.py': LONG, 'c.py': `${LONG}\r\n\u0000\u202e` };
    assert.deepEqual(await journal().readTexts(await journal().storeTexts(texts)), texts);
  });

  it('are stored once when they are the same', async () => {
    await journal().storeTexts({ a: LONG, b: LONG });
    await journal().storeTexts({ a: LONG });
    assert.equal(fs.readdirSync(path.join(folder(), 'texts')).length, 1);
  });

  it('are unreadable, by their path, when the file is gone', async () => {
    const stored = await journal().storeTexts({ a: LONG });
    fs.rmSync(path.join(folder(), 'texts'), { recursive: true });
    await assert.rejects(journal().readTexts(stored), fails('store_unreadable'));
  });
});

describe('a line of the journal', () => {
  it('never makes the reader throw', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (line) => {
        const result = readLine(line);
        assert.equal(Object.keys(result).length, 1);
      }),
    );
  });
});
