import assert from 'node:assert/strict';
import fc from 'fast-check';
import { followUp } from '../../../src/core/bank/followUp.ts';
import type { BankEntry, Exercise, Question } from '../../../src/core/bank/question.ts';
import type { Delivery } from '../../../src/core/grading/delivery.ts';
import type { Grade, PitfallResult, PointResult, Verdict } from '../../../src/core/grading/grade.ts';
import { scoreOf } from '../../../src/core/grading/score.ts';
import type { InterviewRecord } from '../../../src/core/study/interview.ts';
import {
  type InterviewAnswer,
  type InterviewReport,
  reportOf,
} from '../../../src/core/study/interviewReport.ts';
import { sampleEntry, sampleQuestion } from '../../support/samples.ts';

type Verdicts = Readonly<Record<string, Verdict>>;

/** One step of an interview, as short as a test wants it. */
interface Given {
  readonly id: string;
  readonly track?: string;
  readonly kind?: BankEntry['kind'];
  /** Points that are not met; nothing at all when nobody graded. */
  readonly but?: Verdicts;
  readonly pitfalls?: readonly string[];
  readonly grade?: Partial<Grade>;
  readonly isUngraded?: true;
  readonly isSkipped?: true;
  readonly exercises?: readonly string[];
  readonly seconds?: number;
  readonly delivery?: Partial<Delivery>;
  readonly followUp?: { readonly point: string; readonly verdict: Verdict };
  readonly observed?: InterviewAnswer['observed'];
}

const DELIVERY: Delivery = {
  words: 400,
  target: { low: 520, high: 600 },
  opening: 'answers',
  structure: 'clear',
  hedges: [],
  acronyms: [],
};

const MODEL = { by: 'model', model: 'm1', destination: 'https://example.org', prompt: '2' } as const;

const quote = (words: string) => ({ file: '', start: 0, end: words.length, quote: words });

function gradeOf(question: Question, given: Given): Grade {
  const points = question.points.map(({ id }): PointResult => {
    const verdict = given.but?.[id] ?? 'met';
    const isSaid = verdict === 'met' || verdict === 'contradicted';
    return { id, verdict, ...(isSaid ? { evidence: quote(`${given.id} ${id}`) } : {}) };
  });
  const pitfalls = question.pitfalls.map(({ id }): PitfallResult => {
    const present = given.pitfalls?.includes(id) ?? false;
    return { id, present, ...(present ? { evidence: quote(`wrong ${id}`) } : {}) };
  });
  return {
    v: 1,
    subject: { type: 'question', id: question.id },
    lang: 'en',
    provenance: { ...MODEL, rubric: question.id },
    status: 'graded',
    score: scoreOf(question, points, pitfalls, []),
    points,
    pitfalls,
    checks: [],
    delivery: { ...DELIVERY, ...given.delivery },
    ...given.grade,
  };
}

const KNOWN: readonly BankEntry[] = [
  sampleEntry('lab', { type: 'exercise', kind: 'code', track: 'rollout' }),
  sampleEntry('later', { kind: 'scenario', track: 'slo' }),
];

