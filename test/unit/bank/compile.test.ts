import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { compileBank, compilePack } from '../../../src/adapters/compileBank.ts';
import { useFolder, writeFiles } from '../../support/folders.ts';
import {
  sampleExerciseHead,
  sampleQuestion,
  sampleRule,
  sampleTrack,
  yamlOf,
} from '../../support/samples.ts';

const question = (id: string, track: string) => yamlOf(sampleQuestion(id, track));
const exercise = (id: string, track: string, change: Readonly<Record<string, unknown>> = {}) => ({
  [`exercises/${id}/exercise.yaml`]: yamlOf({ ...sampleExerciseHead(id, track), ...change }),
  [`exercises/${id}/scaffold/a.py`]: '# {{todo}}\nx = 1\n',
  [`exercises/${id}/solution/a.py`]: 'x = 2\n',
  [`exercises/${id}/check.py`]: 'def check(submission):\n    return []\n',
});

const SOUND = {
  'monitoring/track.yaml': yamlOf(sampleTrack('monitoring', { order: 1, questions: ['psi', 'drift'] })),
  'monitoring/drift.yaml': question('drift', 'monitoring'),
  'monitoring/psi.yaml': question('psi', 'monitoring'),
  'monitoring/alerts.yaml': question('alerts', 'monitoring'),
  ...exercise('feast', 'monitoring'),
};

