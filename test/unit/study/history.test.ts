import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Grade } from '../../../src/core/grading/grade.ts';
import {
  type InterviewPlan,
  type NewEvent,
  RATINGS,
  type StudyEvent,
  TYPES,
} from '../../../src/core/store/events.ts';
import { addDays, noonOf } from '../../../src/core/study/day.ts';
import { History } from '../../../src/core/study/history.ts';
import { Schedule } from '../../../src/core/study/schedule.ts';
import { fold, gradeOf, MODEL, question, reread, Story, toldBy } from '../../support/story.ts';

const DAY = '2026-11-02';
const by = (name: 'offline' | 'self' | 'gate' | 'none') => ({ by: { by: name } });
const ids = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id);

describe('the state of an entry', () => {
  it('is new until something happens', () => {
    const { history } = new Story();
    assert.equal(history.state('q'), 'new');
    assert.deepEqual(history.entry('q'), { attempts: [], note: '' });
    assert.deepEqual([...history.touched], []);
  });

  it('is started once opened, hinted at, noted or attempted, as long as there is no score', () => {
    const subject = question('q');
    const events: readonly NewEvent[] = [
      { type: 'opened', subject },
      { type: 'hint', subject, rung: 1 },
      { type: 'solution', subject },
      { type: 'note', subject, text: 'later' },
    ];
    for (const event of events) {
      const story = new Story();
      story.add(event);
      assert.equal(story.history.state('q'), 'started', event.type);
      assert.deepEqual([...story.history.touched], ['q']);
    }
    const story = new Story();
    story.attempt('q');
    assert.equal(story.history.state('q'), 'started');
    story.answer('q', null, by('none'));
    assert.equal(story.history.state('q'), 'started');
  });

  const bands = [
    [0, 'to_review'],
    [0.79, 'to_review'],
    [0.8, 'good'],
    [1, 'good'],
  ] as const;
  for (const [score, state] of bands) {
    it(`is ${state} at ${score}`, () => {
      const story = new Story();
      story.answer('q', score);
      assert.equal(story.history.state('q'), state);
    });
  }

  it('is that of the last attempt with a score that was not taken back', () => {
    const story = new Story();
    story.answer('q', 1);
    const last = story.answer('q', 0.1);
    story.answer('q', null, by('none'));
    story.attempt('q');
    assert.equal(story.history.state('q'), 'to_review');
    story.undo(last);
    assert.equal(story.history.state('q'), 'good');
  });

  it('is another one after a new start too, once the attempt that it came from is taken back', () => {
    const story = new Story();
    story.answer('q', 1);
    const last = story.answer('q', 0.1);
    assert.equal(story.history.state('q'), 'to_review');
    const kept = reread(story.history);
    kept.apply({ v: 2, id: 'undo', ts: noonOf(DAY), day: DAY, type: 'undo', event: last });
    assert.equal(kept.state('q'), 'good');
  });

  it('does not take names of the language for entries', () => {
    for (const id of ['constructor', '__proto__', 'toString']) {
      assert.equal(new History().state(id), 'new');
      const story = new Story();
      story.answer(id, 1);
      assert.equal(story.history.state(id), 'good');
      assert.equal(reread(story.history).state(id), 'good');
    }
  });
});