/** The report of an interview in which these were the steps, and these questions were not reached. */
function report(
  steps: readonly Given[],
  unreached: readonly string[] = [],
  change: Partial<InterviewRecord> = {},
): InterviewReport {
  const answers: InterviewAnswer[] = [];
  const done: InterviewRecord['steps'][number][] = [];
  for (const given of steps) {
    const { id, track = 'monitoring', kind = 'concept', seconds = 200, exercises = [], observed } = given;
    const question = sampleQuestion(id, track, { kind, exercises });
    const entry = sampleEntry(id, { track, kind, title: question.title });
    const attempt = given.isSkipped ? null : `attempt-${id}`;
    done.push({ subject: { type: 'question', id }, attempt, seconds, ts: done.length });
    const grade = given.isSkipped || given.isUngraded ? undefined : gradeOf(question, given);
    answers.push({
      entry,
      item: question,
      grade,
      text: given.isSkipped ? '' : `The answer to ${id}.`,
      seconds,
      isFollowUp: false,
      observed,
    });
    const next = given.followUp && followUp(question, given.followUp.point);
    if (!next || !given.followUp) continue;
    done.push({ subject: { type: 'question', id: next.id }, attempt: next.id, seconds: 60, ts: done.length });
    answers.push({
      entry,
      item: next,
      grade: gradeOf(next, { id: next.id, but: { [given.followUp.point]: given.followUp.verdict } }),
      text: 'More.',
      seconds: 60,
      isFollowUp: true,
    });
  }
  const record: InterviewRecord = {
    id: 'interview',
    ts: 1,
    day: '2026-11-23',
    plan: {
      role: 'mlops',
      level: 'mid',
      lang: 'en',
      minutes: 30,
      from: 'role',
      questions: [...steps.map(({ id }) => id), ...unreached].map((id) => ({
        subject: { type: 'question', id },
        minutes: 4,
      })),
    },
    steps: done,
    paused: false,
    current: null,
    spent: 0,
    ended: true,
    ...change,
  };
  return reportOf(record, answers.toReversed(), (id) => KNOWN.find((entry) => entry.id === id));
}

const MISSED: Verdicts = { reference: 'not_met' };
const ALL: Verdicts = { reference: 'not_met', statistic: 'not_met', alert: 'not_met', impact: 'not_met' };

describe('the score of an interview', () => {
  it('is the mean over the main questions that were graded', () => {
    const { overall } = report(
      [
        { id: 'a' },
        { id: 'b', but: ALL },
        { id: 'c', isSkipped: true },
        { id: 'd', isUngraded: true },
        { id: 'e', but: ALL, followUp: { point: 'reference', verdict: 'met' } },
      ],
      ['later'],
    );
    assert.deepEqual(overall, { mean: 1 / 3, graded: 3, asked: 6 });
  });

  it('does not exist when nothing was graded', () => {
    const failed = { status: 'not_graded', score: null, points: [], provenance: { by: 'none' } } as const;
    const { overall, competences, tracks, best, worst, graders, isMixed } = report(
      [
        { id: 'a', isSkipped: true },
        { id: 'b', isUngraded: true },
        { id: 'c', grade: failed },
      ],
      ['later'],
    );
    assert.deepEqual(overall, { mean: null, graded: 0, asked: 4 });
    assert.ok([...competences, ...tracks].every(({ mean }) => mean === null));
    assert.deepEqual([best, worst, graders, isMixed], [undefined, undefined, [], false]);
  });

  const anyGiven = fc.record({
    state: fc.constantFrom('graded', 'skipped', 'ungraded', 'failed', 'open'),
    verdicts: fc.array(fc.constantFrom<Verdict>('met', 'not_met', 'contradicted', 'unjudged'), {
      minLength: 4,
      maxLength: 4,
    }),
    pitfall: fc.boolean(),
    track: fc.constantFrom('monitoring', 'slo', 'new'),
    kind: fc.constantFrom('concept', 'scenario', 'behavioural'),
    followUp: fc.option(fc.constantFrom<Verdict>('met', 'not_met'), { nil: undefined }),
  });

  it('is never made up: it lies among those of the answers, and is there exactly when one of them is', () => {
    fc.assert(
      fc.property(fc.array(anyGiven, { maxLength: 6 }), fc.nat(3), (list, more) => {
        const told = report(
          list.map(({ state, verdicts, pitfall, track, kind, followUp: next }, i): Given => {
            const [reference = 'met', statistic = 'met', alert = 'met', impact = 'met'] = verdicts;
            return {
              id: `q${i}`,
              track,
              kind: kind as BankEntry['kind'],
              but: { reference, statistic, alert, impact },
              pitfalls: pitfall ? ['mean-only'] : [],
              ...(state === 'skipped' ? { isSkipped: true } : {}),
              ...(state === 'ungraded' ? { isUngraded: true } : {}),
              ...(state === 'failed' ? { grade: { status: 'not_graded', score: null } } : {}),
              ...(state === 'open' ? { grade: { score: null } } : {}),
              ...(next ? { followUp: { point: 'reference', verdict: next } } : {}),
            };
          }),
          Array.from({ length: more }, (_, i) => `u${i}`),
        );
        const main = told.answers.filter(({ isFollowUp }) => !isFollowUp);
        const scores = main.flatMap(({ score }) => score ?? []);
        assert.equal(told.overall.mean === null, scores.length === 0);
        if (told.overall.mean !== null) {
          assert.ok(told.overall.mean >= Math.min(...scores) - 1e-9);
          assert.ok(told.overall.mean <= Math.max(...scores) + 1e-9);
        }
        for (const { score, outcome } of told.answers) assert.equal(score !== null, outcome === 'graded');
        const sum = (list: readonly { readonly graded: number }[]) =>
          list.reduce((n, { graded }) => n + graded, 0);
        assert.equal(sum(told.competences), scores.length);
        assert.equal(sum(told.tracks), scores.length);
        assert.equal(main.length, list.length + more);
        assert.ok(told.next.length <= 3);
        assert.equal(new Set(told.next.map(({ id }) => id)).size, told.next.length);
      }),
    );
  });

  it('stands by competence and by track, over what was asked', () => {
    const { competences, tracks } = report(
      [
        { id: 'a', kind: 'scenario', track: 'slo' },
        { id: 'b', kind: 'concept', but: ALL },
        { id: 'c', kind: 'concept' },
        { id: 'd', kind: 'code', isSkipped: true },
      ],
      ['later', 'gone'],
    );
    assert.deepEqual(competences, [
      { kind: 'concept', mean: 0.5, graded: 2, asked: 2 },
      { kind: 'scenario', mean: 1, graded: 1, asked: 2 },
      { kind: 'code', mean: null, graded: 0, asked: 1 },
    ]);
    assert.deepEqual(tracks, [
      { track: 'slo', mean: 1, graded: 1, asked: 2 },
      { track: 'monitoring', mean: 0.5, graded: 2, asked: 3 },
    ]);
  });
});

