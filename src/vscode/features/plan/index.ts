import * as vscode from 'vscode';
import { load } from '../../../load.ts';
import { COMMANDS } from '../../ids.ts';
import type { Services } from '../../services.ts';

/** The way to the interview: its date, the minutes a day, and the page for the day before. */
export function register(services: Services): vscode.Disposable {
  const { panel, report } = services;
  return vscode.Disposable.from(
    vscode.commands.registerCommand(
      COMMANDS.planSet,
      report.guard(() => load('flows').setPlan(services)),
    ),
    vscode.commands.registerCommand(
      COMMANDS.planEve,
      report.guard(() => panel.show({ page: 'eve' }, { focus: true })),
    ),
  );
}
