import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { BankEntry } from '../../../src/core/bank/question.ts';
import type { Grade } from '../../../src/core/grading/grade.ts';
import type { NewEvent, StudyEvent } from '../../../src/core/store/events.ts';
import { addDays, type Day } from '../../../src/core/study/day.ts';
import { type DrillWish, nextSubject, planDrill } from '../../../src/core/study/drill.ts';
import { type DrillRecord, History } from '../../../src/core/study/history.ts';
import { Schedule } from '../../../src/core/study/schedule.ts';
import { sampleEntry } from '../../support/samples.ts';

const TODAY: Day = '2026-11-23';
const ENTRIES = [
  sampleEntry('a'),
  sampleEntry('b', { level: 'senior' }),
  sampleEntry('c', { track: 'slo' }),
  sampleEntry('d'),
  sampleEntry('e'),
  sampleEntry('x', { type: 'exercise' }),
];

/** What was done, by entry: a score and how many days ago; nothing but opened when there is no score. */
type Past = Readonly<Record<string, { score?: number; ago: number; missed?: readonly string[] }>>;
const PAST: Past = { a: { score: 0.9, ago: 1 }, b: { score: 0.4, ago: 1 }, d: { ago: 1 } };

function historyOf(past: Past, entries: readonly BankEntry[]): History {
  const history = new History();
  let ts = 0;
  for (const [id, { score, ago, missed = [] }] of Object.entries(past)) {
    const type = entries.find((entry) => entry.id === id)?.type ?? 'question';
    const subject = { type, id };
    const apply = (event: NewEvent, name: string) =>
      history.apply({ v: 2, id: name, ts: ++ts, day: addDays(TODAY, -ago), ...event } as StudyEvent);
    apply({ type: 'opened', subject }, `o-${id}`);
    if (score === undefined) continue;
    const help = { hints: 0, solutionSeen: false };
    apply({ type: 'attempt', subject, lang: 'en', texts: { '': { text: id } }, ...help }, `a-${id}`);
    const grade: Grade = {
      v: 1,
      subject,
      lang: 'en',
      provenance: { by: 'offline' },
      status: 'graded',
      score,
      points: missed.map((point) => ({ id: point, verdict: 'not_met' })),
      pitfalls: [],
      checks: [],
    };
    apply({ type: 'grade', attempt: `a-${id}`, grade }, `g-${id}`);
  }
  return history;
}

/** Numbers one after the other, from the beginning again at the end. */
function draws(...numbers: readonly number[]): () => number {
  let next = 0;
  return () => numbers[next++ % numbers.length] ?? 0;
}

function plan(wish: DrillWish, draw = draws(0.5), past = PAST, entries: readonly BankEntry[] = ENTRIES) {
  const history = historyOf(past, entries);
  const settings = { interview: undefined, minutes: 30, newPerDay: 2, cap: 20 };
  const source = { entries, history, schedule: new Schedule(history), plan: settings, today: TODAY, draw };
  return planDrill(wish, source).map(({ id }) => id);
}

const track = (count: number, more: { track?: string; level?: 'senior' } = {}): DrillWish => ({
  kind: 'track',
  count,
  ...more,
});

describe('the plan of a drill by track and level', () => {
  it('takes questions that were never answered first, then those to review, then known ones', () => {
    assert.deepEqual(plan(track(10), draws(0.1, 0.2, 0.3, 0.4, 0.5)), ['c', 'd', 'e', 'b', 'a']);
  });

  it('draws within each group, and the same draw gives the same drill', () => {
    assert.deepEqual(plan(track(10), draws(0.9, 0.8, 0.7, 0.6, 0.5)), ['e', 'd', 'c', 'b', 'a']);
    assert.deepEqual(plan(track(3), draws(0.3, 0.1, 0.9)), plan(track(3), draws(0.3, 0.1, 0.9)));
  });

  it('takes what was answered today last', () => {
    const past = { ...PAST, c: { score: 0.1, ago: 0 } };
    assert.equal(plan(track(10), draws(0.5), past).at(-1), 'c');
  });

  it('keeps to a track and to a level', () => {
    assert.deepEqual(plan(track(10, { track: 'slo' })), ['c']);
    assert.deepEqual(plan(track(10, { level: 'senior' })), ['b']);
    assert.deepEqual(plan(track(10, { track: 'slo', level: 'senior' })), []);
  });

  it('has as many questions as asked for, or all that there are, each once, and no exercise', () => {
    fc.assert(
      fc.property(
        fc.nat(8),
        fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1 }),
        (count, numbers) => {
          const ids = plan(track(count), draws(...numbers));
          assert.equal(ids.length, Math.min(count, 5));
          assert.equal(new Set(ids).size, ids.length);
          assert.ok(!ids.includes('x'));
        },
      ),
    );
  });
});