describe('the answers of an interview', () => {
  it('stand in the order of the plan, each with its follow-up, and say where each one stands', () => {
    const open = { score: null } as const;
    const failed = {
      status: 'not_graded',
      score: null,
      failure: { code: 'provider_failed', params: { url: 'x' } },
    } as const;
    const { answers } = report(
      [
        { id: 'a', followUp: { point: 'reference', verdict: 'met' }, but: MISSED },
        { id: 'b', isSkipped: true },
        { id: 'c', isUngraded: true },
        { id: 'd', grade: open },
        { id: 'e', grade: failed },
      ],
      ['later', 'gone'],
    );
    assert.deepEqual(
      answers.map(({ id, outcome, isFollowUp }) => [id, outcome, isFollowUp]),
      [
        ['a', 'graded', false],
        ['a.reference', 'graded', true],
        ['b', 'skipped', false],
        ['c', 'waiting', false],
        ['d', 'open', false],
        ['e', 'failed', false],
        ['later', 'not_reached', false],
        ['gone', 'not_reached', false],
      ],
    );
    assert.equal(answers[5]?.failure?.code, 'provider_failed');
    assert.deepEqual(answers[5]?.points, []);
    assert.equal(answers[6]?.title?.en, 'Title later');
    assert.equal(answers[7]?.title, undefined);
  });

  it('have a verdict for each point, with the passage, and what did not count', () => {
    const [answer] = report([
      {
        id: 'a',
        but: { statistic: 'contradicted', alert: 'unjudged' },
        pitfalls: ['mean-only'],
        grade: {
          summary: 'Well.',
        },
      },
    ]).answers;
    assert.deepEqual(
      answer?.points.map(({ id, verdict, quote: words }) => [id, verdict, words]),
      [
        ['reference', 'met', 'a reference'],
        ['statistic', 'contradicted', 'a statistic'],
        ['alert', 'unjudged', undefined],
        ['impact', 'met', 'a impact'],
      ],
    );
    assert.deepEqual(
      answer?.pitfalls.map(({ statement, quote: words }) => [statement.en, words]),
      [['The answer follows the mean only.', 'wrong mean-only']],
    );
    assert.equal(answer?.summary, 'Well.');
    const points: PointResult[] = [
      { id: 'reference', verdict: 'not_met', unverified: true, reason: 'Said so.' },
      { id: 'statistic', verdict: 'not_met', setAside: true },
      { id: 'unknown', verdict: 'met' },
    ];
    const [other] = report([{ id: 'a', grade: { points } }]).answers;
    assert.deepEqual(
      other?.points.map(({ id, verdict, reason }) => [id, verdict, reason]),
      [
        ['reference', 'unverified', 'Said so.'],
        ['statistic', 'set_aside', undefined],
      ],
    );
  });

  it('say why one was worth nothing before anybody read it', () => {
    const gated = { gate: 'blank', provenance: { by: 'gate' } } as const;
    const [answer] = report([{ id: 'a', but: ALL, grade: gated }]).answers;
    assert.deepEqual([answer?.gate, answer?.outcome, answer?.score], ['blank', 'graded', 0]);
  });

  it('say what a follow-up made up for', () => {
    const recovered = (verdict: Verdict) =>
      report([{ id: 'a', but: MISSED, followUp: { point: 'reference', verdict } }]).answers[0]?.points[0]
        ?.recovered;
    assert.equal(recovered('met'), true);
    assert.equal(recovered('not_met'), undefined);
  });

  it('hold nothing of an earlier attempt when the question was skipped', () => {
    const question = sampleQuestion('a', 'monitoring');
    const { answers, overall } = reportOf(
      {
        id: 'i',
        ts: 0,
        day: '2026-11-23',
        plan: {
          role: 'data',
          level: 'mid',
          lang: 'fr',
          minutes: 10,
          from: 'job',
          terms: ['psi'],
          questions: [{ subject: { type: 'question', id: 'a' }, minutes: 4 }],
        },
        steps: [{ subject: { type: 'question', id: 'a' }, attempt: null, seconds: 5, ts: 0 }],
        paused: false,
        current: null,
        spent: 0,
        ended: true,
      },
      [
        {
          entry: sampleEntry('a'),
          item: question,
          grade: gradeOf(question, { id: 'a' }),
          text: 'Old words.',
          seconds: 5,
          isFollowUp: false,
        },
      ],
      () => undefined,
    );
    assert.deepEqual(overall, { mean: null, graded: 0, asked: 1 });
    assert.deepEqual([answers[0]?.text, answers[0]?.points, answers[0]?.use], ['', [], 'unanswered']);
  });

  it('of an exercise have its checks, and say when these alone decided', () => {
    const exercise = {
      ...sampleQuestion('x', 'rollout'),
      files: [],
      checks: ['runs', 'tests'].map((id) => ({
        id,
        title: { fr: `Contrôle ${id}`, en: `Check ${id}` },
        weight: 1,
        family: 'python',
        rules: [],
      })),
      options: {},
      rules: {},
      solution: {},
      solution_note: { fr: '', en: '' },
    } as Exercise;
    const checks = [
      { id: 'runs', outcome: 'passed', violations: [] },
      { id: 'tests', outcome: 'failed', violations: [] },
      { id: 'gone', outcome: 'passed', violations: [] },
    ] as const;
    const points = exercise.points.map(({ id }) => ({ id, verdict: 'unjudged' as const }));
    const told = reportOf(
      {
        id: 'i',
        ts: 0,
        day: '2026-11-23',
        plan: {
          role: 'mlops',
          level: 'mid',
          lang: 'en',
          minutes: 60,
          from: 'role',
          questions: [{ subject: { type: 'exercise', id: 'x' }, minutes: 20 }],
        },
        steps: [{ subject: { type: 'exercise', id: 'x' }, attempt: 'a', seconds: 900, ts: 0 }],
        paused: false,
        current: null,
        spent: 0,
        ended: true,
      },
      [
        {
          entry: sampleEntry('x', { type: 'exercise', kind: 'code' }),
          item: exercise,
          grade: {
            v: 1,
            subject: { type: 'exercise', id: 'x' },
            lang: 'en',
            provenance: { by: 'offline' },
            status: 'graded',
            score: 0.5,
            points,
            pitfalls: [],
            checks,
          },
          text: '',
          seconds: 900,
          isFollowUp: false,
        },
      ],
      () => undefined,
    );
    assert.deepEqual(
      told.answers[0]?.checks.map(({ id, outcome }) => [id, outcome]),
      [
        ['runs', 'passed'],
        ['tests', 'failed'],
      ],
    );
    assert.equal(told.answers[0]?.byChecks, true);
    assert.deepEqual(told.graders, [{ provenance: { by: 'offline' }, byChecks: true, answers: 1 }]);
    assert.equal(told.worst, undefined);
    assert.deepEqual(
      told.next.map((step) => (step.kind === 'redo' ? step.missed.map(({ en }) => en) : step.kind)),
      [['Check tests']],
    );
  });
});

