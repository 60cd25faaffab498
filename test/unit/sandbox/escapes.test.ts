import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { attacks } from '../../fixtures/sandbox/attacks.ts';
import { Bait, openSandbox, RUNTIME_DIR, soundSnapshot, temporaryFolder } from '../../support/sandbox.ts';

describe('attacks that work on plain Pyodide', function () {
  this.timeout(120_000);
  const baits = [new Bait(), new Bait()];
  const [bait = new Bait()] = baits;

  before(() => Promise.all(baits.map((each) => each.open())));
  after(() => {
    for (const each of baits) each.close();
  });

  // Two at a time, each with a bait of its own.
  it('reach nothing from the sandbox', async () => {
    const taken = await Promise.all(
      baits.map(async (each, half) => {
        const sandbox = openSandbox();
        const caught: string[] = [];
        const battery = attacks(each.targets).filter(({ short }) => short);
        assert.ok(battery.length > 15);
        for (const { name, source } of battery.filter((_, i) => i % baits.length === half)) {
          const { stdout, error } = await sandbox.observe(source, 1500);
          if (each.taken(`${stdout}\n${error}`)) caught.push(name);
        }
        sandbox.dispose();
        return caught;
      }),
    );
    assert.deepEqual(taken.flat(), []);
  });

  describe('that go on after the program, without any flag', () => {
    const folder = temporaryFolder();
    const asShipped = path.join(folder.path, 'as-shipped.mjs');
    const withImport = path.join(folder.path, 'with-import.mjs');
    let snapshot = '';

    before(async () => {
      snapshot = await soundSnapshot();
      await build({
        entryPoints: ['test/support/lingering.ts'],
        outfile: asShipped,
        bundle: true,
        format: 'esm',
        platform: 'node',
        loader: { '.py': 'text' },
        logLevel: 'warning',
      });
      const shipped = fs.readFileSync(asShipped, 'utf8');
      const opened = shipped
        .replace('script.replace(DYNAMIC_IMPORT, CLOSED_IMPORT)', 'script')
        .replace('if (ANY_DYNAMIC_IMPORT.test(closed))', 'if (false)');
      assert.notEqual(opened.length, shipped.length);
      fs.writeFileSync(withImport, opened);
    });
    after(() => folder.remove());

    function printedBy(script: string, source: string): string {
      const { stdout, stderr } = spawnSync(process.execPath, [script, RUNTIME_DIR, snapshot], {
        input: source,
        env: bait.env,
        encoding: 'utf8',
        timeout: 20_000,
      });
      assert.notEqual(stdout, '', stderr);
      return `${JSON.parse(stdout).violations[0]?.params.text}\n${stderr}`;
    }

    it('reach nothing', () => {
      for (const { name, source } of attacks(bait.targets).filter(({ late }) => late)) {
        const printed = printedBy(asShipped, source);
        assert.ok(!bait.taken(printed), `${name}: ${printed}`);
      }
    });

    it('would reach the host if import() were left in the runtime', () => {
      const attack = attacks(bait.targets).find(({ name }) => name.includes('initializeNodeSockFS'));
      assert.ok(bait.taken(printedBy(withImport, attack?.source ?? '')));
    });
  });
});
