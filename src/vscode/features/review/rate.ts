import * as vscode from 'vscode';
import type { Subject } from '../../../core/grading/grade.ts';
import { RATINGS } from '../../../core/store/events.ts';
import { load } from '../../../load.ts';
import type { Services } from '../../services.ts';

/** Asks how well the last answer was really recalled, in place of what its grade proposes. */
export async function rate(services: Services, subject: Subject): Promise<void> {
  const { bank, l10n, panel, study } = services;
  const { title } = await bank.item(subject);
  const { attempts } = (await study.history()).entry(subject.id);
  const core = load('study');
  const review = core.reviewsOf(attempts).at(-1);
  if (!review) {
    void vscode.window.showInformationMessage(l10n.t('rate.nothing'));
    return;
  }
  const { plan } = study;
  const earlier = core.reviewsOf(attempts).slice(0, -1);
  const picked = await vscode.window.showQuickPick(
    RATINGS.map((rating) => {
      const card = core.cardOf(subject.id, [...earlier, { ...review, rating }]);
      const days = card ? core.intervalOf(card, plan) : 0;
      return {
        rating,
        label: l10n.t(`rating.${rating}`),
        description: l10n.count('count.inDays', days),
        detail: l10n.t(`rated.${rating}`),
        picked: rating === review.rating,
      };
    }),
    { title: l10n.t('rate.title', { title: l10n.pick(title) }), placeHolder: l10n.t('rate.ask') },
  );
  if (!picked || (picked.rating === review.rating && review.isOwnRating)) return;
  await study.record({ type: 'rating', attempt: review.attempt, rating: picked.rating });
  vscode.window.setStatusBarMessage(
    `$(history) ${l10n.t('rate.done', { rating: picked.label, days: picked.description })}`,
    15_000,
  );
  await panel.refresh();
}

/** Takes back the last thing said to the schedule today: a rating, or an answer's share in it. */
export async function undo({ bank, l10n, panel, study }: Services): Promise<void> {
  const history = await study.history();
  const last = load('study').lastUndoable(history, study.today);
  if (!last) {
    void vscode.window.showInformationMessage(l10n.t('undo.nothing'));
    return;
  }
  await study.record({ type: 'undo', event: last.event });
  const { title } = await bank.item(last.subject);
  vscode.window.setStatusBarMessage(
    `$(discard) ${l10n.t(`undo.${last.type}`, { title: l10n.pick(title) })}`,
    15_000,
  );
  await panel.refresh();
}
