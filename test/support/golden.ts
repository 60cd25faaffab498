import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';

/**
 * Compares a text with the one kept in `test/fixtures`, to the letter. A missing file is a failure;
 * `UPDATE_GOLDEN=1` writes it anew.
 */
export function assertGolden(name: string, actual: string): void {
  const file = path.join('test', 'fixtures', name);
  if (process.env['UPDATE_GOLDEN'] === '1') {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, actual);
  }
  assert.ok(fs.existsSync(file), `${file} is missing: UPDATE_GOLDEN=1 writes it`);
  assert.equal(actual, fs.readFileSync(file, 'utf8'), `${file} differs: look at it, then UPDATE_GOLDEN=1`);
}
