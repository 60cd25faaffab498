import * as vscode from 'vscode';
import type { Exercise, Question } from '../core/bank/question.ts';
import { AppError } from '../core/errors.ts';
import type { Subject } from '../core/grading/grade.ts';
import { BankDocuments } from './documents.ts';
import type { Services } from './services.ts';

export interface Opening {
  /**
   * `review` begins on an empty page when the answer there is one of an earlier day that is in the history;
   * `always` whatever is there, as an interview does. What was there is moved aside, never lost.
   */
  readonly fresh?: 'review' | 'always';
  /** Without the prompt's document, where a page shows it. */
  readonly withoutPrompt?: boolean;
}

/**
 * Opens an entry of the bank, or a follow-up to one, for work: the prompt on one side, the candidate's own
 * document on the other.
 */
export async function openEntry(
  services: Services,
  id: string,
  { fresh, withoutPrompt }: Opening = {},
): Promise<void> {
  const { bank, practice, study, checks, l10n, report, stopwatch } = services;
  const type = (await bank.catalogue()).get(id)?.type ?? 'question';
  const subject: Subject = { type, id };
  const item = await bank.item(subject);
  if (fresh) await clearPage(services, subject, item, fresh);
  if (!withoutPrompt) {
    const prompt = await vscode.workspace.openTextDocument(BankDocuments.promptUri(subject));
    await vscode.window.showTextDocument(prompt, {
      viewColumn: vscode.ViewColumn.One,
      preview: true,
      preserveFocus: true,
    });
  }

  const exercise = 'files' in item ? item : undefined;
  const files = exercise
    ? await practice.ensureExercise(exercise, l10n.lang)
    : [await practice.ensureAnswer(subject, item.track)];
  // The first file is the one to begin with, so it is shown last and keeps the focus.
  for (const uri of [...files].reverse()) {
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Two, preview: false });
    if (fresh) await upToDate(document);
  }
  if (exercise) checks.warm(exercise);
  stopwatch.touch(subject);
  if ((await study.history()).state(id) === 'new') {
    // Losing this record costs an icon, not work.
    await study.record({ type: 'opened', subject }).catch((error: unknown) => report.failure(error));
  }
}

/** Sees to it that the answer begins on an empty page, or on the scaffold. */
async function clearPage(
  services: Services,
  subject: Subject,
  item: Question | Exercise,
  fresh: 'review' | 'always',
): Promise<void> {
  const { grading, practice, study } = services;
  const files = filesOf(services, subject, item);
  const texts = await grading.texts(subject, item);
  if (Object.values(texts).every((text) => text.trim() === '')) return;
  if (fresh === 'review') {
    const last = (await study.history()).entry(subject.id).attempts.at(-1);
    if (!last || last.day >= study.today) return;
    const stored = await study.readTexts((await study.whole(last)).texts).catch(() => ({}));
    const isStored = Object.entries(texts).every(
      ([name, text]) => (stored as Record<string, string>)[name] === text,
    );
    // Something newer than the last attempt is on the page: it is gone on with.
    if (!isStored) return;
  }
  const paths = new Set(files);
  for (const { tabs } of vscode.window.tabGroups.all) {
    const open = tabs.filter(
      ({ input }) => input instanceof vscode.TabInputText && paths.has(input.uri.fsPath),
    );
    if (open.length > 0) await vscode.window.tabGroups.close(open, true);
  }
  await practice.setAside(subject, item.track, study.today);
}

// What was moved aside may linger in the editor, which does not watch files outside of its folders.
async function upToDate(document: vscode.TextDocument): Promise<void> {
  for (let i = 0; i < 40 && !document.isDirty; i++) {
    const onDisk = new TextDecoder().decode(await vscode.workspace.fs.readFile(document.uri));
    if (document.getText() === onDisk.replace(/^\ufeff/, '')) return;
    if (i === 2) await vscode.commands.executeCommand('workbench.action.files.revert');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function filesOf({ practice }: Services, subject: Subject, item: Question | Exercise): string[] {
  return 'files' in item
    ? item.files.map(({ path }) => vscode.Uri.file(practice.exerciseFile(subject.id, path)).fsPath)
    : [vscode.Uri.file(practice.answerFile(subject, item.track)).fsPath];
}

/** The subject of the document that has the focus, or of the page that the panel shows. */
export function currentSubject({ practice, panel }: Services): Subject | undefined {
  const uri = vscode.window.activeTextEditor?.document.uri;
  const located = uri && (practice.locate(uri)?.subject ?? BankDocuments.locate(uri));
  if (located) return located;
  const { ref } = panel;
  return ref && 'subject' in ref ? ref.subject : undefined;
}

/** The same, or the reason why there is none. */
export function requireSubject(services: Services, given?: unknown): Subject {
  const subject = isSubject(given) ? given : currentSubject(services);
  if (!subject) throw new AppError('not_found', { id: '' });
  return subject;
}

function isSubject(value: unknown): value is Subject {
  if (typeof value !== 'object' || value === null) return false;
  const { type, id } = value as Partial<Subject>;
  return (type === 'question' || type === 'exercise') && typeof id === 'string';
}
