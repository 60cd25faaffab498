import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { BankEntry } from '../../../src/core/bank/question.ts';
import type { Provenance } from '../../../src/core/grading/grade.ts';
import { addDays, type Day, daysBetween } from '../../../src/core/study/day.ts';
import { progressOf } from '../../../src/core/study/progress.ts';
import type { Plan } from '../../../src/core/study/schedule.ts';
import { sampleEntry } from '../../support/samples.ts';
import { MODEL, NO_INTERVIEW, question, Story, studyOf } from '../../support/story.ts';

/** A Monday. */
const MONDAY: Day = '2026-11-02';

const progress = (
  story: Story,
  {
    entries = [],
    plan = NO_INTERVIEW,
    today = story.day,
  }: { entries?: BankEntry[]; plan?: Plan; today?: Day } = {},
) => progressOf(studyOf(entries, story.history, plan, today));

describe('how far tracks and competences are', () => {
  it('counts the standings of their entries; what is due counts by what it is worth', () => {
    const story = new Story(MONDAY);
    story.answer('sure', 0.95);
    story.on(addDays(MONDAY, 8)).answer('sure', 0.95);
    story.answer('good', 0.85);
    story.answer('weak', 0.3);
    story.add({ type: 'opened', subject: question('opened') });
    const entries = [
      sampleEntry('sure'),
      sampleEntry('good'),
      sampleEntry('opened', { track: 'slo', kind: 'code' }),
      sampleEntry('weak'),
      sampleEntry('new', { track: 'slo', kind: 'scenario' }),
    ];
    const none = { mastered: 0, good: 0, to_review: 0, started: 0, new: 0 };
    const plan = { ...NO_INTERVIEW, interview: addDays(MONDAY, 20) };
    // On that day all three are due.
    const { tracks, competences, ahead } = progress(story, { entries, plan, today: addDays(MONDAY, 15) });
    assert.equal(ahead[0]?.due, 3);
    assert.deepEqual(tracks, [
      { id: 'monitoring', counts: { ...none, mastered: 1, good: 1, to_review: 1 } },
      { id: 'slo', counts: { ...none, started: 1, new: 1 } },
    ]);
    assert.deepEqual(competences, [
      { id: 'concept', counts: { ...none, mastered: 1, good: 1, to_review: 1 } },
      { id: 'scenario', counts: { ...none, new: 1 } },
      { id: 'code', counts: { ...none, started: 1 } },
    ]);
  });
});

describe('the reviews ahead', () => {
  it('are those of two weeks, with what is overdue on today, and tell the day of the interview', () => {
    const story = new Story(MONDAY);
    story.answer('a', 0.3);
    story.answer('b', 0.75);
    story.answer('c', 0.95);
    const entries = ['a', 'b', 'c', 'never'].map((id) => sampleEntry(id));
    const plan = { ...NO_INTERVIEW, interview: addDays(MONDAY, 40) };
    const due = (today: Day) =>
      progress(story, { entries, plan, today }).ahead.flatMap(({ day, due: count }) =>
        count > 0 ? [[daysBetween(MONDAY, day), count]] : [],
      );
    assert.deepEqual(due(MONDAY), [
      [1, 1],
      [2, 1],
      [8, 1],
    ]);
    assert.deepEqual(due(addDays(MONDAY, 5)), [
      [5, 2],
      [8, 1],
    ]);
    const { ahead } = progress(story, { plan: { ...plan, interview: addDays(MONDAY, 13) } });
    assert.equal(ahead.length, 14);
    assert.deepEqual(
      ahead.filter(({ isInterview }) => isInterview).map(({ day }) => day),
      [addDays(MONDAY, 13)],
    );
    assert.equal(ahead[0]?.day, MONDAY);
    assert.ok(!progress(story, { plan }).ahead.some(({ isInterview }) => isInterview));
  });
});

describe('the calendar', () => {
  it('is twelve whole weeks from Monday on, and ends today', () => {
    for (let i = 0; i < 7; i++) {
      const today = addDays(MONDAY, i);
      const { calendar } = progress(new Story(today));
      assert.equal(calendar.length, 12);
      assert.deepEqual(
        calendar.map((week) => week.length),
        [...Array(11).fill(7), i + 1],
      );
      assert.equal(calendar[11]?.[0]?.day, MONDAY);
      assert.equal(calendar[0]?.[0]?.day, addDays(MONDAY, -77));
      assert.equal(calendar.at(-1)?.at(-1)?.day, today);
    }
  });

  it('has each day once, over a change of the clocks too', () => {
    for (const today of ['2026-11-15', '2026-04-30', '2028-03-02', '2020-01-01']) {
      const days = progress(new Story(today)).calendar.flat();
      for (const [i, { day }] of days.entries()) assert.equal(day, addDays(days[0]?.day ?? '', i));
    }
  });

  it('counts the answers of a day, graded or not, and says how many that is', () => {
    const story = new Story(MONDAY);
    for (let i = 0; i < 8; i++) {
      story.on(addDays(MONDAY, i));
      for (let n = 0; n < i; n++) story.attempt('q');
    }
    story.on('2026-01-01').attempt('q');
    story.on(addDays(MONDAY, 9)).attempt('q');
    const days = progress(story, { today: addDays(MONDAY, 8) }).calendar.flat();
    assert.deepEqual(
      days.slice(-9).map(({ count, level }) => [count, level]),
      [
        [0, 0],
        [1, 1],
        [2, 2],
        [3, 2],
        [4, 3],
        [5, 3],
        [6, 3],
        [7, 4],
        [0, 0],
      ],
    );
    assert.equal(
      days.reduce((sum, { count }) => sum + count, 0),
      28,
    );
  });
});

