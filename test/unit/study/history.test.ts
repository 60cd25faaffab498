import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Grade, Subject } from '../../../src/core/grading/grade.ts';
import { isSameTexts, type NewEvent, type StudyEvent } from '../../../src/core/store/events.ts';
import { History } from '../../../src/core/study/history.ts';

const question = (id: string): Subject => ({ type: 'question', id });
let stamp = 0;

/** An event as the journal writes it; later ones have later stamps. */
function stamped(event: NewEvent, id = `e${++stamp}`): StudyEvent {
  return { v: 1, id, ts: ++stamp, ...event } as StudyEvent;
}

const attempt = (subject: string, id: string) =>
  stamped(
    {
      type: 'attempt',
      subject: question(subject),
      lang: 'fr',
      texts: { '': { text: 'words' } },
      hints: 0,
      solutionSeen: false,
    },
    id,
  );

function grade(
  subject: string,
  score: number | null,
  by: 'offline' | 'self' | 'none' | 'model' = 'offline',
): Grade {
  const provenance = by === 'model' ? { by, model: 'm', destination: 'd' } : { by };
  const status = by === 'none' ? 'not_graded' : 'graded';
  return {
    v: 1,
    subject: question(subject),
    lang: 'fr',
    provenance,
    status,
    score,
    points: [],
    pitfalls: [],
    checks: [],
  };
}

const graded = (id: string, value: Grade) => stamped({ type: 'grade', attempt: id, grade: value });
const ticked = (id: string, value: Grade) => stamped({ type: 'ticks', attempt: id, grade: value });

function fold(...events: readonly StudyEvent[]): History {
  const history = new History();
  for (const event of events) history.apply(event);
  return history;
}

describe('the state of an entry', () => {
  it('is new until something happens', () => {
    const history = fold(stamped({ type: 'opened', subject: question('other') }));
    assert.equal(history.state('q'), 'new');
    assert.deepEqual(history.entry('q'), { attempts: [], hints: 0, solutionSeen: false });
  });

  it('is started once opened, hinted at or attempted, as long as there is no score', () => {
    for (const event of [
      stamped({ type: 'opened', subject: question('q') }),
      stamped({ type: 'hint', subject: question('q'), rung: 1 }),
      stamped({ type: 'solution', subject: question('q') }),
      attempt('q', 'a'),
    ]) {
      assert.equal(fold(event).state('q'), 'started', event.type);
    }
    assert.equal(fold(attempt('q', 'a'), graded('a', grade('q', null, 'none'))).state('q'), 'started');
  });

  const bands = [
    [0, 'to_review'],
    [0.79, 'to_review'],
    [0.8, 'good'],
    [1, 'good'],
  ] as const;
  for (const [score, state] of bands) {
    it(`is ${state} at ${score}`, () => {
      assert.equal(fold(attempt('q', 'a'), graded('a', grade('q', score))).state('q'), state);
    });
  }

  it('is that of the last attempt with a score, though a later one has none', () => {
    const history = fold(
      ...[attempt('q', 'a'), graded('a', grade('q', 1)), attempt('q', 'b'), graded('b', grade('q', 0.1))],
      ...[attempt('q', 'c'), graded('c', grade('q', null, 'none')), attempt('q', 'd')],
    );
    assert.equal(history.state('q'), 'to_review');
    assert.deepEqual(
      history.entry('q').attempts.map(({ id }) => id),
      ['a', 'b', 'c', 'd'],
    );
  });
});

