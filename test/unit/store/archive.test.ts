import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LEVELS } from '../../../src/core/bank/question.ts';
import { isAppError } from '../../../src/core/errors.ts';
import type { Grade } from '../../../src/core/grading/grade.ts';
import { LANGS } from '../../../src/core/language.ts';
import { hashesOf, missing, readArchive, toArchive, withTexts } from '../../../src/core/store/archive.ts';
import {
  DRILL_KINDS,
  type NewEvent,
  RATINGS,
  ROLES,
  type StudyEvent,
  TYPES,
  VERSION,
} from '../../../src/core/store/events.ts';
import { addDays, dayAt } from '../../../src/core/study/day.ts';
import { History } from '../../../src/core/study/history.ts';

const read = (value: unknown) => readArchive(value, dayAt, 'data.json');
/** As the file gives it back. */
const through = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const EXPORTED = '2026-11-20T10:00:00.000Z';
const HASH = 'a1'.repeat(32);

const some = fc.constantFrom;
const text = fc.string({ unit: 'binary', maxLength: 8 });
const lang = some(...LANGS);
const subject = fc.record({
  type: some('question' as const, 'exercise' as const),
  id: some('p', 'q', '__proto__'),
});
const hash = fc.integer({ min: 0, max: 0xffff }).map((n) => n.toString(16).padStart(64, '0'));
const stored = fc.oneof(fc.record({ text }), fc.record({ sha256: hash }));
const share = fc.double({ min: 0, max: 1, noNaN: true }).map(Math.abs);
const verdict = some('met' as const, 'not_met' as const, 'contradicted' as const, 'unjudged' as const);
const ids = (kind: string) => some(...[1, 2, 3].map((n) => `${kind}${n}`));
const attemptOrNone = fc.option(ids('a'));
const day = fc.integer({ min: -400, max: 400 }).map((n) => addDays('2026-11-20', n));
const seconds = fc.double({ min: 0, max: 1e6, noNaN: true }).map(Math.abs);
const few = <T>(of: fc.Arbitrary<T>) => fc.array(of, { maxLength: 3 });
/** With some of the fields only, as records have them. */
const partly = <T extends object, K extends keyof T>(
  fields: { [P in keyof T]: fc.Arbitrary<T[P]> },
  always: K[],
) => fc.record<T, K>(fields, { requiredKeys: always });

const evidence = fc.record({ file: text, start: fc.nat(), end: fc.nat(), quote: text });
const position = fc.record({ line: fc.nat(), column: fc.nat() });
const failure = fc.record({
  code: some('cancelled' as const, 'no_api_key' as const),
  params: fc.dictionary(text, text),
});
const grade: fc.Arbitrary<Grade> = partly(
  {
    v: fc.constant(1 as const),
    subject,
    lang,
    provenance: fc.oneof(
      fc.record({ by: some('offline' as const, 'self' as const, 'gate' as const, 'none' as const) }),
      partly(
        { by: fc.constant('model' as const), model: text, destination: text, prompt: text, rubric: text },
        ['by', 'model', 'destination'],
      ),
    ),
    status: some('graded' as const, 'not_graded' as const),
    failure,
    gate: some('blank' as const, 'opener_only' as const),
    score: fc.option(share),
    points: few(partly({ id: ids('point'), verdict, evidence, reason: text }, ['id', 'verdict'])),
    pitfalls: few(partly({ id: ids('pitfall'), present: fc.boolean(), evidence }, ['id', 'present'])),
    checks: few(
      partly(
        {
          id: ids('check'),
          outcome: some('passed' as const, 'failed' as const, 'not_run' as const),
          violations: few(
            partly(
              {
                rule: text,
                file: text,
                range: fc.record({ start: position, end: position }),
                params: fc.dictionary(text, text),
              },
              ['rule', 'file', 'range'],
            ),
          ),
          failure,
        },
        ['id', 'outcome', 'violations'],
      ),
    ),
    summary: text,
    suspicious: fc.boolean(),
    notices: few(some('addresses_grader' as const, 'single_reading' as const)),
    setAside: few(evidence),
    scoreOfOwnWords: share,
    range: fc.record({ low: share, high: share }),
    readings: fc.nat(),
    cost: partly(
      {
        input: fc.nat(),
        output: fc.nat(),
        cached: fc.nat(),
        reasoning: fc.nat(),
        calls: fc.nat(),
        isComplete: fc.boolean(),
      },
      ['input', 'output', 'calls', 'isComplete'],
    ),
    key: some('k', 'l'),
    repeats: fc.nat(),
    delivery: fc.record({
      words: fc.nat(),
      target: fc.record({ low: fc.nat(), high: fc.nat() }),
      opening: some('answers' as const, 'restates_question' as const, 'hedges' as const, 'preamble' as const),
      structure: some('clear' as const, 'some' as const, 'none' as const),
      hedges: few(text),
      acronyms: few(text),
    }),
  },
  ['v', 'subject', 'lang', 'provenance', 'status', 'score', 'points', 'pitfalls', 'checks'],
);

