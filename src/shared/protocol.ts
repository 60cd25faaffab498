import type { BarView, EntryLink, StudyPage, SubjectRef } from './studyPages.ts';

/**
 * What the panel and the extension say to each other. Everything here is JSON data: a message survives a
 * round trip unchanged. Texts are already in the reader's language; those under `untrusted` names come from
 * models or packs and are shown as plain text or hardened Markdown, never as HTML.
 */
export const PROTOCOL = 1;

export type PageRef =
  | { readonly page: 'grade' | 'solution' | 'history'; readonly subject: SubjectRef }
  | { readonly page: 'track'; readonly track: string }
  | { readonly page: 'drill' | 'speak'; readonly drill: string }
  | { readonly page: 'interview' | 'report'; readonly interview: string }
  | { readonly page: 'debrief'; readonly debrief: string }
  | { readonly page: 'diagnosis' | 'progress' | 'eve' };

/** A place in the candidate's own text; offsets count UTF-16 units. */
export interface Place {
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

export interface PointView {
  readonly id: string;
  readonly statement: string;
  readonly verdict: 'met' | 'not_met' | 'contradicted' | 'unjudged' | 'unverified' | 'set_aside';
  readonly verdictText: string;
  readonly quote?: string;
  readonly place?: Place;
  /** Why the program did not take the grader's word. */
  readonly note?: string;
  /** The readings did not agree: the word for it, and what it means. */
  readonly uncertain?: { readonly label: string; readonly why: string };
  /** What became of the point since the previous attempt. */
  readonly change?: { readonly kind: 'gained' | 'lost'; readonly text: string };
  /** The candidate's own verdict, in words, where it is another one. */
  readonly contested?: string;
  /** The grader's words. */
  readonly untrustedReason?: string;
  /** What comes close without earning the point; shown when it was missed. */
  readonly nearMiss?: string;
}

export interface FindingView {
  readonly message: string;
  readonly why: string;
  readonly severity: 'error' | 'warning' | 'info';
  readonly severityText: string;
  readonly where: string;
  readonly place: { readonly file: string; readonly line: number; readonly column: number };
  readonly link: { readonly title: string; readonly url: string };
}

export interface CheckView {
  readonly id: string;
  readonly title: string;
  readonly outcome: 'passed' | 'failed' | 'not_run';
  readonly outcomeText: string;
  readonly reason?: string;
  readonly findings: readonly FindingView[];
}

export interface StepView {
  readonly label: string;
  /** Index into the failure's steps, as the host knows them. */
  readonly index: number;
}

export interface FailureView {
  readonly message: string;
  readonly code: string;
  readonly steps: readonly StepView[];
}

export interface RunningView {
  /** What is going on, and for a further call why. */
  readonly text: string;
  readonly detail?: string;
  /** The host's clock (ms): when it began, and when this was written; the page's clock may differ. */
  readonly startedAt: number;
  readonly now: number;
  /** The next try, on the host's clock. */
  readonly waitsUntil?: number;
  /** Verdicts as they come in, before their evidence is verified. */
  readonly points: readonly PointView[];
}

export interface NoticeView {
  readonly text: string;
  /** Passages of the answer that it is about. */
  readonly passages: readonly { readonly quote: string; readonly place: Place }[];
}

export interface FactView {
  readonly name: string;
  readonly value: string;
}

export interface GradePage {
  readonly page: 'grade';
  readonly title: string;
  readonly subtitle: string;
  readonly attempt: string | undefined;
  /** Present while a grade is on its way. */
  readonly running?: RunningView;
  readonly headline?: {
    readonly score: string;
    /** 0 to 1, for the meter; absent when there is no score. */
    readonly value?: number;
    /** Where the score would lie if the uncertain points fell one way or the other. */
    readonly range?: { readonly low: number; readonly high: number; readonly text: string };
    /** The score without what was copied, in a sentence. */
    readonly ownWords?: string;
    readonly band: 'weak' | 'partial' | 'good' | 'excellent' | 'none';
    readonly bandText: string;
    readonly gradedBy: string;
    readonly when?: string;
    readonly note: string;
  };
  /** Against the previous attempt, with a word of caution where the graders differ. */
  readonly change?: { readonly text: string; readonly caution?: string };
  /** This grade was kept from an earlier time: which one, in a sentence. */
  readonly repeats?: string;
  /** The candidate disagrees with this grade: a sentence, and the candidate's own words. */
  readonly contested?: { readonly text: string; readonly comment?: string };
  readonly failure?: FailureView;
  readonly gate?: string;
  readonly notices: readonly NoticeView[];
  readonly untrustedSummary?: string;
  readonly checks: readonly CheckView[];
  readonly points: readonly PointView[];
  readonly pitfalls: readonly {
    readonly statement: string;
    readonly quote: string;
    readonly place?: Place;
  }[];
  /** Markdown. */
  readonly untrustedFollowUp?: string;
  /** How the answer was said: beside the score, never part of it. */
  readonly delivery: readonly FactView[];
  /** How a model came to this grade; its calls can be read, and its verdicts contested. */
  readonly about?: { readonly facts: readonly FactView[]; readonly contestable: boolean };
  /** The candidate may correct the verdicts: an estimate, or points that nobody judged. */
  readonly tickable: boolean;
  readonly drill?: { readonly position: string; readonly isLast: boolean };
  /** What the grade says to the schedule, in a sentence: the rating, and when it comes again. */
  readonly schedule?: string;
  readonly references: readonly { readonly title: string; readonly url: string }[];
}

export interface SolutionPage {
  readonly page: 'solution';
  readonly title: string;
  readonly subtitle: string;
  readonly untrustedBody: string;
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly points: readonly { readonly statement: string; readonly weight: string }[];
  readonly followUps: readonly string[];
  readonly references: readonly { readonly title: string; readonly url: string }[];
}

export interface TrackPage {
  readonly page: 'track';
  readonly title: string;
  readonly subtitle: string;
  readonly untrustedIntroduction: string;
  readonly untrustedTakeaway: string;
  readonly figure: { readonly caption: string; readonly diagram: string };
  readonly resources: readonly {
    readonly type: string;
    readonly title: string;
    readonly url: string;
    readonly why: string;
  }[];
}

export interface DrillPage {
  readonly page: 'drill';
  readonly title: string;
  readonly subtitle: string;
  readonly rows: readonly {
    readonly subject: { readonly type: 'question' | 'exercise'; readonly id: string };
    readonly title: string;
    readonly score: string;
    readonly gradedBy: string;
    readonly missed: readonly string[];
  }[];
  readonly allMet: string;
  /** What a diagnostic found: the mean of each track, the weakest first. */
  readonly tracks: readonly BarView[];
  readonly next: readonly EntryLink[];
}

export interface DiagnosisPage {
  readonly page: 'diagnosis';
  readonly title: string;
  readonly subtitle: string;
  readonly rungs: readonly {
    readonly name: string;
    readonly state: string;
    readonly ready: boolean;
    readonly chosen: boolean;
    readonly detail: string;
  }[];
  readonly conclusion: string;
  readonly facts: readonly FactView[];
}

export interface MissingPage {
  readonly page: 'missing';
  readonly title: string;
  readonly message: string;
}

export type PageState =
  | GradePage
  | SolutionPage
  | TrackPage
  | DrillPage
  | DiagnosisPage
  | MissingPage
  | StudyPage;

/** Words of the panel itself, by key; `src/vscode/panel/strings.ts` fills them. */
export type PanelStrings = Readonly<Record<string, string>>;

export interface PanelState {
  readonly ref: PageRef;
  readonly lang: 'fr' | 'en';
  readonly strings: PanelStrings;
  readonly state: PageState;
}

/** The host tells; always a whole snapshot, so that a panel that was hidden comes back current. */
export interface HostEvents {
  'panel/state': PanelState;
}

/** The panel tells and expects nothing back. */
export interface PanelEvents {
  ready: { readonly protocol: number };
  'link/open': { readonly href: string };
  crash: { readonly message: string };
}

export const PANEL_COMMANDS = [
  'again',
  'gradeAgain',
  'trace',
  'contest',
  'followUp',
  'solution',
  'drillNext',
  'drillStop',
  'drillStart',
  'drillWeakest',
  'chooseModel',
  'setKey',
  'history',
  'rate',
  'undo',
  'todayStart',
  'planSet',
  'interviewHandIn',
  'interviewSkip',
  'interviewPause',
  'interviewEnd',
  'interviewStart',
  'reportMarkdown',
  'reportHtml',
] as const;
export type PanelCommand = (typeof PANEL_COMMANDS)[number];

/** The panel asks; every request is answered, by a result or by an error. */
export interface PanelRequests {
  'grade/cancel': { params: Record<string, never>; result: null };
  'ticks/save': { params: { readonly attempt: string; readonly met: readonly string[] }; result: null };
  'place/open': { params: Place; result: null };
  'finding/open': {
    params: { readonly file: string; readonly line: number; readonly column: number };
    result: null;
  };
  'step/take': { params: { readonly index: number }; result: null };
  'entry/open': { params: { readonly id: string }; result: null };
  'speak/reveal': { params: Record<string, never>; result: null };
  'speak/save': { params: { readonly met: readonly string[] }; result: null };
  'speak/skip': { params: Record<string, never>; result: null };
  /** Two attempts of the page's entry, side by side in the editor's own diff. */
  'history/compare': { params: { readonly before: string; readonly after: string }; result: null };
  'note/save': { params: { readonly text: string }; result: null };
  'command/run': { params: { readonly command: PanelCommand }; result: null };
}

export type RequestName = keyof PanelRequests;
export type Handlers = {
  readonly [Name in RequestName]: (
    params: PanelRequests[Name]['params'],
  ) => Promise<PanelRequests[Name]['result']>;
};

export interface WireError {
  readonly code: string;
  readonly message: string;
}

export type ToPanel =
  | { readonly kind: 'event'; readonly type: keyof HostEvents; readonly data: HostEvents[keyof HostEvents] }
  | { readonly kind: 'reply'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'reply'; readonly id: number; readonly error: WireError };

export type FromPanel =
  | {
      readonly kind: 'event';
      readonly type: keyof PanelEvents;
      readonly data: PanelEvents[keyof PanelEvents];
    }
  | { readonly kind: 'request'; readonly id: number; readonly type: RequestName; readonly params: unknown };