describe('the history', () => {
  it('knows an attempt with its texts and its grade', () => {
    const history = fold(attempt('q', 'a'), graded('a', grade('q', 0.5)));
    assert.equal(history.attempt('a')?.grade?.score, 0.5);
    assert.deepEqual(history.attempt('a')?.texts, { '': { text: 'words' } });
    assert.equal(history.attempt('b'), undefined);
  });

  it('replaces an estimate by the candidate’s ticks', () => {
    const events = [attempt('q', 'a'), graded('a', grade('q', 0.5)), ticked('a', grade('q', 0.9, 'self'))];
    assert.equal(fold(...events).attempt('a')?.grade?.score, 0.9);
    assert.equal(fold(...events).state('q'), 'good');
    const again = fold(...events, ticked('a', grade('q', 0.2, 'self')));
    assert.equal(again.state('q'), 'to_review');
  });

  it('never replaces a model’s grade by ticks', () => {
    const history = fold(
      attempt('q', 'a'),
      graded('a', grade('q', 0.2, 'model')),
      ticked('a', grade('q', 1, 'self')),
    );
    assert.equal(history.attempt('a')?.grade?.score, 0.2);
  });

  it('keeps a failed grade’s attempt open to ticks', () => {
    const history = fold(
      attempt('q', 'a'),
      graded('a', grade('q', null, 'none')),
      ticked('a', grade('q', 1, 'self')),
    );
    assert.equal(history.state('q'), 'good');
  });

  it('changes nothing for a grade whose attempt is unknown', () => {
    const history = fold(graded('gone', grade('q', 1)), ticked('gone', grade('q', 1)));
    assert.equal(history.state('q'), 'new');
    assert.equal(history.attempt('gone'), undefined);
  });

  it('remembers the highest hint and that the solution was seen', () => {
    const subject = question('q');
    const history = fold(
      stamped({ type: 'hint', subject, rung: 2 }),
      stamped({ type: 'hint', subject, rung: 1 }),
      stamped({ type: 'solution', subject }),
    );
    assert.equal(history.entry('q').hints, 2);
    assert.equal(history.entry('q').solutionSeen, true);
  });

  it('does not take names of the language for entries', () => {
    for (const id of ['constructor', '__proto__', 'toString']) {
      assert.equal(new History().state(id), 'new');
      assert.equal(fold(attempt(id, 'a'), graded('a', grade(id, 1))).state(id), 'good');
    }
  });
});

describe('a grade that is kept', () => {
  const keyed = (key: string, change: Partial<Grade> = {}) => ({
    ...grade('q', 0.5, 'model'),
    key,
    ...change,
  });

  it('is found by its key, the newest of several', () => {
    const [first, second] = [keyed('k', { score: 0.1 }), keyed('k', { score: 0.2 })];
    const events = [attempt('q', 'a'), graded('a', first), attempt('q', 'b'), graded('b', second)];
    assert.equal(fold(...events).known('k')?.grade, second);
    assert.equal(fold(...events.toReversed()).known('k')?.grade, second, 'in whichever order it is read');
    assert.equal(fold(...events).known('k')?.attempt, 'b');
    assert.equal(fold(...events).known('other'), undefined);
  });

  it('is a model’s, is a grade, and is not itself a repetition', () => {
    const others: Grade[] = [
      { ...grade('q', 0.5), key: 'k' },
      keyed('k', { status: 'not_graded', score: null }),
      keyed('k', { repeats: 1 }),
    ];
    for (const other of others) {
      const history = fold(attempt('q', 'a'), graded('a', other));
      assert.equal(history.known('k'), undefined, JSON.stringify(other.provenance));
    }
    const original = keyed('k');
    const again = fold(graded('a', original), graded('b', keyed('k', { repeats: 1 })));
    assert.equal(again.known('k')?.grade, original);
  });
});

describe('the attempt before', () => {
  const said = (id: string, text: string) =>
    stamped(
      {
        type: 'attempt',
        subject: question('q'),
        lang: 'fr',
        texts: { '': { text } },
        hints: 0,
        solutionSeen: false,
      },
      id,
    );

  it('is the last one with a score, and says whether the answer was the same', () => {
    const history = fold(
      ...[said('a', 'one'), graded('a', grade('q', 0.5)), said('b', 'two'), graded('b', grade('q', 0.6))],
      ...[said('c', 'two'), graded('c', grade('q', null, 'none')), said('d', 'two')],
    );
    assert.equal(history.previous('a'), undefined);
    assert.deepEqual([history.previous('b')?.attempt.id, history.previous('b')?.sameAnswer], ['a', false]);
    assert.deepEqual([history.previous('d')?.attempt.id, history.previous('d')?.sameAnswer], ['b', true]);
    assert.equal(history.previous('gone'), undefined);
  });

  it('has the same answer when every file is the same, and no other', () => {
    const [short, long] = [{ text: 'x' }, { sha256: 'f'.repeat(64) }];
    assert.ok(isSameTexts({ a: short, b: long }, { b: long, a: short }));
    assert.ok(!isSameTexts({ a: short, b: long }, { a: short }));
    assert.ok(!isSameTexts({ a: short }, { a: long }));
    assert.ok(!isSameTexts({ a: short }, { b: short }));
  });
});

