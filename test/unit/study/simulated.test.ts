import assert from 'node:assert/strict';
import { addDays, type Day } from '../../../src/core/study/day.ts';
import { isMastered, type Plan, recallOn, Schedule } from '../../../src/core/study/schedule.ts';
import { planToday } from '../../../src/core/study/today.ts';
import { seeded } from '../../support/gold.ts';
import { sampleEntry } from '../../support/samples.ts';
import { Story } from '../../support/story.ts';

const FIRST: Day = '2026-11-02';
const DAYS = 14;
const INTERVIEW = addDays(FIRST, DAYS);
const PLAN: Plan = { interview: INTERVIEW, minutes: 45, newPerDay: 3, cap: 20 };
const SEEDS = Array.from({ length: 20 }, (_, i) => i + 1);

/** The core path: forty questions of four or five minutes, over eight tracks. */
const CORE = Array.from({ length: 40 }, (_, i) =>
  sampleEntry(`q${String(i).padStart(2, '0')}`, { core: true, track: `t${i % 8}`, minutes: 4 + (i % 2) }),
);

/**
 * Somebody who does every day what the plan says, one question after the other, until the plan has no more.
 * - A first answer scores around .55 (.3 to .8, most of them between .45 and .65).
 * - From each report three fifths of what was missing are learnt.
 * - On a later day that is recalled with the probability of the FSRS curve, and then scores what was learnt, give or
 *   take .08; what is not recalled scores half of it. No hints are taken, and no rating is changed.
 */
function study(seed: number, plan: Plan = PLAN) {
  const random = seeded(seed);
  const around = (value: number, spread: number) =>
    Math.min(1, Math.max(0, value + (spread * (random() + random() + random() - 1.5)) / 1.5));
  const learnt = new Map<string, number>();
  const story = new Story(FIRST);
  const { history } = story;
  const schedule = new Schedule(history);
  const perDay: number[] = [];
  for (let day = 0; day < DAYS; day++) {
    const today = addDays(FIRST, day);
    story.on(today);
    const next = () => planToday({ entries: CORE, history, schedule, plan, today }).items[0]?.entry.id;
    let answers = 0;
    for (let id = next(); id !== undefined; id = next(), answers++) {
      const [known, card] = [learnt.get(id), schedule.card(id)];
      const best = known ?? around(0.55, 0.25);
      const isRecalled = !card || random() < recallOn(card, today);
      story.answer(id, card ? (isRecalled ? around(best, 0.08) : best / 2) : best);
      learnt.set(id, best + 0.6 * (1 - best));
    }
    perDay.push(answers);
  }
  const mastered = CORE.filter(({ id }) => isMastered(schedule.card(id), plan, INTERVIEW)).length;
  return { mastered, perDay, begun: schedule.cards(CORE.map(({ id }) => id)).length };
}

describe('a candidate with two weeks and 45 minutes a day', () => {
  const runs = SEEDS.map((seed) => study(seed));
  const mastered = runs.map((run) => run.mastered).sort((a, b) => a - b);
  const [least = 0, median = 0] = [mastered[0], mastered[Math.floor(mastered.length / 2)]];

  it(`has mastered at least 25 of the 40 core questions on the day of the interview (of 20: least ${least}, median ${median})`, () => {
    assert.ok(least >= 25, mastered.join(' '));
  });

  it('works every day, and every day as long as was agreed on', () => {
    for (const { perDay } of runs) {
      assert.equal(perDay.length, DAYS);
      // 45 minutes are nine to eleven questions known before, or five to seven new ones.
      assert.ok(
        perDay.every((answers) => answers >= 5 && answers <= 11),
        perDay.join(' '),
      );
    }
  });

  it('goes as far as the minutes go: with half of them much less is mastered, with more of them more', () => {
    const mean = (minutes: number) => {
      const all = SEEDS.slice(0, 5).map((seed) => study(seed, { ...PLAN, minutes }).mastered);
      return all.reduce((sum, value) => sum + value, 0) / all.length;
    };
    const [half, whole, more] = [mean(22), mean(45), mean(70)];
    assert.ok(half < whole && whole < more, `${half} ${whole} ${more}`);
    assert.ok(half >= 8, `${half}`);
  });
});