describe('the moments of an interview', () => {
  it('are the heaviest point met in the best answer, and what cost most', () => {
    const { best, worst } = report([
      { id: 'a', but: { ...MISSED, alert: 'not_met' } },
      { id: 'b', but: { alert: 'not_met' } },
    ]);
    assert.deepEqual([best?.id, best?.what, best?.quote], ['b', 'met', 'b reference']);
    assert.equal(best?.statement.en, 'The answer compares with an explicit reference.');
    assert.deepEqual([worst?.id, worst?.what, worst?.quote], ['a', 'not_met', undefined]);
    assert.equal(worst?.statement.en, 'The answer compares with an explicit reference.');
  });

  it('show a passage: an answer whose points have none gives way to the next', () => {
    const points = sampleQuestion('a', 'x').points.map(({ id }) => ({ id, verdict: 'met' as const }));
    const ticked = { provenance: { by: 'self' }, points, score: 1 } as const;
    assert.equal(
      report([
        { id: 'a', grade: ticked },
        { id: 'b', but: MISSED },
      ]).best?.id,
      'b',
    );
    assert.equal(report([{ id: 'a', grade: ticked }]).best, undefined);
  });

  it('name the opposite of a point before a silence of the same weight, with its words', () => {
    const { worst } = report([
      { id: 'a', but: MISSED },
      { id: 'b', but: { reference: 'contradicted' } },
    ]);
    assert.deepEqual([worst?.id, worst?.what, worst?.quote], ['b', 'contradicted', 'b reference']);
  });

  it('name a pitfall that cost more than the points missed', () => {
    const { worst } = report([
      { id: 'a', but: { alert: 'not_met' }, pitfalls: ['mean-only', 'always-retrain'] },
    ]);
    assert.deepEqual([worst?.what, worst?.quote], ['pitfall', 'wrong always-retrain']);
    assert.equal(worst?.statement.en, 'The answer retrains at every drift.');
  });

  it('leave out what a follow-up made up for, and what nobody judged', () => {
    const { worst } = report([
      { id: 'a', but: { ...MISSED, alert: 'unjudged' }, followUp: { point: 'reference', verdict: 'met' } },
    ]);
    assert.equal(worst, undefined);
    assert.equal(report([{ id: 'a' }]).worst, undefined);
  });
});

