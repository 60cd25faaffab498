// The VS Code server of code-server, run by Node 24: a full editor for the browser, without a display.

import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { hostDir, vscodeServer } from './paths.mjs';
import { isEnding, start, stop } from './processes.mjs';
import { lastLines, UserError } from './progress.mjs';
import { node24 } from './tools.mjs';

/** The server says this once it listens. */
const listening = /Extension host agent listening on (\d+)/;
const startMs = 30_000;

/**
 * The address that opens a folder, with the token that lets the browser in.
 * @param {{ port: number, workspace?: string | undefined, token?: string | undefined, payload?: string[][] | undefined }} options
 * @returns {string}
 */
export function pageAddress({ port, workspace, token, payload }) {
  const query = [];
  if (token !== undefined) query.push(`tkn=${encodeURIComponent(token)}`);
  // `ew` (empty window) keeps the server from opening the last folder again. Slashes stay readable.
  query.push(
    workspace === undefined
      ? 'ew=true'
      : `folder=${encodeURIComponent(uriPath(workspace)).replaceAll('%2F', '/')}`,
  );
  if (payload !== undefined) query.push(`payload=${encodeURIComponent(JSON.stringify(payload))}`);
  return `http://127.0.0.1:${port}/?${query.join('&')}`;
}

/**
 * A file's path as it stands in a URI: `C:\a` is `/C:/a`.
 * @param {string} file
 */
export function uriPath(file) {
  const forward = file.replaceAll('\\', '/');
  return forward.startsWith('/') ? forward : `/${forward}`;
}

/**
 * True when something can listen on this port of the loopback address.
 * @param {number} port
 * @returns {Promise<boolean>}
 */
export function portFree(port) {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

/**
 * The port to listen on: the one asked for, or an error; else the usual one when it is free, else any (0).
 * @param {{ asked?: number | undefined, usual: number, free?: (port: number) => Promise<boolean> }} options
 */
export async function choosePort({ asked, usual, free = portFree }) {
  if (asked === undefined) return (await free(usual)) ? usual : 0;
  if (!Number.isInteger(asked) || asked < 1 || asked > 65_535) {
    throw new UserError('--port takes a number from 1 to 65535.', 'For example: npm start -- --port 8391');
  }
  if (await free(asked)) return asked;
  throw new UserError(
    `Port ${asked} is taken by another program.`,
    'Choose another: npm start -- --port <number>, or leave it out.',
  );
}

/**
 * Starts a server on the loopback address and waits until it listens.
 * @param {import('../support/launcher.ts').ServerOptions} options
 * @returns {Promise<import('../support/launcher.ts').Server>}
 */
export async function startServer(options) {
  const { workspace, extensionsDir, userDataDir, smokeTest = false, token = false, trust = true } = options;
  mkdirSync(userDataDir, { recursive: true, mode: 0o700 });
  mkdirSync(extensionsDir, { recursive: true });
  const secret = token ? randomBytes(16).toString('hex') : undefined;
  const tokenFile = path.join(userDataDir, 'connection-token');
  if (secret !== undefined) writeFileSync(tokenFile, secret, { mode: 0o600 });
  const args = [
    path.join(hostDir, 'serverGuard.mjs'),
    path.join(vscodeServer, 'out', 'server-main.js'),
    '--host=127.0.0.1',
    `--port=${options.port ?? 0}`,
    ...(secret === undefined ? ['--without-connection-token'] : [`--connection-token-file=${tokenFile}`]),
    '--accept-server-license-terms',
    `--server-data-dir=${userDataDir}`,
    `--user-data-dir=${userDataDir}`,
    `--extensions-dir=${extensionsDir}`,
    '--telemetry-level=off',
    '--disable-experiments',
    ...(trust ? ['--disable-workspace-trust'] : []),
    ...(smokeTest ? ['--enable-smoke-test-driver'] : []),
  ];
  const child = start(node24(), args, {
    cwd: workspace ?? userDataDir,
    env: { ...serverEnvironment(userDataDir), ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const log = { text: '' };
  const logFile = path.join(userDataDir, 'server.log');
  writeFileSync(logFile, '');
  const port = await new Promise((resolve, reject) => {
    /** @param {string} reason */
    const fail = (reason) =>
      reject(
        new UserError(
          `The VS Code server did not start: ${reason}.\n${lastLines(log.text)}`,
          `Its log is ${logFile}`,
        ),
      );
    const timer = setTimeout(() => fail(`nothing after ${startMs / 1000} s`), startMs);
    /** @param {Buffer} chunk */
    const take = (chunk) => {
      log.text += chunk.toString('utf8');
      appendFileSync(logFile, chunk);
      const found = listening.exec(log.text);
      if (found?.[1] === undefined) return;
      clearTimeout(timer);
      resolve(Number(found[1]));
    };
    child.stdout?.on('data', take);
    child.stderr?.on('data', take);
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      fail(`it ended with ${code ?? signal}`);
    });
  }).catch(async (error) => {
    await stop(child);
    throw error;
  });
  return {
    url: pageAddress({ port, workspace, token: secret }),
    port,
    token: secret,
    log: () => log.text,
    ended: new Promise((resolve) => child.once('exit', (code) => isEnding() || resolve(code ?? 1))),
    stop: () => stop(child),
  };
}

/**
 * A server started from a terminal of another VS Code must not take that one's variables for its own, and
 * leaves its sockets (53 characters each) in its own folder when their paths fit the limit of 107 bytes.
 * @param {string} userDataDir
 */
function serverEnvironment(userDataDir) {
  const kept = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(VSCODE_|ELECTRON_|npm_|NODE_OPTIONS$|CODE_SERVER)/.test(name),
    ),
  );
  const sockets = path.join(userDataDir, 'run');
  if (process.platform !== 'linux' || Buffer.byteLength(sockets) > 54) return kept;
  mkdirSync(sockets, { recursive: true, mode: 0o700 });
  return { ...kept, XDG_RUNTIME_DIR: sockets };
}
