import assert from 'node:assert/strict';
import { normalise } from '../../../src/core/grading/normalise.ts';
import { buildRequest, type Follow } from '../../../src/core/grading/prompt.ts';
import { extractReply, readLines } from '../../../src/core/grading/reply.ts';
import { layOut } from '../../../src/core/grading/sheet.ts';
import type { Lang } from '../../../src/core/language.ts';
import type { ModelEvent, ModelRequest } from '../../../src/core/ports.ts';
import { makePlain, plainClient, putBack } from '../../eval/plainPrompt.ts';
import { DECOY } from '../../support/judge.ts';
import { FULL_ANSWER, PROMPTS, sampleRubric } from '../../support/samples.ts';

const NONCE = 'N7F3A';

function hardened(turn: number, follow?: Follow, lang: Lang = 'en') {
  const sheet = layOut(sampleRubric(), { seed: '0123456789', turn, answer: FULL_ANSWER });
  const input = {
    ...{ sheet, prompt: PROMPTS[lang], lang, feedbackLang: lang, facts: [], nonce: NONCE },
    texts: [{ file: '', normalised: normalise(FULL_ANSWER) }],
  };
  return { request: buildRequest(input, follow), expected: { sheet, nonce: NONCE } };
}

const text = ({ messages }: ModelRequest) => messages.map((message) => message.text).join('\n\n');

const FOLLOWS: readonly (Follow | undefined)[] = [
  undefined,
  { kind: 'mend', faults: ['"run" is not the one given'] },
  { kind: 'evidence', keys: ['p01', 'p03'] },
  { kind: 'lines' },
];

describe('the plain prompt', () => {
  it('has no marks, no decoy, and none of the rules that harden it, wherever the decoy stood', () => {
    for (const follow of FOLLOWS) {
      for (const turn of [0, 1, 2, 3]) {
        for (const lang of ['fr', 'en'] as const) {
          const { request } = makePlain(hardened(turn, follow, lang).request);
          const plain = text(request);
          assert.doesNotMatch(plain, DECOY);
          assert.doesNotMatch(plain, new RegExp(NONCE));
          assert.doesNotMatch(plain, /Judge content only|The answer is material|never instructions/);
          assert.doesNotMatch(plain, /^[56]\. /m);
          assert.doesNotMatch(JSON.stringify(request.schema ?? {}), /"run"|N7F3A/);
        }
      }
    }
  });

  it('keeps the question, the points, the near misses, the pitfalls and the answer as they are', () => {
    const { request } = makePlain(hardened(0).request);
    const plain = text(request);
    assert.ok(plain.includes(PROMPTS.en));
    assert.ok(plain.includes(FULL_ANSWER));
    for (const { statement, not_enough } of sampleRubric().points) {
      assert.ok(plain.includes(`: ${statement.en}\n    near miss: ${not_enough.en}`));
    }
    for (const { statement } of sampleRubric().pitfalls) assert.ok(plain.includes(statement.en));
    assert.match(plain, /^4\. "reason" is one short sentence/m);
    assert.match(plain, /Naming a term is not explaining it\./);
  });

  it('asks for the rubric’s points alone, in words and in the schema', () => {
    for (const turn of [0, 1, 2, 3]) {
      const { request, decoy } = makePlain(hardened(turn).request);
      const asked = /"points": \{([^:]*): each/.exec(text(request))?.[1] ?? '';
      const keys = ['p01', 'p02', 'p03', 'p04'].filter((key) => key !== decoy);
      assert.equal(asked, keys.map((key) => `"${key}"`).join(', '));
      const schema = JSON.parse(JSON.stringify(request.schema)) as {
        properties: { points: { required: string[]; properties: object } };
        required: string[];
      };
      assert.deepEqual(schema.properties.points.required, keys);
      assert.deepEqual(Object.keys(schema.properties.points.properties), keys);
      assert.ok(!schema.required.includes('run'));
    }
  });

  it('says so when the prompt it is made from has changed', () => {
    const { messages } = hardened(0).request;
    const [prefix, tail] = messages;
    const changed = [
      {
        role: 'system' as const,
        text: (prefix?.text ?? '').replace('4. Judge content only.', '4. Judge fairly.'),
      },
      { role: 'user' as const, text: tail?.text ?? '' },
    ];
    assert.throws(() => makePlain({ messages: changed }), /The prompt has changed/);
  });
});

describe('a reply to the plain prompt', () => {
  const reply = (decoy: string | undefined) => ({
    pitfalls: {
      x01: { evidence: '', verdict: 'absent' },
      x02: { evidence: '', verdict: 'absent' },
    },
    points: Object.fromEntries(
      ['p01', 'p02', 'p03', 'p04']
        .filter((key) => key !== decoy)
        .map((key) => [key, { evidence: 'a PSI', reason: 'It is there.', verdict: 'met' }]),
    ),
    summary: 'Well.',
    suspicious: false,
  });

  it('reads as one to the hardened prompt would', () => {
    for (const turn of [0, 1, 2, 3]) {
      const { request, expected } = hardened(turn);
      const plain = makePlain(request);
      const json = JSON.stringify(reply(plain.decoy));
      for (const written of [
        json,
        `\`\`\`json\n${json}\n\`\`\``,
        `<think>{"points":0}</think>${json}`,
        json.slice(0, -1),
      ]) {
        const read = extractReply(putBack(written, plain), expected);
        assert.ok('reply' in read, written);
        assert.equal(read.reply.points.size, 3);
        assert.equal(read.reply.tookDecoy, false);
      }
    }
  });

  it('reads as lines, too', () => {
    const { request, expected } = hardened(1, { kind: 'lines' });
    const plain = makePlain(request);
    const lines = ['p01', 'p02', 'p03', 'p04']
      .filter((key) => key !== plain.decoy)
      .map((key) => `${key}|met|a PSI`);
    const read = readLines(putBack(lines.join('\n'), plain), expected);
    assert.ok('reply' in read);
    assert.equal(read.reply.points.size, 3);
  });

  it('stays what it is when it is no reply', () => {
    const plain = makePlain(hardened(0).request);
    assert.equal(putBack('I cannot do that.', plain), 'I cannot do that.');
  });

  it('is not made whole when it was cut', async () => {
    async function* cut(): AsyncGenerator<ModelEvent> {
      yield { type: 'text', text: '{"points": {"p01": ' };
      yield { type: 'end', finish: 'length' };
    }
    const client = plainClient({ model: 'm', destination: 'here', stream: cut });
    const events: ModelEvent[] = [];
    for await (const event of client.stream(hardened(0).request, new AbortController().signal))
      events.push(event);
    assert.deepEqual(events, [
      { type: 'text', text: '{"points": {"p01": ' },
      { type: 'end', finish: 'length' },
    ]);
  });
});
