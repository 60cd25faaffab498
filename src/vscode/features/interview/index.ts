import * as vscode from 'vscode';
import { load } from '../../../load.ts';
import { COMMANDS, CONTEXT } from '../../ids.ts';
import type { Services } from '../../services.ts';

/** How often the clock of an interview is written down, in ms. */
const HEARTBEAT = 60_000;

/** The mock interview: timed questions, follow-ups on what was missed, and a report. */
export function register(services: Services): vscode.Disposable {
  const { interviewClock, log, panel, report, study } = services;
  const updateOpen = async () => {
    const open = (await study.history()).openInterview !== undefined;
    await vscode.commands.executeCommand('setContext', CONTEXT.interviewOpen, open);
  };
  const tell = () =>
    vscode.commands.executeCommand(
      'setContext',
      CONTEXT.interview,
      interviewClock.interview === undefined ? '' : interviewClock.isRunning ? 'running' : 'paused',
    );
  let heartbeat: NodeJS.Timeout | undefined;
  // Killed at any moment, an interview has lost less than a minute of its clock.
  const note = () => {
    const { interview, seconds, subject } = interviewClock;
    if (interview === undefined || !subject) return;
    const event = { type: 'interview_clock', interview, subject, paused: false, seconds } as const;
    study.record(event).catch((error: unknown) => log.error(String(error)));
  };
  const refresh = () => {
    clearInterval(heartbeat);
    heartbeat = interviewClock.isRunning ? setInterval(note, HEARTBEAT) : undefined;
    void tell();
    if (panel.ref?.page === 'interview') void panel.refresh();
  };
  return vscode.Disposable.from(
    new vscode.Disposable(() => clearInterval(heartbeat)),
    interviewClock.onDidChange(refresh),
    study.onDidChange(() => void updateOpen()),
    vscode.commands.registerCommand(
      COMMANDS.interviewStart,
      report.guard((given?: unknown) => load('flows').startInterview(services, given)),
    ),
    vscode.commands.registerCommand(
      COMMANDS.interviewResume,
      report.guard(() => load('flows').resumeInterview(services)),
    ),
    vscode.commands.registerCommand(
      COMMANDS.interviewHandIn,
      report.guard(() => load('flows').handIn(services)),
    ),
    vscode.commands.registerCommand(
      COMMANDS.interviewSkip,
      report.guard(() => load('flows').skipQuestion(services)),
    ),
    vscode.commands.registerCommand(
      COMMANDS.interviewPause,
      report.guard(() => load('flows').pauseInterview(services)),
    ),
    vscode.commands.registerCommand(
      COMMANDS.interviewEnd,
      report.guard(() => load('flows').endInterview(services)),
    ),
    vscode.commands.registerCommand(
      COMMANDS.interviewReport,
      report.guard(() => load('flows').showReport(services)),
    ),
    vscode.commands.registerCommand(
      COMMANDS.reportMarkdown,
      report.guard((given?: unknown) => load('flows').exportReport(services, 'markdown', given)),
    ),
    vscode.commands.registerCommand(
      COMMANDS.reportHtml,
      report.guard((given?: unknown) => load('flows').exportReport(services, 'html', given)),
    ),
  );
}
