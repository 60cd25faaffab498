import type { Rubric } from '../bank/question.ts';
import { AppError, asAppError } from '../errors.ts';
import type { Lang } from '../language.ts';
import type { Failure, ModelClient, Random } from '../ports.ts';
import { EvidenceIndex } from './evidence.ts';
import { gateFiles, gateProse } from './gate.ts';
import type {
  CheckResult,
  GateReason,
  Grade,
  PitfallResult,
  PointResult,
  Provenance,
  Subject,
} from './grade.ts';
import { normalise } from './normalise.ts';
import { estimate } from './offline.ts';
import { buildRequest } from './prompt.ts';
import { completedPoints, extractReply, type ModelReply, readReply } from './reply.ts';
import { scoreOf } from './score.ts';

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
}

export type Grader = { readonly kind: 'offline' } | { readonly kind: 'model'; readonly client: ModelClient };

/** What happens on the way to a grade. Verdicts here are provisional: their evidence is not verified yet. */
export type Progress =
  | { readonly phase: 'checking' }
  | { readonly phase: 'asking'; readonly model: string; readonly destination: string }
  | { readonly phase: 'reading'; readonly characters: number; readonly points: readonly PointResult[] };

export interface GradeTools {
  readonly random: Random;
  /** Decides who grades; asked only for an answer that is worth reading. May refuse with an `AppError`. */
  readonly grader: () => Promise<Grader>;
  /** Runs the exercise's checks; absent for prose. */
  readonly check?: (signal: AbortSignal) => Promise<readonly CheckResult[]>;
  readonly onProgress: (progress: Progress) => void;
}

const UNJUDGED = (rubric: Rubric): PointResult[] =>
  rubric.points.map(({ id }) => ({ id, verdict: 'unjudged' }));

function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new AppError('cancelled');
}

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
  const base = { v: 1, subject: answer.subject, lang: answer.lang } as const;
  const gate = isCode
    ? gateFiles(answer.files, assignment.scaffolds)
    : gateProse(answer.files[''] ?? '', Object.values(assignment.prompts));
  if (gate) return gated(base, rubric, gate);

  tools.onProgress({ phase: 'checking' });
  const checks = tools.check ? await tools.check(signal) : [];
  throwIfAborted(signal);

  let provenance: Provenance = { by: 'none' };
  try {
    const grader = await tools.grader();
    throwIfAborted(signal);
    if (grader.kind === 'offline') {
      // Terms in code are names, not explanations: offline, the design points are the candidate's to tick.
      const judged = isCode
        ? { points: UNJUDGED(rubric), pitfalls: [] }
        : estimate(rubric, answer.files[''] ?? '');
      return graded(base, rubric, { by: 'offline' }, judged.points, judged.pitfalls, checks, {});
    }
    provenance = { by: 'model', model: grader.client.model, destination: grader.client.destination };
    const texts = Object.entries(answer.files).map(([file, original]) => ({
      file,
      original,
      normalised: normalise(original),
    }));
    const reply = await askModel(answer, assignment, grader.client, texts, checks, tools, signal);
    const evidence = new EvidenceIndex(texts, isCode);
    const points = rubric.points.map(({ id }, i) => verified(id, reply.points[i], evidence));
    const pitfalls = rubric.pitfalls.map(({ id }, i): PitfallResult => {
      const claim = reply.pitfalls[i];
      const passage = claim?.present ? evidence.find(claim.evidence) : undefined;
      return passage ? { id, present: true, evidence: passage } : { id, present: false };
    });
    return graded(base, rubric, provenance, points, pitfalls, checks, {
      summary: reply.summary,
      suspicious: reply.suspicious,
    });
  } catch (thrown) {
    const { code, params } = asAppError(thrown);
    if (code === 'cancelled') throw thrown;
    return notGraded(base, rubric, provenance, { code, params }, checks);
  }
}

type Base = Pick<Grade, 'v' | 'subject' | 'lang'>;

function gated(base: Base, rubric: Rubric, gate: GateReason): Grade {
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
  };
}

function graded(
  base: Base,
  rubric: Assignment['rubric'],
  provenance: Provenance,
  points: readonly PointResult[],
  pitfalls: readonly PitfallResult[],
  checks: readonly CheckResult[],
  words: { summary?: string; suspicious?: boolean },
): Grade {
  const score = scoreOf(rubric, points, pitfalls, checks);
  return { ...base, provenance, status: 'graded', score, points, pitfalls, checks, ...words };
}

// A grade that could not be had: checks already run stand, everything else stays open.
function notGraded(
  base: Base,
  rubric: Rubric,
  provenance: Provenance,
  failure: Failure,
  checks: readonly CheckResult[],
): Grade {
  return {
    ...base,
    provenance,
    status: 'not_graded',
    failure,
    score: null,
    points: UNJUDGED(rubric),
    pitfalls: [],
    checks,
  };
}

// `met` counts only with a passage of the answer; what the model quotes in vain is told, not scored.
function verified(
  id: string,
  claim: ModelReply['points'][number] | undefined,
  index: EvidenceIndex,
): PointResult {
  if (!claim) return { id, verdict: 'not_met' };
  const passage = claim.verdict === 'not_met' ? undefined : index.find(claim.evidence);
  if (claim.verdict === 'not_met') return { id, verdict: 'not_met', reason: claim.reason };
  if (!passage) return { id, verdict: 'not_met', reason: claim.reason, unverified: true };
  return { id, verdict: claim.verdict, evidence: passage, reason: claim.reason };
}

async function askModel(
  answer: Answer,
  { rubric, prompts }: Assignment,
  client: ModelClient,
  texts: Parameters<typeof buildRequest>[0]['texts'],
  checks: readonly CheckResult[],
  { random, onProgress }: GradeTools,
  signal: AbortSignal,
): Promise<ModelReply> {
  const nonce = random.token(5);
  const request = buildRequest({
    rubric,
    prompt: prompts[answer.lang],
    lang: answer.lang,
    feedbackLang: answer.feedbackLang,
    texts,
    facts: checks.map(({ id, outcome }) => `${id}: ${outcome}`),
    nonce,
  });
  onProgress({ phase: 'asking', model: client.model, destination: client.destination });
  let written = '';
  let reply: ModelReply | undefined;
  let finish: string | undefined;
  for await (const event of client.stream(request, signal)) {
    if (event.type === 'text') {
      written += event.text;
      const points = [...completedPoints(written, rubric.points.length)].map(
        ([i, { verdict }]): PointResult => ({ id: rubric.points[i]?.id ?? '', verdict }),
      );
      onProgress({ phase: 'reading', characters: written.length, points });
    } else if (event.type === 'object') {
      reply = readReply(event.value, rubric, nonce) ?? reply;
      if (!reply) written += JSON.stringify(event.value);
    } else {
      finish = event.finish;
    }
  }
  throwIfAborted(signal);
  if (finish === 'refusal') throw new AppError('model_refused');
  reply ??= extractReply(written, rubric, nonce);
  if (reply) return reply;
  if (finish === 'length' || finish === undefined)
    throw new AppError('reply_truncated', { characters: String(written.length) });
  if (written.trim() === '') throw new AppError('reply_empty');
  throw new AppError('reply_malformed', { characters: String(written.length) });
}
