import * as vscode from 'vscode';
import { load } from '../../../load.ts';
import { COMMANDS, CONTEXT } from '../../ids.ts';
import type { Services } from '../../services.ts';

/** After a real interview: what was asked is noted in a document and becomes questions and cards. */
export function register(services: Services): vscode.Disposable {
  const { practice, report } = services;
  const updateContext = () => {
    const uri = vscode.window.activeTextEditor?.document.uri;
    const isDebrief = uri !== undefined && (practice.relative(uri)?.startsWith('debriefs/') ?? false);
    return vscode.commands.executeCommand('setContext', CONTEXT.inDebrief, isDebrief);
  };
  void updateContext();
  return vscode.Disposable.from(
    vscode.window.onDidChangeActiveTextEditor(() => void updateContext()),
    vscode.commands.registerCommand(
      COMMANDS.debriefNew,
      report.guard(() => load('flows').newDebrief(services)),
    ),
    vscode.commands.registerCommand(
      COMMANDS.debriefSave,
      report.guard(() => load('flows').saveDebrief(services)),
    ),
  );
}
