import assert from 'node:assert/strict';
import fc from 'fast-check';
import { followUpId } from '../../../src/core/bank/followUp.ts';
import { type BankEntry, KINDS, type Kind, LEVELS, type Level } from '../../../src/core/bank/question.ts';
import type { Grade, Verdict } from '../../../src/core/grading/grade.ts';
import { type InterviewPlan, ROLES } from '../../../src/core/store/events.ts';
import {
  type InterviewRecord,
  type InterviewWanted,
  mayFollowUp,
  nextQuestion,
  planInterview,
  type Seen,
  secondsLeft,
} from '../../../src/core/study/interview.ts';
import { sampleEntry, sampleQuestion } from '../../support/samples.ts';

const TRACKS = [
  'cicd',
  'data',
  'rollout',
  'monitoring',
  'slo',
  'feature-store',
  'llmops',
  'preparation',
  'new',
];

/** A bank with questions of every track, level and kind, and some exercises. */
const RICH: readonly BankEntry[] = [
  ...TRACKS.flatMap((track, t) =>
    LEVELS.flatMap((level, l) =>
      KINDS.map((kind, k) =>
        sampleEntry(`${track}-${level}-${kind}`, { track, level, kind, minutes: 3 + ((t + l + k) % 4) }),
      ),
    ),
  ),
  ...LEVELS.flatMap((level) =>
    [15, 25, 35].map((minutes) =>
      sampleEntry(`x-${level}-${minutes}`, {
        type: 'exercise',
        kind: 'code',
        track: 'rollout',
        level,
        minutes,
      }),
    ),
  ),
];

/** Dice that always fall the same. */
function dice(seed: number): () => number {
  let state = (seed % 2_147_483_646) + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return (state - 1) / 2_147_483_646;
  };
}

const WANTED: InterviewWanted = { role: 'mlops', level: 'mid', minutes: 45 };
const unseen = () => undefined;

function planned(
  change: Partial<InterviewWanted> = {},
  { entries = RICH, seed = 1, seen = unseen as (id: string) => Seen | undefined } = {},
): (BankEntry & { readonly planned: number })[] {
  return planInterview({ entries, wanted: { ...WANTED, ...change }, draw: dice(seed), seen }).map(
    ({ subject, minutes }) => {
      const entry = entries.find(({ id }) => id === subject.id);
      assert.ok(entry);
      assert.equal(subject.type, entry.type);
      return { ...entry, planned: minutes };
    },
  );
}

const minutesOf = (plan: readonly { readonly planned: number }[]) =>
  plan.reduce((sum, { planned: minutes }) => sum + minutes, 0);

const repeats = (kinds: readonly Kind[]) => kinds.filter((kind, i) => kind === kinds[i - 1]).length;

/** How often, over many draws, entries that pass are planned. */
function frequency(
  change: Partial<InterviewWanted>,
  test: (entry: BankEntry) => boolean,
  seen = unseen,
): number {
  let count = 0;
  for (let seed = 1; seed <= 60; seed++) count += planned(change, { seed, seen }).filter(test).length;
  return count;
}

const anyWanted = fc.record({
  role: fc.constantFrom(...ROLES),
  level: fc.constantFrom(...LEVELS),
  minutes: fc.integer({ min: 1, max: 120 }),
});

const anyBank = fc
  .array(
    fc.record({
      kind: fc.constantFrom(...KINDS),
      level: fc.constantFrom(...LEVELS),
      track: fc.constantFrom(...TRACKS),
      type: fc.constantFrom('question' as const, 'question' as const, 'exercise' as const),
      minutes: fc.integer({ min: 1, max: 40 }),
      core: fc.boolean(),
    }),
    { maxLength: 30 },
  )
  .map((list) => list.map((change, i) => sampleEntry(`e${i}`, change)));

const anySeen = fc.option(
  fc.record({
    score: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
    days: fc.nat(60),
  }),
  { nil: undefined },
);