describe('the time of an interview', () => {
  it('stands against the minutes of each question, and of the whole', () => {
    const { answers, time } = report(
      [
        { id: 'a', seconds: 264 },
        { id: 'b', seconds: 265 },
        { id: 'c', seconds: 119 },
        { id: 'd', seconds: 30, isSkipped: true },
        { id: 'e', seconds: 120, followUp: { point: 'alert', verdict: 'met' } },
      ],
      ['later'],
      { spent: 12 },
    );
    assert.deepEqual(
      answers.map(({ id, seconds, allotted, use }) => [id, seconds, allotted, use]),
      [
        ['a', 264, 240, 'within'],
        ['b', 265, 240, 'over'],
        ['c', 119, 240, 'under'],
        ['d', 30, 240, 'unanswered'],
        ['e', 120, 240, 'within'],
        ['e.alert', 60, 120, 'within'],
        ['later', 0, 240, 'unanswered'],
      ],
    );
    assert.deepEqual(time, { length: 1800, spent: 264 + 265 + 119 + 30 + 120 + 60 + 12 });
  });
});

describe('the clarity of an interview', () => {
  it('adds up how the answers were said', () => {
    const { clarity } = report([
      {
        id: 'a',
        delivery: {
          opening: 'hedges',
          structure: 'none',
          hedges: ['Maybe', 'it depends'],
          acronyms: ['PSI', 'KS'],
        },
      },
      { id: 'b', delivery: { words: 100, hedges: ['maybe'], acronyms: ['PSI'] } },
      { id: 'c', delivery: { words: 751 } },
      { id: 'd', isSkipped: true },
      { id: 'e', isUngraded: true },
    ]);
    assert.deepEqual(clarity, {
      answers: 3,
      openings: { answers: 2, restates_question: 0, hedges: 1, preamble: 0 },
      structures: { clear: 2, some: 0, none: 1 },
      words: 1251,
      target: { low: 1560, high: 1800 },
      lengths: { short: 1, within: 1, long: 1 },
      hedges: [
        { text: 'Maybe', count: 2 },
        { text: 'it depends', count: 1 },
      ],
      acronyms: ['PSI', 'KS'],
    });
  });

  it('is not told when no answer was read', () => {
    assert.equal(report([{ id: 'a', isSkipped: true }], ['later']).clarity, undefined);
  });
});

