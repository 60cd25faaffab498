// Runs inside the bare realm: starts Pyodide, runs one submission, and speaks with the host in strings,
// numbers and byte arrays that the realm itself made.
//
// The wall, in full. The host gives the realm exactly one function, `checkMemory`: no argument, no result,
// called from one place below. All else flows the other way: the host calls the functions of `Inside`.
// Errors never cross: what the host's function throws is replaced here, and what the realm throws is
// turned into text here.
import { ENDINGS, MEMORY_CHECK_MS, STREAM_BYTES } from '../limits.ts';
import { assets, closeGlobals, reseed } from './globals.ts';
import { decodeUtf8 } from './text.ts';

const now = Date.now;
const { parse } = JSON;

export interface BootSettings {
  readonly harness: string;
  /** Sources of the stand-in packages by name. */
  readonly standIns: Readonly<Record<string, string>>;
  readonly mode: 'load' | 'restore' | 'record';
  readonly seed: readonly number[];
}

/** What the host may call. Each returns a primitive, a promise of one, or bytes of the realm. */
export interface Inside {
  connect(checkMemory: () => void): void;
  /** A byte array of the realm for the host to fill: a file of Pyodide, or the memory snapshot. */
  reserve(name: string, length: number): Uint8Array;
  /** Starts the interpreter; resolves to '' or to what went wrong. */
  boot(settings: string): Promise<string>;
  snapshot(): Uint8Array;
  /** From here on nothing of the host's files can be read. */
  seal(): void;
  run(request: string, softMs: number): string;
}

// What Pyodide's lock file says of itself; no package of it is ever loaded.
const LOCK_INFO = { abi_version: '2026_0', arch: 'wasm32', platform: 'emscripten_5_0_3', python: '3.14.2' };

interface Pyodide {
  readonly globals: { set(name: string, value: unknown): void; delete(name: string): void };
  runPython(code: string): unknown;
  setStdin(options: object): void;
  setStdout(options: object): void;
  setStderr(options: object): void;
  setInterruptBuffer(buffer: object): void;
  makeMemorySnapshot(): Uint8Array;
}

export interface Loaders {
  readonly version: string;
  loadPyodide(options: object): Promise<Pyodide>;
  readonly createPyodideModule: unknown;
}

// The harness lives in a module and with builtins of its own, so that a learner who replaces `len` or
// `json.dumps` replaces it for the program only.
const INSTALL = `
def _install(source, stand_ins):
    import builtins, sys, types
    module = types.ModuleType('_canari')
    module.__dict__['__builtins__'] = dict(vars(builtins))
    exec(compile(source, '<harness>', 'exec'), module.__dict__)
    for name, text in stand_ins:
        module.provide(name, text)
    sys.modules['_canari'] = module
_install(_source, _stand_ins.to_py())
del _install
`;
const TAKE = `__import__('sys').modules.pop('_canari').run`;

function reason(error: unknown): string {
  try {
    return String(error).slice(0, 2000);
  } catch {
    return 'an error that cannot be shown';
  }
}

class Sink {
  readonly #chunks: Uint8Array[] = [];
  #left = STREAM_BYTES;
  flooded = false;

  readonly write = (bytes: Uint8Array): number => {
    if (bytes.length > this.#left) this.flooded = true;
    const kept = bytes.slice(0, this.#left);
    this.#left -= kept.length;
    if (kept.length > 0) this.#chunks.push(kept);
    return bytes.length;
  };

  text(): string {
    const all = new Uint8Array(STREAM_BYTES - this.#left);
    let at = 0;
    for (const chunk of this.#chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    return decodeUtf8(all, false);
  }
}

export function inside({ version, loadPyodide, createPyodideModule }: Loaders): Inside {
  const stdout = new Sink();
  const stderr = new Sink();
  let pyodide: Pyodide | undefined;
  let runHarness: ((request: string, output: () => string, status: () => string) => unknown) | undefined;
  let checkMemory = () => {};
  let sealed = false;

  let deadline = Number.POSITIVE_INFINITY;
  let nextMemoryCheck = 0;
  let expired = false;
  let floodTold = false;

  // The interpreter reads [0] every few bytecodes; 2 is SIGINT, which Python raises as KeyboardInterrupt on
  // the learner's line. Each reason fires once: a program that swallows it is killed by the parent.
  const signals = {
    get 0(): number {
      const time = now();
      if (time >= nextMemoryCheck) {
        nextMemoryCheck = time + MEMORY_CHECK_MS;
        try {
          checkMemory();
        } catch {
          // An error of the host must not be seen here, and there is nothing to do about it.
        }
      }
      if (!expired && time > deadline) {
        expired = true;
        return 2;
      }
      if (!floodTold && (stdout.flooded || stderr.flooded)) {
        floodTold = true;
        return 2;
      }
      return 0;
    },
    set 0(_value: number) {},
  };

  async function boot(settings: BootSettings): Promise<void> {
    reseed(settings.seed);
    const snapshot = assets.get('snapshot');
    assets.delete('snapshot');
    const options: Record<string, unknown> = {
      indexURL: '/rt/',
      packageBaseUrl: '/rt/',
      lockFileContents: { info: { ...LOCK_INFO, version }, packages: {} },
      jsglobals: Object.freeze(Object.create(null)),
      enableRunUntilComplete: false,
      env: { HOME: '/home/learner', PYTHONHASHSEED: '0' },
      stdin: () => null,
      createPyodideModule,
    };
    if (settings.mode === 'record') options['_makeSnapshot'] = true;
    if (settings.mode === 'restore') options['_loadSnapshot'] = snapshot;
    const started = await loadPyodide(options);
    if (settings.mode !== 'restore') {
      started.globals.set('_source', settings.harness);
      started.globals.set('_stand_ins', Object.entries(settings.standIns));
      started.runPython(INSTALL);
      started.globals.delete('_source');
      started.globals.delete('_stand_ins');
    }
    pyodide = started;
    if (settings.mode === 'record') return;
    started.setStdin({ error: true });
    started.setStdout({ write: stdout.write });
    started.setStderr({ write: stderr.write });
    started.setInterruptBuffer(signals);
    runHarness = started.runPython(TAKE) as typeof runHarness;
  }

  return {
    connect(check) {
      checkMemory = check;
    },
    reserve(name, length) {
      if (sealed) throw new Error('the realm is sealed');
      const bytes = new Uint8Array(length);
      assets.set(name, bytes);
      return bytes;
    },
    boot: (settings) => boot(parse(settings) as BootSettings).then(() => '', reason),
    snapshot() {
      if (!pyodide) throw new Error('not started');
      return pyodide.makeMemorySnapshot();
    },
    seal() {
      sealed = true;
      closeGlobals();
    },
    run(request, softMs) {
      try {
        if (!runHarness) return `${ENDINGS.failed}not started`;
        deadline = now() + softMs;
        const status = () => (expired ? 'expired' : stdout.flooded || stderr.flooded ? 'flooded' : '');
        const result = runHarness(request, () => stdout.text(), status);
        return `${expired ? ENDINGS.expired : ENDINGS.ran}${String(result)}`;
      } catch (error) {
        return `${expired ? ENDINGS.expired : ENDINGS.failed}${reason(error)}`;
      }
    },
  };
}
