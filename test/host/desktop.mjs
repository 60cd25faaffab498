// `npm run test:desktop`: the host tests in a desktop VS Code. `@vscode/test-electron` downloads one, unless
// VSCODE_PATH names the executable of an installed one.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { hostRun } from './hostRun.mjs';
import { cacheFolder, root, temporary } from './paths.mjs';
import { endOnSignals } from './processes.mjs';
import { say, UserError } from './progress.mjs';
import { quietSettings } from './settings.mjs';
import { checkNode } from './tools.mjs';
import { build } from './vsix.mjs';

async function main() {
  checkNode();
  await build({ tests: true });
  /** @type {typeof import('@vscode/test-electron')} */
  const { runTests } = createRequire(path.join(root, 'package.json'))('@vscode/test-electron');
  const { options, output, dispose } = hostRun('trusted');
  const profile = temporary('desktop');
  const user = path.join(profile, 'User');
  mkdirSync(user, { recursive: true });
  writeFileSync(path.join(user, 'settings.json'), JSON.stringify({ ...quietSettings, ...options.settings }));
  const executable = process.env.VSCODE_PATH ?? '';
  try {
    await runTests({
      ...(executable === '' ? {} : { vscodeExecutablePath: executable }),
      cachePath: path.join(cacheFolder(), 'desktop'),
      extensionDevelopmentPath: options.extensionPaths,
      extensionTestsPath: options.testsPath,
      extensionTestsEnv: options.env,
      launchArgs: [
        options.workspace,
        '--disable-workspace-trust',
        `--user-data-dir=${profile}`,
        `--extensions-dir=${path.join(profile, 'extensions')}`,
      ],
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (/ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT|fetch|getaddrinfo/i.test(message)) {
      throw new UserError(
        `VS Code could not be downloaded: ${message}`,
        'Name an installed one: VSCODE_PATH=/usr/share/code/code npm run test:desktop',
      );
    }
    say(message);
  } finally {
    dispose();
    rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
  }
  return readFileSync(output, { encoding: 'utf8' });
}

endOnSignals();
try {
  const { passed, failed, failures = [] } = JSON.parse(await main());
  for (const { title, message } of failures) say(`  ✗ ${title}\n    ${message}`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
} catch (error) {
  say(error instanceof UserError ? error.message : `The tests wrote no result (${String(error)}).`);
  process.exitCode = 1;
}
