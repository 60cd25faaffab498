import * as vscode from 'vscode';
import { chooseFollowUp, followUpId, parseFollowUpId } from '../../../core/bank/followUp.ts';
import type { Subject } from '../../../core/grading/grade.ts';
import { missedPoints } from '../../../core/grading/missed.ts';
import { BankDocuments } from '../../documents.ts';
import { COMMANDS, CONTEXT } from '../../ids.ts';
import { currentSubject, openEntry, requireSubject } from '../../openEntry.ts';
import type { Services } from '../../services.ts';
import { AnswerLenses } from './lenses.ts';

/** What can be done around an answer: hint, solution, comparison, the other language. */
export function register(services: Services): vscode.Disposable {
  const { bank, interviewClock, l10n, panel, practice, report, study } = services;
  const documents = new BankDocuments(services);
  const lenses = new AnswerLenses(services);
  const updateContext = () => {
    const uri = vscode.window.activeTextEditor?.document.uri;
    const type = (uri && practice.locate(uri)?.subject.type) ?? '';
    return vscode.commands.executeCommand('setContext', CONTEXT.inAnswer, type);
  };
  void updateContext();
  // In an interview nobody helps.
  const helped = (help: (subject: Subject) => Promise<void>) =>
    report.guard(async (given?: unknown) => {
      const subject = requireSubject(services, given);
      if (interviewClock.subject?.id !== subject.id) return help(subject);
      void vscode.window.showInformationMessage(l10n.t('interview.noHelp'));
    });
  return vscode.Disposable.from(
    documents,
    lenses,
    vscode.window.onDidChangeActiveTextEditor(() => void updateContext()),
    practice.onDidChange(() => void updateContext()),
    vscode.commands.registerCommand(
      COMMANDS.hint,
      helped(async (subject) => {
        const item = await bank.item(subject);
        const { hints } = (await study.history()).sitting(subject.id, study.today);
        const isLast = hints >= item.hints.length;
        if (!isLast) await study.record({ type: 'hint', subject, rung: hints + 1 });
        await revealHints(subject);
        if (isLast) void vscode.window.showInformationMessage(l10n.t('hint.noMore'));
      }),
    ),
    vscode.commands.registerCommand(
      COMMANDS.solution,
      helped(async (subject) => {
        await bank.item(subject);
        panel.show({ page: 'solution', subject }, { focus: true });
        await study.record({ type: 'solution', subject });
      }),
    ),
    vscode.commands.registerCommand(
      COMMANDS.compare,
      helped(async (subject) => {
        const item = await bank.item(subject);
        const uri = vscode.window.activeTextEditor?.document.uri;
        const active = uri && practice.locate(uri)?.file;
        const file =
          'files' in item ? (item.files.find(({ path }) => path === active) ?? item.files[0])?.path : '';
        const own =
          subject.type === 'exercise'
            ? practice.exerciseFile(subject.id, file ?? '')
            : practice.answerFile(subject, item.track);
        await vscode.commands.executeCommand(
          'vscode.diff',
          vscode.Uri.file(own),
          BankDocuments.solutionUri(subject, file ?? ''),
          l10n.t('compare.title', { title: l10n.pick(item.title) }),
        );
        await study.record({ type: 'solution', subject });
      }),
    ),
    vscode.commands.registerCommand(
      COMMANDS.followUp,
      report.guard((given?: unknown) => openFollowUp(services, requireSubject(services, given))),
    ),
    vscode.commands.registerCommand(
      COMMANDS.otherLanguage,
      report.guard(async () => {
        const subject = requireSubject(services);
        documents.toggleOtherLanguage(subject);
        await showPrompt(subject);
      }),
    ),
    vscode.commands.registerCommand(
      COMMANDS.showGrade,
      report.guard(() => {
        const subject = currentSubject(services);
        if (subject) panel.show({ page: 'grade', subject }, { focus: true });
        else panel.show({ page: 'diagnosis' }, { focus: true });
      }),
    ),
  );
}

/** Opens the question that follows on the worst point that the last graded answer missed. */
async function openFollowUp(services: Services, subject: Subject): Promise<void> {
  const { bank, grading, l10n } = services;
  const item = await bank.item(subject);
  const grade = (await grading.last(subject))?.grade;
  if (grade?.status !== 'graded') {
    void vscode.window.showInformationMessage(l10n.t('followup.ungraded'));
    return;
  }
  const isQuestion = 'follow_ups' in item && parseFollowUpId(subject.id) === undefined;
  const point = isQuestion ? chooseFollowUp(item, missedPoints(item.points, grade)) : undefined;
  if (point) await openEntry(services, followUpId(subject.id, point.id));
  else void vscode.window.showInformationMessage(l10n.t('followup.none'));
}

async function showPrompt(subject: Subject): Promise<vscode.TextEditor> {
  const document = await vscode.workspace.openTextDocument(BankDocuments.promptUri(subject));
  return vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One, preserveFocus: true });
}

// The newest hint is the document's last line.
async function revealHints(subject: Subject): Promise<void> {
  const editor = await showPrompt(subject);
  const end = editor.document.lineAt(editor.document.lineCount - 1).range.end;
  editor.revealRange(new vscode.Range(end, end));
}
