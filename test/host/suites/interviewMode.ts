import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { SettingsFile } from '../../../src/adapters/settingsFile.ts';
import { isAppError } from '../../../src/core/errors.ts';
import { Assistance, ownAssistant } from '../../../src/vscode/assistance.ts';
import { COMMANDS } from '../../../src/vscode/ids.ts';
import type { Services } from '../../../src/vscode/services.ts';
import { eventually, freshStart } from './helpers.ts';

const KEY = 'editor.inlineSuggest.enabled';
const COMMENTED = `{
\t// As the candidate likes it.
\t"editor.tabSize": 3, /* not 4 */
\t"[markdown]": {
\t\t"editor.wordWrap": "off",
\t},
}
`;

describe('the interview mode', () => {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'the tests run in a folder');
  const root = folder.uri.fsPath;
  const settings = path.join(root, '.vscode', 'settings.json');
  const answer = vscode.Uri.joinPath(folder.uri, 'answers', 'monitoring', 'interview-mode.md');
  let all: Services;
  let assistance: Assistance;
  const others: Assistance[] = [];

  /** What a window that opens later has. */
  const nextWindow = () => {
    const next = new Assistance(all);
    others.push(next);
    return next;
  };
  const store = () => all.context.globalStorageUri.fsPath;
  const records = () => fs.readdirSync(store()).filter((name) => name.startsWith('interview-mode-'));
  const write = (text: string) => {
    fs.mkdirSync(path.dirname(settings), { recursive: true });
    fs.writeFileSync(settings, text);
  };
  const text = () => fs.readFileSync(settings, 'utf8');
  const parsed = () => JSON.parse(text()) as Record<string, unknown>;
  const suggestions = (uri = answer) => assistance.observe(uri).inlineSuggestions;
  const inForce = (value: 'on' | 'off') =>
    eventually(`inline suggestions are ${value}`, () => assert.equal(suggestions(), value));
  /**
   * Waits until the editor has read settings of the test's own. It is told again now and then, because it may miss a
   * new folder, and not all the time, because it reads only when it has been left in peace for a moment.
   */
  const tabSize = (size: number) => {
    let looks = 0;
    return eventually(
      'the settings are read',
      () => {
        if (looks++ % 20 === 0) fs.utimesSync(settings, new Date(), new Date());
        assert.equal(vscode.workspace.getConfiguration('editor', answer).get('tabSize'), size);
      },
      25_000,
    );
  };
  /** What a window leaves that has died, or lives: our value in the settings, and the record of its process. */
  const leaveBehind = (pid: number) => {
    new SettingsFile(store(), root, Date.now).switchOff([[KEY]]);
    const file = path.join(store(), records()[0] ?? '');
    const record = JSON.parse(fs.readFileSync(file, 'utf8')) as object;
    fs.writeFileSync(file, JSON.stringify({ ...record, pid }));
  };
  const ended = () => spawnSync(process.execPath, ['-e', '']).pid;

  before(async () => {
    all = await freshStart({ practiceFolder: root });
    ({ assistance } = all);
    fs.mkdirSync(path.dirname(answer.fsPath), { recursive: true });
    fs.writeFileSync(answer.fsPath, '');
  });
  beforeEach(async () => {
    // Open, so that its language is known.
    await vscode.window.showTextDocument(answer);
    await inForce('on');
  });
  afterEach(async () => {
    for (const other of others.splice(0)) other.dispose();
    await assistance.leave();
    assert.deepEqual(records(), []);
    fs.rmSync(path.dirname(settings), { recursive: true, force: true });
    await inForce('on');
    // Not before the editor has forgotten them, or it misses those of the next test.
    await eventually('the settings are gone', () =>
      assert.equal(vscode.workspace.getConfiguration('editor', answer).get('tabSize'), 4),
    );
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    fs.rmSync(path.join(root, 'answers'), { recursive: true, force: true });
  });

  it('switches inline suggestions off in the practice folder, and puts its settings back byte for byte', async () => {
    write(COMMENTED);
    await tabSize(3);
    let changes = 0;
    const subscription = assistance.onDidChange(() => {
      changes += 1;
    });
    assert.deepEqual(assistance.observe(answer), { interviewMode: false, inlineSuggestions: 'on' });
    assert.equal(await assistance.enter(), 'on');
    assert.equal(assistance.isOn, true);
    assert.deepEqual(assistance.observe(answer), { interviewMode: true, inlineSuggestions: 'off' });
    assert.ok(text().includes(`"${KEY}": false`));
    for (const line of COMMENTED.split('\n')) assert.ok(text().includes(line), line);
    assert.equal(await assistance.enter(), 'on', 'twice is once');
    await assistance.leave();
    assert.equal(assistance.isOn, false);
    assert.equal(text(), COMMENTED);
    assert.deepEqual(assistance.observe(answer), { interviewMode: false, inlineSuggestions: 'on' });
    assert.equal(changes, 2);
    subscription.dispose();
  });

  it('stops suggestions from being asked for while one types', async () => {
    const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
    let asked = 0;
    const provider = vscode.languages.registerInlineCompletionItemProvider(
      { pattern: '**/interview-mode.md' },
      {
        provideInlineCompletionItems: (_document, position, { triggerKind }) => {
          if (triggerKind === vscode.InlineCompletionTriggerKind.Automatic) asked += 1;
          return [{ insertText: ' whole answer', range: new vscode.Range(position, position) }];
        },
      },
    );
    const type = (character: string) => vscode.commands.executeCommand('type', { text: character });
    await eventually('a suggestion is asked for', async () => {
      await type('a');
      await pause(300);
      assert.ok(asked > 0);
    });
    await assistance.enter();
    await eventually('none is on its way', async () => {
      const before = asked;
      await pause(300);
      assert.equal(asked, before);
    });
    const before = asked;
    for (let i = 0; i < 5; i += 1) {
      await type('b');
      await pause(100);
    }
    assert.equal(asked, before);
    await assistance.leave();
    await eventually('a suggestion is asked for again', async () => {
      await type('c');
      await pause(300);
      assert.ok(asked > before);
    });
    provider.dispose();
    await vscode.workspace.textDocuments.find(({ uri }) => uri.fsPath === answer.fsPath)?.save();
  });

  it('leaves neither a file nor a folder where there was none', async () => {
    await assistance.enter();
    assert.deepEqual(parsed(), { [KEY]: false });
    await assistance.leave();
    assert.equal(fs.existsSync(path.dirname(settings)), false);
  });

  it('can be entered again at once', async () => {
    for (let i = 0; i < 3; i += 1) {
      await assistance.enter();
      assert.equal(suggestions(), 'off');
      await assistance.leave();
      assert.equal(suggestions(), 'on');
      assert.equal(fs.existsSync(path.dirname(settings)), false);
    }
  });

  it('keeps what the candidate changes meanwhile, and takes out its own value alone', async () => {
    write('{\n  // mine\n  "editor.tabSize": 3\n}\n');
    await tabSize(3);
    await assistance.enter();
    await vscode.workspace
      .getConfiguration('editor', folder.uri)
      .update('tabSize', 8, vscode.ConfigurationTarget.WorkspaceFolder);
    await assistance.leave();
    assert.equal(text(), '{\n  // mine\n  "editor.tabSize": 8\n}\n');
  });

  it('saves what is being typed into the settings, and keeps it', async () => {
    write(COMMENTED);
    await tabSize(3);
    await assistance.enter();
    const document = await vscode.workspace.openTextDocument(settings);
    const edit = new vscode.WorkspaceEdit();
    const at = document.positionAt(document.getText().indexOf('3'));
    edit.replace(document.uri, new vscode.Range(at, at.translate(0, 1)), '8');
    await vscode.workspace.applyEdit(edit);
    assert.equal(document.isDirty, true);
    await assistance.leave();
    assert.equal(text(), COMMENTED.replace('3', '8'));
  });

  it('covers a language for which the candidate has switched suggestions on, and puts that back too', async () => {
    const user = vscode.workspace.getConfiguration('editor', { languageId: 'markdown' });
    const set = (value: boolean | undefined) =>
      user.update('inlineSuggest.enabled', value, vscode.ConfigurationTarget.Global, true);
    const inFolder = '{\n  "[yaml]": { "editor.inlineSuggest.enabled": true },\n  "editor.tabSize": 3\n}\n';
    write(inFolder);
    await tabSize(3);
    await set(true);
    try {
      await assistance.enter();
      assert.equal(suggestions(), 'off');
      assert.deepEqual(parsed(), {
        '[markdown]': { [KEY]: false },
        [KEY]: false,
        '[yaml]': { [KEY]: false },
        'editor.tabSize': 3,
      });
      await assistance.leave();
      assert.equal(text(), inFolder);

      // The same, with an edit in between.
      await assistance.enter();
      await vscode.workspace
        .getConfiguration('editor', folder.uri)
        .update('tabSize', 8, vscode.ConfigurationTarget.WorkspaceFolder);
      await assistance.leave();
      assert.equal(text(), inFolder.replace('3', '8'));
    } finally {
      await set(undefined);
    }
  });

  it('puts back at the next start what a window that died has left', async () => {
    write(COMMENTED);
    leaveBehind(ended());
    await inForce('off');
    const next = nextWindow();
    let restored = 0;
    next.onDidRestore(() => {
      restored += 1;
    });
    await next.start();
    assert.equal(text(), COMMENTED);
    assert.equal(restored, 1);
    assert.equal(next.isOn, false);
    assert.equal(suggestions(), 'on');
  });

  it('puts back at the next start its own value alone, when the settings were edited since', async () => {
    leaveBehind(ended());
    write(`{\n  // mine\n  "editor.tabSize": 8,\n  "${KEY}": false\n}\n`);
    await tabSize(8);
    await nextWindow().start();
    assert.equal(text(), '{\n  // mine\n  "editor.tabSize": 8\n}\n');
  });

  it('leaves alone what another window holds, and ends it only when told to', async () => {
    leaveBehind(process.ppid);
    const changed = text();
    const next = nextWindow();
    await next.start();
    assert.equal(text(), changed);
    assert.equal(await next.enter(), 'elsewhere');
    assert.equal(text(), changed);
    await next.leave();
    assert.equal(fs.existsSync(path.dirname(settings)), false);
  });

  it('puts the settings back before a window that closes is gone', async () => {
    write(COMMENTED);
    await tabSize(3);
    const next = nextWindow();
    await next.enter();
    assert.notEqual(text(), COMMENTED);
    next.dispose();
    assert.equal(text(), COMMENTED);
    assert.deepEqual(records(), []);
  });

  it('is entered in the window that was opened for it', async () => {
    const next = nextWindow();
    await next.enterOnceOpen();
    await next.start();
    assert.equal(next.isOn, true);
    await next.leave();
    const later = nextWindow();
    await later.start();
    assert.equal(later.isOn, false, 'once');
  });

  it('changes nothing in settings that it cannot read, and says so', async () => {
    write('{ "editor.tabSize": 3, "unfinished": [ }');
    await tabSize(3);
    await assert.rejects(
      assistance.enter(),
      (thrown) => isAppError(thrown) && thrown.code === 'practice_folder_unwritable',
    );
    assert.equal(text(), '{ "editor.tabSize": 3, "unfinished": [ }');
    assert.equal(assistance.isOn, false);
  });

  it('needs the practice folder to be open', async () => {
    await freshStart();
    assert.equal(await assistance.enter(), 'not_open');
    assert.equal(fs.existsSync(settings), false);
    await freshStart({ practiceFolder: root });
    await vscode.window.showTextDocument(answer);
  });

  it('is one command, both ways', async () => {
    await vscode.commands.executeCommand(COMMANDS.interviewModeToggle);
    assert.equal(assistance.isOn, true);
    await vscode.commands.executeCommand(COMMANDS.interviewModeToggle);
    assert.equal(assistance.isOn, false);
  });

  it('names the assistants that are not under its switch', () => {
    assert.equal(ownAssistant('Visual Studio Code'), undefined);
    assert.equal(ownAssistant('Code - OSS'), undefined);
    assert.equal(ownAssistant('VSCodium'), undefined);
    assert.equal(ownAssistant('code-server'), undefined);
    assert.equal(ownAssistant('Cursor'), 'Cursor');
    assert.equal(ownAssistant('Windsurf - Next'), 'Windsurf');
    assert.equal(ownAssistant('Kiro'), 'Kiro');
    assert.equal(ownAssistant('Trae CN'), 'Trae');
    assert.equal(ownAssistant('Antigravity'), 'Antigravity');
    assert.equal(assistance.assistant, undefined);
  });
});
