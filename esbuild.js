// Builds everything that ships (`node esbuild.js`) and, with `--tests`, the bundles of the tests.
// One entry per runtime: the extension, each part that is loaded on use, the sandbox's child, the webview.
const esbuild = require('esbuild');
const fs = require('node:fs');
const path = require('node:path');

const root = __dirname;
const dist = path.join(root, 'dist');
const at = (...parts) => path.join(root, ...parts);

/** `import validate from 'schema:questions/schema/x.json'` gives the schema as plain code, no `new Function`. */
function schemas() {
  const compiled = new Map();
  return {
    name: 'schemas',
    setup(build) {
      build.onResolve({ filter: /^schema:/ }, (args) => ({
        path: args.path.slice('schema:'.length),
        namespace: 'schema',
      }));
      build.onLoad({ filter: /.*/, namespace: 'schema' }, (args) => {
        const file = at(args.path);
        const siblings = fs.readdirSync(path.dirname(file)).filter((name) => name.endsWith('.schema.json'));
        const watchFiles = siblings.map((name) => path.join(path.dirname(file), name));
        const key = watchFiles.map((name) => fs.statSync(name).mtimeMs).join() + file;
        if (!compiled.has(key)) {
          const Ajv = require('ajv');
          const standalone = require('ajv/dist/standalone').default;
          const ajv = new Ajv({ allErrors: true, strict: false, code: { source: true, esm: true } });
          for (const name of siblings) {
            ajv.addSchema(JSON.parse(fs.readFileSync(path.join(path.dirname(file), name), 'utf8')), name);
          }
          compiled.set(key, standalone(ajv, ajv.getSchema(path.basename(file))));
        }
        return { contents: compiled.get(key), loader: 'js', resolveDir: root, watchFiles };
      });
    },
  };
}

/**
 * The editor's API once for a whole bundle. Each `import * as vscode` of an external module would copy all of its
 * names at load: with some fifty importers that was most of the time that loading took.
 */
function oneEditor() {
  return {
    name: 'one-editor',
    setup(build) {
      build.onResolve({ filter: /^vscode$/ }, ({ namespace }) =>
        namespace === 'editor' ? { path: 'vscode', external: true } : { path: 'vscode', namespace: 'editor' },
      );
      build.onLoad({ filter: /.*/, namespace: 'editor' }, () => ({ contents: "export * from 'vscode';" }));
    },
  };
}

const shared = {
  bundle: true,
  minify: true,
  sourcemap: false,
  legalComments: 'none',
  logLevel: 'warning',
  absWorkingDir: root,
  plugins: [schemas()],
  metafile: true,
};

const host = {
  ...shared,
  format: 'cjs',
  platform: 'node',
  target: 'node22',
  plugins: [...shared.plugins, oneEditor()],
  loader: { '.py': 'text' },
};

/** Parts of the extension host that are loaded on use; see src/load.ts. */
const parts = fs
  .readdirSync(at('src', 'parts'))
  .filter((name) => name.endsWith('.ts'))
  .map((name) => path.join('src', 'parts', name));

async function buildExtension() {
  const [extension, loaded] = await Promise.all([
    esbuild.build({ ...host, entryPoints: ['src/extension.ts'], outfile: 'dist/extension.js' }),
    esbuild.build({ ...host, entryPoints: parts, outdir: 'dist/parts', outExtension: { '.js': '.cjs' } }),
  ]);
  return { extension: extension.metafile, parts: loaded.metafile };
}

/** The Python runtime: one classic script for the bare realm, the wasm, the standard library, the child. */
async function buildSandbox() {
  const pyodide = path.dirname(require.resolve('pyodide/package.json'));
  const [child, runtime] = await Promise.all([
    esbuild.build({
      ...host,
      entryPoints: ['src/adapters/sandbox/child.ts'],
      outfile: 'dist/sandbox/child.cjs',
    }),
    esbuild.build({
      ...shared,
      entryPoints: ['src/adapters/sandbox/runtime.mjs'],
      outfile: 'dist/sandbox/runtime.js',
      format: 'iife',
      platform: 'neutral',
      target: 'es2022',
      external: ['node:*', 'ws'],
      define: { 'import.meta.url': '"file:///rt/pyodide.asm.mjs"' },
    }),
  ]);
  for (const name of ['pyodide.asm.wasm', 'python_stdlib.zip']) {
    fs.copyFileSync(path.join(pyodide, name), path.join(dist, 'sandbox', name));
  }
  return { child: child.metafile, runtime: runtime.metafile };
}