describe('the head of an attempt', () => {
  it('holds what the study needs, and where the rest lies', () => {
    const story = new Story(DAY);
    const attempt = story.attempt('q', { hints: 1, solutionSeen: true, seconds: 90 });
    const grade = story.grade(attempt, 'q', 0.5, { met: ['a'], missed: ['b'], unjudged: ['c'] });
    assert.deepEqual(story.history.attempt(attempt), {
      id: attempt,
      ts: noonOf(DAY) + 1000,
      day: DAY,
      subject: question('q'),
      lang: 'fr',
      answer: story.history.attempt(attempt)?.answer,
      hints: 1,
      solutionSeen: true,
      seconds: 90,
      grade: {
        score: 0.5,
        by: 'model',
        grader: '["m","d","1"]',
        model: 'm',
        status: 'graded',
        missed: ['b'],
      },
      isContested: false,
      isCounted: true,
      at: { attempt: `at ${attempt}`, grade: `at ${grade}` },
    });
    assert.equal(story.history.attempt('gone'), undefined);
    assert.equal(story.history.size, 1);
  });

  it('says with what help of the editor it was written, and that it was said and not written', () => {
    const observed = { interviewMode: true, inlineSuggestions: 'off' as const };
    const story = new Story();
    const said = { hints: 0, solutionSeen: false, observed, spoken: true as const };
    const id = story.add({ type: 'attempt', subject: question('q'), lang: 'en', texts: {}, ...said });
    const head = story.history.attempt(id);
    assert.deepEqual(head?.observed, observed);
    assert.equal(head?.spoken, true);
  });

  it('counts contradicted points as missed, and tells where the trace of the grade in force lies', () => {
    const story = new Story();
    const attempt = story.attempt('q');
    const grade: Grade = {
      ...gradeOf(question('q'), 0),
      points: [
        { id: 'a', verdict: 'contradicted' },
        { id: 'b', verdict: 'met' },
      ],
    };
    const first = story.add({ type: 'grade', attempt, grade, trace: { text: '{}' } });
    assert.deepEqual(story.history.attempt(attempt)?.grade?.missed, ['a']);
    const second = story.add({ type: 'grade', attempt, grade });
    assert.deepEqual(story.history.attempt(attempt)?.at, {
      attempt: `at ${attempt}`,
      grade: `at ${second}`,
      trace: `at ${first}`,
    });
  });

  it('has the same answer when every text is the same, in whatever order they are told', () => {
    const [short, long] = [{ text: 'x' }, { sha256: 'f'.repeat(64) }];
    const story = new Story();
    const answerOf = (texts: Readonly<Record<string, typeof short | typeof long>>) => {
      const id = story.add({
        type: 'attempt',
        subject: { type: 'exercise', id: 'x' },
        lang: 'fr',
        texts,
        hints: 0,
        solutionSeen: false,
      });
      return story.history.attempt(id)?.answer;
    };
    const both = answerOf({ a: short, b: long });
    assert.equal(answerOf({ b: long, a: short }), both);
    for (const other of [{ a: short }, { a: long, b: long }, { b: short, a: long }, {}])
      assert.notEqual(answerOf(other), both);
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        const same = answerOf({ a: { text: one } }) === answerOf({ a: { text: other } });
        assert.equal(same, one === other);
      }),
    );
  });

  it('has no answer that equals another’s when nothing was written', () => {
    const story = new Story();
    const [one, other] = [story.attempt('q', { spoken: true }), story.attempt('q', { spoken: true })];
    assert.notEqual(story.history.attempt(one)?.answer, story.history.attempt(other)?.answer);
  });
});

describe('the grade in force', () => {
  it('is the candidate’s ticks in place of an estimate, the last of them', () => {
    const story = new Story();
    const attempt = story.answer('q', 0.5, by('offline'));
    story.tick(attempt, 'q', 0.9);
    assert.deepEqual(
      [story.history.attempt(attempt)?.grade?.score, story.history.attempt(attempt)?.grade?.by],
      [0.9, 'self'],
    );
    assert.equal(story.history.state('q'), 'good');
    story.tick(attempt, 'q', 0.2);
    assert.equal(story.history.state('q'), 'to_review');
  });

  it('is never ticks in place of a model’s grade, nor of a gate’s', () => {
    const byModel = gradeOf(question('q'), 0.2);
    const byGate: Grade = { ...gradeOf(question('q'), 0, by('gate')), gate: 'blank' };
    for (const grade of [byModel, byGate]) {
      const story = new Story();
      const attempt = story.attempt('q');
      story.add({ type: 'grade', attempt, grade });
      story.tick(attempt, 'q', 1);
      assert.equal(story.history.state('q'), 'to_review', grade.provenance.by);
    }
  });

  it('may be ticks where grading failed, and a later grade in place of ticks', () => {
    const story = new Story();
    const attempt = story.answer('q', null, by('none'));
    story.tick(attempt, 'q', 1);
    assert.equal(story.history.state('q'), 'good');
    story.grade(attempt, 'q', 0.3);
    assert.equal(story.history.attempt(attempt)?.grade?.by, 'model');
    assert.equal(story.history.state('q'), 'to_review');
  });

  it('does not exist while the attempt is unknown, and is there as soon as that is read', () => {
    const story = new Story();
    const attempt = story.attempt('q');
    story.grade(attempt, 'q', 1);
    const [begun, graded] = story.events;
    assert.ok(begun && graded);
    const history = fold([graded]);
    assert.equal(history.state('q'), 'new');
    assert.equal(history.attempt(attempt), undefined);
    history.apply(begun, `at ${attempt}`);
    assert.equal(history.state('q'), 'good');
  });
});

