// One answer, graded by the whole of the core with a model that follows a script and a clock moved by hand.
import { createHash } from 'node:crypto';
import type { Rubric } from '../../src/core/bank/question.ts';
import type { Grade } from '../../src/core/grading/grade.ts';
import {
  type Answer,
  type Assignment,
  type Grader,
  type GradeTools,
  gradeAnswer,
  type Progress,
} from '../../src/core/grading/gradeAnswer.ts';
import { normalise } from '../../src/core/grading/normalise.ts';
import type { Exchange } from '../../src/core/grading/trace.ts';
import type { Lang } from '../../src/core/language.ts';
import type { ModelClient } from '../../src/core/ports.ts';
import { FakeModel, fixedRandom, type Script } from './fakeModel.ts';
import { type Claim, judge, type SeenPrompt } from './judge.ts';
import { ManualClock } from './manualClock.ts';

export interface Outcome {
  readonly grade: Grade;
  readonly progress: readonly Progress[];
  readonly exchanges: readonly Exchange[];
}

export interface Given {
  readonly assignment?: Assignment;
  readonly tools?: Partial<GradeTools>;
  readonly signal?: AbortSignal;
  readonly clock?: ManualClock;
}

export const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

export function prose(text: string, lang: Lang = 'en', feedbackLang: Lang = lang): Answer {
  return { subject: { type: 'question', id: 'drift' }, files: { '': text }, lang, feedbackLang };
}

export function code(files: Readonly<Record<string, string>>, lang: Lang = 'en'): Answer {
  return { subject: { type: 'exercise', id: 'feast' }, files, lang, feedbackLang: lang };
}

export const byModel = (client: ModelClient): Grader => ({ kind: 'model', client });
export const asked = (script: Script) => byModel(new FakeModel(script));

/** Lets timers ring, one after the other, as soon as nothing else goes on. */
async function passTime<T>(clock: ManualClock, running: Promise<T>): Promise<T> {
  let isOver = false;
  const over = () => {
    isOver = true;
  };
  running.then(over, over);
  for (let idle = 0; idle < 1000; ) {
    await new Promise(setImmediate);
    if (isOver) return running;
    if (clock.next === undefined) idle += 1;
    else clock.advance(clock.next);
  }
  throw new Error('nothing goes on, and no timer is set');
}

export async function gradeWith(answer: Answer, grader: Grader, assignment: Assignment, given: Given = {}) {
  const progress: Progress[] = [];
  const exchanges: Exchange[] = [];
  const clock = given.clock ?? new ManualClock();
  const tools: GradeTools = {
    random: fixedRandom(),
    clock,
    hash: sha256,
    grader: async () => grader,
    onProgress: (step) => progress.push(step),
    onExchange: (exchange) => exchanges.push(exchange),
    ...given.tools,
  };
  const signal = given.signal ?? new AbortController().signal;
  const grade = await passTime(clock, gradeAnswer(answer, assignment, tools, signal));
  return { grade, progress, exchanges } satisfies Outcome;
}

/** A reply whose claims go by the places of the rubric, also when the prompt asks for some of the points only. */
export function judgeRubric(
  prompt: SeenPrompt,
  { points }: Rubric,
  claim: (place: number) => Claim,
  more: Parameters<typeof judge>[2] = {},
): Record<string, unknown> {
  const placeOf = (statement: string | undefined) =>
    points.findIndex(
      (point) => statement !== undefined && Object.values(point.statement).includes(statement),
    );
  return judge(prompt, (i) => claim(placeOf(prompt.statements[i])), more);
}

/** Whether the lines that a prompt shows hold a passage of the answer, whatever was done to its characters. */
export function shows({ lines }: SeenPrompt, passage: string): boolean {
  const bare = (text: string) => text.replace(/\s+/g, ' ').trim();
  return bare(lines.join('\n')).includes(bare(normalise(passage).text));
}