async function buildWebview() {
  // Chunks are named by their content: those of earlier builds would be packed too.
  fs.rmSync(path.join(dist, 'webview'), { recursive: true, force: true });
  const result = await esbuild.build({
    ...shared,
    entryPoints: ['webview/main.ts', 'webview/main.css'],
    outdir: 'dist/webview',
    format: 'esm',
    splitting: true,
    platform: 'browser',
    target: 'es2022',
    chunkNames: 'chunk-[hash]',
    loader: { '.css': 'css' },
  });
  return { webview: result.metafile };
}

/** The bank, compiled by the same code that reads packs: one index, one body file per track. */
async function buildBank(outdir = path.join(dist, 'bank')) {
  const bundle = path.join(dist, 'build', 'compileBank.cjs');
  await esbuild.build({
    ...host,
    entryPoints: ['src/adapters/compileBank.ts'],
    outfile: bundle,
    minify: false,
  });
  delete require.cache[bundle];
  const { compileBank } = require(bundle);
  const compiled = compileBank(at('questions'));
  if (compiled.faults.length > 0) {
    for (const fault of compiled.faults)
      console.error(`${fault.file}:${fault.line + 1}: ${fault.field}: ${fault.message}`);
    throw new Error(`the bank has ${compiled.faults.length} fault(s)`);
  }
  fs.rmSync(outdir, { recursive: true, force: true });
  fs.mkdirSync(outdir, { recursive: true });
  const write = (name, content) =>
    fs.writeFileSync(path.join(outdir, `${name}.json`), JSON.stringify(content));
  write('index', compiled.index);
  write('rules', compiled.rules);
  for (const [track, body] of Object.entries(compiled.bodies)) write(`track-${track}`, body);
}

function copyStatic() {
  fs.mkdirSync(path.join(dist, 'schema'), { recursive: true });
  for (const name of fs.readdirSync(at('questions', 'schema'))) {
    fs.copyFileSync(at('questions', 'schema', name), path.join(dist, 'schema', name));
  }
}

/** The licences of everything that ended up in a bundle, and of the runtimes that are copied as they are. */
function writeNotices(metafiles) {
  const packages = new Map();
  for (const { inputs } of Object.values(metafiles)) {
    for (const input of Object.keys(inputs)) {
      const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
      if (match) packages.set(match[1].replace(/^.*node_modules\//, ''), at(match[1]));
    }
  }
  const notices = [...packages]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, folder]) => {
      const { version, license } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
      const file = fs.readdirSync(folder).find((entry) => /^(licen[cs]e|copying)(\.|$)/i.test(entry));
      const text = file ? fs.readFileSync(path.join(folder, file), 'utf8').trim() : `Licence: ${license}`;
      return `${name} ${version} (${license})\n\n${text}`;
    });
  notices.push(
    'CPython 3.14 and its standard library (inside Pyodide)\n\nPython Software Foundation License Version 2, https://docs.python.org/3/license.html',
  );
  const rule = `\n\n${'-'.repeat(78)}\n\n`;
  fs.writeFileSync(
    path.join(dist, 'NOTICES.txt'),
    `Software of others in Canari${rule}${notices.join(rule)}\n`,
  );
}

async function buildTests() {
  const entries = (dir) =>
    fs
      .readdirSync(at('test', dir), { recursive: true })
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => path.join('test', dir, name));
  const tests = {
    ...shared,
    minify: false,
    sourcemap: 'inline',
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    outbase: 'test',
    outdir: 'dist/test',
    outExtension: { '.js': '.cjs' },
    loader: { '.py': 'text' },
    external: ['playwright-core', '@kubernetes-models/*', 'esbuild', 'openai', 'typescript'],
  };
  // Without `vscode` among the externals a unit test that reaches the editor fails to build.
  await esbuild.build({ ...tests, entryPoints: ['unit', 'content', 'contract', 'ui'].flatMap(entries) });
  // These two run inside the extension host, which wants files that end in `.js`.
  await esbuild.build({
    ...tests,
    entryPoints: { 'host/index': 'test/host/index.ts', 'bench/index': 'test/bench/host.ts' },
    external: ['vscode', 'mocha'],
    outExtension: {},
    target: 'node22',
  });
}

async function main() {
  const only = process.argv.slice(2);
  if (!only.includes('--tests-only')) {
    const [extension, sandbox, webview] = await Promise.all([
      buildExtension(),
      buildSandbox(),
      buildWebview(),
      buildBank(),
    ]);
    const metafiles = { ...extension, ...sandbox, ...webview };
    copyStatic();
    writeNotices(metafiles);
    fs.writeFileSync(path.join(dist, 'build', 'metafiles.json'), JSON.stringify(metafiles));
  }
  if (only.includes('--tests') || only.includes('--tests-only')) await buildTests();
}

module.exports = { schemas, buildBank };

if (require.main === module) {
  main().catch((error) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