const KINDS: { readonly [T in StudyEvent['type']]: fc.Arbitrary<object> } = {
  attempt: partly(
    {
      subject,
      lang,
      texts: fc.dictionary(text, stored),
      hints: fc.nat(3),
      solutionSeen: fc.boolean(),
      seconds,
      observed: partly(
        { interviewMode: fc.boolean(), inlineSuggestions: some('on', 'off'), assistant: text },
        ['interviewMode', 'inlineSuggestions'],
      ),
      spoken: fc.constant(true),
    },
    ['subject', 'lang', 'texts', 'hints', 'solutionSeen'],
  ),
  grade: partly({ attempt: ids('a'), grade, trace: stored }, ['attempt', 'grade']),
  ticks: fc.record({ attempt: ids('a'), grade }),
  contest: fc.record({
    attempt: ids('a'),
    points: few(fc.record({ id: ids('point'), verdict })),
    note: text,
  }),
  rating: fc.record({ attempt: ids('a'), rating: some(...RATINGS) }),
  undo: fc.record({ event: ids('a') }),
  opened: fc.record({ subject }),
  hint: fc.record({ subject, rung: fc.nat(3) }),
  solution: fc.record({ subject }),
  note: fc.record({ subject, text }),
  drill: partly(
    {
      drill: ids('d'),
      subjects: few(subject),
      kind: some(...DRILL_KINDS),
      feedback: some('now', 'end'),
      spoken: fc.constant(true),
    },
    ['drill', 'subjects', 'kind', 'feedback'],
  ),
  drill_step: fc.record({ drill: ids('d'), subject, attempt: attemptOrNone }),
  drill_end: fc.record({ drill: ids('d') }),
  interview: fc.record({
    interview: ids('i'),
    plan: partly(
      {
        role: some(...ROLES),
        level: some(...LEVELS),
        lang,
        minutes: fc.nat(90),
        questions: few(fc.record({ subject, minutes: fc.nat(10) })),
        from: some('role', 'job', 'model'),
        terms: few(text),
      },
      ['role', 'level', 'lang', 'minutes', 'questions', 'from'],
    ),
  }),
  interview_step: fc.record({ interview: ids('i'), subject, attempt: attemptOrNone, seconds }),
  interview_clock: fc.record({ interview: ids('i'), subject, paused: fc.boolean(), seconds }),
  interview_end: fc.record({ interview: ids('i') }),
  debrief: fc.record({
    debrief: ids('b'),
    date: day,
    employer: text,
    asked: few(
      partly(
        {
          text,
          matches: few(text),
          own: fc.record({ id: ids('own-'), text, expected: few(text), lang }),
        },
        ['text', 'matches'],
      ),
    ),
  }),
};

/** A record of any type; attempts are those that others name. */
const record = some(...TYPES).chain((type) =>
  fc
    .tuple(fc.integer({ min: 0, max: 2e12 }), day, ids('a'), fc.uuid(), KINDS[type])
    .map(([ts, at, attempt, id, body]): StudyEvent => {
      const stamp = { v: VERSION, id: type === 'attempt' ? attempt : id, ts, day: at };
      return { ...stamp, type, ...(through(body) as object) } as StudyEvent;
    }),
);
const records = fc
  .array(record, { maxLength: 25 })
  .map((events) => events.filter(({ id }, i) => events.findIndex((other) => other.id === id) === i));

