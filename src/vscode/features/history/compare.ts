import * as vscode from 'vscode';
import { AppError } from '../../../core/errors.ts';
import type { Subject } from '../../../core/grading/grade.ts';
import { AttemptDocuments } from '../../attemptDocuments.ts';
import type { Services } from '../../services.ts';

/** Two attempts at one entry, side by side in the editor's own diff; of an exercise every file that differs. */
export async function compareAttempts(
  { bank, l10n, study }: Services,
  before: string,
  after: string,
): Promise<void> {
  const [one, other] = await Promise.all([study.attempt(before), study.attempt(after)]);
  if (!one || !other) throw new AppError('not_found', { id: one ? after : before });
  const { title } = await bank.item(one.subject);
  const format = new Intl.DateTimeFormat(l10n.lang, { dateStyle: 'medium', timeStyle: 'short' });
  const [was, is] = [await study.readTexts(one.texts), await study.readTexts(other.texts)];
  const files = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  const differing = files.filter((file) => was[file] !== is[file]);
  for (const file of differing.length > 0 ? differing : files.slice(0, 1)) {
    await vscode.commands.executeCommand(
      'vscode.diff',
      AttemptDocuments.uri(before, one.subject, file),
      AttemptDocuments.uri(after, one.subject, file),
      l10n.t('history.compareTitle', {
        title: file === '' ? l10n.pick(title) : file,
        before: format.format(one.ts),
        after: format.format(other.ts),
      }),
      { preview: false },
    );
  }
}

/** What stands on the page now against the attempt handed in last. */
export async function compareWithLast(services: Services, subject: Subject): Promise<void> {
  const { bank, l10n, practice, study } = services;
  const item = await bank.item(subject);
  const last = (await study.history()).entry(subject.id).attempts.findLast(({ spoken }) => !spoken);
  if (!last) {
    void vscode.window.showInformationMessage(l10n.t('history.nothing'));
    return;
  }
  const active = vscode.window.activeTextEditor?.document.uri;
  const named = active && practice.locate(active)?.file;
  const file = 'files' in item ? (item.files.find(({ path }) => path === named) ?? item.files[0])?.path : '';
  const own =
    'files' in item
      ? practice.exerciseFile(subject.id, file ?? '')
      : practice.answerFile(subject, item.track);
  const format = new Intl.DateTimeFormat(l10n.lang, { dateStyle: 'medium', timeStyle: 'short' });
  await vscode.commands.executeCommand(
    'vscode.diff',
    AttemptDocuments.uri(last.id, subject, file ?? ''),
    vscode.Uri.file(own),
    l10n.t('history.compareTitle', {
      title: l10n.pick(item.title),
      before: format.format(last.ts),
      after: l10n.t('history.now'),
    }),
  );
}

/** The candidate's note on an entry, in one line; the history page has room for more. */
export async function editNote({ bank, l10n, panel, study }: Services, subject: Subject): Promise<void> {
  const { title } = await bank.item(subject);
  const { note } = (await study.history()).entry(subject.id);
  if (note.includes('\n')) {
    panel.show({ page: 'history', subject }, { focus: true });
    return;
  }
  const text = await vscode.window.showInputBox({
    title: l10n.t('note.title', { title: l10n.pick(title) }),
    prompt: l10n.t('note.prompt'),
    value: note,
    ignoreFocusOut: true,
  });
  if (text === undefined || text === note) return;
  await study.record({ type: 'note', subject, text });
  await panel.refresh();
}
