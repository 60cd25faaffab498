import type { Exercise, Question } from '../../core/bank/question.ts';
import type { CheckResult, Subject } from '../../core/grading/grade.ts';
import { missedPoints } from '../../core/grading/missed.ts';
import type { Failure } from '../../core/ports.ts';
import { noonOf } from '../../core/study/day.ts';
import { load } from '../../load.ts';
import type {
  CheckView,
  DiagnosisPage,
  DrillPage,
  FailureView,
  GradePage,
  PageRef,
  PageState,
  SolutionPage,
  TrackPage,
} from '../../shared/protocol.ts';
import type { EntryLink } from '../../shared/studyPages.ts';
import { NEXT_STEPS } from '../report.ts';
import type { Services } from '../services.ts';
import { readSetting } from '../settings.ts';
import {
  EMPTY_GRADE,
  emptyHeadline,
  type GradeMeans,
  gradedView,
  provenanceText,
  runningView,
} from './gradePage.ts';
import { interviewPage, reportPage, speakPage } from './interviewPages.ts';
import { debriefPage, evePage, historyPage, progressPage } from './studyPages.ts';

/** Pages of the panel: each builds its whole state from ids and what is stored, in the reader's language. */
export function createPages(services: Services): (ref: PageRef) => Promise<PageState> {
  return async (ref) => {
    switch (ref.page) {
      case 'grade':
        return gradePage(services, ref.subject);
      case 'solution':
        return solutionPage(services, ref.subject);
      case 'track':
        return trackPage(services, ref.track);
      case 'drill':
        return drillPage(services, ref.drill);
      case 'speak': {
        const drill = (await services.study.history()).drill(ref.drill);
        const page = drill && !drill.ended ? await speakPage(services, drill) : undefined;
        return page ?? drillPage(services, ref.drill);
      }
      case 'history':
        return historyPage(services, ref.subject);
      case 'progress':
        return progressPage(services);
      case 'eve':
        return evePage(services);
      case 'debrief':
        return debriefPage(services, ref.debrief);
      case 'interview':
        return interviewPage(services, ref.interview);
      case 'report':
        return reportPage(services, ref.interview);
      case 'diagnosis':
        return diagnosisPage(services);
    }
  };
}

async function subtitleOf({ bank, l10n }: Services, item: Question | Exercise): Promise<string> {
  const track = (await bank.catalogue()).tracks.find(({ id }) => id === item.track);
  return [track ? l10n.pick(track.title) : item.track, l10n.t(`level.${item.level}`)].join(' · ');
}

async function gradePage(services: Services, subject: Subject): Promise<GradePage> {
  const { bank, grading, l10n, report, study } = services;
  const item = await bank.item(subject);
  const session = grading.session(subject);
  const graded = session ? undefined : await grading.last(subject);
  const history = await study.history();
  const drill = history.openDrill;
  const inDrill = drill?.subjects.some(({ id }) => id === subject.id) ? drill : undefined;
  const base = {
    ...EMPTY_GRADE,
    title: l10n.pick(item.title),
    subtitle: await subtitleOf(services, item),
    attempt: graded?.attempt,
    references: item.references,
  };
  const means: GradeMeans = {
    l10n,
    message: (failure) => report.message(failure),
    failure: (failure) => failureView(services, failure),
    check: (result) => checkView(services, item, result),
  };
  if (session) return { ...base, running: runningView(means, item, session, Date.now()) };
  if (!graded) return { ...base, headline: emptyHeadline(means) };
  const attempt = await study.attempt(graded.attempt);
  return {
    ...base,
    ...gradedView(means, item, {
      ...graded,
      ...(attempt ? { ts: attempt.ts } : {}),
      ...(attempt?.contest ? { contest: attempt.contest } : {}),
    }),
    ...(await scheduleOf(services, subject)),
    ...(inDrill
      ? {
          drill: {
            position: `${inDrill.subjects.findIndex(({ id }) => id === subject.id) + 1} / ${inDrill.subjects.length}`,
            isLast: load('study').nextSubject(inDrill) === undefined,
          },
        }
      : {}),
  };
}

