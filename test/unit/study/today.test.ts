import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { BankEntry } from '../../../src/core/bank/question.ts';
import { RATINGS, type Rating } from '../../../src/core/store/events.ts';
import { addDays, type Day, daysBetween } from '../../../src/core/study/day.ts';
import { dueOn, NO_NEW_DAYS, type Plan, Schedule } from '../../../src/core/study/schedule.ts';
import { deskMinutes, newToday, planToday, standingOf, trackScores } from '../../../src/core/study/today.ts';
import { sampleEntry } from '../../support/samples.ts';
import { NO_INTERVIEW, Story, studyOf } from '../../support/story.ts';

const DAY = '2026-11-02';
const core = (id: string, change: Partial<BankEntry> = {}) => sampleEntry(id, { core: true, ...change });

const planOf = (
  entries: readonly BankEntry[],
  story: Story,
  plan: Plan = NO_INTERVIEW,
  today: Day = story.day,
) => planToday(studyOf(entries, story.history, plan, today));
const told = (plan: ReturnType<typeof planToday>) =>
  plan.items.map(({ entry, reason }) => `${reason} ${entry.id}`);

describe('the minutes of an entry', () => {
  it('are half as many again the first time, for a question', () => {
    assert.equal(deskMinutes(sampleEntry('q', { minutes: 4 })), 6);
    assert.equal(deskMinutes(sampleEntry('q', { minutes: 5 })), 8);
    assert.equal(deskMinutes(sampleEntry('q', { minutes: 5 }), false), 5);
    assert.equal(deskMinutes(sampleEntry('x', { minutes: 20, type: 'exercise' })), 20);
  });
});

