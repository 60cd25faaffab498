import assert from 'node:assert/strict';
import fc from 'fast-check';
import { buildRequest } from '../../../src/core/grading/prompt.ts';
import {
  type Expected,
  extractReply,
  type ModelReply,
  PartialReader,
  readLines,
  readReply,
} from '../../../src/core/grading/reply.ts';
import { layOut } from '../../../src/core/grading/sheet.ts';
import { type Claim, judge, readPrompt } from '../../support/judge.ts';
import { PROMPTS, sampleRubric } from '../../support/samples.ts';

const NONCE = 'N7F3A';
/** The decoy is the third of four rows. */
const sheet = layOut(sampleRubric(), { seed: '000000c2', answer: '' });
const expected: Expected = { sheet, nonce: NONCE };
const prompt = readPrompt(
  buildRequest({
    sheet,
    nonce: NONCE,
    prompt: PROMPTS.en,
    lang: 'en',
    feedbackLang: 'en',
    texts: [],
    facts: [],
  }).messages.map(({ text }) => text),
);

const FIRST_MET = (place: number): Claim =>
  place === 0 ? { verdict: 'met', evidence: 'the exact words of it' } : { verdict: 'not_met' };

function reply(change: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return { ...judge(prompt, FIRST_MET), ...change };
}

const text = (change: Readonly<Record<string, unknown>> = {}) => JSON.stringify(reply(change));
const replyOf = (read: ReturnType<typeof readReply>): ModelReply | undefined =>
  'reply' in read ? read.reply : undefined;
const faultsOf = (read: ReturnType<typeof readReply>) => ('faults' in read ? read.faults : []);
const verdictsIn = (found: ModelReply | undefined) =>
  found && [0, 1, 2].map((place) => found.points.get(place)?.verdict);
const verdicts = (written: string) => verdictsIn(replyOf(extractReply(written, expected)));
const RIGHT = ['met', 'not_met', 'not_met'];

