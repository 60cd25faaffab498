import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

interface Machine {
  platform: string;
  env: Record<string, string | undefined>;
  home: string;
  exists(file: string): boolean;
}

interface Editors {
  findEditors(machine: Machine): { name: string; command: string }[];
  hasDisplay(machine: Pick<Machine, 'platform' | 'env'>): boolean;
  recentEnough(name: string, version: string): boolean;
}

interface Tools {
  checkNode(version: string): void;
  stalePackages(lock: object, installed: object | undefined): string[];
  npmError(command: string, code: number, output: string): Error;
}

interface Server {
  pageAddress(options: { port: number; workspace?: string; token?: string; payload?: string[][] }): string;
  choosePort(options: {
    asked?: number;
    usual: number;
    free(port: number): Promise<boolean>;
  }): Promise<number>;
}

interface Settings {
  splitSettings(settings: object, properties: object): { user: object; machine: object };
}

interface ExtensionTests {
  testPayload(options: {
    port: number;
    extensionPath: string;
    testsPath: string;
    env?: Record<string, string>;
  }): string[][];
}

interface Vsix {
  fingerprint(base: string, names: string[]): string;
}

/** The launcher is not bundled: it knows the project's folders by where its own files lie. */
async function load<T>(name: string): Promise<T> {
  return (await import(pathToFileURL(path.resolve('test', 'host', name)).href)) as T;
}

