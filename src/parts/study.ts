export { Journal } from '../adapters/journal.ts';
export { chooseFollowUp, parseFollowUpId } from '../core/bank/followUp.ts';
export { matchesOf, ownEntry, ownQuestionAsItem, readDebrief } from '../core/study/debrief.ts';
export { nextSubject, planDrill } from '../core/study/drill.ts';
export { History } from '../core/study/history.ts';
export { improvedBetween } from '../core/study/improved.ts';
export {
  judgedMissing,
  mayFollowUp,
  nextQuestion,
  planInterview,
  secondsLeft,
} from '../core/study/interview.ts';
export { reportOf } from '../core/study/interviewReport.ts';
export { chooserRequest, guessLevel, readChoice, termsOf } from '../core/study/jobDescription.ts';
export { progressOf } from '../core/study/progress.ts';
export {
  clarityBlocks,
  conditionBlocks,
  graderText,
  kindKey,
  outcomeText,
  reasonsOf,
  roleKey,
  stepText,
  titleOf,
  toHtml,
  toMarkdown,
  USES,
} from '../core/study/reportText.ts';
export { lastUndoable, proposeRating, reviewsOf } from '../core/study/reviews.ts';
export {
  cardOf,
  dueOn,
  horizon,
  intervalOf,
  isMastered,
  KNOWN,
  recallOn,
  Schedule,
  SURE,
} from '../core/study/schedule.ts';
export { deskMinutes, planToday, standingOf, trackScores } from '../core/study/today.ts';
export { weakestPoints } from '../core/study/weakest.ts';
