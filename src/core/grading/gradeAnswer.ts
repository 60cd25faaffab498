import type { Rubric } from '../bank/question.ts';
import { AppError, asAppError } from '../errors.ts';
import type { Lang } from '../language.ts';
import type { Clock, Failure, ModelClient, Random } from '../ports.ts';
import type { Asking } from './ask.ts';
import { describeDelivery } from './delivery.ts';
import { Source } from './echo.ts';
import { type AnswerText, passage } from './evidence.ts';
import { gateFiles, gateProse } from './gate.ts';
import type {
  CheckResult,
  Cost,
  GateReason,
  Grade,
  Notice,
  PitfallResult,
  PointResult,
  Provenance,
  Subject,
} from './grade.ts';
import { addressedToGrader, blankOut } from './injection.ts';
import { type Case, type Judgement, judge, judgeWithout, rangeOf } from './judge.ts';
import { normalise } from './normalise.ts';
import { estimate } from './offline.ts';
import { PROMPT_VERSION } from './prompt.ts';
import type { ModelPoint } from './reply.ts';
import { scoreOf } from './score.ts';
import type { Exchange, Purpose } from './trace.ts';

/** The longest that a grade by a model may take in all, retries and further readings included. */
const LONGEST = 10 * 60_000;

/** Shares of an answer's five-word runs from which on copying is told: of 1,817 genuine answers, 0.5 % and 0.1 % reach them. */
const ECHO = { reference: 0.5, question: 0.3 } as const;

/** An answer as it stands when the candidate asks for a grade. */
export interface Answer {
  readonly subject: Subject;
  /** Texts by path; prose has one, under ''. */
  readonly files: Readonly<Record<string, string>>;
  /** Language in which the question is shown. */
  readonly lang: Lang;
  readonly feedbackLang: Lang;
}

/** What the answer is graded against. */
export interface Assignment {
  readonly rubric: Rubric & { readonly checks?: readonly { readonly id: string; readonly weight: number }[] };
  /** The question in both languages: what a copied answer copies. */
  readonly prompts: Readonly<Record<Lang, string>>;
  /** Scaffolds in both languages; none for prose. */
  readonly scaffolds: readonly Readonly<Record<string, string>>[];
  /** Texts that give the answer away: the model answer in both languages. What is copied from them is told. */
  readonly reference?: readonly string[];
  /** Minutes that a spoken answer takes; how it was said is described for prose only. */
  readonly minutes?: number;
}

export type Grader = { readonly kind: 'offline' } | { readonly kind: 'model'; readonly client: ModelClient };

/** What happens on the way to a grade. Verdicts here are provisional: their evidence is not verified yet. */
export type Progress =
  | { readonly phase: 'checking' }
  | {
      readonly phase: 'asking';
      readonly model: string;
      readonly destination: string;
      readonly purpose: Purpose;
    }
  /** The server asked for patience, or failed in a way that passes; the next try is at `until` (ms, UTC). */
  | { readonly phase: 'waiting'; readonly until: number; readonly failure: Failure }
  | {
      readonly phase: 'reading';
      readonly characters: number;
      readonly points: readonly PointResult[];
      readonly purpose: Purpose;
    };

export interface GradeTools {
  readonly random: Random;
  readonly clock: Clock;
  /** SHA-256 in hexadecimal. */
  readonly hash: (text: string) => string;
  /** Decides who grades; asked only for an answer that is worth reading. May refuse with an `AppError`. */
  readonly grader: () => Promise<Grader>;
  /** Runs the exercise's checks; absent for prose. */
  readonly check?: (signal: AbortSignal) => Promise<readonly CheckResult[]>;
  /** A grade given before under this key, and when; absent when the candidate asks for a new one. */
  readonly known?: (key: string) => Promise<{ readonly grade: Grade; readonly ts: number } | undefined>;
  readonly onProgress: (progress: Progress) => void;
  /** Told of each call of the model, when it is over. */
  readonly onExchange?: (exchange: Exchange) => void;
}

const unjudged = (rubric: Rubric): PointResult[] =>
  rubric.points.map(({ id }) => ({ id, verdict: 'unjudged' }));

type Base = Pick<Grade, 'v' | 'subject' | 'lang'>;

/**
 * One grade: gate, checks, then the chosen grader, then the evidence and the score in code.
 * Whatever goes wrong with the grader ends as `not_graded` with its code, never as a score; only
 * `cancelled` is thrown.
 */