describe('the plan of an interview', () => {
  it('never takes longer than was agreed, asks nothing twice, and takes an exercise only where it fits', () => {
    fc.assert(
      fc.property(anyBank, anyWanted, fc.nat(), anySeen, (entries, wanted, seed, seen) => {
        const plan = planned(wanted, { entries, seed, seen: () => seen });
        assert.ok(minutesOf(plan) <= wanted.minutes);
        assert.equal(new Set(plan.map(({ id }) => id)).size, plan.length);
        const exercises = plan.filter(({ type }) => type === 'exercise');
        assert.ok(exercises.length <= (wanted.minutes >= 60 ? 1 : 0));
        assert.ok(exercises.every(({ planned: minutes }) => minutes <= 25));
      }),
    );
  });

  it('keeps a quarter of the time for follow-ups, unless one question alone needs it', () => {
    fc.assert(
      fc.property(anyBank, anyWanted, fc.nat(), (entries, wanted, seed) => {
        const plan = planned(wanted, { entries, seed });
        assert.ok(plan.length <= 1 || minutesOf(plan) <= wanted.minutes * 0.75);
      }),
    );
    assert.equal(planned({ minutes: 4 }, { entries: [sampleEntry('only', { minutes: 4 })] }).length, 1);
  });

  it('is the same for the same draw, and differs for another', () => {
    fc.assert(
      fc.property(anyWanted, fc.nat(), (wanted, seed) => {
        assert.deepEqual(planned(wanted, { seed }), planned(wanted, { seed }));
      }),
      { numRuns: 20 },
    );
    const some = new Set(Array.from({ length: 20 }, (_, seed) => JSON.stringify(planned({}, { seed }))));
    assert.ok(some.size > 15);
  });

  it('has no entry that is listed twice in the bank twice', () => {
    const entries = [sampleEntry('a'), sampleEntry('a'), sampleEntry('b')];
    assert.deepEqual(
      planned({}, { entries })
        .map(({ id }) => id)
        .sort(),
      ['a', 'b'],
    );
  });

  it('is as much as there is when the bank holds too little', () => {
    assert.deepEqual(planned({}, { entries: [] }), []);
    assert.deepEqual(planned({ minutes: 3 }, { entries: [sampleEntry('long', { minutes: 4 })] }), []);
    const entries = [sampleEntry('a', { level: 'junior' }), sampleEntry('b', { level: 'senior' })];
    assert.equal(planned({ level: 'senior' }, { entries }).length, 2);
  });

  it('fills the time that it has: no question that is left would still fit', () => {
    fc.assert(
      fc.property(anyBank, anyWanted, fc.nat(), (entries, wanted, seed) => {
        const plan = planned(wanted, { entries, seed });
        const left = wanted.minutes * 0.75 - minutesOf(plan);
        const ids = new Set(plan.map(({ id }) => id));
        const fitting = entries.filter(
          ({ id, type, minutes }) => type === 'question' && !ids.has(id) && minutes <= left,
        );
        assert.deepEqual(fitting, []);
      }),
    );
  });
});

