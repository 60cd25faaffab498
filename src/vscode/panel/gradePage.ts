import { chooseFollowUp, followUp, parseFollowUpId } from '../../core/bank/followUp.ts';
import type { Exercise, Question } from '../../core/bank/question.ts';
import { type Comparison, compareGrades } from '../../core/grading/compare.ts';
import type { Delivery } from '../../core/grading/delivery.ts';
import type { CheckResult, Evidence, Grade, PointResult, Provenance } from '../../core/grading/grade.ts';
import type { Progress } from '../../core/grading/gradeAnswer.ts';
import { missedPoints } from '../../core/grading/missed.ts';
import { bandOf } from '../../core/grading/score.ts';
import { isTickable } from '../../core/grading/tick.ts';
import type { Localized } from '../../core/language.ts';
import type { Failure } from '../../core/ports.ts';
import type { Contest } from '../../core/store/events.ts';
import type {
  CheckView,
  FactView,
  FailureView,
  GradePage,
  NoticeView,
  PointView,
  RunningView,
} from '../../shared/protocol.ts';
import type { Localizer } from '../l10n.ts';

/** The words of the running program, in the reader's language. */
export type Words = Pick<Localizer, 'lang' | 't' | 'count' | 'percent' | 'pick'>;

/** What the page needs beside the grade; nothing of it reaches the editor, so that tests draw the page alone. */
export interface GradeMeans {
  readonly l10n: Words;
  readonly message: (failure: Failure) => string;
  readonly failure: (failure: Failure) => FailureView;
  readonly check: (result: CheckResult) => CheckView;
}

/** A grade to show, with what is known of its attempt. */
export interface ShownGrade {
  readonly grade: Grade;
  readonly isStored: boolean;
  /** When the answer was handed in (ms, UTC). */
  readonly ts?: number;
  readonly previous?: { readonly grade: Grade; readonly sameAnswer: boolean; readonly ts: number };
  readonly contest?: Contest;
}

type Item = Question | Exercise;
type Headline = NonNullable<GradePage['headline']>;

/** The page with nothing on it. */
export const EMPTY_GRADE = {
  page: 'grade',
  notices: [],
  checks: [],
  points: [],
  pitfalls: [],
  delivery: [],
  tickable: false,
} as const;

export function emptyHeadline({ l10n }: GradeMeans): Headline {
  return { score: '–', band: 'none', bandText: l10n.t('band.none'), gradedBy: l10n.t('by.none'), note: '' };
}

/** Who graded, in words. */
export function provenanceText(l10n: Words, { provenance, checks }: Grade): string {
  if (provenance.by === 'model')
    return l10n.t('by.model', { model: provenance.model, destination: provenance.destination });
  // Offline, an exercise is decided by its checks: nothing is estimated.
  if (provenance.by === 'offline' && checks.length > 0) return l10n.t('by.checks');
  return l10n.t(`by.${provenance.by}`);
}

/** The same from what is kept in memory of a grade: an offline one may be of checks alone. */
export function provenanceName(l10n: Words, by: Provenance['by'], model: string | undefined): string {
  return by === 'model' ? (model ?? l10n.t('by.none')) : l10n.t(`by.${by}`);
}

/** A grade on its way, as far as it has come. */
export function runningView(
  means: GradeMeans,
  item: Item,
  { progress, startedAt }: { readonly progress: Progress | undefined; readonly startedAt: number },
  now: number,
): RunningView {
  const { l10n } = means;
  const base = { startedAt, now, points: [] };
  switch (progress?.phase) {
    case 'asking':
      return {
        ...base,
        text: l10n.t(`purpose.${progress.purpose}`),
        detail: l10n.t('running.asking', { model: progress.model }),
      };
    case 'reading':
      return {
        ...base,
        text: l10n.t(`purpose.${progress.purpose}`),
        detail: l10n.t('running.reading', { characters: number(l10n, progress.characters) }),
        points: progress.points.map((point) => pointView(l10n, item, point)),
      };
    case 'waiting':
      return {
        ...base,
        text: l10n.t('running.waiting'),
        detail: means.message(progress.failure),
        waitsUntil: progress.until,
      };
    default:
      return { ...base, text: l10n.t('running.checking') };
  }
}

