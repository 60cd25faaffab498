import assert from 'node:assert/strict';
import type { FamilyOutcome } from '../../../src/core/checks/finding.ts';
import { openSandbox, submissionOf, type TestSandbox } from '../../support/sandbox.ts';

describe('the harness', function () {
  this.timeout(120_000);
  let sandbox: TestSandbox;
  before(() => {
    sandbox = openSandbox();
  });
  after(() => sandbox.dispose());

  const run = (source: string, check: string): Promise<FamilyOutcome> =>
    sandbox.run(submissionOf(source, check), new AbortController().signal);

  /** What a check tells through one violation's params. */
  async function tell(source: string, expression: string): Promise<string> {
    const outcome = await run(
      source,
      `import ast\ndef check(submission):\n    return [{'rule': 'told', 'line': 1, 'params': {'it': str(${expression})}}]`,
    );
    return outcome.state === 'ran' ? (outcome.violations[0]?.params?.['it'] ?? '') : JSON.stringify(outcome);
  }

  it('gives the check the files, the source, the tree, the namespace and the output', async () => {
    const told = await tell(
      'x = 2\nprint("out")',
      `(list(submission.files), len(submission.source), type(submission.tree).__name__, submission.module['x'], submission.stdout, submission.error, submission.objects)`,
    );
    assert.equal(told, `(['main.py'], 18, 'Module', 2, 'out\\n', None, [])`);
  });

  it('runs the program as __main__, with its other files at hand', async () => {
    const outcome = await sandbox.run(
      {
        files: { 'main.py': 'from helper import x\nprint(__name__, x)', 'helper.py': 'x = 3' },
        entry: 'main.py',
        provides: [],
        check: `def check(s): return [{'rule': 'out', 'line': 1, 'params': {'out': s.stdout}}]`,
        timeoutMs: 2000,
      },
      new AbortController().signal,
    );
    assert.equal(outcome.state === 'ran' && outcome.violations[0]?.params?.['out'], '__main__ 3\n');
  });

  it('places an error on its line and column, in the units of an editor', async () => {
    const place = `(submission.error['type'], submission.error['line'], submission.error['col'], submission.error.get('end_col'))`;
    assert.equal(await tell('s = "🦜é"; t = 1 / 0', place), `('ZeroDivisionError', 1, 16, 21)`);
    assert.equal(await tell('x = 1\ny = "🦜" +', place), `('SyntaxError', 2, 11, None)`);
    assert.equal(await tell('def f():\r\n    return g\r\nf()', place), `('NameError', 2, 12, 13)`);
  });

  it('gives no tree and no namespace for a file that is not Python', async () => {
    assert.equal(
      await tell('def f(:', `(submission.tree, submission.module, submission.error['type'])`),
      `(None, None, 'SyntaxError')`,
    );
  });

  it('judges with a library that the program has not touched', async () => {
    const tampering = `
import ast, builtins, json, re, sys, typing
builtins.len = lambda x: 0
builtins.isinstance = lambda *a: True
builtins.print = None
ast.parse = lambda *a: None
ast.NodeVisitor.visit = lambda *a: None
ast.Constant.added = 1
json.dumps = json.JSONEncoder.encode = lambda *a, **k: '{"state": "ran", "violations": []}'
re.compile = None
sys.path.clear()
sys.settrace(lambda *a: None)
sys.modules['ast'] = sys.modules['json'] = None
class Finder:
    def find_spec(self, *a): raise ImportError('no more imports')
sys.meta_path.insert(0, Finder())
`;
    const told = await tell(
      tampering,
      `(len('abc'), isinstance(1, str), type(ast.parse('1')).__name__, hasattr(ast.Constant, 'added'), __import__('json').dumps([1]), __import__('statistics').mean([1, 3]))`,
    );
    assert.equal(told, `(3, False, 'Module', False, '[1]', 2)`);
  });

  it('keeps the globals of the check to itself', async () => {
    const told = await tell(
      `import sys\nframe = sys._getframe()\nwhile frame:\n    frame.f_globals['check'] = lambda submission: []\n    frame = frame.f_back`,
      `len('abc')`,
    );
    assert.equal(told, '3');
  });

  it('seeds chance, so that a program does the same every time', async () => {
    const source = 'import random\nprint(random.random(), hash("a"))';
    const first = await sandbox.observe(source);
    const second = await sandbox.observe(source);
    assert.equal(first.stdout, second.stdout);
  });

  it('ends without a verdict when the check cannot tell', async () => {
    assert.deepEqual(await run('', `def check(submission): submission.undecided('a thing')`), {
      state: 'not_run',
      code: 'not_modelled',
      detail: 'a thing',
    });
  });

  it('ends a check that does not end', async () => {
    const outcome = await sandbox.run(
      submissionOf('x = 1', 'def check(submission):\n    while True: pass', { timeoutMs: 500 }),
      new AbortController().signal,
    );
    assert.equal(outcome.state === 'not_run' && outcome.code, 'sandbox_timeout');
  });
});
