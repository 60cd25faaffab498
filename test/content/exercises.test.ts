import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parse } from 'yaml';
import { compileBank } from '../../src/adapters/compileBank.ts';
import { createPythonSandbox } from '../../src/adapters/sandbox/python.ts';
import type { Exercise } from '../../src/core/bank/question.ts';
import { runChecks } from '../../src/core/checks/runChecks.ts';
import { gateFiles } from '../../src/core/grading/gate.ts';
import { LANGS } from '../../src/core/language.ts';

interface Mutant {
  readonly check: string;
  readonly rule: string;
  /** 1-based. */
  readonly line: number;
  readonly note: string;
}

const bank = compileBank('questions');
const exercises = Object.values(bank.bodies).flatMap((body) => Object.values(body.exercises));

function readVariant(exercise: Exercise, ...folder: string[]): Record<string, string> {
  const dir = path.join('questions', 'exercises', exercise.id, ...folder);
  return Object.fromEntries(
    exercise.files.map(({ path: name }) => {
      const file = path.join(dir, name);
      return [name, fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : (exercise.solution[name] ?? '')];
    }),
  );
}

function variants(exercise: Exercise, kind: 'alternatives' | 'mutants'): string[] {
  const dir = path.join('questions', 'exercises', exercise.id, kind);
  return fs
    .readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}

// One sandbox for all, so that the interpreter's memory is written down once.
const cacheDir = fs.mkdtempSync(path.join(os.tmpdir(), 'canari-content-'));
const python = createPythonSandbox({ runtimeDir: path.join('dist', 'sandbox'), cacheDir, log: () => {} });

after(() => {
  python.dispose();
  fs.rmSync(cacheDir, { recursive: true, force: true });
});

for (const exercise of exercises) {
  describe(`exercise ${exercise.id}`, () => {
    const check = (files: Readonly<Record<string, string>>) =>
      runChecks(exercise, files, { python }, new AbortController().signal);

    it('passes with its solution, without a single finding', async () => {
      const { results, violations } = await check(exercise.solution);
      assert.deepEqual(violations, []);
      assert.deepEqual(
        results.filter(({ outcome }) => outcome !== 'passed').map(({ id }) => id),
        [],
      );
    }).timeout(60_000);

    it('does not pass as it was opened, in either language, and is known as untouched', async () => {
      for (const lang of LANGS) {
        const files = Object.fromEntries(exercise.files.map((file) => [file.path, file.scaffold[lang]]));
        const { results } = await check(files);
        assert.ok(
          results.some(({ outcome }) => outcome === 'failed'),
          lang,
        );
        assert.equal(gateFiles(files, [files]), 'untouched_scaffold');
        for (const text of Object.values(files)) assert.doesNotMatch(text, /\{\{[a-z0-9_]+\}\}(?!.*args)/);
      }
    });

    it('has two right answers of another shape, or more, and accepts them', async () => {
      const names = variants(exercise, 'alternatives');
      assert.ok(names.length >= 2);
      for (const name of names) {
        const { results, violations } = await check(readVariant(exercise, 'alternatives', name));
        const errors = violations.filter(({ rule }) => exercise.rules[rule]?.severity === 'error');
        assert.deepEqual(errors, [], name);
        assert.deepEqual(
          results.filter(({ outcome }) => outcome !== 'passed').map(({ id }) => id),
          [],
          name,
        );
      }
    });

    it('catches each mutant by the check that it names, at its line', async () => {
      const file = path.join('questions', 'exercises', exercise.id, 'mutants', 'mutants.yaml');
      const expected = parse(fs.readFileSync(file, 'utf8')) as Readonly<Record<string, Mutant>>;
      const names = variants(exercise, 'mutants');
      assert.ok(names.length >= 5);
      assert.deepEqual(Object.keys(expected).sort(), [...names].sort());
      for (const name of names) {
        const mutant = expected[name];
        assert.ok(mutant);
        const { results, violations } = await check(readVariant(exercise, 'mutants', name));
        assert.equal(
          results.find(({ id }) => id === mutant.check)?.outcome,
          'failed',
          `${name}: ${mutant.check}`,
        );
        const lines = violations
          .filter(({ rule }) => rule === mutant.rule)
          .map(({ range }) => range.start.line + 1);
        assert.ok(
          lines.includes(mutant.line),
          `${name}: ${mutant.rule} at ${lines.join()}, expected ${mutant.line}`,
        );
      }
    }).timeout(120_000);

    it('says of every rule what is wrong, why it hurts and where to read on, in both languages', () => {
      for (const { id, rules } of exercise.checks) {
        for (const rule of rules) {
          const { message, why, link } = exercise.rules[rule] ?? {};
          for (const lang of LANGS) assert.ok(message?.[lang] && why?.[lang], `${id}: ${rule} (${lang})`);
          assert.match(link?.url ?? '', /^https:/);
        }
      }
    });
  });
}
