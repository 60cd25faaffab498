import * as vscode from 'vscode';
import type { PointResult, Subject, Verdict } from '../../../core/grading/grade.ts';
import { contestCases } from '../../../core/study/contests.ts';
import { load } from '../../../load.ts';
import { askWhere, exportFile } from '../../exportFile.ts';
import type { Services } from '../../services.ts';

/** Asks on which points the candidate sees the last grade otherwise, and why; the score stays. */
export async function contest(services: Services, subject: Subject): Promise<void> {
  const { bank, grading, l10n, panel, study } = services;
  const item = await bank.item(subject);
  const graded = await grading.last(subject);
  const attempt = graded && (await study.attempt(graded.attempt));
  if (attempt?.grade?.status !== 'graded') {
    void vscode.window.showInformationMessage(l10n.t('contest.nothing'));
    return;
  }
  const { grade } = attempt;
  const title = l10n.t('contest.title', { title: l10n.pick(item.title) });
  const picked = await vscode.window.showQuickPick(
    grade.points.map((result) => {
      const point = item.points.find(({ id }) => id === result.id);
      return {
        result,
        label: l10n.t(`verdict.${result.unverified ? 'unverified' : result.verdict}`),
        detail: point ? l10n.pick(point.statement) : result.id,
        picked: attempt.contest?.points.some(({ id }) => id === result.id) ?? false,
      };
    }),
    {
      canPickMany: true,
      title,
      placeHolder: l10n.t('contest.points'),
      matchOnDetail: true,
      ignoreFocusOut: true,
    },
  );
  if (!picked) return;
  const note = await vscode.window.showInputBox({
    title,
    prompt: l10n.t('contest.note'),
    value: attempt.contest?.note ?? '',
    ignoreFocusOut: true,
  });
  if (note === undefined) return;
  const points = picked.map(({ result }) => ({ id: result.id, verdict: otherVerdict(result) }));
  const isWithdrawn = points.length === 0 && note.trim() === '';
  if (isWithdrawn && !attempt.contest) return;
  await grading.contest(attempt.id, { points, note: note.trim() });
  vscode.window.setStatusBarMessage(
    `$(comment-discussion) ${l10n.t(isWithdrawn ? 'contest.withdrawn' : 'contest.stored')}`,
    15_000,
  );
  await panel.refresh();
}

function otherVerdict({ verdict }: PointResult): Verdict {
  return verdict === 'met' ? 'not_met' : 'met';
}

/** Writes the contested grades as evaluation cases into `given`, or into a file that the candidate chooses. */
export async function exportContests({ l10n, practice, study }: Services, given?: unknown): Promise<void> {
  const { contested } = await study.history();
  if (contested.length === 0) {
    void vscode.window.showInformationMessage(l10n.t('contest.none'));
    return;
  }
  const uri = await askWhere(practice, given, {
    title: l10n.t('contest.exportTitle'),
    name: 'canari-contests.yaml',
    filters: { YAML: ['yaml', 'yml'], JSON: ['json'] },
  });
  if (!uri) return;
  const withTexts = await Promise.all(
    contested.map(async (head) => {
      const attempt = await study.whole(head);
      return { attempt, texts: await study.readTexts(attempt.texts) };
    }),
  );
  const cases = contestCases(withTexts);
  // The file's ending decides.
  const isJson = uri.path.toLowerCase().endsWith('.json');
  const text = isJson ? `${JSON.stringify(cases, null, 2)}\n` : load('packs').toYaml(cases);
  await exportFile(uri, text);
  await vscode.window.showTextDocument(uri);
  const count = l10n.count('count.contest', contested.length);
  vscode.window.setStatusBarMessage(l10n.t('contest.exported', { count }), 15_000);
}
