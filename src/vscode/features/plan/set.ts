import * as vscode from 'vscode';
import { addDays, daysBetween, isDay, noonOf } from '../../../core/study/day.ts';
import { COMMANDS } from '../../ids.ts';
import { pickStep } from '../../pickStep.ts';
import type { Services } from '../../services.ts';
import { readSetting, writeSetting } from '../../settings.ts';

const MINUTES = [15, 30, 45, 60, 90] as const;

/** Days ahead that are offered; any other date can be typed. */
const AHEAD = [3, 7, 14, 21, 30] as const;

/** Asks for the date of the interview and the minutes a day, then offers the diagnostic to a newcomer. */
export async function setPlan({ l10n, study }: Services): Promise<void> {
  const title = l10n.t('plan.title');
  const { today } = study;
  const format = new Intl.DateTimeFormat(l10n.lang, { dateStyle: 'full', timeZone: 'UTC' });
  const chosen = await pickStep({ title, step: 1, of: 2, placeholder: l10n.t('plan.when') }, [
    ...AHEAD.map((days) => ({
      label: l10n.count('count.inDays', days),
      description: format.format(noonOf(addDays(today, days))),
      value: addDays(today, days),
    })),
    { label: l10n.t('plan.otherDate'), value: 'other' },
    { label: l10n.t('plan.noDate'), description: l10n.t('plan.noDateWhy'), value: '' },
  ]);
  if (chosen === undefined) return;
  const date =
    chosen === 'other'
      ? await vscode.window.showInputBox({
          title,
          prompt: l10n.t('plan.typeDate'),
          placeHolder: addDays(today, 14),
          value: readSetting('interviewDate'),
          ignoreFocusOut: true,
          validateInput: (text) =>
            !isDay(text.trim())
              ? l10n.t('plan.notADate', { example: addDays(today, 14) })
              : daysBetween(today, text.trim()) < 0
                ? l10n.t('plan.past')
                : undefined,
        })
      : chosen;
  if (date === undefined) return;
  const minutes = await pickStep(
    { title, step: 2, of: 2, placeholder: l10n.t('plan.minutes') },
    MINUTES.map((value) => ({ label: l10n.t('plan.minutesADay', { minutes: value }), value })),
  );
  if (minutes === undefined) return;
  await writeSetting('interviewDate', date.trim());
  await writeSetting('minutesPerDay', minutes);

  const done = l10n.t(date === '' ? 'plan.setOpen' : 'plan.set', {
    date: date === '' ? '' : format.format(noonOf(date.trim())),
    minutes,
  });
  const diagnostic = l10n.t('plan.diagnostic');
  const hasOne = (await study.history()).drills.some(({ kind }) => kind === 'diagnostic');
  const answer = await vscode.window.showInformationMessage(done, ...(hasOne ? [] : [diagnostic]));
  if (answer === diagnostic) await vscode.commands.executeCommand(COMMANDS.drillDiagnostic);
}