describe('a grade that is kept', () => {
  const keyed = (key: string, change: Partial<Grade> = {}): Grade => ({
    ...gradeOf(question('q'), 0.5),
    key,
    ...change,
  });
  const kept = (...grades: readonly Grade[]) => {
    const story = new Story();
    const places = grades.map((grade) => {
      const attempt = story.attempt('q');
      return { attempt, at: `at ${story.add({ type: 'grade', attempt, grade })}` };
    });
    return { story, places };
  };

  it('is found by its key, the newest of several, in whichever order they are read', () => {
    const { story, places } = kept(keyed('k'), keyed('k'), keyed('other'));
    for (const history of [story.history, fold(story.events.toReversed()), reread(story.history)]) {
      const { attempt, at } = history.known('k') ?? {};
      assert.deepEqual({ attempt, at }, places[1]);
      assert.equal(history.known('none'), undefined);
    }
  });

  it('is a model’s, is a grade, and is not itself a repetition', () => {
    const others: readonly Grade[] = [
      { ...keyed('k'), provenance: { by: 'offline' } },
      keyed('k', { status: 'not_graded', score: null }),
      keyed('k', { repeats: 1 }),
    ];
    for (const other of others) assert.equal(kept(other).story.history.known('k'), undefined);
    const { story, places } = kept(keyed('k'), keyed('k', { repeats: 1 }));
    assert.equal(story.history.known('k')?.at, places[0]?.at);
  });
});

describe('the attempt before', () => {
  it('is the last one with a score, and says whether the answer was the same', () => {
    const story = new Story();
    const one = story.answer('q', 0.5, { text: 'one' });
    const two = story.answer('q', 0.6, { text: 'two' });
    story.answer('q', null, { text: 'two', ...by('none') });
    story.answer('other', 0.9, { text: 'two' });
    const last = story.attempt('q', { text: 'two' });
    const { history } = story;
    assert.equal(history.previous(one), undefined);
    assert.deepEqual([history.previous(two)?.attempt.id, history.previous(two)?.sameAnswer], [one, false]);
    assert.deepEqual([history.previous(last)?.attempt.id, history.previous(last)?.sameAnswer], [two, true]);
    assert.equal(history.previous('gone'), undefined);
  });
});

describe('a contested grade', () => {
  const contest = (story: Story, attempt: string, note: string, ...points: readonly string[]) =>
    story.add({
      type: 'contest',
      attempt,
      points: points.map((id) => ({ id, verdict: 'met' as const })),
      note,
    });

  it('keeps its score, and tells where the last contest lies', () => {
    const story = new Story();
    const attempt = story.answer('q', 0.5);
    contest(story, attempt, '', 'x');
    const last = contest(story, attempt, 'why', 'y');
    const head = story.history.attempt(attempt);
    assert.equal(head?.isContested, true);
    assert.equal(head?.at.contest, `at ${last}`);
    assert.equal(head?.grade?.score, 0.5);
    assert.deepEqual(ids(story.history.contested), [attempt]);
  });

  it('is no longer contested after a contest without points and without a note', () => {
    const story = new Story();
    const attempt = story.answer('q', 0.5);
    contest(story, attempt, '', 'x');
    contest(story, attempt, '');
    assert.equal(story.history.attempt(attempt)?.isContested, false);
    assert.equal(story.history.attempt(attempt)?.at.contest, undefined);
    assert.deepEqual(story.history.contested, []);
  });

  it('changes nothing when its attempt is unknown', () => {
    const story = new Story();
    contest(story, 'gone', 'why', 'x');
    assert.deepEqual(story.history.contested, []);
  });
});

