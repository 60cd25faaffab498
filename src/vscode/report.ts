import * as vscode from 'vscode';
import { asAppError, type ErrorCode } from '../core/errors.ts';
import type { Failure } from '../core/ports.ts';
import { COMMANDS, type CommandId, type Settings } from './ids.ts';
import type { Key, Localizer } from './l10n.ts';

/** What a person can do about a failure: run a command, or change a setting. */
export type NextStep =
  | { readonly label: Key; readonly command: CommandId | 'workbench.trust.manage' }
  | { readonly label: Key; readonly setting: keyof Settings };

const KEY: NextStep = { label: 'step.setKey', command: COMMANDS.keySet };
const MODEL: NextStep = { label: 'step.chooseModel', command: COMMANDS.modelChoose };
const OFFLINE: NextStep = { label: 'step.gradeOffline', command: COMMANDS.gradeOffline };
const AGAIN: NextStep = { label: 'step.gradeAgain', command: COMMANDS.grade };
const DIAGNOSE: NextStep = { label: 'step.diagnose', command: COMMANDS.diagnose };
const ENDPOINT: NextStep = { label: 'step.endpoint', setting: 'openai.baseUrl' };
const FOLDER: NextStep = { label: 'step.folder', command: COMMANDS.practiceChoose };
const LOG: NextStep = { label: 'step.log', command: COMMANDS.logShow };
const TRUST: NextStep = { label: 'step.trust', command: 'workbench.trust.manage' };

/** The next steps of every failure, the likeliest first. Silent ones have none and are not shown. */
export const NEXT_STEPS: Readonly<Record<ErrorCode, readonly NextStep[]>> = {
  cancelled: [],
  internal: [LOG],
  not_found: [{ label: 'step.search', command: COMMANDS.search }],
  practice_folder_unwritable: [FOLDER],
  practice_folder_foreign: [FOLDER],
  answer_unsaved: [FOLDER],
  store_unwritable: [LOG],
  store_unreadable: [LOG],
  archive_invalid: [],
  export_unwritable: [],
  workspace_untrusted: [TRUST],
  bank_unreadable: [LOG],
  pack_file_invalid: [{ label: 'step.packs', setting: 'packs' }],
  sandbox_unavailable: [LOG],
  sandbox_timeout: [],
  sandbox_memory: [],
  sandbox_crashed: [LOG],
  not_modelled: [],
  no_model_chosen: [MODEL, OFFLINE],
  no_editor_model: [MODEL, OFFLINE],
  no_api_key: [KEY, OFFLINE],
  endpoint_invalid: [ENDPOINT, OFFLINE],
  endpoint_unreachable: [AGAIN, ENDPOINT, OFFLINE],
  endpoint_not_a_model: [ENDPOINT, OFFLINE],
  provider_auth: [KEY, OFFLINE],
  provider_model_missing: [MODEL, OFFLINE],
  provider_rejected: [MODEL, OFFLINE],
  provider_rate_limited: [AGAIN, OFFLINE],
  provider_quota: [OFFLINE],
  provider_failed: [AGAIN, OFFLINE],
  model_consent: [AGAIN, OFFLINE],
  prompt_too_long: [MODEL, OFFLINE],
  send_declined: [OFFLINE],
  model_refused: [MODEL, OFFLINE],
  reply_empty: [AGAIN, MODEL, OFFLINE],
  reply_truncated: [AGAIN, MODEL, OFFLINE],
  reply_malformed: [AGAIN, MODEL, OFFLINE],
  reply_stalled: [AGAIN, DIAGNOSE, OFFLINE],
  judge_unreliable: [MODEL, OFFLINE, AGAIN],
  grading_timeout: [AGAIN, MODEL, OFFLINE],
};

/** The only place that tells a person of a failure. */
export class Reporter {
  readonly #l10n: Localizer;
  readonly #log: vscode.LogOutputChannel;

  constructor(l10n: Localizer, log: vscode.LogOutputChannel) {
    this.#l10n = l10n;
    this.#log = log;
  }

  /** A failure in words. */
  message(failure: Failure): string {
    return this.#l10n.t(`error.${failure.code}`, failure.params);
  }

  async takeStep(step: NextStep): Promise<void> {
    if ('command' in step) await vscode.commands.executeCommand(step.command);
    else await vscode.commands.executeCommand('workbench.action.openSettings', `canari.${step.setting}`);
  }

  /** Shows what went wrong and offers the next steps; does not wait for the choice. */
  failure(thrown: unknown): void {
    const error = asAppError(thrown);
    if (error.code === 'cancelled') return;
    this.#log.error(error.message, error.stack ?? '', error.cause === undefined ? '' : String(error.cause));
    const steps = NEXT_STEPS[error.code];
    const labels = steps.map((step) => this.#l10n.t(step.label));
    void vscode.window.showErrorMessage(this.message(error), ...labels).then((chosen) => {
      const step = chosen === undefined ? undefined : steps[labels.indexOf(chosen)];
      if (step) return this.takeStep(step);
      return undefined;
    });
  }

  /** A command's body, with its failures told. */
  guard<Args extends unknown[]>(run: (...args: Args) => unknown): (...args: Args) => Promise<unknown> {
    return async (...args) => {
      try {
        return await run(...args);
      } catch (error) {
        this.failure(error);
        return undefined;
      }
    };
  }
}