// Missed points come first: they are what the candidate came for.
const ORDER: Readonly<Record<PointView['verdict'], number>> = {
  contradicted: 0,
  set_aside: 1,
  unverified: 2,
  not_met: 3,
  unjudged: 4,
  met: 5,
};

/** Everything that the page says of a grade. */
export function gradedView(
  means: GradeMeans,
  item: Item,
  shown: ShownGrade,
): Omit<GradePage, 'page' | 'title' | 'subtitle' | 'attempt' | 'references'> {
  const { l10n } = means;
  const { grade, contest, previous } = shown;
  const comparison = comparable(shown);
  const points = grade.points.map((result) => ({
    ...pointView(l10n, item, result),
    ...changeOf(l10n, comparison, result.id),
    ...contestedOf(l10n, contest, result),
  }));
  const pitfalls = grade.pitfalls.flatMap(({ id, present, evidence }) => {
    const statement = item.pitfalls.find((pitfall) => pitfall.id === id)?.statement;
    if (!present || !evidence || !statement) return [];
    return [{ statement: l10n.pick(statement), quote: evidence.quote, place: placeOf(evidence) }];
  });
  const next = grade.status === 'graded' ? followUpOf(item, grade) : undefined;
  const repeats = grade.repeats;
  return {
    headline: headlineOf(l10n, shown),
    ...(comparison && previous ? { change: changeView(l10n, previous, grade, comparison) } : {}),
    ...(repeats === undefined ? {} : { repeats: l10n.t('grade.repeats', { when: moment(l10n, repeats) }) }),
    ...(contest
      ? {
          contested: {
            text: l10n.t('grade.contested'),
            ...(contest.note.trim() === '' ? {} : { comment: contest.note }),
          },
        }
      : {}),
    ...(grade.failure ? { failure: means.failure(grade.failure) } : {}),
    ...(grade.gate ? { gate: l10n.t(`gate.${grade.gate}`) } : {}),
    notices: noticesOf(l10n, grade),
    ...(grade.summary ? { untrustedSummary: grade.summary } : {}),
    checks: grade.checks.map(means.check),
    points: points.sort((a, b) => ORDER[a.verdict] - ORDER[b.verdict]),
    pitfalls,
    ...(next ? { untrustedFollowUp: l10n.pick(next) } : {}),
    delivery: grade.delivery ? deliveryFacts(l10n, grade.delivery, item.minutes) : [],
    ...aboutOf(l10n, shown),
    tickable: isTickable(grade),
  };
}

// The question that "Answer the follow-up" opens; a follow-up has none of its own.
function followUpOf(item: Item, grade: Grade): Localized | undefined {
  if (!('follow_ups' in item) || parseFollowUpId(item.id)) return undefined;
  const point = chooseFollowUp(item, missedPoints(item.points, grade));
  return point && followUp(item, point.id)?.prompt;
}

function headlineOf(l10n: Words, { grade, isStored, ts }: ShownGrade): Headline {
  const note = [noteOf(l10n, grade), ...(isStored ? [] : [l10n.t('grade.notStored')])].join(' ').trim();
  const gradedBy = grade.status === 'graded' ? provenanceText(l10n, grade) : l10n.t('by.none');
  const when = ts === undefined ? {} : { when: moment(l10n, ts) };
  if (grade.score === null) {
    const bandText = l10n.t(grade.status === 'graded' ? 'band.open' : 'band.none');
    return { score: '–', band: 'none', bandText, gradedBy, ...when, note };
  }
  const band = bandOf(grade.score);
  return {
    score: l10n.percent(grade.score),
    value: grade.score,
    ...(grade.range ? { range: rangeView(l10n, grade.range) } : {}),
    ...(grade.scoreOfOwnWords === undefined
      ? {}
      : { ownWords: l10n.t('grade.ownWords', { score: l10n.percent(grade.scoreOfOwnWords) }) }),
    band,
    bandText: l10n.t(`band.${band}`),
    gradedBy,
    ...when,
    note,
  };
}

function rangeView(l10n: Words, { low, high }: NonNullable<Grade['range']>): NonNullable<Headline['range']> {
  const text = l10n.t('grade.range', { low: l10n.percent(low), high: l10n.percent(high) });
  return { low, high, text };
}