describe('the streak', () => {
  const streak = (story: Story, today: Day) => progress(story, { today }).streak;

  it('is of days in a row with a graded answer, up to today, or to yesterday while today has none', () => {
    const story = new Story('2026-03-27');
    assert.equal(streak(story, '2026-03-27'), 0);
    for (const day of ['2026-03-25', '2026-03-27', '2026-03-28', '2026-03-29', '2026-03-30'])
      story.on(day).answer('q', 0.2);
    assert.equal(streak(story, '2026-03-30'), 4);
    assert.equal(streak(story, '2026-03-31'), 4);
    assert.equal(streak(story, '2026-04-01'), 0);
    assert.equal(streak(story, '2026-03-28'), 2);
  });

  it('is not kept up by what was not graded, turned away, or taken back', () => {
    const story = new Story(MONDAY);
    story.answer('q', 0.5);
    story.on(addDays(MONDAY, 1));
    story.attempt('q');
    story.answer('q', null, { by: { by: 'none' } });
    story.answer('q', 0, { by: { by: 'gate' } });
    story.undo(story.answer('q', 1));
    assert.equal(streak(story, addDays(MONDAY, 1)), 1);
    assert.equal(streak(story, addDays(MONDAY, 2)), 0);
  });
});

describe('the time of the last seven days', () => {
  it('is what was measured, and says of how many answers', () => {
    const story = new Story(MONDAY);
    assert.deepEqual(progress(story).week, { minutes: 0, answers: 0, timed: 0 });
    story.attempt('q', { seconds: 600 });
    story.on(addDays(MONDAY, 1)).attempt('q', { seconds: 90 });
    story.attempt('q');
    story.on(addDays(MONDAY, 7)).attempt('q', { seconds: 30 });
    assert.deepEqual(progress(story).week, { minutes: 2, answers: 3, timed: 2 });
    assert.deepEqual(progress(story, { today: addDays(MONDAY, 6) }).week, {
      minutes: 11.5,
      answers: 3,
      timed: 2,
    });
  });

  it('is not known when nothing was measured', () => {
    const story = new Story(MONDAY);
    story.attempt('q');
    assert.deepEqual(progress(story).week, { minutes: undefined, answers: 1, timed: 0 });
  });
});

describe('scores over time', () => {
  it('are a line for each grader with a mean for each day, the most used grader first', () => {
    const entries = ['a', 'b'].map((id) => sampleEntry(id));
    const story = new Story(MONDAY);
    const small: Provenance = { ...MODEL, model: 'small' };
    story.answer('a', 0.25);
    story.answer('b', 0.75, { by: small });
    story.answer('b', 0.75);
    story.answer('a', 0.5, { by: { by: 'offline' } });
    story.on(addDays(MONDAY, 2)).answer('a', 1);
    const aloud = story.attempt('a', { spoken: true });
    story.tick(aloud, 'a', 0.5);
    story.answer('gone', 0.1);
    story.answer('a', 0, { by: { by: 'gate' } });
    story.undo(story.answer('a', 0.1));
    const { scores } = progress(story, { entries });
    assert.deepEqual(
      scores.map(({ by, model, days }) => [
        by,
        model,
        days.map(({ day, mean, count }) => [day, mean, count]),
      ]),
      [
        [
          'model',
          'm',
          [
            [MONDAY, 0.5, 2],
            [addDays(MONDAY, 2), 1, 1],
          ],
        ],
        ['model', 'small', [[MONDAY, 0.75, 1]]],
        ['offline', undefined, [[MONDAY, 0.5, 1]]],
        ['self', undefined, [[addDays(MONDAY, 2), 0.5, 1]]],
      ],
    );
    assert.equal(new Set(scores.map(({ grader }) => grader)).size, 4);
  });

  it('do not depend on the order of the entries', () => {
    const ids = ['a', 'b', 'c'];
    const answer = fc.record({
      id: fc.constantFrom(...ids),
      score: fc.constantFrom(0, 0.25, 0.5, 1),
      model: fc.constantFrom('m', 'n', 'o'),
      later: fc.nat(2),
    });
    fc.assert(
      fc.property(fc.array(answer, { maxLength: 20, size: 'max' }), (answers) => {
        const story = new Story(MONDAY);
        for (const { id, score, model, later } of answers)
          story.on(addDays(story.day, later + 1)).answer(id, score, { by: { ...MODEL, model } });
        const entries = ids.map((id) => sampleEntry(id));
        const there = progress(story, { entries }).scores;
        assert.deepEqual(progress(story, { entries: entries.toReversed() }).scores, there);
        const counted = there.flatMap(({ days }) => days).reduce((sum, { count }) => sum + count, 0);
        assert.equal(counted, answers.length);
        for (const { days } of there)
          for (const [i, { day, mean }] of days.entries())
            assert.ok(mean >= 0 && mean <= 1 && (i === 0 || day > (days[i - 1]?.day ?? '')));
      }),
    );
  });
});
