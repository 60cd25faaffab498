import * as vscode from 'vscode';
import { COMMANDS, VIEWS } from '../ids.ts';
import type { Services } from '../services.ts';
import { onSettingChange, readSetting } from '../settings.ts';

/** The one status-bar item: a grade on its way, the drill's place, else the way into the sidebar. */
export function register({ assistance, grading, interviewClock, l10n, study }: Services): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('canari.status', vscode.StatusBarAlignment.Right, 0);
  let hasRead = false;
  let ticking: NodeJS.Timeout | undefined;
  const update = async () => {
    // Before anything of Canari is used there is no drill to look for, and no file to read.
    const drill = hasRead ? (await study.history()).openDrill : undefined;
    item.name = 'Canari';
    if (grading.isRunning) {
      item.text = `$(loading~spin) ${l10n.t('status.grading')}`;
      item.command = COMMANDS.showGrade;
    } else if (interviewClock.interview !== undefined) {
      const { isRunning, left } = interviewClock;
      const text = isRunning
        ? l10n.t('status.timeLeft', { time: clockTime(left) })
        : l10n.t(interviewClock.isBusy ? 'status.grading' : 'status.paused');
      item.text = `$(comment-discussion) ${text}`;
      item.command = COMMANDS.interviewResume;
    } else if (drill) {
      item.text = `$(mortar-board) ${l10n.t('status.drill', { done: drill.steps.length, total: drill.subjects.length })}`;
      item.command = COMMANDS.drillResume;
    } else {
      item.text = '$(mortar-board) Canari';
      item.command = `${VIEWS.questions}.focus`;
    }
    // Idle, the item has no words of its own: nothing is read from the disk at start-up.
    if (drill && !grading.isRunning) item.tooltip = l10n.t('status.resume');
    else item.tooltip = undefined;
    if (assistance.isOn) {
      item.text += ` $(shield) ${l10n.t('status.mode')}`;
      if (!grading.isRunning && !drill && interviewClock.interview === undefined) {
        item.command = COMMANDS.interviewModeToggle;
        item.tooltip = l10n.t('status.modeLeave');
      }
    }
    if (readSetting('statusBar') || assistance.isOn) item.show();
    else item.hide();
  };
  void update();
  return vscode.Disposable.from(
    item,
    grading.onDidTurn(() => void update()),
    assistance.onDidChange(() => void update()),
    interviewClock.onDidChange(() => {
      // The time that is left ticks while the clock runs, and at no other time.
      clearInterval(ticking);
      ticking = interviewClock.isRunning ? setInterval(() => void update(), 1_000) : undefined;
      void update();
    }),
    new vscode.Disposable(() => clearInterval(ticking)),
    study.onDidChange(() => {
      hasRead = true;
      void update();
    }),
    l10n.onDidChange(() => void update()),
    onSettingChange(['statusBar'], () => void update()),
  );
}

/** Minutes and seconds, as a clock shows them. */
function clockTime(seconds: number): string {
  const [minutes, rest] = [Math.floor(Math.abs(seconds) / 60), Math.abs(seconds) % 60];
  return `${seconds < 0 ? '\u2212' : ''}${minutes}:${String(rest).padStart(2, '0')}`;
}
