import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import { build } from 'esbuild';
import { decodeUtf8, encodeUtf8 } from '../../../src/adapters/sandbox/inside/text.ts';
import { withoutDynamicImport } from '../../../src/adapters/sandbox/realm.ts';
import { RUNTIME_DIR } from '../../support/sandbox.ts';

const bareRealm = () =>
  vm.createContext(Object.create(null), { codeGeneration: { strings: false, wasm: true } });

/** Runs an async function's body in a realm and tells whether what it throws belongs to the host. */
async function throwsHostError(realm: vm.Context, body: string): Promise<boolean> {
  const caught = vm.runInContext(
    `(async () => { try { ${body} } catch (error) { return { error } } })()`,
    realm,
  );
  const { error } = (await caught) as { error: { constructor: { constructor: unknown } } };
  return error.constructor.constructor === Function;
}

describe('the bare realm', function () {
  this.timeout(120_000);
  const runtime = () => fs.readFileSync(path.join(RUNTIME_DIR, 'runtime.js'), 'utf8');

  it('would be handed an error of the host by import() and by WebAssembly.compileStreaming', async () => {
    const realm = bareRealm();
    assert.equal(await throwsHostError(realm, `await import('node:fs')`), true);
    assert.equal(await throwsHostError(realm, 'await WebAssembly.compileStreaming(1)'), true);
  });

  it('is given a script in which import() is closed', async () => {
    const script = withoutDynamicImport(`go = async () => await import('node:fs')`);
    const realm = bareRealm();
    vm.runInContext(script, realm);
    assert.equal(await throwsHostError(realm, 'await go()'), false);
  });

  it('finds every import() of the shipped runtime, and none that it cannot close', () => {
    const script = runtime();
    assert.match(script, /\bimport\("node:/);
    assert.doesNotMatch(withoutDynamicImport(script), /(?<![\w$.])import\s*\(/);
    for (const odd of ['import ("x")', 'import/**/("x")', 'import\n("x")']) {
      assert.throws(() => withoutDynamicImport(`x = () => ${odd}`), /cannot be closed/);
    }
  });

  it('leaves alone what only looks like import()', () => {
    const script = 'a.import("x"); pyimport("y"); $import("z"); const s = "from x import y"';
    assert.equal(withoutDynamicImport(script), script);
  });

  it('has no streaming WebAssembly, no host, and a memory that cannot be given another ceiling', () => {
    const realm = bareRealm();
    vm.runInContext(withoutDynamicImport(runtime()), realm);
    const tell = (expression: string) => vm.runInContext(expression, realm) as unknown;
    for (const name of ['compileStreaming', 'instantiateStreaming', 'Suspending', 'promising']) {
      assert.equal(tell(`typeof WebAssembly.${name}`), 'undefined');
    }
    assert.equal(
      tell('typeof process + typeof require + typeof fetch + typeof Buffer'),
      'undefined'.repeat(4),
    );
    assert.equal(
      tell(`'use strict'; try { WebAssembly.Memory.prototype.grow = 1; 'open' } catch { 'closed' }`),
      'closed',
    );
    assert.equal(
      tell(`try { new WebAssembly.Memory({ initial: 1 }).grow(10000); 'grew' } catch (e) { e.message }`),
      'memory limit',
    );
  });

  it('keeps the modules that run inside it out of the child, whose globals they would replace', async () => {
    const { metafile } = await build({
      entryPoints: ['src/adapters/sandbox/child.ts', 'src/adapters/sandbox/python.ts'],
      outdir: 'unused',
      bundle: true,
      write: false,
      metafile: true,
      platform: 'node',
      loader: { '.py': 'text' },
    });
    const inside = Object.keys(metafile.inputs).filter((file) => file.includes('sandbox/inside/'));
    assert.deepEqual(inside, []);
  });
});

describe('the realm’s own text coding', () => {
  const samples = [
    '',
    'plain',
    'é à ï œ',
    'кириллица 漢字 🦜🇫🇷',
    '\u0000\u007f\u0080\u07ff\u0800\uffff\u{10000}\u{10ffff}',
    '\ud800 alone \udc00',
  ];
  it('encodes as TextEncoder does', () => {
    for (const sample of samples) {
      assert.deepEqual([...encodeUtf8(sample)], [...new TextEncoder().encode(sample)]);
    }
  });

  it('decodes as TextDecoder does, also what is malformed', () => {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    let state = 1;
    const random = () => {
      state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
      return state >> 16;
    };
    const parts = [
      0x00, 0x41, 0x7f, 0x80, 0xbf, 0xc0, 0xc2, 0xe0, 0xe2, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff, 0x9f, 0xa0,
      0x90, 0x8f,
    ];
    for (let i = 0; i < 20_000; i++) {
      const bytes = Uint8Array.from({ length: random() % 7 }, () => parts[random() % parts.length] ?? 0);
      assert.equal(decodeUtf8(bytes, false), decoder.decode(bytes), `bytes ${[...bytes]}`);
    }
    for (const sample of samples) {
      const bytes = new TextEncoder().encode(sample);
      assert.equal(decodeUtf8(bytes, true), decoder.decode(bytes));
    }
    assert.throws(() => decodeUtf8(Uint8Array.of(0xc3), true), TypeError);
  });
});
