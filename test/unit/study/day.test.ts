import assert from 'node:assert/strict';
import fc from 'fast-check';
import { addDays, dayAt, daysBetween, isDay, noonOf } from '../../../src/core/study/day.ts';

const day = fc.integer({ min: -20_000, max: 40_000 }).map((count) => addDays('2026-01-01', count));

describe('a day', () => {
  it('is one of the calendar', () => {
    for (const text of ['2026-11-20', '2028-02-29', '2000-02-29', '0999-12-31']) assert.ok(isDay(text), text);
    for (const text of [
      '2026-02-29',
      '2100-02-29',
      '2026-13-01',
      '2026-00-10',
      '2026-04-31',
      '2026-4-1',
      '2026-11-20T10:00',
      ' 2026-11-20',
      '20/11/2026',
      '',
    ])
      assert.ok(!isDay(text), text);
  });

  it('counts calendar days over a change of the clocks, where one has 23 hours and another 25', () => {
    assert.equal(daysBetween('2026-03-28', '2026-03-29'), 1);
    assert.equal(daysBetween('2026-03-29', '2026-03-30'), 1);
    assert.equal(daysBetween('2026-03-28', '2026-03-30'), 2);
    assert.equal(daysBetween('2026-10-24', '2026-10-25'), 1);
    assert.equal(daysBetween('2026-10-25', '2026-10-26'), 1);
    assert.equal(daysBetween('2026-03-29', '2026-10-25'), 210);
    assert.equal(addDays('2026-03-28', 2), '2026-03-30');
    assert.equal(addDays('2026-10-26', -2), '2026-10-24');
  });

  it('counts the leap day', () => {
    assert.equal(daysBetween('2028-02-28', '2028-03-01'), 2);
    assert.equal(daysBetween('2027-02-28', '2027-03-01'), 1);
    assert.equal(addDays('2028-02-28', 1), '2028-02-29');
    assert.equal(addDays('2028-02-29', 365), '2029-02-28');
    assert.equal(daysBetween('2027-12-31', '2028-12-31'), 366);
  });

  it('comes back from any count of days, and the order of days is that of their texts', () => {
    fc.assert(
      fc.property(day, day, (one, other) => {
        const count = daysBetween(one, other);
        assert.equal(addDays(one, count), other);
        assert.equal(daysBetween(other, one), 0 - count);
        assert.equal(Math.sign(count), one < other ? 1 : one > other ? -1 : 0);
        assert.ok(isDay(one));
      }),
    );
  });

  it('is known by any moment of it in UTC', () => {
    assert.equal(dayAt(noonOf('2026-11-20')), '2026-11-20');
    assert.equal(dayAt(Date.parse('2026-11-20T23:59:59.999Z')), '2026-11-20');
    assert.equal(dayAt(Date.parse('2026-11-20T00:00:00Z')), '2026-11-20');
  });
});
