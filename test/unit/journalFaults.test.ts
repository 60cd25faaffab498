import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Journal } from '../../src/adapters/journal.ts';
import { isAppError } from '../../src/core/errors.ts';
import { dayAt } from '../../src/core/study/day.ts';
import { useFolder } from '../support/folders.ts';
import { attempted, opened } from '../support/journalEvents.ts';
import { idsOnDisk, killWriters } from '../support/journalKills.ts';
import { buildWriter, listen } from '../support/journalProcess.ts';

/** Processes that are killed here; ten times as many in `journalFaults.long.test.ts`. */
const RUNS = 200;

const isUnwritable = (thrown: unknown) => isAppError(thrown) && thrown.code === 'store_unwritable';
const window = (dir: string) => new Journal(dir, { now: Date.now, dayOf: dayAt });

describe('the journal, when processes end and disks are full', function () {
  this.timeout(180_000);
  const folder = useFolder();
  const dir = () => path.join(folder(), 'attempts');
  let bundle = '';
  beforeEach(async () => {
    bundle = await buildWriter(folder());
  });

  it(`has all that was acknowledged by ${RUNS} processes, killed while they write`, async () => {
    const { during, acknowledged } = await killWriters(bundle, folder(), RUNS, 1);
    assert.ok(acknowledged > RUNS, `${acknowledged} acknowledged`);
    for (const word of ['saving', 'storing', 'long', 'adopting'])
      assert.ok((during[word] ?? 0) >= RUNS / 40, `${during[word] ?? 0} killed while ${word}`);
  });

  it('has every event of two windows that write at once exactly once, read while they do', async () => {
    const writers = [1, 2].map((seed) =>
      listen(process.execPath, [bundle, 'write', dir(), String(seed), '200']),
    );
    let isOver = false;
    const ended = Promise.all(writers.map((writer) => writer.ended)).then((codes) => {
      isOver = true;
      return codes;
    });
    const reader = window(dir());
    const sizes = [0];
    while (!isOver) {
      const { history, unreadable } = await reader.refresh();
      assert.deepEqual(unreadable, []);
      sizes.push(history.size);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    assert.deepEqual(await ended, [0, 0]);
    const acknowledged = writers.flatMap(({ said }) => said.acknowledged).sort();
    assert.equal(acknowledged.length, 400);
    assert.ok(new Set(sizes).size > 5, 'it was read while they wrote');
    assert.ok(sizes.every((size, i) => size >= (sizes[i - 1] ?? 0)));
    assert.deepEqual(idsOnDisk(dir()).sort(), acknowledged);
    for (const one of [reader, window(dir())]) {
      const { history, unreadable } = await one.refresh();
      assert.deepEqual(history.all.map(({ id }) => id).sort(), acknowledged);
      assert.deepEqual(unreadable, []);
    }
  });

  // A limit on the size of files is the one full disk that a test may have: it cuts a line off in its middle, too.
  it('refuses what a full disk does not take, and keeps everything else', async function () {
    if (process.platform === 'win32') this.skip();
    const blocks = 64;
    const room = blocks * 512;
    const script = `trap '' XFSZ; ulimit -f ${blocks}; exec "$@"`;
    const args = ['-c', script, 'sh', process.execPath, bundle, 'fill', dir(), '1', String(room)];
    const { said, ended } = listen('sh', args);
    assert.equal(await ended, 0);
    const count = (line: string) => said.lines.filter((one) => one === line).length;
    const { acknowledged } = said;
    // A fifth of the room each: every fifth one finds the file full, and the next one another file.
    assert.ok(acknowledged.length > 25 && acknowledged.length < 40, `${acknowledged.length} acknowledged`);
    assert.equal(acknowledged.length + count('store_unwritable'), 40 + 4 + 1);
    assert.equal(count('accepted'), 0);
    // What was refused never came into the history of the window itself.
    const sizes = said.lines.filter((line) => line.startsWith('size'));
    assert.deepEqual(sizes, Array(2).fill(`size ${acknowledged.length - 1}`));
    assert.equal(said.lines.at(-1), 'no-news true');

    assert.deepEqual(idsOnDisk(dir()).sort(), [...acknowledged].sort());
    const { history, unreadable } = await window(dir()).refresh();
    assert.deepEqual(unreadable, []);
    assert.equal(history.size, acknowledged.length);
    const left = fs.readdirSync(dir()).filter((name) => name !== 'snapshot' && name !== 'texts');
    for (const name of left) {
      assert.match(name, /\.jsonl$/, 'no draft is left');
      const { size } = fs.statSync(path.join(dir(), name));
      assert.ok(size > 0 && size <= room, `${name} has ${size} bytes`);
    }
  });
});

/** What every open file can do, to be made to fail. */
type Handle = Pick<fs.promises.FileHandle, 'appendFile' | 'sync'>;

describe('the journal, when writing fails half-way', () => {
  const folder = useFolder();
  const dir = () => path.join(folder(), 'attempts');
  const full = () => Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  let handle: Handle;
  let whole: Handle;
  before(async () => {
    const file = await fs.promises.open(process.execPath, 'r');
    handle = Object.getPrototypeOf(file) as Handle;
    whole = { appendFile: handle.appendFile, sync: handle.sync };
    await file.close();
  });
  afterEach(() => {
    Object.assign(handle, whole);
  });

  const half = async function (this: fs.promises.FileHandle, line: string | Uint8Array): Promise<void> {
    await this.write(Buffer.from(line).subarray(0, line.length / 2));
    throw full();
  };
  const unsynced = async (): Promise<void> => {
    throw full();
  };
  const unreadableIn = async (journal: Journal) => (await journal.refresh()).unreadable;

  for (const [name, fault] of [
    ['a line is cut off', { appendFile: half }],
    ['a whole line does not get to the disk', { sync: unsynced }],
  ] as const) {
    it(`takes back what was refused, when ${name}`, async () => {
      for (const isFirst of [true, false]) {
        fs.rmSync(dir(), { recursive: true, force: true });
        const writer = window(dir());
        const { history } = await writer.refresh();
        const before = isFirst ? [] : [(await writer.append(attempted('a'))).id];
        Object.assign(handle, fault);
        await assert.rejects(writer.append(attempted('a')), isUnwritable);
        await assert.rejects(writer.append(attempted('a')), isUnwritable);
        assert.equal(history.size, before.length);
        assert.deepEqual(fs.existsSync(dir()) ? idsOnDisk(dir()) : [], before);
        Object.assign(handle, whole);
        const after = (await writer.append(attempted('a'))).id;
        assert.equal((await writer.refresh()).history, history);
        for (const one of [writer, window(dir())]) {
          const { history, unreadable } = await one.refresh();
          assert.deepEqual(
            history.all.map(({ id }) => id),
            [...before, after],
          );
          assert.deepEqual(unreadable, []);
        }
      }
    });
  }

  it('never writes behind a torn line that could not be taken back', async () => {
    const writer = window(dir());
    await writer.refresh();
    await writer.append(opened('a'));
    const [name = ''] = fs.readdirSync(dir());
    const [file, away] = [path.join(dir(), name), path.join(folder(), 'away')];
    handle.appendFile = async function (this: fs.promises.FileHandle, line) {
      await half.call(this, String(line)).catch(() => undefined);
      // Out of reach of whoever would cut it off.
      fs.renameSync(file, away);
      throw full();
    };
    await assert.rejects(writer.append(opened('lost')), isUnwritable);
    Object.assign(handle, whole);
    fs.renameSync(away, file);
    const torn = fs.readFileSync(file, 'utf8');
    assert.ok(!torn.endsWith('\n'));
    await writer.append(opened('b'));
    await writer.append(opened('c'));
    assert.equal(fs.readFileSync(file, 'utf8'), torn);
    assert.equal(fs.readdirSync(dir()).length, 2);
    for (const one of [writer, window(dir())]) {
      assert.deepEqual(await unreadableIn(one), []);
      assert.deepEqual([...(await one.refresh()).history.touched].sort(), ['a', 'b', 'c']);
    }
  });

  it('refuses what follows as long as the disk is full, and loses nothing of before', async () => {
    const writer = window(dir());
    const { id } = await writer.append(opened('a'));
    handle.appendFile = half;
    const refused = await Promise.allSettled([1, 2, 3].map((i) => writer.append(opened(`lost-${i}`))));
    assert.ok(refused.every((one) => one.status === 'rejected' && isUnwritable(one.reason)));
    assert.deepEqual(idsOnDisk(dir()), [id]);
    assert.equal(fs.readdirSync(dir()).length, 1, 'no file is left of what was refused');
  });
});