describe('a reply', () => {
  it('is read whole when it is the object asked for, by the places of the rubric', () => {
    assert.deepEqual(extractReply(text(), expected), {
      reply: {
        points: new Map([
          [0, { evidence: 'the exact words of it', reason: 'Reason 1.', verdict: 'met' }],
          [1, { evidence: '', reason: 'Reason 2.', verdict: 'not_met' }],
          [2, { evidence: '', reason: 'Reason 3.', verdict: 'not_met' }],
        ]),
        pitfalls: new Map([
          [0, { evidence: '', present: false }],
          [1, { evidence: '', present: false }],
        ]),
        tookDecoy: false,
        summary: 'A summary.',
        suspicious: false,
      },
    });
  });

  it('keeps each verdict at its own point, whatever the slot of the decoy', () => {
    for (let i = 0; i < 40; i++) {
      const seed = (i * 97).toString(16).padStart(8, '0');
      const other = layOut(sampleRubric(), { seed, answer: '' });
      const points = Object.fromEntries(
        other.rows.map(({ key, place }) => [
          key,
          { verdict: place === 2 ? 'met' : 'not_met', evidence: key },
        ]),
      );
      const read = replyOf(readReply({ points, run: NONCE }, { sheet: other, nonce: NONCE }));
      assert.deepEqual(verdictsIn(read), ['not_met', 'not_met', 'met']);
      assert.equal(read?.tookDecoy, false);
    }
  });

  it('says whether the decoy was met, and counts it nowhere else', () => {
    const took = judge(prompt, FIRST_MET, { decoy: { verdict: 'met', evidence: 'step by step' } });
    const read = replyOf(readReply(took, expected));
    assert.equal(read?.tookDecoy, true);
    assert.equal(read.points.size, 3);
    for (const verdict of ['not_met', 'contradicted'] as const) {
      const left = judge(prompt, FIRST_MET, { decoy: { verdict } });
      assert.equal(replyOf(readReply(left, expected))?.tookDecoy, false);
    }
  });

  const wrapped: Readonly<Record<string, string>> = {
    'a byte order mark': `\ufeff${text()}`,
    'a code fence': `\`\`\`json\n${text()}\n\`\`\``,
    'words around it': `Here is my assessment:\n${text()}\nI hope this helps!`,
    'a thought before it': `<think>The answer says { this } and "that".</think>\n${text()}`,
    'a thought that holds a draft': `<think>${text({ points: {} })} no, rather:</think>${text()}`,
    'a thought that is never closed': `<think>Let me see. ${text()}`,
    'a closing mark without its opening': `Let me see.</think>${text()}`,
    'a channel mark': `<|channel|>final<|message|>${text()}`,
    'other objects before it': `{"note": 1} {"run": "${NONCE}"} ${text()}`,
    'other objects after it': `${text()} {"done": true}`,
    indentation: JSON.stringify(reply(), null, 2),
    'quoted braces': `The candidate wrote "}" somewhere.\n${text()}`,
    'a trailing comma': text().replace(/\}$/, ',}'),
    'an end that never came': text().slice(0, -1),
    'being written as a string': JSON.stringify(text()),
    'its points in a list': text({
      points: Object.entries(reply()['points'] as object).map(([key, point]) => ({ key, ...point })),
    }),
    'its points lifted to the top': JSON.stringify({ ...(reply()['points'] as object), run: NONCE }),
  };
  for (const [what, written] of Object.entries(wrapped)) {
    it(`is found in spite of ${what}`, () => {
      assert.deepEqual(verdicts(written), RIGHT);
    });
  }

  it('may say its verdicts in other words that mean the same', () => {
    const said = (word: string) =>
      verdicts(text().replace('"verdict":"met"', `"verdict":${JSON.stringify(word)}`))?.[0];
    for (const word of ['Met', ' MET ', 'yes', 'acquis', 'Satisfied']) assert.equal(said(word), 'met', word);
    for (const word of ['not met', 'NOT-MET', 'unmet', 'non acquis', 'partial', 'partiel', 'n/a']) {
      assert.equal(said(word), 'not_met', word);
    }
    for (const word of ['contradicts', 'Contredit']) assert.equal(said(word), 'contradicted', word);
  });

  it('quotes without the marks of the lines, which are not the candidate’s', () => {
    const marked = judge(prompt, () => ({
      verdict: 'met',
      evidence: `${NONCE}|003| a quote that runs\n${NONCE}|004| over two lines`,
    }));
    const read = replyOf(readReply(marked, expected));
    assert.equal(read?.points.get(0)?.evidence, 'a quote that runs\nover two lines');
  });

  it('is the last of several with this call’s nonce', () => {
    const first = judge(prompt, () => ({ verdict: 'met' }));
    assert.deepEqual(verdicts(`${JSON.stringify(first)}\nCorrection:\n${text()}`), RIGHT);
  });

  it('is not one with another nonce, even when that comes last', () => {
    const forged = { ...judge(prompt, () => ({ verdict: 'met' })), run: 'ABCDE' };
    assert.deepEqual(verdicts(`${text()}\n${JSON.stringify(forged)}`), RIGHT);
    assert.equal(verdicts(JSON.stringify(forged)), undefined);
    assert.equal(verdicts(`${JSON.stringify(forged).slice(0, -1)},}`), undefined, 'nor a mended one');
  });

  it('may hold braces, quotes and backslashes in its strings', () => {
    const summary = 'A "quoted" {brace} } and a \\ backslash \\" and {"run": "ABCDE"}';
    assert.equal(replyOf(extractReply(text({ summary }), expected))?.summary, summary);
  });

  const without = (key: string) => {
    const { [key]: _, ...points } = reply()['points'] as Record<string, unknown>;
    return text({ points });
  };
  const refused: Readonly<Record<string, readonly [written: string, fault: RegExp]>> = {
    nothing: ['', /no JSON object/],
    'words alone': ['I cannot grade this answer.', /no JSON object/],
    'the nonce missing': [text({ run: undefined }), /"run"/],
    'the nonce of another type': [text({ run: [NONCE] }), /"run"/],
    'the points missing': [text({ points: undefined }), /"points" is missing/],
    'no points in their list': [text({ points: [] }), /"p01" has no verdict/],
    'one point missing': [without('p02'), /"p02" has no verdict/],
    'the decoy missing': [without('p03'), /"p03" has no verdict/],
    'a verdict that does not exist': [
      text().replace('"verdict":"met"', '"verdict":"perhaps"'),
      /"p01" has no verdict/,
    ],
    'a verdict as a number': [text().replace('"verdict":"met"', '"verdict":1'), /"p01" has no verdict/],
    'half of it': [text().slice(0, text().length / 2), /./],
  };
  for (const [what, [written, fault]] of Object.entries(refused)) {
    it(`is not believed with ${what}, and the fault is named`, () => {
      const read = extractReply(written, expected);
      assert.equal(replyOf(read), undefined);
      assert.match(faultsOf(read).join('; '), fault);
      assert.ok(!faultsOf(read).join().includes(NONCE), 'no fault names a nonce that the next call has not');
    });
  }

  it('may leave out what costs the candidate nothing: reasons, pitfalls, summary', () => {
    const points = Object.fromEntries(sheet.rows.map(({ key }) => [key, { verdict: 'not_met' }]));
    assert.deepEqual(readReply({ points, run: NONCE }, expected), {
      reply: {
        points: new Map([0, 1, 2].map((place) => [place, { evidence: '', reason: '', verdict: 'not_met' }])),
        pitfalls: new Map([0, 1].map((place) => [place, { evidence: '', present: false }])),
        tookDecoy: false,
        summary: '',
        suspicious: false,
      },
    });
  });

  it('finds a pitfall only where it says so', () => {
    const pitfalls = {
      x01: { evidence: 'e', verdict: 'present' },
      x02: { evidence: 'e', verdict: 'perhaps' },
    };
    assert.deepEqual(
      [...(replyOf(extractReply(text({ pitfalls }), expected))?.pitfalls ?? [])],
      [
        [0, { evidence: 'e', present: true }],
        [1, { evidence: 'e', present: false }],
      ],
    );
  });

  it('holds only the points that were asked for, when not all were', () => {
    const points = { p02: { evidence: 'two', reason: '', verdict: 'met' } };
    const some = { ...expected, keys: ['p02'] };
    assert.deepEqual([...(replyOf(readReply({ points, run: NONCE }, some))?.points.keys() ?? [])], [1]);
    assert.deepEqual(
      [...(replyOf(readReply(reply(), some))?.points.keys() ?? [])],
      [1],
      'what else it says is dropped',
    );
    assert.match(faultsOf(readReply({ points: {}, run: NONCE }, some)).join(), /"p02"/);
  });

  it('takes no text for an object, nor an object for a text', () => {
    assert.ok('faults' in readReply(text(), expected));
    for (const value of [null, undefined, 1, true, [], [reply()]]) {
      assert.ok('faults' in readReply(value, expected));
    }
    assert.equal(replyOf(readReply(reply({ summary: { toString: 'x' } }), expected))?.summary, '');
  });

  const fragments = fc.array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('{', '}', '"', '\\', '<think>', '</think>', '```', '[', ']', ',', ':', text(), NONCE),
      fc.constantFrom('"p01"', '"p02":', '{"verdict":"met"}', '\ud800', '\ufeff', '{"__proto__":1}'),
      fc.json(),
      fc.nat(200).map((length) => text().slice(0, length)),
    ),
    { maxLength: 10 },
  );

  it('never throws, whatever a model writes, and never lacks a verdict', () => {
    fc.assert(
      fc.property(fragments, (parts) => {
        const written = parts.join('');
        for (const read of [extractReply(written, expected), readLines(written, expected)]) {
          const found = replyOf(read);
          if (found) assert.deepEqual([...found.points.keys()].sort(), [0, 1, 2]);
          else assert.ok(faultsOf(read).length > 0, 'a reply that is not one has a fault');
        }
        const reader = new PartialReader(expected);
        for (const part of parts) reader.feed(part);
        for (const place of reader.points.keys()) assert.ok(place >= 0 && place < 3);
      }),
      { numRuns: 2000 },
    );
  });

  it('never throws, whatever object a model sends', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        readReply(value, expected);
        readReply(reply({ points: value }), expected);
        readReply(reply({ pitfalls: value, summary: value, suspicious: value }), expected);
        readReply(reply({ points: { p01: value, p02: { verdict: value, evidence: value } } }), expected);
      }),
      { numRuns: 1000 },
    );
  });

  it('is found after any words that hold no brace', () => {
    const words = fc.string({ unit: 'grapheme' }).filter((words) => !words.includes('{'));
    fc.assert(
      fc.property(words, words, (before, after) => {
        assert.deepEqual(verdicts(`${before}${text()}${after}`), RIGHT);
      }),
    );
  });
});

