// `npm start`: builds, packs, installs and opens Canari in an editor of its own, on a sample practice folder.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { chooseEditor, installInEditor, openInEditor } from './editors.mjs';
import { root, scratch } from './paths.mjs';
import { say, step, UserError } from './progress.mjs';
import { choosePort, startServer } from './server.mjs';
import { plainSettings, writeServerSettings } from './settings.mjs';
import { ensureDependencies, ensureHostTools } from './tools.mjs';
import { fingerprint, installVsix, packVsix } from './vsix.mjs';

const usualPort = 8391;

/** @param {string[]} args */
function readArgs(args) {
  try {
    const { values } = parseArgs({
      args,
      options: { web: { type: 'boolean' }, port: { type: 'string' }, fresh: { type: 'boolean' } },
    });
    return values;
  } catch (error) {
    throw new UserError(
      error instanceof Error ? error.message : String(error),
      'npm start -- [--web] [--port <number>] [--fresh]',
    );
  }
}

/**
 * Opens Canari, and ends when the window is closed or Ctrl+C comes.
 * @param {string[]} args
 * @returns {Promise<number>} the exit code
 */
export async function startEditor(args) {
  const { web = false, port, fresh = false } = readArgs(args);
  const base = scratch();
  if (fresh)
    for (const name of readdirSync(base)) rmSync(path.join(base, name), { recursive: true, force: true });
  await ensureDependencies();
  const editor = web ? undefined : await chooseEditor(say);
  if (editor === undefined) await ensureHostTools();
  const vsix = await packVsix();

  const practice = path.join(base, 'practice');
  // What somebody wrote in it on an earlier run stays.
  if (!existsSync(practice))
    cpSync(path.join(root, 'test', 'fixtures', 'sample-practice'), practice, { recursive: true });
  const settings = { ...plainSettings, 'canari.practiceFolder': practice };
  const profile = path.join(
    base,
    editor === undefined ? 'web' : editor.name.replaceAll(/\W/g, '').toLowerCase().slice(-12),
  );
  const extensionsDir = path.join(profile, 'extensions');
  const userDataDir = path.join(profile, 'user');
  await installOnce(profile, vsix, () =>
    editor === undefined
      ? installVsix({ vsix, extensionsDir, userDataDir })
      : installInEditor(editor, { vsix, extensionsDir, userDataDir }),
  );
  const settingsFile = path.join(userDataDir, 'User', 'settings.json');
  if (editor !== undefined) {
    if (!existsSync(settingsFile)) {
      mkdirSync(path.dirname(settingsFile), { recursive: true });
      writeFileSync(settingsFile, `${JSON.stringify(settings, undefined, 2)}\n`);
    }
    say(`Canari is open in ${editor.name}, on ${practice}. Closing its window or Ctrl+C ends it.`);
    return openInEditor(editor, { folder: practice, extensionsDir, userDataDir });
  }
  if (!existsSync(settingsFile)) writeServerSettings(userDataDir, settings);
  const chosen = await choosePort({ asked: port === undefined ? undefined : Number(port), usual: usualPort });
  const server = await step('Starting VS Code', () =>
    startServer({ workspace: practice, extensionsDir, userDataDir, token: true, port: chosen }),
  );
  say(
    `The practice folder is ${practice}. Ctrl+C ends it all. Open this address in a browser of this machine:`,
  );
  process.stdout.write(`${server.url}\n`);
  const code = await server.ended;
  throw new UserError(
    `The VS Code server ended (${code}).`,
    `Its log is ${path.join(userDataDir, 'server.log')}`,
  );
}

/**
 * Installs the package unless this very one is installed in the profile already.
 * @param {string} profile
 * @param {string} vsix
 * @param {() => Promise<void>} install
 */
async function installOnce(profile, vsix, install) {
  const state = path.join(profile, 'installed.json');
  const wanted = fingerprint(path.dirname(vsix), [path.basename(vsix)]);
  const folders = existsSync(path.join(profile, 'extensions'))
    ? readdirSync(path.join(profile, 'extensions'))
    : [];
  const there = folders.some((name) => name.startsWith('canari.canari-'));
  if (there && existsSync(state) && JSON.parse(readFileSync(state, 'utf8')).vsix === wanted) return;
  mkdirSync(profile, { recursive: true, mode: 0o700 });
  rmSync(state, { force: true });
  await step('Installing the extension', install);
  writeFileSync(state, JSON.stringify({ vsix: wanted }));
}
