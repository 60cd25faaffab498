import { parseFollowUpId } from '../bank/followUp.ts';
import {
  type BankEntry,
  type Exercise,
  KINDS,
  type Kind,
  type Level,
  type Question,
} from '../bank/question.ts';
import type { Delivery } from '../grading/delivery.ts';
import type { CheckResult, GateReason, Grade, Provenance, Verdict } from '../grading/grade.ts';
import { fold } from '../grading/words.ts';
import type { Lang, Localized } from '../language.ts';
import type { Failure } from '../ports.ts';
import type { InterviewPlan, Observed, Role } from '../store/events.ts';
import type { Day } from './day.ts';
import { type InterviewRecord, judgedMissing } from './interview.ts';

/** What was handed in at one step of an interview. */
export interface InterviewAnswer {
  /** The entry of the bank; that of its question for a follow-up. */
  readonly entry: BankEntry;
  /** The question or exercise itself; for a follow-up, the question that `followUp` makes. */
  readonly item: Question | Exercise;
  readonly grade?: Grade | undefined;
  /** The candidate's words; '' for an answer said aloud. */
  readonly text: string;
  readonly seconds: number;
  readonly isFollowUp: boolean;
  /** What was observed of help from the editor. */
  readonly observed?: Observed | undefined;
}

/** Where a question stands; only `graded` ones have a score. */
export type Outcome =
  | 'graded'
  /** Its points are the candidate's to judge. */
  | 'open'
  /** The grader failed. */
  | 'failed'
  /** Nobody has graded it yet. */
  | 'waiting'
  | 'skipped'
  | 'not_reached';

/** Time against the minutes of the question. */
export type TimeUse = 'over' | 'under' | 'within' | 'unanswered';

export interface ReportedPoint {
  readonly id: string;
  readonly statement: Localized;
  /** `unverified` and `set_aside` are claims of the grader that did not count. */
  readonly verdict: Verdict | 'unverified' | 'set_aside';
  /** The candidate's own words. */
  readonly quote?: string;
  /** The grader's words; untrusted text. */
  readonly reason?: string;
  /** Missed at first, and met in the follow-up. */
  readonly recovered?: true;
}

/** A wrong claim of the answer. */
export interface ReportedPitfall {
  readonly statement: Localized;
  readonly quote?: string;
}

export interface ReportedAnswer {
  /** Id of the entry, or `<question>.<point>` of a follow-up. */
  readonly id: string;
  readonly isFollowUp: boolean;
  /** Absent when the bank no longer has the entry, and for what is said of it then. */
  readonly title?: Localized;
  readonly track?: string;
  readonly kind?: Kind;
  readonly level?: Level;
  readonly outcome: Outcome;
  readonly score: number | null;
  readonly provenance?: Provenance;
  /** Decided by automatic checks alone: nothing was estimated. */
  readonly byChecks: boolean;
  readonly failure?: Failure;
  readonly gate?: GateReason;
  readonly points: readonly ReportedPoint[];
  readonly pitfalls: readonly ReportedPitfall[];
  readonly checks: readonly {
    readonly id: string;
    readonly title: Localized;
    readonly outcome: CheckResult['outcome'];
  }[];
  /** One or two sentences of the grader; untrusted text. */
  readonly summary?: string;
  /** The candidate's words; untrusted text. */
  readonly text: string;
  /** Seconds taken, and those that the question leaves. */
  readonly seconds: number;
  readonly allotted: number;
  readonly use: TimeUse;
}

/** A mean over graded main questions, never over those that were not graded. */
export interface Mean {
  readonly mean: number | null;
  readonly graded: number;
  readonly asked: number;
}

/** One point of one answer that tells much of it. */
export interface Moment {
  readonly id: string;
  readonly title: Localized;
  readonly statement: Localized;
  readonly what: 'met' | 'not_met' | 'contradicted' | 'pitfall';
  readonly quote?: string;
}

/** How the answers were said, over all that have a `Delivery`. */
export interface Clarity {
  readonly answers: number;
  readonly openings: Readonly<Record<Delivery['opening'], number>>;
  readonly structures: Readonly<Record<Delivery['structure'], number>>;
  readonly words: number;
  /** Words that fit into the minutes of these questions. */
  readonly target: Delivery['target'];
  readonly lengths: { readonly short: number; readonly within: number; readonly long: number };
  /** Each hedge as it was first written, with the number of answers that hold it, the most frequent first. */
  readonly hedges: readonly { readonly text: string; readonly count: number }[];
  /** Acronyms that were not spelt out, each once. */
  readonly acronyms: readonly string[];
}

