import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import type { Range } from '../../../src/core/checks/finding.ts';
import { MAX_YAML_LENGTH, type Path, parseYaml, type YamlDocument } from '../../../src/core/checks/yaml.ts';

function only(text: string): YamlDocument {
  const { documents, problems } = parseYaml(text);
  assert.deepEqual(problems, []);
  const [document] = documents;
  assert.ok(document);
  return document;
}

/** The text between two positions, read back the way an editor does. */
function slice(text: string, { start, end }: Range): string {
  const lines = text.split('\n');
  const offset = ({ line, column }: Range['start']) =>
    lines.slice(0, line).reduce((sum, row) => sum + row.length + 1, 0) + column;
  return text.slice(offset(start), offset(end));
}

function assertInside(text: string, { start, end }: Range): void {
  const lines = text.split('\n');
  for (const { line, column } of [start, end]) {
    assert.ok(line >= 0 && line < lines.length, `line ${line} of ${lines.length}`);
    assert.ok(column >= 0 && column <= (lines[line] ?? '').length, `column ${column} of line ${line}`);
  }
  assert.ok(start.line < end.line || (start.line === end.line && start.column <= end.column));
}

function leaves(value: unknown, path: Path = []): { path: Path; value: unknown }[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => leaves(item, [...path, index]));
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, item]) => leaves(item, [...path, key]));
  }
  return [{ path, value }];
}

