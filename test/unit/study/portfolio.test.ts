import assert from 'node:assert/strict';
import fc from 'fast-check';
import { marked } from 'marked';
import type { Exercise } from '../../../src/core/bank/question.ts';
import type { Grade } from '../../../src/core/grading/grade.ts';
import type { AttemptHead, GradeHead } from '../../../src/core/study/history.ts';
import {
  finishedAttempt,
  type PortfolioEntry,
  type PortfolioWords,
  portfolioFiles,
} from '../../../src/core/study/portfolio.ts';
import { samplePoint } from '../../support/samples.ts';

const both = (text: string) => ({ fr: `${text} (fr)`, en: text });
const check = (id: string): Exercise['checks'][number] => ({
  id,
  title: both(`Check ${id}`),
  weight: 1,
  family: 'python',
  rules: [],
});

const GRADE: Grade = {
  v: 1,
  subject: { type: 'exercise', id: 'psi' },
  lang: 'en',
  provenance: { by: 'model', model: 'some-model', destination: 'https://host.example' },
  status: 'graded',
  score: 0.85,
  points: [
    { id: 'a', verdict: 'met' },
    { id: 'b', verdict: 'not_met' },
    { id: 'c', verdict: 'unjudged' },
  ],
  pitfalls: [],
  checks: [
    { id: 'one', outcome: 'passed', violations: [] },
    { id: 'two', outcome: 'failed', violations: [] },
    { id: 'three', outcome: 'not_run', violations: [] },
  ],
};

const ENTRY: PortfolioEntry = {
  item: {
    id: 'psi',
    title: both('A stability index'),
    prompt: both('Write `psi(a, b)`.'),
    diagram: { fr: 'flowchart LR\n  a --> b', en: 'flowchart LR\n  a --> c' },
    checks: ['one', 'two', 'three'].map(check),
    points: ['a', 'b', 'c'].map((id) => samplePoint(id, 1)),
  },
  topic: 'Monitoring',
  files: { 'psi.py': 'def psi(a, b):\r\n    return 0\n', 'deep/er/notes.txt': 'x' },
  grade: GRADE,
  day: '2026-11-20',
  rationale: 'I took ten bins.',
};

const WORDS: PortfolioWords = {
  lang: 'en',
  title: 'My work',
  introduction: 'What I did.',
  exercise: 'Exercise',
  topic: 'Topic',
  checked: 'Checked',
  result: 'Result',
  grader: 'Grading',
  date: 'Date',
  task: 'The task',
  rationale: 'Reasons',
  diagram: 'Diagram',
  files: 'Files',
  label: (label, text) => `${label}: ${text}`,
  scope: (checks, points) => `${checks} checks, ${points} points`,
  score: (score) => (score === null ? 'no score' : `${score * 100}%`),
  checks: ({ held, decided, open }) => [
    `passed ${held}/${decided}`,
    ...(open > 0 ? [`not run ${open}`] : []),
  ],
  points: ({ held, decided, open }) => [`met ${held}/${decided}`, ...(open > 0 ? [`open ${open}`] : [])],
  gradedBy: ({ provenance }) => (provenance.by === 'model' ? provenance.model : provenance.by),
  day: (day) => day,
};

const filesOf = (change: Partial<PortfolioEntry> = {}) => portfolioFiles([{ ...ENTRY, ...change }], WORDS);
const pageOf = (change: Partial<PortfolioEntry> = {}) => filesOf(change)['psi/README.md'] ?? '';
const withItem = (change: Partial<PortfolioEntry['item']>) => ({ item: { ...ENTRY.item, ...change } });

