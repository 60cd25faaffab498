import * as vscode from 'vscode';
import { load } from '../../../load.ts';
import { COMMANDS } from '../../ids.ts';
import type { Services } from '../../services.ts';

/** Finished exercises as a folder that can be pushed as it is. */
export function register(services: Services): vscode.Disposable {
  return vscode.commands.registerCommand(
    COMMANDS.portfolioExport,
    services.report.guard((given?: unknown) => load('flows').exportPortfolio(services, given)),
  );
}
