import * as vscode from 'vscode';
import { AppError } from './core/errors.ts';
import { load } from './load.ts';
import { Assistance } from './vscode/assistance.ts';
import { Bank } from './vscode/bank.ts';
import { Checks } from './vscode/checks.ts';
import * as answer from './vscode/features/answer/index.ts';
import * as data from './vscode/features/data/index.ts';
import * as debrief from './vscode/features/debrief/index.ts';
import * as drill from './vscode/features/drill/index.ts';
import * as evidence from './vscode/features/evidence/index.ts';
import * as grade from './vscode/features/grade/index.ts';
import * as history from './vscode/features/history/index.ts';
import * as interview from './vscode/features/interview/index.ts';
import * as interviewMode from './vscode/features/interviewMode/index.ts';
import * as language from './vscode/features/language/index.ts';
import * as model from './vscode/features/model/index.ts';
import * as packs from './vscode/features/packs/index.ts';
import * as plan from './vscode/features/plan/index.ts';
import * as portfolio from './vscode/features/portfolio/index.ts';
import * as practiceFeature from './vscode/features/practice/index.ts';
import * as progress from './vscode/features/progress/index.ts';
import * as questions from './vscode/features/questions/index.ts';
import * as review from './vscode/features/review/index.ts';
import * as statusBar from './vscode/features/statusBar.ts';
import * as today from './vscode/features/today/index.ts';
import { Grading } from './vscode/grading.ts';
import { Highlights } from './vscode/highlights.ts';
import { InterviewClock } from './vscode/interviewClock.ts';
import { Localizer } from './vscode/l10n.ts';
import { Models } from './vscode/models.ts';
import { type Pages, Panel } from './vscode/panel/panel.ts';
import { PracticeFolder } from './vscode/practice.ts';
import { Reporter } from './vscode/report.ts';
import type { Services } from './vscode/services.ts';
import { Speaking } from './vscode/speaking.ts';
import { Stopwatch } from './vscode/stopwatch.ts';
import { Study } from './vscode/study.ts';

const FEATURES = [
  today,
  questions,
  answer,
  grade,
  evidence,
  drill,
  plan,
  review,
  interview,
  interviewMode,
  history,
  debrief,
  progress,
  portfolio,
  data,
  language,
  model,
  packs,
  practiceFeature,
  statusBar,
];

/** Wiring only: services in the order of their needs, then the features. Tests get the services back. */
export function activate(context: vscode.ExtensionContext): Services | undefined {
  const log = vscode.window.createOutputChannel('Canari', { log: true });
  const l10n = new Localizer(context.extensionPath);
  const report = new Reporter(l10n, log);
  const practice = new PracticeFolder();
  const study = new Study(context, (lines) => {
    const [first] = lines;
    if (first)
      report.failure(
        new AppError('store_unreadable', { path: `${first.file}:${first.line}`, detail: first.reason }),
      );
  });
  const bank = new Bank(context.extensionPath, async () => (await study.history()).ownQuestions);
  const stopwatch = new Stopwatch(practice);
  const assistance = new Assistance({ context, practice, report, log });
  const speaking = new Speaking();
  const interviewClock = new InterviewClock();
  const models = new Models(context);
  const checks = new Checks(context, l10n, practice, log);
  const grading = new Grading({
    bank,
    practice,
    study,
    stopwatch,
    assistance,
    models,
    checks,
    l10n,
    report,
  });
  const highlights = new Highlights({ bank, grading, practice, l10n });
  const panel = new Panel({ extensionUri: context.extensionUri, l10n, report, log });
  const services: Services = {
    context,
    log,
    l10n,
    report,
    bank,
    practice,
    study,
    stopwatch,
    assistance,
    speaking,
    interviewClock,
    models,
    checks,
    grading,
    highlights,
    panel,
  };
  let pages: Pages | undefined;
  panel.serve(() => {
    pages ??= {
      build: load('pages').createPages(services),
      handlers: load('pages').createHandlers(services),
    };
    return pages;
  });
  context.subscriptions.push(log, l10n, bank, practice, study, stopwatch, assistance, interviewClock);
  context.subscriptions.push(checks, grading, highlights, panel);
  context.subscriptions.push(...FEATURES.map((feature) => feature.register(services)));
  return context.extensionMode === vscode.ExtensionMode.Test ? services : undefined;
}
