// Where things lie. Everything that a run writes goes to `cache` (kept, ignored by git) or to `scratch()`.
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const hostDir = path.dirname(fileURLToPath(import.meta.url));
export const root = path.resolve(hostDir, '..', '..');
/** Kept between runs: the browser, the last package. */
const cache = path.join(hostDir, '.cache');
export const vscodeServer = path.join(hostDir, 'node_modules', 'code-server', 'lib', 'vscode');

/**
 * The folder that is kept between runs. It tells Git itself to leave it alone: it holds a browser of 200 MB.
 * @returns {string}
 */
export function cacheFolder() {
  if (!existsSync(path.join(cache, '.gitignore'))) {
    mkdirSync(cache, { recursive: true });
    writeFileSync(path.join(cache, '.gitignore'), '*\n');
  }
  return cache;
}

/**
 * This project's own folder in the temporary directory, the same from one run to the next: short, because an
 * editor puts sockets there (104 bytes at most on macOS), and private, because it holds a connection token.
 * @returns {string}
 */
export function scratch() {
  const name = `canari-${createHash('sha256').update(root).digest('hex').slice(0, 8)}`;
  const folder = path.join(realpathSync(os.tmpdir()), name);
  if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 });
  const stat = lstatSync(folder);
  const mine = process.getuid === undefined || (stat.uid === process.getuid() && (stat.mode & 0o077) === 0);
  return stat.isDirectory() && mine ? folder : mkdtempSync(path.join(os.tmpdir(), 'canari-'));
}

/**
 * A new empty folder that the caller removes.
 * @param {string} purpose
 * @returns {string}
 */
export function temporary(purpose) {
  return mkdtempSync(path.join(realpathSync(os.tmpdir()), `canari-${purpose}-`));
}
