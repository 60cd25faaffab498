import * as vscode from 'vscode';
import { load } from '../../../load.ts';
import { COMMANDS } from '../../ids.ts';
import { requireSubject } from '../../openEntry.ts';
import type { Services } from '../../services.ts';

/** What the candidate may say to the schedule: another rating, or that an answer shall not count. */
export function register(services: Services): vscode.Disposable {
  const { report } = services;
  return vscode.Disposable.from(
    vscode.commands.registerCommand(
      COMMANDS.rate,
      report.guard((given?: unknown) => load('flows').rate(services, requireSubject(services, given))),
    ),
    vscode.commands.registerCommand(
      COMMANDS.undo,
      report.guard(() => load('flows').undo(services)),
    ),
  );
}
