import type { EntryState } from '../../core/bank/catalogue.ts';
import type { BankEntry } from '../../core/bank/question.ts';
import { AppError } from '../../core/errors.ts';
import type { Subject } from '../../core/grading/grade.ts';
import { bandOf } from '../../core/grading/score.ts';
import { addDays, type Day, daysBetween, noonOf } from '../../core/study/day.ts';
import type { AttemptHead } from '../../core/study/history.ts';
import type { Group } from '../../core/study/progress.ts';
import { load } from '../../load.ts';
import type {
  DebriefPage,
  EvePage,
  HistoryPage,
  ProgressPage,
  SegmentView,
  StackView,
} from '../../shared/studyPages.ts';
import { durationText } from '../interviewReport.ts';
import type { Localizer } from '../l10n.ts';
import type { Services } from '../services.ts';
import { provenanceName } from './gradePage.ts';

const SEGMENTS = ['mastered', 'good', 'to_review', 'started', 'new'] as const;

/** Points listed as the weakest, and how many of them may be of one entry. */
const MOST_WEAK = 6;
const OF_ONE = 2;

/** Days of the calendar's language. */
const A_MONDAY = '2024-01-01';

function dates({ lang }: Pick<Localizer, 'lang'>, options: Intl.DateTimeFormatOptions) {
  const format = new Intl.DateTimeFormat(lang, { ...options, timeZone: 'UTC' });
  return (day: Day) => format.format(noonOf(day));
}

async function sourceOf({ bank, study }: Services) {
  return {
    entries: (await bank.catalogue()).entries,
    history: await study.history(),
    schedule: await study.schedule(),
    plan: study.plan,
    today: study.today,
  };
}

export async function progressPage(services: Services): Promise<ProgressPage> {
  const { bank, l10n } = services;
  const core = load('study');
  const source = await sourceOf(services);
  const { entries, history, plan, today } = source;
  const progress = core.progressOf(source);
  const long = dates(l10n, { dateStyle: 'full' });
  const short = dates(l10n, { day: 'numeric', month: 'short' });
  const weekday = dates(l10n, { weekday: 'short' });
  const noonDate = dates(l10n, { day: 'numeric' });
  const { tracks } = await bank.catalogue();
  const titles = new Map(tracks.map(({ id, title }) => [id, l10n.pick(title)]));
  const mastered = progress.tracks.reduce((sum, { counts }) => sum + counts.mastered, 0);
  const left = plan.interview === undefined ? -1 : daysBetween(today, plan.interview);
  const { week } = progress;
  return {
    page: 'progress',
    title: l10n.t('progress.title'),
    subtitle:
      left >= 0 && plan.interview
        ? l10n.t('progress.until', { days: l10n.count('count.daysLeft', left), date: long(plan.interview) })
        : l10n.t('progress.open'),
    facts: [
      {
        name: l10n.t('progress.mastered'),
        value: l10n.t('progress.of', { n: mastered, total: entries.length }),
      },
      { name: l10n.t('progress.answered'), value: l10n.count('count.answer', history.size) },
      { name: l10n.t('progress.streak'), value: l10n.count('count.day', progress.streak) },
      {
        name: l10n.t('progress.week'),
        value:
          week.minutes === undefined
            ? l10n.count('count.answer', week.answers)
            : l10n.t('entry.minutes', { minutes: Math.round(week.minutes) }),
      },
    ],
    tracks: progress.tracks.map((group) => stackOf(l10n, titles.get(group.id) ?? group.id, group)),
    competences: progress.competences.map((group) =>
      stackOf(l10n, l10n.t(core.kindKey(group.id as BankEntry['kind'])), group),
    ),
    ahead: progress.ahead.map(({ day, due, isInterview }) => ({
      day,
      label: `${weekday(day)} ${noonDate(day)}`,
      due,
      text: `${long(day)}${isInterview ? `, ${l10n.t('progress.interview')}` : ''}`,
      ...(isInterview ? { isInterview: true as const } : {}),
    })),
    calendar: progress.calendar.map((days) => ({
      label: short(days[0]?.day ?? today),
      days: days.map(({ day, count, level }) => ({
        day,
        count,
        level,
        text: `${long(day)}, ${l10n.count('count.answer', count)}`,
      })),
    })),
    weekdays: Array.from({ length: 7 }, (_, i) => weekday(addDays(A_MONDAY, i))),
    scores: progress.scores.map(({ by, model, days }) => ({
      grader: provenanceName(l10n, by, model),
      values: days.map(({ day, mean }) => ({
        day,
        label: short(day),
        value: mean,
        text: l10n.percent(mean),
      })),
    })),
    weakest: await weakest(services, entries),
  };
}