describe('the bank, compiled', () => {
  const folder = useFolder();
  const compile = (files: Readonly<Record<string, string>>) => {
    writeFiles(folder(), files);
    return compileBank(folder());
  };
  const faultsOf = ({ faults }: ReturnType<typeof compileBank>) =>
    faults.map(({ file, field }) => [path.relative(folder(), file).split(path.sep).join('/'), field]);

  it('is an index without bodies, and one body per track', () => {
    const { index, bodies, faults } = compile(SOUND);
    assert.deepEqual(faults, []);
    assert.deepEqual(index.tracks, [
      {
        id: 'monitoring',
        title: { fr: 'Parcours monitoring', en: 'Track monitoring' },
        order: 1,
        entries: ['psi', 'drift', 'alerts', 'feast'],
      },
    ]);
    assert.deepEqual(
      index.entries.map(({ id, type }) => [id, type]),
      [
        ['alerts', 'question'],
        ['drift', 'question'],
        ['psi', 'question'],
        ['feast', 'exercise'],
      ],
    );
    assert.ok(!JSON.stringify(index).includes('model_answer'));
    assert.deepEqual(Object.keys(bodies), ['monitoring']);
    assert.equal(bodies['monitoring']?.questions['drift']?.prompt.en, sampleQuestion('drift', 'x').prompt.en);
    assert.equal(bodies['monitoring']?.track?.order, 1);
  });

  it('fills scaffolds in both languages, and keeps the solution and the check program', () => {
    const feast = compile(SOUND).bodies['monitoring']?.exercises['feast'];
    assert.deepEqual(feast?.files, [
      { path: 'a.py', scaffold: { fr: '# à compléter\nx = 1\n', en: '# to complete\nx = 1\n' } },
    ]);
    assert.deepEqual(feast?.solution, { 'a.py': 'x = 2\n' });
    assert.deepEqual(feast?.options['python'], {
      entry: 'a.py',
      check: 'def check(submission):\n    return []\n',
    });
    assert.match(feast?.diagram?.en ?? '', /^flowchart LR/);
    assert.ok(feast && !('strings' in feast));
  });

  it('survives being written as JSON', () => {
    const compiled = compile(SOUND);
    assert.deepEqual(JSON.parse(JSON.stringify(compiled)), compiled);
  });

  it('takes the rules of a family from its file, and those of the exercise before them', () => {
    const family = {
      'no-ttl': sampleRule({ severity: 'warning' }),
      syntax: sampleRule(),
      wrong: sampleRule({ severity: 'info' }),
    };
    const { bodies, rules, faults } = compile({ ...SOUND, 'checks/python.yaml': yamlOf(family) });
    assert.deepEqual(faults, []);
    const own = bodies['monitoring']?.exercises['feast']?.rules;
    assert.deepEqual(Object.keys(own ?? {}).sort(), ['no-ttl', 'syntax', 'wrong']);
    assert.equal(own?.['wrong']?.severity, 'error');
    assert.deepEqual(rules['python'], family);
  });

  it('leaves a broken file out and the rest in', () => {
    const compiled = compile({
      ...SOUND,
      'monitoring/drift.yaml': 'id: [',
      'slo/slow.yaml': question('slow', 'slo').replace('level: mid', 'level: none'),
      'slo/fast.yaml': question('fast', 'slo'),
    });
    assert.deepEqual(
      compiled.index.entries.map(({ id }) => id),
      ['alerts', 'psi', 'fast', 'feast'],
    );
    assert.deepEqual(
      [...new Set(faultsOf(compiled).map(([file]) => file))],
      ['monitoring/drift.yaml', 'slo/slow.yaml'],
    );
  });

  it('leaves a file out that cannot be read, and the rest in', () => {
    writeFiles(folder(), SOUND);
    fs.mkdirSync(path.join(folder(), 'monitoring', 'folder.yaml'));
    fs.symlinkSync(path.join(folder(), 'nowhere'), path.join(folder(), 'monitoring', 'gone.yaml'));
    const compiled = compileBank(folder());
    assert.equal(compiled.index.entries.length, 4);
    assert.deepEqual(faultsOf(compiled), [
      ['monitoring/folder.yaml', ''],
      ['monitoring/gone.yaml', ''],
    ]);
  });

  it('does not read a file of more than a megabyte', () => {
    const compiled = compile({ ...SOUND, 'monitoring/drift.yaml': `# ${'é'.repeat(600_000)}` });
    assert.deepEqual(faultsOf(compiled), [['monitoring/drift.yaml', '']]);
    assert.match(compiled.faults[0]?.message ?? '', /larger than/);
  });

  it('faults an id that another file has, also across questions and exercises', () => {
    const compiled = compile({
      ...SOUND,
      'slo/psi.yaml': question('psi', 'slo'),
      ...exercise('drift', 'monitoring'),
    });
    assert.deepEqual(faultsOf(compiled), [
      ['slo/psi.yaml', 'id'],
      ['exercises/drift/exercise.yaml', 'id'],
    ]);
    assert.equal(compiled.index.entries.filter(({ id }) => id === 'psi').length, 1);
  });

  const missing: readonly (readonly [string, string, string])[] = [
    ['exercises/feast/exercise.yaml', '', 'the file is missing'],
    ['exercises/feast/scaffold/a.py', 'files', 'scaffold/a.py is missing'],
    ['exercises/feast/solution/a.py', 'files', 'solution/a.py is missing'],
    ['exercises/feast/check.py', 'options', 'check.py is missing'],
  ];
  for (const [name, field, message] of missing) {
    it(`leaves an exercise out that lacks ${name}, and says so`, () => {
      writeFiles(folder(), SOUND);
      fs.rmSync(path.join(folder(), name));
      const compiled = compileBank(folder());
      assert.deepEqual(faultsOf(compiled), [['exercises/feast/exercise.yaml', field]]);
      assert.equal(compiled.faults[0]?.message, message);
      assert.equal(compiled.index.entries.length, 3);
    });
  }

  it('leaves an exercise out whose check names a rule that nobody defines', () => {
    const { rules: _rules, ...head } = sampleExerciseHead('feast', 'monitoring');
    const compiled = compile({ ...SOUND, 'exercises/feast/exercise.yaml': yamlOf(head) });
    assert.equal(compiled.faults.length, 3);
    assert.match(
      compiled.faults[0]?.message ?? '',
      /check "runs" names the rule "wrong", which nobody defines/,
    );
  });

  it('reads a check program from the exercise’s own folder only', () => {
    const compiled = compile({
      ...SOUND,
      ...exercise('feast', 'monitoring', {
        options: { python: { entry: 'a.py', check: '../../secret.py' } },
      }),
      'secret.py': 'secret',
    });
    assert.deepEqual(faultsOf(compiled), [['exercises/feast/exercise.yaml', 'options']]);
    assert.ok(!JSON.stringify(compiled).includes('secret"'));
  });

  it('takes no file from outside the exercise’s scaffold', () => {
    const compiled = compile({ ...SOUND, ...exercise('feast', 'monitoring', { files: ['../check.py'] }) });
    assert.equal(compiled.faults[0]?.field, 'files.0');
    assert.equal(compiled.index.entries.length, 3);
  });

  it('has a track for questions whose folder has no track file', () => {
    const { index } = compile({ 'new/q.yaml': question('q', 'new') });
    assert.deepEqual(index.tracks, [
      { id: 'new', title: { fr: 'new', en: 'new' }, order: 99, entries: ['q'] },
    ]);
  });

  it('reads no folder whose name begins with a dot, and nothing but YAML', () => {
    const compiled = compile({
      ...SOUND,
      '.git/x.yaml': 'id: [',
      'monitoring/notes.md': '# notes',
      'README.md': '#',
    });
    assert.deepEqual(compiled.faults, []);
    assert.equal(compiled.index.entries.length, 4);
  });

  it('is empty, without a fault, for an empty folder', () => {
    const { index, faults } = compileBank(folder());
    assert.deepEqual(index, { tracks: [], entries: [] });
    assert.deepEqual(faults, []);
  });
});