describe('a contested grade', () => {
  const contest = (id: string, note: string, ...points: readonly string[]) =>
    stamped({
      type: 'contest',
      attempt: id,
      points: points.map((point) => ({ id: point, verdict: 'met' as const })),
      note,
    });
  const begun = [attempt('q', 'a'), graded('a', grade('q', 0.5))];

  it('keeps its score, and carries the last contest', () => {
    const history = fold(...begun, contest('a', '', 'x'), contest('a', 'why', 'y'));
    assert.deepEqual(history.attempt('a')?.contest, { points: [{ id: 'y', verdict: 'met' }], note: 'why' });
    assert.equal(history.attempt('a')?.grade?.score, 0.5);
    assert.equal(history.state('q'), 'to_review');
    assert.deepEqual(
      history.contested.map(({ id }) => id),
      ['a'],
    );
  });

  it('is no longer contested after a contest without points and without a note', () => {
    const history = fold(...begun, contest('a', '', 'x'), contest('a', ''));
    assert.equal(history.attempt('a')?.contest, undefined);
    assert.deepEqual(history.contested, []);
  });

  it('changes nothing when its attempt is unknown', () => {
    assert.deepEqual(fold(contest('gone', 'why', 'x')).contested, []);
  });
});

describe('a drill', () => {
  const subjects = ['a', 'b', 'c'].map(question);
  const begun = (drill = 'd') => stamped({ type: 'drill', drill, subjects });
  const step = (id: string, attemptId: string | null, drill = 'd') =>
    stamped({ type: 'drill_step', drill, subject: question(id), attempt: attemptId });

  it('is open from its beginning to its end', () => {
    assert.equal(fold().openDrill, undefined);
    assert.equal(fold(begun()).openDrill?.id, 'd');
    const ended = fold(begun(), stamped({ type: 'drill_end', drill: 'd' }));
    assert.equal(ended.openDrill, undefined);
    assert.equal(ended.drill('d')?.ended, true);
  });

  it('is the one begun last', () => {
    assert.equal(fold(begun('d'), begun('e')).openDrill?.id, 'e');
    assert.equal(
      fold(begun('d'), begun('e'), stamped({ type: 'drill_end', drill: 'e' })).openDrill,
      undefined,
    );
  });

  it('holds each question’s last step, skipped or graded', () => {
    const drill = fold(begun(), step('a', null), step('b', 'x'), step('a', 'y')).drill('d');
    assert.deepEqual(drill?.steps, [
      { subject: question('b'), attempt: 'x' },
      { subject: question('a'), attempt: 'y' },
    ]);
  });

  it('is not changed by steps of a drill that is unknown', () => {
    const history = fold(begun(), step('a', 'x', 'other'), stamped({ type: 'drill_end', drill: 'other' }));
    assert.deepEqual(history.openDrill?.steps, []);
  });
});

describe('folding', () => {
  // The story of one entry: what happens to it, in its own order.
  const story = (id: string) =>
    fc
      .array(
        fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom('offline', 'model', 'none')),
        { maxLength: 4 },
      )
      .map((grades) => [
        stamped({ type: 'opened', subject: question(id) }),
        stamped({ type: 'hint', subject: question(id), rung: 1 }),
        ...grades.flatMap(([score, by], i) => [
          attempt(id, `${id}${i}`),
          graded(`${id}${i}`, grade(id, by === 'none' ? null : score, by as 'offline')),
          ticked(`${id}${i}`, grade(id, 1 - score, 'self')),
        ]),
      ]);
  const stories = fc.tuple(story('p'), story('q'), story('r'));

  it('does not depend on the order of events of different entries', () => {
    fc.assert(
      fc.property(stories, fc.array(fc.nat(2), { maxLength: 60 }), (all, turns) => {
        const left = all.map((events) => [...events]);
        const mixed: StudyEvent[] = [];
        for (const turn of turns) mixed.push(...(left[turn]?.splice(0, 1) ?? []));
        mixed.push(...left.flat());
        const [one, other] = [fold(...all.flat()), fold(...mixed)];
        for (const id of ['p', 'q', 'r']) {
          assert.equal(other.state(id), one.state(id));
          assert.deepEqual(other.entry(id), one.entry(id));
        }
      }),
    );
  });

  it('does not depend on events that are told twice', () => {
    fc.assert(
      fc.property(story('q'), (events) => {
        const once = fold(...events);
        for (const event of events.filter(({ type }) => type !== 'grade' && type !== 'ticks')) {
          assert.deepEqual(fold(...events, event).entry('q'), once.entry('q'), event.type);
        }
        assert.deepEqual(fold(...events.flatMap((event) => [event, event])).entry('q'), once.entry('q'));
      }),
    );
  });

  it('keeps a drill that is told twice where it is', () => {
    const drill = stamped({ type: 'drill', drill: 'd', subjects: [question('a')] });
    const step = stamped({ type: 'drill_step', drill: 'd', subject: question('a'), attempt: 'x' });
    assert.equal(fold(drill, step, drill, step).drill('d')?.steps.length, 1);
  });
});
