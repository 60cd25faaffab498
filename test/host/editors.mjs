// Installed editors that can run the extension: where they lie, and how one is opened and closed again.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isEnding, onEnd, processInfo, run, start } from './processes.mjs';
import { lastLines, UserError } from './progress.mjs';

/** The first VS Code that can run the extension (`engines.vscode`). Cursor counts its versions its own way. */
const oldest = { major: 1, minor: 101 };

/**
 * @typedef {{ name: string, command: string }} Editor
 * @typedef {{ platform: NodeJS.Platform, env: Record<string, string | undefined>, home: string, exists: (file: string) => boolean }} Machine
 */

/** @type {Machine} */
const thisMachine = { platform: process.platform, env: process.env, home: os.homedir(), exists: existsSync };

/**
 * The editors of a machine, best first. The `code` of a remote window (SSH, WSL, containers) is not one: it can
 * only speak to the window that it belongs to.
 * @param {Machine} [machine]
 * @returns {Editor[]}
 */
export function findEditors({ platform, env, home, exists } = thisMachine) {
  const windows = platform === 'win32';
  const { join } = windows ? path.win32 : path.posix;
  const named = env.CANARI_EDITOR ?? '';
  if (named !== '') {
    if (exists(named)) return [{ name: named, command: named }];
    throw new UserError(`CANARI_EDITOR names ${named}, which does not exist.`, 'Correct it, or unset it.');
  }
  const onPath = (env.PATH ?? env.Path ?? '').split(windows ? ';' : ':').filter((folder) => folder !== '');
  const local = env.LOCALAPPDATA ?? '';
  const program = env.ProgramFiles ?? '';
  /** @type {[name: string, commands: string[], mac: string, windows: string[]][]} */
  const known = [
    ['VS Code', ['code', 'code-insiders'], 'Visual Studio Code.app', ['Microsoft VS Code\\bin\\code.cmd']],
    ['Cursor', ['cursor'], 'Cursor.app', ['cursor\\resources\\app\\bin\\cursor.cmd']],
    ['VSCodium', ['codium', 'vscodium'], 'VSCodium.app', ['VSCodium\\bin\\codium.cmd']],
  ];
  return known.flatMap(([name, commands, mac, places]) => {
    const candidates = onPath.flatMap((folder) =>
      commands.map((command) => join(folder, windows ? `${command}.cmd` : command)),
    );
    if (platform === 'darwin') {
      for (const base of ['/Applications', join(home, 'Applications')]) {
        candidates.push(...commands.map((command) => join(base, mac, 'Contents/Resources/app/bin', command)));
      }
    }
    if (windows) {
      candidates.push(
        ...places.flatMap((place) => [
          join(local, 'Programs', place),
          ...(program === '' ? [] : [join(program, place)]),
        ]),
      );
    }
    const command = candidates.find(
      (file) => !/remote-cli|[\\/]\.(?:vscode|cursor)-server/.test(file) && exists(file),
    );
    return command === undefined ? [] : [{ name, command }];
  });
}

/**
 * True when a window can open at all: on Linux that takes a display.
 * @param {Pick<Machine, 'platform' | 'env'>} [machine]
 */
export function hasDisplay({ platform, env } = thisMachine) {
  return (
    platform !== 'linux' ||
    [env.DISPLAY, env.WAYLAND_DISPLAY].some((name) => name !== undefined && name !== '')
  );
}

/**
 * Whether an editor that says this version can run the extension.
 * @param {string} name
 * @param {string} version what `--version` prints
 */
export function recentEnough(name, version) {
  if (name === 'Cursor') return true;
  const [, major, minor] = /^(\d+)\.(\d+)\./m.exec(version) ?? [];
  if (major === undefined || minor === undefined) return true; // it does not say: let it try
  return Number(major) > oldest.major || (Number(major) === oldest.major && Number(minor) >= oldest.minor);
}

/**
 * @param {Editor} editor
 * @param {string[]} args
 */
function cli(editor, args) {
  // A .cmd file needs the shell of Windows, and that one needs its quotes.
  const shell = process.platform === 'win32';
  const quote = (/** @type {string} */ text) => (shell ? `"${text}"` : text);
  return {
    command: quote(editor.command),
    args: args.map(quote),
    options: { shell, env: editorEnvironment() },
  };
}

