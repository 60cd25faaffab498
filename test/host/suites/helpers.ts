import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Rubric } from '../../../src/core/bank/question.ts';
import type { Clock } from '../../../src/core/ports.ts';
import type { Settings } from '../../../src/vscode/ids.ts';
import type { Services } from '../../../src/vscode/services.ts';
import { type Behaviour, replies } from '../../support/modelServer.ts';

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
  const config = vscode.workspace.getConfiguration('canari');
  // Each change is a write that the editor reads back: what is so already is left alone.
  if (JSON.stringify(config.inspect(key)?.globalValue) === JSON.stringify(value)) return;
  await config.update(key, value, vscode.ConfigurationTarget.Global);
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
  for (const [key, value] of Object.entries(wanted)) await setSetting(key as keyof Settings, value);
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

let answers = 0;

/** The same answer with a last line of its own, so that no grade given before fits it. */
export function newAnswer(text = DRIFT_ANSWER): string {
  answers += 1;
  return `${text}\nThat is my answer number ${answers}.`;
}

/** Time that does not wait for servers, but still gives up a grade that takes minutes. */
export const impatientClock: Clock = {
  now: () => Date.now(),
  after: (milliseconds, run) => {
    const timer = setTimeout(run, milliseconds <= 60_000 ? Math.min(5, milliseconds) : milliseconds);
    return () => clearTimeout(timer);
  },
};

/** What a judge finds: passages by the ids of points and of pitfalls; any other point is missed. */
export interface Findings {
  readonly met?: Readonly<Record<string, string>>;
  readonly contradicted?: Readonly<Record<string, string>>;
  readonly pitfalls?: Readonly<Record<string, string>>;
}

/** A reply to the prompt in `texts`, in the shape that it asks for. */
export function reply(
  texts: readonly string[],
  rubric: Rubric,
  { met = {}, contradicted = {}, pitfalls = {} }: Findings,
): object {
  const prompt = texts.join('\n');
  const rows = [...prompt.matchAll(/^([px]\d\d): (.*)$/gm)].map(([, key = '', statement = '']) => {
    const all = key.startsWith('p') ? rubric.points : rubric.pitfalls;
    const found = all.find((item) => Object.values(item.statement).some((text) => text.trim() === statement));
    return { key, id: found?.id ?? '' };
  });
  const point = (id: string) => {
    if (met[id] !== undefined) return { evidence: met[id], reason: 'It is there.', verdict: 'met' };
    if (contradicted[id] === undefined)
      return { evidence: '', reason: 'It is not there.', verdict: 'not_met' };
    return { evidence: contradicted[id], reason: 'It says the opposite.', verdict: 'contradicted' };
  };
  const pitfall = (id: string) =>
    pitfalls[id] === undefined
      ? { evidence: '', verdict: 'absent' }
      : { evidence: pitfalls[id], verdict: 'present' };
  const byKey = (letter: string, value: (id: string) => object) =>
    Object.fromEntries(rows.filter(({ key }) => key[0] === letter).map(({ key, id }) => [key, value(id)]));
  return {
    pitfalls: byKey('x', pitfall),
    points: byKey('p', point),
    run: [...prompt.matchAll(/^"run" is "([A-Z0-9]+)"\.$/gm)].at(-1)?.[1] ?? '',
    summary: 'The reference is there; the alert is not.',
    suspicious: false,
  };
}

/** The same as a server's behaviour. */
export function judges(rubric: Rubric, findings: Findings): Behaviour {
  return replies(({ chat }) =>
    JSON.stringify(
      reply(
        chat.messages.map(({ content }) => content),
        rubric,
        findings,
      ),
    ),
  );
}
