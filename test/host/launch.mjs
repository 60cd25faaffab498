#!/usr/bin/env node
// The launcher: `npm start`, the tests and the benchmarks go through it. It has no dependencies of its own, so
// that it runs on a fresh clone, and installs what is missing. As a module, it is what tests use of it.
import { copyFileSync, existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './paths.mjs';
import { endAll, endOnSignals, start } from './processes.mjs';
import { say, UserError } from './progress.mjs';
import { startEditor } from './start.mjs';
import { checkNode, ensureDependencies } from './tools.mjs';
import { build, packVsix } from './vsix.mjs';

export { openBrowser } from './browser.mjs';
export { runExtensionTests } from './extensionTests.mjs';
export { startServer } from './server.mjs';
export { quietSettings, writeServerSettings } from './settings.mjs';
export { ensureDependencies, ensureHostTools, node24 } from './tools.mjs';
export { installVsix, packVsix } from './vsix.mjs';

const usage = `Usage: node test/host/launch.mjs <command>
  start [--web] [--port <number>] [--fresh]   open Canari in an editor
        --web     in the browser, even when VS Code, Cursor or VSCodium is installed
        --port    the port for the browser (8391 unless it is taken)
        --fresh   forget the sample practice folder and the profile of earlier runs
  package                                     build and pack canari-<version>.vsix
  test [layer…] [--long]                      all tests, or some layers of them
  bench [argument…]                           the benchmarks`;

/**
 * @param {string} script
 * @param {string[]} args
 */
async function node(script, args) {
  const child = start(process.execPath, [path.join(root, script), ...args], { cwd: root, stdio: 'inherit' });
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}

/** @param {string[]} args */
async function main([command, ...args]) {
  checkNode();
  switch (command) {
    case 'start':
      return startEditor(args);
    case 'package': {
      const vsix = await packVsix();
      const copy = path.join(root, path.basename(vsix));
      copyFileSync(vsix, copy);
      process.stdout.write(`${copy}\n`);
      return 0;
    }
    case 'test':
      return node('test/run.mjs', args);
    case 'bench':
      if (!existsSync(path.join(root, 'test/bench/run.mjs'))) {
        throw new UserError('test/bench/run.mjs is missing.', 'Restore it: git checkout test/bench');
      }
      await ensureDependencies();
      await build({ tests: true });
      return node('test/bench/run.mjs', args);
    default:
      say(usage);
      return command === '--help' || command === 'help' ? 0 : 2;
  }
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  endOnSignals();
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    say(error instanceof UserError ? error.message : String(error instanceof Error ? error.stack : error));
    process.exitCode = 1;
  }
  await endAll();
}
