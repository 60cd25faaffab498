// `npm run eval`: Canari's grader against a model endpoint; see README.md. Builds the evaluation and runs it here.
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { root } from '../host/paths.mjs';
import { say, UserError } from '../host/progress.mjs';
import { checkNode, ensureDependencies } from '../host/tools.mjs';

const require = createRequire(import.meta.url);

async function bundle() {
  checkNode();
  await ensureDependencies();
  const { build } = require('esbuild');
  const { schemas } = require(path.join(root, 'esbuild.js'));
  const outfile = path.join(root, 'dist', 'eval', 'main.cjs');
  mkdirSync(path.dirname(outfile), { recursive: true });
  await build({
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    entryPoints: [path.join(root, 'test', 'eval', 'main.ts')],
    outfile,
    absWorkingDir: root,
    loader: { '.py': 'text' },
    external: ['esbuild'],
    logLevel: 'warning',
    plugins: [schemas()],
  });
  return require(outfile);
}

// Paths on the command line are the caller's; the gold set and the bank are the project's.
const asked = process.argv.slice(2);
const from = process.env['INIT_CWD'] ?? process.cwd();
const paths = new Set(['--saf', '--mohler', '--out', '--record', '--replay']);
const absolute = asked.map((argument, i) => {
  const [name = '', value] = argument.split(/=(.*)/s);
  if (value !== undefined && paths.has(name)) return `${name}=${path.resolve(from, value)}`;
  return paths.has(asked[i - 1] ?? '') && !argument.startsWith('--')
    ? path.resolve(from, argument)
    : argument;
});
process.chdir(root);

try {
  const { main } = await bundle();
  const code = await main(absolute);
  // A connection that is kept open must not keep this process.
  process.exit(code);
} catch (error) {
  say(error instanceof UserError ? error.message : String(error instanceof Error ? error.stack : error));
  process.exit(2);
}
