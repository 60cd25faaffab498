import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { followUpId } from '../../../core/bank/followUp.ts';
import { AppError, isAppError } from '../../../core/errors.ts';
import type { Subject } from '../../../core/grading/grade.ts';
import type { InterviewPlan } from '../../../core/store/events.ts';
import { daysBetween } from '../../../core/study/day.ts';
import type { InterviewRecord, InterviewWanted } from '../../../core/study/interview.ts';
import { load } from '../../../load.ts';
import type { Graded } from '../../grading.ts';
import { openEntry } from '../../openEntry.ts';
import type { Services } from '../../services.ts';
import { askInterview } from './ask.ts';

/** What the candidate wants of an interview; tests hand it over as it is. */
export type Wanted = InterviewWanted &
  Pick<InterviewPlan, 'lang' | 'from'> & { readonly words?: readonly string[] };

/** Asks what the interview shall be, draws the questions, and puts the first one. */
export async function startInterview(services: Services, given?: unknown): Promise<void> {
  const { bank, l10n, study } = services;
  const history = await study.history();
  const { openInterview } = history;
  if (openInterview && !given) {
    const [go, end] = [l10n.t('interview.goOn'), l10n.t('interview.endIt')];
    const chosen = await vscode.window.showInformationMessage(l10n.t('interview.isOpen'), go, end);
    if (chosen === go) return resumeInterview(services);
    if (chosen !== end) return;
  }
  if (openInterview) await study.record({ type: 'interview_end', interview: openInterview.id });
  const wanted = given ? (given as Wanted) : await askInterview(services);
  if (!wanted) return;
  const { today } = study;
  const questions = load('study').planInterview({
    entries: (await bank.catalogue()).entries,
    wanted,
    draw: Math.random,
    seen: (id) => {
      const last = history.entry(id).attempts.at(-1);
      return last && { score: last.grade?.score ?? undefined, days: daysBetween(last.day, today) };
    },
  });
  if (questions.length === 0) {
    void vscode.window.showInformationMessage(l10n.t('interview.none'));
    return;
  }
  const { role, level, minutes, lang, from, words } = wanted;
  const terms = words && words.length > 0 ? { terms: words } : {};
  const plan: InterviewPlan = { role, level, lang, minutes, questions, from, ...terms };
  await study.record({ type: 'interview', interview: randomUUID(), plan });
  await resumeInterview(services);
}

async function requireInterview({ study }: Services): Promise<InterviewRecord> {
  const interview = (await study.history()).openInterview;
  if (!interview) throw new AppError('not_found', { id: 'interview' });
  return interview;
}

/** Puts the question at hand: after a start, a pause, or a restart of the editor. */
export async function resumeInterview(services: Services): Promise<void> {
  const { interviewClock, panel, study } = services;
  const record = await requireInterview(services);
  const left = load('study').secondsLeft(record.plan, record.steps, 0);
  const subject = await subjectAtHand(services, record);
  if (!subject || left === 0) {
    if (subject) void vscode.window.showInformationMessage(services.l10n.t('interview.timeUp'));
    return finish(services, record);
  }
  const isSame = interviewClock.subject?.id === subject.id;
  // An answer that was begun before a pause, or a restart, is gone on with.
  const isBegun = record.current !== null;
  const seconds = isSame ? interviewClock.seconds : record.spent;
  await study.record({ type: 'interview_clock', interview: record.id, subject, paused: false, seconds });
  panel.show({ page: 'interview', interview: record.id });
  await openEntry(services, subject.id, { withoutPrompt: true, ...(isBegun ? {} : { fresh: 'always' }) });
  if (!isSame || !interviewClock.isRunning) interviewClock.start(record.id, subject, seconds, left);
}

/** The question to answer now: the follow-up on the answer before, or the next one of the plan. */
export async function subjectAtHand(
  { bank, study }: Services,
  record: InterviewRecord,
): Promise<Subject | undefined> {
  const core = load('study');
  if (record.current) return record.current;
  const last = record.steps.at(-1);
  if (last?.attempt && last.subject.type === 'question' && !core.parseFollowUpId(last.subject.id)) {
    const grade = (await study.attempt(last.attempt))?.grade;
    const question = await bank.question(last.subject.id);
    if (grade && core.mayFollowUp(record, question, grade)) {
      const point = core.chooseFollowUp(question, core.judgedMissing(question.points, grade));
      if (point) return { type: 'question', id: followUpId(question.id, point.id) };
    }
  }
  return core.nextQuestion(record)?.subject;
}

/** Hands the answer in: it is graded out of sight, and the next question comes. */
export async function handIn(services: Services): Promise<void> {
  const { grading, interviewClock, study } = services;
  const record = await requireInterview(services);
  const { subject } = interviewClock;
  if (!subject) return resumeInterview(services);
  if (interviewClock.isBusy) return;
  const seconds = interviewClock.stop({ busy: true });
  const left = load('study').secondsLeft(record.plan, record.steps, 0);
  const again = () => interviewClock.start(record.id, subject, seconds, left);
  let graded: Graded;
  try {
    graded = await grading.grade(subject, { lang: record.plan.lang });
  } catch (error) {
    again();
    if (isAppError(error) && error.code === 'cancelled') return;
    throw error;
  }
  const { grade } = graded;
  // A slip of the keys is no answer: the clock runs on.
  if (grade.gate === 'blank') {
    again();
    void vscode.window.showInformationMessage(services.l10n.t('interview.blank'));
    return;
  }
  const attempt = graded.isStored ? graded.attempt : null;
  await study.record({ type: 'interview_step', interview: record.id, subject, attempt, seconds });
  await resumeInterview(services);
}

export async function skipQuestion(services: Services): Promise<void> {
  const { interviewClock, study } = services;
  const record = await requireInterview(services);
  const subject = interviewClock.subject ?? (await subjectAtHand(services, record));
  if (!subject || interviewClock.isBusy) return;
  const seconds = interviewClock.subject ? interviewClock.stop() : record.spent;
  await study.record({ type: 'interview_step', interview: record.id, subject, attempt: null, seconds });
  await resumeInterview(services);
}

/** Stops the clock, or lets it run again. */
export async function pauseInterview(services: Services): Promise<void> {
  const { interviewClock, study } = services;
  const { id: interview } = await requireInterview(services);
  const { isBusy, isRunning, subject } = interviewClock;
  if (isBusy) return;
  if (!isRunning || !subject) return resumeInterview(services);
  const seconds = interviewClock.stop();
  await study.record({ type: 'interview_clock', interview, subject, paused: true, seconds });
}

export async function endInterview(services: Services): Promise<void> {
  await finish(services, await requireInterview(services));
}

async function finish({ interviewClock, panel, study }: Services, { id }: InterviewRecord): Promise<void> {
  interviewClock.end();
  await study.record({ type: 'interview_end', interview: id });
  panel.show({ page: 'report', interview: id }, { focus: true });
}
