import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { Grade } from '../../../src/core/grading/grade.ts';
import { gradeAnswer } from '../../../src/core/grading/gradeAnswer.ts';
import { extractReply, PartialReader, readLines } from '../../../src/core/grading/reply.ts';
import { layOut } from '../../../src/core/grading/sheet.ts';
import { FakeModel, says } from '../../support/fakeModel.ts';
import type { SeenPrompt } from '../../support/judge.ts';
import { ANSWER, honest, marks, RUBRIC, rightly, SCORE, VERDICTS } from '../../support/malformed.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { PROMPTS } from '../../support/samples.ts';

type Mutation = (text: string) => string;

const at = (text: string, share: number) => Math.floor(text.length * share);
const share = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const size = fc.oneof(fc.constant(1), fc.integer({ min: 2, max: 12 }), fc.integer({ min: 20, max: 300 }));

// What breaks JSON, what passes for it, and what no text should hold.
const SPLINTERS = [
  ...[
    '{',
    '}',
    '[',
    ']',
    '"',
    ',',
    ':',
    '\\',
    '\\"',
    '\n',
    '\r\n',
    '\t',
    '\0',
    '\ud83d',
    '🐤',
    '“',
    '«',
    "'",
  ],
  ...[
    '`',
    '```',
    '<think>',
    '</think>',
    '//',
    '/*',
    '*/',
    '|',
    'met',
    'not_',
    '"verdict":"met"',
    'p01',
    'run',
  ],
  ...['{"points":{}}', 'null', 'NaN', '1e999', '__proto__', '"constructor":{}', '\u202e', 'é', '漢'],
];

const onSlice = (change: (slice: string) => string) =>
  fc.tuple(share, size).map(
    ([from, length]): Mutation =>
      (text) => {
        const start = at(text, from);
        return text.slice(0, start) + change(text.slice(start, start + length)) + text.slice(start + length);
      },
  );

const swapped = fc.tuple(share, share, size, size).map(
  ([one, other, oneSize, otherSize]): Mutation =>
    (text) => {
      const [first, second] = [at(text, Math.min(one, other)), at(text, Math.max(one, other))];
      const end = Math.min(first + oneSize, second);
      return (
        text.slice(0, first) +
        text.slice(second, second + otherSize) +
        text.slice(end, second) +
        text.slice(first, end) +
        text.slice(second + otherSize)
      );
    },
);

const moved = fc.tuple(share, share, size).map(
  ([from, to, length]): Mutation =>
    (text) => {
      const slice = text.slice(at(text, from), at(text, from) + length);
      return text.slice(0, at(text, to)) + slice + text.slice(at(text, to));
    },
);

const inserted = fc
  .tuple(share, fc.oneof(fc.constantFrom(...SPLINTERS), fc.string({ unit: 'binary', maxLength: 8 })))
  .map(
    ([where, splinter]): Mutation =>
      (text) =>
        text.slice(0, at(text, where)) + splinter + text.slice(at(text, where)),
  );

// Another word for the n-th verdict, and two strings that have changed places.
const turned = fc
  .tuple(
    fc.nat(7),
    fc.constantFrom('met', 'not_met', 'contradicted', 'MET', 'partial', 'maybe', 'present', ''),
  )
  .map(
    ([n, word]): Mutation =>
      (text) => {
        let count = 0;
        return text.replace(/("verdict":)"\w*"/g, (all, key: string) =>
          count++ === n ? `${key}"${word}"` : all,
        );
      },
  );
const exchanged = fc.tuple(fc.nat(60), fc.nat(60)).map(
  ([one, other]): Mutation =>
    (text) => {
      const strings = text.match(/"(?:[^"\\]|\\.)*"/g) ?? [];
      const [first, second] = [strings[one % (strings.length || 1)], strings[other % (strings.length || 1)]];
      if (!first || !second) return text;
      return text.replaceAll(/"(?:[^"\\]|\\.)*"/g, (all) =>
        all === first ? second : all === second ? first : all,
      );
    },
);

