import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { attacks } from '../../fixtures/sandbox/attacks.ts';
import { Bait, openSandbox } from '../../support/sandbox.ts';

const PLAIN_MS = 30_000;

/** Runs a program on Pyodide as one would load it in Node; resolves to all that it printed. */
function onPlainPyodide(source: string, env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['test/support/plainPyodide.mjs'], { env, stdio: 'pipe' });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), PLAIN_MS);
    child.on('close', () => {
      clearTimeout(timer);
      resolve(output);
    });
    child.stdin.on('error', () => {});
    child.stdin.end(source);
  });
}

describe('the whole battery of attacks', function () {
  this.timeout(900_000);
  const bait = new Bait();
  before(() => bait.open());
  after(() => bait.close());

  it('reaches nothing from the sandbox', async () => {
    const sandbox = openSandbox();
    const taken: string[] = [];
    for (const { name, source } of attacks(bait.targets)) {
      const { stdout, error } = await sandbox.observe(source, 2000);
      if (bait.taken(`${stdout}\n${error}`)) taken.push(name);
    }
    sandbox.dispose();
    assert.deepEqual(taken, []);
  });

  it('is worth something: 20 attacks and more succeed on Pyodide without a sandbox', async () => {
    const taken: string[] = [];
    for (const { name, source } of attacks(bait.targets)) {
      if (bait.taken(await onPlainPyodide(source, bait.env))) taken.push(name);
    }
    assert.ok(taken.length >= 20, `only ${taken.length}: ${taken.join('; ')}`);
  });
});
