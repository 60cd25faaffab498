import * as vscode from 'vscode';
import type { DrillWish } from '../../../core/study/drill.ts';
import { load } from '../../../load.ts';
import { COMMANDS, CONTEXT } from '../../ids.ts';
import type { Services } from '../../services.ts';

/** Drills: questions one after the other, written or said aloud, resumable, with a summary of what was missed. */
export function register(services: Services): vscode.Disposable {
  const { grading, report, study } = services;
  const updateContext = async () => {
    const open = (await study.history()).openDrill !== undefined;
    await vscode.commands.executeCommand('setContext', CONTEXT.drillOpen, open);
  };
  const start = (wish?: DrillWish) => report.guard(() => load('flows').startDrill(services, wish));
  return vscode.Disposable.from(
    study.onDidChange(() => void updateContext()),
    grading.onDidGrade(report.guard((graded) => load('flows').onGraded(services, graded))),
    vscode.commands.registerCommand(COMMANDS.drillStart, start()),
    vscode.commands.registerCommand(COMMANDS.drillQuick, start({ kind: 'quick' })),
    vscode.commands.registerCommand(COMMANDS.drillDue, start({ kind: 'due' })),
    vscode.commands.registerCommand(COMMANDS.drillWeakest, start({ kind: 'weakest' })),
    vscode.commands.registerCommand(COMMANDS.drillExercises, start({ kind: 'exercises' })),
    vscode.commands.registerCommand(COMMANDS.drillSurprise, start({ kind: 'surprise' })),
    vscode.commands.registerCommand(COMMANDS.drillSpeak, start({ kind: 'speak', count: 10 })),
    vscode.commands.registerCommand(COMMANDS.drillDiagnostic, start({ kind: 'diagnostic' })),
    vscode.commands.registerCommand(COMMANDS.todayStart, start({ kind: 'today' })),
    vscode.commands.registerCommand(
      COMMANDS.drillResume,
      report.guard(() => load('flows').resumeDrill(services)),
    ),
    vscode.commands.registerCommand(
      COMMANDS.drillNext,
      report.guard(() => load('flows').nextOfDrill(services)),
    ),
    vscode.commands.registerCommand(
      COMMANDS.drillStop,
      report.guard(() => load('flows').stopDrill(services)),
    ),
  );
}