const wraps: readonly Mutation[] = [
  (text) => `\`\`\`json\n${text}\n\`\`\``,
  (text) => `<think>${text}`,
  (text) => `<think>${text}</think>`,
  (text) => `<think>${text}</think>${text}`,
  (text) => `Here it is: ${text} Well?`,
  (text) => `[${text}]`,
  (text) => `{"reply": ${text}}`,
  (text) => `{"points": ${text}, "run": "AAAAA"}`,
  (text) => JSON.stringify(text),
  (text) => `${text}${text}`,
  (text) => `${'{"a":'.repeat(20)}${text}${'}'.repeat(20)}`,
  (text) => text.replaceAll('"', "'"),
  (text) => text.replaceAll('"', '”'),
  (text) => text.replaceAll('"', ''),
  (text) => [...text].reverse().join(''),
  (text) => text.toUpperCase(),
  (text) => text.toLowerCase(),
  (text) => text.replace(/"p\d\d"/g, '"p01"'),
  (text) => text.replaceAll('not_met', 'met'),
  () => '',
];

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  onSlice(() => ''),
  onSlice((slice) => slice + slice),
  onSlice((slice) => slice.toUpperCase()),
  onSlice((slice) => [...slice].reverse().join('')),
  swapped,
  moved,
  inserted,
  inserted,
  turned,
  exchanged,
  share.map(
    (end): Mutation =>
      (text) =>
        text.slice(0, at(text, end)),
  ),
  share.map(
    (start): Mutation =>
      (text) =>
        text.slice(at(text, start)),
  ),
  fc.constantFrom(...wraps),
);

const damage = fc.array(mutation, { minLength: 1, maxLength: 4 }).map(
  (steps): Mutation =>
    (text) =>
      steps.reduce((mutated, step) => step(mutated), text),
);

interface Outcome {
  readonly grade: Grade;
  readonly calls: number;
  /** What the model wrote, with what it had been asked. */
  readonly written: readonly (readonly [text: string, prompt: SeenPrompt])[];
}

/** Grades by a model whose replies are damaged one after the other; when none is left, it is honest. */
async function gradeBy(damages: readonly Mutation[], isForever: boolean): Promise<Outcome> {
  const written: [string, SeenPrompt][] = [];
  const model = new FakeModel((prompt) => {
    const count = written.length;
    const harm = damages[isForever ? count % damages.length : count] ?? ((text) => text);
    const text = harm(rightly(honest(prompt), prompt));
    written.push([text, prompt]);
    return says(text, 1_000);
  });
  const clock = new ManualClock();
  const grade = await gradeAnswer(
    { subject: { type: 'question', id: 'drift' }, files: { '': ANSWER }, lang: 'en', feedbackLang: 'en' },
    { rubric: RUBRIC, prompts: PROMPTS, scaffolds: [] },
    {
      random: marks(),
      clock,
      hash: (text) => createHash('sha256').update(text).digest('hex'),
      grader: async () => ({ kind: 'model', client: model }),
      onProgress: () => undefined,
    },
    new AbortController().signal,
  );
  assert.equal(clock.pending, 0);
  return { grade, calls: model.requests.length, written };
}

const words = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

// Whether a model wrote for this very point that it is met, with a passage of which most words are there.
function saysMet({ written }: Outcome, place: number, quote: string): boolean {
  return written.some(([text, { points, statements }]) => {
    const key = points[statements.indexOf(RUBRIC.points[place]?.statement.en ?? '')];
    if (key === undefined) return false;
    const parts = text.split(new RegExp(key.replace(/0/, '0?'), 'i')).slice(1);
    return parts.some((part) => {
      const said = new Set(words(part));
      const shared = words(quote).filter((word) => said.has(word));
      return /met|yes|true/i.test(part) && shared.length >= words(quote).length / 2;
    });
  });
}

function judgeOutcome(outcome: Outcome): void {
  const { grade, calls } = outcome;
  assert.ok(calls <= 9, `${calls} calls`);
  if (grade.status === 'not_graded') {
    assert.equal(grade.score, null);
    assert.ok(
      ['reply_malformed', 'reply_empty', 'judge_unreliable'].includes(grade.failure?.code ?? ''),
      grade.failure?.code,
    );
    assert.ok(grade.points.every(({ verdict }) => verdict === 'unjudged'));
    return;
  }
  assert.ok(grade.score !== null && grade.score >= 0 && grade.score <= 1, String(grade.score));
  for (const [place, { verdict, evidence }] of grade.points.entries()) {
    if (verdict !== 'met') continue;
    assert.ok(evidence && evidence.quote !== '' && ANSWER.includes(evidence.quote));
    if (VERDICTS[place] !== 'met') assert.ok(saysMet(outcome, place, evidence.quote), `point ${place}`);
  }
}

