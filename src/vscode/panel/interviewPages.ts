import { AppError } from '../../core/errors.ts';
import type { Subject } from '../../core/grading/grade.ts';
import { bandOf } from '../../core/grading/score.ts';
import type { DrillRecord } from '../../core/study/history.ts';
import type { Mean, Moment } from '../../core/study/interviewReport.ts';
import { load } from '../../load.ts';
import type { BarView, InterviewPage, MomentView, ReportPage, SpeakPage } from '../../shared/studyPages.ts';
import { buildReport, reportWords } from '../interviewReport.ts';
import type { Services } from '../services.ts';
import { assistanceText } from './studyPages.ts';

/** A question a minute; those of a diagnostic fill its ten minutes with the ticking. */
const SECONDS = 60;

/** A question that is being answered aloud; nothing when the drill is over. */
export async function speakPage(services: Services, drill: DrillRecord): Promise<SpeakPage | undefined> {
  const { bank, l10n, speaking } = services;
  const subject = load('study').nextSubject(drill);
  if (!subject) return undefined;
  const item = await bank.item(subject);
  const { startedAt, isRevealed } = speaking.on(subject);
  const place = drill.subjects.findIndex(({ id }) => id === subject.id) + 1;
  return {
    page: 'speak',
    title: l10n.pick(item.title),
    subtitle: l10n.t('speak.position', { place, total: drill.subjects.length }),
    subject,
    untrustedPrompt: l10n.pick(item.prompt),
    seconds: SECONDS,
    startedAt,
    now: Date.now(),
    ...(isRevealed
      ? {
          revealed: {
            points: item.points.map(({ id, statement }) => ({ id, statement: l10n.pick(statement) })),
            untrustedAnswer: 'model_answer' in item ? l10n.pick(item.model_answer) : '',
          },
        }
      : {}),
    isLast: drill.steps.length === drill.subjects.length - 1,
  };
}

/** The question at hand of an interview, and its clocks. */
export async function interviewPage(services: Services, id: string): Promise<InterviewPage> {
  const { assistance, bank, interviewClock, l10n, study } = services;
  const core = load('study');
  const record = (await study.history()).interview(id);
  if (!record || record.ended) throw new AppError('not_found', { id });
  const isHere = interviewClock.interview === id;
  const subject: Subject | undefined = isHere
    ? interviewClock.subject
    : (record.current ?? core.nextQuestion(record)?.subject);
  if (!subject) throw new AppError('not_found', { id });
  const item = await bank.item(subject);
  const spent = isHere ? interviewClock.seconds : record.spent;
  const isFollowUp = core.parseFollowUpId(subject.id) !== undefined;
  const main = record.steps.filter((step) => !core.parseFollowUpId(step.subject.id)).length;
  const { questions, lang, minutes } = record.plan;
  const place = Math.min(questions.length, isFollowUp ? main : main + 1);
  const given = questions.find((question) => question.subject.id === subject.id)?.minutes ?? item.minutes;
  const used = record.steps.reduce((sum, { seconds }) => sum + seconds, spent);
  const observed = assistance.observe(services.grading.documentOf(subject, item));
  return {
    page: 'interview',
    title: item.title[lang],
    subtitle: l10n.t('interview.position', { place, total: questions.length }),
    untrustedPrompt: item.prompt[lang],
    isFollowUp,
    paused: isHere ? !interviewClock.isRunning && !interviewClock.isBusy : true,
    ...(isHere && interviewClock.isBusy ? { busy: l10n.t('interview.busy') } : {}),
    questionLeft: given * 60 - spent,
    totalLeft: minutes * 60 - used,
    now: Date.now(),
    assistance: assistanceText(l10n, observed),
  };
}

