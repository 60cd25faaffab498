import assert from 'node:assert/strict';
import { parseChildMessage } from '../../../src/adapters/sandbox/protocol.ts';
import { outcomeOf } from '../../../src/adapters/sandbox/violations.ts';

const FILES = { 'main.py': 'first\n    second line  \n\nlast', 'other.py': 'x' };

function ran(...violations: unknown[]) {
  return outcomeOf(JSON.stringify({ state: 'ran', violations }), FILES, 'main.py');
}

function rangeOf(violation: object) {
  const outcome = ran({ rule: 'a-rule', ...violation });
  const range = outcome.state === 'ran' ? outcome.violations[0]?.range : undefined;
  return range && [range.start.line, range.start.column, range.end.line, range.end.column];
}

describe('what a check program reports', () => {
  it('becomes ranges that count from 0', () => {
    assert.deepEqual(rangeOf({ line: 2, col: 5, end_line: 2, end_col: 11 }), [1, 4, 1, 10]);
    assert.deepEqual(rangeOf({ line: 2, col: 5 }), [1, 4, 1, 15]);
    assert.deepEqual(rangeOf({ line: 2 }), [1, 4, 1, 15]);
    assert.deepEqual(rangeOf({ line: 1, col: 2, end_col: 4 }), [0, 1, 0, 3]);
  });

  it('is clamped to the file', () => {
    assert.deepEqual(rangeOf({ line: 99 }), [3, 0, 3, 4]);
    assert.deepEqual(rangeOf({ line: 1, col: 99, end_line: 99, end_col: 99 }), [0, 5, 3, 4]);
    assert.deepEqual(rangeOf({ line: 2, col: 9, end_line: 1, end_col: 1 }), [1, 8, 1, 8]);
    assert.deepEqual(rangeOf({ line: 3 }), [2, 0, 2, 0]);
  });

  it('keeps its file and its values', () => {
    assert.deepEqual(ran({ rule: 'a-rule', file: 'other.py', line: 1, params: { name: 'x' } }), {
      state: 'ran',
      violations: [
        {
          rule: 'a-rule',
          file: 'other.py',
          range: { start: { line: 0, column: 0 }, end: { line: 0, column: 1 } },
          params: { name: 'x' },
        },
      ],
    });
  });

  it('is refused as a crash when its shape is unknown', () => {
    for (const bad of [
      null,
      'text',
      [],
      {},
      { rule: 'Not A Slug', line: 1 },
      { rule: 'a', line: 0 },
      { rule: 'a', line: '1' },
      { rule: 'a', line: 1.5 },
      { rule: 'a', line: 1, col: -1 },
      { rule: 'a', line: 1, end_line: 1, col: 1 },
      { rule: 'a', line: 1, file: 'nowhere.py' },
      { rule: 'a', line: 1, file: 'constructor' },
      { rule: 'a', line: 1, file: 3 },
      { rule: 'a', line: 1, params: { n: 3 } },
      { rule: 'a', line: 1, params: [] },
      { rule: 'x'.repeat(61), line: 1 },
    ]) {
      const outcome = ran(bad);
      assert.equal(outcome.state === 'not_run' && outcome.code, 'sandbox_crashed', JSON.stringify(bad));
    }
  });

  it('is refused as a crash when the answer is none', () => {
    for (const answer of [
      '',
      'null',
      '[]',
      '{}',
      '{"state":"ran"}',
      '{"state":"ran","violations":{}}',
      '{"state":"won"}',
    ]) {
      const outcome = outcomeOf(answer, FILES, 'main.py');
      assert.equal(outcome.state === 'not_run' && outcome.code, 'sandbox_crashed', answer);
    }
  });

  it('says what could not be judged, and why', () => {
    const codes = ['undecided', 'interrupted', 'memory', 'check_failed'].map((state) => {
      const outcome = outcomeOf(JSON.stringify({ state, detail: 'why' }), FILES, 'main.py');
      return outcome.state === 'not_run' ? [outcome.code, outcome.detail] : [];
    });
    assert.deepEqual(codes, [
      ['not_modelled', 'why'],
      ['sandbox_timeout', 'still running at why'],
      ['sandbox_memory', ''],
      ['sandbox_crashed', 'check program: why'],
    ]);
  });
});

describe('a line of the child', () => {
  it('is taken when it is a message', () => {
    const ready = { type: 'ready', restored: true, permission: false };
    const result = { type: 'result', ending: 'ran', text: '{}' };
    assert.deepEqual(parseChildMessage(JSON.stringify(ready)), ready);
    assert.deepEqual(parseChildMessage(JSON.stringify({ ...result, more: 1 })), result);
  });

  it('is nothing otherwise', () => {
    for (const line of [
      '',
      'null',
      '"ready"',
      '{"type":"ready"}',
      '{"type":"result","ending":"won","text":""}',
      '{"type":"result","ending":"constructor","text":""}',
      '{"type":"result","ending":"ran","text":1}',
      '{"type":"NODE_HANDLE"}',
      `{"type":"result","ending":"ran","text":"${'x'.repeat(2_000_000)}"}`,
    ]) {
      assert.equal(parseChildMessage(line), undefined, line.slice(0, 60));
    }
  });
});
