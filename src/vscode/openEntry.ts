import * as vscode from 'vscode';
import { AppError } from '../core/errors.ts';
import type { Subject } from '../core/grading/grade.ts';
import { BankDocuments } from './documents.ts';
import type { Services } from './services.ts';

/**
 * Opens an entry of the bank, or a follow-up to one, for work: the prompt on one side, the candidate's own
 * document on the other.
 */
export async function openEntry(services: Services, id: string): Promise<void> {
  const { bank, practice, study, checks, l10n, report } = services;
  const type = (await bank.catalogue()).get(id)?.type ?? 'question';
  const subject: Subject = { type, id };
  const item = await bank.item(subject);
  const prompt = await vscode.workspace.openTextDocument(BankDocuments.promptUri(subject));
  await vscode.window.showTextDocument(prompt, {
    viewColumn: vscode.ViewColumn.One,
    preview: true,
    preserveFocus: true,
  });

  const exercise = 'files' in item ? item : undefined;
  const files = exercise
    ? await practice.ensureExercise(exercise, l10n.lang)
    : [await practice.ensureAnswer(subject, item.track)];
  // The first file is the one to begin with, so it is shown last and keeps the focus.
  for (const uri of [...files].reverse()) {
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Two, preview: false });
  }
  if (exercise) checks.warm(exercise);
  if ((await study.history()).state(id) === 'new') {
    // Losing this record costs an icon, not work.
    await study.record({ type: 'opened', subject }).catch((error: unknown) => report.failure(error));
  }
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