/** What today's answer says to the schedule: the rating, and when the entry comes again. */
async function scheduleOf({ l10n, study }: Services, subject: Subject): Promise<{ schedule?: string }> {
  const core = load('study');
  const history = await study.history();
  const review = core.reviewsOf(history.entry(subject.id).attempts).at(-1);
  const card = (await study.schedule()).card(subject.id);
  const last = history.entry(subject.id).attempts.at(-1);
  if (!review || !card || last?.day !== review.day) return {};
  const days = core.intervalOf(card, study.plan);
  const date = new Intl.DateTimeFormat(l10n.lang, { day: 'numeric', month: 'long', timeZone: 'UTC' });
  const when = date.format(noonOf(core.dueOn(card, study.plan)));
  const rating = l10n.t(`rating.${review.rating}`);
  const text = l10n.t('grade.schedule', { rating, days: l10n.count('count.inDays', days), date: when });
  const isFirst = review.attempt === last.id || review.isOwnRating;
  return { schedule: isFirst ? text : `${text} ${l10n.t('grade.scheduleFirst')}` };
}

function failureView({ report, l10n }: Services, failure: Failure): FailureView {
  const steps = NEXT_STEPS[failure.code].map(({ label }, index) => ({ label: l10n.t(label), index }));
  return { message: report.message(failure), code: failure.code, steps };
}

/** A check of an exercise with its findings, in words. */
export function checkView(services: Services, item: Question | Exercise, result: CheckResult): CheckView {
  const { l10n, checks, report } = services;
  const exercise = item as Exercise;
  const spec = exercise.checks.find(({ id }) => id === result.id);
  return {
    id: result.id,
    title: spec ? l10n.pick(spec.title) : result.id,
    outcome: result.outcome,
    outcomeText: l10n.t(`outcome.${result.outcome}`),
    ...(result.failure ? { reason: report.message(result.failure) } : {}),
    findings: result.violations.flatMap((violation) => {
      const rule = exercise.rules[violation.rule];
      if (!rule) return [];
      const { line, column } = violation.range.start;
      return [
        {
          message: checks.fill(rule.message, violation),
          why: checks.fill(rule.why, violation),
          severity: rule.severity,
          severityText: l10n.t(`severity.${rule.severity}`),
          where: `${violation.file}:${line + 1}`,
          place: { file: violation.file, line, column },
          link: rule.link,
        },
      ];
    }),
  };
}

async function solutionPage(services: Services, subject: Subject): Promise<SolutionPage> {
  const { bank, l10n } = services;
  const item = await bank.item(subject);
  const isExercise = 'files' in item;
  return {
    page: 'solution',
    title: l10n.pick(item.title),
    subtitle: l10n.t(isExercise ? 'solution.exercise' : 'solution.question'),
    untrustedBody: l10n.pick(isExercise ? item.solution_note : item.model_answer),
    files: isExercise ? item.files.map(({ path }) => ({ path, text: item.solution[path] ?? '' })) : [],
    points: item.points.map(({ statement, weight }) => ({
      statement: l10n.pick(statement),
      weight: l10n.t('solution.weight', { weight }),
    })),
    followUps: isExercise ? [] : item.follow_ups.map(({ ask }) => l10n.pick(ask)),
    references: item.references,
  };
}

async function trackPage({ bank, l10n, study }: Services, id: string): Promise<TrackPage> {
  const catalogue = await bank.catalogue();
  const head = catalogue.tracks.find((track) => track.id === id);
  const track = await bank.track(id);
  const history = await study.history();
  const done = (head?.entries ?? []).filter((entry) => history.state(entry) === 'good').length;
  return {
    page: 'track',
    title: head ? l10n.pick(head.title) : id,
    subtitle: l10n.t('track.progress', { done, total: head?.entries.length ?? 0 }),
    untrustedIntroduction: track ? l10n.pick(track.introduction) : '',
    untrustedTakeaway: track ? l10n.pick(track.takeaway) : '',
    figure: {
      caption: track ? l10n.pick(track.figure.caption) : '',
      diagram: track ? l10n.pick(track.figure.diagram) : '',
    },
    resources: (track?.resources ?? []).map(({ type, title, url, why }) => ({
      type: l10n.t(`resource.${type}`),
      title,
      url,
      why: l10n.pick(why),
    })),
  };
}

