import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import type { Grade } from '../../../src/core/grading/grade.ts';
import type { Exchange } from '../../../src/core/grading/trace.ts';
import type { Key, Params } from '../../../src/vscode/l10n.ts';
import { traceText } from '../../../src/vscode/traceText.ts';

const TEXTS = JSON.parse(fs.readFileSync('l10n/en.json', 'utf8')) as Record<string, string>;
const l10n = {
  lang: 'en' as const,
  t: (key: Key, params: Params = {}) =>
    (TEXTS[key] ?? key).replace(/\{(\w+)\}/g, (_place, name: string) => String(params[name] ?? name)),
};
const report = { message: ({ code }: { code: string }) => `failed: ${code}` };

const GRADE: Grade = {
  v: 1,
  subject: { type: 'question', id: 'q' },
  lang: 'en',
  provenance: { by: 'model', model: 'm', destination: 'd' },
  status: 'graded',
  score: 0,
  points: [],
  pitfalls: [],
  checks: [],
};
const CALL: Exchange = {
  purpose: 'reading',
  startedAt: Date.UTC(2026, 10, 22),
  milliseconds: 1_234,
  sent: [{ url: 'https://example.org/v1', body: '{"model":"m","messages":["hi"]}' }],
  received: '{"run":"X"}',
  usage: { input: 1200, output: 34 },
};

const text = (exchanges: readonly Exchange[], grade: Partial<Grade> = {}) =>
  traceText({ grade: { ...GRADE, ...grade }, trace: { v: 1, exchanges }, title: 'A title' }, l10n, report);

describe('the document of what was sent and received', () => {
  it('tells of each call what for, when, how long, how many tokens, where to', () => {
    const shown = text([CALL, { ...CALL, purpose: 'vote' }]);
    assert.match(shown, /## Call 1 of 2: first reading of the answer/);
    assert.match(shown, /## Call 2 of 2: a further reading/);
    assert.match(shown, /Duration: 1\.2 s/);
    assert.match(shown, /Tokens: 1,200 sent, 34 received/);
    assert.match(shown, /`https:\/\/example\.org\/v1`/);
  });

  it('has the body on several lines, and the raw one where it is no JSON', () => {
    assert.ok(text([CALL]).includes('```json\n{\n  "model": "m",\n  "messages": [\n    "hi"\n  ]\n}\n```'));
    const broken = { ...CALL, sent: [{ url: 'u', body: '{"model":' }], received: 'plain words' };
    assert.ok(text([broken]).includes('```text\n{"model":\n```'));
    assert.ok(text([broken]).includes('```text\nplain words\n```'));
  });

  it('keeps what models and candidates wrote inside fences that they cannot close', () => {
    const attack = '```\n# Heading\n````\n[link](command:evil) ![](https://example.org/x.png)';
    const shown = text([{ ...CALL, received: attack, reasoning: attack }]);
    assert.equal(shown.split(`\`\`\`\`\`text\n${attack}\n\`\`\`\`\``).length, 3);
  });

  it('shows each form in which a request was sent, a failure, and an empty reply', () => {
    const sent = [...CALL.sent, ...CALL.sent];
    const failure = { code: 'reply_empty', params: {} } as const;
    const shown = text([{ ...CALL, sent, received: '', failure }]);
    assert.match(shown, /Sent, form 1 of 2[\s\S]*Sent, form 2 of 2/);
    assert.match(shown, /failed: reply_empty/);
    assert.match(shown, /### Received\n\nNothing\./);
    assert.match(text([{ ...CALL, sent: [] }]), /did not leave the machine/);
  });

  it('says that nothing left the machine, that a record is gone, or that a grade was kept', () => {
    const without = (grade: Partial<Grade>) =>
      traceText({ grade: { ...GRADE, ...grade }, title: 'A title' }, l10n, report);
    for (const by of ['gate', 'offline', 'self', 'none'] as const)
      assert.match(without({ provenance: { by } }), /Nothing left this machine/);
    assert.match(without({}), /No record/);
    assert.match(text([CALL], { repeats: Date.UTC(2026, 0, 1) }), /kept[\s\S]*first reading/);
  });
});