export async function gradeAnswer(
  answer: Answer,
  assignment: Assignment,
  tools: GradeTools,
  signal: AbortSignal,
): Promise<Grade> {
  const { rubric } = assignment;
  const isCode = answer.subject.type === 'exercise';
  const base: Base = { v: 1, subject: answer.subject, lang: answer.lang };
  const texts = Object.entries(answer.files).map(([file, original]): AnswerText => {
    const normalised = normalise(original);
    return { file, original, normalised, setAside: addressedToGrader(normalised.text) };
  });
  // What is left once nobody is spoken to; the gate looks at that.
  const own = Object.fromEntries(
    texts.map(({ file, normalised, setAside }) => [file, blankOut(normalised.text, setAside)]),
  );
  const read = Object.fromEntries(texts.map(({ file, normalised }) => [file, normalised.text]));
  const gate = isCode
    ? gateFiles(read, assignment.scaffolds)
    : gateOf(read[''] ?? '', own[''] ?? '', assignment);
  const seen = describe(texts, assignment, answer, isCode);
  if (gate) return gated(base, rubric, gate, seen);

  tools.onProgress({ phase: 'checking' });
  const checks = tools.check ? await tools.check(signal) : [];
  if (signal.aborted) throw new AppError('cancelled');

  let provenance: Provenance = { by: 'none' };
  const meter = new Meter(tools);
  try {
    const grader = await tools.grader();
    if (signal.aborted) throw new AppError('cancelled');
    if (grader.kind === 'offline') {
      // Terms in code are names, not explanations: offline, the design points are the candidate's to tick.
      const judged = isCode ? leaveOpen(rubric) : estimateProse(assignment, texts[0], own[''] ?? '');
      return graded(base, rubric, { by: 'offline' }, judged, checks, { ...seen, ...judged.more });
    }
    const { client } = grader;
    const hashed = rubricHash(assignment, tools.hash);
    provenance = {
      by: 'model',
      model: client.model,
      destination: client.destination,
      prompt: PROMPT_VERSION,
      rubric: hashed.slice(0, 16),
    };
    const facts = checks.map(({ id, outcome }) => `${id}: ${outcome}`);
    const key = tools.hash(
      JSON.stringify([
        provenance,
        answer.subject.id,
        answer.lang,
        answer.feedbackLang,
        // As they were typed: the places of the passages count the characters of these very texts.
        Object.entries(answer.files).sort(),
        facts,
      ]),
    );
    const known = await tools.known?.(key);
    if (known) return { ...known.grade, ...base, checks, repeats: known.ts };

    const given: Case = {
      rubric,
      isCode,
      reading: {
        prompt: assignment.prompts[answer.lang],
        lang: answer.lang,
        feedbackLang: answer.feedbackLang,
        facts,
      },
      texts,
      seed: hashed,
      given: new Source(
        isCode
          ? assignment.scaffolds.flatMap((files) => Object.values(files))
          : Object.values(assignment.prompts),
      ),
      score: (points, pitfalls) => scoreOf(rubric, points, pitfalls, checks),
      ...promisedBy(assignment, isCode ? undefined : own['']),
    };
    const judged = await inTime(tools.clock, signal, (limited) =>
      judgeAll(given, asking(client, rubric, tools, meter, limited), assignment, seen),
    );
    const range = rangeOf(rubric, judged.points, judged.pitfalls, checks);
    return graded(base, rubric, provenance, judged, checks, {
      ...seen,
      key,
      cost: meter.cost,
      readings: judged.readings,
      summary: judged.summary,
      suspicious: judged.suspicious,
      ...(range ? { range } : {}),
      ...(judged.scoreOfOwnWords === undefined ? {} : { scoreOfOwnWords: judged.scoreOfOwnWords }),
      notices: [...seen.notices, ...(judged.isShort ? (['single_reading'] as const) : [])],
    });
  } catch (thrown) {
    const { code, params } = asAppError(thrown);
    if (code === 'cancelled') throw thrown;
    return {
      ...base,
      provenance,
      status: 'not_graded',
      failure: { code, params },
      score: null,
      points: unjudged(rubric),
      pitfalls: [],
      checks,
      ...(meter.cost.calls > 0 ? { cost: meter.cost } : {}),
    };
  }
}