async function drillPage({ bank, l10n, study }: Services, id: string): Promise<DrillPage> {
  const { tracks } = await bank.catalogue();
  const history = await study.history();
  const drill = history.drill(id);
  const rows: DrillPage['rows'][number][] = [];
  const scores = new Map<string, number[]>();
  const weak: { link: EntryLink; score: number }[] = [];
  for (const subject of drill?.subjects ?? []) {
    const item = await bank.item(subject).catch(() => undefined);
    if (!item) continue;
    const step = drill?.steps.find((done) => done.subject.id === subject.id);
    const grade = step?.attempt ? (await study.attempt(step.attempt))?.grade : undefined;
    if (grade?.score != null) {
      scores.set(item.track, [...(scores.get(item.track) ?? []), grade.score]);
      const why = l10n.t('drill.scored', { score: l10n.percent(grade.score) });
      if (grade.score < load('study').KNOWN)
        weak.push({ link: { subject, title: l10n.pick(item.title), why }, score: grade.score });
    }
    rows.push({
      subject,
      title: l10n.pick(item.title),
      score: grade?.score == null ? '–' : l10n.percent(grade.score),
      gradedBy: grade ? provenanceText(l10n, grade) : l10n.t('drill.skipped'),
      missed: grade ? missedPoints(item.points, grade).map(({ statement }) => l10n.pick(statement)) : [],
    });
  }
  const graded = rows.filter(({ score }) => score !== '–').length;
  return {
    page: 'drill',
    title: l10n.t('drill.title'),
    subtitle: l10n.t('drill.subtitle', { graded, total: rows.length }),
    rows,
    allMet: l10n.t('drill.allMet'),
    tracks:
      drill?.kind === 'diagnostic'
        ? [...scores]
            .map(([track, list]) => ({ track, mean: list.reduce((sum, one) => sum + one, 0) / list.length }))
            .sort((a, b) => a.mean - b.mean)
            .map(({ track, mean }) => ({
              label: l10n.pick(tracks.find((head) => head.id === track)?.title ?? { fr: track, en: track }),
              value: mean,
              text: l10n.percent(mean),
            }))
        : [],
    next: weak
      .sort((a, b) => a.score - b.score)
      .slice(0, 3)
      .map(({ link }) => link),
  };
}

async function diagnosisPage(services: Services): Promise<DiagnosisPage> {
  const { l10n, models, report, practice, study, bank } = services;
  const setting = readSetting('grader');
  const rungs = await models.rungs();
  const chosen = setting === 'auto' ? rungs.find(({ ready }) => ready)?.rung : setting;
  const used = rungs.find(({ rung }) => rung === chosen);
  const history = await study.history();
  const entries = (await bank.catalogue()).entries;
  const tried = entries.filter(({ id }) => history.state(id) !== 'new').length;
  return {
    page: 'diagnosis',
    title: l10n.t('diagnosis.title'),
    subtitle: l10n.t(`grader.${setting}`),
    rungs: rungs.map(({ rung, ready, failure, model, destination }) => ({
      name: l10n.t(`rung.${rung}`),
      ready,
      state: l10n.t(ready ? 'rung.ready' : 'rung.notReady'),
      chosen: rung === chosen,
      detail: failure
        ? report.message(failure)
        : model
          ? l10n.t('rung.detail', { model, destination: destination ?? '' })
          : l10n.t('rung.offlineDetail'),
    })),
    conclusion: used?.ready
      ? l10n.t('diagnosis.next', { rung: l10n.t(`rung.${used.rung}`) })
      : l10n.t('diagnosis.blocked'),
    facts: [
      { name: l10n.t('fact.practice'), value: practice.root },
      { name: l10n.t('fact.language'), value: `${l10n.lang} / ${l10n.feedbackLang}` },
      { name: l10n.t('fact.bank'), value: l10n.t('fact.bankValue', { entries: entries.length, tried }) },
      {
        name: l10n.t('fact.packs'),
        value: l10n.t('fact.packsValue', {
          folders: readSetting('packs').length,
          faults: bank.faults.length,
        }),
      },
    ],
  };
}