function stackOf(l10n: Localizer, label: string, { counts }: Group): StackView {
  const segments = SEGMENTS.map((kind): SegmentView => {
    const count = counts[kind];
    return { kind, count, text: l10n.t(`state.${kind satisfies EntryState}`) };
  });
  const total = segments.reduce((sum, { count }) => sum + count, 0);
  return { label, segments, text: l10n.t('progress.masteredOf', { n: counts.mastered, total }) };
}

async function weakest({ bank, l10n, study }: Services, entries: readonly BankEntry[]) {
  const points = load('study').weakestPoints(entries, await study.history(), Number.POSITIVE_INFINITY);
  const views: ProgressPage['weakest'][number][] = [];
  for (const { entry, point, missed, lastScore } of points) {
    if (views.length === MOST_WEAK) break;
    if (views.filter(({ subject: { id } }) => id === entry.id).length === OF_ONE) continue;
    const subject: Subject = { type: entry.type, id: entry.id };
    const item = await bank.item(subject).catch(() => undefined);
    const statement = item?.points.find(({ id }) => id === point)?.statement;
    if (!statement) continue;
    views.push({
      subject,
      title: l10n.pick(entry.title),
      point: l10n.pick(statement),
      text: l10n.t('progress.missed', {
        times: l10n.count('count.time', missed),
        score: l10n.percent(lastScore),
      }),
    });
  }
  return views;
}

/** The page for the day before: what is weak, what to keep in mind, what to ask. */
export async function evePage(services: Services): Promise<EvePage> {
  const { bank, l10n, study } = services;
  const { tracks, entries } = await bank.catalogue();
  const bodies = (await Promise.all(tracks.map(({ id }) => bank.track(id).catch(() => undefined)))).filter(
    (track) => track !== undefined,
  );
  const { interview } = study.plan;
  return {
    page: 'eve',
    title: l10n.t('eve.title'),
    subtitle:
      interview === undefined
        ? l10n.t('eve.noDate')
        : l10n.t('eve.date', { date: dates(l10n, { dateStyle: 'full' })(interview) }),
    weakest: await weakest(services, entries),
    takeaways: bodies.map(({ title, takeaway }) => ({
      track: l10n.pick(title),
      untrustedText: l10n.pick(takeaway),
    })),
    numbers: bodies.flatMap(({ numbers = [] }) =>
      numbers.map(({ text, reference }) => ({ text: l10n.pick(text), reference })),
    ),
    toAsk: bodies.flatMap(({ to_ask = [] }) => to_ask.map((text) => l10n.pick(text))),
  };
}

export async function historyPage(services: Services, subject: Subject): Promise<HistoryPage> {
  const { bank, l10n, study } = services;
  const item = await bank.item(subject);
  const core = load('study');
  const { attempts, note } = (await study.history()).entry(subject.id);
  const reviews = core.reviewsOf(attempts);
  const format = new Intl.DateTimeFormat(l10n.lang, { dateStyle: 'medium', timeStyle: 'short' });
  const scored = attempts.filter(({ grade }) => grade?.score != null);
  const [first, last] = [scored[0], scored.at(-1)];
  const grades =
    first && last && first !== last
      ? [(await study.whole(first)).grade, (await study.whole(last)).grade]
      : [];
  const [before, after] = grades;
  const change = before && after ? core.improvedBetween(before, after) : undefined;
  const statement = (id: string) => {
    const point = item.points.find((one) => one.id === id);
    return point ? l10n.pick(point.statement) : id;
  };
  const improved = (['gained', 'lost', 'open'] as const).flatMap((kind) =>
    (change?.[kind] ?? []).map((id) => ({ kind, text: statement(id) })),
  );
  return {
    page: 'history',
    title: l10n.pick(item.title),
    subtitle: l10n.count('count.attempt', attempts.length),
    subject,
    untrustedNote: note,
    facts: await standingFacts(services, subject.id),
    improved,
    ...(change && !change.isAlike ? { caution: l10n.t('change.otherGrader') } : {}),
    attempts: [...attempts].reverse().map((attempt) => ({
      id: attempt.id,
      when: format.format(attempt.ts),
      score: attempt.grade?.score == null ? '–' : l10n.percent(attempt.grade.score),
      ...(attempt.grade?.score == null ? {} : { value: attempt.grade.score }),
      gradedBy: attempt.grade
        ? provenanceName(l10n, attempt.grade.by, attempt.grade.model)
        : l10n.t('history.ungraded'),
      details: detailsOf(l10n, attempt, reviews.find((review) => review.attempt === attempt.id)?.rating),
      isSpoken: attempt.spoken === true,
    })),
  };
}