function noteOf(l10n: Words, { provenance, checks, points, gate }: Grade): string {
  if (gate) return '';
  const open = points.some(({ verdict }) => verdict === 'unjudged');
  if (checks.length > 0 && open) return l10n.t('note.checksOnly');
  if (provenance.by === 'offline') return l10n.t('note.offline');
  if (provenance.by === 'self') return l10n.t('note.self');
  return provenance.by === 'model' ? l10n.t('note.model') : '';
}

function noticesOf(l10n: Words, grade: Grade): NoticeView[] {
  const known = grade.notices ?? [];
  const notices = known.map((notice): NoticeView => {
    const passages = notice === 'addresses_grader' ? (grade.setAside ?? []) : [];
    return {
      text: l10n.t(`notice.${notice}`),
      passages: passages.map((passage) => ({ quote: passage.quote, place: placeOf(passage) })),
    };
  });
  // The grader's own remark adds nothing to what the program has found.
  if (grade.suspicious && !known.includes('addresses_grader'))
    notices.push({ text: l10n.t('grade.suspicious'), passages: [] });
  return notices;
}

function pointView(l10n: Words, item: Item, result: PointResult): PointView {
  const point = item.points.find(({ id }) => id === result.id);
  const verdict = result.setAside ? 'set_aside' : result.unverified ? 'unverified' : result.verdict;
  const isMissed = verdict !== 'met' && verdict !== 'unjudged';
  return {
    id: result.id,
    statement: point ? l10n.pick(point.statement) : result.id,
    verdict,
    verdictText: l10n.t(`verdict.${verdict}`),
    ...(verdict === 'set_aside' ? { note: l10n.t('grade.pointSetAside') } : {}),
    ...(verdict === 'unverified' ? { note: l10n.t('grade.pointUnverified') } : {}),
    ...(result.uncertain
      ? { uncertain: { label: l10n.t('grade.uncertain'), why: l10n.t('grade.uncertainWhy') } }
      : {}),
    ...(result.evidence ? { quote: result.evidence.quote, place: placeOf(result.evidence) } : {}),
    ...(result.reason ? { untrustedReason: result.reason } : {}),
    ...(isMissed && point ? { nearMiss: l10n.pick(point.not_enough) } : {}),
  };
}

function placeOf({ file, start, end }: Evidence) {
  return { file, start, end };
}

// A grade that was kept says so; that it equals itself would be no news.
function comparable({ grade, previous }: ShownGrade): Comparison | undefined {
  if (!previous || grade.status !== 'graded' || previous.grade.status !== 'graded') return undefined;
  if (grade.repeats !== undefined && previous.sameAnswer) return undefined;
  const comparison = compareGrades(previous.grade, grade);
  return comparison.points.length > 0 ? comparison : undefined;
}

function changeView(
  l10n: Words,
  previous: NonNullable<ShownGrade['previous']>,
  grade: Grade,
  comparison: Comparison,
): NonNullable<GradePage['change']> {
  const counted = (kind: 'gained' | 'lost') =>
    comparison.points.filter(({ change }) => change === kind).length;
  const [gained, lost] = [counted('gained'), counted('lost')];
  const changes = [
    ...(gained > 0 ? [l10n.count('count.gained', gained)] : []),
    ...(lost > 0 ? [l10n.count('count.lost', lost)] : []),
  ].join(', ');
  const when = moment(l10n, previous.ts);
  const sentence = previous.sameAnswer
    ? changes === ''
      ? l10n.t('change.sameNothing', { when })
      : l10n.t('change.same', { when, changes })
    : changes === ''
      ? l10n.t('change.nothing', { when })
      : l10n.t('change.since', { when, changes });
  const [before, after] = [previous.grade.score, grade.score].map((score) =>
    score === null ? undefined : l10n.percent(score),
  );
  const scores =
    before !== undefined && after !== undefined && before !== after
      ? ` ${l10n.t('change.score', { before, after })}`
      : '';
  return {
    text: `${sentence}${scores}`,
    ...(comparison.isAlike ? {} : { caution: l10n.t('change.otherGrader') }),
  };
}

