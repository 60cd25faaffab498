import type * as vscode from 'vscode';
import type { Assistance } from './assistance.ts';
import type { Bank } from './bank.ts';
import type { Checks } from './checks.ts';
import type { Grading } from './grading.ts';
import type { Highlights } from './highlights.ts';
import type { InterviewClock } from './interviewClock.ts';
import type { Localizer } from './l10n.ts';
import type { Models } from './models.ts';
import type { Panel } from './panel/panel.ts';
import type { PracticeFolder } from './practice.ts';
import type { Reporter } from './report.ts';
import type { Speaking } from './speaking.ts';
import type { Stopwatch } from './stopwatch.ts';
import type { Study } from './study.ts';

/** What features are given; each is built once, in `extension.ts`. */
export interface Services {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly l10n: Localizer;
  readonly report: Reporter;
  readonly bank: Bank;
  readonly practice: PracticeFolder;
  readonly study: Study;
  readonly stopwatch: Stopwatch;
  readonly assistance: Assistance;
  readonly speaking: Speaking;
  readonly interviewClock: InterviewClock;
  readonly models: Models;
  readonly checks: Checks;
  readonly grading: Grading;
  readonly highlights: Highlights;
  readonly panel: Panel;
}
