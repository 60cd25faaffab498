// Runs the tests: `npm test`, or `node test/run.mjs <layer…> [--long]`. Installs what is missing, so that it works
// first thing on a fresh clone. The last line is always `N passed, N failed`.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runExtensionTests } from './host/extensionTests.mjs';
import { hostRun } from './host/hostRun.mjs';
import { root, temporary } from './host/paths.mjs';
import { endAll, endOnSignals, onEnd, run, stop } from './host/processes.mjs';
import { lastLines, say, seconds, UserError } from './host/progress.mjs';
import { checkNode, ensureDependencies, ensureHostTools, node24 } from './host/tools.mjs';
import { build, packVsix } from './host/vsix.mjs';

/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Counts
 * @typedef {{ title: string, message: string }} Failure
 */

const layers = /** @type {const} */ (['types', 'lint', 'build', 'unit', 'content', 'contract', 'host', 'ui']);
/** @typedef {typeof layers[number]} Layer */

/** How long a layer may take before it is ended, in minutes. */
const limits = { unit: 4, content: 5, contract: 3, ui: 6 };
const longLimit = 60;

const asked = process.argv.slice(2);
const long = asked.includes('--long');
const names = asked.filter((name) => !name.startsWith('--'));
const results = path.join(root, 'dist', 'test', 'results');

/** @param {boolean} ok @returns {Counts} */
const one = (ok) => ({ passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 });

/** @param {Counts[]} parts @returns {Counts} */
const sum = (parts) => ({
  passed: parts.reduce((total, part) => total + part.passed, 0),
  failed: parts.reduce((total, part) => total + part.failed, 0),
  skipped: parts.reduce((total, part) => total + part.skipped, 0),
});

/** The command of an installed package, run by this Node: the same on every platform. @param {string[]} place */
const bin = (...place) => path.join(root, 'node_modules', ...place);

async function types() {
  const projects = ['.', 'src/core', 'webview', 'test/host'].filter((place) =>
    existsSync(path.join(root, place, 'tsconfig.json')),
  );
  const runs = [];
  for (const project of projects) {
    runs.push(await run(process.execPath, [bin('typescript', 'bin', 'tsc'), '-p', project], { cwd: root }));
  }
  for (const { code, output } of runs) if (code !== 0) say(output.trimEnd());
  return one(runs.every(({ code }) => code === 0));
}

async function lint() {
  const args = [bin('@biomejs', 'biome', 'bin', 'biome'), 'check', '--max-diagnostics=50'];
  const { code, output } = await run(process.execPath, args, { cwd: root });
  if (code !== 0) say(output.trimEnd());
  return one(code === 0);
}

/** @type {string | undefined} */
let scratch;

/** @type {Promise<void> | undefined} */
let built;

/** Once per run, whichever layers ask for it. */
function ensureBuilt() {
  built ??= build({ tests: true });
  return built;
}

async function buildLayer() {
  await ensureBuilt();
  return one(true);
}

/** @param {string} layer */
function bundles(layer) {
  const folder = path.join(root, 'dist', 'test', layer);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.test.cjs') && (long || !name.endsWith('.long.test.cjs')))
    .sort()
    .map((name) => path.join(folder, name));
}

/**
 * @param {keyof typeof limits} layer
 * @returns {Promise<Counts>}
 */
async function mochaLayer(layer) {
  await ensureBuilt();
  const files = bundles(layer);
  const modern = files.filter((file) => layer === 'contract' || file.endsWith('.node24.test.cjs'));
  const plain = files.filter((file) => !modern.includes(file));
  const parts = [];
  if (plain.length > 0) parts.push(await mocha(layer, process.execPath, plain));
  if (modern.length > 0) {
    await ensureHostTools();
    parts.push(await mocha(`${layer}-node24`, node24(), modern));
  }
  return sum(parts);
}

/**
 * @param {string} name
 * @param {string} node
 * @param {string[]} files
 * @returns {Promise<Counts>}
 */
async function mocha(name, node, files) {
  const output = path.join(results, `${name}.json`);
  rmSync(output, { force: true });
  const minutes = long ? longLimit : limits[/** @type {keyof typeof limits} */ (name.split('-')[0])];
  const running = run(
    node,
    [
      bin('mocha', 'bin', 'mocha.js'),
      ...['--reporter', path.join(root, 'test', 'support', 'reporter.cjs')],
      ...['--reporter-option', `output=${output}`],
      ...['--timeout', long ? '600000' : name === 'ui' ? '90000' : '15000'],
      // The editor of the ui layer takes both cores by itself.
      ...(name === 'ui' ? [] : ['--parallel', '--jobs', '2']),
      ...files,
    ],
    {
      cwd: root,
      env: { ...process.env, ...scratchFor(), CANARI_LONG: long ? '1' : '' },
      timeoutMs: minutes * 60_000,
    },
  );
  const lingering = stopLingering(running, output);
  const ended = await running;
  clearInterval(lingering.timer);
  const counts = readResults(output);
  if (ended.output.trim() !== '') say(ended.output.trimEnd());
  if (counts === undefined) {
    say(
      `${name}: mocha ended with ${ended.code} before it had a result${ended.code === 124 ? ` (${minutes} min)` : ''}.`,
    );
    return one(false);
  }
  if (lingering.stopped) {
    say(`${name}: its tests are over, but something that they opened is not closed.`);
    return sum([counts, one(false)]);
  }
  // A rejection that nobody awaited ends mocha with another code after the last test has passed.
  return ended.code !== 0 && counts.failed === 0 ? sum([counts, one(false)]) : counts;
}