/** The report of an interview, as the page shows it. */
export async function reportPage(services: Services, id: string): Promise<ReportPage> {
  const { l10n } = services;
  const core = load('study');
  const report = await buildReport(services, id);
  const words = await reportWords(services);
  const catalogue = await services.bank.catalogue();
  const subjectOf = (id: string): Subject => ({ type: catalogue.get(id)?.type ?? 'question', id });
  const { t } = words;
  const { mean, graded, asked } = report.overall;
  const band = mean === null ? 'none' : bandOf(mean);
  const bars = (list: readonly (Mean & { readonly name: string })[]): BarView[] =>
    list.map(({ name, mean: value, graded: n, asked: total }) => ({
      label: name,
      ...(value === null ? {} : { value }),
      text: `${value === null ? t('report.none') : words.percent(value)} (${t('report.ofTotal', { n, total })})`,
    }));
  const factsOf = (blocks: ReturnType<typeof core.conditionBlocks>) =>
    blocks.flatMap((block) => (block.is === 'facts' ? block.facts : []));
  const graders = report.graders.map(({ provenance, byChecks, answers }) =>
    t('report.grader', { grader: core.graderText(provenance, byChecks, words), n: answers }),
  );
  const moment = (given: Moment | undefined): MomentView | undefined =>
    given && {
      title: l10n.pick(given.title),
      statement: l10n.pick(given.statement),
      ...(given.quote === undefined ? {} : { untrustedQuote: given.quote }),
    };
  const [best, worst] = [moment(report.best), moment(report.worst)];
  const { spent, length } = report.time;
  return {
    page: 'report',
    title: t('report.title'),
    subtitle: [
      words.date(report.day),
      t(core.roleKey(report.role)),
      t(`level.${report.level}`),
      words.duration(length),
    ].join(' · '),
    headline: {
      score: mean === null ? '–' : l10n.percent(mean),
      ...(mean === null ? {} : { value: mean }),
      band,
      bandText: l10n.t(`band.${band}`),
      gradedBy: graders.join(', '),
      note: [
        mean === null ? t('report.noScore') : t('report.scoreOf', { graded, asked }),
        ...(report.isMixed ? [t('report.mixed')] : []),
      ].join(' '),
    },
    competences: bars(report.competences.map((one) => ({ ...one, name: t(core.kindKey(one.kind)) }))),
    tracks: bars(report.tracks.map((one) => ({ ...one, name: words.track(one.track) }))),
    ...(best ? { best } : {}),
    ...(worst ? { worst } : {}),
    time: {
      text: t('report.timeTotal', { spent: words.duration(spent), length: words.duration(length) }),
      rows: report.answers.map((answer) => ({
        title: core.titleOf(answer, words),
        used: answer.seconds,
        given: answer.allotted,
        text:
          answer.use === 'unanswered'
            ? t(core.USES[answer.use])
            : l10n.t('interview.timeRow', {
                used: words.duration(answer.seconds),
                given: words.duration(answer.allotted),
                use: t(core.USES[answer.use]),
              }),
      })),
    },
    clarity: [
      ...(report.clarity ? factsOf(core.clarityBlocks(report.clarity, words)) : []),
      ...factsOf(core.conditionBlocks(report, words)),
    ],
    answers: report.answers.map((answer) => ({
      subject: subjectOf(answer.id),
      title: core.titleOf(answer, words),
      isFollowUp: answer.isFollowUp,
      score: core.outcomeText(answer, words),
      gradedBy: answer.provenance ? core.graderText(answer.provenance, answer.byChecks, words) : '',
      points: answer.points.map(({ verdict, statement, quote }) => ({
        verdict: verdict === 'unverified' || verdict === 'set_aside' ? 'not_met' : verdict,
        verdictText: t(`verdict.${verdict}`),
        statement: l10n.pick(statement),
        ...(quote === undefined ? {} : { untrustedQuote: quote }),
      })),
    })),
    next: report.next.map((step) => ({
      subject: subjectOf(step.id),
      title: core.stepText(step, words),
      why: core.reasonsOf(step, words).join(' '),
    })),
  };
}
