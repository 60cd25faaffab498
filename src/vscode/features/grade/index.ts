import * as vscode from 'vscode';
import { AppError, isAppError } from '../../../core/errors.ts';
import type { Subject } from '../../../core/grading/grade.ts';
import { load } from '../../../load.ts';
import { BankDocuments } from '../../documents.ts';
import { COMMANDS } from '../../ids.ts';
import { requireSubject } from '../../openEntry.ts';
import type { Services } from '../../services.ts';

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
      report.guard((given?: unknown) => load('flows').contest(services, requireSubject(services, given))),
    ),
    vscode.commands.registerCommand(
      COMMANDS.exportContests,
      report.guard((given?: unknown) => load('flows').exportContests(services, given)),
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
  const { bank, grading, interviewClock, panel, study } = services;
  await bank.item(subject);
  if (interviewClock.subject?.id === subject.id) {
    await vscode.commands.executeCommand(COMMANDS.interviewHandIn);
    return;
  }
  const graded = grading.grade(subject, how);
  // A drill that tells its grades at the end goes straight on to the next question.
  const drill = (await study.history()).openDrill;
  const isQuiet = drill?.feedback === 'end' && drill.subjects.some(({ id }) => id === subject.id);
  if (!isQuiet) panel.show({ page: 'grade', subject });
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
