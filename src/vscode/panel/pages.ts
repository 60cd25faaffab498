import type { Exercise, Question } from '../../core/bank/question.ts';
import type { CheckResult, Grade, PointResult, Subject } from '../../core/grading/grade.ts';
import { bandOf } from '../../core/grading/score.ts';
import { isTickable } from '../../core/grading/tick.ts';
import { missedPoints, nextSubject } from '../../core/study/drill.ts';
import type {
  CheckView,
  DiagnosisPage,
  DrillPage,
  FailureView,
  GradePage,
  PageRef,
  PageState,
  PointView,
  SolutionPage,
  TrackPage,
} from '../../shared/protocol.ts';
import type { Graded, Session } from '../grading.ts';
import { NEXT_STEPS } from '../report.ts';
import type { Services } from '../services.ts';
import { readSetting } from '../settings.ts';

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
      case 'diagnosis':
        return diagnosisPage(services);
    }
  };
}

async function subtitleOf({ bank, l10n }: Services, item: Question | Exercise): Promise<string> {
  const track = (await bank.catalogue()).tracks.find(({ id }) => id === item.track);
  return [track ? l10n.pick(track.title) : item.track, l10n.t(`level.${item.level}`)].join(' · ');
}

/** Who graded, in words. */
export function provenanceText({ l10n }: Pick<Services, 'l10n'>, { provenance, checks }: Grade): string {
  if (provenance.by === 'model')
    return l10n.t('by.model', { model: provenance.model, destination: provenance.destination });
  // Offline, an exercise is decided by its checks: nothing is estimated.
  if (provenance.by === 'offline' && checks.length > 0) return l10n.t('by.checks');
  return l10n.t(`by.${provenance.by}`);
}

async function gradePage(services: Services, subject: Subject): Promise<GradePage> {
  const { bank, grading, l10n, study } = services;
  const item = await bank.item(subject);
  const session = grading.session(subject);
  const graded = session ? undefined : await grading.last(subject);
  const drill = (await study.history()).openDrill;
  const inDrill = drill?.subjects.some(({ id }) => id === subject.id) ? drill : undefined;
  const base = {
    page: 'grade',
    title: l10n.pick(item.title),
    subtitle: await subtitleOf(services, item),
    attempt: graded?.attempt,
    references: item.references,
  } as const;
  if (session) return { ...base, running: runningView(services, item, session), ...NOTHING };
  if (!graded) return { ...base, ...NOTHING, headline: emptyHeadline(services) };
  return {
    ...base,
    ...gradedView(services, item, graded),
    ...(inDrill
      ? {
          drill: {
            position: `${inDrill.subjects.findIndex(({ id }) => id === subject.id) + 1} / ${inDrill.subjects.length}`,
            isLast: nextSubject(inDrill) === undefined,
          },
        }
      : {}),
  };
}

const NOTHING = { checks: [], points: [], pitfalls: [], tickable: false } as const;

function emptyHeadline({ l10n }: Services): NonNullable<GradePage['headline']> {
  return { score: '–', band: 'none', bandText: l10n.t('band.none'), gradedBy: l10n.t('by.none'), note: '' };
}

function runningView(
  services: Services,
  item: Question | Exercise,
  session: Session,
): NonNullable<GradePage['running']> {
  const { l10n } = services;
  const { progress, startedAt } = session;
  const text =
    progress?.phase === 'asking'
      ? l10n.t('running.asking', { model: progress.model })
      : progress?.phase === 'reading'
        ? l10n.t('running.reading', { characters: progress.characters })
        : l10n.t('running.checking');
  const points =
    progress?.phase === 'reading' ? progress.points.map((point) => pointView(services, item, point)) : [];
  return { text, startedAt, points };
}

// Missed points come first: they are what the candidate came for.
const ORDER: Readonly<Record<PointView['verdict'], number>> = {
  contradicted: 0,
  unverified: 1,
  not_met: 2,
  unjudged: 3,
  met: 4,
};

