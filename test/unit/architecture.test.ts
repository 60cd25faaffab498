import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { builtinModules } from 'node:module';
import { type Import, readSources, type Source } from '../support/sources.ts';

const SOURCES = readSources('src', 'webview');
const TOOLKIT = '@vscode/webview-ui-toolkit';

/** Largest size of what is loaded at start, in bytes. */
const LARGEST_START = 150_000;

const isBuiltin = (name: string) =>
  name.startsWith('node:') || builtinModules.includes(name.split('/')[0] ?? '');
const isFile = ({ from }: Import) => from.startsWith('.');
const below = (...dirs: readonly string[]) =>
  SOURCES.filter(({ file }) => dirs.some((dir) => file.startsWith(`${dir}/`)));

/** Imports that a rule forbids, as `file → import`. */
function offending(
  sources: readonly Source[],
  isForbidden: (imported: Import, source: Source) => boolean,
): string[] {
  return sources.flatMap((source) =>
    source.imports
      .filter((imported) => isForbidden(imported, source))
      .map(({ from }) => `${source.file} → ${from}`),
  );
}

describe('the sources', () => {
  it('are all seen, with their imports', () => {
    assert.ok(below('src/core').length > 30);
    const blind = SOURCES.filter(({ text, imports }) => imports.length === 0 && /^import\b/m.test(text));
    assert.deepEqual(
      blind.map(({ file }) => file),
      [],
    );
    const extension = SOURCES.find(({ file }) => file === 'src/extension.ts');
    assert.ok(extension?.imports.some(({ target }) => target === 'src/vscode/panel/panel.ts'));
    const load = SOURCES.find(({ file }) => file === 'src/load.ts');
    assert.ok(load?.imports.some(({ target, isType }) => target === 'src/parts/openai.ts' && isType));
  });

  it('name files that exist', () => {
    const missing = offending(SOURCES, (imported) => isFile(imported) && !fs.existsSync(imported.target));
    assert.deepEqual(missing, []);
  });
});

describe('the domain (src/core)', () => {
  const core = below('src/core');

  it('imports only itself and packages: no editor, no Node, nothing else of ours', () => {
    const forbidden = offending(core, ({ from, target }) =>
      from.startsWith('.') ? !target.startsWith('src/core/') : from === 'vscode' || isBuiltin(from),
    );
    assert.deepEqual(forbidden, []);
  });

  it('reads no clock, throws no dice, and touches no process', () => {
    const words =
      /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bperformance\.|\bprocess\.|\bglobalThis\b|\bset(Timeout|Interval|Immediate)\b/;
    const faulty = core.flatMap(({ file, text }) =>
      text.split('\n').flatMap((line, i) => (words.test(line) ? [`${file}:${i + 1}: ${line.trim()}`] : [])),
    );
    assert.deepEqual(faulty, []);
  });
});

describe('the layers', () => {
  it('adapters know the domain, not the editor', () => {
    const forbidden = offending(below('src/adapters'), (imported) =>
      isFile(imported)
        ? !['src/core/', 'src/adapters/'].some((dir) => imported.target.startsWith(dir))
        : imported.from === 'vscode',
    );
    assert.deepEqual(forbidden, []);
  });

  it('features do not import each other', () => {
    const feature = (file: string) => /^src\/vscode\/features\/([^/.]+)/.exec(file)?.[1];
    const features = below('src/vscode/features');
    assert.ok(new Set(features.map(({ file }) => feature(file))).size > 5);
    const forbidden = offending(features, ({ target }, { file }) => {
      const other = feature(target);
      return other !== undefined && other !== feature(file);
    });
    assert.deepEqual(forbidden, []);
  });

  it('nothing but the wiring, at start and on use, imports a feature', () => {
    const others = SOURCES.filter(
      ({ file }) =>
        !file.startsWith('src/vscode/features/') &&
        !file.startsWith('src/parts/') &&
        file !== 'src/extension.ts',
    );
    assert.deepEqual(
      offending(others, ({ target }) => target.startsWith('src/vscode/features/')),
      [],
    );
  });

  it('the messages (src/shared) take types alone from the domain, and nothing from elsewhere', () => {
    const forbidden = offending(below('src/shared'), ({ target, isType }) =>
      target.startsWith('src/core/') ? !isType : !target.startsWith('src/shared/'),
    );
    assert.deepEqual(forbidden, []);
  });

  it('the webview knows the messages, and no other source of the extension', () => {
    const forbidden = offending(below('webview'), (imported) =>
      isFile(imported)
        ? !['webview/', 'src/shared/'].some((dir) => imported.target.startsWith(dir))
        : imported.from === 'vscode' || isBuiltin(imported.from),
    );
    assert.deepEqual(forbidden, []);
  });

  it('the toolkit has one importer: webview/components', () => {
    const others = SOURCES.filter(({ file }) => !file.startsWith('webview/components/'));
    assert.deepEqual(
      offending(others, ({ from }) => from.startsWith(TOOLKIT)),
      [],
    );
    assert.ok(
      below('webview/components').some(({ imports }) => imports.some(({ from }) => from === TOOLKIT)),
    );
  });

  it('the Python runtime has one owner: src/adapters/sandbox', () => {
    const others = SOURCES.filter(({ file }) => !file.startsWith('src/adapters/sandbox/'));
    assert.deepEqual(
      offending(others, ({ from }) => from.startsWith('pyodide')),
      [],
    );
  });

  it('the model SDK has one owner: src/adapters/models', () => {
    const others = SOURCES.filter(({ file }) => !file.startsWith('src/adapters/models/'));
    assert.deepEqual(
      offending(others, ({ from }) => from === 'openai' || from.startsWith('openai/')),
      [],
    );
  });

  it('parts are loaded on use, by one function: at start only their types are known', () => {
    const atStart = SOURCES.filter(({ file }) => !file.startsWith('src/parts/'));
    assert.deepEqual(
      offending(atStart, ({ target, isType }) => target.startsWith('src/parts/') && !isType),
      [],
    );
  });

  it('the program does not know its tests', () => {
    assert.deepEqual(
      offending(SOURCES, ({ target }) => target.startsWith('test/')),
      [],
    );
  });
});