describe('the plan of other drills', () => {
  const minutes = (ids: readonly string[], entries: readonly BankEntry[]) =>
    ids.reduce((sum, id) => sum + (entries.find((entry) => entry.id === id)?.minutes ?? 0), 0);

  it('quick: five minutes, and one question at least', () => {
    const short = ['p', 'q', 'r'].map((id) => sampleEntry(id, { minutes: 2 }));
    assert.equal(minutes(plan({ kind: 'quick' }, draws(0.5), {}, short), short), 4);
    const long = [sampleEntry('p', { minutes: 9 }), sampleEntry('q', { minutes: 9 })];
    assert.equal(plan({ kind: 'quick' }, draws(0.5), {}, long).length, 1);
  });

  it('due: all that is due, however few the minutes, and nothing else', () => {
    const past: Past = { a: { score: 0.9, ago: 40 }, b: { score: 0.2, ago: 3 }, d: { score: 0.75, ago: 0 } };
    assert.deepEqual(plan({ kind: 'due' }, draws(0.5), past).sort(), ['a', 'b']);
    assert.deepEqual(plan({ kind: 'due' }, draws(0.5), {}), []);
  });

  it('weakest: the entries with points missed the last time', () => {
    const past: Past = { a: { score: 0.4, ago: 2, missed: ['p'] }, b: { score: 1, ago: 2 } };
    assert.deepEqual(plan({ kind: 'weakest' }, draws(0.5), past), ['a']);
    assert.deepEqual(plan({ kind: 'weakest' }, draws(0.5), {}), []);
  });

  it('exercises: exercises alone', () => {
    assert.deepEqual(plan({ kind: 'exercises' }), ['x']);
  });

  it('surprise: three of anything', () => {
    assert.equal(new Set(plan({ kind: 'surprise' })).size, 3);
  });

  it('diagnostic: eight questions, spread over the tracks, no exercise and nothing of one’s own past', () => {
    const entries = ['m', 'n', 'o', 'p'].flatMap((name) =>
      [1, 2, 3, 4].map((n) => sampleEntry(`${name}${n}`, { track: name, core: n === 4 })),
    );
    entries.push(sampleEntry('told', { track: 'z', kind: 'behavioural' }));
    entries.push(sampleEntry('code', { track: 'z', type: 'exercise' }));
    const ids = plan({ kind: 'diagnostic' }, draws(0.4, 0.1, 0.8), {}, entries);
    assert.equal(ids.length, 8);
    for (const name of ['m', 'n', 'o', 'p']) {
      assert.equal(ids.filter((id) => id.startsWith(name)).length, 2);
      assert.ok(ids.includes(`${name}4`), 'the core path comes first');
    }
  });
});

describe('the next question of a drill', () => {
  const subjects = ['a', 'b', 'c'].map((id) => ({ type: 'question' as const, id }));
  const drill = (...done: readonly string[]): DrillRecord => ({
    id: 'd',
    ts: 1,
    day: TODAY,
    kind: 'track',
    feedback: 'now',
    subjects,
    steps: done.map((id, ts) => ({ subject: { type: 'question' as const, id }, attempt: null, ts })),
    ended: false,
  });

  it('is the first without a step', () => {
    assert.equal(nextSubject(drill())?.id, 'a');
    assert.equal(nextSubject(drill('a'))?.id, 'b');
    assert.equal(nextSubject(drill('b'))?.id, 'a');
  });

  it('does not exist when all have been answered or skipped', () => {
    assert.equal(nextSubject(drill('c', 'a', 'b')), undefined);
  });
});