describe('the graders of an interview', () => {
  const by = (provenance: Grade['provenance'], id: string): Given => ({ id, grade: { provenance } });
  const offline = { by: 'offline' } as const;

  it('are every one named, with the number of their answers, whatever the rubrics', () => {
    const { graders, isMixed } = report([{ id: 'a' }, { id: 'b' }]);
    assert.deepEqual(
      graders.map(({ provenance, answers }) => [provenance.by, answers]),
      [['model', 2]],
    );
    assert.equal(isMixed, false);
  });

  it('are said to be mixed when they are', () => {
    const other = { ...MODEL, model: 'm2' };
    assert.equal(report([{ id: 'a' }, by(offline, 'b')]).isMixed, true);
    assert.equal(report([{ id: 'a' }, by(other, 'b')]).isMixed, true);
    assert.equal(report([{ id: 'a' }, by({ ...MODEL, prompt: '1' }, 'b')]).isMixed, true);
    assert.equal(report([by(offline, 'a'), by({ by: 'self' }, 'b')]).isMixed, true);
    const gate = { by: 'gate' } as const;
    const { graders, isMixed } = report([{ id: 'a' }, by(gate, 'b'), by(offline, 'c')]);
    assert.deepEqual(
      graders.map(({ provenance }) => provenance.by),
      ['model', 'gate', 'offline'],
    );
    assert.equal(isMixed, true);
    assert.equal(report([{ id: 'a' }, by(gate, 'b')]).isMixed, false);
  });

  it('are not those that failed', () => {
    assert.deepEqual(report([{ id: 'a', grade: { status: 'not_graded', score: null } }]).graders, []);
  });
});

describe('the assistance of an interview', () => {
  it('is what was observed, and for how many answers nothing was', () => {
    const observed = { interviewMode: true, inlineSuggestions: 'off' } as const;
    const { assistance } = report([
      { id: 'a', observed },
      { id: 'b', observed: { interviewMode: false, inlineSuggestions: 'on', assistant: 'Cursor' } },
      { id: 'c', observed: { ...observed, assistant: 'Cursor' } },
      { id: 'd' },
      { id: 'e', isSkipped: true, observed },
    ]);
    assert.deepEqual(assistance, {
      answers: 4,
      observed: 3,
      interviewMode: 2,
      suggestionsOn: 1,
      assistants: ['Cursor'],
    });
  });
});

