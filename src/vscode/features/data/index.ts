import * as vscode from 'vscode';
import { load } from '../../../load.ts';
import { COMMANDS } from '../../ids.ts';
import type { Services } from '../../services.ts';

/** All that was recorded: out of the machine, into another one, and gone. */
export function register(services: Services): vscode.Disposable {
  const { report } = services;
  return vscode.Disposable.from(
    vscode.commands.registerCommand(
      COMMANDS.dataExport,
      report.guard((given?: unknown) => load('flows').exportData(services, given)),
    ),
    vscode.commands.registerCommand(
      COMMANDS.dataImport,
      report.guard((given?: unknown) => load('flows').importData(services, given)),
    ),
    vscode.commands.registerCommand(
      COMMANDS.dataDelete,
      report.guard((given?: unknown) => load('flows').deleteData(services, given)),
    ),
  );
}
