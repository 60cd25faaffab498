import * as path from 'node:path';
import * as vscode from 'vscode';
import { load } from '../../../load.ts';
import { askWhere, exportFile } from '../../exportFile.ts';
import { buildReport, reportWords } from '../../interviewReport.ts';
import type { Services } from '../../services.ts';

/** Shows the report of the last interview that has ended, or of the one that is chosen. */
export async function showReport(services: Services): Promise<void> {
  const { l10n, panel, study } = services;
  const ended = (await study.history()).interviews.filter((interview) => interview.ended).reverse();
  if (ended.length === 0) {
    void vscode.window.showInformationMessage(l10n.t('interview.noReport'));
    return;
  }
  const format = new Intl.DateTimeFormat(l10n.lang, { dateStyle: 'long', timeStyle: 'short' });
  const picked =
    ended.length === 1
      ? { id: ended[0]?.id ?? '' }
      : await vscode.window.showQuickPick(
          ended.map(({ id, ts, plan }) => ({
            id,
            label: format.format(ts),
            description: [
              l10n.t(load('study').roleKey(plan.role)),
              l10n.t(`level.${plan.level}`),
              l10n.t('entry.minutes', { minutes: plan.minutes }),
            ].join(' · '),
          })),
          { placeHolder: l10n.t('interview.pickReport') },
        );
  if (picked) panel.show({ page: 'report', interview: picked.id }, { focus: true });
}

/** Writes the report on show, or the last one, into a file that the candidate chooses, or into `given`. */
export async function exportReport(
  services: Services,
  format: 'markdown' | 'html',
  given?: unknown,
): Promise<void> {
  const { l10n, panel, practice, study } = services;
  const { ref } = panel;
  const shown = ref?.page === 'report' ? ref.interview : undefined;
  const id = shown ?? (await study.history()).interviews.findLast(({ ended }) => ended)?.id;
  if (id === undefined) {
    void vscode.window.showInformationMessage(l10n.t('interview.noReport'));
    return;
  }
  const report = await buildReport(services, id);
  const ending = format === 'html' ? 'html' : 'md';
  const uri = await askWhere(practice, given, {
    title: l10n.t('interview.export'),
    name: `canari-${report.day}.${ending}`,
    filters: format === 'html' ? { HTML: ['html'] } : { Markdown: ['md'] },
  });
  if (!uri) return;
  const words = await reportWords(services);
  const core = load('study');
  const text = format === 'html' ? core.toHtml(report, words) : core.toMarkdown(report, words);
  await exportFile(uri, text);
  const open = l10n.t('interview.openExport');
  const told = l10n.t('interview.exported', { file: path.basename(uri.fsPath) });
  // The command does not wait for the choice.
  void vscode.window.showInformationMessage(told, open).then(async (chosen) => {
    if (chosen !== open) return;
    if (format === 'html') await vscode.env.openExternal(uri);
    else await vscode.window.showTextDocument(uri);
  });
}
