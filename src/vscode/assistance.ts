import * as path from 'node:path';
import * as vscode from 'vscode';
import { BEAT, LEASE, type SettingPath, SettingsFile } from '../adapters/settingsFile.ts';
import { AppError } from '../core/errors.ts';
import type { Observed } from '../core/store/events.ts';
import type { PracticeFolder } from './practice.ts';
import type { Reporter } from './report.ts';

const SETTING = 'editor.inlineSuggest.enabled';
const SETTINGS = '.vscode/settings.json';

/** When the mode was asked for in a window that is about to open, in ms; kept for all windows. */
const AWAITED = 'interviewMode.awaited';
const AWAITED_FOR = 5 * 60_000;

/** When a window looks again at settings that another one holds, in ms. */
const LOOK_AGAIN = LEASE + 5_000;
/** How long the editor may take to see that a file has changed, in ms: it looks for new folders every 5 s. */
const CATCHING_UP = 8_000;
const NUDGE = 1_000;

/**
 * Editors that complete code by themselves, with a switch of their own that no extension reaches: on a settings
 * page of theirs or in their status bar, not `editor.inlineSuggest.enabled`. By the names that they give themselves.
 */
const ASSISTANTS: readonly { readonly name: string; readonly appName: RegExp }[] = [
  { name: 'Antigravity', appName: /\bantigravity\b/i }, // Tab: on its own settings page
  { name: 'Cursor', appName: /\bcursor\b/i }, // Tab: in its status bar, or Cursor Settings > Tab
  { name: 'Kiro', appName: /\bkiro\b/i }, // suggestions while typing: a setting of its agent
  { name: 'Trae', appName: /\btrae\b/i }, // Cue: a switch of its chat, which leaves other completions on
  { name: 'Windsurf', appName: /\bwindsurf\b/i }, // Tab: in its status bar
];

/** The assistant of an editor's own that Canari's switch does not cover, from `vscode.env.appName`. */
export function ownAssistant(appName: string): string | undefined {
  return ASSISTANTS.find((assistant) => assistant.appName.test(appName))?.name;
}

/** `not_open`: the practice folder is no folder of this window. `elsewhere`: another window has the mode on. */
export type Entered = 'on' | 'not_open' | 'elsewhere';

interface Dependencies {
  readonly context: vscode.ExtensionContext;
  readonly practice: PracticeFolder;
  readonly report: Reporter;
  readonly log: vscode.LogOutputChannel;
}

/**
 * What help the editor gives while an answer is written; and the interview mode, which switches its inline
 * suggestions off, in the settings of the practice folder alone, and puts these back byte for byte.
 */
export class Assistance implements vscode.Disposable {
  readonly #deps: Dependencies;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #restored = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable[] = [];
  /** While the mode is on: whose settings are changed, and the way back. */
  #held: { readonly folder: vscode.WorkspaceFolder; readonly settings: SettingsFile } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #changes: Promise<unknown> = Promise.resolve();

