import assert from 'node:assert/strict';
import { compileBank } from '../../src/adapters/compileBank.ts';
import { estimate } from '../../src/core/grading/offline.ts';
import { scoreOf } from '../../src/core/grading/score.ts';
import { LANGS } from '../../src/core/language.ts';
import {
  agreed,
  bestThreshold,
  bootstrap,
  type GoldAnswer,
  kappa,
  overlap,
  type Pair,
  readGold,
  readReadings,
  readSplit,
} from '../support/gold.ts';

const GOLD = 'test/gold';
const split = readSplit(GOLD);
const bank = compileBank('questions');
const questions = new Map(Object.values(bank.bodies).flatMap((body) => Object.entries(body.questions)));

/** An answer as the offline rung grades it, beside what its readers agree on and what the baseline goes by. */
interface Graded {
  readonly question: string;
  readonly answer: GoldAnswer;
  readonly score: number;
  readonly points: readonly (Pair & { readonly share: number })[];
  /** Points on which the readers differ, or that one of them has not read. */
  readonly leftOut: number;
}

// Exercises are graded by their checks; of them only prose questions are read here.
function gradeAll(ids: readonly string[]): Graded[] {
  return ids.flatMap((id) => {
    const [question, gold] = [questions.get(id), readGold(GOLD, id)];
    if (!question || !gold) return [];
    const readings = readReadings(GOLD, id);
    return gold.answers.map((answer) => {
      const { points, pitfalls } = estimate(question, answer.text);
      const judged = question.points.flatMap((point, i) => {
        const isMet = readings.length > 1 ? agreed(readings, answer.id, point.id) : undefined;
        const share = overlap(point, answer.lang, answer.text);
        return isMet === undefined ? [] : [{ gold: isMet, found: points[i]?.verdict === 'met', share }];
      });
      const score = scoreOf(question, points, pitfalls, []) ?? 0;
      return { question: id, answer, score, points: judged, leftOut: points.length - judged.length };
    });
  });
}

const tune = gradeAll(split.tune);
const held = gradeAll(split.held);
const threshold = bestThreshold(tune.flatMap(({ points }) => points));
const baseline = (pairs: Graded['points']) =>
  kappa(pairs.map(({ gold, share }) => ({ gold, found: share >= threshold })));
const mean = (graded: readonly Graded[]) => graded.reduce((sum, { score }) => sum + score, 0) / graded.length;
const stuffed = held.filter(({ answer }) => answer.kind === 'keyword_stuffed');

describe('the gold set', () => {
  it('parts its questions into two halves that share none', () => {
    assert.deepEqual(
      split.tune.filter((id) => split.held.includes(id)),
      [],
    );
    assert.ok(new Set(held.map(({ question }) => question)).size >= 5);
  });

  it('has two readings of nearly every point', () => {
    for (const half of [tune, held]) {
      const left = half.reduce((sum, { leftOut }) => sum + leftOut, 0);
      const read = half.reduce((sum, { points }) => sum + points.length, 0);
      assert.ok(left <= 0.1 * (read + left), `${left} of ${read + left} points left out`);
    }
  });
});

describe('the offline rung, on questions that it was not tuned on', () => {
  for (const lang of LANGS) {
    const own = held.filter(({ answer }) => answer.lang === lang);
    const pairs = own.flatMap(({ points }) => points);
    const leftOut = own.reduce((sum, graded) => sum + graded.leftOut, 0);

    it(`agrees with the readers beyond chance (${lang}, ${pairs.length} points, ${leftOut} left out)`, () => {
      const { low, high } = bootstrap(
        own.map(({ points }) => points),
        kappa,
      );
      const found = `κ ${kappa(pairs).toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
      assert.ok(kappa(pairs) >= 0.4, found);
      assert.ok(kappa(pairs) >= baseline(pairs) + 0.1, `${found}, baseline ${baseline(pairs).toFixed(2)}`);
    });
  }

  it('ranks a good answer before a list of keywords', () => {
    const ranks = stuffed.flatMap((list) =>
      held
        .filter(({ question, answer }) => question === list.question && answer.lang === list.answer.lang)
        .filter(({ answer }) => answer.kind === 'good' || answer.kind === 'excellent')
        .map(({ score }) => score > list.score),
    );
    const share = ranks.filter(Boolean).length / ranks.length;
    assert.ok(share >= 0.9, `${(100 * share).toFixed(0)} % of ${ranks.length} pairs`);
  });

  it('gives next to nothing for a list of keywords', () => {
    const worst = Math.max(...stuffed.map(({ score }) => score));
    assert.ok(worst <= 0.3, `up to ${worst.toFixed(2)}`);
  });

  it('is as strict in one language as in the other', () => {
    const [fr, en] = LANGS.map((lang) => mean(held.filter(({ answer }) => answer.lang === lang)));
    assert.ok(Math.abs((fr ?? 0) - (en ?? 1)) <= 0.05, `mean ${fr?.toFixed(3)} and ${en?.toFixed(3)}`);
  });
});

describe('the offline estimate of an answer', () => {
  it('takes a few milliseconds once the rubric was read', () => {
    const times = split.tune.flatMap((id) => {
      const [question, gold] = [questions.get(id), readGold(GOLD, id)];
      return (gold?.answers ?? []).flatMap(({ text }) => {
        if (!question) return [];
        const started = performance.now();
        estimate(question, text);
        return [performance.now() - started];
      });
    });
    const median = times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
    assert.ok(median <= 5, `${median.toFixed(1)} ms`);
  });
});