/** What to do next, with the entry that it links to and why. */
export type NextStep = { readonly id: string; readonly title: Localized } & (
  | { readonly kind: 'answer'; readonly reason: 'skipped' | 'not_reached' }
  /** `learn` below half of the score: the model answer comes first. */
  | {
      readonly kind: 'learn' | 'redo';
      readonly missed: readonly Localized[];
      readonly claimed: readonly Localized[];
    }
  /** An exercise that goes with a question in which something was missed. */
  | { readonly kind: 'practise'; readonly question: Localized }
  | { readonly kind: 'shorten'; readonly words: number; readonly high: number }
  | {
      readonly kind: 'structure';
      readonly opening: Delivery['opening'];
      readonly structure: Delivery['structure'];
    }
);

/** Everything that the report of an interview says, as data. */
export interface InterviewReport {
  readonly id: string;
  readonly ts: number;
  readonly day: Day;
  readonly role: Role;
  readonly level: Level;
  readonly lang: Lang;
  readonly from: InterviewPlan['from'];
  readonly terms: readonly string[];
  /** 0 to 1 over the main questions that were graded; null when none was. */
  readonly overall: Mean;
  /** By the kind of question, in the order of `KINDS`; only those that were asked. */
  readonly competences: readonly (Mean & { readonly kind: Kind })[];
  readonly tracks: readonly (Mean & { readonly track: string })[];
  /** In the order of the plan, each question followed by its follow-up. */
  readonly answers: readonly ReportedAnswer[];
  readonly best?: Moment;
  readonly worst?: Moment;
  /** Seconds of the agreed length, and those that were used, pauses left out. */
  readonly time: { readonly length: number; readonly spent: number };
  readonly clarity?: Clarity;
  /** Everyone who graded, with the number of answers. */
  readonly graders: readonly {
    readonly provenance: Provenance;
    readonly byChecks: boolean;
    readonly answers: number;
  }[];
  /** Whether answers were graded in ways that are not alike; what the program decides before any grader is. */
  readonly isMixed: boolean;
  readonly assistance: {
    /** Answers that were handed in, and those of them with an observation. */
    readonly answers: number;
    readonly observed: number;
    readonly interviewMode: number;
    readonly suggestionsOn: number;
    readonly assistants: readonly string[];
  };
  /** Three at most, each about another entry; fewer when less is left to improve. */
  readonly next: readonly NextStep[];
}

/** Time is told as over, or under, beyond these shares of the question's minutes. */
const TIME = { over: 1.1, under: 0.5 } as const;

/** Lengths are told as short, or long, beyond these shares of the target's ends: typed answers are terse. */
const LENGTH = { short: 0.5, long: 1.25 } as const;

/** Words from which an answer needs a plan that a listener can follow. */
const PLAN_FROM = 80;

/** Below this score the model answer is read before the question is answered again. */
const LEARN_BELOW = 0.5;

const MOST_STEPS = 3;

/** Points named as the reason of a step. */
const MOST_REASONS = 2;

/**
 * What the steps are weighed by, where a question that was missed altogether weighs 1: how an answer is said
 * comes after what it says, and an exercise after its question.
 */
const STEP_WEIGHTS = { skipped: 1, not_reached: 0.4, practise: 0.5, delivery: 0.3 } as const;

/** An answer with what the report says of it. */
interface Told {
  readonly given: InterviewAnswer | undefined;
  readonly told: ReportedAnswer;
}

/** A graded main answer with a score. */
interface Scored extends Told {
  readonly given: InterviewAnswer;
  readonly grade: Grade;
  readonly score: number;
  readonly title: Localized;
}

/**
 * The report of an interview: `answers` are those of its steps, in any order, and `entryOf` knows the bank, for what
 * was planned and not answered. No number is made up: what nobody graded has none.
 */
