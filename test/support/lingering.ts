// A realm opened in this process without any flag, whose program may go on after it has returned: what the
// product's child never allows, so that attacks through promises and timers have their chance.
// Arguments: the runtime's folder, a snapshot. Reads a program on stdin, prints what it printed, also later.
import fs from 'node:fs';
import feast from '../../src/adapters/sandbox/python/feast_standin.py';
import harness from '../../src/adapters/sandbox/python/harness.py';
import { openRealm } from '../../src/adapters/sandbox/realm.ts';

const CHECK = `def check(submission): return [{'rule': 'printed', 'line': 1, 'params': {'text': submission.stdout}}]`;
const DIGEST_BYTES = 32;
const LATER_MS = 300;

const request = (source: string) =>
  JSON.stringify({ files: { 'main.py': source }, entry: 'main.py', provides: [], check: CHECK });

const [runtimeDir = '', snapshot = ''] = process.argv.slice(2);
const realm = await openRealm({
  runtimeDir,
  harness,
  standIns: { feast },
  mode: { restore: fs.readFileSync(snapshot).subarray(DIGEST_BYTES) },
  seed: [1, 2, 3, 4],
  checkMemory() {},
});
realm.run(request(fs.readFileSync(0, 'utf8')), 2000);
await new Promise((resolve) => setTimeout(resolve, LATER_MS));
process.stdout.write(realm.run(request('pass'), 2000).text);
process.exit(0);
