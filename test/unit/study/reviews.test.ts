import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Provenance } from '../../../src/core/grading/grade.ts';
import { RATINGS } from '../../../src/core/store/events.ts';
import { countedScore, proposeRating, reviewsOf } from '../../../src/core/study/reviews.ts';
import { type Answered, Story } from '../../support/story.ts';

const unaided = (score: number) => proposeRating({ score, hints: 0, solutionSeen: false });
const reviews = (story: Story) => reviewsOf(story.history.entry('q').attempts);

describe('the rating that a score proposes', () => {
  const bands = [
    [0, 'again'],
    [0.49, 'again'],
    [0.5, 'hard'],
    [0.69, 'hard'],
    [0.7, 'good'],
    [0.89, 'good'],
    [0.9, 'easy'],
    [1, 'easy'],
  ] as const;
  for (const [score, rating] of bands)
    it(`is ${rating} at ${score}`, () => {
      assert.equal(unaided(score), rating);
    });

  it('is at most hard with hints, and again once the solution was seen', () => {
    assert.equal(proposeRating({ score: 1, hints: 1, solutionSeen: false }), 'hard');
    assert.equal(proposeRating({ score: 0.4, hints: 3, solutionSeen: false }), 'again');
    assert.equal(proposeRating({ score: 1, hints: 0, solutionSeen: true }), 'again');
  });

  it('never falls with the score, nor rises with help', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const worth = (given: Parameters<typeof proposeRating>[0]) => RATINGS.indexOf(proposeRating(given));
    fc.assert(
      fc.property(share, share, fc.nat(4), fc.boolean(), (one, other, hints, solutionSeen) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)];
        assert.ok(worth({ score: low, hints, solutionSeen }) <= worth({ score: high, hints, solutionSeen }));
        assert.ok(worth({ score: low, hints, solutionSeen }) <= RATINGS.indexOf(unaided(low)));
      }),
    );
  });
});

describe('the reviews of an entry', () => {
  it('are one a day, of the first answer: the later ones come fresh from the report', () => {
    const story = new Story('2026-11-02');
    const first = story.answer('q', 0.4);
    story.answer('q', 1);
    story.on('2026-11-03').answer('q', 0.85, { hints: 2 });
    assert.deepEqual(
      reviews(story).map(({ day, attempt, score, isUnaided, rating }) => ({
        day,
        attempt,
        score,
        isUnaided,
        rating,
      })),
      [
        { day: '2026-11-02', attempt: first, score: 0.4, isUnaided: true, rating: 'again' },
        { day: '2026-11-03', attempt: 'e5', score: 0.85, isUnaided: false, rating: 'hard' },
      ],
    );
  });

  it('take the last grade of the day’s first words: by another grader, or asked for afresh', () => {
    const story = new Story();
    story.answer('q', 0.4, { text: 'the same' });
    const again = story.answer('q', 0.75, { text: 'the same' });
    story.answer('q', 1, { text: 'others' });
    assert.deepEqual(
      reviews(story).map(({ attempt, score }) => [attempt, score]),
      [[again, 0.75]],
    );
  });

  it('take the candidate’s last rating of the day for that of the score', () => {
    const story = new Story();
    const first = story.answer('q', 0.4);
    const second = story.answer('q', 0.9);
    story.rate(first, 'hard');
    story.rate(second, 'good');
    assert.deepEqual(
      reviews(story).map(({ rating, isOwnRating, score }) => [rating, isOwnRating, score]),
      [['good', true, 0.4]],
    );
  });

  const mute: readonly (readonly [string, number | null, Provenance['by']])[] = [
    ['turned away unread', 0, 'gate'],
    ['not graded', null, 'none'],
    ['graded without a score', null, 'offline'],
  ];
  for (const [what, score, by] of mute)
    it(`leave out what was ${what}`, () => {
      const story = new Story();
      const given = { by: { by } } as Answered;
      story.answer('q', score, given);
      assert.deepEqual(reviews(story), []);
      const [attempt] = story.history.entry('q').attempts;
      assert.equal(attempt && countedScore(attempt), undefined);
      const later = story.answer('q', 0.8);
      assert.deepEqual(
        reviews(story).map(({ attempt }) => attempt),
        [later],
      );
    });

  it('leave out what was never graded, and what the candidate took back', () => {
    const story = new Story();
    story.attempt('q');
    const first = story.answer('q', 0.3);
    const second = story.answer('q', 0.8);
    story.undo(first);
    assert.deepEqual(
      reviews(story).map(({ attempt }) => attempt),
      [second],
    );
    story.undo(second);
    assert.deepEqual(reviews(story), []);
  });

  it('keep the day on which they were written, whatever the zone says later, and go by it', () => {
    // In Tokyo until the morning, in Paris the same evening of the day before: the later stamp has the earlier day.
    const story = new Story('2026-07-05');
    const tokyo = story.answer('q', 0.9);
    story.on('2026-07-04');
    const paris = story.answer('q', 0.4);
    assert.deepEqual(
      reviews(story).map(({ attempt, day }) => [attempt, day]),
      [
        [paris, '2026-07-04'],
        [tokyo, '2026-07-05'],
      ],
    );
  });
});
