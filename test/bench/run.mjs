// `npm run bench`: what Canari costs, measured from inside the real extension host, as the table of the README.
// Options: --hosts=N, the number of fresh hosts per bank (default 5).
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { packVsix, runExtensionTests } from '../host/launch.mjs';
import { root, temporary } from '../host/paths.mjs';
import { say } from '../host/progress.mjs';

const hosts = Number(process.argv.find((argument) => argument.startsWith('--hosts='))?.slice(8) ?? 5);
const LEVELS = ['junior', 'mid', 'senior'];

/**
 * A copy of the extension whose bank has `size` entries: ours, then generated ones.
 * @param {number} size
 */
function extensionWith(size) {
  const folder = temporary('bench');
  for (const name of ['package.json', 'package.nls.json', 'package.nls.fr.json', 'l10n', 'media']) {
    cpSync(path.join(root, name), path.join(folder, name), { recursive: true });
  }
  cpSync(path.join(root, 'dist'), path.join(folder, 'dist'), {
    recursive: true,
    filter: (source) => !/dist[\\/](test|build)|\.vsix$/.test(source),
  });
  const bank = path.join(folder, 'dist', 'bank');
  const index = JSON.parse(readFileSync(path.join(bank, 'index.json'), 'utf8'));
  const body = JSON.parse(readFileSync(path.join(bank, 'track-monitoring.json'), 'utf8'));
  const [sample] = Object.values(body.questions);
  /** @type {Record<string, { track: object, questions: Record<string, object>, exercises: object }>} */
  const bodies = {};
  for (let i = index.entries.length; i < size; i++) {
    const track = `generated-${i % 13}`;
    const id = `question-${i}`;
    const title = { fr: `Question générée ${i} sur la dérive`, en: `Generated question ${i} on drift` };
    index.entries.push({
      ...{ id, type: 'question', track, level: LEVELS[i % 3], kind: 'concept', core: false, minutes: 4 },
      ...{ tags: ['generated', `tag-${i % 40}`], title },
    });
    bodies[track] ??= { track: body.track, questions: {}, exercises: {} };
    bodies[track].questions[id] = { ...sample, id, track, title };
  }
  for (const [id, { questions }] of Object.entries(bodies)) {
    index.tracks.push({ id, title: { fr: id, en: id }, order: 90, entries: Object.keys(questions) });
    writeFileSync(path.join(bank, `track-${id}.json`), JSON.stringify(bodies[id]));
  }
  writeFileSync(path.join(bank, 'index.json'), JSON.stringify(index));
  return folder;
}

/**
 * @param {string} extension
 * @param {boolean} withStudy 20,000 attempts are written and read too: once is enough
 * @returns {Promise<Record<string, number>>}
 */
async function measure(extension, withStudy) {
  const workspace = temporary('bench-workspace');
  const output = path.join(workspace, 'measures.json');
  const testsPath = path.join(root, 'dist', 'test', 'bench', 'index.js');
  const { code, logs, serverLog } = await runExtensionTests({
    extensionPaths: [extension],
    testsPath,
    workspace,
    settings: { 'canari.practiceFolder': path.join(workspace, 'practice') },
    env: { CANARI_BENCH_OUTPUT: output, ...(withStudy ? { CANARI_BENCH_STUDY: '1' } : {}) },
    timeoutMs: 240_000,
  });
  if (code !== 0)
    throw new Error(`the host ended with ${code}\n${logs.join('\n')}\n${serverLog.slice(-2000)}`);
  const measures = JSON.parse(readFileSync(output, 'utf8'));
  rmSync(workspace, { recursive: true, force: true });
  return measures;
}

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** @param {string} folder @returns {number} */
function sizeOf(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  return files
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(path.join(entry.parentPath, entry.name)).size, 0);
}

/** @param {string} folder @returns {number} what its files weigh, each compressed */
function zippedSizeOf(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  return files
    .filter((entry) => entry.isFile())
    .reduce(
      (sum, entry) =>
        sum + gzipSync(readFileSync(path.join(entry.parentPath, entry.name)), { level: 9 }).length,
      0,
    );
}