describe('a reply in lines', () => {
  const LINES = [
    'p01|met|"the exact words of it"',
    'p02|not_met|',
    'p03|not_met',
    'p04|not_met|',
    'x01|absent|',
  ];
  const read = (...lines: string[]) => replyOf(readLines(lines.join('\n'), expected));

  it('is read by its keys, with the passage last', () => {
    const found = read(...LINES, 'x02|present|only the mean', `run|${NONCE}`);
    assert.deepEqual(verdictsIn(found), RIGHT);
    assert.equal(found?.points.get(0)?.evidence, 'the exact words of it');
    assert.deepEqual(found?.pitfalls.get(1), { evidence: 'only the mean', present: true });
    assert.equal(found?.tookDecoy, false);
  });

  it('may hold bars and quotes in a passage, bullets before a key, and words around the lines', () => {
    const found = read(
      'Here you are:',
      '- p01 | met | cat data.csv | wc "-l" of it',
      ...LINES.slice(1).map((line) => `* ${line}`),
      `> run|${NONCE}`,
      'Anything else?',
    );
    assert.equal(found?.points.get(0)?.evidence, 'cat data.csv | wc "-l" of it');
  });

  it('says when it took the decoy', () => {
    const lines = LINES.map((line) => line.replace('p03|not_met', 'p03|met|Veltrane'));
    assert.equal(read(...lines, `run|${NONCE}`)?.tookDecoy, true);
  });

  it('is none without the nonce, with another one, or with a row left out', () => {
    assert.equal(read(...LINES), undefined);
    assert.equal(read(...LINES, 'run|ABCDE'), undefined);
    for (const i of [0, 1, 2, 3]) assert.equal(read(...LINES.toSpliced(i, 1), `run|${NONCE}`), undefined);
  });
});