interface Bundle {
  readonly bytes: number;
  readonly inputs: Readonly<Record<string, unknown>>;
}

interface Metafile {
  readonly inputs: Readonly<
    Record<string, { readonly imports: readonly { readonly path: string; readonly external?: boolean }[] }>
  >;
  readonly outputs: Readonly<Record<string, Bundle>>;
}

describe('the bundles', () => {
  let metafiles: Readonly<Record<string, Metafile>> = {};
  let bundles: ReadonlyMap<string, Bundle> = new Map();

  before(() => {
    const file = 'dist/build/metafiles.json';
    assert.ok(fs.existsSync(file), `${file} is missing: the build comes before the tests`);
    metafiles = JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, Metafile>;
    bundles = new Map(Object.values(metafiles).flatMap(({ outputs }) => Object.entries(outputs)));
  });

  const bundle = (name: string): Bundle => {
    const found = bundles.get(name);
    assert.ok(found, `${name} is not in the build's metafile`);
    return found;
  };
  const packagesOf = ({ inputs }: Bundle) =>
    new Set(
      Object.keys(inputs).flatMap(
        (input) => /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? [],
      ),
    );

  it('load nothing heavy at start: no SDK, no parser, no checker, no runtime', () => {
    const { inputs } = bundle('dist/extension.js');
    assert.ok('src/extension.ts' in inputs);
    assert.deepEqual([...packagesOf(bundle('dist/extension.js'))], [], 'packages in dist/extension.js');
    assert.deepEqual(
      Object.keys(inputs).filter((input) => input.startsWith('schema:')),
      [],
    );
  });

  it('load at start no more than 150 kB', () => {
    const { size } = fs.statSync('dist/extension.js');
    assert.ok(size <= LARGEST_START, `dist/extension.js has ${size} bytes`);
    assert.ok(bundle('dist/extension.js').bytes <= LARGEST_START);
  });

  it('hold each heavy package in the part that needs it, and in no other', () => {
    const holders = (name: string) =>
      [...bundles].filter(([, held]) => packagesOf(held).has(name)).map(([output]) => output);
    assert.deepEqual(holders('openai'), ['dist/parts/openai.cjs']);
    assert.deepEqual(holders('@prometheus-io/codemirror-promql'), ['dist/parts/checks.cjs']);
    assert.deepEqual(holders('@orama/stemmers'), ['dist/parts/grading.cjs']);
    assert.deepEqual(holders('pyodide'), ['dist/sandbox/runtime.js']);
    assert.deepEqual(holders('yaml').sort(), ['dist/parts/checks.cjs', 'dist/parts/packs.cjs']);
    for (const absent of ['ajv', 'fast-check', 'esbuild', 'mocha', '@kubernetes-models/argo-rollouts']) {
      // Validators are compiled ahead: a few helpers of ajv's runtime may stay, its compiler may not.
      const compiler = [...bundles].filter(([, { inputs }]) =>
        Object.keys(inputs).some(
          (input) => input.startsWith(`node_modules/${absent}/`) && !input.includes('/runtime/'),
        ),
      );
      assert.deepEqual(
        compiler.map(([output]) => output),
        [],
        absent,
      );
    }
  });

  it('have for every part that may be loaded a file', () => {
    for (const source of below('src/parts')) {
      const name = source.file.replace(/^src\/parts\/(.*)\.ts$/, 'dist/parts/$1.cjs');
      assert.ok(fs.existsSync(name), name);
      bundle(name);
    }
  });

  it('give the webview nothing of the editor, the adapters, or the grading', () => {
    const webview = metafiles['webview'];
    assert.ok(webview);
    const own = Object.keys(webview.inputs);
    assert.ok(own.includes('webview/main.ts'));
    const allowed = /^(webview\/|src\/shared\/|node_modules\/)/;
    assert.deepEqual(
      own.filter((input) => !allowed.test(input)),
      [],
    );
  });

  it('hold no domain source that imports a part of Node', () => {
    const seen = new Set<string>();
    for (const { inputs } of Object.values(metafiles)) {
      for (const [input, { imports }] of Object.entries(inputs)) {
        if (!input.startsWith('src/core/')) continue;
        seen.add(input);
        assert.deepEqual(
          imports.filter(({ path, external }) => external && isBuiltin(path)),
          [],
          input,
        );
      }
    }
    assert.ok(seen.size > 20);
  });
});