export function reportOf(
  record: InterviewRecord,
  answers: readonly InterviewAnswer[],
  entryOf: (id: string) => BankEntry | undefined,
): InterviewReport {
  const { plan } = record;
  const told = plan.questions.flatMap(({ subject, minutes }): Told[] => {
    const given = answers.find(({ item, isFollowUp }) => !isFollowUp && item.id === subject.id);
    const followUps = answers.filter(
      ({ item, isFollowUp }) => isFollowUp && parseFollowUpId(item.id)?.question === subject.id,
    );
    const entry = given?.entry ?? entryOf(subject.id);
    return [
      { given, told: tell(record, subject.id, entry, minutes, given, followUps) },
      ...followUps.map((answer) => ({
        given: answer,
        told: tell(record, answer.item.id, answer.entry, answer.item.minutes, answer, []),
      })),
    ];
  });
  const main = told.map((one) => one.told).filter(({ isFollowUp }) => !isFollowUp);
  const scored = told.flatMap(scoredOf);
  const best = bestOf(scored);
  const worst = worstOf(scored);
  const clarity = clarityOf(told);
  const graders = gradersOf(told);
  return {
    id: record.id,
    ts: record.ts,
    day: record.day,
    role: plan.role,
    level: plan.level,
    lang: plan.lang,
    from: plan.from,
    terms: plan.terms ?? [],
    overall: meanOf(main),
    competences: KINDS.map((kind) => ({
      kind,
      ...meanOf(main.filter((answer) => answer.kind === kind)),
    })).filter(({ asked }) => asked > 0),
    tracks: [...new Set(main.flatMap(({ track }) => track ?? []))].map((track) => ({
      track,
      ...meanOf(main.filter((answer) => answer.track === track)),
    })),
    answers: told.map((one) => one.told),
    ...(best ? { best } : {}),
    ...(worst ? { worst } : {}),
    time: {
      length: plan.minutes * 60,
      spent: record.steps.reduce((sum, { seconds }) => sum + seconds, record.spent),
    },
    ...(clarity ? { clarity } : {}),
    graders,
    isMixed:
      new Set(graders.flatMap(({ provenance: { by }, byChecks }, i) => wayOf(by, byChecks, i))).size > 1,
    assistance: assistanceOf(record, told),
    next: nextSteps(told, scored, entryOf),
  };
}

function tell(
  record: InterviewRecord,
  id: string,
  entry: BankEntry | undefined,
  minutes: number,
  given: InterviewAnswer | undefined,
  followUps: readonly InterviewAnswer[],
): ReportedAnswer {
  const step = record.steps.find(({ subject }) => subject.id === id);
  const outcome = outcomeOf(step, given?.grade);
  const allotted = minutes * 60;
  const seconds = given?.seconds ?? step?.seconds ?? 0;
  const isAnswered = outcome !== 'skipped' && outcome !== 'not_reached';
  // A skipped question has no grade, whatever an earlier attempt at it was worth.
  const grade = isAnswered ? given?.grade : undefined;
  const title = given?.item.title ?? entry?.title;
  return {
    id,
    isFollowUp: given?.isFollowUp ?? false,
    ...(title ? { title } : {}),
    ...(entry ? { track: entry.track, kind: entry.kind, level: entry.level } : {}),
    outcome,
    score: outcome === 'graded' ? (grade?.score ?? null) : null,
    byChecks: grade?.provenance.by === 'offline' && grade.checks.length > 0,
    ...(grade ? { provenance: grade.provenance } : {}),
    ...(grade?.failure ? { failure: grade.failure } : {}),
    ...(grade?.gate ? { gate: grade.gate } : {}),
    points: given && grade?.status === 'graded' ? pointsOf(given.item, grade, followUps) : [],
    pitfalls: given && grade ? pitfallsOf(given.item, grade) : [],
    checks: given && grade ? checksOf(given.item, grade) : [],
    ...(grade?.summary ? { summary: grade.summary } : {}),
    text: isAnswered ? (given?.text ?? '') : '',
    seconds,
    allotted,
    use: isAnswered ? useOf(seconds, allotted) : 'unanswered',
  };
}

function outcomeOf(step: InterviewRecord['steps'][number] | undefined, grade: Grade | undefined): Outcome {
  if (!step) return 'not_reached';
  if (step.attempt === null) return 'skipped';
  if (!grade) return 'waiting';
  if (grade.status === 'not_graded') return 'failed';
  return grade.score === null ? 'open' : 'graded';
}

function useOf(seconds: number, allotted: number): TimeUse {
  if (seconds > allotted * TIME.over) return 'over';
  return seconds < allotted * TIME.under ? 'under' : 'within';
}