describe('today', () => {
  it('begins with what is due, the most forgotten first, and says since when and how well it is recalled', () => {
    const story = new Story(DAY);
    story.answer('sure', 0.95);
    story.answer('weak', 0.3);
    story.on('2026-11-12');
    const plan = planOf([core('new'), core('sure'), core('weak')], story);
    assert.deepEqual(told(plan), ['due weak', 'due sure', 'new new']);
    const [weak, sure, fresh] = plan.items;
    assert.equal(plan.due, 2);
    assert.equal(weak?.overdue, 9);
    assert.ok((weak?.recall ?? 1) < (sure?.recall ?? 0));
    assert.equal(sure?.card?.reviews, 1);
    assert.equal(fresh?.card, undefined);
  });

  it('goes on with what a real interview asked for, as long as it was not answered since', () => {
    const story = new Story(DAY);
    story.answer('known', 0.95);
    story.on('2026-11-04').add({
      type: 'debrief',
      debrief: 'd',
      date: '2026-11-04',
      employer: 'A',
      asked: [
        { text: 'one', matches: ['known', 'gone'] },
        { text: 'two', matches: [], own: { id: 'own-1', text: 'two', expected: [], lang: 'en' } },
      ],
    });
    const entries = [core('first'), core('known'), sampleEntry('own-1', { track: 'own' })];
    const plan = planOf(entries, story);
    assert.deepEqual(told(plan), ['asked known', 'asked own-1', 'new first']);
    assert.equal(plan.items[0]?.card?.reviews, 1, 'its card is there although it is not due');
    assert.equal(plan.items[0]?.minutes, 4);
    story.on('2026-11-05').answer('known', 0.95);
    assert.deepEqual(told(planOf(entries, story)), ['asked own-1', 'new first']);
  });

  it('takes new ones of the core path before others, the weakest track first', () => {
    const story = new Story(DAY);
    story.answer('a1', 0.9);
    story.answer('b1', 0.2);
    story.on(addDays(DAY, 1));
    const entries = [
      core('a1', { track: 'a' }),
      core('b1', { track: 'b' }),
      sampleEntry('b2', { track: 'b' }),
      core('a2', { track: 'a' }),
      core('b3', { track: 'b' }),
    ];
    const fresh = (plan: ReturnType<typeof planToday>) => told(plan).filter((text) => text.startsWith('new'));
    assert.deepEqual(fresh(planOf(entries, story)), ['new b3', 'new a2']);
    const rest = entries.filter(({ id }) => id !== 'b3' && id !== 'a2');
    assert.deepEqual(fresh(planOf(rest, story)), ['new b2'], 'others once the core path is begun');
  });

  it('fills up with what is weak, and last with what will be known on the day anyway', () => {
    const story = new Story(DAY);
    story.answer('sure', 0.95);
    story.on(addDays(DAY, 8)).answer('sure', 0.95);
    story.on(addDays(DAY, 14)).answer('weak', 0.75);
    story.on(addDays(DAY, 15)).answer('done', 0.3);
    const plan = { ...NO_INTERVIEW, interview: addDays(DAY, 20) };
    const entries = [core('new'), core('sure'), core('weak'), core('done')];
    const { history } = story;
    const schedule = new Schedule(history);
    const today = addDays(DAY, 15);
    const sure = schedule.card('sure');
    assert.ok(
      sure && dueOn(sure, plan) <= today,
      'it is due, since half of the time that was left has passed',
    );
    const planned = planOf(entries, story, plan, today);
    assert.deepEqual(told(planned), ['new new', 'weak weak', 'due sure']);
    assert.deepEqual(planned.done, ['done']);
    assert.equal(planned.due, 1);
  });

  it('has one item even when the minutes are too few, and none when they are used up', () => {
    const story = new Story(DAY);
    const few = { ...NO_INTERVIEW, minutes: 5 };
    const entries = [core('a'), core('b')];
    assert.deepEqual(told(planOf(entries, story, few)), ['new a']);
    story.answer('a', 0.9);
    assert.deepEqual(told(planOf(entries, story, few)), []);
  });

  it('begins one entry on a day full of reviews, as long as it takes a quarter of it at most', () => {
    const story = new Story(DAY);
    const old = Array.from({ length: 12 }, (_, i) => core(`old${i}`));
    for (const { id } of old) story.answer(id, 0.3);
    story.on(addDays(DAY, 1));
    const entries = [...old, core('new', { minutes: 5 }), core('newer', { minutes: 5 })];
    const reasons = (minutes: number) =>
      planOf(entries, story, { ...NO_INTERVIEW, minutes }).items.map(({ reason }) => reason);
    assert.deepEqual(reasons(32), [...Array(6).fill('due'), 'new']);
    assert.deepEqual(reasons(31), Array(7).fill('due'));
    story.answer('newer', 0.5);
    assert.deepEqual(reasons(32), Array(6).fill('due'), 'once a day');
  });

  it('passes over what does not fit for what does', () => {
    const story = new Story(DAY);
    const entries = [
      core('a'),
      core('x', { type: 'exercise', minutes: 40 }),
      core('b', { track: 'monitoring' }),
    ];
    assert.deepEqual(told(planOf(entries, story)), ['new a', 'new b']);
  });

  it('does not take an attempt that was turned away, or taken back, for a review', () => {
    const story = new Story(DAY);
    story.answer('a', 0, { by: { by: 'gate' } });
    const taken = story.answer('b', 0.9);
    story.undo(taken);
    assert.deepEqual(told(planOf([core('a'), core('b')], story)), ['new a', 'new b']);
  });

  it('does not bring back what was answered today, though the clock had been ahead before', () => {
    const story = new Story('2026-12-24');
    story.answer('a', 0.3);
    story.on(DAY).answer('a', 0.3);
    assert.deepEqual(told(planOf([core('a')], story)), []);
    assert.deepEqual(planOf([core('a')], story).done, ['a']);
  });
});

describe('new entries a day', () => {
  const plan = (days: number): Plan => ({ ...NO_INTERVIEW, interview: addDays(DAY, days) });

  it('are as many as the plan says, without an interview ahead', () => {
    assert.equal(newToday(NO_INTERVIEW, 40, DAY), 3);
    assert.equal(newToday(plan(-1), 40, DAY), 3);
  });

  it('are more when the core path would not be begun in time', () => {
    assert.equal(newToday(plan(14), 40, DAY), 6);
    assert.equal(newToday(plan(60), 40, DAY), 3);
    assert.equal(newToday(plan(14), 0, DAY), 3);
    assert.equal(newToday(plan(2), 40, DAY), 40);
  });

  it('are none on the last two days', () => {
    for (let days = 0; days < NO_NEW_DAYS; days++) assert.equal(newToday(plan(days), 40, DAY), 0);
  });
});