function fold(events: readonly StudyEvent[]): History {
  const history = new History();
  for (const [i, event] of events.entries()) history.apply(event, String(i));
  return history;
}

const event = (body: NewEvent, id = 'e'): StudyEvent =>
  ({ v: VERSION, id, ts: 1, day: '2026-11-20', ...body }) as StudyEvent;
const QUESTION = { type: 'question', id: 'q' } as const;
const opened = (id: string) => event({ type: 'opened', subject: QUESTION }, id);

describe('an archive', () => {
  it('gives back every record as it was, and with it the same history', () => {
    fc.assert(
      fc.property(records, fc.dictionary(hash, text), (events, texts) => {
        const back = read(through(toArchive(events, texts, EXPORTED)));
        assert.deepEqual(back.faults, []);
        assert.deepEqual(back.events, events);
        assert.deepEqual({ ...back.texts }, { ...texts });
        assert.deepEqual(fold(back.events).snapshot(), fold(events).snapshot());
      }),
    );
  });

  it('taken in twice, or beside what is known, leaves the same history as once', () => {
    fc.assert(
      fc.property(records, fc.array(fc.nat(24)), (events, places) => {
        const known = places.flatMap((place) => events[place] ?? []);
        const knownIds = new Set(known.map(({ id }) => id));
        const fresh = missing([...events, ...events], knownIds);
        const byId = (one: StudyEvent, other: StudyEvent) => (one.id < other.id ? -1 : 1);
        const whole = [...events.filter(({ id }) => knownIds.has(id)), ...fresh];
        assert.deepEqual(whole.toSorted(byId), events.toSorted(byId));
        assert.deepEqual(missing(events, new Set(whole.map(({ id }) => id))), []);
      }),
    );
  });

  it('of an older version is brought up to date', () => {
    const old = { v: 1, id: 'x', ts: 0, type: 'drill', drill: 'd', subjects: [] };
    assert.deepEqual(read({ canari: 1, events: [old], texts: {} }).events, [
      { ...old, v: VERSION, day: '1970-01-01', kind: 'track', feedback: 'now' },
    ]);
  });

  it('names the records that cannot be taken in, and gives the others', () => {
    const attempt = event({
      type: 'attempt',
      subject: QUESTION,
      lang: 'en',
      texts: { '': { text: 'x' } },
      hints: 0,
      solutionSeen: false,
    });
    const events = [
      opened('first'),
      null,
      'text',
      { v: VERSION, id: 'x' },
      { ...opened('x'), v: VERSION + 1 },
      { ...opened('x'), type: 'dream' },
      { ...opened('x'), v: 0 },
      { ...opened('x'), day: '2026-02-30' },
      { ...opened('x'), ts: -1 },
      { ...opened('x'), ts: 1e300 },
      { ...opened(''), id: '' },
      { ...opened('x'), subject: 'q' },
      { ...opened('x'), subject: { type: 'question' } },
      { ...attempt, texts: { '': 'x' } },
      { ...attempt, texts: { '': { sha256: '../../../etc/passwd' } } },
      { ...attempt, texts: { '': { sha256: HASH, text: 1 } } },
      event({ type: 'note', subject: QUESTION, text: 'mine' }, 'last'),
    ];
    const back = read({ canari: 1, events, texts: { [HASH]: 'long', short: 'no', [`${HASH}0`]: 'no' } });
    assert.deepEqual(
      back.events.map(({ id }) => id),
      ['first', 'e', 'last'],
      'what a record holds beyond its shape does no harm',
    );
    assert.deepEqual(back.texts, { [HASH]: 'long' });
    assert.deepEqual(
      back.faults.map(({ place, reason }) => `${place}: ${reason}`),
      [
        'events[1]: not a record',
        'events[2]: not a record',
        'events[3]: no stamp',
        'events[4]: written by a newer version',
        'events[5]: written by a newer version',
        'events[6]: no such version: 0',
        'events[7]: not of its shape: day',
        'events[8]: not of its shape: ts',
        'events[9]: not of its shape: ts',
        'events[10]: not of its shape: id',
        'events[11]: not of its shape: subject',
        'events[12]: not of its shape: subject.id',
        'events[13]: not of its shape: texts.',
        'events[14]: not of its shape: texts..sha256',
        'texts.short: not a text under its hash',
        `texts.${HASH}0: not a text under its hash`,
      ],
    );
  });

  it('with anything else in a place of a record never breaks the history', () => {
    const junk = some<unknown>(null, 'x', -1, 1.5, true, [], {}, [null], { id: 1 }, '__proto__');
    fc.assert(
      fc.property(record, fc.array(fc.nat(), { minLength: 1, maxLength: 4 }), junk, (sound, path, value) => {
        const broken = put(through(sound), path, value);
        const { events, faults } = read({ canari: 1, events: [broken], texts: {} });
        assert.equal(events.length + faults.length, 1);
        const history = fold(events);
        for (const id of history.touched) {
          history.entry(id);
          history.state(id);
          history.sitting(id, '2026-11-20');
        }
        assert.ok(History.from(history.snapshot()));
      }),
      { numRuns: 1_000 },
    );
  });

  it('that is none is refused', () => {
    const refused = (value: unknown, detail: RegExp) =>
      assert.throws(
        () => read(value),
        (thrown) =>
          isAppError(thrown) &&
          thrown.code === 'archive_invalid' &&
          thrown.params['path'] === 'data.json' &&
          detail.test(thrown.params['detail'] ?? ''),
      );
    for (const value of [null, 1, 'x', [], {}, { events: [], texts: {} }]) refused(value, /not an archive/);
    refused({ canari: 2, events: [], texts: {} }, /version 2, expected 1/);
    refused({ canari: '1', events: [], texts: {} }, /version "1"/);
    refused({ canari: 1, texts: {} }, /no events/);
    refused({ canari: 1, events: {}, texts: {} }, /no events/);
    refused({ canari: 1, events: [] }, /no texts/);
    refused({ canari: 1, events: [], texts: [] }, /no texts/);
  });
});