  /** The mode was switched on or off. */
  readonly onDidChange = this.#changed.event;
  /** Settings that an earlier window had left changed are as before. */
  readonly onDidRestore = this.#restored.event;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  get isOn(): boolean {
    return this.#held !== undefined;
  }

  /** The assistant of this editor's own, which stays on. */
  get assistant(): string | undefined {
    return ownAssistant(vscode.env.appName);
  }

  /** What is seen of help for a document at this moment; one that is open counts with its language. */
  observe(uri: vscode.Uri): Observed {
    const document = vscode.workspace.textDocuments.find((open) => isSame(open.uri, uri));
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    const suggests = vscode.workspace.getConfiguration(undefined, document ?? uri).get<boolean>(SETTING);
    const { assistant } = this;
    return {
      interviewMode: folder !== undefined && this.#holds(folder),
      inlineSuggestions: suggests === false ? 'off' : 'on',
      ...(assistant === undefined ? {} : { assistant }),
    };
  }

  /**
   * Puts back what an earlier window of an open folder could not, and enters the mode when this window was opened
   * for it; from then on it follows the folders of the window. Called once. Failures are reported.
   */
  async start(): Promise<void> {
    const look = this.#deps.report.guard(() => this.#look());
    this.#subscriptions.push(
      vscode.workspace.onDidChangeWorkspaceFolders(({ removed }) => {
        if (removed.some((folder) => this.#holds(folder))) this.leaveAtOnce();
        void look();
      }),
      // A window that is open already is only brought to the front.
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused && this.#isAwaited) void look();
      }),
    );
    await look();
  }

  /** Has the mode entered by the window in which the practice folder is opened next. */
  async enterOnceOpen(): Promise<void> {
    await this.#deps.context.globalState.update(AWAITED, Date.now());
  }

  /** @throws practice_folder_unwritable, store_unwritable, store_unreadable; the settings are then as before */
  enter(): Promise<Entered> {
    return this.#inTurn(async () => {
      if (this.#held) return 'on';
      const folder = this.#practiceFolder;
      if (!folder) return 'not_open';
      const settings = this.#settingsOf(folder);
      const owner = settings.owner();
      if (owner === 'other') return 'elsewhere';
      if (owner === 'gone') await restore(folder, settings);
      await save(folder);
      const paths = await pathsOf(folder);
      settings.switchOff(paths);
      this.#held = { folder, settings };
      if (!(await hasRead(folder, settings, paths))) {
        this.#held = undefined;
        settings.restore();
        throw unwritable(folder, SETTINGS);
      }
      this.#follow();
      // A suggestion on the screen would go on through all that is typed after it.
      void vscode.commands.executeCommand('editor.action.inlineSuggest.hide');
      this.#deps.log.info(`interview mode: on in ${folder.uri.fsPath}`);
      this.#changed.fire();
      return 'on';
    });
  }

  /**
   * Puts the settings back; in a window where the mode is not on, those of the practice folder that another window
   * holds, which then finds its own mode ended.
   * @throws practice_folder_unwritable, store_unreadable; the mode is then still on
   */
  leave(): Promise<void> {
    return this.#inTurn(async () => {
      const folder = this.#held?.folder ?? this.#practiceFolder;
      if (!folder) return;
      const settings = this.#held?.settings ?? this.#settingsOf(folder);
      await save(folder);
      const isOurs = !this.#held || settings.owner() === 'mine';
      const paths = isOurs ? settings.restore() : [];
      this.#letGo();
      await hasRead(folder, settings, paths);
    });
  }

  /** The same without waiting, for a window that closes. */
  leaveAtOnce(): void {
    try {
      if (this.#held?.settings.owner() === 'mine') this.#held.settings.restore();
    } catch (error) {
      this.#deps.log.error(`interview mode: ${String(error)}`);
    }
    this.#letGo();
  }

  dispose(): void {
    this.leaveAtOnce();
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
    this.#restored.dispose();
  }

  /** The practice folder, when it is a folder of this window: the settings of others below one count nowhere. */
  get #practiceFolder(): vscode.WorkspaceFolder | undefined {
    const { root } = this.#deps.practice;
    return ownFolders().find(({ uri }) => path.relative(uri.fsPath, root) === '');
  }

  get #isAwaited(): boolean {
    const at = this.#deps.context.globalState.get<number>(AWAITED);
    return at !== undefined && Date.now() - at < AWAITED_FOR;
  }

  #holds(folder: vscode.WorkspaceFolder): boolean {
    return this.#held !== undefined && isSame(this.#held.folder.uri, folder.uri);
  }

  #settingsOf(folder: vscode.WorkspaceFolder): SettingsFile {
    return new SettingsFile(this.#deps.context.globalStorageUri.fsPath, folder.uri.fsPath, Date.now);
  }

  async #look(): Promise<void> {
    await this.#inTurn(async () => {
      for (const folder of ownFolders()) {
        if (this.#holds(folder)) continue;
        const settings = this.#settingsOf(folder);
        const owner = settings.owner();
        if (owner === 'gone') {
          await restore(folder, settings);
          this.#deps.log.info(`interview mode: the settings of ${folder.uri.fsPath} are as before`);
          this.#restored.fire();
        } else if (owner === 'other' && !this.#held) {
          this.#later(
            LOOK_AGAIN,
            this.#deps.report.guard(() => this.#look()),
          );
        }
      }
    });
    if (!this.#isAwaited || !this.#practiceFolder) return;
    await this.#deps.context.globalState.update(AWAITED, undefined);
    await this.enter();
  }

  #letGo(): void {
    if (!this.#held) return;
    this.#held = undefined;
    clearTimeout(this.#timer);
    this.#changed.fire();
  }

  /** While the mode is on: shows that this window lives, and sees when another one has ended the mode. */
  #follow(): void {
    const look = () => {
      if (this.#held?.settings.owner() !== 'mine') return this.#letGo();
      this.#held.settings.beat();
      this.#follow();
    };
    this.#later(BEAT, this.#deps.report.guard(look));
  }

  #later(milliseconds: number, run: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(run, milliseconds);
  }

  /** One change of the settings after the other. */
  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const result = this.#changes.then(run);
    this.#changes = result.catch(() => undefined);
    return result;
  }
}