describe('the kinds of an interview', () => {
  it('alternate, whatever the length, where the bank is rich', () => {
    fc.assert(
      fc.property(anyWanted, fc.nat(), (wanted, seed) => {
        assert.equal(repeats(planned(wanted, { seed }).map(({ kind }) => kind)), 0);
      }),
    );
  });

  /** The fewest repeats of any order of these kinds, the last of which may be given. */
  function fewest(kinds: readonly Kind[], before: Kind | undefined, last: Kind | undefined): number {
    if (kinds.length === 0) return Number(last !== undefined && before === last);
    return Math.min(
      ...[...new Set(kinds)].map((kind) => {
        const at = kinds.indexOf(kind);
        return Number(kind === before) + fewest(kinds.toSpliced(at, 1), kind, last);
      }),
    );
  }

  const kinds = (...of: readonly Kind[]) => fc.array(fc.constantFrom(...of), { minLength: 1, maxLength: 7 });
  const bankOf = (list: readonly Kind[]) => list.map((kind, i) => sampleEntry(`e${i}`, { kind, minutes: 1 }));

  it('alternate wherever any order of the same questions lets them', () => {
    fc.assert(
      fc.property(kinds('concept', 'scenario', 'code', 'tooling'), fc.nat(), (list, seed) => {
        const plan = planned({ minutes: 15 }, { entries: bankOf(list), seed }).map(({ kind }) => kind);
        assert.equal(plan.length, list.length);
        if (fewest(list, undefined, undefined) === 0) assert.equal(repeats(plan), 0);
      }),
    );
  });

  it('alternate up to the closing question, too', () => {
    fc.assert(
      fc.property(kinds('concept', 'scenario', 'behavioural'), fc.nat(), (list, seed) => {
        const plan = planned({ minutes: 30 }, { entries: bankOf(list), seed }).map(({ kind }) => kind);
        const at = list.indexOf('behavioural');
        if (at < 0) return;
        assert.equal(plan.at(-1), 'behavioural');
        if (fewest(list.toSpliced(at, 1), undefined, 'behavioural') === 0) assert.equal(repeats(plan), 0);
      }),
    );
  });

  it('repeat where the bank has one kind only', () => {
    assert.deepEqual(
      planned({ minutes: 15 }, { entries: bankOf(['concept', 'concept', 'concept']) }).map(
        ({ kind }) => kind,
      ),
      ['concept', 'concept', 'concept'],
    );
  });

  it('have a scenario or a comparison from 20 minutes on, a closing question from 30, an exercise from 60', () => {
    fc.assert(
      fc.property(anyWanted, fc.nat(), (wanted, seed) => {
        const plan = planned(wanted, { seed });
        const isApplied = ({ kind }: BankEntry) => kind === 'scenario' || kind === 'comparison';
        if (wanted.minutes >= 20) assert.ok(plan.some(isApplied));
        if (wanted.minutes >= 30) assert.equal(plan.at(-1)?.kind, 'behavioural');
        assert.equal(plan.filter(({ type }) => type === 'exercise').length, Number(wanted.minutes >= 60));
      }),
    );
  });

  it('close on a question of preparation where there is no behavioural one', () => {
    const entries = [
      sampleEntry('a', { minutes: 3 }),
      sampleEntry('p', { minutes: 3, track: 'preparation', level: 'junior' }),
      sampleEntry('b', { minutes: 3 }),
    ];
    for (const seed of [1, 2, 3, 4])
      assert.equal(planned({ minutes: 30 }, { entries, seed }).at(-1)?.id, 'p');
  });

  it('leave an exercise for late, and never one that is two levels away', () => {
    const entries = [
      sampleEntry('x', { type: 'exercise', kind: 'code', level: 'mid', minutes: 15 }),
      sampleEntry('a', { kind: 'concept' }),
      sampleEntry('b', { kind: 'scenario' }),
      sampleEntry('c', { kind: 'behavioural' }),
    ];
    assert.deepEqual(
      planned({ minutes: 60 }, { entries })
        .slice(2)
        .map(({ id }) => id),
      ['x', 'c'],
    );
    const senior = entries.map((entry) => ({ ...entry, level: 'senior' as const }));
    assert.ok(planned({ minutes: 60, level: 'junior' }, { entries: senior }).every(({ id }) => id !== 'x'));
  });
});

describe('the levels of an interview', () => {
  const share = (plan: readonly BankEntry[], level: Level) =>
    plan.filter((entry) => entry.level === level).length / Math.max(1, plan.length);

  it('are mostly the one asked for, some one below, few above', () => {
    fc.assert(
      fc.property(anyWanted, fc.nat(), (wanted, seed) => {
        const plan = planned(wanted, { seed }).filter(
          ({ kind, type }) => kind !== 'behavioural' && type === 'question',
        );
        if (plan.length < 3) return;
        assert.ok(share(plan, wanted.level) >= 0.5, plan.map(({ level }) => level).join());
      }),
    );
    const count = (level: Level) => frequency({ minutes: 90 }, (entry) => entry.level === level);
    const [junior, mid, senior] = LEVELS.map(count) as [number, number, number];
    assert.ok(mid > 2 * (junior + senior), `${junior} ${mid} ${senior}`);
    assert.ok(junior > senior && senior > 0, `${junior} ${mid} ${senior}`);
  });

  it('go from the easier to the harder where the kinds allow it', () => {
    const entries = [
      sampleEntry('hard', { level: 'senior', kind: 'scenario' }),
      sampleEntry('asked', { level: 'mid', kind: 'tooling' }),
      sampleEntry('easy', { level: 'junior', kind: 'concept' }),
    ];
    assert.deepEqual(
      planned({ minutes: 20 }, { entries }).map(({ id }) => id),
      ['easy', 'asked', 'hard'],
    );
  });
});

