import type { Rule } from '../checks/finding.ts';
import type { Lang, Localized } from '../language.ts';

export const LEVELS = ['junior', 'mid', 'senior'] as const;
export type Level = (typeof LEVELS)[number];

export const KINDS = ['concept', 'scenario', 'comparison', 'tooling', 'code', 'behavioural'] as const;
export type Kind = (typeof KINDS)[number];

/** Groups of equivalent terms: every group must be met, through any one of its terms. */
export type TermGroups = readonly (readonly string[])[];

/** What the offline estimate looks for, in each language. */
export type Accept = Readonly<Record<Lang, TermGroups>>;

/** One atomic claim of a rubric, true or false of an answer. */
export interface Point {
  readonly id: string;
  /** 1 (detail) to 3 (heart of the matter). Never shown to a model. */
  readonly weight: number;
  readonly statement: Localized;
  readonly accept?: Accept;
  /** The near miss that does not earn the point. */
  readonly not_enough: Localized;
}

/** A wrong claim; its penalty is a share of the whole score, from .05 to .25. */
export interface Pitfall {
  readonly id: string;
  readonly penalty: number;
  readonly statement: Localized;
  readonly accept?: Accept;
}

export interface Reference {
  readonly title: string;
  readonly url: string;
}

/** What is graded, whether a question or the design part of an exercise. */
export interface Rubric {
  readonly points: readonly Point[];
  readonly pitfalls: readonly Pitfall[];
}

/** What the sidebar shows of a question or an exercise, without its body. */
export interface BankEntry {
  readonly id: string;
  readonly type: 'question' | 'exercise';
  readonly track: string;
  readonly level: Level;
  readonly kind: Kind;
  readonly core: boolean;
  readonly minutes: number;
  readonly tags: readonly string[];
  readonly title: Localized;
}

/** A question file, as its schema describes it (questions/schema/question.schema.json). */
export interface Question extends Rubric {
  readonly id: string;
  readonly track: string;
  readonly level: Level;
  readonly kind: Kind;
  readonly seeds: readonly string[];
  readonly core: boolean;
  readonly tags: readonly string[];
  /** Time that a spoken answer takes. */
  readonly minutes: number;
  readonly title: Localized;
  readonly prompt: Localized;
  readonly hints: readonly Localized[];
  readonly model_answer: Localized;
  readonly follow_ups: readonly { readonly point: string; readonly ask: Localized }[];
  readonly references: readonly Reference[];
  readonly exercises: readonly string[];
  /** Month (YYYY-MM) when the facts were last verified. */
  readonly checked: string;
}

/** A file of an exercise, as it is written into the practice folder. */
export interface ExerciseFile {
  /** Path inside the exercise's folder, with forward slashes. */
  readonly path: string;
  /** Text of the scaffold per language, with every {{key}} already filled. */
  readonly scaffold: Localized;
}

/** One deterministic check of an exercise: it passes when none of its rules is broken. */
export interface CheckSpec {
  readonly id: string;
  readonly title: Localized;
  readonly weight: number;
  readonly family: FamilyName;
  readonly rules: readonly string[];
}

export type FamilyName = 'argo-rollouts' | 'python';

/** An exercise: files to complete, checks in code, and points that only a reader can judge. */
export interface Exercise extends Rubric {
  readonly id: string;
  readonly track: string;
  readonly level: Level;
  readonly kind: Kind;
  readonly seeds: readonly string[];
  readonly core: boolean;
  readonly tags: readonly string[];
  readonly minutes: number;
  readonly title: Localized;
  readonly prompt: Localized;
  readonly hints: readonly Localized[];
  readonly references: readonly Reference[];
  readonly checked: string;
  readonly files: readonly ExerciseFile[];
  readonly checks: readonly CheckSpec[];
  /** What each family is told beside the files. */
  readonly options: Readonly<Partial<Record<FamilyName, Readonly<Record<string, unknown>>>>>;
  /** The texts of every rule that the checks name. */
  readonly rules: Readonly<Record<string, Rule>>;
  /** Files of the solution by path. */
  readonly solution: Readonly<Record<string, string>>;
  readonly solution_note: Localized;
  /** A Mermaid flowchart of what is built and how it works in production; an exercise of a pack may have none. */
  readonly diagram?: Localized;
}

export interface TrackResource {
  readonly type: 'expert' | 'video' | 'documentation' | 'book' | 'course';
  readonly title: string;
  readonly url: string;
  readonly why: Localized;
}

/** A number worth remembering, with its scope (whose default, whose convention) and what backs it. */
export interface TrackNumber {
  readonly text: Localized;
  readonly reference: Reference;
}

export interface Track {
  readonly id: string;
  readonly title: Localized;
  readonly introduction: Localized;
  readonly takeaway: Localized;
  readonly figure: { readonly caption: Localized; readonly diagram: Localized };
  readonly order: number;
  readonly seeds?: readonly string[];
  readonly questions?: readonly string[];
  /** Empty when a pack's track has none. */
  readonly numbers: readonly TrackNumber[];
  /** Questions that a candidate can put to the interviewer; empty when a pack's track has none. */
  readonly to_ask: readonly Localized[];
  readonly resources: readonly TrackResource[];
  readonly checked: string;
}