function changeOf(
  l10n: Words,
  comparison: Comparison | undefined,
  id: string,
): Pick<PointView, 'change'> | undefined {
  const kind = comparison?.points.find((point) => point.id === id)?.change;
  if (kind === 'gained') return { change: { kind, text: l10n.t('change.gained') } };
  return kind === 'lost' ? { change: { kind, text: l10n.t('change.lost') } } : undefined;
}

function contestedOf(
  l10n: Words,
  contest: Contest | undefined,
  { id, verdict }: PointResult,
): Pick<PointView, 'contested'> | undefined {
  const own = contest?.points.find((point) => point.id === id);
  if (!own || own.verdict === verdict) return undefined;
  return { contested: l10n.t('grade.contestedPoint', { verdict: l10n.t(`verdict.${own.verdict}`) }) };
}

function aboutOf(l10n: Words, { grade, ts }: ShownGrade): Pick<GradePage, 'about'> | undefined {
  const { provenance, readings, cost } = grade;
  if (provenance.by !== 'model') return undefined;
  const facts: FactView[] = [
    { name: l10n.t('about.grader'), value: `${provenance.model}, ${provenance.destination}` },
  ];
  const when = grade.repeats ?? ts;
  if (when !== undefined) facts.push({ name: l10n.t('about.when'), value: moment(l10n, when) });
  const work = [
    ...(readings === undefined ? [] : [l10n.count('count.reading', readings)]),
    ...(cost ? [l10n.count('count.call', cost.calls)] : []),
  ];
  if (work.length > 0) facts.push({ name: l10n.t('about.work'), value: work.join(', ') });
  if (cost) facts.push({ name: l10n.t('about.tokens'), value: tokensOf(l10n, cost) });
  return { about: { facts, contestable: grade.status === 'graded' } };
}

function tokensOf(l10n: Words, cost: NonNullable<Grade['cost']>): string {
  const { cached, reasoning } = cost;
  if (!cost.isComplete && cost.input + cost.output === 0) return l10n.t('cost.unknown');
  const [input, output] = [number(l10n, cost.input), number(l10n, cost.output)];
  const parts = [
    cached
      ? l10n.t('cost.inputCached', { input, cached: number(l10n, cached) })
      : l10n.t('cost.input', { input }),
    reasoning
      ? l10n.t('cost.outputReasoning', { output, reasoning: number(l10n, reasoning) })
      : l10n.t('cost.output', { output }),
    ...(cost.isComplete ? [] : [l10n.t('cost.incomplete')]),
  ];
  return parts.join(', ');
}

function deliveryFacts(l10n: Words, delivery: Delivery, minutes: number): FactView[] {
  const { words, target, hedges, acronyms } = delivery;
  const pace = (target.low + target.high) / 2 / Math.max(1, minutes);
  return [
    { name: l10n.t('delivery.opening'), value: l10n.t(`opening.${delivery.opening}`) },
    { name: l10n.t('delivery.structure'), value: l10n.t(`structure.${delivery.structure}`) },
    {
      name: l10n.t('delivery.length'),
      value: l10n.t('delivery.lengthValue', {
        words: number(l10n, words),
        time: durationOf(pace > 0 ? words / pace : 0),
        minutes,
        low: number(l10n, target.low),
        high: number(l10n, target.high),
      }),
    },
    { name: l10n.t('delivery.hedges'), value: listed(l10n, hedges) },
    { name: l10n.t('delivery.acronyms'), value: listed(l10n, acronyms) },
  ];
}

// Aloud, a few seconds more or less mean nothing.
function durationOf(minutes: number): string {
  const seconds = Math.max(5, Math.round(minutes * 12) * 5);
  return seconds < 90 ? `${seconds}\u00a0s` : `${Math.round(minutes)}\u00a0min`;
}

function listed(l10n: Words, texts: readonly string[]): string {
  return texts.length === 0
    ? l10n.t('delivery.none')
    : texts.map((text) => l10n.t('delivery.quoted', { text })).join(', ');
}

function number({ lang }: Words, value: number): string {
  return new Intl.NumberFormat(lang).format(value);
}

function moment({ lang }: Words, ts: number): string {
  return new Intl.DateTimeFormat(lang, { dateStyle: 'long', timeStyle: 'short' }).format(ts);
}