/** A temporary folder for the tests, removed at the end, however that comes. */
function scratchFor() {
  if (scratch === undefined) {
    const folder = temporary('test');
    onEnd(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
    scratch = folder;
  }
  return { TMPDIR: scratch, TEMP: scratch, TMP: scratch };
}

/**
 * Ends mocha when it does not end by itself though it has its result.
 * @param {ReturnType<typeof run>} running
 * @param {string} output
 */
function stopLingering(running, output) {
  const graceMs = 10_000;
  let since = 0;
  const state = {
    stopped: false,
    timer: setInterval(() => {
      if (!existsSync(output)) return;
      since ||= Date.now();
      if (state.stopped || Date.now() - since < graceMs) return;
      state.stopped = true;
      void stop(running.child);
    }, 250),
  };
  return state;
}

/** @param {string} file @returns {Counts & { failures?: Failure[] } | undefined} */
function readResults(file) {
  try {
    const { passed, failed, skipped = 0, failures } = JSON.parse(readFileSync(file, 'utf8'));
    return Number.isInteger(passed) && Number.isInteger(failed)
      ? { passed, failed, skipped, failures }
      : undefined;
  } catch {
    return undefined;
  }
}

async function hostLayer() {
  await ensureBuilt();
  await ensureHostTools();
  const parts = [];
  for (const suite of /** @type {const} */ (['trusted', 'restricted'])) {
    const { options, output, dispose } = hostRun(suite);
    const { code, logs, serverLog } = await runExtensionTests(options).finally(dispose);
    mkdirSync(results, { recursive: true });
    writeFileSync(path.join(results, `host-${suite}.log`), `${logs.join('\n')}\n\n${serverLog}`);
    const counts = readResults(output);
    for (const { title, message } of counts?.failures ?? [])
      say(`  ✗ ${title}\n    ${message.replaceAll('\n', '\n    ')}`);
    if (counts !== undefined && code === (counts.failed === 0 ? 0 : 1)) {
      parts.push(counts);
      continue;
    }
    say(
      `host (${suite}): ended with ${code}${counts === undefined ? ' and no result' : ''}.\n${lastLines(logs.join('\n'), 25)}`,
    );
    say(`The whole log is dist/test/results/host-${suite}.log`);
    parts.push(sum([counts ?? one(false), one(counts === undefined)]));
  }
  return sum(parts);
}

async function uiLayer() {
  await ensureBuilt();
  await ensureHostTools();
  await packVsix({ built: true });
  return mochaLayer('ui');
}

/** @type {Record<Layer, () => Promise<Counts>>} */
const runners = {
  types,
  lint,
  build: buildLayer,
  unit: () => mochaLayer('unit'),
  content: () => mochaLayer('content'),
  contract: () => mochaLayer('contract'),
  host: hostLayer,
  ui: uiLayer,
};

/**
 * @param {Layer} layer
 * @returns {Promise<Counts>}
 */
async function runLayer(layer) {
  const started = performance.now();
  /** @type {Counts} */
  let counts;
  try {
    counts = await runners[layer]();
    if (counts.passed + counts.failed === 0) {
      say(`${layer}: no test ran.`);
      counts = one(false);
    }
  } catch (error) {
    say(error instanceof UserError ? error.message : String(error instanceof Error ? error.stack : error));
    counts = one(false);
  }
  const skipped = counts.skipped === 0 ? '' : `, ${counts.skipped} skipped`;
  const mark = counts.failed === 0 ? '✓' : '✗';
  say(
    `${mark} ${layer.padEnd(9)} ${counts.passed} passed, ${counts.failed} failed${skipped}  ${seconds(performance.now() - started)}`,
  );
  return counts;
}

/** @returns {Promise<Counts>} */
async function main() {
  const unknown = names.filter((name) => !layers.includes(/** @type {Layer} */ (name)));
  if (unknown.length > 0) {
    throw new UserError(`There is no layer ${unknown.join(', ')}.`, `Choose from ${layers.join(', ')}.`);
  }
  checkNode();
  await ensureDependencies();
  const chosen = layers.filter((layer) => names.length === 0 || names.includes(layer));
  // The download goes on beside the first layers; whoever needs it waits for it and tells its errors.
  if (chosen.some((layer) => layer === 'contract' || layer === 'host' || layer === 'ui')) {
    ensureHostTools().catch(() => {});
  }
  const parts = [];
  for (const layer of chosen) parts.push(await runLayer(layer));
  return sum(parts);
}

endOnSignals();
/** @type {Counts} */
let total;
try {
  total = await main();
} catch (error) {
  say(error instanceof UserError ? error.message : String(error instanceof Error ? error.stack : error));
  total = one(false);
}
await endAll();
process.exitCode = total.failed === 0 ? 0 : 1;
process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