/** Started from a terminal of an editor, this one must not speak to that window. */
function editorEnvironment() {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(VSCODE_|ELECTRON_|npm_)/.test(name)),
  );
}

/**
 * @param {{ extensionsDir: string, userDataDir: string }} profile
 * @returns {string[]}
 */
function profileArgs({ extensionsDir, userDataDir }) {
  const root = process.platform === 'linux' && process.getuid?.() === 0;
  return [
    '--user-data-dir',
    userDataDir,
    '--extensions-dir',
    extensionsDir,
    ...(root ? ['--no-sandbox'] : []),
  ];
}

/**
 * The first installed editor that is recent enough.
 * @param {(text: string) => void} tell is told which ones are passed over, and why
 * @returns {Promise<Editor | undefined>}
 */
export async function chooseEditor(tell) {
  if (!hasDisplay()) return undefined;
  for (const editor of findEditors()) {
    const { command, args, options } = cli(editor, ['--version']);
    const { code, output } = await run(command, args, { ...options, timeoutMs: 15_000 });
    const version = output.split('\n')[0]?.trim() ?? '';
    if (code !== 0) tell(`${editor.name} does not run here (${lastLines(output, 1)}).`);
    else if (!recentEnough(editor.name, output))
      tell(`${editor.name} ${version} is too old: 1.101 or later is needed.`);
    else return editor;
  }
  return undefined;
}

/**
 * @param {Editor} editor
 * @param {{ vsix: string, extensionsDir: string, userDataDir: string }} options
 */
export async function installInEditor(editor, { vsix, ...profile }) {
  mkdirSync(profile.extensionsDir, { recursive: true });
  const { command, args, options } = cli(editor, [
    ...profileArgs(profile),
    '--install-extension',
    vsix,
    '--force',
  ]);
  const { code, output } = await run(command, args, { ...options, timeoutMs: 120_000 });
  if (code !== 0) {
    throw new UserError(
      `${editor.name} did not install the extension.\n${lastLines(output)}`,
      'Try the browser: npm start -- --web',
    );
  }
}

/**
 * Opens a window of its own on a folder; the promise ends when that window is closed.
 * @param {Editor} editor
 * @param {{ folder: string, extensionsDir: string, userDataDir: string }} options
 * @returns {Promise<number>}
 */
export async function openInEditor(editor, { folder, ...profile }) {
  // The command hands over to an editor process outside its group; that one writes its id into this file.
  const lock = path.join(profile.userDataDir, 'code.lock');
  if (editorProcess(lock, profile.userDataDir) === undefined) rmSync(lock, { force: true });
  const forget = onEnd(async () => {
    const pid = editorProcess(lock, profile.userDataDir);
    if (pid !== undefined) await endProcess(pid);
  });
  const { command, args, options } = cli(editor, [...profileArgs(profile), '--new-window', '--wait', folder]);
  const child = start(command, args, { ...options, stdio: 'ignore' });
  return new Promise((resolve, reject) => {
    child.once('error', (error) =>
      reject(
        new UserError(
          `${editor.name} did not start: ${error.message}.`,
          'Try the browser: npm start -- --web',
        ),
      ),
    );
    child.once('exit', (code) => {
      if (isEnding()) return;
      forget();
      resolve(code ?? 0);
    });
  });
}

/**
 * The process of the editor that uses this profile; an id that another program has taken over is not it.
 * @param {string} lock
 * @param {string} userDataDir
 */
function editorProcess(lock, userDataDir) {
  if (!existsSync(lock)) return undefined;
  const pid = Number(readFileSync(lock, 'utf8').trim());
  if (!Number.isInteger(pid) || pid <= 1) return undefined;
  if (process.platform === 'win32') return pid;
  return processInfo(pid)?.args.includes(userDataDir) === true ? pid : undefined;
}

/** @param {number} pid */
async function endProcess(pid) {
  if (process.platform === 'win32') {
    spawnSync('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore' });
    return;
  }
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGKILL'])) {
    try {
      process.kill(pid, signal);
      for (let waited = 0; waited < 5000; waited += 50) {
        process.kill(pid, 0);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    } catch {
      return; // it has ended
    }
  }
}