describe('the texts of records', () => {
  const [first, second, third] = ['1', '2', '3'].map((digit) => digit.repeat(64)) as [string, string, string];
  const attempt = event({
    type: 'attempt',
    subject: QUESTION,
    lang: 'en',
    texts: { a: { sha256: first }, b: { text: 'short' }, c: { sha256: second } },
    hints: 0,
    solutionSeen: false,
  });
  const graded = event({
    type: 'grade',
    attempt: 'e',
    grade: {
      v: 1,
      subject: QUESTION,
      lang: 'en',
      provenance: { by: 'offline' },
      status: 'graded',
      score: 1,
      points: [],
      pitfalls: [],
      checks: [],
    },
    trace: { sha256: third },
  });

  it('are all named by their hashes, each once', () => {
    assert.deepEqual(hashesOf([attempt, opened('x'), graded, attempt]), [first, second, third]);
  });

  it('take the form that they are kept in here', () => {
    const here = (whole: StudyEvent) =>
      withTexts(whole, (kept) => ('sha256' in kept && kept.sha256 !== first ? { text: 'here' } : kept));
    const moved = here(attempt);
    assert.deepEqual(moved, {
      ...attempt,
      texts: { a: { sha256: first }, b: { text: 'short' }, c: { text: 'here' } },
    });
    assert.deepEqual(here(graded), { ...graded, trace: { text: 'here' } });
    assert.equal(here(opened('x')).type, 'opened');
  });
});

/** The value with another one at a place: each number of the path names a field, counted round. */
function put(whole: unknown, [step = 0, ...rest]: readonly number[], value: unknown): unknown {
  if (typeof whole !== 'object' || whole === null) return value;
  const keys = Object.keys(whole).filter((key) => key !== 'v' && key !== 'type');
  const key = keys[step % Math.max(1, keys.length)];
  if (key === undefined) return value;
  const field = (whole as Record<string, unknown>)[key];
  const changed = rest.length === 0 ? value : put(field, rest, value);
  const copy = Array.isArray(whole) ? [...whole] : { ...whole };
  Object.defineProperty(copy, key, { value: changed, enumerable: true, configurable: true, writable: true });
  return copy;
}
