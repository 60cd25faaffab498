import assert from 'node:assert/strict';
import { compileBank } from '../../src/adapters/compileBank.ts';
import type { Question } from '../../src/core/bank/question.ts';
import { estimate } from '../../src/core/grading/offline.ts';
import { scoreOf } from '../../src/core/grading/score.ts';
import { LANGS, type Lang } from '../../src/core/language.ts';
import {
  agreed,
  bestThreshold,
  type GoldAnswer,
  type GoldKind,
  kappa,
  overlap,
  readGold,
  readReadings,
  readSplit,
} from '../support/gold.ts';

const DIR = 'test/gold';
const bank = compileBank('questions');
const questions: Readonly<Record<string, Question>> = Object.assign(
  {},
  ...Object.values(bank.bodies).map((body) => body.questions),
);
const split = readSplit(DIR);

interface Judged {
  readonly lang: Lang;
  readonly gold: boolean;
  readonly found: boolean;
  /** Share of the point's stems that stand anywhere in the answer: what a bag of words goes by. */
  readonly share: number;
}

interface Scored {
  readonly question: string;
  readonly answer: GoldAnswer;
  readonly score: number;
}

/** Every answer of some questions with its estimate; points on which the two readings differ are left out. */
function judge(ids: readonly string[]): { points: Judged[]; answers: Scored[]; leftOut: number } {
  const points: Judged[] = [];
  const answers: Scored[] = [];
  let leftOut = 0;
  for (const id of ids) {
    const question = questions[id];
    if (!question) continue;
    const readings = readReadings(DIR, id);
    for (const answer of readGold(DIR, id)?.answers ?? []) {
      const found = estimate(question, answer.text);
      answers.push({
        question: id,
        answer,
        score: scoreOf(question, found.points, found.pitfalls, []) ?? 0,
      });
      for (const [i, point] of question.points.entries()) {
        const gold = agreed(readings, answer.id, point.id);
        if (gold === undefined) {
          leftOut += 1;
          continue;
        }
        const share = overlap(point, answer.lang, answer.text);
        points.push({ lang: answer.lang, gold, found: found.points[i]?.verdict === 'met', share });
      }
    }
  }
  return { points, answers, leftOut };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

// The questions of this half were not looked at while the matcher and the terms were tuned.
describe('the offline estimate, on the held half of the gold set', () => {
  const threshold = bestThreshold(judge(split.tune).points);
  const { points, answers, leftOut } = judge(split.held);
  const of = (kind: GoldKind) => answers.filter(({ answer }) => answer.kind === kind);

  it('has enough to be measured by', () => {
    assert.ok(points.length >= 800, `${points.length} points`);
    assert.ok(leftOut <= points.length * 0.02, `${leftOut} left out`);
  });

  for (const lang of LANGS) {
    it(`agrees with the readers, and clearly better than a bag of words (${lang})`, () => {
      const own = points.filter((point) => point.lang === lang);
      const [ours, bag] = [
        kappa(own),
        kappa(own.map(({ gold, share }) => ({ gold, found: share >= threshold }))),
      ];
      assert.ok(ours >= 0.4, `κ ${ours.toFixed(3)}`);
      assert.ok(ours >= bag + 0.1, `κ ${ours.toFixed(3)}, a bag of words ${bag.toFixed(3)}`);
    });
  }

  it('puts a good answer above a list of keywords', () => {
    const pairs = [...of('good'), ...of('excellent')].flatMap((better) =>
      of('keyword_stuffed')
        .filter(({ question, answer }) => question === better.question && answer.lang === better.answer.lang)
        .map((stuffed) => better.score > stuffed.score),
    );
    assert.ok(pairs.length >= 40);
    assert.ok(pairs.filter(Boolean).length >= 0.9 * pairs.length);
  });

  it('gives keywords without an answer next to nothing', () => {
    for (const { question, answer, score } of of('keyword_stuffed'))
      assert.ok(score <= 0.3, `${question} ${answer.id}: ${score}`);
  });

  it('is as generous in French as in English', () => {
    const [fr, en] = LANGS.map((lang) =>
      mean(answers.filter(({ answer }) => answer.lang === lang).map(({ score }) => score)),
    );
    assert.ok(Math.abs((fr ?? 0) - (en ?? 0)) <= 0.05, `${fr?.toFixed(3)} and ${en?.toFixed(3)}`);
  });
});
