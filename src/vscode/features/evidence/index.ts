import * as vscode from 'vscode';
import { COMMANDS } from '../../ids.ts';
import type { Services } from '../../services.ts';
import { onSettingChange, readSetting, writeSetting } from '../../settings.ts';

/**
 * The excerpts of the last grade on the candidate's own text. They follow grades, ticks, edits and the
 * language; the editor's own "Go to Next Comment" goes from one to the next.
 */
export function register({
  grading,
  highlights,
  l10n,
  practice,
  report,
  study,
}: Services): vscode.Disposable {
  const refresh = report.guard(() => highlights.refresh());
  const show = report.guard((document: vscode.TextDocument) => highlights.show(document));
  void refresh();
  return vscode.Disposable.from(
    grading.onDidGrade(() => void refresh()),
    study.onDidChange(() => void refresh()),
    l10n.onDidChange(() => void refresh()),
    practice.onDidChange(() => void refresh()),
    onSettingChange(['highlights'], () => void refresh()),
    vscode.workspace.onDidOpenTextDocument((document) => void show(document)),
    vscode.workspace.onDidCloseTextDocument((document) => highlights.clear(document)),
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) =>
      highlights.follow(document, contentChanges),
    ),
    vscode.window.onDidChangeVisibleTextEditors((editors) => {
      for (const editor of editors) highlights.decorate(editor);
    }),
    vscode.commands.registerCommand(
      COMMANDS.toggleHighlights,
      report.guard(() => writeSetting('highlights', !readSetting('highlights'))),
    ),
  );
}
