// One thing to be graded, and what became of it.
import { createHash } from 'node:crypto';
import type { Cost, GateReason, Notice, PointResult, Verdict } from '../../src/core/grading/grade.ts';
import {
  type Answer,
  type Assignment,
  type Grader,
  gradeAnswer,
  type Progress,
  rubricHash,
} from '../../src/core/grading/gradeAnswer.ts';
import { PROMPT_VERSION } from '../../src/core/grading/prompt.ts';
import type { Clock, Failure, Random } from '../../src/core/ports.ts';

/** `plain` is the prompt without its hardening, for the bar that compares the two. */
export type PromptKind = 'hardened' | 'plain';

export interface Item {
  readonly id: string;
  readonly answer: Answer;
  readonly assignment: Assignment;
  readonly prompt: PromptKind;
  /** What readers make of the answer, 0 to 1, where that is known: tells how many calls to expect. */
  readonly expected?: number;
}

export interface JudgedPoint {
  readonly id: string;
  readonly verdict: Verdict;
  /** The passage that carries it. */
  readonly quote?: string;
  /** Whether that passage really stands in the answer, looked up once more here. */
  readonly isQuoted?: boolean;
  readonly reason?: string;
  readonly unverified?: true;
  readonly setAside?: true;
  readonly uncertain?: true;
}

/** What a run keeps of one grade. */
export interface Outcome {
  /** Of the item as it was asked: another answer, rubric or prompt has another key. */
  readonly key: string;
  readonly id: string;
  readonly score: number | null;
  readonly gate?: GateReason;
  readonly failure?: Failure;
  readonly points: readonly JudgedPoint[];
  readonly pitfalls: readonly string[];
  readonly notices: readonly Notice[];
  readonly scoreOfOwnWords?: number;
  readonly readings?: number;
  readonly cost?: Cost;
  readonly milliseconds: number;
}

export const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

export function keyOf({ id, answer, assignment, prompt }: Item): string {
  const { rubric, prompts, reference } = assignment;
  const asked = [
    id,
    prompt,
    PROMPT_VERSION,
    answer.lang,
    answer.feedbackLang,
    Object.entries(answer.files).sort(),
    // The offline rung looks for terms, which are no part of what a model is asked.
    rubric.points.map(({ accept }) => accept ?? null),
    rubricHash({ rubric, prompts }, sha256),
    reference ?? [],
  ];
  return sha256(JSON.stringify(asked)).slice(0, 24);
}

/** Marks for prompts that are the same in every run of an item, so that replies can be recorded and played back. */
export function seededRandom(seed: string): Random {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ23456789';
  let count = 0;
  return {
    token(length) {
      count += 1;
      const digits = sha256(`${seed} ${count}`);
      return Array.from(
        { length },
        (_, i) => letters[Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16) % letters.length],
      ).join('');
    },
  };
}

export interface Grading {
  readonly clock: Clock;
  readonly grader: (prompt: PromptKind) => Grader;
  readonly onProgress?: (progress: Progress) => void;
}

/** Grades an item as the extension does. @throws cancelled */
export async function gradeItem(item: Item, grading: Grading, signal: AbortSignal): Promise<Outcome> {
  const { answer, assignment, prompt } = item;
  const { clock } = grading;
  const key = keyOf(item);
  const startedAt = clock.now();
  const grade = await gradeAnswer(
    answer,
    assignment,
    {
      random: seededRandom(key),
      clock,
      hash: sha256,
      grader: async () => grading.grader(prompt),
      onProgress: (progress) => grading.onProgress?.(progress),
    },
    signal,
  );
  const { score, gate, failure, points, pitfalls, notices, scoreOfOwnWords, readings, cost } = grade;
  return {
    key,
    id: item.id,
    score,
    ...(gate ? { gate } : {}),
    ...(failure ? { failure } : {}),
    points: points.map((point) => judged(point, answer)),
    pitfalls: pitfalls.flatMap(({ id, present }) => (present ? [id] : [])),
    notices: notices ?? [],
    ...(scoreOfOwnWords === undefined ? {} : { scoreOfOwnWords }),
    ...(readings === undefined ? {} : { readings }),
    ...(cost ? { cost } : {}),
    milliseconds: clock.now() - startedAt,
  };
}

function judged({ evidence, ...point }: PointResult, { files }: Answer): JudgedPoint {
  if (!evidence) return point;
  const { file, start, end, quote } = evidence;
  return { ...point, quote, isQuoted: quote.trim() !== '' && files[file]?.slice(start, end) === quote };
}

export const isGraded = (outcome: Outcome | undefined): outcome is Outcome & { score: number } =>
  outcome !== undefined && outcome.failure === undefined && outcome.score !== null;
