import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Question } from '../../../src/core/bank/question.ts';
import { pitfallKey, pointKey } from '../../../src/core/grading/prompt.ts';
import type { Settings } from '../../../src/vscode/ids.ts';
import type { Services } from '../../../src/vscode/services.ts';

/** The project's root, seen from the bundle. */
export const ROOT = path.join(__dirname, '..', '..', '..');

/** The services of the running extension, as `activate` hands them to tests. */
export async function services(): Promise<Services> {
  const extension = vscode.extensions.getExtension<Services>('canari.canari');
  assert.ok(extension, 'the extension is installed');
  const exported = await extension.activate();
  assert.ok(exported, 'activate() returns the services to tests');
  return exported;
}

export async function setSetting<K extends keyof Settings>(
  key: K,
  value: Settings[K] | undefined,
): Promise<void> {
  await vscode.workspace.getConfiguration('canari').update(key, value, vscode.ConfigurationTarget.Global);
}

/** Settings back to their defaults, but for a practice folder of the test's own. */
export async function freshStart(settings: Partial<Settings> = {}): Promise<Services> {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  const folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'canari-practice-'));
  const wanted: Partial<Settings> = {
    language: 'en',
    feedbackLanguage: 'auto',
    grader: 'offline',
    'openai.baseUrl': '',
    'openai.model': '',
    editorModel: '',
    packs: [],
    practiceFolder: folder,
    ...settings,
  };
  for (const [key, value] of Object.entries(wanted)) {
    await vscode.workspace.getConfiguration('canari').update(key, value, vscode.ConfigurationTarget.Global);
  }
  const all = await services();
  await eventually('the settings are in force', () => assert.equal(all.practice.root, wanted.practiceFolder));
  return all;
}

/** Waits until `check` no longer throws. */
export async function eventually(what: string, check: () => unknown, timeoutMs = 10_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (Date.now() > deadline) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new Error(`in vain: ${what}: ${reason}`, { cause: error });
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** Writes into the document that has the focus, as typing does. */
export async function write(text: string): Promise<vscode.TextDocument> {
  const editor = vscode.window.activeTextEditor;
  assert.ok(editor, 'an editor has the focus');
  const { document } = editor;
  const all = new vscode.Range(0, 0, document.lineCount, 0);
  assert.ok(await editor.edit((edit) => edit.replace(all, text)));
  return document;
}

/** Opens an entry of the bank, as a click in the sidebar does. */
export async function open(id: string): Promise<vscode.TextDocument> {
  await vscode.commands.executeCommand('canari.questions.open', id);
  const document = vscode.window.activeTextEditor?.document;
  assert.ok(document, `${id} is open`);
  return document;
}

export async function lensTitles(uri: vscode.Uri): Promise<string[]> {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    'vscode.executeCodeLensProvider',
    uri,
    10,
  );
  return lenses.flatMap(({ command }) => (command ? [command.title] : []));
}

/** An answer to `drift-signals` that earns several points, in English. */
export const DRIFT_ANSWER = `I compare the last day with a reference window taken from the training data.
For each feature I compute a PSI, and I watch the missing values and the unseen categories.
The prediction distribution is monitored too, because labels come sixty days later.`;

/** A reply as a good judge writes it: `quotes` holds the points that are met, with their evidence. */
export function reply(question: Question, nonce: string, quotes: Readonly<Record<string, string>>): object {
  return {
    pitfalls: Object.fromEntries(
      question.pitfalls.map((_, i) => [pitfallKey(i), { evidence: '', verdict: 'absent' }]),
    ),
    points: Object.fromEntries(
      question.points.map(({ id }, i) => [
        pointKey(i),
        quotes[id] === undefined
          ? { evidence: '', reason: 'It is not there.', verdict: 'not_met' }
          : { evidence: quotes[id], reason: 'It is there.', verdict: 'met' },
      ]),
    ),
    run: nonce,
    summary: 'The reference is there; the alert is not.',
    suspicious: false,
  };
}
