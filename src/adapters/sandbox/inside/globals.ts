// Runs inside the bare realm, before Pyodide's own modules are evaluated: the few globals they need.
//
// Pyodide picks its "shell" mode (no `require`, no `process`, no `fetch`) because `read` and `load` exist
// and nothing else of a host does. Everything here is plain JavaScript of the realm: no function of the
// host is called, so nothing here can hand one out.
import { WASM_PAGES } from '../limits.ts';
import { decodeUtf8, encodeUtf8, malformed, textOf } from './text.ts';

const now = Date.now;

function define(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
}

function refuse(what: string): () => never {
  return () => {
    throw new Error(`${what} is closed`);
  };
}

const PAGE = 65_536;
function bytesOf(input: ArrayBuffer | ArrayBufferView | undefined): Uint8Array {
  if (input === undefined) return new Uint8Array(0);
  if (ArrayBuffer.isView(input)) return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  return new Uint8Array(input);
}

class RealmTextDecoder {
  readonly encoding: string;
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;

  constructor(label = 'utf-8', options: { fatal?: boolean; ignoreBOM?: boolean } = {}) {
    const name = String(label).trim().toLowerCase();
    if (name === 'utf-8' || name === 'utf8') this.encoding = 'utf-8';
    else if (name === 'utf-16le' || name === 'utf-16') this.encoding = 'utf-16le';
    else if (name === 'latin1' || name === 'iso-8859-1' || name === 'ascii') this.encoding = 'latin1';
    else throw new RangeError(`The "${name}" encoding is not supported`);
    this.fatal = Boolean(options?.fatal);
    this.ignoreBOM = Boolean(options?.ignoreBOM);
  }

  decode(input?: ArrayBuffer | ArrayBufferView): string {
    const bytes = bytesOf(input);
    let text: string;
    if (this.encoding === 'utf-8') text = decodeUtf8(bytes, this.fatal);
    else if (this.encoding === 'latin1') text = textOf(Array.from(bytes));
    else {
      if (bytes.length % 2 === 1 && this.fatal) throw malformed(this.encoding);
      const units = Array.from({ length: bytes.length >> 1 }, (_, i) => {
        return (bytes[2 * i] ?? 0) | ((bytes[2 * i + 1] ?? 0) << 8);
      });
      text = textOf(units);
    }
    const mark = this.encoding !== 'latin1' && !this.ignoreBOM && text.charCodeAt(0) === 0xfeff;
    return mark ? text.slice(1) : text;
  }
}

class RealmTextEncoder {
  readonly encoding = 'utf-8';

  encode(text = ''): Uint8Array {
    return encodeUtf8(String(text));
  }

  encodeInto(text: string, target: Uint8Array): { read: number; written: number } {
    const bytes = encodeUtf8(String(text));
    if (bytes.length > target.length) throw new RangeError('the target is too small');
    target.set(bytes);
    return { read: text.length, written: bytes.length };
  }
}

// Not for secrets: a xorshift seeded by the host, for what Python asks of /dev/urandom.
const seed = new Uint32Array([0x9e3779b9, 0x243f6a88, 0xb7e15162, 0xdeadbeef]);

export function reseed(values: readonly number[]): void {
  for (let i = 0; i < seed.length; i++) seed[i] = (values[i] ?? 0) || 1;
}

function randomByte(): number {
  let t = seed[3] ?? 0;
  const s = seed[0] ?? 0;
  seed.copyWithin(1, 0, 3);
  t ^= t << 11;
  t ^= t >>> 8;
  seed[0] = t ^ s ^ (s >>> 19);
  return (seed[0] ?? 0) & 0xff;
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function base64(count: number): string {
  const bytes = Array.from({ length: count }, randomByte);
  let text = '';
  for (let i = 0; i < count; i += 3) {
    const [a, b, c] = [bytes[i] ?? 0, bytes[i + 1] ?? 0, bytes[i + 2] ?? 0];
    const word = (a << 16) | (b << 8) | c;
    for (let k = 0; k < 4; k++) {
      text += i + k > count ? '=' : BASE64.charAt((word >> (18 - 6 * k)) & 0x3f);
    }
  }
  return text;
}

// In shell mode Pyodide asks a shell for entropy (`head -cN /dev/urandom | base64`); this only reads N.
function entropy(_command: string, args: unknown): string {
  const count = Number(/head -c(\d+)/.exec(String(args))?.[1]);
  if (!(count > 0 && count <= PAGE)) throw new Error('os.system is closed');
  return base64(count);
}

/** Files that Pyodide may read while it starts: put here by the host, dropped when the realm is sealed. */
export const assets = new Map<string, Uint8Array>();

function readAsset(path: unknown): ArrayBufferLike {
  const name = String(path).split('/').at(-1) ?? '';
  const bytes = assets.get(name);
  if (!bytes) throw new Error(`${name} is closed`);
  assets.delete(name);
  return bytes.buffer;
}

interface MemoryPrototype {
  grow(this: MemoryPrototype, pages: number): number;
  readonly buffer: ArrayBufferLike;
}

/** Growth beyond the cap fails as when the machine has no more memory: Python raises MemoryError. */
function capMemory(prototype: MemoryPrototype): void {
  const grow = prototype.grow;
  const size = Object.getOwnPropertyDescriptor(prototype, 'buffer')?.get;
  if (!size) throw new Error('WebAssembly.Memory has changed');
  const apply = Reflect.apply;
  const capped = function (this: MemoryPrototype, pages: number): number {
    const held = (apply(size, this, []) as ArrayBufferLike).byteLength / PAGE;
    if (!(held + Number(pages) <= WASM_PAGES)) throw new RangeError('memory limit');
    return apply(grow, this, [pages]);
  };
  Object.defineProperty(prototype, 'grow', { value: capped, writable: false, configurable: false });
}

const realm = globalThis as unknown as {
  readonly WebAssembly: Record<string, unknown> & {
    readonly Memory: { readonly prototype: MemoryPrototype };
  };
} & Record<string, unknown>;

// Node installs the first two in every realm, and their errors and promises are the host's own objects. The
// others let Python wait for a promise, on the versions of Node that have them: here it never can.
for (const name of ['compileStreaming', 'instantiateStreaming', 'Suspending', 'promising', 'SuspendError']) {
  delete realm.WebAssembly[name];
}
capMemory(realm.WebAssembly.Memory.prototype);

const silent = () => {};
const started = now();
let timers = 0;

define('TextDecoder', RealmTextDecoder);
define('TextEncoder', RealmTextEncoder);
define('performance', Object.freeze({ now: () => now() - started }));
define('console', Object.freeze({ log: silent, warn: silent, error: silent, info: silent, debug: silent }));
// The child exits with the result: nothing runs later, so a timer never fires.
define('setTimeout', () => ++timers);
define('clearTimeout', silent);
define('setInterval', refuse('setInterval'));
define('clearInterval', silent);
define('os', Object.freeze({ system: entropy }));
define('readbuffer', readAsset);
define('read', refuse('read'));
define('load', refuse('load'));

/** Takes away what only the start needed. */
export function closeGlobals(): void {
  assets.clear();
  for (const name of ['readbuffer', 'read', 'load']) delete realm[name];
}