describe('a portfolio', () => {
  it('holds the files as they were handed in, byte for byte', () => {
    const files = filesOf();
    assert.deepEqual(Object.keys(files).sort(), [
      '.gitignore',
      'README.md',
      'psi/README.md',
      'psi/deep/er/notes.txt',
      'psi/psi.py',
    ]);
    assert.equal(files['psi/psi.py'], ENTRY.files['psi.py']);
  });

  it('lists each exercise with its topic, what was checked, the result, who graded it and when', () => {
    const other = { ...ENTRY, item: { ...ENTRY.item, id: 'canary', title: both('A canary') } };
    const overview = portfolioFiles([ENTRY, other], WORDS)['README.md'] ?? '';
    assert.ok(overview.startsWith('# My work\n\nWhat I did.\n\n| Exercise | Topic |'));
    assert.ok(
      overview.includes(
        '| [A stability index](psi/README.md) | Monitoring | 3 checks, 3 points ' +
          '| 85% · passed 1/2 · not run 1 · met 1/2 · open 1 | some-model | 2026-11-20 |',
      ),
    );
    assert.ok(overview.includes('| [A canary](canary/README.md) |'));
  });

  it('tells of an exercise the task, the reasons, the diagram and what held, in one language', () => {
    assert.equal(
      pageOf(),
      `# A stability index

## The task

Write \`psi(a, b)\`.

## Reasons

I took ten bins.

## Diagram

\`\`\`mermaid
flowchart LR
  a --> c
\`\`\`

## Result

- Topic: Monitoring
- Result: 85%
- Grading: some-model
- Date: 2026-11-20

passed 1/2

not run 1

- Check one

met 1/2

open 1

- The answer says a.

## Files

- [psi.py](psi.py)
- [deep/er/notes.txt](deep/er/notes.txt)
`,
    );
  });

  it('leaves out what is not there, without a word in its place', () => {
    const { diagram: _diagram, ...item } = ENTRY.item;
    const grade = { ...GRADE, score: null, checks: [], points: [] };
    const page = pageOf({ rationale: '  \n', item: { ...item, checks: [], points: [] }, grade });
    assert.doesNotMatch(page, /Reasons|Diagram|mermaid|\n{3}/);
    assert.match(page, /- Result: no score\n/);
  });

  it('keeps a README that was handed in, and puts its own beside it', () => {
    const files = filesOf({ files: { 'README.md': 'model card' } });
    assert.equal(files['psi/README.md'], 'model card');
    assert.match(files['psi/EXERCISE.md'] ?? '', /^# A stability index/);
    assert.match(files['README.md'] ?? '', /\(psi\/EXERCISE\.md\)/);
  });

  it('writes nothing outside of the folder of its exercise', () => {
    const bad = [
      '../x',
      '/x',
      'a/../../x',
      '..',
      '.',
      './x',
      'a/./x',
      'a//x',
      'a\\x',
      'C:x',
      '',
      'a/',
      'é/..',
    ];
    const files = filesOf({
      files: Object.fromEntries(['.github/ci.yml', ...bad].map((name) => [name, 'x'])),
    });
    assert.deepEqual(Object.keys(files).sort(), [
      '.gitignore',
      'README.md',
      'psi/.github/ci.yml',
      'psi/README.md',
    ]);
  });
});

describe('the texts of others in a portfolio', () => {
  it('keep their Markdown, with headings below those of the page', () => {
    const page = pageOf({ rationale: '# Why\r\n\r\n- **ten** bins, `a < b`\r\n- see <https://example.org>' });
    assert.match(page, /\n### Why\n\n- \*\*ten\*\* bins, `a < b`\n- see &lt;https:\/\/example\.org>\n/);
  });

  it('keep code as it is, and show tags that stand in it', () => {
    const page = pageOf({ rationale: '```html\n<b>\n# no heading\n```\n\n`<i>` and List<String>, 3 < 4' });
    assert.match(page, /\n```html\n<b>\n# no heading\n```\n/);
    assert.match(page, /<code>&#60;i&#62;<\/code> and List&lt;String>, 3 < 4/);
    assert.match(marked.parse(page, { async: false }), /<code>&#60;i&#62;<\/code> and List&lt;String&gt;/);
  });

  it('close a fence that they leave open, also an indented one', () => {
    assert.match(pageOf({ rationale: '~~~~\nopen\n```' }), /\n~~~~\nopen\n```\n~~~~\n\n## Diagram\n/);
    assert.match(pageOf({ rationale: 'a\n  ```yaml\nb' }), /\na\n```yaml\nb\n```\n\n## Diagram\n/);
  });

  it('bring no picture from elsewhere', () => {
    assert.match(pageOf({ rationale: '![x](https://host/x.png)' }), /\n&#33;\[x\]\(/);
  });

  it('stand in titles, points and cells as the plain texts that they are', () => {
    const title = '1. <img src=x> | `a` *b* _c_ [d](e) &lt; ~f~';
    const files = filesOf(withItem({ title: { fr: '', en: title } }));
    const [, heading = ''] = /^# (.*)$/m.exec(files['psi/README.md'] ?? '') ?? [];
    const plain = (markdown: string) =>
      marked
        .parse(markdown, { async: false })
        .replace(/<[^>]*>/g, '')
        .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
        .replace(/&lt;/g, '<')
        .replace(/&gt;/g, '>')
        .replace(/&amp;/g, '&')
        .trim();
    assert.equal(plain(heading), title);
    assert.ok(plain(files['README.md'] ?? '').includes(title));
    const row = (files['README.md'] ?? '').split('\n').find((line) => line.includes('psi/README.md'));
    assert.equal(row?.match(/(?<!\\)\|/g)?.length, 7, 'as many cells as in the head');
  });

  it('cannot end the fence of a diagram', () => {
    const diagram = both('flowchart LR\n```\n<script>\n````');
    assert.match(pageOf(withItem({ diagram })), /\n`{5}mermaid\nflowchart LR\n```\n<script>\n```` *\n`{5}\n/);
  });

  it('never become HTML, whatever they are', () => {
    const piece = fc.constantFrom(
      ...['<script>', '<!--', '<b', '</b>', '<?x', '`', '``', '```', '~~~', '````x', '\n', '\n\n', '\r', ' '],
      ...[
        '    ',
        '- ',
        '> ',
        '1. ',
        '| a |',
        '\n|---|\n',
        '\\',
        '&lt;',
        '# ',
        'x',
        '<code>',
        '!',
        '[a]',
        '(b)',
      ],
    );
    const text = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));
    const ours =
      /<\/?(?:h\d|p|ul|ol|li|code|pre|strong|em|del|a|table|thead|tbody|tr|th|td|blockquote|br|hr|input)\b/;
    fc.assert(
      fc.property(text, text, text, (rationale, prompt, title) => {
        const files = filesOf({
          rationale,
          topic: title,
          ...withItem({ prompt: both(prompt), title: both(title), diagram: both(prompt) }),
        });
        for (const name of ['README.md', 'psi/README.md']) {
          let raw = '';
          const walk = marked.lexer(files[name] ?? '');
          marked.walkTokens(walk, (token) => {
            if (token.type === 'html') raw += token.raw;
            if (token.type === 'image') raw += '<image';
          });
          const strange = (raw.match(/<[a-z/!?][^>]*>?/gi) ?? []).filter((tag) => !/^<\/?code>$/.test(tag));
          assert.deepEqual(strange, [], files[name]);
          assert.match(marked.parse(files[name] ?? '', { async: false }), ours);
        }
        assert.ok(
          marked.lexer(files['psi/README.md'] ?? '').some((token) => token.raw.startsWith('## Files')),
        );
      }),
      { numRuns: 500 },
    );
  });
});

describe('the attempt that stands for an exercise', () => {
  const head = (id: string, grade?: Partial<GradeHead>, change: Partial<AttemptHead> = {}): AttemptHead => ({
    id,
    ts: 1,
    day: '2026-11-20',
    subject: { type: 'exercise', id: 'psi' },
    lang: 'en',
    answer: id,
    hints: 0,
    solutionSeen: false,
    ...(grade
      ? { grade: { score: 0.5, by: 'offline', grader: 'offline', status: 'graded', missed: [], ...grade } }
      : {}),
    isContested: false,
    isCounted: true,
    at: { attempt: '' },
    ...change,
  });
  const chosen = (...attempts: readonly AttemptHead[]) => finishedAttempt(attempts)?.id;

  it('is the best graded one, the latest among equals', () => {
    assert.equal(
      chosen(head('a', { score: 0.4 }), head('b', { score: 0.9 }), head('c', { score: 0.7 })),
      'b',
    );
    assert.equal(chosen(head('a', { score: 0.9 }), head('b', { score: 0.9 })), 'b');
    assert.equal(chosen(head('a', { score: 0 })), 'a');
  });

  it('is none when nothing was graded, or nothing was there to grade', () => {
    assert.equal(chosen(), undefined);
    assert.equal(chosen(head('a')), undefined);
    assert.equal(chosen(head('a', { score: null })), undefined);
    assert.equal(chosen(head('a', { by: 'none', status: 'not_graded', score: null })), undefined);
    assert.equal(chosen(head('a', { by: 'gate', score: 0 })), undefined);
    assert.equal(chosen(head('a', {}, { spoken: true })), undefined);
  });
});
