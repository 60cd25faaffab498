import fs from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
// Types only: the modules under inside/ replace globals, and belong to the realm's own script.
import type { BootSettings, Inside } from './inside/boot.ts';
import { ENDINGS, type Ending } from './limits.ts';

/**
 * The bare realm: a `vm` context with the JavaScript language and nothing of the host, in which Pyodide
 * runs. Node says that `vm` alone is no security boundary, and the ways out that are known are all the
 * same: an object of the host reaches the realm, and its `constructor.constructor` is the host's `Function`.
 * So this file is about not letting one through:
 *
 * - the realm is given one function of the host, `checkMemory`, which takes and returns nothing;
 * - bytes go in by being copied into arrays that the realm made;
 * - `import()` is taken out of the script: Node answers it with a promise and an error of the host;
 * - code from strings is off, in the realm and (by a flag, see flags.ts) in the child itself;
 * - what the realm throws is never looked at here: reading a property of it would run its code.
 *
 * The realm lives in a process of its own, with one submission, a scrubbed environment and, where Node has
 * it, the permission model; the parent kills it.
 */
export interface Realm {
  /** Runs one submission for at most `softMs` before it is interrupted. Synchronous. */
  run(request: string, softMs: number): RealmRun;
  /** The interpreter's memory; only of a realm opened with `mode: 'record'`. */
  snapshot(): Uint8Array;
}

export interface RealmRun {
  readonly ending: Ending;
  /** The harness's JSON, or the reason when it failed. */
  readonly text: string;
}

export interface RealmOptions {
  readonly runtimeDir: string;
  readonly harness: string;
  readonly standIns: Readonly<Record<string, string>>;
  readonly mode: 'load' | 'record' | { readonly restore: Uint8Array };
  readonly seed: readonly number[];
  /** Called some twenty times a second while a program runs; ends the process when it holds too much. */
  checkMemory(): void;
}

const endingOf = (mark: string): Ending =>
  (Object.keys(ENDINGS) as Ending[]).find((ending) => ENDINGS[ending] === mark) ?? 'failed';

// A call such as `import("node:fs")` or `import(e)`; a name that only ends in "import" is left alone.
const DYNAMIC_IMPORT = /(?<![\w$.])import(?=\()/g;
const ANY_DYNAMIC_IMPORT = /(?<![\w$.])import\s*(?:\(|\/[*/])/;
const CLOSED_IMPORT = '(()=>{throw new Error("dynamic import is closed")})';

/** The script without a way to call `import()`. @throws when one is written as this does not expect. */
export function withoutDynamicImport(script: string): string {
  const closed = script.replace(DYNAMIC_IMPORT, CLOSED_IMPORT);
  if (ANY_DYNAMIC_IMPORT.test(closed)) throw new Error('runtime.js holds an import() that cannot be closed');
  return closed;
}

// The host's own `set`, which reads the arrays' internal slots and no property of the realm's objects.
const copyInto = (target: Uint8Array, bytes: Uint8Array): void =>
  Uint8Array.prototype.set.call(target, bytes);

/** Opens a realm and starts the interpreter in it. @throws Error with the reason as text. */
export async function openRealm(options: RealmOptions): Promise<Realm> {
  const { runtimeDir, mode } = options;
  const read = (name: string) => fs.readFileSync(path.join(runtimeDir, name));
  const context = vm.createContext(Object.create(null), {
    name: 'python',
    codeGeneration: { strings: false, wasm: true },
  });
  const evaluate = (script: string, filename: string): unknown =>
    new vm.Script(script, { filename }).runInContext(context);
  evaluate(withoutDynamicImport(read('runtime.js').toString('utf8')), 'runtime.js');
  const inside = evaluate(
    '{ const inside = globalThis.__canari; delete globalThis.__canari; inside }',
    'take.js',
  ) as Inside;
  // Taken now: from the first submission on, a property of `inside` could be the learner's.
  const { connect, reserve, boot, snapshot, seal, run } = inside;

  connect(() => options.checkMemory());
  const give = (name: string, bytes: Uint8Array) => copyInto(reserve(name, bytes.length), bytes);
  give('pyodide.asm.wasm', read('pyodide.asm.wasm'));
  give('python_stdlib.zip', read('python_stdlib.zip'));
  if (typeof mode === 'object') give('snapshot', mode.restore);
  const settings: BootSettings = {
    harness: options.harness,
    standIns: options.standIns,
    mode: typeof mode === 'object' ? 'restore' : mode,
    seed: options.seed,
  };
  // Compiling WebAssembly is nothing that Node waits for: without this it may take itself for finished.
  const alive = setInterval(() => {}, 1000);
  const wrong = await boot(JSON.stringify(settings)).finally(() => clearInterval(alive));
  if (wrong !== '') throw new Error(String(wrong));
  seal();

  return {
    snapshot,
    run(request, softMs) {
      try {
        const answer = run(request, softMs);
        if (typeof answer !== 'string') return { ending: 'failed', text: 'no answer' };
        return { ending: endingOf(answer.charAt(0)), text: answer.slice(1) };
      } catch {
        return { ending: 'failed', text: 'the interpreter broke down' };
      }
    },
  };
}