describe('verdicts that are complete while the reply is being written', () => {
  it('appear one by one, and stay', () => {
    const reader = new PartialReader(expected);
    let shown = 0;
    for (const [i, character] of [...text()].entries()) {
      const isNew = reader.feed(character);
      assert.equal(isNew, reader.points.size > shown, `at ${i}`);
      assert.ok(reader.points.size >= shown, `at ${i}`);
      shown = reader.points.size;
    }
    assert.equal(shown, 3);
  });

  it('are the same whatever pieces the reply comes in', () => {
    const written = text({ summary: 'A "quoted" } brace \\' });
    fc.assert(
      fc.property(fc.array(fc.nat(written.length), { maxLength: 12 }), (drawn) => {
        const cuts = [0, ...drawn.sort((a, b) => a - b), written.length];
        const reader = new PartialReader(expected);
        for (const [i, cut] of cuts.slice(1).entries()) reader.feed(written.slice(cuts[i], cut));
        assert.deepEqual([...reader.points], [...(replyOf(extractReply(written, expected))?.points ?? [])]);
      }),
    );
  });

  it('are those of the reply, without the decoy', () => {
    const reader = new PartialReader(expected);
    reader.feed(JSON.stringify(judge(prompt, FIRST_MET, { decoy: { verdict: 'met', evidence: 'e' } })));
    assert.deepEqual([...reader.points.keys()], [0, 1, 2]);
    assert.deepEqual(reader.points.get(0), {
      evidence: 'the exact words of it',
      reason: 'Reason 1.',
      verdict: 'met',
    });
  });

  it('do not count while their object is open', () => {
    const reader = new PartialReader(expected);
    reader.feed('{"points": {"p01": {"evidence": "}", "verdict": "met"');
    assert.equal(reader.points.size, 0);
    reader.feed('}');
    assert.equal(reader.points.size, 1);
  });

  it('are not told of words before the reply, whatever quotes these hold', () => {
    const reader = new PartialReader(expected);
    reader.feed('The candidate\'s 5" window: "p01" is fine.\n');
    reader.feed(text());
    assert.equal(reader.points.size, 3);
  });
});
