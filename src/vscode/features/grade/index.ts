import * as path from 'node:path';
import * as vscode from 'vscode';
import { AppError, isAppError } from '../../../core/errors.ts';
import type { Subject } from '../../../core/grading/grade.ts';
import type { Handlers, PanelCommand } from '../../../shared/protocol.ts';
import { BankDocuments } from '../../documents.ts';
import { COMMANDS } from '../../ids.ts';
import { openEntry, requireSubject } from '../../openEntry.ts';
import { NEXT_STEPS } from '../../report.ts';
import type { Services } from '../../services.ts';
import { contest, exportContests } from './contest.ts';

/** Grade and check, from the palette, the CodeLens and the panel. */
export function register(services: Services): vscode.Disposable {
  const { report } = services;
  return vscode.Disposable.from(
    showProgress(services),
    vscode.commands.registerCommand(
      COMMANDS.grade,
      report.guard((given?: unknown) => grade(services, requireSubject(services, given), {})),
    ),
    vscode.commands.registerCommand(
      COMMANDS.gradeAgain,
      report.guard((given?: unknown) => grade(services, requireSubject(services, given), { fresh: true })),
    ),
    vscode.commands.registerCommand(
      COMMANDS.gradeOffline,
      report.guard((given?: unknown) => grade(services, requireSubject(services, given), { offline: true })),
    ),
    vscode.commands.registerCommand(
      COMMANDS.trace,
      report.guard((given?: unknown) => showTrace(services, requireSubject(services, given))),
    ),
    vscode.commands.registerCommand(
      COMMANDS.contest,
      report.guard((given?: unknown) => contest(services, requireSubject(services, given))),
    ),
    vscode.commands.registerCommand(
      COMMANDS.exportContests,
      report.guard((given?: unknown) => exportContests(services, given)),
    ),
    vscode.commands.registerCommand(
      COMMANDS.check,
      report.guard((given?: unknown) => check(services, requireSubject(services, given))),
    ),
    checkOnSave(services),
  );
}

/** Milliseconds between two drawings of a reply that is still coming in; its end is drawn at once. */
const DRAWING = 50;

function showProgress({ grading, panel }: Services): vscode.Disposable {
  let waiting: NodeJS.Timeout | undefined;
  const draw = () => {
    clearTimeout(waiting);
    waiting = undefined;
    void panel.refresh();
  };
  return vscode.Disposable.from(
    new vscode.Disposable(() => clearTimeout(waiting)),
    grading.onDidProgress((subject) => {
      if (panel.ref?.page !== 'grade' || panel.ref.subject.id !== subject.id) return;
      if (grading.session(subject)) waiting ??= setTimeout(draw, DRAWING);
      else draw();
    }),
  );
}

async function grade(
  services: Services,
  subject: Subject,
  how: Parameters<Services['grading']['grade']>[1],
): Promise<void> {
  await services.bank.item(subject);
  const graded = services.grading.grade(subject, how);
  services.panel.show({ page: 'grade', subject });
  try {
    await graded;
  } catch (error) {
    // A cancelled grade leaves the last one on screen.
    if (!(isAppError(error) && error.code === 'cancelled')) throw error;
  }
}

/** What was sent and received for the last grade, as a document beside the answer. */
async function showTrace({ grading }: Services, subject: Subject): Promise<void> {
  const graded = await grading.last(subject);
  if (!graded) throw new AppError('not_found', { id: subject.id });
  const document = await vscode.workspace.openTextDocument(BankDocuments.traceUri(graded.attempt, subject));
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One, preview: true });
}

async function check(services: Services, subject: Subject): Promise<void> {
  const { bank, checks, grading, l10n } = services;
  const exercise = await bank.exercise(subject.id);
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: l10n.t('check.running') },
    async () => {
      const { results, violations } = await checks.run(
        exercise,
        await grading.texts(subject, exercise),
        new AbortController().signal,
      );
      const passed = results.filter(({ outcome }) => outcome === 'passed').length;
      const notRun = results.find(({ outcome }) => outcome === 'not_run');
      if (notRun?.failure)
        services.report.failure(Object.assign(new Error(), { name: 'AppError', ...notRun.failure }));
      const summary = l10n.t('check.summary', {
        passed,
        total: results.length,
        findings: l10n.count('count.finding', violations.length),
      });
      vscode.window.setStatusBarMessage(`$(beaker) ${summary}`, 15_000);
      if (violations.length > 0) await vscode.commands.executeCommand('workbench.actions.view.problems');
      else if (!notRun) void vscode.window.showInformationMessage(summary);
    },
  );
}

// Files that are read and not run are checked each time they are saved, once they have been opened as an exercise.
function checkOnSave({ bank, checks, grading, practice, report }: Services): vscode.Disposable {
  return vscode.workspace.onDidSaveTextDocument(
    report.guard(async (document: vscode.TextDocument) => {
      const located = practice.locate(document.uri);
      if (located?.subject.type !== 'exercise') return;
      const exercise = await bank.exercise(located.subject.id).catch(() => undefined);
      if (!exercise?.checks.every(({ family }) => family !== 'python')) return;
      await checks.run(
        exercise,
        await grading.texts(located.subject, exercise),
        new AbortController().signal,
      );
    }),
  );
}

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
  chooseModel: COMMANDS.modelChoose,
  setKey: COMMANDS.keySet,
};

/** What the panel may ask of the extension. */
export function createHandlers(services: Services): Handlers {
  const { bank, grading, panel, practice, report } = services;
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
    'command/run': async ({ command }) => {
      // Not awaited: the command may ask the candidate something.
      if (Object.hasOwn(RUN, command)) void vscode.commands.executeCommand(RUN[command], subjectOfPage());
      return null;
    },
  };
}
