// Child processes, each in a group of its own, so that stopping one stops all that it started.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

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

/** True once this process is on its way out: what stops then was stopped, and nobody is to call it a failure. */
export const isEnding = () => ending;

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
 * @param {import('node:child_process').SpawnOptions & { timeoutMs?: number }} [options]
 * @returns {Promise<{ code: number, output: string }> & { child: import('node:child_process').ChildProcess }}
 *   the exit code (127 when the command does not exist, 124 after `timeoutMs`), and all that it wrote
 */
export function run(command, args, options = {}) {
  const { timeoutMs, ...rest } = options;
  const child = start(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...rest });
  const ended = new Promise((resolve) => {
    let output = '';
    let late = false;
    /** @param {Buffer} chunk */
    const take = (chunk) => {
      output += chunk.toString('utf8');
    };
    child.stdout?.on('data', take);
    child.stderr?.on('data', take);
    const expire = () => {
      late = true;
      void stop(child);
    };
    const timer = timeoutMs === undefined ? undefined : setTimeout(expire, timeoutMs);
    child.once('error', (error) => {
      clearTimeout(timer);
      resolve({ code: 127, output: `${output}${error.message}\n` });
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      live.delete(child);
      if (ending) return;
      resolve({ code: late ? 124 : (code ?? 1), output });
    });
  });
  return Object.assign(ended, { child });
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
  const actions = [...cleanups];
  await Promise.all([...live].map(stop));
  // After the processes: a folder cannot go while somebody writes into it.
  await Promise.allSettled(actions.map(async (action) => action()));
  cleanups.clear();
}

/**
 * Makes Ctrl+C, SIGTERM, a closed terminal and the end of the npm that started us end everything that was
 * started, then this process.
 */
export function endOnSignals() {
  /** @param {number} code */
  const end = (code) => {
    if (ending) return; // npm and the terminal both send it
    ending = true;
    void endAll().finally(() => process.exit(code));
  };
  process.on('SIGINT', () => end(130));
  process.on('SIGTERM', () => end(143));
  process.on('SIGHUP', () => end(129));
  if (process.env.npm_lifecycle_event !== undefined && !windows) followNpm(() => end(143));
  process.on('exit', () => {
    for (const child of live) if (groupAlive(child)) signalGroup(child, 'SIGKILL');
  });
}

/**
 * Calls back when the npm that started us has ended: a signal sent to it alone does not always reach us, and we
 * would go on without anybody knowing. Between npm and us there may be a shell, which waits for us.
 * @param {() => void} onGone
 */
function followNpm(onGone) {
  const parent = process.ppid;
  const { parent: grandparent, args = '' } = processInfo(parent) ?? {};
  const npm = /^(?:\S*\/)?(?:sh|dash|bash|zsh) -c /.test(args) ? grandparent : parent;
  const check = () => {
    if (process.ppid !== parent || (npm !== undefined && !processAlive(npm))) onGone();
  };
  setInterval(check, 500).unref();
}

/**
 * A process that may belong to another program; small Linux images have no `ps`.
 * @param {number} pid
 * @returns {{ parent: number, args: string } | undefined} undefined when it has ended, or cannot be told (Windows)
 */
export function processInfo(pid) {
  if (windows) return undefined;
  if (process.platform === 'linux') {
    try {
      const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      const parent = Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
      return { parent, args };
    } catch {
      return undefined;
    }
  }
  const { stdout } = spawnSync('ps', ['-o', 'ppid=,args=', '-p', String(pid)], { encoding: 'utf8' });
  const [, parent, args] = /^\s*(\d+)\s+(.*)/.exec(stdout ?? '') ?? [];
  return parent === undefined || args === undefined ? undefined : { parent: Number(parent), args };
}

/** @param {number} pid */
export function processAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
