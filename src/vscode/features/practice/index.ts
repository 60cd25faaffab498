import * as vscode from 'vscode';
import { COMMANDS } from '../../ids.ts';
import type { Services } from '../../services.ts';
import { writeSetting } from '../../settings.ts';

/** The practice folder: open it in a window of its own, or choose another one. */
export function register({ practice, report, log }: Services): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand(
      COMMANDS.practiceOpen,
      report.guard(async () => {
        await practice.ensure();
        await vscode.commands.executeCommand('vscode.openFolder', vscode.Uri.file(practice.root), {
          forceNewWindow: true,
        });
      }),
    ),
    vscode.commands.registerCommand(
      COMMANDS.practiceChoose,
      report.guard(async () => {
        const [folder] =
          (await vscode.window.showOpenDialog({
            canSelectFolders: true,
            canSelectFiles: false,
            canSelectMany: false,
          })) ?? [];
        if (folder) await writeSetting('practiceFolder', folder.fsPath);
      }),
    ),
    vscode.commands.registerCommand(COMMANDS.logShow, () => log.show()),
  );
}