function gradedView(
  services: Services,
  item: Question | Exercise,
  graded: Graded,
): Omit<GradePage, 'page' | 'title' | 'subtitle' | 'attempt' | 'references'> {
  const { l10n } = services;
  const { grade } = graded;
  const points = grade.points.map((point) => pointView(services, item, point));
  const pitfalls = grade.pitfalls.flatMap(({ id, present, evidence }) => {
    const statement = item.pitfalls.find((pitfall) => pitfall.id === id)?.statement;
    if (!present || !evidence || !statement) return [];
    return [{ statement: l10n.pick(statement), quote: evidence.quote, place: evidence }];
  });
  const [worst] = missedPoints(item.points, grade);
  const followUp =
    'follow_ups' in item ? item.follow_ups.find(({ point }) => point === worst?.id)?.ask : undefined;
  return {
    headline: headlineOf(services, graded),
    ...(grade.failure ? { failure: failureView(services, grade.failure) } : {}),
    ...(grade.gate ? { gate: l10n.t(`gate.${grade.gate}`) } : {}),
    ...(grade.summary ? { untrustedSummary: grade.summary } : {}),
    ...(grade.suspicious ? { suspicious: l10n.t('grade.suspicious') } : {}),
    checks: grade.checks.map((check) => checkView(services, item, check)),
    points: points.sort((a, b) => ORDER[a.verdict] - ORDER[b.verdict]),
    pitfalls,
    ...(followUp && grade.status === 'graded' ? { followUp: l10n.pick(followUp) } : {}),
    tickable: isTickable(grade),
  };
}

function headlineOf(services: Services, { grade, isStored }: Graded): NonNullable<GradePage['headline']> {
  const { l10n } = services;
  const notes = [noteOf(services, grade), ...(isStored ? [] : [l10n.t('grade.notStored')])];
  const gradedBy = grade.status === 'graded' ? provenanceText(services, grade) : l10n.t('by.none');
  if (grade.score === null) {
    return {
      score: '–',
      band: 'none',
      bandText: l10n.t(grade.status === 'graded' ? 'band.open' : 'band.none'),
      gradedBy,
      note: notes.join(' '),
    };
  }
  const band = bandOf(grade.score);
  return {
    score: l10n.percent(grade.score),
    value: grade.score,
    band,
    bandText: l10n.t(`band.${band}`),
    gradedBy,
    note: notes.join(' '),
  };
}

function noteOf({ l10n }: Services, { provenance, checks, points, gate }: Grade): string {
  if (gate) return '';
  const open = points.some(({ verdict }) => verdict === 'unjudged');
  if (checks.length > 0 && open) return l10n.t('note.checksOnly');
  if (provenance.by === 'offline') return l10n.t('note.offline');
  if (provenance.by === 'self') return l10n.t('note.self');
  return provenance.by === 'model' ? l10n.t('note.model') : '';
}

function pointView({ l10n }: Services, item: Question | Exercise, result: PointResult): PointView {
  const point = item.points.find(({ id }) => id === result.id);
  const verdict = result.unverified ? 'unverified' : result.verdict;
  const missed = verdict === 'not_met' || verdict === 'contradicted' || verdict === 'unverified';
  return {
    id: result.id,
    statement: point ? l10n.pick(point.statement) : result.id,
    verdict,
    verdictText: l10n.t(`verdict.${verdict}`),
    ...(result.evidence ? { quote: result.evidence.quote, place: placeOf(result.evidence) } : {}),
    ...(result.reason ? { untrustedReason: result.reason } : {}),
    ...(missed && point ? { nearMiss: l10n.pick(point.not_enough) } : {}),
  };
}

function placeOf({ file, start, end }: { file: string; start: number; end: number }) {
  return { file, start, end };
}

function failureView({ report, l10n }: Services, failure: NonNullable<Grade['failure']>): FailureView {
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

async function drillPage(services: Services, id: string): Promise<DrillPage> {
  const { bank, l10n, study } = services;
  const history = await study.history();
  const drill = history.drill(id);
  const rows: DrillPage['rows'][number][] = [];
  for (const subject of drill?.subjects ?? []) {
    const item = await bank.item(subject).catch(() => undefined);
    if (!item) continue;
    const step = drill?.steps.find((done) => done.subject.id === subject.id);
    const grade = step?.attempt ? history.attempt(step.attempt)?.grade : undefined;
    rows.push({
      subject,
      title: l10n.pick(item.title),
      score: grade?.score == null ? '–' : l10n.percent(grade.score),
      gradedBy: grade ? provenanceText(services, grade) : l10n.t('drill.skipped'),
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
