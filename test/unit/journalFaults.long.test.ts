import assert from 'node:assert/strict';
import { useFolder } from '../support/folders.ts';
import { killWriters } from '../support/journalKills.ts';
import { buildWriter } from '../support/journalProcess.ts';

/** Ten times as many as in `journalFaults.test.ts`. */
const RUNS = 2_000;

describe('the journal, over many kills', function () {
  this.timeout(1_200_000);
  const folder = useFolder();

  it(`has all that was acknowledged by ${RUNS} processes, killed while they write`, async () => {
    const { acknowledged } = await killWriters(await buildWriter(folder()), folder(), RUNS, 1_000_000);
    assert.ok(acknowledged > RUNS);
  });
});