describe('a pack, compiled', () => {
  const folder = useFolder();
  const families = new Map([['python', { 'no-ttl': sampleRule() }]]);
  const compile = (taken: readonly string[] = []) => compilePack(folder(), families, new Set(taken));

  it('may add to one of our tracks, without a track file of its own', () => {
    writeFiles(folder(), { 'monitoring/mine.yaml': question('mine', 'monitoring') });
    const { index, bodies, faults } = compile(['drift']);
    assert.deepEqual(faults, []);
    assert.deepEqual(
      index.tracks.map(({ id, entries }) => [id, entries]),
      [['monitoring', ['mine']]],
    );
    assert.ok(bodies['monitoring']?.questions['mine']);
    assert.equal(bodies['monitoring']?.track, undefined);
  });

  it('may use the rules of our families, and brings none of its own', () => {
    const checks = ['one', 'two', 'three'].map((id) => ({
      id,
      title: { fr: 'Un contrôle', en: 'A check' },
      weight: 1,
      family: 'python',
      rules: ['no-ttl'],
    }));
    writeFiles(folder(), {
      ...exercise('mine', 'monitoring', { checks }),
      'checks/python.yaml': yamlOf({ 'no-ttl': sampleRule({ severity: 'info' }) }),
    });
    const { bodies, faults } = compile();
    assert.deepEqual(faults, []);
    assert.equal(bodies['monitoring']?.exercises['mine']?.rules['no-ttl']?.severity, 'error');
  });

  it('may not take an id that is taken', () => {
    writeFiles(folder(), {
      'monitoring/drift.yaml': question('drift', 'monitoring'),
      'monitoring/mine.yaml': question('mine', 'monitoring'),
    });
    const { index, faults } = compile(['drift']);
    assert.deepEqual(
      index.entries.map(({ id }) => id),
      ['mine'],
    );
    assert.deepEqual(
      faults.map(({ field, message }) => [field, message]),
      [['id', '"drift" is taken by another file']],
    );
  });

  it('is a fault when its folder is missing, or is a file', () => {
    const file = path.join(folder(), 'file');
    fs.writeFileSync(file, '');
    for (const root of [path.join(folder(), 'nowhere'), file, '']) {
      const { index, faults } = compilePack(root, families, new Set());
      assert.deepEqual(index, { tracks: [], entries: [] });
      assert.deepEqual(
        faults.map(({ file: named, line }) => [named, line]),
        [[root, 0]],
      );
    }
  });

  it('leaves a broken file out and the rest in', () => {
    writeFiles(folder(), {
      'mine/good.yaml': question('good', 'mine'),
      'mine/deep.yaml': '['.repeat(200_000),
      'mine/bomb.yaml': 'a: &a [x]\nb: [*a, *a]\n',
    });
    fs.mkdirSync(path.join(folder(), 'mine', 'folder.yaml'));
    const { index, faults } = compile();
    assert.deepEqual(
      index.entries.map(({ id }) => id),
      ['good'],
    );
    assert.deepEqual([...new Set(faults.map(({ file }) => path.basename(file)))].sort(), [
      'bomb.yaml',
      'deep.yaml',
      'folder.yaml',
    ]);
  });
});
