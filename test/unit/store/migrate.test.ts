import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import fc from 'fast-check';
import { type StudyEvent, TYPES, VERSION } from '../../../src/core/store/events.ts';
import { type DayOf, readLine, readRecord } from '../../../src/core/store/migrate.ts';
import { dayAt } from '../../../src/core/study/day.ts';
import { Schedule } from '../../../src/core/study/schedule.ts';
import { fold } from '../../support/story.ts';

// As they were written by the first version: a few evenings of study, with every type of record that it knew.
const LINES = fs.readFileSync('test/fixtures/journal/v1.jsonl', 'utf8').trimEnd().split('\n');
const OLD_TYPES = [
  ...['attempt', 'grade', 'ticks', 'contest', 'opened', 'hint', 'solution'],
  ...['drill', 'drill_step', 'drill_end'],
];

/** Somebody two hours east of Greenwich. */
const dayOf: DayOf = (ts) => dayAt(ts + 2 * 3_600_000);

function eventsOf(lines: readonly string[]): StudyEvent[] {
  return lines.map((line) => {
    const result = readLine(line, dayOf);
    assert.ok('event' in result, line);
    return result.event;
  });
}

describe('records of version 1', () => {
  const events = eventsOf(LINES);

  it('are there in every type', () => {
    const types = new Set(LINES.map((line) => (JSON.parse(line) as { type: string }).type));
    assert.deepEqual([...types].sort(), [...OLD_TYPES].sort());
  });

  it('get their version and the day on which they were written, where the candidate was, and lose nothing', () => {
    for (const [i, event] of events.entries()) {
      const { v: _old, ...before } = JSON.parse(LINES[i] ?? '') as Record<string, unknown>;
      const { v, day, ...after } = event;
      assert.equal(v, VERSION);
      assert.equal(day, dayOf(event.ts));
      const drill = event.type === 'drill' ? { kind: 'track', feedback: 'now' } : {};
      assert.deepEqual(after, { ...before, ...drill });
    }
    const late = events.find(({ ts }) => ts === Date.parse('2026-10-21T22:30:00Z'));
    assert.equal(late?.day, '2026-10-22', 'half past midnight there');
  });

  it('fold into the study that they tell', () => {
    const history = fold(events);
    const [first, second, third] = history.entry('drift-signals').attempts;
    assert.deepEqual([first?.grade?.by, first?.grade?.score, first?.hints], ['self', 0.33, 2]);
    assert.deepEqual([second?.grade?.by, second?.isContested, second?.solutionSeen], ['model', true, true]);
    assert.equal(second?.at.trace, second?.at.grade);
    assert.equal(third?.answer, second?.answer);
    assert.equal(history.known('a1b2c3')?.attempt, second?.id, 'not the one that only repeats it');
    assert.equal(history.state('psi'), 'to_review');
    assert.equal(history.state('rollback-plan'), 'to_review');
    const [drill] = history.drills;
    assert.deepEqual(
      [drill?.kind, drill?.feedback, drill?.ended, drill?.steps.length],
      ['track', 'now', true, 2],
    );
    assert.equal(history.openDrill, undefined);
  });

  it('give the scheduler its reviews', () => {
    const schedule = new Schedule(fold(events));
    const drift = schedule.card('drift-signals');
    assert.deepEqual([drift?.reviews, drift?.lapses, drift?.last.day], [2, 1, '2026-10-22']);
    assert.equal(
      schedule.card('rollback-plan'),
      undefined,
      'turned away and not graded: nothing is known of it',
    );
  });

  it('are read again as they were read', () => {
    for (const event of events)
      assert.deepEqual(
        readRecord(event, () => 'another day'),
        { event },
      );
  });
});

describe('a line of the journal', () => {
  const line = (change: Readonly<Record<string, unknown>>) =>
    JSON.stringify({ v: VERSION, id: 'a', ts: 1, day: '2026-11-02', type: 'opened', ...change });
  const read = (text: string) => readLine(text, dayOf);

  it('is of this version with its own day', () => {
    const result = read(line({ subject: { type: 'question', id: 'q' } }));
    assert.ok('event' in result && result.event.day === '2026-11-02');
  });

  it('is kept aside when a newer version wrote it, and not understood', () => {
    assert.deepEqual(read(line({ v: VERSION + 1 })), { newer: true });
    assert.deepEqual(read(line({ v: 99, type: 'dreamt' })), { newer: true });
    assert.deepEqual(read(line({ type: 'dreamt' })), { newer: true });
    for (const type of TYPES) assert.deepEqual(read(line({ v: VERSION + 1, type })), { newer: true });
  });

  const unreadable: readonly (readonly [string, string])[] = [
    ['', 'not JSON'],
    ['{"v":2,"id":"a","ts":1', 'not JSON'],
    ['null', 'not a record'],
    ['"text"', 'not a record'],
    ['[]', 'no stamp'],
    [line({ v: '2' }), 'no stamp'],
    [line({ id: 1 }), 'no stamp'],
    [line({ ts: '1' }), 'no stamp'],
    [line({ day: undefined }), 'no day'],
    [line({ v: 0 }), 'no such version: 0'],
    [line({ v: 1.5 }), 'no such version: 1.5'],
    [line({ v: -1 }), 'no such version: -1'],
  ];
  for (const [text, why] of unreadable)
    it(`cannot be read: ${text === '' ? 'an empty one' : text}`, () => {
      assert.deepEqual(read(text), { unreadable: why });
    });

  it('never throws, whatever stands there', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        read(text);
      }),
    );
  });
});
