import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Subject } from '../../core/grading/grade.ts';
import { load } from '../../load.ts';
import type { Handlers, PanelCommand } from '../../shared/protocol.ts';
import { COMMANDS } from '../ids.ts';
import { openEntry } from '../openEntry.ts';
import { NEXT_STEPS } from '../report.ts';
import type { Services } from '../services.ts';

const RUN: Readonly<Record<PanelCommand, string>> = {
  again: COMMANDS.grade,
  gradeAgain: COMMANDS.gradeAgain,
  trace: COMMANDS.trace,
  contest: COMMANDS.contest,
  followUp: COMMANDS.followUp,
  solution: COMMANDS.solution,
  drillNext: COMMANDS.drillNext,
  drillStop: COMMANDS.drillStop,
  drillStart: COMMANDS.drillStart,
  drillWeakest: COMMANDS.drillWeakest,
  chooseModel: COMMANDS.modelChoose,
  setKey: COMMANDS.keySet,
  history: COMMANDS.history,
  rate: COMMANDS.rate,
  undo: COMMANDS.undo,
  todayStart: COMMANDS.todayStart,
  planSet: COMMANDS.planSet,
  interviewHandIn: COMMANDS.interviewHandIn,
  interviewSkip: COMMANDS.interviewSkip,
  interviewPause: COMMANDS.interviewPause,
  interviewEnd: COMMANDS.interviewEnd,
  interviewStart: COMMANDS.interviewStart,
  reportMarkdown: COMMANDS.reportMarkdown,
  reportHtml: COMMANDS.reportHtml,
};

/** What the panel may ask of the extension. */
export function createHandlers(services: Services): Handlers {
  const { bank, grading, panel, practice, report, speaking, study } = services;
  const subjectOfPage = () => (panel.ref && 'subject' in panel.ref ? panel.ref.subject : undefined);
  const fileOf = async (subject: Subject, file: string) => {
    const item = await bank.item(subject);
    const isKnown = 'files' in item ? item.files.some(({ path: name }) => name === file) : file === '';
    if (!isKnown) return undefined;
    return subject.type === 'exercise'
      ? practice.exerciseFile(subject.id, file)
      : practice.answerFile(subject, item.track);
  };
  const reveal = async (file: string, range: (document: vscode.TextDocument) => vscode.Range) => {
    const subject = subjectOfPage();
    const name = subject && (await fileOf(subject, file));
    if (!name) return null;
    const uri = vscode.Uri.file(path.normalize(name));
    const document = await vscode.workspace.openTextDocument(uri);
    const column = vscode.window.visibleTextEditors.find(
      (editor) => editor.document.uri.fsPath === uri.fsPath,
    )?.viewColumn;
    await vscode.window.showTextDocument(document, {
      selection: range(document),
      viewColumn: column ?? vscode.ViewColumn.Two,
      preview: false,
    });
    return null;
  };
  return {
    'grade/cancel': async () => {
      const subject = subjectOfPage();
      if (subject) grading.cancel(subject);
      return null;
    },
    'ticks/save': async ({ attempt, met }) => {
      await grading.tick(String(attempt), met.map(String));
      return null;
    },
    'place/open': ({ file, start, end }) =>
      reveal(file, (document) => new vscode.Range(document.positionAt(start), document.positionAt(end))),
    'finding/open': ({ file, line, column }) =>
      reveal(file, () => new vscode.Range(line, column, line, column)),
    'step/take': async ({ index }) => {
      const subject = subjectOfPage();
      const failure = subject && (await grading.last(subject))?.grade.failure;
      const step = failure && NEXT_STEPS[failure.code][index];
      if (step) await report.takeStep(step);
      return null;
    },
    'entry/open': async ({ id }) => {
      await openEntry(services, String(id));
      return null;
    },
    'speak/reveal': async () => {
      speaking.reveal();
      await panel.refresh();
      return null;
    },
    'speak/save': async ({ met }) => {
      await load('flows').saveSpoken(services, met.map(String));
      return null;
    },
    'speak/skip': async () => {
      await load('flows').nextOfDrill(services);
      return null;
    },
    'history/compare': async ({ before, after }) => {
      await load('flows').compareAttempts(services, String(before), String(after));
      return null;
    },
    'note/save': async ({ text }) => {
      const subject = subjectOfPage();
      if (subject) await study.record({ type: 'note', subject, text: String(text) });
      return null;
    },
    'command/run': async ({ command }) => {
      // Not awaited: the command may ask the candidate something.
      if (Object.hasOwn(RUN, command)) void vscode.commands.executeCommand(RUN[command], subjectOfPage());
      return null;
    },
  };
}
