import assert from 'node:assert/strict';
import {
  deviation,
  groupBy,
  intervalOfMean,
  intervalOfShare,
  mean,
  meanAbsoluteError,
  median,
  pearson,
  pearsonWithin,
} from '../../eval/statistics.ts';

const near = (actual: number, expected: number, within = 1e-9) =>
  assert.ok(Math.abs(actual - expected) <= within, `${actual} is not ${expected}`);

describe('the statistics of an evaluation', () => {
  it('take the middle and the spread of values', () => {
    assert.equal(mean([1, 2, 6]), 3);
    assert.ok(Number.isNaN(mean([])));
    assert.equal(median([9, 1, 2]), 2);
    assert.equal(median([4, 1, 2, 3]), 2.5);
    near(deviation([2, 4, 4, 4, 5, 5, 7, 9]), 2.13808993529939, 1e-12);
    assert.equal(deviation([0.4]), 0);
  });

  it('compare what was found with what is true', () => {
    const pairs = [
      { found: 1, gold: 2 },
      { found: 2, gold: 4 },
      { found: 3, gold: 6 },
    ];
    assert.equal(meanAbsoluteError(pairs), 2);
    near(pearson(pairs), 1);
    near(pearson(pairs.map(({ found, gold }) => ({ found: -found, gold }))), -1);
    near(
      pearson([
        { found: 1, gold: 2 },
        { found: 2, gold: 1 },
        { found: 3, gold: 4 },
        { found: 4, gold: 3 },
      ]),
      0.6,
    );
    assert.ok(Number.isNaN(pearson(pairs.map(({ gold }) => ({ found: 1, gold })))));
  });

  it('see through a grader that knows only which question is hard', () => {
    const hard = [0.1, 0.2, 0.3].map((gold, i) => ({ gold, found: 0.2 + 0.01 * (1 - i) }));
    const easy = [0.7, 0.8, 0.9].map((gold, i) => ({ gold, found: 0.8 + 0.01 * (1 - i) }));
    assert.ok(pearson([...hard, ...easy]) > 0.9);
    near(pearsonWithin([hard, easy]), -1);
  });

  it('give the interval that so many hits of so many allow', () => {
    // Clopper and Pearson's own limits, from tables.
    near(intervalOfShare(0, 300).high, 0.01222, 1e-4);
    assert.equal(intervalOfShare(0, 300).low, 0);
    near(intervalOfShare(5, 50).low, 0.03328, 1e-4);
    near(intervalOfShare(5, 50).high, 0.21814, 1e-4);
    assert.equal(intervalOfShare(20, 20).high, 1);
    near(intervalOfShare(20, 20).low, 0.83157, 1e-4);
    assert.deepEqual(intervalOfShare(0, 0), { low: 0, high: 1 });
  });

  it('draw the same samples every time', () => {
    const values = Array.from({ length: 40 }, (_, i) => (i * 7) % 11);
    const interval = intervalOfMean(values);
    assert.deepEqual(intervalOfMean(values), interval);
    assert.notDeepEqual(intervalOfMean(values, { seed: 2 }), interval);
    assert.ok(interval.low < mean(values) && interval.high > mean(values));
  });

  it('group in the order of what comes first', () => {
    assert.deepEqual(
      [...groupBy(['bo', 'a', 'bi'], (word) => word[0] ?? '')],
      [
        ['b', ['bo', 'bi']],
        ['a', ['a']],
      ],
    );
  });
});
