// Child processes, each in a group of its own, so that stopping one stops all that it started.
import { spawn, spawnSync } from 'node:child_process';

const windows = process.platform === 'win32';
/** @type {Set<import('node:child_process').ChildProcess>} */
const live = new Set();
/** @type {Set<() => unknown>} */
const cleanups = new Set();
let ending = false;

/**
 * Signals a child and everything in its group; a group that is gone already is no error.
 * @param {import('node:child_process').ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
function signalGroup(child, signal) {
  if (child.pid === undefined) return;
  if (windows) {
    spawnSync('taskkill', ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore' });
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    // ESRCH: the whole group has ended.
  }
}

/** @param {import('node:child_process').ChildProcess} child */
function groupAlive(child) {
  if (child.pid === undefined) return false;
  if (windows) return child.exitCode === null && child.signalCode === null;
  try {
    process.kill(-child.pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** @param {number} ms */
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Starts a long-lived child that `stop` and the end of this process take down with all its descendants.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 */
export function start(command, args, options = {}) {
  // On Windows a group of its own would open a console window; taskkill follows the tree there.
  const child = spawn(command, args, { ...options, detached: !windows, windowsHide: true });
  live.add(child);
  child.once('error', () => live.delete(child));
  return child;
}

/**
 * Ends a child and its group: asks first, insists after two seconds.
 * @param {import('node:child_process').ChildProcess} child
 */
export async function stop(child) {
  if (groupAlive(child)) signalGroup(child, 'SIGTERM');
  for (let waited = 0; groupAlive(child) && waited < 2000; waited += 25) await sleep(25);
  if (groupAlive(child)) signalGroup(child, 'SIGKILL');
  for (let waited = 0; groupAlive(child) && waited < 2000; waited += 25) await sleep(25);
  live.delete(child);
}

/**
 * Runs a command to its end.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions & { onOutput?: (text: string) => void, timeoutMs?: number }} [options]
 * @returns {Promise<{ code: number, output: string }>} the exit code (127 when the command does not exist, 124
 *   after `timeoutMs`), and standard output and error as they came
 */
export function run(command, args, options = {}) {
  const { onOutput, timeoutMs, ...rest } = options;
  return new Promise((resolve) => {
    const child = start(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...rest });
    let output = '';
    let late = false;
    /** @param {Buffer} chunk */
    const take = (chunk) => {
      const text = chunk.toString('utf8');
      output += text;
      onOutput?.(text);
    };
    child.stdout?.on('data', take);
    child.stderr?.on('data', take);
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            late = true;
            void stop(child);
          }, timeoutMs);
    child.once('error', (error) => {
      clearTimeout(timer);
      resolve({ code: 127, output: `${output}${error.message}\n` });
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      live.delete(child);
      resolve({ code: late ? 124 : (code ?? 1), output });
    });
  });
}

/**
 * Something to do before this process ends, whatever ends it; returns the way to take it back.
 * @param {() => unknown} action
 */
export function onEnd(action) {
  cleanups.add(action);
  return () => cleanups.delete(action);
}

/** Ends everything that this process started. */
export async function endAll() {
  await Promise.allSettled([...cleanups].map(async (action) => action()));
  cleanups.clear();
  await Promise.all([...live].map(stop));
}

/**
 * Makes Ctrl+C, SIGTERM and a closed terminal end everything that was started, then this process.
 * @param {(signal: NodeJS.Signals) => void} [onSignal] told once, before the end
 */
export function endOnSignals(onSignal) {
  for (const [signal, code] of /** @type {const} */ ([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ])) {
    process.on(signal, () => {
      if (ending) return; // npm and the terminal both send it
      ending = true;
      onSignal?.(signal);
      void endAll().finally(() => process.exit(code));
    });
  }
  process.on('exit', () => {
    for (const child of live) if (groupAlive(child)) signalGroup(child, 'SIGKILL');
  });
}
