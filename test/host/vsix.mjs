// The package that people install, built only when something that goes into it has changed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder, root, vscodeServer } from './paths.mjs';
import { run } from './processes.mjs';
import { lastLines, step, UserError } from './progress.mjs';
import { ensureDependencies, ensureHostTools, node24 } from './tools.mjs';

/** What the package is made from: files, and folders with all that is in them. */
const inputs = [
  'src',
  'webview',
  'media',
  'l10n',
  'questions',
  'esbuild.js',
  'package.json',
  'package-lock.json',
];
/** Files of the root that go in as they are, whichever exist. */
const papers = /^(?:package\.nls.*\.json|README.*|CHANGELOG\.md|LICENSE.*|\.vscodeignore|tsconfig\.json)$/;

/**
 * A fingerprint of files by name, size and time of change: milliseconds for the whole project, and an edit that
 * changes neither size nor time does not happen.
 * @param {string} base
 * @param {string[]} names relative to `base`; folders count with all that they hold, missing ones as missing
 * @returns {string}
 */
export function fingerprint(base, names) {
  const hash = createHash('sha256');
  /** @param {string} name */
  const add = (name) => {
    const stat = statSync(path.join(base, name), { throwIfNoEntry: false });
    if (stat?.isDirectory() !== true) {
      hash.update(`${name}\0${stat?.size}\0${stat?.mtimeMs}\n`);
      return;
    }
    for (const child of readdirSync(path.join(base, name)).sort()) add(path.join(name, child));
  };
  for (const name of [...names].sort()) add(name);
  return hash.digest('hex');
}

/** The fingerprint of all that the package is made from. */
function sources() {
  return fingerprint(root, [...inputs, ...readdirSync(root).filter((name) => papers.test(name))]);
}

/**
 * @param {string} script
 * @param {string[]} args
 * @param {string} what
 */
async function node(script, args, what) {
  const { code, output } = await run(process.execPath, [script, ...args], { cwd: root });
  if (code !== 0)
    throw new UserError(
      `${what} failed.\n${lastLines(output, 30)}`,
      'Repair that, then run the command again.',
    );
  return output;
}

/**
 * Builds what ships; with `tests`, the test bundles too.
 * @param {{ tests?: boolean }} [options]
 */
export async function build({ tests = false } = {}) {
  await ensureDependencies();
  await step(tests ? 'Building, tests included' : 'Building', () =>
    node('esbuild.js', tests ? ['--tests'] : [], 'The build'),
  );
}

/** @type {Promise<string> | undefined} */
let packing;

/**
 * Builds and packs the extension when its sources have changed since the last time.
 * @param {{ built?: boolean }} [options] `built`: dist/ is up to date, do not build again
 * @returns {Promise<string>} the path of the VSIX
 */
export function packVsix({ built = false } = {}) {
  packing ??= pack(built).finally(() => {
    packing = undefined;
  });
  return packing;
}

/** @param {boolean} built */
async function pack(built) {
  await ensureDependencies();
  const { name, version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const vsix = path.join(cacheFolder(), `${name}-${version}.vsix`);
  const state = path.join(cacheFolder(), 'vsix.json');
  const wanted = sources();
  if (existsSync(vsix) && existsSync(state) && JSON.parse(readFileSync(state, 'utf8')).sources === wanted)
    return vsix;
  if (!built) await build();
  rmSync(state, { force: true });
  await step('Packing the extension', () =>
    node(
      path.join('node_modules', '@vscode', 'vsce', 'vsce'),
      // The README's own picture stays relative: there is no public address to rewrite it to.
      [
        'package',
        '--no-dependencies',
        '--allow-missing-repository',
        '--no-rewrite-relative-links',
        '--out',
        vsix,
      ],
      'vsce package',
    ),
  );
  writeFileSync(state, JSON.stringify({ sources: wanted }));
  return vsix;
}

/**
 * Installs a VSIX for the servers that use these folders; nothing is fetched.
 * @param {{ vsix: string, extensionsDir: string, userDataDir: string }} options
 */
export async function installVsix({ vsix, extensionsDir, userDataDir }) {
  await ensureHostTools();
  mkdirSync(extensionsDir, { recursive: true });
  mkdirSync(userDataDir, { recursive: true, mode: 0o700 });
  const { code, output } = await run(
    node24(),
    [
      path.join(vscodeServer, 'out', 'server-main.js'),
      '--install-extension',
      vsix,
      '--force',
      '--extensions-dir',
      extensionsDir,
      '--user-data-dir',
      userDataDir,
      '--server-data-dir',
      userDataDir,
      '--accept-server-license-terms',
    ],
    { timeoutMs: 60_000 },
  );
  // It ends with 0 even when it could not install: its words decide.
  if (code !== 0 || !/successfully installed/.test(output)) {
    throw new UserError(
      `${path.basename(vsix)} could not be installed.\n${lastLines(output)}`,
      `Look at it: unzip -l ${vsix}`,
    );
  }
}