describe('the scores of tracks', () => {
  it('are means of the last scores that count, and there is none for a track that was never tried', () => {
    const story = new Story(DAY);
    story.answer('a', 0.2);
    story.answer('a', 0.6);
    story.undo(story.answer('a', 1));
    story.answer('b', 1);
    story.answer('b', 0, { by: { by: 'gate' } });
    story.answer('c', null, { by: { by: 'none' } });
    const entries = [sampleEntry('a'), sampleEntry('b'), sampleEntry('c', { track: 'slo' })];
    assert.deepEqual([...trackScores(entries, story.history)], [['monitoring', 0.8]]);
  });
});

describe('the standing of an entry', () => {
  const standing = (story: Story, today: Day, plan: Plan = NO_INTERVIEW) =>
    standingOf('q', studyOf([], story.history, plan, today));

  it('is what is known of it until it is due', () => {
    const story = new Story(DAY);
    assert.equal(standing(story, DAY), 'new');
    story.add({ type: 'opened', subject: { type: 'question', id: 'q' } });
    assert.equal(standing(story, DAY), 'started');
    story.answer('q', 0.75);
    assert.equal(standing(story, DAY), 'to_review');
    assert.equal(standing(story, addDays(DAY, 1)), 'to_review');
    assert.equal(standing(story, addDays(DAY, 2)), 'due');
    story.on(addDays(DAY, 2)).answer('q', 0.85);
    assert.equal(standing(story, addDays(DAY, 2)), 'good');
  });

  it('is mastered after two good days, when it will be known on the day it counts', () => {
    const story = new Story(DAY);
    story.answer('q', 0.95);
    story.on(addDays(DAY, 8)).answer('q', 0.95);
    const plan = { ...NO_INTERVIEW, interview: addDays(DAY, 20) };
    assert.equal(standing(story, addDays(DAY, 9), plan), 'mastered');
    assert.equal(standing(story, addDays(DAY, 15), plan), 'due');
  });
});

/** A candidate who answers whatever comes, and how: what the queue must never do does not depend on how well. */
const days = fc.record({
  scores: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 10, maxLength: 40 }),
  /** Days from one sitting to the next. */
  gaps: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 3, maxLength: 12 }),
  minutes: fc.integer({ min: 1, max: 60 }),
  newPerDay: fc.integer({ min: 0, max: 5 }),
  cap: fc.integer({ min: 0, max: 12 }),
  interview: fc.option(fc.integer({ min: 0, max: 30 }), { nil: undefined }),
  count: fc.integer({ min: 1, max: 25 }),
  noncore: fc.nat(6),
});