/** What the schedule knows of an entry, in facts: standing, recall, next review and why. */
async function standingFacts(services: Services, id: string): Promise<HistoryPage['facts']> {
  const { l10n } = services;
  const core = load('study');
  const { history, schedule, plan, today } = await sourceOf(services);
  const standing = core.standingOf(id, { history, schedule, plan, today });
  const facts = [{ name: l10n.t('history.standing'), value: l10n.t(`state.${standing}`) }];
  const card = schedule.card(id);
  if (!card) return facts;
  const date = dates(l10n, { dateStyle: 'medium' });
  const horizon = core.horizon(plan, today);
  facts.push(
    { name: l10n.t('history.recallToday'), value: l10n.percent(core.recallOn(card, today)) },
    {
      name: l10n.t(plan.interview === horizon ? 'history.recallInterview' : 'history.recallHorizon'),
      value: l10n.percent(core.recallOn(card, horizon)),
    },
    { name: l10n.t('history.next'), value: date(core.dueOn(card, plan)) },
    { name: l10n.t('history.goodDays'), value: l10n.t('history.goodDaysValue', { n: card.goodDays }) },
  );
  if (standing !== 'mastered') {
    const missing = [
      ...(card.goodDays < 2 ? [l10n.t('history.needsDay')] : []),
      ...(card.last.score < core.KNOWN ? [l10n.t('history.needsScore')] : []),
      ...(card.last.isUnaided ? [] : [l10n.t('history.needsUnaided')]),
      ...(core.recallOn(card, horizon) < core.SURE ? [l10n.t('history.needsRecall')] : []),
    ];
    if (missing.length > 0) facts.push({ name: l10n.t('history.needs'), value: missing.join(' ') });
  }
  return facts;
}

function detailsOf(
  l10n: Localizer,
  attempt: AttemptHead,
  rating: Parameters<typeof ratingKey>[0] | undefined,
): string[] {
  const { seconds, hints, solutionSeen, observed, spoken, isCounted } = attempt;
  return [
    ...(rating ? [l10n.t(ratingKey(rating))] : []),
    ...(seconds === undefined ? [] : [durationText(seconds)]),
    ...(spoken ? [l10n.t('history.spoken')] : []),
    ...(hints > 0 ? [l10n.count('count.hint', hints)] : []),
    ...(solutionSeen ? [l10n.t('history.solutionSeen')] : []),
    ...(observed ? [assistanceText(l10n, observed)] : []),
    ...(isCounted ? [] : [l10n.t('history.takenBack')]),
  ];
}

function ratingKey(rating: 'again' | 'hard' | 'good' | 'easy') {
  return `rating.${rating}` as const;
}

/** What was observed of help from the editor, in words. */
export function assistanceText(
  l10n: Localizer,
  { inlineSuggestions, assistant }: NonNullable<AttemptHead['observed']>,
): string {
  const state = l10n.t(`assistance.${inlineSuggestions}`);
  return assistant === undefined ? state : `${state}, ${l10n.t('assistance.own', { name: assistant })}`;
}

export async function debriefPage(services: Services, id: string): Promise<DebriefPage> {
  const { bank, l10n, study } = services;
  const history = await study.history();
  const debrief = history.debriefs.find((one) => one.id === id);
  if (!debrief) throw new AppError('not_found', { id });
  const catalogue = await bank.catalogue();
  const weak = load('study').weakestPoints(catalogue.entries, history, Number.POSITIVE_INFINITY);
  const rows: DebriefPage['rows'][number][] = [];
  for (const { text, matches, own } of debrief.asked) {
    const views: DebriefPage['rows'][number]['matches'][number][] = [];
    for (const match of matches) {
      const entry = catalogue.get(match);
      if (!entry) continue;
      const item = await bank.item({ type: entry.type, id: match });
      const score = history.entry(match).attempts.findLast(({ grade }) => grade?.score != null)?.grade?.score;
      views.push({
        subject: { type: entry.type, id: match },
        title: l10n.pick(entry.title),
        score:
          score == null ? l10n.t('state.new') : `${l10n.percent(score)}, ${l10n.t(`band.${bandOf(score)}`)}`,
        weak: weak
          .filter((point) => point.entry.id === match)
          .flatMap(({ point }) => item.points.find((one) => one.id === point)?.statement ?? [])
          .map((statement) => l10n.pick(statement)),
      });
    }
    rows.push({
      untrustedText: text,
      matches: views,
      ...(own ? { own: { subject: { type: 'question', id: own.id }, title: own.text } } : {}),
    });
  }
  const date = dates(l10n, { dateStyle: 'long' })(debrief.date);
  return {
    page: 'debrief',
    title: debrief.employer === '' ? l10n.t('debrief.title') : debrief.employer,
    subtitle: [date, l10n.count('count.question', debrief.asked.length)].join(' · '),
    rows,
  };
}
