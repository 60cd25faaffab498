// Runs a test bundle inside the extension host of a real VS Code, by the protocol that VS Code uses for its own
// integration tests in a browser: the page's address names the extensions and the tests (`payload`), the page
// calls codeAutomationLog and codeAutomationExit.
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { format } from 'node:util';
import { openBrowser } from './browser.mjs';
import { temporary } from './paths.mjs';
import { pageAddress, startServer, uriPath } from './server.mjs';
import { quietSettings, writeServerSettings } from './settings.mjs';
import { ensureHostTools } from './tools.mjs';

/**
 * The payload of a test page. VS Code makes a map of it: a key that comes twice counts once, so that only one
 * extension can be named here.
 * @param {{ port: number, extensionPath: string, testsPath: string, env?: Record<string, string> | undefined }} options
 * @returns {string[][]}
 */
export function testPayload({ port, extensionPath, testsPath, env = {} }) {
  /** @param {string} file */
  const remote = (file) => `vscode-remote://127.0.0.1:${port}${uriPath(path.resolve(file))}`;
  return [
    ['extensionDevelopmentPath', remote(extensionPath)],
    ['extensionTestsPath', remote(testsPath)],
    ...(Object.keys(env).length === 0 ? [] : [['extensionEnvironment', JSON.stringify(env)]]),
    ['skipWelcome', 'true'],
  ];
}

/**
 * @param {import('../support/launcher.ts').ExtensionTestOptions} options
 * @returns {Promise<import('../support/launcher.ts').ExtensionTestResult>} `code` is 0 when every test passed, 1
 *   when `run()` was rejected, 124 after `timeoutMs`
 */
export async function runExtensionTests(options) {
  const {
    extensionPaths,
    testsPath,
    workspace,
    trust = true,
    settings = {},
    env,
    timeoutMs = 120_000,
    onLog,
  } = options;
  const [extensionPath, ...others] = extensionPaths;
  if (extensionPath === undefined) throw new TypeError('extensionPaths is empty');
  await ensureHostTools();
  const folder = temporary('host');
  const userDataDir = path.join(folder, 'user');
  const extensionsDir = path.join(folder, 'extensions');
  const tmp = path.join(folder, 'tmp');
  /** @type {string[]} */
  const logs = [];
  /** @param {string} line */
  const log = (line) => {
    logs.push(line);
    onLog?.(line);
  };
  let server;
  let browser;
  try {
    mkdirSync(tmp); // what tests leave there goes with the rest
    // A folder that is there before the server's first start counts as installed.
    for (const file of others) {
      cpSync(file, path.join(extensionsDir, path.basename(file)), { recursive: true });
    }
    writeServerSettings(userDataDir, { ...quietSettings, ...settings });
    [server, browser] = await Promise.all([
      startServer({
        workspace,
        extensionsDir,
        userDataDir,
        smokeTest: true,
        trust,
        env: { TMPDIR: tmp, TEMP: tmp, TMP: tmp },
      }),
      openBrowser({}),
    ]);
    const page = await browser.newPage();
    /** @type {(code: number) => void} */
    let settle = () => {};
    /** @type {Promise<number>} */
    const settled = new Promise((resolve) => {
      settle = resolve;
    });
    await page.exposeFunction(
      'codeAutomationLog',
      (/** @type {string} */ type, /** @type {unknown[]} */ args) => log(format(...args).trimEnd() || type),
    );
    await page.exposeFunction('codeAutomationExit', (/** @type {number} */ code) => settle(code));
    page.on('crash', () => {
      log('the page crashed');
      settle(1);
    });
    const ended = server.ended.then((code) => {
      log(`the VS Code server ended with ${code}`);
      return 1;
    });
    const timer = setTimeout(() => {
      log(`no end after ${timeoutMs / 1000} s`);
      settle(124);
    }, timeoutMs);
    const payload = testPayload({ port: server.port, extensionPath, testsPath, env });
    await page.goto(pageAddress({ port: server.port, workspace, payload }));
    const code = await Promise.race([settled, ended]);
    clearTimeout(timer);
    return { code, logs, serverLog: server.log() };
  } finally {
    await Promise.allSettled([browser?.close(), server?.stop()]);
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