function pointsOf(
  { points }: Question | Exercise,
  grade: Grade,
  followUps: readonly InterviewAnswer[],
): ReportedPoint[] {
  return points.flatMap(({ id, statement }): ReportedPoint[] => {
    const result = grade.points.find((point) => point.id === id);
    if (!result) return [];
    const verdict = result.setAside ? 'set_aside' : result.unverified ? 'unverified' : result.verdict;
    return [
      {
        id,
        statement,
        verdict,
        ...(result.evidence ? { quote: result.evidence.quote } : {}),
        ...(result.reason ? { reason: result.reason } : {}),
        ...(verdict !== 'met' && isRecovered(id, followUps) ? { recovered: true } : {}),
      },
    ];
  });
}

function isRecovered(point: string, followUps: readonly InterviewAnswer[]): boolean {
  return followUps.some(
    ({ grade }) =>
      grade?.status === 'graded' && grade.points.some(({ id, verdict }) => id === point && verdict === 'met'),
  );
}

function pitfallsOf({ pitfalls }: Question | Exercise, grade: Grade): ReportedPitfall[] {
  return pitfalls.flatMap(({ id, statement }): ReportedPitfall[] => {
    const result = grade.pitfalls.find((pitfall) => pitfall.id === id && pitfall.present);
    if (!result) return [];
    return [{ statement, ...(result.evidence ? { quote: result.evidence.quote } : {}) }];
  });
}

function checksOf(item: Question | Exercise, grade: Grade): ReportedAnswer['checks'] {
  const specs = 'checks' in item ? item.checks : [];
  return grade.checks.flatMap(({ id, outcome }) => {
    const title = specs.find((spec) => spec.id === id)?.title;
    return title ? [{ id, title, outcome }] : [];
  });
}

function meanOf(answers: readonly ReportedAnswer[]): Mean {
  const scores = answers.flatMap(({ score }) => score ?? []);
  const sum = scores.reduce((total, score) => total + score, 0);
  return {
    mean: scores.length === 0 ? null : sum / scores.length,
    graded: scores.length,
    asked: answers.length,
  };
}

function scoredOf({ given, told }: Told): Scored[] {
  const { score, title, isFollowUp } = told;
  if (!given?.grade || score === null || !title || isFollowUp) return [];
  return [{ given, told, grade: given.grade, score, title }];
}

/** What each thing that was missed cost, as a share of the score; what a follow-up made up for costs nothing. */
function lossesOf({ given: { item }, grade, told }: Scored) {
  const judged = new Set(grade.points.filter(({ verdict }) => verdict !== 'unjudged').map(({ id }) => id));
  const checks = 'checks' in item ? item.checks : [];
  const checked = checks.filter((spec) =>
    grade.checks.some(({ id, outcome }) => id === spec.id && outcome !== 'not_run'),
  );
  const possible = [...item.points.filter(({ id }) => judged.has(id)), ...checked].reduce(
    (sum, { weight }) => sum + weight,
    0,
  );
  const points = judgedMissing(item.points, grade)
    .map((point) => ({ point, told: told.points.find(({ id }) => id === point.id) }))
    .filter((missed) => !missed.told?.recovered)
    .map((missed) => ({ ...missed, share: missed.point.weight / possible }));
  const pitfalls = item.pitfalls
    .filter(({ id }) => grade.pitfalls.some((result) => result.id === id && result.present))
    .map((pitfall) => ({ pitfall, share: pitfall.penalty }))
    .sort((a, b) => b.share - a.share);
  const failed = checked.filter(({ id }) =>
    grade.checks.some((result) => result.id === id && result.outcome === 'failed'),
  );
  const all = [...points, ...pitfalls, ...failed.map(({ weight }) => ({ share: weight / possible }))];
  return {
    points,
    pitfalls,
    failed,
    sum: Math.min(
      1,
      all.reduce((sum, { share }) => sum + share, 0),
    ),
  };
}

/** The heaviest point that was met, with its passage, in the best answer that has one. */
function bestOf(scored: readonly Scored[]): Moment | undefined {
  for (const { given, grade, title } of scored.toSorted((a, b) => b.score - a.score)) {
    const met = given.item.points
      .toSorted((a, b) => b.weight - a.weight)
      .flatMap((point) => {
        const result = grade.points.find(({ id, verdict }) => id === point.id && verdict === 'met');
        return result?.evidence ? [{ statement: point.statement, quote: result.evidence.quote }] : [];
      });
    if (met[0]) return { id: given.item.id, title, what: 'met', ...met[0] };
  }
  return undefined;
}