interface Seen {
  readonly notices: readonly Notice[];
  readonly setAside: NonNullable<Grade['setAside']>;
  readonly delivery?: NonNullable<Grade['delivery']>;
}

// What code alone can tell of an answer, whoever grades it.
function describe(
  texts: readonly AnswerText[],
  { prompts, reference, rubric, minutes }: Assignment,
  { files, lang }: Answer,
  isCode: boolean,
): Seen {
  const setAside = texts.flatMap((text) => text.setAside.map((span) => passage(text, span)));
  const notices: Notice[] = setAside.length > 0 ? ['addresses_grader'] : [];
  if (isCode) return { notices, setAside };
  const text = texts[0]?.normalised.text ?? '';
  const asked = Object.values(prompts);
  if (new Source(asked).share(text) > ECHO.question) notices.push('echoes_question');
  if (givenAway(rubric, reference).share(text) > ECHO.reference) notices.push('echoes_rubric');
  if (minutes === undefined) return { notices, setAside };
  const delivery = describeDelivery({ answer: files[''] ?? '', prompts: asked, minutes, lang });
  return { notices, setAside, delivery };
}

function givenAway(rubric: Rubric, reference: readonly string[] = []): Source {
  return new Source([...reference, ...rubric.points.flatMap(({ statement }) => Object.values(statement))]);
}

function gateOf(read: string, own: string, { prompts }: Assignment): GateReason | undefined {
  const asked = Object.values(prompts);
  return gateProse(read, asked) ?? (own === read ? undefined : gateProse(own, asked));
}

const leaveOpen = (rubric: Rubric) => ({ points: unjudged(rubric), pitfalls: [], more: {} });

// Terms in a sentence of the question make no claim.
function saidIn(own: string, { prompts }: Assignment): string {
  return blankOut(own, new Source(Object.values(prompts)).copied(own));
}

// Terms in a sentence of the rubric or the model answer may have been copied: the score without these is told
// beside the other.
function estimateProse(assignment: Assignment, text: AnswerText | undefined, own: string) {
  const { rubric, reference } = assignment;
  if (!text) return leaveOpen(rubric);
  const said = saidIn(own, assignment);
  const { points, pitfalls } = estimate(rubric, said);
  const place = <Result extends PointResult | PitfallResult>(result: Result): Result =>
    result.evidence ? { ...result, evidence: passage(text, result.evidence) } : result;
  const source = givenAway(rubric, reference);
  if (source.share(own) <= ECHO.reference)
    return { points: points.map(place), pitfalls: pitfalls.map(place), more: {} };
  const rest = estimate(rubric, blankOut(said, source.copied(own)));
  const scoreOfOwnWords = scoreOf(rubric, rest.points, rest.pitfalls, []) ?? 0;
  return { points: points.map(place), pitfalls: pitfalls.map(place), more: { scoreOfOwnWords } };
}

function promisedBy(
  assignment: Assignment,
  own: string | undefined,
): { promised: number } | Record<string, never> {
  if (own === undefined) return {};
  const { points, pitfalls } = estimate(assignment.rubric, saidIn(own, assignment));
  const promised = scoreOf(assignment.rubric, points, pitfalls, []);
  return promised === null ? {} : { promised };
}

async function judgeAll(
  given: Case,
  asking: Asking,
  { rubric, reference }: Assignment,
  { notices }: Seen,
): Promise<Judgement & { readonly scoreOfOwnWords?: number }> {
  const judged = await judge(asking, given);
  const [text] = given.texts;
  if (!text || !notices.includes('echoes_rubric')) return judged;
  const copied = givenAway(rubric, reference).copied(text.normalised.text);
  const rest = blankOut(text.normalised.text, copied);
  const isNothingLeft = gateProse(rest, []) !== undefined;
  try {
    return {
      ...judged,
      scoreOfOwnWords: isNothingLeft ? 0 : ((await judgeWithout(asking, given, [copied])) ?? 0),
    };
  } catch (error) {
    if (asAppError(error).code === 'cancelled') throw error;
    return judged;
  }
}