const kB = (/** @type {number} */ bytes) => `${(bytes / 1000).toFixed(0)} kB`;
const ms = (/** @type {number} */ value) => `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`;

const vsix = await packVsix();
/** @type {string[][]} */
const rows = [];
for (const size of [1000, 10_000]) {
  const extension = extensionWith(size);
  /** @type {Record<string, number>[]} */
  const runs = [];
  for (let i = 0; i < hosts; i++) {
    runs.push(await measure(extension, size === 1000 && i === 0));
    say(
      `bank of ${size}, host ${i + 1} of ${hosts}: load + activate ${ms(runs.at(-1)?.['load + activate'] ?? Number.NaN)}`,
    );
  }
  rmSync(extension, { recursive: true, force: true });
  const of = (/** @type {string} */ name) => ms(median(runs.map((run) => run[name] ?? Number.NaN)));
  rows.push([`load + activate, bank of ${size}`, of('load + activate'), size === 1000 ? '≤ 25 ms' : '']);
  rows.push([`read the index, bank of ${size}`, of('index'), '']);
  rows.push([`search, bank of ${size} (p95)`, of('search p95'), size === 10_000 ? '≤ 16 ms' : '']);
  if (size !== 1000) continue;
  const stored = (/** @type {string} */ name) => ms(runs[0]?.[`20,000 attempts, ${name}`] ?? Number.NaN);
  rows.push(['20,000 attempts stored: states and cards of the whole tree', stored('open'), '≤ 100 ms']);
  rows.push(['20,000 attempts stored: acknowledge one more', stored('append'), '≤ 20 ms']);
  rows.push(['20,000 attempts stored: the same tree without the snapshot', stored('fold'), '']);
  rows.push(['the same with the editor’s own share', of('activate, seen from outside'), '']);
  rows.push(['YAML exercise checked (p95)', of('YAML check p95'), '≤ 100 ms']);
  rows.push(['YAML exercise checked, first time', of('YAML check, first'), '']);
  rows.push(['Python exercise, on a ready child', of('Python, on a ready child'), '']);
  rows.push(['Python exercise, first run ever', of('Python, first run ever'), '']);
  rows.push(['last token of a model → report sent to the panel (p95)', of('report p95'), '≤ 50 ms']);
  rows.push(['cancel a grade on its way (p95)', of('cancel p95'), '≤ 300 ms']);
  const tokens = (/** @type {string} */ name) =>
    `${median(runs.map((run) => run[name] ?? Number.NaN)).toFixed(0)}`;
  rows.push([
    'prompt with the model answer, tokens at most (median; largest)',
    `${tokens('prompt tokens, median')}; ${tokens('prompt tokens, largest')}`,
    '≤ 3,000',
  ]);
}
const dist = path.join(root, 'dist');
rows.push(['`dist/extension.js`', kB(statSync(path.join(dist, 'extension.js')).size), '≤ 150 kB']);
for (const part of readdirSync(path.join(dist, 'parts')).sort()) {
  rows.push([`\`dist/parts/${part}\`, loaded on use`, kB(statSync(path.join(dist, 'parts', part)).size), '']);
}
rows.push(['webview bundle', kB(sizeOf(path.join(dist, 'webview'))), '']);
const content = zippedSizeOf(path.join(dist, 'bank'));
const runtimes = zippedSizeOf(path.join(dist, 'sandbox'));
const whole = statSync(vsix).size;
rows.push(['VSIX: code', kB(whole - content - runtimes), '≤ 1 MB']);
rows.push(['VSIX: content', kB(content), '≤ 1 MB']);
rows.push(['VSIX: all', `${(whole / 1e6).toFixed(1)} MB`, '≤ 18 MB']);

const [cpu] = os.cpus();
say(
  `\n${os.cpus().length} × ${cpu?.model ?? 'unknown'}, ${os.platform()}; medians of ${hosts} fresh hosts\n`,
);
say('| what | measured | budget |');
say('|---|---|---|');
for (const row of rows) say(`| ${row.join(' | ')} |`);
mkdirSync(path.join(dist, 'bench'), { recursive: true });
writeFileSync(path.join(dist, 'bench', 'results.json'), JSON.stringify(rows, undefined, 2));