describe('launcher', () => {
  describe('finding editors', () => {
    const machine = (platform: string, files: string[], env: Record<string, string> = {}): Machine => ({
      platform,
      env,
      home: '/home/ada',
      exists: (file) => files.includes(file),
    });

    it('takes the first on the PATH of each kind, VS Code before Cursor before VSCodium', async () => {
      const { findEditors } = await load<Editors>('editors.mjs');
      const files = ['/usr/bin/codium', '/opt/bin/cursor', '/usr/bin/code', '/opt/bin/code'];
      assert.deepEqual(findEditors(machine('linux', files, { PATH: '/opt/bin:/usr/bin' })), [
        { name: 'VS Code', command: '/opt/bin/code' },
        { name: 'Cursor', command: '/opt/bin/cursor' },
        { name: 'VSCodium', command: '/usr/bin/codium' },
      ]);
    });

    it('passes over the command of a remote window', async () => {
      const { findEditors } = await load<Editors>('editors.mjs');
      const remote = '/home/ada/.vscode-server/cli/servers/x/server/bin/remote-cli';
      assert.deepEqual(findEditors(machine('linux', [`${remote}/code`], { PATH: remote })), []);
    });

    it('looks into the applications of a Mac and the programs of Windows', async () => {
      const { findEditors } = await load<Editors>('editors.mjs');
      const mac = '/home/ada/Applications/Cursor.app/Contents/Resources/app/bin/cursor';
      assert.deepEqual(findEditors(machine('darwin', [mac])), [{ name: 'Cursor', command: mac }]);
      const windows = 'C:\\Users\\ada\\Local\\Programs\\Microsoft VS Code\\bin\\code.cmd';
      assert.deepEqual(
        findEditors(machine('win32', [windows], { LOCALAPPDATA: 'C:\\Users\\ada\\Local', Path: 'C:\\bin' })),
        [{ name: 'VS Code', command: windows }],
      );
    });

    it('obeys CANARI_EDITOR, and says when it names nothing', async () => {
      const { findEditors } = await load<Editors>('editors.mjs');
      const named = machine('linux', ['/opt/kiro'], { CANARI_EDITOR: '/opt/kiro' });
      assert.deepEqual(findEditors(named), [{ name: '/opt/kiro', command: '/opt/kiro' }]);
      assert.throws(
        () => findEditors(machine('linux', [], { CANARI_EDITOR: '/opt/kiro' })),
        /does not exist/,
      );
    });

    it('opens a window only where there is a display', async () => {
      const { hasDisplay } = await load<Editors>('editors.mjs');
      assert.equal(hasDisplay({ platform: 'linux', env: { DISPLAY: '' } }), false);
      assert.equal(hasDisplay({ platform: 'linux', env: { WAYLAND_DISPLAY: 'wayland-0' } }), true);
      assert.equal(hasDisplay({ platform: 'darwin', env: {} }), true);
    });

    it('refuses a VS Code before 1.101; Cursor counts otherwise', async () => {
      const { recentEnough } = await load<Editors>('editors.mjs');
      assert.equal(recentEnough('VS Code', '1.100.3\nabc\nx64'), false);
      assert.equal(recentEnough('VS Code', '1.101.0\nabc\nx64'), true);
      assert.equal(recentEnough('Cursor', '0.48.9'), true);
    });
  });

  describe('deciding what is stale', () => {
    const lock = {
      packages: {
        '': { version: '1.0.0' },
        'node_modules/a': { version: '1.0.0' },
        'node_modules/b-darwin': { version: '2.0.0', optional: true },
      },
    };

    it('finds nothing to do when what is installed is what is locked, other platforms apart', async () => {
      const { stalePackages } = await load<Tools>('tools.mjs');
      assert.deepEqual(stalePackages(lock, { packages: { 'node_modules/a': { version: '1.0.0' } } }), []);
    });

    it('finds missing packages and other versions', async () => {
      const { stalePackages } = await load<Tools>('tools.mjs');
      assert.deepEqual(stalePackages(lock, undefined), ['node_modules/a']);
      const other = {
        packages: { 'node_modules/a': { version: '0.9.0' }, 'node_modules/b-darwin': { version: '1.0.0' } },
      };
      assert.deepEqual(stalePackages(lock, other), ['node_modules/a', 'node_modules/b-darwin']);
    });

    it('sees a change of size, of time or of the set of files, and no other', async () => {
      const { fingerprint } = await load<Vsix>('vsix.mjs');
      const base = mkdtempSync(path.join(os.tmpdir(), 'canari-fingerprint-'));
      try {
        mkdirSync(path.join(base, 'src'));
        const file = path.join(base, 'src', 'a.ts');
        writeFileSync(file, 'one');
        const first = fingerprint(base, ['src', 'missing']);
        assert.equal(fingerprint(base, ['missing', 'src']), first);
        utimesSync(file, 1, 1);
        const touched = fingerprint(base, ['src', 'missing']);
        assert.notEqual(touched, first);
        writeFileSync(path.join(base, 'src', 'b.ts'), '');
        assert.notEqual(fingerprint(base, ['src', 'missing']), touched);
      } finally {
        rmSync(base, { recursive: true });
      }
    });
  });

  it('tells an old Node, a missing npm, a missing network and a torn lock file apart', async () => {
    const { checkNode, npmError } = await load<Tools>('tools.mjs');
    assert.throws(() => checkNode('18.20.4'), /Node 18\.20\.4 is too old.*\n.*nodejs\.org/s);
    checkNode('20.0.0');
    assert.match(npmError('npm ci', 127, 'spawn npm ENOENT').message, /npm was not found/);
    assert.match(
      npmError('npm ci', 1, 'npm error code ENOTFOUND\nnpm error request failed').message,
      /could not reach/,
    );
    assert.match(npmError('npm ci', 1, 'npm error code EUSAGE\nMissing: x').message, /do not fit together/);
    assert.match(npmError('npm ci', 1, 'npm error boom').message, /code 1\.\nnpm error boom/);
  });

  it('writes the address of a page: token first, a readable folder, an empty window without one', async () => {
    const { pageAddress } = await load<Server>('server.mjs');
    assert.equal(
      pageAddress({ port: 8391, workspace: '/tmp/a b', token: 't' }),
      'http://127.0.0.1:8391/?tkn=t&folder=/tmp/a%20b',
    );
    assert.equal(pageAddress({ port: 1, workspace: 'C:\\a' }), 'http://127.0.0.1:1/?folder=/C%3A/a');
    assert.equal(pageAddress({ port: 1 }), 'http://127.0.0.1:1/?ew=true');
  });

  it('names one extension, the tests and the variables in the payload, at the address of the page', async () => {
    const { testPayload } = await load<ExtensionTests>('extensionTests.mjs');
    const payload = testPayload({
      port: 81,
      extensionPath: '/ext',
      testsPath: '/ext/t.js',
      env: { SUITE: 'x' },
    });
    assert.deepEqual(payload, [
      ['extensionDevelopmentPath', 'vscode-remote://127.0.0.1:81/ext'],
      ['extensionTestsPath', 'vscode-remote://127.0.0.1:81/ext/t.js'],
      ['extensionEnvironment', '{"SUITE":"x"}'],
      ['skipWelcome', 'true'],
    ]);
    assert.equal(new Set(payload.map(([key]) => key)).size, payload.length, 'VS Code makes a map of it');
  });

  it('chooses the usual port, any other when it is taken, and insists on the one asked for', async () => {
    const { choosePort } = await load<Server>('server.mjs');
    const free = async (port: number) => port !== 8391;
    assert.equal(await choosePort({ usual: 8391, free: async () => true }), 8391);
    assert.equal(await choosePort({ usual: 8391, free }), 0);
    assert.equal(await choosePort({ usual: 8391, asked: 9000, free }), 9000);
    await assert.rejects(choosePort({ usual: 8391, asked: 8391, free }), /Port 8391 is taken/);
    await assert.rejects(choosePort({ usual: 8391, asked: Number.NaN, free }), /from 1 to 65535/);
  });

  it('sends settings of machine scope to the machine file', async () => {
    const { splitSettings } = await load<Settings>('settings.mjs');
    assert.deepEqual(
      splitSettings({ 'a.m': 1, 'a.w': 2, 'other.x': 3 }, { 'a.m': { scope: 'machine' }, 'a.w': {} }),
      { user: { 'a.w': 2, 'other.x': 3 }, machine: { 'a.m': 1 } },
    );
  });
});
