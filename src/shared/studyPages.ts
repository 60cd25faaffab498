/**
 * Pages of the study loop. As everywhere in the protocol: JSON data, texts in the reader's language, and what
 * comes from packs, models or the candidate under `untrusted` names. Every picture has its numbers beside it, in
 * words, since a table of them is what a screen reader gets.
 */
export interface SubjectRef {
  readonly type: 'question' | 'exercise';
  readonly id: string;
}

/** Something to do next, which opens an entry of the bank. */
export interface EntryLink {
  readonly subject: SubjectRef;
  readonly title: string;
  /** Why it is here. */
  readonly why: string;
}

/** A share in a bar: how much of what, with its words. */
export interface SegmentView {
  readonly kind: 'mastered' | 'good' | 'to_review' | 'started' | 'new';
  readonly count: number;
  readonly text: string;
}

/** One bar made of counts. */
export interface StackView {
  readonly label: string;
  readonly segments: readonly SegmentView[];
  /** The whole bar in words. */
  readonly text: string;
}

/** One bar of a value from 0 to 1; no value draws an empty one. */
export interface BarView {
  readonly label: string;
  readonly value?: number;
  readonly text: string;
}

export interface ProgressPage {
  readonly page: 'progress';
  readonly title: string;
  readonly subtitle: string;
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  readonly tracks: readonly StackView[];
  readonly competences: readonly StackView[];
  /** Reviews of the days to come, from today on; one bar a day. */
  readonly ahead: readonly {
    readonly day: string;
    readonly label: string;
    readonly due: number;
    readonly text: string;
    /** The day of the interview. */
    readonly isInterview?: true;
  }[];
  /** Whole weeks, the oldest first, Monday first; days to come are missing from the last one. */
  readonly calendar: readonly {
    readonly label: string;
    readonly days: readonly {
      readonly day: string;
      readonly count: number;
      /** 0 (nothing) to 4. */
      readonly level: number;
      readonly text: string;
    }[];
  }[];
  /** Names of the days of the week, short, Monday first. */
  readonly weekdays: readonly string[];
  /** Scores over time, one line for each grader: only like is compared with like. */
  readonly scores: readonly {
    readonly grader: string;
    /** Means of a day's scores, 0 to 1, the oldest first. */
    readonly values: readonly {
      readonly day: string;
      readonly label: string;
      readonly value: number;
      readonly text: string;
    }[];
  }[];
  readonly weakest: readonly {
    readonly subject: SubjectRef;
    readonly title: string;
    readonly point: string;
    readonly text: string;
  }[];
}

export interface EvePage {
  readonly page: 'eve';
  readonly title: string;
  readonly subtitle: string;
  readonly weakest: readonly {
    readonly subject: SubjectRef;
    readonly title: string;
    readonly point: string;
  }[];
  readonly takeaways: readonly { readonly track: string; readonly untrustedText: string }[];
  readonly numbers: readonly {
    readonly text: string;
    readonly reference: { readonly title: string; readonly url: string };
  }[];
  readonly toAsk: readonly string[];
}

export interface SpeakPage {
  readonly page: 'speak';
  readonly title: string;
  /** Its place in the drill. */
  readonly subtitle: string;
  readonly subject: SubjectRef;
  readonly untrustedPrompt: string;
  /** Time to speak, in seconds. */
  readonly seconds: number;
  /** The host's clock (ms): when the question was put, and when this was written. */
  readonly startedAt: number;
  readonly now: number;
  /** Present once the candidate has asked to see them. */
  readonly revealed?: {
    readonly points: readonly { readonly id: string; readonly statement: string }[];
    readonly untrustedAnswer: string;
  };
  readonly isLast: boolean;
}

export interface HistoryPage {
  readonly page: 'history';
  readonly title: string;
  readonly subtitle: string;
  readonly subject: SubjectRef;
  readonly untrustedNote: string;
  /** What is known of it: mastered or not and why, when it is due and why. */
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  /** What improved from the first attempt to the last. */
  readonly improved: readonly { readonly kind: 'gained' | 'lost' | 'open'; readonly text: string }[];
  /** A word of caution when the graders differ. */
  readonly caution?: string;
  /** Newest first. */
  readonly attempts: readonly {
    readonly id: string;
    readonly when: string;
    readonly score: string;
    readonly value?: number;
    readonly gradedBy: string;
    /** Duration, hints, help of the editor, rating: what is known. */
    readonly details: readonly string[];
    /** Nothing was written that could be compared. */
    readonly isSpoken: boolean;
  }[];
}

export interface DebriefPage {
  readonly page: 'debrief';
  readonly title: string;
  readonly subtitle: string;
  readonly rows: readonly {
    readonly untrustedText: string;
    readonly matches: readonly {
      readonly subject: SubjectRef;
      readonly title: string;
      readonly score: string;
      /** Points of it that were missed so far. */
      readonly weak: readonly string[];
    }[];
    /** The question of one's own that it became. */
    readonly own?: { readonly subject: SubjectRef; readonly title: string };
  }[];
}

export interface InterviewPage {
  readonly page: 'interview';
  readonly title: string;
  readonly subtitle: string;
  readonly untrustedPrompt: string;
  /** A follow-up on the answer before. */
  readonly isFollowUp: boolean;
  readonly paused: boolean;
  /** A grade is on its way; the next question comes after it. */
  readonly busy?: string;
  /** Seconds left at `now` (ms, the host's clock): of this question, and of the whole. Negative when it is over. */
  readonly questionLeft: number;
  readonly totalLeft: number;
  readonly now: number;
  /** What was observed of help from the editor. */
  readonly assistance: string;
}

/** A moment of an interview, with its words. */
export interface MomentView {
  readonly title: string;
  readonly statement: string;
  readonly untrustedQuote?: string;
}

export interface ReportPage {
  readonly page: 'report';
  readonly title: string;
  readonly subtitle: string;
  readonly headline: {
    readonly score: string;
    readonly value?: number;
    readonly band: 'weak' | 'partial' | 'good' | 'excellent' | 'none';
    readonly bandText: string;
    readonly gradedBy: string;
    readonly note: string;
  };
  readonly competences: readonly BarView[];
  readonly tracks: readonly BarView[];
  readonly best?: MomentView;
  readonly worst?: MomentView;
  readonly time: {
    readonly text: string;
    readonly rows: readonly {
      readonly title: string;
      /** Seconds taken and given, for the picture. */
      readonly used: number;
      readonly given: number;
      readonly text: string;
    }[];
  };
  readonly clarity: readonly { readonly name: string; readonly value: string }[];
  readonly answers: readonly {
    readonly subject: SubjectRef;
    readonly title: string;
    readonly isFollowUp: boolean;
    readonly score: string;
    readonly gradedBy: string;
    readonly points: readonly {
      readonly verdict: 'met' | 'not_met' | 'contradicted' | 'unjudged';
      readonly verdictText: string;
      readonly statement: string;
      readonly untrustedQuote?: string;
    }[];
  }[];
  readonly next: readonly EntryLink[];
}

export type StudyPage =
  | ProgressPage
  | EvePage
  | SpeakPage
  | HistoryPage
  | DebriefPage
  | InterviewPage
  | ReportPage;
