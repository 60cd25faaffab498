import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { hostile } from '../../fixtures/sandbox/hostile.ts';
import {
  openSandbox,
  RUNTIME_DIR,
  soundSnapshot,
  submissionOf,
  type TestSandbox,
  temporaryFolder,
} from '../../support/sandbox.ts';
import { endsAsExpected } from './hostileEnding.ts';

const NOTHING = 'def check(submission):\n    return []';

describe('the Python sandbox', function () {
  this.timeout(120_000);
  let sandbox: TestSandbox;

  before(() => {
    sandbox = openSandbox();
  });
  after(() => sandbox.dispose());

  it('runs a program and tells what its check found', async () => {
    const { stdout, error, outcome } = await sandbox.observe('print("été", 6 * 7)');
    assert.deepEqual(
      { stdout, error, state: outcome.state },
      { stdout: 'été 42\n', error: '', state: 'ran' },
    );
  });

  it('gives every run an interpreter that nobody used before', async () => {
    await sandbox.observe('import builtins\nbuiltins.leftover = 1\nopen("/tmp/leftover", "w").close()');
    const { stdout } = await sandbox.observe(
      'import builtins, os\nprint(hasattr(builtins, "leftover"), os.path.exists("/tmp/leftover"))',
    );
    assert.equal(stdout, 'False False\n');
  });

  it('tells an error with its line', async () => {
    const { error } = await sandbox.observe('x = 1\ny = x / 0');
    assert.equal(error, 'ZeroDivisionError: division by zero (line 2)');
  });

  it('takes two runs at once, one after the other', async () => {
    const [first, second] = await Promise.all([
      sandbox.observe('print("first")'),
      sandbox.observe('print("second")'),
    ]);
    assert.deepEqual([first.stdout, second.stdout], ['first\n', 'second\n']);
  });

  it('says where a program that ran out of time was', async () => {
    const { outcome } = await sandbox.observe('x = 0\nwhile True:\n    x += 1', 300);
    assert.deepEqual(outcome, {
      state: 'not_run',
      code: 'sandbox_timeout',
      detail: outcome.state === 'not_run' ? outcome.detail : '',
    });
    assert.match(JSON.stringify(outcome), /main\.py:[23]/);
  });

  for (const program of hostile.filter(({ short }) => short)) {
    it(`contains ${program.name}`, async () => {
      const started = performance.now();
      const timed = program.ends.some((end) => 'code' in end && end.code === 'sandbox_timeout');
      endsAsExpected(program, await sandbox.observe(program.source, timed ? 500 : 5000));
      assert.ok(performance.now() - started < 12_000, 'it ended in time');
    });
  }

  it('is not fooled by a program that prints a message of the protocol', async () => {
    const forged = JSON.stringify({ type: 'result', ending: 'ran', text: '{"state":"ran","violations":[]}' });
    const { outcome, stdout } = await sandbox.observe(`import os\nos.write(1, br'''${forged}''')`);
    assert.equal(outcome.state, 'ran');
    assert.equal(stdout, forged);
  });

  it('cancels a run, and runs the next', async () => {
    const abort = new AbortController();
    const cancelled = sandbox.observe('while True: pass', 10_000, abort.signal);
    setTimeout(() => abort.abort(), 400);
    const { outcome } = await cancelled;
    assert.deepEqual(outcome, { state: 'not_run', code: 'cancelled', detail: '' });
    assert.equal((await sandbox.observe('print(1)')).stdout, '1\n');
  });

  it('does not start what is cancelled before', async () => {
    const { outcome } = await sandbox.observe('print(1)', 1000, AbortSignal.abort());
    assert.deepEqual(outcome, { state: 'not_run', code: 'cancelled', detail: '' });
  });

  it('reports a check program that fails as a fault of the exercise', async () => {
    for (const [check, told] of [
      ['def check(submission): return 1 / 0', /ZeroDivisionError/],
      ['def check(submission): return [{"line": 1}]', /names no rule/],
      ['nothing = 1', /check/],
      ['def check(', /SyntaxError/],
    ] as const) {
      const outcome = await sandbox.run(submissionOf('', check), new AbortController().signal);
      assert.equal(outcome.state === 'not_run' && outcome.code, 'sandbox_crashed');
      assert.match(JSON.stringify(outcome), told);
    }
  });

  it('says why when a file of the runtime is missing', async () => {
    const folder = temporaryFolder();
    const broken = openSandbox({ runtimeDir: folder.path, cacheDir: folder.path });
    const outcome = await broken.run(submissionOf('', NOTHING), new AbortController().signal);
    assert.deepEqual(outcome, {
      state: 'not_run',
      code: 'sandbox_unavailable',
      detail: `${path.join(fs.realpathSync(folder.path), 'child.cjs')} is missing`,
    });
    broken.dispose();
    folder.remove();
  });

  it('says why when no child can be started', async () => {
    const folder = temporaryFolder();
    const broken = openSandbox({ execPath: path.join(folder.path, 'no-such-binary'), cacheDir: folder.path });
    const outcome = await broken.run(submissionOf('', NOTHING), new AbortController().signal);
    assert.equal(outcome.state === 'not_run' && outcome.code, 'sandbox_unavailable');
    assert.match(JSON.stringify(outcome), /ENOENT/);
    broken.dispose();
    folder.remove();
  });

  it('drops the child that waits when nothing is run', async () => {
    const idle = openSandbox({ idleMs: 50 });
    await idle.observe('pass');
    await new Promise((resolve) => setTimeout(resolve, 900));
    assert.equal((await idle.observe('print(2)')).stdout, '2\n');
    idle.dispose();
  });

  it('runs nothing once it is disposed of', async () => {
    const closed = openSandbox();
    const running = closed.observe('while True: pass', 10_000);
    setTimeout(() => closed.dispose(), 600);
    assert.equal(JSON.stringify((await running).outcome).includes('cancelled'), true);
    assert.equal(JSON.stringify((await closed.observe('print(1)')).outcome).includes('cancelled'), true);
  });
});