describe('a rating of one’s own', () => {
  it('is the last one that was not taken back', () => {
    const story = new Story(DAY);
    const attempt = story.answer('q', 0.5);
    const rated = () => story.history.attempt(attempt)?.rating?.rating;
    assert.equal(rated(), undefined);
    const hard = story.rate(attempt, 'hard');
    const easy = story.on(addDays(DAY, 1)).rate(attempt, 'easy');
    assert.deepEqual(story.history.attempt(attempt)?.rating, {
      rating: 'easy',
      ts: noonOf(addDays(DAY, 1)) + 1000,
      day: addDays(DAY, 1),
      event: easy,
    });
    story.undo(easy);
    assert.equal(rated(), 'hard');
    story.undo(hard);
    assert.equal(rated(), undefined);
    assert.equal(story.history.attempt(attempt)?.isCounted, true);
  });
});

describe('the help of a sitting', () => {
  const subject = question('q');
  const helped = (...rungs: readonly number[]) => {
    const story = new Story(DAY);
    for (const rung of rungs) story.add({ type: 'hint', subject, rung });
    return story;
  };

  it('is the highest hint and the solution, as long as nothing was answered', () => {
    const story = helped(2, 1);
    assert.deepEqual(story.history.sitting('q', DAY), { hints: 2, solutionSeen: false });
    story.add({ type: 'solution', subject });
    const later = addDays(DAY, 9);
    assert.deepEqual(story.history.sitting('q', later), { hints: 2, solutionSeen: true });
    assert.deepEqual(story.history.sitting('other', DAY), { hints: 0, solutionSeen: false });
  });

  it('is not wiped out by an attempt of the same day, and is by one of an earlier day', () => {
    const story = helped(1);
    story.add({ type: 'solution', subject });
    story.answer('q', 0.9);
    assert.deepEqual(story.history.sitting('q', DAY), { hints: 1, solutionSeen: true });
    const next = addDays(DAY, 1);
    assert.deepEqual(story.history.sitting('q', next), { hints: 0, solutionSeen: false });
    story.on(next).add({ type: 'hint', subject, rung: 3 });
    assert.deepEqual(story.history.sitting('q', next), { hints: 3, solutionSeen: false });
  });

  it('goes on after the attempt, also into another day', () => {
    const story = helped();
    story.answer('q', 0.3);
    story.add({ type: 'solution', subject });
    assert.deepEqual(story.history.sitting('q', addDays(DAY, 1)), { hints: 0, solutionSeen: true });
  });
});

describe('a note', () => {
  it('is the last one, and is gone once it is empty', () => {
    const story = new Story();
    const note = (text: string) => story.add({ type: 'note', subject: question('q'), text });
    note('one');
    note('two');
    assert.equal(story.history.entry('q').note, 'two');
    assert.equal(fold(story.events.toReversed()).entry('q').note, 'two');
    note('');
    assert.equal(story.history.entry('q').note, '');
  });
});