describe('the next steps after an interview', () => {
  const steps = (given: readonly Given[], unreached: readonly string[] = []) => report(given, unreached).next;
  const named = (given: readonly Given[], unreached: readonly string[] = []) =>
    steps(given, unreached).map(({ kind, id }) => `${kind} ${id}`);

  it('are none when nothing is left to improve', () => {
    assert.deepEqual(steps([{ id: 'a' }, { id: 'b' }]), []);
    assert.deepEqual(steps([{ id: 'a', but: MISSED, followUp: { point: 'reference', verdict: 'met' } }]), []);
  });

  it('go by the weight of what was missed', () => {
    const list = [
      { id: 'a', but: { alert: 'not_met' } },
      { id: 'b', but: { statistic: 'not_met' } },
      { id: 'c', but: ALL },
      { id: 'd', but: { ...MISSED, statistic: 'contradicted' } },
    ] as const;
    assert.deepEqual(named(list), ['learn c', 'learn d', 'redo b']);
  });

  it('name the points and the pitfalls that are the reason, the heaviest first', () => {
    const [step] = steps([{ id: 'a', but: ALL, pitfalls: ['mean-only', 'always-retrain'] }]);
    assert.ok(step?.kind === 'learn');
    assert.equal(step.title.en, 'Title of a');
    assert.deepEqual(
      step.missed.map(({ en }) => en),
      ['The answer compares with an explicit reference.', 'The answer names a measure of distance.'],
    );
    assert.deepEqual(
      step.claimed.map(({ en }) => en),
      ['The answer retrains at every drift.', 'The answer follows the mean only.'],
    );
  });

  it('link to the exercise of a question that was missed, where the bank has it', () => {
    assert.deepEqual(named([{ id: 'a', but: MISSED, exercises: ['none', 'lab'] }]), [
      'redo a',
      'practise lab',
    ]);
    assert.deepEqual(named([{ id: 'a', exercises: ['lab'] }]), []);
    assert.deepEqual(named([{ id: 'a', but: MISSED, exercises: ['lab'] }], ['lab']), [
      'redo a',
      'answer lab',
    ]);
  });

  it('take up what was skipped before what was not reached', () => {
    const list = steps(
      [
        { id: 'a', but: MISSED },
        { id: 'b', isSkipped: true },
      ],
      ['later', 'gone'],
    );
    assert.deepEqual(
      list.map((step) => [step.kind, step.id, step.kind === 'answer' ? step.reason : '']),
      [
        ['answer', 'b', 'skipped'],
        ['redo', 'a', ''],
        ['answer', 'later', 'not_reached'],
      ],
    );
  });

  it('are about how it was said, where what was said is right', () => {
    const long = { words: 900 };
    const [step, ...others] = steps([
      { id: 'a', delivery: { words: 760 } },
      { id: 'b', delivery: long },
      { id: 'c' },
    ]);
    assert.deepEqual(step, {
      kind: 'shorten',
      id: 'b',
      title: { fr: 'Titre de b', en: 'Title of b' },
      words: 900,
      high: 600,
    });
    assert.deepEqual(
      others.map(({ id }) => id),
      ['a'],
    );
    assert.deepEqual(named([{ id: 'a', delivery: { opening: 'preamble' } }]), ['structure a']);
    assert.deepEqual(named([{ id: 'a', delivery: { structure: 'none', words: 80 } }]), ['structure a']);
    assert.deepEqual(named([{ id: 'a', delivery: { structure: 'none', words: 79 } }]), []);
    assert.deepEqual(
      named([
        { id: 'a', delivery: { opening: 'hedges' } },
        { id: 'b', delivery: { structure: 'none' } },
      ]),
      ['structure b', 'structure a'],
    );
  });

  it('are three at most, each about another entry', () => {
    const bad = { but: ALL, delivery: { words: 900, structure: 'none' }, exercises: ['lab'] } as const;
    assert.deepEqual(named([{ id: 'a', ...bad }]), ['learn a', 'practise lab']);
    assert.equal(named(['a', 'b', 'c', 'd'].map((id) => ({ id, ...bad }))).length, 3);
  });

  it('count what was missed as a share of what was judged', () => {
    const open = { statistic: 'unjudged', alert: 'unjudged', impact: 'unjudged' } as const;
    assert.deepEqual(
      named([
        { id: 'a', but: { statistic: 'not_met' } },
        { id: 'b', but: { ...MISSED, ...open } },
      ]),
      ['learn b', 'redo a'],
    );
  });
});