/** What cost most: a point missed, the opposite of one, or a pitfall; a wrong claim before a silence of equal weight. */
function worstOf(scored: readonly Scored[]): Moment | undefined {
  const moments = scored.flatMap((answer) => {
    const { points, pitfalls } = lossesOf(answer);
    const { title, given, grade } = answer;
    const base = { id: given.item.id, title };
    const quoteOf = (results: readonly { id: string; evidence?: { quote: string } }[], id: string) => {
      const quote = results.find((result) => result.id === id)?.evidence?.quote;
      return quote === undefined ? {} : { quote };
    };
    return [
      ...points.map(({ point: { id, statement }, share }) => {
        const isContradicted = grade.points.some(
          (result) => result.id === id && result.verdict === 'contradicted',
        );
        const what = isContradicted ? ('contradicted' as const) : ('not_met' as const);
        return { share, moment: { ...base, statement, what, ...quoteOf(grade.points, id) } };
      }),
      ...pitfalls.map(({ pitfall: { id, statement }, share }) => ({
        share,
        moment: { ...base, statement, what: 'pitfall' as const, ...quoteOf(grade.pitfalls, id) },
      })),
    ];
  });
  const isWrong = ({ moment }: { moment: Moment }) => Number(moment.what !== 'not_met');
  return moments.sort((a, b) => b.share - a.share || isWrong(b) - isWrong(a))[0]?.moment;
}

function isLong({ words, target }: Delivery): boolean {
  return words > target.high * LENGTH.long;
}

function isShort({ words, target }: Delivery): boolean {
  return words < target.low * LENGTH.short;
}

function clarityOf(told: readonly Told[]): Clarity | undefined {
  const all = told.flatMap(({ given, told: { outcome } }) =>
    outcome === 'skipped' ? [] : (given?.grade?.delivery ?? []),
  );
  if (all.length === 0) return undefined;
  const count = (test: (delivery: Delivery) => boolean) => all.filter(test).length;
  const sum = (value: (delivery: Delivery) => number) => all.reduce((total, one) => total + value(one), 0);
  const opened = (opening: Delivery['opening']) => count((delivery) => delivery.opening === opening);
  const built = (structure: Delivery['structure']) => count((delivery) => delivery.structure === structure);
  const hedges = new Map<string, { readonly text: string; readonly count: number }>();
  for (const text of all.flatMap((delivery) => delivery.hedges)) {
    const known = hedges.get(fold(text));
    hedges.set(fold(text), { text: known?.text ?? text, count: (known?.count ?? 0) + 1 });
  }
  return {
    answers: all.length,
    openings: {
      answers: opened('answers'),
      restates_question: opened('restates_question'),
      hedges: opened('hedges'),
      preamble: opened('preamble'),
    },
    structures: { clear: built('clear'), some: built('some'), none: built('none') },
    words: sum(({ words }) => words),
    target: { low: sum(({ target }) => target.low), high: sum(({ target }) => target.high) },
    lengths: {
      short: count(isShort),
      within: count((delivery) => !isShort(delivery) && !isLong(delivery)),
      long: count(isLong),
    },
    hedges: [...hedges.values()].sort((a, b) => b.count - a.count),
    acronyms: [...new Set(all.flatMap(({ acronyms }) => acronyms))],
  };
}

// Another rubric is another question here, not another grader.
function gradersOf(told: readonly Told[]): InterviewReport['graders'] {
  const graders = new Map<string, InterviewReport['graders'][number]>();
  for (const { provenance, byChecks, outcome } of told.map((one) => one.told)) {
    if (!provenance || provenance.by === 'none' || outcome === 'failed') continue;
    const key =
      provenance.by === 'model'
        ? JSON.stringify([provenance.model, provenance.destination, provenance.prompt])
        : `${provenance.by}${byChecks ? ' checks' : ''}`;
    graders.set(key, { provenance, byChecks, answers: (graders.get(key)?.answers ?? 0) + 1 });
  }
  return [...graders.values()];
}

// Two models are two ways. A blank answer and a program's checks are worth the same whoever grades the rest.
function wayOf(by: Provenance['by'], byChecks: boolean, place: number): string[] {
  if (by === 'gate' || byChecks) return [];
  return [by === 'model' ? `${by} ${place}` : by];
}

