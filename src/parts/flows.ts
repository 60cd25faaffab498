export { deleteData, exportData, importData } from '../vscode/features/data/exchange.ts';
export { newDebrief, saveDebrief } from '../vscode/features/debrief/run.ts';
export {
  nextOfDrill,
  onGraded,
  resumeDrill,
  saveSpoken,
  startDrill,
  stopDrill,
} from '../vscode/features/drill/run.ts';
export { contest, exportContests } from '../vscode/features/grade/contest.ts';
export { compareAttempts, compareWithLast, editNote } from '../vscode/features/history/compare.ts';
export { exportReport, showReport } from '../vscode/features/interview/report.ts';
export {
  endInterview,
  handIn,
  pauseInterview,
  resumeInterview,
  skipQuestion,
  startInterview,
} from '../vscode/features/interview/run.ts';
export { setPlan } from '../vscode/features/plan/set.ts';
export { exportPortfolio } from '../vscode/features/portfolio/export.ts';
export { rate, undo } from '../vscode/features/review/rate.ts';