describe('a drill', () => {
  const subjects = ['a', 'b', 'c'].map(question);
  const begin = (story: Story, drill = 'd') =>
    story.add({ type: 'drill', drill, subjects, kind: 'track', feedback: 'now' });
  const step = (story: Story, id: string, attempt: string | null, drill = 'd') =>
    story.add({ type: 'drill_step', drill, subject: question(id), attempt });

  it('is open from its beginning to its end', () => {
    const story = new Story(DAY);
    assert.equal(story.history.openDrill, undefined);
    begin(story);
    assert.deepEqual(story.history.openDrill, {
      id: 'd',
      ts: noonOf(DAY) + 1000,
      day: DAY,
      kind: 'track',
      feedback: 'now',
      subjects,
      steps: [],
      ended: false,
    });
    story.add({ type: 'drill_end', drill: 'd' });
    assert.equal(story.history.openDrill, undefined);
    assert.equal(story.history.drill('d')?.ended, true);
  });

  it('is the one begun last', () => {
    const story = new Story();
    begin(story, 'd');
    begin(story, 'e');
    assert.equal(story.history.openDrill?.id, 'e');
    story.add({ type: 'drill_end', drill: 'e' });
    assert.equal(story.history.openDrill, undefined);
    assert.deepEqual(ids(story.history.drills), ['d', 'e']);
  });

  it('holds each question’s last step, skipped or graded', () => {
    const story = new Story();
    begin(story);
    step(story, 'a', null);
    step(story, 'b', 'x');
    step(story, 'a', 'y');
    assert.deepEqual(
      story.history.drill('d')?.steps.map(({ subject, attempt }) => [subject.id, attempt]),
      [
        ['b', 'x'],
        ['a', 'y'],
      ],
    );
  });

  it('is not changed by steps of a drill that is unknown', () => {
    const story = new Story();
    begin(story);
    step(story, 'a', 'x', 'other');
    story.add({ type: 'drill_end', drill: 'other' });
    assert.deepEqual(story.history.openDrill?.steps, []);
  });
});

const PLAN: InterviewPlan = {
  role: 'mlops',
  level: 'mid',
  lang: 'fr',
  minutes: 30,
  questions: ['a', 'b'].map((id) => ({ subject: question(id), minutes: 5 })),
  from: 'role',
};

describe('an interview', () => {
  const begin = (story: Story, interview = 'i') => story.add({ type: 'interview', interview, plan: PLAN });
  const step = (story: Story, id: string, attempt: string | null, seconds: number) =>
    story.add({ type: 'interview_step', interview: 'i', subject: question(id), attempt, seconds });
  const pause = (story: Story, paused: boolean, seconds: number) =>
    story.add({ type: 'interview_clock', interview: 'i', subject: question('a'), paused, seconds });
  const clock = ({ history }: Story) => {
    const { paused, spent } = history.interview('i') ?? assert.fail();
    return { paused, spent };
  };

  it('is open from its beginning to its end, and holds its plan and its steps', () => {
    const story = new Story();
    const open = () => story.history.openInterview;
    assert.equal(open(), undefined);
    begin(story);
    step(story, 'a', 'x', 120);
    step(story, 'a.p1', null, 30);
    assert.deepEqual(open()?.plan, PLAN);
    assert.deepEqual(
      story.history
        .interview('i')
        ?.steps.map(({ subject, attempt, seconds }) => [subject.id, attempt, seconds]),
      [
        ['a', 'x', 120],
        ['a.p1', null, 30],
      ],
    );
    story.add({ type: 'interview_end', interview: 'i' });
    assert.equal(open(), undefined);
    assert.equal(story.history.interviews[0]?.ended, true);
  });

  it('stands while it is paused, and begins each question at zero', () => {
    const story = new Story();
    begin(story);
    assert.deepEqual(clock(story), { paused: false, spent: 0 });
    pause(story, true, 40);
    assert.deepEqual(clock(story), { paused: true, spent: 40 });
    pause(story, false, 40);
    assert.deepEqual(clock(story), { paused: false, spent: 40 });
    step(story, 'a', 'x', 70);
    assert.deepEqual(clock(story), { paused: false, spent: 0 });
    for (const history of [fold(story.events.toReversed()), reread(story.history)])
      assert.deepEqual(history.interview('i'), story.history.interview('i'));
  });
});

