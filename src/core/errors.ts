/**
 * Every failure that a person can meet, by code. The words and the next step for each are in
 * `l10n/<lang>.json` under `error.<code>`, spoken by `src/vscode/report.ts` alone.
 */
export const ERROR_CODES = [
  // the machine and the disk
  'cancelled',
  'internal',
  'not_found',
  'practice_folder_unwritable',
  'practice_folder_foreign',
  'answer_unsaved',
  'store_unwritable',
  'store_unreadable',
  'archive_invalid',
  'export_unwritable',
  'workspace_untrusted',
  // the bank
  'bank_unreadable',
  'pack_file_invalid',
  // code that is run
  'sandbox_unavailable',
  'sandbox_timeout',
  'sandbox_memory',
  'sandbox_crashed',
  'not_modelled',
  // who grades
  'no_model_chosen',
  'no_editor_model',
  'no_api_key',
  'endpoint_invalid',
  'endpoint_unreachable',
  'endpoint_not_a_model',
  'provider_auth',
  'provider_model_missing',
  'provider_rejected',
  'provider_rate_limited',
  'provider_quota',
  'provider_failed',
  'model_consent',
  'prompt_too_long',
  'send_declined',
  // what came back
  'model_refused',
  'reply_empty',
  'reply_truncated',
  'reply_malformed',
  'reply_stalled',
  'judge_unreliable',
  'grading_timeout',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && (ERROR_CODES as readonly string[]).includes(value);
}

export type ErrorParams = Readonly<Record<string, string>>;

/** A failure with its code; `params` fill the places of the message, and never hold a secret. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly params: ErrorParams;

  constructor(code: ErrorCode, params: ErrorParams = {}, cause?: unknown) {
    super(`${code} ${JSON.stringify(params)}`, cause === undefined ? undefined : { cause });
    this.name = 'AppError';
    this.code = code;
    this.params = params;
  }
}

/** Whether a thrown value is ours. By shape: each separately loaded part has a class of its own. */
export function isAppError(thrown: unknown): thrown is AppError {
  return (
    thrown instanceof Error && thrown.name === 'AppError' && 'code' in thrown && isErrorCode(thrown.code)
  );
}

/** What is known of a thrown value: its code, or `internal` with its message. */
export function asAppError(thrown: unknown): AppError {
  if (isAppError(thrown)) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new AppError('internal', { message }, thrown);
}
