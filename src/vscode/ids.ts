/** Every id that the manifest and the code share. `test/unit/manifest.test.ts` compares both ways. */
export const COMMANDS = {
  openEntry: 'canari.questions.open',
  search: 'canari.questions.search',
  filter: 'canari.questions.filter',
  clearFilter: 'canari.questions.clearFilter',
  refresh: 'canari.questions.refresh',
  openTrack: 'canari.track.open',
  grade: 'canari.answer.grade',
  gradeAgain: 'canari.answer.gradeAgain',
  gradeOffline: 'canari.answer.gradeOffline',
  check: 'canari.answer.check',
  hint: 'canari.answer.hint',
  solution: 'canari.answer.solution',
  compare: 'canari.answer.compare',
  showGrade: 'canari.answer.showGrade',
  followUp: 'canari.answer.followUp',
  trace: 'canari.grade.trace',
  contest: 'canari.grade.contest',
  exportContests: 'canari.grade.exportContests',
  toggleHighlights: 'canari.evidence.toggle',
  otherLanguage: 'canari.prompt.otherLanguage',
  drillStart: 'canari.drill.start',
  drillQuick: 'canari.drill.quick',
  drillDue: 'canari.drill.due',
  drillWeakest: 'canari.drill.weakest',
  drillExercises: 'canari.drill.exercises',
  drillSurprise: 'canari.drill.surprise',
  drillSpeak: 'canari.drill.speak',
  drillDiagnostic: 'canari.drill.diagnostic',
  drillResume: 'canari.drill.resume',
  drillNext: 'canari.drill.next',
  drillStop: 'canari.drill.stop',
  todayStart: 'canari.today.start',
  planSet: 'canari.plan.set',
  planEve: 'canari.plan.eve',
  rate: 'canari.review.rate',
  undo: 'canari.review.undo',
  interviewStart: 'canari.interview.start',
  interviewResume: 'canari.interview.resume',
  interviewHandIn: 'canari.interview.handIn',
  interviewSkip: 'canari.interview.skip',
  interviewPause: 'canari.interview.pause',
  interviewEnd: 'canari.interview.end',
  interviewReport: 'canari.interview.report',
  reportMarkdown: 'canari.report.markdown',
  reportHtml: 'canari.report.html',
  interviewModeToggle: 'canari.mode.toggle',
  progress: 'canari.progress.show',
  history: 'canari.history.show',
  compareAttempts: 'canari.history.compare',
  noteEdit: 'canari.note.edit',
  debriefNew: 'canari.debrief.new',
  debriefSave: 'canari.debrief.save',
  portfolioExport: 'canari.portfolio.export',
  dataExport: 'canari.data.export',
  dataImport: 'canari.data.import',
  dataDelete: 'canari.data.delete',
  keySet: 'canari.key.set',
  keyForget: 'canari.key.forget',
  modelChoose: 'canari.model.choose',
  diagnose: 'canari.grading.diagnose',
  languageSwitch: 'canari.language.switch',
  practiceOpen: 'canari.practice.open',
  practiceChoose: 'canari.practice.choose',
  logShow: 'canari.log.show',
} as const;

export type CommandId = (typeof COMMANDS)[keyof typeof COMMANDS];

export const VIEWS = { today: 'canari.today', questions: 'canari.questions' } as const;

export const PANEL = 'canari.panel';

/** Scheme of the read-only documents: prompts, solutions, and what was sent and received. */
export const SCHEME = 'canari';

/** Scheme of the read-only documents of what was handed in. */
export const ATTEMPT_SCHEME = 'canari-attempt';

export const CONTEXT = {
  /** `question` or `exercise` while such an answer has the focus, else ''. */
  inAnswer: 'canari.inAnswer',
  filtered: 'canari.filtered',
  drillOpen: 'canari.drillOpen',
  /** `running` or `paused` while an interview goes on in this window, else ''. */
  interview: 'canari.interview',
  /** An interview can be gone on with. */
  interviewOpen: 'canari.interviewOpen',
  interviewMode: 'canari.interviewMode',
  /** The document that has the focus is a debrief. */
  inDebrief: 'canari.inDebrief',
} as const;

/** Settings, with the type and the default that `package.json` declares. */
export interface Settings {
  language: 'auto' | 'fr' | 'en';
  feedbackLanguage: 'auto' | 'fr' | 'en';
  grader: 'auto' | 'openai' | 'vscode' | 'offline';
  'openai.baseUrl': string;
  'openai.model': string;
  editorModel: string;
  practiceFolder: string;
  packs: string[];
  statusBar: boolean;
  highlights: boolean;
  /** `YYYY-MM-DD`, or empty. */
  interviewDate: string;
  minutesPerDay: number;
  newPerDay: number;
  dailyCap: number;
  drillFeedback: 'now' | 'end';
}

export const DEFAULTS: Settings = {
  language: 'auto',
  feedbackLanguage: 'auto',
  grader: 'auto',
  'openai.baseUrl': '',
  'openai.model': '',
  editorModel: '',
  practiceFolder: '',
  packs: [],
  statusBar: true,
  highlights: true,
  interviewDate: '',
  minutesPerDay: 30,
  newPerDay: 4,
  dailyCap: 20,
  drillFeedback: 'now',
};