describe('a debrief', () => {
  it('is the last one under its id; those of all come by the day of the interview', () => {
    const story = new Story();
    const own = { id: 'own-1', text: 'Why?', expected: [], lang: 'en' as const };
    const debrief = (id: string, date: string, employer: string, asked: readonly { text: string }[] = []) =>
      story.add({
        type: 'debrief',
        debrief: id,
        date,
        employer,
        asked: asked.map(({ text }) => ({ text, matches: [], own })),
      });
    debrief('one', '2026-11-20', 'A', [{ text: 'Why?' }]);
    debrief('two', '2026-11-10', 'B');
    debrief('one', '2026-11-21', 'C', [{ text: 'Why?' }]);
    for (const history of [story.history, fold(story.events.toReversed()), reread(story.history)]) {
      assert.deepEqual(
        history.debriefs.map(({ id, date, employer }) => [id, date, employer]),
        [
          ['two', '2026-11-10', 'B'],
          ['one', '2026-11-21', 'C'],
        ],
      );
      assert.deepEqual(history.ownQuestions, [own]);
    }
  });
});

/** Anything that may happen, over three entries, two drills and two interviews; some of it hangs on what was before. */
const ENTRIES = ['p', 'q', 'r'] as const;
interface Happening {
  readonly what: StudyEvent['type'];
  readonly entry: string;
  readonly which: number;
  readonly score: number;
  readonly by: string;
  /** Days since what happened before. */
  readonly later: number;
}

const OFTEN = ['attempt', 'attempt', 'grade', 'grade', 'ticks', 'rating', 'undo', 'drill_step'] as const;

const happening: fc.Arbitrary<Happening> = fc.record({
  what: fc.constantFrom(...TYPES, ...OFTEN, ...OFTEN, ...OFTEN),
  entry: fc.constantFrom(...ENTRIES),
  which: fc.nat(9),
  score: fc.double({ min: 0, max: 1, noNaN: true }),
  by: fc.constantFrom('offline', 'model', 'none'),
  later: fc.constantFrom(0, 0, 0, 1, 3),
});

function tell(happenings: readonly Happening[]): Story {
  const story = new Story(DAY);
  const attempts: [string, string][] = [];
  const undoable: string[] = [];
  for (const { what, entry, which, score, by: grader, later } of happenings) {
    if (later > 0) story.on(addDays(story.day, later));
    const subject = question(entry);
    const [attempt = 'gone', of = entry] = attempts[which % Math.max(1, attempts.length)] ?? [];
    const [drill, interview] = [`d${which % 2}`, `i${which % 2}`];
    const grade: Grade = {
      ...gradeOf(question(of), grader === 'none' ? null : score, {
        by: grader === 'model' ? MODEL : { by: grader as 'offline' },
        missed: [`p${which % 3}`],
      }),
      ...(grader === 'model' ? { key: `k${which % 2}` } : {}),
    };
    switch (what) {
      case 'attempt':
        attempts.push([story.attempt(entry, { hints: which % 2, text: `text ${which % 2}` }), entry]);
        undoable.push(attempts.at(-1)?.[0] ?? '');
        break;
      case 'grade':
        story.add({ type: 'grade', attempt, grade });
        break;
      case 'ticks':
        story.tick(attempt, of, score);
        break;
      case 'rating':
        undoable.push(story.rate(attempt, RATINGS[which % 4] ?? 'good'));
        break;
      case 'undo':
        story.undo(undoable[which % Math.max(1, undoable.length)] ?? 'gone');
        break;
      case 'contest':
        story.add({ type: 'contest', attempt, points: [], note: which % 2 === 0 ? '' : 'why' });
        break;
      case 'hint':
        story.add({ type: 'hint', subject, rung: which % 3 });
        break;
      case 'note':
        story.add({ type: 'note', subject, text: String(which) });
        break;
      case 'solution':
      case 'opened':
        story.add({ type: what, subject });
        break;
      case 'drill':
        if (!story.history.drill(drill))
          story.add({ type: 'drill', drill, subjects: [subject], kind: 'quick', feedback: 'end' });
        break;
      case 'drill_step':
        story.add({ type: 'drill_step', drill, subject, attempt: which % 2 === 0 ? null : attempt });
        break;
      case 'drill_end':
        story.add({ type: 'drill_end', drill });
        break;
      case 'debrief':
        story.add({ type: 'debrief', debrief: `b${which % 2}`, date: story.day, employer: entry, asked: [] });
        break;
      case 'interview':
        if (!story.history.interview(interview)) story.add({ type: 'interview', interview, plan: PLAN });
        break;
      case 'interview_step':
        story.add({ type: 'interview_step', interview, subject, attempt: null, seconds: which });
        break;
      case 'interview_clock':
        story.add({ type: 'interview_clock', interview, subject, paused: which % 2 === 0, seconds: which });
        break;
      case 'interview_end':
        story.add({ type: 'interview_end', interview });
        break;
    }
  }
  return story;
}