describe('YAML files', () => {
  const text = [
    'kind: A # note',
    'spec:',
    '  steps:',
    '    - setWeight: 5',
    '    - pause: {duration: 10m}',
    '  empty:',
    '---',
    'kind: B',
  ].join('\n');

  it('are read as a stream of documents', () => {
    const { documents, problems } = parseYaml(text);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      documents.map(({ value }) => value),
      [
        { kind: 'A', spec: { steps: [{ setWeight: 5 }, { pause: { duration: '10m' } }], empty: null } },
        { kind: 'B' },
      ],
    );
  });

  it('give the place of a value, of its key, and of an item', () => {
    const document = parseYaml(text).documents[0];
    assert.ok(document);
    assert.equal(slice(text, document.rangeOf(['spec', 'steps', 0, 'setWeight'])), '5');
    assert.equal(
      slice(text, document.rangeOf(['spec', 'steps', 0, 'setWeight'], { key: true })),
      'setWeight',
    );
    assert.equal(slice(text, document.rangeOf(['spec', 'steps', 1, 'pause', 'duration'])), '10m');
    assert.deepEqual(document.rangeOf(['spec', 'steps', 1], { key: true }).start, { line: 4, column: 6 });
  });

  it('report what is missing on the key that should hold it', () => {
    const document = parseYaml(text).documents[0];
    assert.ok(document);
    assert.equal(slice(text, document.rangeOf(['spec', 'steps', 0, 'nothing'])), 'setWeight: 5');
    assert.equal(slice(text, document.rangeOf(['spec', 'selector', 'matchLabels'])), 'spec');
    assert.equal(document.rangeOf(['spec', 'empty']).start.line, 5);
    assert.equal(document.rangeOf(['metadata']).start.line, 0);
    assert.equal(document.rangeOf(['metadata']).end.line, 0);
  });

  it('count lines of the second document from the start of the file', () => {
    const document = parseYaml(text).documents[1];
    assert.ok(document);
    assert.deepEqual(document.rangeOf(['kind']).start, { line: 7, column: 6 });
  });

  it('follow aliases and merge keys to where the value is written', () => {
    const merged = 'base: &base\n  interval: 1m\none:\n  <<: *base\n  count: 3\ntwo: *base\n';
    const document = only(merged);
    assert.deepEqual(document.value, {
      base: { interval: '1m' },
      one: { interval: '1m', count: 3 },
      two: { interval: '1m' },
    });
    assert.equal(document.rangeOf(['one', 'interval']).start.line, 1);
    assert.equal(document.rangeOf(['two', 'interval']).start.line, 1);
  });

  it('give the place of characters inside a string, also in blocks', () => {
    const blocks =
      'a: "x y"\nb: |\n  sum(x)\n    / sum(y)\n\n  + z\nc: >-\n  one two\n  three\nd: plain text\n';
    const document = only(blocks);
    const at = (key: string, word: string) => {
      const value = String((document.value as Record<string, unknown>)[key]);
      const from = value.indexOf(word);
      return slice(blocks, document.rangeInString([key], from, from + word.length));
    };
    assert.equal(at('a', 'y'), 'y');
    assert.equal(at('b', '/ sum'), '/ sum');
    assert.equal(at('b', '+ z'), '+ z');
    assert.equal(at('c', 'three'), 'three');
    assert.equal(at('d', 'text'), 'text');
    assert.deepEqual(document.rangeInString(['b'], 9, 10).start.line, 3);
  });

  it('fall back to the whole value when it is written with escapes', () => {
    const escaped = 'a: "x\\ty"\n';
    assert.equal(slice(escaped, only(escaped).rangeInString(['a'], 1, 2)), '"x\\ty"');
  });

  const faults: readonly (readonly [string, string, number])[] = [
    ['an open bracket', 'a:\n  - [1, 2\nb: 3', 2],
    ['a key twice', 'a: 1\nb: 2\na: 3', 2],
    ['a tab as indentation', 'a:\n\tb: 1', 1],
    ['an alias without anchor', 'a: 1\nb: *none', 1],
    ['a colon in a plain value', 'a: 1\nb: x: y', 1],
  ];
  for (const [name, source, line] of faults) {
    it(`report ${name} at its line, once`, () => {
      const { problems } = parseYaml(source);
      assert.deepEqual(
        problems.map(({ rule, range }) => [rule, range.start.line]),
        [['yaml-syntax', line]],
      );
    });
  }

  it('keep the other documents when one is broken', () => {
    const { documents, problems } = parseYaml('a: [1\n---\nkind: B');
    assert.equal(problems.length, 1);
    assert.deepEqual(documents.at(-1)?.value, { kind: 'B' });
  });

  it('are refused above the size limit, unread', () => {
    assert.equal(parseYaml(`a: ${'x'.repeat(MAX_YAML_LENGTH)}`).problems[0]?.rule, 'yaml-limits');
    assert.deepEqual(parseYaml(`a: ${'x'.repeat(1000)}`).problems, []);
  });

  it('are refused when aliases multiply, when they nest without end, when a value holds itself', () => {
    const level = (name: string, of: string) => `${name}: &${name} [${Array(10).fill(`*${of}`).join(',')}]`;
    const bomb = ['a: &a [1,1]', level('b', 'a'), level('c', 'b'), level('d', 'c'), level('e', 'd')].join(
      '\n',
    );
    for (const hostile of [
      bomb,
      '['.repeat(50_000),
      `${'- '.repeat(20_000)}x`,
      '&a [*a]',
      '{a: '.repeat(200),
    ]) {
      assert.equal(parseYaml(hostile).problems[0]?.rule, 'yaml-limits', hostile.slice(0, 20));
    }
  });

  it('never throw, whatever the text, and stay inside it', () => {
    const word = fc.constantFrom(
      'a: ',
      '- ',
      '\n',
      '  ',
      '[',
      ']',
      '{',
      '}',
      '&x ',
      '*x',
      '<<: ',
      '|',
      '>',
      '"',
      "'",
      '#',
      '---\n',
      '\t',
      'é',
      '1',
      'null',
      '\r\n',
      '%',
      '!t ',
      '? ',
      ',',
    );
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(word, { maxLength: 40 }).map((words) => words.join('')),
    );
    fc.assert(
      fc.property(texts, (source) => {
        const { documents, problems } = parseYaml(source);
        for (const { range } of problems) assertInside(source, range);
        for (const document of documents) {
          for (const path of [[], ['a'], ['a', 0], [0, 'a', 'b']]) {
            assertInside(source, document.rangeOf(path));
            assertInside(source, document.rangeOf(path, { key: true }));
            assertInside(source, document.rangeInString(path, 0, 1));
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('find each value again in its place', () => {
    const scalar = fc.oneof(fc.integer(), fc.boolean(), fc.string(), fc.constant(null));
    const data = fc.letrec((tie) => ({
      node: fc.oneof(
        { depthSize: 'small' },
        scalar,
        fc.array(tie('node'), { minLength: 1, maxLength: 4 }),
        fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), tie('node'), {
          minKeys: 1,
          maxKeys: 4,
          noNullPrototype: true,
        }),
      ),
    })).node;
    fc.assert(
      fc.property(data, (value) => {
        const source = stringify(value);
        const document = only(source);
        assert.deepEqual(document.value, value);
        for (const leaf of leaves(value)) {
          const written = slice(source, document.rangeOf(leaf.path));
          // A block's indentation is not part of what stands between its ends.
          if (!written.startsWith('|') && !written.startsWith('>') && !written.includes('\n')) {
            assert.deepEqual(parse(written), leaf.value);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('find each character of a block in its place', () => {
    const line = fc.stringMatching(/^[a-z(){}="]{1,12}( [a-z]{1,5})?$/);
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 6 }), (lines) => {
        const value = `${lines.join('\n')}\n`;
        const source = `q: |\n${lines.map((row) => `    ${row}`).join('\n')}\n`;
        const document = only(source);
        assert.deepEqual(document.value, { q: value });
        for (let index = 0; index < value.length; index++) {
          if (/\s/.test(value.charAt(index))) continue;
          assert.equal(slice(source, document.rangeInString(['q'], index, index + 1)), value.charAt(index));
        }
      }),
    );
  });
});