describe('the queue', () => {
  it('never repeats an entry on a day, and keeps to its bounds, whatever is answered', () => {
    fc.assert(
      fc.property(days, ({ scores, gaps, minutes, newPerDay, cap, interview: ahead, count, noncore }) => {
        const interview = ahead === undefined ? undefined : addDays(DAY, ahead);
        const plan: Plan = { interview, minutes, newPerDay, cap };
        const entries = Array.from({ length: count + noncore }, (_, i) =>
          sampleEntry(`q${i}`, { core: i < count, track: `t${i % 3}`, minutes: 2 + (i % 4) }),
        );
        const story = new Story(DAY);
        let [today, answers] = [DAY, 0];
        for (const gap of gaps) {
          story.on(today);
          const left = interview === undefined ? undefined : daysBetween(today, interview);
          const untouched = entries.filter(
            ({ id, core: isCore }) => isCore && story.history.entry(id).attempts.length === 0,
          );
          const mayBegin = newToday(plan, untouched.length, today);
          const answered: string[] = [];
          let [begun, spent] = [0, 0];
          for (;;) {
            const now = planOf(entries, story, plan);
            const ids = now.items.map(({ entry }) => entry.id);
            assert.equal(new Set(ids).size, ids.length);
            assert.deepEqual([...now.done].sort(), [...answered].sort());
            assert.ok(!ids.some((id) => answered.includes(id)), 'nothing comes again');
            const due = now.items.filter(({ reason }) => reason === 'due').length;
            assert.ok(due <= Math.max(0, cap - answered.length), 'reviews beyond the cap wait');
            const fresh = now.items.filter(({ reason }) => reason === 'new').length;
            assert.ok(begun + fresh <= mayBegin, `${begun} begun and ${fresh} to begin, of ${mayBegin}`);
            if (left !== undefined && left >= 0 && left < NO_NEW_DAYS) assert.equal(fresh, 0);
            const sum = now.items.reduce((all, item) => all + item.minutes, 0);
            assert.equal(now.minutes, sum);
            const isOne = answered.length === 0 && ids.length === 1;
            assert.ok(
              isOne || ids.length === 0 || spent + sum <= minutes,
              `${spent} and ${sum} of ${minutes}`,
            );
            const [next] = now.items;
            if (!next) break;
            if (next.reason === 'new') begun += 1;
            spent += next.minutes;
            answered.push(next.entry.id);
            story.answer(next.entry.id, scores[answers++ % scores.length] ?? 0);
          }
          today = addDays(today, gap);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('undoing', () => {
  // What was studied before, what is then done and taken back, and when that is.
  const ids = ['a', 'b', 'c', 'd'];
  interface Step {
    readonly id: string;
    readonly score: number;
    readonly hints: number;
    /** Days after the step before. */
    readonly later: number;
    readonly rating: Rating | undefined;
  }
  const step: fc.Arbitrary<Step> = fc.record({
    id: fc.constantFrom(...ids),
    score: fc.double({ min: 0, max: 1, noNaN: true }),
    hints: fc.nat(2),
    later: fc.nat(3),
    rating: fc.option(fc.constantFrom(...RATINGS), { nil: undefined }),
  });
  const entries = ids.map((id, i) => core(id, { track: `t${i % 2}` }));
  const seen = (story: Story) => {
    const { history } = story;
    const plan = { ...NO_INTERVIEW, interview: '2026-11-20' };
    const study = studyOf(entries, history, plan, story.day);
    return {
      cards: ids.map((id) => study.schedule.card(id)),
      today: planToday(study),
      scores: [...trackScores(entries, history)],
    };
  };
  const toldFrom = (steps: readonly Step[]) => {
    const story = new Story(DAY);
    for (const { id, score, hints, later, rating } of steps) {
      story.on(addDays(story.day, later));
      const attempt = story.answer(id, score, { hints });
      if (rating) story.rate(attempt, rating);
    }
    return story;
  };

  it('an attempt, or a rating, gives the cards and the plan back as they were', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), step, (before, { id, score, hints, rating }) => {
        const story = toldFrom(before);
        const was = seen(story);
        const attempt = story.answer(id, score, { hints });
        const answered = seen(story);
        story.undo(story.rate(attempt, rating ?? 'easy'));
        assert.deepEqual(seen(story), answered, 'a rating');
        story.undo(attempt);
        assert.deepEqual(seen(story), was, 'an attempt');
      }),
    );
  });

  it('gives them back to one who looks at the same history all along', () => {
    const story = new Story(DAY);
    const { history } = story;
    const schedule = new Schedule(history);
    const attempt = story.answer('a', 0.9);
    const good = schedule.card('a');
    assert.equal(good?.last.rating, 'easy');
    const rating = story.rate(attempt, 'again');
    assert.equal(schedule.card('a')?.last.rating, 'again');
    story.undo(rating);
    assert.deepEqual(schedule.card('a'), good);
    story.undo(attempt);
    assert.equal(schedule.card('a'), undefined);
    assert.equal(history.state('a'), 'started');
  });
});
