import type { Localized } from '../language.ts';

/** A place in a text; lines and columns count from 0, as in the editor. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

export type Severity = 'error' | 'warning' | 'info';

/** What a family of checks reports: which rule is broken, and where. Its words are in the rule. */
export interface Violation {
  readonly rule: string;
  /** Path inside the exercise's folder. */
  readonly file: string;
  readonly range: Range;
  /** Values for the `{name}` places of the rule's texts. */
  readonly params?: Readonly<Record<string, string>>;
}

/** A rule of a family: what is wrong, why it hurts in production, and where to read on. */
export interface Rule {
  readonly severity: Severity;
  readonly message: Localized;
  readonly why: Localized;
  readonly link: { readonly title: string; readonly url: string };
}

/** What a family is given: the exercise's files by path, and the options of exercise.yaml. */
export interface CheckInput {
  readonly files: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Either the family ran and reports what it found, or it could not, and says why. Never a silent pass. */
export type FamilyOutcome =
  | { readonly state: 'ran'; readonly violations: readonly Violation[] }
  | { readonly state: 'not_run'; readonly code: NotRunCode; readonly detail: string };

export type NotRunCode =
  | 'sandbox_unavailable'
  | 'sandbox_timeout'
  | 'sandbox_memory'
  | 'sandbox_crashed'
  | 'not_modelled'
  | 'workspace_untrusted'
  | 'cancelled';

/** A file of an exercise that is run rather than read. */
export interface PythonSubmission {
  readonly files: Readonly<Record<string, string>>;
  /** The file that is executed, a key of `files`. */
  readonly entry: string;
  /** Stand-in packages to install first; only `feast` exists today. */
  readonly provides: readonly string[];
  /** Source of the exercise's own check: defines `check(submission)`, which returns violations. */
  readonly check: string;
  /** Milliseconds before the program is interrupted. */
  readonly timeoutMs: number;
}

/** Runs Python where it can reach nothing: no file, no network, no process of the host. */
export interface PythonSandbox {
  run(submission: PythonSubmission, signal: AbortSignal): Promise<FamilyOutcome>;
}

/** What families need from outside; pure families ignore it. */
export interface CheckTools {
  readonly python: PythonSandbox;
}

export type CheckFamily = (
  input: CheckInput,
  tools: CheckTools,
  signal: AbortSignal,
) => Promise<FamilyOutcome>;
