export { gradeAnswer } from '../core/grading/gradeAnswer.ts';
export { tickGrade } from '../core/grading/tick.ts';
export { stemsOf } from '../core/grading/words.ts';
