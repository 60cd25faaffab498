import assert from 'node:assert/strict';
import fc from 'fast-check';
import { evaluate } from '../../../src/core/checks/expr/evaluate.ts';
import { ExprError, parseExpr } from '../../../src/core/checks/expr/syntax.ts';
import type { Value } from '../../../src/core/checks/expr/values.ts';

function value(text: string, result: Value = null): Value | 'error' | 'unknown' {
  const outcome = evaluate(parseExpr(text), result);
  return outcome.kind === 'value' ? outcome.value : outcome.kind;
}

describe('Conditions in expr-lang', () => {
  const arithmetic: readonly (readonly [string, Value])[] = [
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['2 ** 3 ** 2', 512],
    ['-2 ** 2', -4],
    ['10 % 4', 2],
    ['1 / 4', 0.25],
    ['.5 + 1_000', 1000.5],
    ['0x10 + 0b11 + 0o7', 26],
    ['1 < 2 and not false', true],
    ['true || false && false', true],
    ['not true or true', true],
    ['1 < 2 < 3', true],
    ['3 > 2 > 2', false],
    ['1 in [1, 2]', true],
    ['3 not in [1, 2]', true],
    ['"a" in {a: 1}', true],
    ['nil ?? 3', 3],
    ['false ? 1 : true ? 2 : 3', 2],
    ['if 1 > 2 { "a" } else { "b" }', 'b'],
    ['let x = 2; x * x', 4],
    ['{a: {b: 3}}.a.b', 3],
    ['{a: nil}.a?.b', null],
    ['[1, 2, 3][-1]', 3],
    ['len([1, 2, 3][1:])', 2],
    ['sum(1..4)', 10],
    ['[3, 1, 2] | sort() | first()', 1],
    ['reduce([1, 2, 3], #acc + #)', 6],
    ['count(filter(1..10, # % 2 == 0), # > 4)', 3],
    ['all([{v: 1}, {v: 2}], .v > 0)', true],
    ['/* comment */ 1 // end', 1],
  ];
  for (const [text, expected] of arithmetic) {
    it(`evaluate: ${text}`, () => assert.deepEqual(value(text), expected));
  }

  // The conditions of Argo's documentation, with the outcomes that it gives or that its code leads to.
  const documented: readonly (readonly [string, Value, Value | 'error'])[] = [
    ['result[0] >= 0.95', [0.97], true],
    ['result[0] >= 0.95', [], 'error'],
    ['result[0] >= 0.95', 0.97, 'error'],
    ['result >= 0.95', [0.97], 'error'],
    ['result >= 0.95', 0.97, true],
    ['result >= 0.95', Number.NaN, false],
    ['result < 0.95', Number.NaN, false],
    ['isNaN(result) || result >= 0.95', Number.NaN, true],
    ['isInf(result)', Number.POSITIVE_INFINITY, true],
    ['isNaN(result)', [1], 'error'],
    ['len(result) == 0 || result[0] >= 0.95', [], true],
    ['len(result) > 0 && result[0] >= 0.95', [], false],
    ['all(result, # < 1000)', [1, 2], true],
    ['all(result, # < 1000)', [], true],
    ['all(result, {# < 1000})', [1, 2000], false],
    ['default(result, 0) < 0.05', null, true],
    ['default(result, 0) < 0.05', [], 'error'],
    ['max(result) < 0.05', [], 'error'],
    ['max(result) < 0.05', [0.01, 0.02], true],
    ['result.ok && result.successPercent >= 0.90', { ok: true, successPercent: 0.95 }, true],
    ["result == 'It worked!'", 'It worked!', true],
    ['result == true', true, true],
    ['asFloat(result) > 1', '2.5', true],
    ['all(result.values, {asFloat(.value) >= 9900})', { values: [{ value: '9999' }] }, true],
    [
      'len(result[0].Values) >= 5 and all(result[0].Values, {# <= 0.01})',
      [{ Values: [0, 0, 0, 0, 0] }],
      true,
    ],
  ];
  for (const [text, result, expected] of documented) {
    it(`judge ${JSON.stringify(result)} as Argo does: ${text}`, () => {
      assert.deepEqual(value(text, result), expected);
    });
  }

  it('tell what is not modelled from what is wrong', () => {
    for (const text of ['now() > now()', 'result matches "a.*"', 'result.method()', 'sum(1..1000000000)']) {
      assert.equal(value(text, {}), 'unknown', text);
    }
  });

  const faults: readonly (readonly [string, number])[] = [
    ['result[0] >=', 12],
    ['result[0 >= 1', 13],
    ['results[0] > 1', 0],
    ['1 + foo(2)', 4],
    ['all(result,', 11],
    ['result > 1 2', 11],
    ['"open', 0],
    ['result > 5%', 11],
    ['# > 1', 0],
    ['1 ?? 2 + 3', 7],
    ['result[0] = 1', 10],
    ['result & 1', 7],
    ['12abc', 2],
    ['let x = 1', 9],
    ['', 0],
  ];
  for (const [text, offset] of faults) {
    it(`point at the fault: ${JSON.stringify(text)}`, () => {
      assert.throws(
        () => parseExpr(text),
        (error) => error instanceof ExprError && error.offset === offset,
        `expected a fault at ${offset}`,
      );
    });
  }

  it('throw nothing but their own error, whatever the text', () => {
    const word = fc.constantFrom(
      'result',
      '[0]',
      '(',
      ')',
      '{',
      '}',
      '#',
      '.',
      'all(',
      ',',
      '>',
      '1',
      '0.5',
      '"',
      'and',
      'not ',
      'in',
      '?',
      ':',
      '?.',
      '??',
      'let x = ',
      ';',
      ' ',
      '|',
      'len',
      '-',
      'if ',
      'else',
      '..',
      '[',
      ']',
    );
    const texts = fc.oneof(
      fc.string(),
      fc.array(word, { maxLength: 30 }).map((words) => words.join('')),
      fc.integer({ min: 1, max: 5000 }).map((n) => '('.repeat(n)),
      fc.integer({ min: 1, max: 5000 }).map((n) => `${'-'.repeat(n)}1`),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          const tree = parseExpr(text);
          for (const result of [[], [0.5], 0.5, Number.NaN, null]) evaluate(tree, result);
        } catch (error) {
          assert.ok(error instanceof ExprError, String(error));
          assert.ok(error.offset >= 0 && error.offset <= text.length);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
