import * as vscode from 'vscode';
import { COMMANDS } from '../../ids.ts';
import type { Services } from '../../services.ts';

/** The progress page. */
export function register({ panel, report, study }: Services): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand(
      COMMANDS.progress,
      report.guard(() => panel.show({ page: 'progress' }, { focus: true })),
    ),
    study.onDidChange(() => {
      const page = panel.ref?.page;
      if (page === 'progress' || page === 'eve' || page === 'history') void panel.refresh();
    }),
  );
}