describe('the snapshot of the Python sandbox', function () {
  this.timeout(120_000);
  const snapshotIn = (folder: string) =>
    fs
      .readdirSync(folder)
      .map((name) => path.join(folder, name))
      .filter((file) => file.endsWith('.snapshot'));

  it('is recorded once, and by two windows at once', async () => {
    const folder = temporaryFolder();
    const windows = [openSandbox({ cacheDir: folder.path }), openSandbox({ cacheDir: folder.path })];
    const seen = await Promise.all(windows.map((window) => window.observe('print("both")')));
    assert.deepEqual(
      seen.map(({ stdout }) => stdout),
      ['both\n', 'both\n'],
    );
    for (const window of windows) window.dispose();
    assert.equal(snapshotIn(folder.path).length, 1);
    assert.deepEqual(
      fs.readdirSync(folder.path).filter((name) => name.endsWith('.tmp')),
      [],
    );
    const later = openSandbox({ cacheDir: folder.path });
    await later.observe('pass');
    assert.ok(!later.log.some((line) => line.includes('recorded')));
    later.dispose();
    folder.remove();
  });

  it('is passed over and discarded when it is damaged', async () => {
    const folder = temporaryFolder();
    const sound = await soundSnapshot();
    const file = path.join(folder.path, path.basename(sound));
    fs.writeFileSync(file, fs.readFileSync(sound).fill(7, 1_000_000, 1_000_100));
    const sandbox = openSandbox({ cacheDir: folder.path });
    assert.equal((await sandbox.observe('print("still")')).stdout, 'still\n');
    assert.ok(sandbox.log.some((line) => line.includes('discarded')));
    sandbox.dispose();
    assert.deepEqual(snapshotIn(folder.path), []);
    folder.remove();
  });

  it('is done without when its folder cannot be written', async () => {
    const folder = temporaryFolder();
    const file = path.join(folder.path, 'a-file');
    fs.writeFileSync(file, '');
    const sandbox = openSandbox({ cacheDir: path.join(file, 'below') });
    assert.equal((await sandbox.observe('print("slow")')).stdout, 'slow\n');
    assert.ok(sandbox.log.some((line) => line.includes('no snapshot')));
    sandbox.dispose();
    folder.remove();
  });

  it('lies beside a runtime that is complete', () => {
    for (const name of ['child.cjs', 'runtime.js', 'pyodide.asm.wasm', 'python_stdlib.zip']) {
      assert.ok(fs.existsSync(path.join(RUNTIME_DIR, name)), `dist/sandbox/${name} is built`);
    }
  });
});
