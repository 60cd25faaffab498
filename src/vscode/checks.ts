import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Exercise } from '../core/bank/question.ts';
import type { PythonSandbox, Rule, Violation } from '../core/checks/finding.ts';
import type { CheckRun } from '../core/checks/runChecks.ts';
import type { Localized } from '../core/language.ts';
import { load } from '../load.ts';
import type { Localizer } from './l10n.ts';
import type { PracticeFolder } from './practice.ts';

/** Runs the checks of exercises, and keeps their findings as Diagnostics on the candidate's files. */
export class Checks implements vscode.Disposable {
  readonly #context: vscode.ExtensionContext;
  readonly #l10n: Localizer;
  readonly #practice: PracticeFolder;
  readonly #log: vscode.LogOutputChannel;
  readonly #diagnostics = vscode.languages.createDiagnosticCollection('canari');
  readonly #shown = new Map<string, { exercise: Exercise; violations: readonly Violation[] }>();
  readonly #subscriptions: vscode.Disposable[];
  #sandbox: (PythonSandbox & { dispose(): void; warm(): void }) | undefined;

  constructor(
    context: vscode.ExtensionContext,
    l10n: Localizer,
    practice: PracticeFolder,
    log: vscode.LogOutputChannel,
  ) {
    this.#context = context;
    this.#l10n = l10n;
    this.#practice = practice;
    this.#log = log;
    this.#subscriptions = [
      this.#diagnostics,
      l10n.onDidChange(() => {
        for (const { exercise, violations } of this.#shown.values()) this.#show(exercise, violations);
      }),
      vscode.workspace.onDidCloseTextDocument((document) => this.#diagnostics.delete(document.uri)),
    ];
  }

  /** Checks the files as they are in the editor, and shows what was found on them. */
  async run(
    exercise: Exercise,
    files: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<CheckRun> {
    const run = await load('checks').runChecks(exercise, files, { python: this.#python() }, signal);
    this.#show(exercise, run.violations);
    return run;
  }

  /** Starts the Python child while the candidate still reads; it is dropped when idle. */
  warm(exercise: Exercise): void {
    if (!vscode.workspace.isTrusted || !exercise.checks.some(({ family }) => family === 'python')) return;
    this.#sandboxed().warm();
  }

  dispose(): void {
    this.#sandbox?.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  // In a window that is not trusted nothing is run, not even in the sandbox.
  #python(): PythonSandbox {
    if (vscode.workspace.isTrusted) return this.#sandboxed();
    return {
      run: () => Promise.resolve({ state: 'not_run', code: 'workspace_untrusted', detail: '' }),
    };
  }

  #sandboxed() {
    this.#sandbox ??= load('checks').createPythonSandbox({
      runtimeDir: path.join(this.#context.extensionPath, 'dist', 'sandbox'),
      cacheDir: this.#context.globalStorageUri.fsPath,
      log: (line) => this.#log.debug(line),
    });
    return this.#sandbox;
  }

  #show(exercise: Exercise, violations: readonly Violation[]): void {
    this.#shown.set(exercise.id, { exercise, violations });
    for (const { path: file } of exercise.files) {
      const uri = vscode.Uri.file(this.#practice.exerciseFile(exercise.id, file));
      const own = violations.filter((violation) => violation.file === file);
      this.#diagnostics.set(
        uri,
        own.flatMap((violation) => {
          const rule = exercise.rules[violation.rule];
          return rule ? [this.#diagnostic(rule, violation)] : [];
        }),
      );
    }
  }

  #diagnostic(rule: Rule, violation: Violation): vscode.Diagnostic {
    const { start, end } = violation.range;
    const text = `${this.fill(rule.message, violation)}\n${this.fill(rule.why, violation)}`;
    const diagnostic = new vscode.Diagnostic(
      new vscode.Range(start.line, start.column, end.line, end.column),
      text,
      SEVERITY[rule.severity],
    );
    diagnostic.source = 'Canari';
    diagnostic.code = { value: violation.rule, target: vscode.Uri.parse(rule.link.url) };
    return diagnostic;
  }

  /** A rule's text in the reader's language, with the violation's values. */
  fill(text: Localized, violation: Violation): string {
    return this.#l10n
      .pick(text)
      .replace(/\{(\w+)\}/g, (place, name: string) => violation.params?.[name] ?? place);
  }
}

const SEVERITY = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
} as const;
