import * as vscode from 'vscode';
import { COMMANDS } from '../../ids.ts';
import type { Services } from '../../services.ts';

/** The line of actions above an answer: Check · Grade · Hint · Compare. */
export class AnswerLenses implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #services: Services;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable[];

  readonly onDidChangeCodeLenses = this.#changed.event;

  constructor(services: Services) {
    this.#services = services;
    const refresh = () => this.#changed.fire();
    this.#subscriptions = [
      this.#changed,
      vscode.languages.registerCodeLensProvider({ scheme: 'file' }, this),
      services.l10n.onDidChange(refresh),
      services.practice.onDidChange(refresh),
      services.study.onDidChange(refresh),
      services.grading.onDidTurn(refresh),
      services.interviewClock.onDidChange(refresh),
    ];
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    const { practice, l10n, grading, bank, interviewClock, study } = this.#services;
    const located = practice.locate(document.uri);
    if (!located) return [];
    const { subject } = located;
    const item = await bank.item(subject).catch(() => undefined);
    if (!item) return [];
    const top = new vscode.Range(0, 0, 0, 0);
    const lens = (title: string, command: string) =>
      new vscode.CodeLens(top, { title, command, arguments: [subject] });
    // In an interview there is nothing else to do with an answer.
    if (interviewClock.subject?.id === subject.id && interviewClock.isRunning)
      return [
        lens(`$(check) ${l10n.t('lens.handIn')}`, COMMANDS.interviewHandIn),
        lens(`$(debug-pause) ${l10n.t('lens.pause')}`, COMMANDS.interviewPause),
      ];
    const { hints } = (await study.history()).sitting(subject.id, study.today);
    const isRunning = grading.session(subject) !== undefined;
    const left = item.hints.length - hints;
    return [
      ...(subject.type === 'exercise' ? [lens(`$(beaker) ${l10n.t('lens.check')}`, COMMANDS.check)] : []),
      isRunning
        ? lens(`$(loading~spin) ${l10n.t('lens.grading')}`, COMMANDS.showGrade)
        : lens(`$(play) ${l10n.t('lens.grade')}`, COMMANDS.grade),
      ...(left > 0 ? [lens(`$(lightbulb) ${l10n.t('lens.hint', { left })}`, COMMANDS.hint)] : []),
      lens(`$(diff) ${l10n.t('lens.compare')}`, COMMANDS.compare),
    ];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }
}