describe('the subjects of an interview', () => {
  const of = (track: string) => (entry: BankEntry) => entry.track === track;

  it('follow the role', () => {
    assert.ok(frequency({ role: 'llmops' }, of('llmops')) > 2 * frequency({ role: 'mlops' }, of('llmops')));
    assert.ok(frequency({ role: 'data' }, of('data')) > frequency({ role: 'llmops' }, of('data')));
    for (const role of ROLES) assert.ok(frequency({ role }, of('new')) > 0, role);
  });

  it('follow a job description in place of the role', () => {
    const terms = { tracks: { new: 1 }, tags: {} };
    assert.ok(frequency({ terms }, of('new')) > 4 * frequency({}, of('new')));
    assert.ok(frequency({ terms }, of('cicd')) < frequency({}, of('cicd')));
  });

  it('follow the tags of a job description within a track', () => {
    const entries = RICH.map((entry) => (entry.track === 'slo' ? { ...entry, tags: ['latency'] } : entry));
    const count = (tags: Record<string, number>) => {
      let sum = 0;
      for (let seed = 1; seed <= 60; seed++)
        sum += planned({ terms: { tracks: {}, tags } }, { entries, seed }).filter(of('slo')).length;
      return sum;
    };
    assert.ok(count({ latency: 1 }) > 2 * count({}));
  });

  it('are those that a model chose, first of all, by the same rules', () => {
    const chosen = [
      'new-junior-tooling',
      'slo-senior-code',
      'no-such',
      'llmops-mid-concept',
      'new-junior-tooling',
    ];
    const plan = planned({ chosen });
    const ids = plan.map(({ id }) => id);
    for (const id of ['new-junior-tooling', 'slo-senior-code', 'llmops-mid-concept'])
      assert.ok(ids.includes(id), id);
    assert.equal(plan.at(-1)?.kind, 'behavioural');
    assert.ok(minutesOf(plan) <= 45 * 0.75);
    assert.equal(repeats(plan.map(({ kind }) => kind)), 0);
  });

  it('come less often when they were mastered lately, and as often again later', () => {
    const cicd = (seen?: Seen) =>
      frequency({}, of('cicd'), ((id: string) =>
        id.startsWith('cicd') ? seen : undefined) as typeof unseen);
    const never = cicd();
    const yesterday = cicd({ score: 1, days: 1 });
    const missed = cicd({ score: 0.3, days: 1 });
    const started = cicd({ score: undefined, days: 1 });
    assert.ok(yesterday < never / 2, `${yesterday} ${never}`);
    assert.ok(yesterday < missed && missed < never, `${yesterday} ${missed} ${never}`);
    assert.equal(started, missed);
    assert.equal(cicd({ score: 1, days: 30 }), never);
    assert.equal(cicd({ score: 0.3, days: 7 }), never);
    assert.equal(cicd({ score: 1, days: -3 }), cicd({ score: 1, days: 0 }));
  });
});

const PLAN: InterviewPlan = {
  role: 'mlops',
  level: 'mid',
  lang: 'en',
  minutes: 10,
  from: 'role',
  questions: ['a', 'b'].map((id) => ({ subject: { type: 'question', id }, minutes: 4 })),
};

function recordOf(
  steps: readonly (readonly [id: string, seconds: number, attempt?: null])[],
  change: Partial<InterviewRecord> = {},
): InterviewRecord {
  return {
    id: 'i',
    ts: 0,
    day: '2026-11-23',
    plan: PLAN,
    steps: steps.map(([id, seconds, attempt], ts) => ({
      subject: { type: 'question', id },
      attempt: attempt === null ? null : `attempt-${id}`,
      seconds,
      ts,
    })),
    paused: false,
    current: null,
    spent: 0,
    ended: false,
    ...change,
  };
}

