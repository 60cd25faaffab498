// Runs inside the bare realm, before Pyodide's own modules are evaluated: the few globals they need.
//
// Pyodide picks its "shell" mode (no `require`, no `process`, no `fetch`) because `read` and `load` exist
// and nothing else of a host does. Everything here is plain JavaScript of the realm: no function of the
// host is called, so nothing here can hand one out.
import { WASM_PAGES } from '../limits.ts';

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
const UNITS_AT_ONCE = 8192;

function textOf(units: readonly number[]): string {
  let text = '';
  for (let at = 0; at < units.length; at += UNITS_AT_ONCE) {
    text += String.fromCharCode(...units.slice(at, at + UNITS_AT_ONCE));
  }
  return text;
}

function malformed(encoding: string): TypeError {
  return new TypeError(`The encoded data was not valid for encoding ${encoding}`);
}

/** UTF-8 as the Encoding Standard decodes it: one U+FFFD per ill-formed part, or an error when `fatal`. */
export function decodeUtf8(bytes: Uint8Array, fatal: boolean): string {
  const units: number[] = [];
  let needed = 0;
  let point = 0;
  let [lower, upper] = [0x80, 0xbf];
  const bad = () => {
    if (fatal) throw malformed('utf-8');
    units.push(0xfffd);
  };
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    if (needed > 0) {
      if (byte < lower || byte > upper) {
        // The byte starts something new: it is looked at again on its own.
        [needed, lower, upper] = [0, 0x80, 0xbf];
        bad();
        i--;
        continue;
      }
      [lower, upper] = [0x80, 0xbf];
      point = (point << 6) | (byte & 0x3f);
      if (--needed > 0) continue;
      if (point < 0x10000) units.push(point);
      else units.push(0xd800 + ((point - 0x10000) >> 10), 0xdc00 + ((point - 0x10000) & 0x3ff));
    } else if (byte < 0x80) {
      units.push(byte);
    } else if (byte >= 0xc2 && byte <= 0xdf) {
      [needed, point] = [1, byte & 0x1f];
    } else if (byte >= 0xe0 && byte <= 0xef) {
      if (byte === 0xe0) lower = 0xa0;
      if (byte === 0xed) upper = 0x9f;
      [needed, point] = [2, byte & 0x0f];
    } else if (byte >= 0xf0 && byte <= 0xf4) {
      if (byte === 0xf0) lower = 0x90;
      if (byte === 0xf4) upper = 0x8f;
      [needed, point] = [3, byte & 0x07];
    } else {
      bad();
    }
  }
  if (needed > 0) bad();
  return textOf(units);
}

/** UTF-8 of a string; a lone surrogate becomes U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const given = character.codePointAt(0) ?? 0;
    const point = given >= 0xd800 && given <= 0xdfff ? 0xfffd : given;
    if (point < 0x80) bytes.push(point);
    else if (point < 0x800) bytes.push(0xc0 | (point >> 6), 0x80 | (point & 0x3f));
    else {
      if (point < 0x10000) bytes.push(0xe0 | (point >> 12));
      else bytes.push(0xf0 | (point >> 18), 0x80 | ((point >> 12) & 0x3f));
      bytes.push(0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f));
    }
  }
  return Uint8Array.from(bytes);
}

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

// Node installs these two in every realm, and their errors and promises are the host's own objects.
delete realm.WebAssembly['compileStreaming'];
delete realm.WebAssembly['instantiateStreaming'];
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
define(
  'AbortController',
  class {
    readonly signal = { aborted: false, addEventListener: silent };
    abort(): void {
      this.signal.aborted = true;
    }
  },
);
define('os', Object.freeze({ system: entropy }));
define('readbuffer', readAsset);
define('read', refuse('read'));
define('load', refuse('load'));

/** Takes away what only the start needed. */
export function closeGlobals(): void {
  assets.clear();
  for (const name of ['readbuffer', 'read', 'load']) delete realm[name];
}