const stories = fc.array(happening, { maxLength: 60, size: 'max' }).map(tell);
const seen = (history: History) => ({
  // First what may be looked up while nothing else has been read yet.
  known: ['k0', 'k1'].map((key) => history.known(key)),
  ...toldBy(history, ENTRIES),
  open: [history.openDrill?.id, history.openInterview?.id],
  sittings: ENTRIES.map((id) => history.sitting(id, addDays(DAY, 5))),
});

describe('folding', () => {
  it('does not depend on the order in which the events are read', () => {
    fc.assert(
      fc.property(stories, fc.infiniteStream(fc.nat()), ({ events, history }, places) => {
        const mixed: StudyEvent[] = [];
        for (const event of events) mixed.splice((places.next().value ?? 0) % (mixed.length + 1), 0, event);
        assert.deepEqual(seen(fold(mixed)), seen(history));
      }),
    );
  });

  it('does not depend on events that are told twice', () => {
    fc.assert(
      fc.property(stories, ({ events, history }) => {
        const twice = fold(events.flatMap((event) => [event, event]));
        assert.deepEqual(seen(twice), seen(history));
        const again = fold([...events, ...events]);
        assert.deepEqual(seen(again), seen(history));
      }),
    );
  });

  it('goes on from what was kept on the disk as if it had never stopped', () => {
    fc.assert(
      fc.property(stories, fc.nat(60), ({ events, history }, at) => {
        const before = fold(events.slice(0, at));
        // What follows from the attempts is kept too, once it was asked for.
        toldBy(before, ENTRIES);
        const kept = reread(before);
        for (const event of events.slice(at)) kept.apply(event, `at ${event.id}`);
        assert.deepEqual(seen(kept), seen(history));
        assert.deepEqual(seen(reread(kept)), seen(history), 'and a second time');
      }),
    );
  });

  it('goes on in any order from what was kept on the disk, also with what is known already', () => {
    fc.assert(
      fc.property(stories, fc.nat(60), fc.nat(60), ({ events, history }, one, other) => {
        const late = events.toReversed();
        const kept = reread(fold(late.slice(0, one)));
        for (const event of events.slice(0, other)) kept.apply(event, `at ${event.id}`);
        for (const event of late) kept.apply(event, `at ${event.id}`);
        assert.deepEqual(seen(kept), seen(history));
      }),
    );
  });

  it('changes what follows from an attempt as soon as that changes, and not before', () => {
    fc.assert(
      fc.property(stories, ({ events, history }) => {
        const watched = new History();
        const schedule = new Schedule(watched);
        for (const event of events) {
          watched.apply(event, `at ${event.id}`);
          for (const id of ENTRIES) assert.equal(watched.entry(id), watched.entry(id), 'the same until then');
          schedule.cards(ENTRIES);
        }
        assert.deepEqual(schedule.cards(ENTRIES), new Schedule(history).cards(ENTRIES));
        assert.deepEqual(seen(watched), seen(history));
      }),
      { numRuns: 50 },
    );
  });
});