const isSame = (a: vscode.Uri, b: vscode.Uri) => a.toString() === b.toString();

/** The folders of the window that lie on a disk. */
function ownFolders(): readonly vscode.WorkspaceFolder[] {
  return (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
}

const pathOf = (language: string | undefined): SettingPath =>
  language === undefined ? [SETTING] : [`[${language}]`, SETTING];

/** Where `false` has to stand: outside of any language, and in each one that says otherwise. */
async function pathsOf({ uri }: vscode.WorkspaceFolder): Promise<SettingPath[]> {
  const isOn = (languageId: string) => {
    const found = vscode.workspace.getConfiguration(undefined, { uri, languageId }).inspect<boolean>(SETTING);
    const value =
      found?.workspaceFolderLanguageValue ??
      found?.workspaceLanguageValue ??
      found?.globalLanguageValue ??
      found?.defaultLanguageValue;
    return value === true;
  };
  return [undefined, ...(await vscode.languages.getLanguages()).filter(isOn)].map(pathOf);
}

function openDocument(folder: vscode.WorkspaceFolder): vscode.TextDocument | undefined {
  const file = vscode.Uri.joinPath(folder.uri, SETTINGS);
  return vscode.workspace.textDocuments.find(({ uri }) => isSame(uri, file));
}

/** What the candidate has typed into the settings goes to the disk first, or it would be saved over ours. */
async function save(folder: vscode.WorkspaceFolder): Promise<void> {
  const open = openDocument(folder);
  if (open?.isDirty && !(await open.save())) throw unwritable(folder, SETTINGS);
}

async function restore(folder: vscode.WorkspaceFolder, settings: SettingsFile): Promise<void> {
  await save(folder);
  await hasRead(folder, settings, settings.restore());
}

/** Waits until the editor has read the file and goes by what it says, but not for long; says whether it does. */
async function hasRead(
  folder: vscode.WorkspaceFolder,
  settings: SettingsFile,
  paths: readonly SettingPath[],
): Promise<boolean> {
  const { uri } = folder;
  const seen = ([key, inner]: SettingPath) => {
    if (inner === undefined)
      return vscode.workspace.getConfiguration(undefined, uri).inspect(SETTING)?.workspaceFolderValue;
    const scope = { uri, languageId: key.slice(1, -1) };
    return vscode.workspace.getConfiguration(undefined, scope).inspect(SETTING)?.workspaceFolderLanguageValue;
  };
  // A document has one kind of line end, and no mark of its encoding.
  const plain = (text: string) => text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  const isShown = () => {
    const [shown, held] = [openDocument(folder)?.getText(), settings.text()];
    return shown === undefined || held === undefined || plain(shown) === plain(held);
  };
  for (let waited = 0; waited < CATCHING_UP; waited += 25) {
    if (isShown() && paths.every((at) => seen(at) === settings.value(at))) return true;
    await new Promise((resolve) => setTimeout(resolve, 25));
    if (waited % NUDGE === NUDGE - 25) settings.touch();
  }
  return false;
}

function unwritable({ uri }: vscode.WorkspaceFolder, detail: string): AppError {
  return new AppError('practice_folder_unwritable', { path: uri.fsPath, detail });
}