describe('the time of an interview', () => {
  it('is what the steps and the question at hand leave, and never less than nothing', () => {
    assert.equal(secondsLeft(PLAN, [], 0), 600);
    assert.equal(secondsLeft(PLAN, [{ seconds: 200 }, { seconds: 60 }], 40), 300);
    assert.equal(secondsLeft(PLAN, [{ seconds: 900 }], 0), 0);
  });
});

describe('the question at hand', () => {
  it('is the first of the plan without a step, whatever the follow-ups', () => {
    assert.equal(nextQuestion(recordOf([]))?.subject.id, 'a');
    assert.equal(nextQuestion(recordOf([['a', 10]]))?.subject.id, 'b');
    assert.equal(nextQuestion(recordOf([['a', 10, null]]))?.subject.id, 'b');
    assert.equal(
      nextQuestion(
        recordOf([
          ['a', 10],
          ['a.reference', 10],
        ]),
      )?.minutes,
      4,
    );
  });

  it('does not exist once all are done, or the interview has ended', () => {
    assert.equal(
      nextQuestion(
        recordOf([
          ['a', 1],
          ['b', 1],
        ]),
      ),
      undefined,
    );
    assert.equal(nextQuestion(recordOf([], { ended: true })), undefined);
  });
});

describe('a follow-up', () => {
  const question = sampleQuestion('a', 'monitoring');
  const grade = (verdict: Verdict, change: Partial<Grade> = {}): Grade => ({
    v: 1,
    subject: { type: 'question', id: 'a' },
    lang: 'en',
    provenance: { by: 'offline' },
    status: 'graded',
    score: 0.5,
    points: question.points.map(({ id }) => ({ id, verdict: id === 'alert' ? verdict : 'met' })),
    pitfalls: [],
    checks: [],
    ...change,
  });
  const missed = grade('not_met');

  it('may be asked on a point that was missed or contradicted', () => {
    assert.equal(mayFollowUp(recordOf([['a', 240]]), question, missed), true);
    assert.equal(mayFollowUp(recordOf([['a', 240]]), question, grade('contradicted')), true);
  });

  it('is not asked when nothing is known to be missed', () => {
    for (const known of [grade('met'), grade('unjudged'), grade('not_met', { status: 'not_graded' })])
      assert.equal(mayFollowUp(recordOf([['a', 10]]), question, known), false);
  });

  it('is not asked on a question that was skipped, or is not answered yet', () => {
    assert.equal(mayFollowUp(recordOf([['a', 10, null]]), question, missed), false);
    assert.equal(mayFollowUp(recordOf([]), question, missed), false);
  });

  it('is asked once per question, whether it was answered or skipped', () => {
    const asked = [
      ['a', 10],
      [followUpId('a', 'reference'), 10, null],
    ] as const;
    assert.equal(mayFollowUp(recordOf(asked), question, missed), false);
    const ofAnother = [
      ['a', 10],
      [followUpId('b', 'reference'), 10],
    ] as const;
    assert.equal(mayFollowUp(recordOf(ofAnother), question, missed), true);
  });

  it('is not asked at the cost of the questions that are still to come', () => {
    // Four minutes for b, two for the follow-up.
    assert.equal(mayFollowUp(recordOf([['a', 240]]), question, missed), true);
    assert.equal(mayFollowUp(recordOf([['a', 241]]), question, missed), false);
    assert.equal(mayFollowUp(recordOf([['a', 230]], { spent: 20 }), question, missed), false);
    const last = [
      ['b', 200],
      ['a', 280],
    ] as const;
    assert.equal(mayFollowUp(recordOf(last), question, missed), true);
  });

  it('is not asked once the interview has ended', () => {
    assert.equal(mayFollowUp(recordOf([['a', 10]], { ended: true }), question, missed), false);
  });
});