describe('a reply that was damaged anyhow', () => {
  it('gives the honest verdicts, or lower ones, or none at all: 1,000 of 1,000', async function () {
    this.timeout(60_000);
    const seen = { honest: 0, other: 0, none: 0, most: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(damage, { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        async (damages, isForever) => {
          const outcome = await gradeBy(damages, isForever);
          judgeOutcome(outcome);
          const isHonest = outcome.grade.points.every(({ verdict }, i) => verdict === VERDICTS[i]);
          seen[outcome.grade.status === 'not_graded' ? 'none' : isHonest ? 'honest' : 'other'] += 1;
          seen.most = Math.max(seen.most, outcome.calls);
        },
      ),
      { numRuns: 1_000, seed: 20_261_122 },
    );
    // A property that never sees one of its cases shows nothing about it.
    assert.ok(seen.honest > 300 && seen.none > 30 && seen.other > 0, JSON.stringify(seen));
  });

  it('gives the whole score when it is not damaged at all', async () => {
    const { grade, calls } = await gradeBy([], false);
    assert.deepEqual(
      grade.points.map(({ verdict }) => verdict),
      VERDICTS,
    );
    assert.ok(Math.abs((grade.score ?? 0) - SCORE) < 1e-9);
    assert.equal(calls, 1);
  });

  const LENGTH = 200_000;
  const sheet = layOut(RUBRIC, { seed: '00', answer: ANSWER });
  const expected = { sheet, nonce: 'N7F3A' };
  const fill = (unit: string, end = '') => {
    const times = Math.floor(LENGTH / (unit.length + end.length));
    return unit.repeat(times) + end.repeat(times);
  };
  const HEAPS: Readonly<Record<string, string>> = {
    'opening braces': fill('{'),
    'braces with a quote': fill('{"'),
    'objects that are never closed': fill('{"a":'),
    'objects inside each other': `${fill('{"a":', '}')}`,
    'points inside each other': `${fill('{"p02":', '}')}`,
    'whole points inside each other': fill('{"p02":', '}').replace(':}', ':{}}'),
    'closed objects side by side': fill('{"a":1}'),
    'empty objects': fill('{}'),
    'braces with keys without quotes': fill('{a:'),
    'single quotes': fill("{'"),
    quotes: fill('"'),
    'quotes with backslashes': fill('\\"'),
    'strings inside strings': `"${'\\'.repeat(LENGTH)}"`,
    'lists inside each other': fill('[', ']'),
    'comments that never end': fill('{/*'),
    'comments to the end of the line': fill('{//'),
    'thoughts that never end': fill('<think>{"'),
    'thoughts side by side': fill('<think>{</think>'),
    'blanks after braces': `${fill('{\n')}`,
    'a brace and blanks': `{${' '.repeat(LENGTH)}`,
    'points of a table': fill('p01|met|"a"\n'),
    bars: fill('p01|'),
    'blanks in a line': `p01|met|${' '.repeat(LENGTH)}|`,
    'letters after a brace': `{${'a'.repeat(LENGTH)}`,
    'a half reply and braces': `{"run": "N7F3A", "points": {"p01": {"verdict": "met", "evidence": "${fill('{"')}`,
  };
  for (const [what, heap] of Object.entries(HEAPS)) {
    it(`is read within a second when it is a heap of ${heap.length.toLocaleString('en')} characters: ${what}`, () => {
      for (const read of [
        () => extractReply(heap, expected),
        () => readLines(heap, expected),
        () => {
          const reader = new PartialReader(expected);
          for (let i = 0; i < heap.length; i += 50) reader.feed(heap.slice(i, i + 50));
        },
      ]) {
        const start = process.cpuUsage();
        read();
        const { user, system } = process.cpuUsage(start);
        const took = (user + system) / 1000;
        assert.ok(took < 1_000, `${Math.round(took)} ms: ${read}`);
      }
    });
  }
});
