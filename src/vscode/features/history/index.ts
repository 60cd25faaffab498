import * as vscode from 'vscode';
import { load } from '../../../load.ts';
import { AttemptDocuments } from '../../attemptDocuments.ts';
import { COMMANDS } from '../../ids.ts';
import { requireSubject } from '../../openEntry.ts';
import type { Services } from '../../services.ts';

/** Everything that was ever handed in for an entry, side by side if wanted, and the candidate's own note on it. */
export function register(services: Services): vscode.Disposable {
  const { bank, panel, report } = services;
  return vscode.Disposable.from(
    new AttemptDocuments(services),
    vscode.commands.registerCommand(
      COMMANDS.history,
      report.guard(async (given?: unknown) => {
        const subject = requireSubject(services, given);
        await bank.item(subject);
        panel.show({ page: 'history', subject }, { focus: true });
      }),
    ),
    vscode.commands.registerCommand(
      COMMANDS.compareAttempts,
      report.guard((given?: unknown) =>
        load('flows').compareWithLast(services, requireSubject(services, given)),
      ),
    ),
    vscode.commands.registerCommand(
      COMMANDS.noteEdit,
      report.guard((given?: unknown) => load('flows').editNote(services, requireSubject(services, given))),
    ),
  );
}
