import * as vscode from 'vscode';
import { COMMANDS, CONTEXT } from '../../ids.ts';
import type { Services } from '../../services.ts';

/** How long a quiet word stays in the status bar, in ms. */
const QUIET = 8_000;

/** The interview mode's command, and what is told when it begins and ends. */
export function register({ assistance, l10n, report }: Services): vscode.Disposable {
  const { t } = l10n;
  const say = (text: string) => vscode.window.setStatusBarMessage(text, QUIET);
  const setContext = () =>
    vscode.commands.executeCommand('setContext', CONTEXT.interviewMode, assistance.isOn);
  const offer = async (text: string, action: string, run: () => Promise<unknown>) => {
    if ((await vscode.window.showInformationMessage(text, action)) === action) await run();
  };
  const tellWhatIsOff = () => {
    const name = assistance.assistant;
    const more = name === undefined ? [] : [t('mode.assistant', { name })];
    const text = [t('mode.entered'), ...more].join(' ');
    void report.guard(offer)(text, t('mode.leave'), async () => assistance.isOn && assistance.leave());
  };
  const openAndEnter = async () => {
    await assistance.enterOnceOpen();
    await vscode.commands.executeCommand(COMMANDS.practiceOpen);
  };
  const leaveElsewhere = async () => {
    await assistance.leave();
    say(t('mode.left'));
  };
  const toggle = async () => {
    if (assistance.isOn) return assistance.leave();
    const entered = await assistance.enter();
    // The command does not wait for the choice.
    if (entered === 'not_open') void report.guard(offer)(t('mode.notOpen'), t('mode.open'), openAndEnter);
    if (entered === 'elsewhere')
      void report.guard(offer)(t('mode.elsewhere'), t('mode.leave'), leaveElsewhere);
    return undefined;
  };
  const subscriptions = vscode.Disposable.from(
    vscode.commands.registerCommand(COMMANDS.interviewModeToggle, report.guard(toggle)),
    assistance.onDidChange(() => {
      void setContext();
      if (assistance.isOn) tellWhatIsOff();
      else say(t('mode.left'));
    }),
    assistance.onDidRestore(() => say(t('mode.restored'))),
  );
  void assistance.start();
  return subscriptions;
}
