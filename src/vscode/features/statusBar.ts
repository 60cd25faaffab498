import * as vscode from 'vscode';
import { COMMANDS, VIEWS } from '../ids.ts';
import type { Services } from '../services.ts';
import { onSettingChange, readSetting } from '../settings.ts';

/** The one status-bar item: a grade on its way, the drill's place, else the way into the sidebar. */
export function register({ grading, l10n, study }: Services): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('canari.status', vscode.StatusBarAlignment.Right, 0);
  let hasRead = false;
  const update = async () => {
    // Before anything of Canari is used there is no drill to look for, and no file to read.
    const drill = hasRead ? (await study.history()).openDrill : undefined;
    item.name = 'Canari';
    if (grading.isRunning) {
      item.text = `$(loading~spin) ${l10n.t('status.grading')}`;
      item.command = COMMANDS.showGrade;
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
    if (readSetting('statusBar')) item.show();
    else item.hide();
  };
  void update();
  return vscode.Disposable.from(
    item,
    grading.onDidTurn(() => void update()),
    study.onDidChange(() => {
      hasRead = true;
      void update();
    }),
    l10n.onDidChange(() => void update()),
    onSettingChange(['statusBar'], () => void update()),
  );
}
