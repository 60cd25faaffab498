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
  drillResume: 'canari.drill.resume',
  drillNext: 'canari.drill.next',
  drillStop: 'canari.drill.stop',
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

export const VIEWS = { questions: 'canari.questions' } as const;

export const PANEL = 'canari.panel';

/** Scheme of the read-only documents: prompts, solutions, and what was sent and received. */
export const SCHEME = 'canari';

export const CONTEXT = {
  /** `question` or `exercise` while such an answer has the focus, else ''. */
  inAnswer: 'canari.inAnswer',
  filtered: 'canari.filtered',
  drillOpen: 'canari.drillOpen',
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
};
