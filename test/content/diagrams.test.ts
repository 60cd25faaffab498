import assert from 'node:assert/strict';
import { compileBank } from '../../src/adapters/compileBank.ts';
import { LANGS } from '../../src/core/language.ts';

// What the diagrams use of Mermaid: nodes whose quoted label stands in a known pair of brackets, and arrows.
const SHAPES = ['\\["L"\\]', '\\(\\["L"\\]\\)', '\\[\\("L"\\)\\]', '\\{"L"\\}'];
const NODE = `([a-z]+)(${SHAPES.join('|').replaceAll('L', '[^"]+')})?`;
const LINK = new RegExp(`^ {2}${NODE} (-->|-\\.->)(?:\\|"[^"]+"\\|)? ${NODE}$`);
const RESERVED = [
  'end',
  'graph',
  'flowchart',
  'subgraph',
  'class',
  'click',
  'style',
  'default',
  'call',
  'href',
];

/** Nodes, with how often each is given a label, and links of a flowchart; it throws at a line that is neither. */
function readFlowchart(text: string) {
  const [head = '', ...lines] = text.trimEnd().split('\n');
  assert.match(head, /^flowchart (LR|TD)$/);
  const labels = new Map<string, number>();
  const links = lines.map((line) => {
    const found = LINK.exec(line);
    assert.ok(found, `no link between two nodes: ${line}`);
    const [, from = '', fromLabel, arrow = '', to = '', toLabel] = found;
    for (const [node, label] of [
      [from, fromLabel],
      [to, toLabel],
    ] as const) {
      labels.set(node, (labels.get(node) ?? 0) + (label === undefined ? 0 : 1));
    }
    return `${from} ${arrow} ${to}`;
  });
  return { labels, links };
}

const exercises = Object.values(compileBank('questions').bodies).flatMap((body) =>
  Object.values(body.exercises),
);

describe('the diagrams of exercises', () => {
  it('are there for every exercise of ours', () => {
    assert.deepEqual(
      exercises.filter(({ diagram }) => diagram === undefined).map(({ id }) => id),
      [],
    );
  });

  for (const { id, diagram } of exercises) {
    if (diagram === undefined) continue;

    for (const lang of LANGS) {
      it(`are flowcharts that Mermaid reads: ${id} (${lang})`, () => {
        const { labels, links } = readFlowchart(diagram[lang]);
        assert.ok(labels.size <= 12, `${labels.size} nodes`);
        assert.equal(new Set(links).size, links.length, 'no link stands twice');
        for (const [node, times] of labels) {
          assert.ok(!RESERVED.includes(node), `${node} is a word of Mermaid's own`);
          assert.equal(times, 1, `${node} is given its label once`);
        }
      });
    }

    it(`show the same in both languages: ${id}`, () => {
      const [fr, en] = [readFlowchart(diagram.fr), readFlowchart(diagram.en)];
      assert.deepEqual([...fr.labels.keys()], [...en.labels.keys()]);
      assert.deepEqual(fr.links, en.links);
    });
  }

  it('are refused with an open bracket, an open quote or a bare label', () => {
    for (const line of [
      'a["x" --> b["y"]',
      'a["x] --> b["y"]',
      'a[x] --> b["y"]',
      'a["x"] --> b["y")',
      'a["x"]',
    ]) {
      assert.throws(() => readFlowchart(`flowchart LR\n  ${line}`), { name: 'AssertionError' }, line);
    }
    assert.throws(() => readFlowchart('graph LR\n  a["x"] --> b["y"]'), { name: 'AssertionError' });
  });
});