/** What a rubric and its question say, as a hash: another one is another grader, and lays out another sheet. */
export function rubricHash(
  { rubric, prompts }: Pick<Assignment, 'rubric' | 'prompts'>,
  hash: GradeTools['hash'],
): string {
  const { points, pitfalls, checks } = rubric;
  return hash(
    JSON.stringify([
      prompts,
      points.map(({ id, weight, statement, not_enough }) => [id, weight, statement, not_enough]),
      pitfalls.map(({ id, penalty, statement }) => [id, penalty, statement]),
      checks?.map(({ id, weight }) => [id, weight]),
    ]),
  );
}

function asking(
  client: ModelClient,
  rubric: Rubric,
  tools: GradeTools,
  meter: Meter,
  signal: AbortSignal,
): Asking {
  const { random, clock, onProgress } = tools;
  const results = (points: ReadonlyMap<number, ModelPoint>) =>
    [...points].flatMap(([place, { verdict }]): PointResult[] => {
      const id = rubric.points[place]?.id;
      return id === undefined ? [] : [{ id, verdict }];
    });
  return {
    line: {
      client,
      clock,
      signal,
      onWaiting: (until, failure) => onProgress({ phase: 'waiting', until, failure }),
      onExchange: (exchange) => meter.add(exchange),
    },
    random,
    onAsking: (purpose) =>
      onProgress({ phase: 'asking', model: client.model, destination: client.destination, purpose }),
    onReading: (purpose, characters, points) =>
      onProgress({ phase: 'reading', purpose, characters, points: results(points) }),
  };
}

/** Counts what the calls of one grade cost, and passes them on. */
class Meter {
  readonly #tools: GradeTools;
  cost: Cost = { calls: 0, isComplete: true, input: 0, output: 0 };

  constructor(tools: GradeTools) {
    this.#tools = tools;
  }

  add(exchange: Exchange): void {
    const { calls, isComplete, input, output, cached, reasoning } = this.cost;
    const { usage } = exchange;
    const sum = (before: number | undefined, more: number | undefined) =>
      before === undefined && more === undefined ? undefined : (before ?? 0) + (more ?? 0);
    const [kept, thought] = [sum(cached, usage?.cached), sum(reasoning, usage?.reasoning)];
    this.cost = {
      calls: calls + 1,
      isComplete: isComplete && usage !== undefined,
      input: input + (usage?.input ?? 0),
      output: output + (usage?.output ?? 0),
      ...(kept === undefined ? {} : { cached: kept }),
      ...(thought === undefined ? {} : { reasoning: thought }),
    };
    this.#tools.onExchange?.(exchange);
  }
}

// One clock over everything; what it cuts off is told apart from what the candidate cancels.
async function inTime<T>(
  clock: Clock,
  signal: AbortSignal,
  run: (limited: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  const onAbort = () => limit.abort();
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) limit.abort();
  let isLate = false;
  const callOff = clock.after(LONGEST, () => {
    isLate = true;
    limit.abort();
  });
  try {
    return await run(limit.signal);
  } catch (error) {
    if (isLate && !signal.aborted)
      throw new AppError('grading_timeout', { minutes: String(LONGEST / 60_000) }, error);
    throw error;
  } finally {
    callOff();
    signal.removeEventListener('abort', onAbort);
  }
}

function gated(base: Base, rubric: Rubric, gate: GateReason, { notices, setAside }: Seen): Grade {
  const points = rubric.points.map(({ id }): PointResult => ({ id, verdict: 'not_met' }));
  return {
    ...base,
    provenance: { by: 'gate' },
    status: 'graded',
    gate,
    score: 0,
    points,
    pitfalls: [],
    checks: [],
    ...told({ notices, setAside }),
  };
}

function graded(
  base: Base,
  rubric: Assignment['rubric'],
  provenance: Provenance,
  { points, pitfalls }: { points: readonly PointResult[]; pitfalls: readonly PitfallResult[] },
  checks: readonly CheckResult[],
  { notices, setAside, ...more }: Seen & Partial<Grade>,
): Grade {
  const score = scoreOf(rubric, points, pitfalls, checks);
  return {
    ...base,
    provenance,
    status: 'graded',
    score,
    points,
    pitfalls,
    checks,
    ...more,
    ...told({ notices, setAside }),
  };
}

// A grade says what there is to say; empty lists say nothing.
function told({ notices, setAside }: Pick<Seen, 'notices' | 'setAside'>): Partial<Grade> {
  return {
    ...(notices.length > 0 ? { notices } : {}),
    ...(setAside.length > 0 ? { setAside } : {}),
  };
}
