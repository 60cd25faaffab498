import * as vscode from 'vscode';
import { BankDocuments } from '../../documents.ts';
import { COMMANDS, CONTEXT } from '../../ids.ts';
import { currentSubject, requireSubject } from '../../openEntry.ts';
import type { Services } from '../../services.ts';
import { AnswerLenses } from './lenses.ts';

/** What can be done around an answer: hint, solution, comparison, the other language. */
export function register(services: Services): vscode.Disposable {
  const { bank, l10n, panel, practice, report, study } = services;
  const documents = new BankDocuments(services);
  const lenses = new AnswerLenses(services);
  const updateContext = () => {
    const uri = vscode.window.activeTextEditor?.document.uri;
    const type = (uri && practice.locate(uri)?.subject.type) ?? '';
    return vscode.commands.executeCommand('setContext', CONTEXT.inAnswer, type);
  };
  void updateContext();
  return vscode.Disposable.from(
    documents,
    lenses,
    vscode.window.onDidChangeActiveTextEditor(() => void updateContext()),
    practice.onDidChange(() => void updateContext()),
    vscode.commands.registerCommand(
      COMMANDS.hint,
      report.guard(async (given?: unknown) => {
        const subject = requireSubject(services, given);
        const item = await bank.item(subject);
        const { hints } = (await study.history()).entry(subject.id);
        const isLast = hints >= item.hints.length;
        if (!isLast) await study.record({ type: 'hint', subject, rung: hints + 1 });
        await revealHints(subject);
        if (isLast) void vscode.window.showInformationMessage(l10n.t('hint.noMore'));
      }),
    ),
    vscode.commands.registerCommand(
      COMMANDS.solution,
      report.guard(async (given?: unknown) => {
        const subject = requireSubject(services, given);
        await bank.item(subject);
        panel.show({ page: 'solution', subject }, { focus: true });
        await study.record({ type: 'solution', subject });
      }),
    ),
    vscode.commands.registerCommand(
      COMMANDS.compare,
      report.guard(async (given?: unknown) => {
        const subject = requireSubject(services, given);
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

async function showPrompt(
  subject: Parameters<typeof BankDocuments.promptUri>[0],
): Promise<vscode.TextEditor> {
  const document = await vscode.workspace.openTextDocument(BankDocuments.promptUri(subject));
  return vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One, preserveFocus: true });
}

// The newest hint is the document's last line.
async function revealHints(subject: Parameters<typeof BankDocuments.promptUri>[0]): Promise<void> {
  const editor = await showPrompt(subject);
  const end = editor.document.lineAt(editor.document.lineCount - 1).range.end;
  editor.revealRange(new vscode.Range(end, end));
}