function assistanceOf({ steps }: InterviewRecord, told: readonly Told[]): InterviewReport['assistance'] {
  const observed = told.flatMap(({ given, told: { outcome } }) =>
    outcome === 'skipped' ? [] : (given?.observed ?? []),
  );
  return {
    answers: steps.filter(({ attempt }) => attempt !== null).length,
    observed: observed.length,
    interviewMode: observed.filter(({ interviewMode }) => interviewMode).length,
    suggestionsOn: observed.filter(({ inlineSuggestions }) => inlineSuggestions === 'on').length,
    assistants: [...new Set(observed.flatMap(({ assistant }) => assistant ?? []))],
  };
}

interface Weighed {
  readonly weight: number;
  readonly step: NextStep;
}

function nextSteps(
  told: readonly Told[],
  scored: readonly Scored[],
  entryOf: (id: string) => BankEntry | undefined,
): NextStep[] {
  // One that was part of this very interview is no news.
  const exerciseOf = (id: string) => (told.some((one) => one.told.id === id) ? undefined : entryOf(id));
  const weighed = [
    ...told.flatMap((one) => unanswered(one.told)),
    ...scored.flatMap((answer) => toImprove(answer, exerciseOf)),
    ...toSayBetter(scored),
  ].sort((a, b) => b.weight - a.weight);
  const next: NextStep[] = [];
  for (const { step } of weighed) {
    if (next.length < MOST_STEPS && !next.some(({ id }) => id === step.id)) next.push(step);
  }
  return next;
}

function unanswered({ id, title, outcome, isFollowUp }: ReportedAnswer): Weighed[] {
  if (!title || isFollowUp || (outcome !== 'skipped' && outcome !== 'not_reached')) return [];
  return [{ weight: STEP_WEIGHTS[outcome], step: { kind: 'answer', id, title, reason: outcome } }];
}

function toImprove(answer: Scored, entryOf: (id: string) => BankEntry | undefined): Weighed[] {
  const { given, score, title } = answer;
  const { points, pitfalls, failed, sum } = lossesOf(answer);
  if (sum === 0) return [];
  const { item } = given;
  const exercises = 'exercises' in item ? item.exercises.flatMap((id) => entryOf(id) ?? []) : [];
  return [
    {
      weight: sum,
      step: {
        kind: score < LEARN_BELOW ? 'learn' : 'redo',
        id: item.id,
        title,
        missed: [...points.map(({ point }) => point.statement), ...failed.map((check) => check.title)].slice(
          0,
          MOST_REASONS,
        ),
        claimed: pitfalls.map(({ pitfall }) => pitfall.statement).slice(0, MOST_REASONS),
      },
    },
    ...exercises.map((exercise) => ({
      weight: sum * STEP_WEIGHTS.practise,
      step: { kind: 'practise' as const, id: exercise.id, title: exercise.title, question: title },
    })),
  ];
}

// The habit weighs by how common it is, and the answer that shows it most is where to start.
function toSayBetter(scored: readonly Scored[]): Weighed[] {
  const said = scored.flatMap(({ given: { item }, grade: { delivery }, title }) =>
    delivery ? [{ id: item.id, title, delivery }] : [],
  );
  const long = said
    .filter(({ delivery }) => isLong(delivery))
    .sort((a, b) => b.delivery.words / b.delivery.target.high - a.delivery.words / a.delivery.target.high);
  const isShapeless = (delivery: Delivery) => delivery.structure === 'none' && delivery.words >= PLAN_FROM;
  const loose = said
    .filter(({ delivery }) => isShapeless(delivery) || delivery.opening !== 'answers')
    .sort((a, b) => Number(isShapeless(b.delivery)) - Number(isShapeless(a.delivery)));
  const weight = (found: readonly unknown[]) => (STEP_WEIGHTS.delivery * found.length) / said.length;
  return [
    ...long.map(({ id, title, delivery: { words, target } }) => ({
      weight: weight(long),
      step: { kind: 'shorten' as const, id, title, words, high: target.high },
    })),
    ...loose.map(({ id, title, delivery: { opening, structure } }) => ({
      weight: weight(loose),
      step: { kind: 'structure' as const, id, title, opening, structure },
    })),
  ];
}
