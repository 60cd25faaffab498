// The child process: one interpreter, one submission, then it exits. It is bundled to dist/sandbox/child.cjs
// beside the runtime's files, and started by process.ts in one of three modes:
//
//   probe    say which safeguards this Node grants, and exit
//   record   start the interpreter, write its memory to `snapshot`, and exit (no learner's code runs)
//   serve    start the interpreter, say `ready`, run the one request that comes on stdin, answer, exit
//
// The parent owns the clock: it kills this process after the result, on a timeout, and on cancellation.
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import v8 from 'node:v8';
import { EXIT_FATAL, EXIT_MEMORY, MESSAGE_CHARS, RESIDENT_BYTES, V8_WASM_PAGES } from './limits.ts';
import { type ChildMessage, type ChildMode, type ChildSettings, parseRunRequest } from './protocol.ts';
import feast from './python/feast_standin.py';
import harness from './python/harness.py';
import { openRealm, type Realm, type RealmOptions } from './realm.ts';

const DIGEST_BYTES = 32;

// Kept before `process` is stripped of what a program that got out could use.
const exit = process.exit.bind(process);
const residentBytes = process.memoryUsage.rss;
const stdin = process.stdin;
const permission = 'permission' in process && Boolean(process.permission);

// Node would print an uncaught error by looking at it, and the error may be the realm's, with code behind
// its properties. Nothing is looked at: the parent learns from the exit code.
process.on('uncaughtException', () => exit(EXIT_FATAL));
process.on('unhandledRejection', () => exit(EXIT_FATAL));

function send(message: ChildMessage): void {
  const bytes = Buffer.from(`${JSON.stringify(message)}\n`);
  for (let at = 0; at < bytes.length; ) at += fs.writeSync(1, bytes, at);
}

function open(mode: RealmOptions['mode']): Promise<Realm> {
  return openRealm({
    runtimeDir: __dirname,
    harness,
    standIns: { feast },
    mode,
    seed: Array.from(new Uint32Array(Uint8Array.from(randomBytes(16)).buffer)),
    checkMemory() {
      if (residentBytes() > RESIDENT_BYTES) exit(EXIT_MEMORY);
    },
  });
}

const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

/** A snapshot's memory, or nothing when the file is missing, cut short or altered. */
function readSnapshot(file: string | undefined): Uint8Array | undefined {
  if (file === undefined) return undefined;
  try {
    const bytes = fs.readFileSync(file);
    const memory = bytes.subarray(DIGEST_BYTES);
    return digestOf(memory).equals(bytes.subarray(0, DIGEST_BYTES)) ? memory : undefined;
  } catch {
    return undefined;
  }
}

async function record(file: string): Promise<void> {
  const memory = (await open('record')).snapshot();
  const target = fs.openSync(file, 'wx');
  fs.writeSync(target, digestOf(memory));
  for (let at = 0; at < memory.length; ) at += fs.writeSync(target, memory, at);
  fs.fsyncSync(target);
  fs.closeSync(target);
}

async function openFastest(file: string | undefined): Promise<{ realm: Realm; restored: boolean }> {
  const memory = readSnapshot(file);
  if (memory) {
    try {
      return { realm: await open({ restore: memory }), restored: true };
    } catch {
      // Another version of the runtime made it, or V8 refused it: the long way works.
    }
  }
  return { realm: await open('load'), restored: false };
}

// A second wall behind the realm: what is left of `process` reads no file, loads no module, signals nobody.
function stripProcess(): void {
  const names = [
    'binding',
    '_linkedBinding',
    'dlopen',
    'getBuiltinModule',
    'mainModule',
    'kill',
    '_kill',
    'abort',
    'chdir',
    'loadEnvFile',
    '_debugProcess',
    '_debugEnd',
    '_startProfilerIdleNotifier',
    '_stopProfilerIdleNotifier',
  ];
  for (const name of names) {
    try {
      Object.defineProperty(process, name, { value: undefined });
    } catch {
      // Not there, or not ours to change in this version of Node.
    }
  }
  process.env = {};
}

function nextLine(): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    stdin.setEncoding('utf8');
    stdin.on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf('\n');
      if (end >= 0) resolve(text.slice(0, end));
      else if (text.length > MESSAGE_CHARS) reject(new Error('the request is too long'));
    });
    // The parent is gone: nobody waits for this child any more.
    stdin.on('end', () => exit(0));
    stdin.on('error', () => exit(0));
  });
}

async function serve(settings: ChildSettings): Promise<void> {
  const { realm, restored } = await openFastest(settings.snapshot);
  stripProcess();
  send({ type: 'ready', restored, permission });
  const request = parseRunRequest(await nextLine());
  if (!request) exit(EXIT_FATAL);
  else send({ type: 'result', ...realm.run(request.request, request.softMs) });
  // At once: a promise or a callback that the program left behind must not run.
  exit(0);
}

async function main(mode: ChildMode, settings: ChildSettings): Promise<void> {
  if (mode === 'probe') {
    send({ type: 'ready', restored: false, permission });
    exit(0);
  }
  // Compile once and quickly rather than well: submissions are short. And a ceiling behind the realm's own.
  v8.setFlagsFromString('--liftoff-only');
  v8.setFlagsFromString(`--wasm-max-mem-pages=${V8_WASM_PAGES}`);
  if (mode === 'record' && settings.snapshot !== undefined) {
    await record(settings.snapshot);
    exit(0);
  }
  await serve(settings);
}

const [mode, settings] = process.argv.slice(2);
main(mode as ChildMode, JSON.parse(settings ?? '{}') as ChildSettings).catch((error: unknown) => {
  // Only our own errors come here: the realm's stay inside it.
  process.stderr.write(`${error instanceof Error ? error.message : 'the child failed'}\n`, () =>
    exit(EXIT_FATAL),
  );
});
