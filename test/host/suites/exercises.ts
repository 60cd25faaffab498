import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { parse } from 'yaml';
import { COMMANDS } from '../../../src/vscode/ids.ts';
import { eventually, freshStart, lensTitles, open, ROOT, write } from './helpers.ts';

/** A mutant's file and what must be found in it, from the exercise's own folder. */
function mutant(exercise: string, name: string): { text: string; file: string; rule: string; line: number } {
  const dir = path.join(ROOT, 'questions', 'exercises', exercise, 'mutants');
  const expected = parse(fs.readFileSync(path.join(dir, 'mutants.yaml'), 'utf8')) as Record<
    string,
    { rule: string; line: number }
  >;
  const [file] = fs.readdirSync(path.join(dir, name));
  assert.ok(file && expected[name]);
  return { file, text: fs.readFileSync(path.join(dir, name, file), 'utf8'), ...expected[name] };
}

function findings(uri: vscode.Uri): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Canari');
}

async function openFile(file: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(file);
  await vscode.window.showTextDocument(document);
  return document;
}

describe('exercises', () => {
  it('open as files in the language of the moment, and are not written again in another one', async () => {
    const { practice } = await freshStart({ language: 'fr' });
    const document = await open('argo-canary');
    const text = document.getText();
    assert.ok(document.uri.fsPath.startsWith(path.join(practice.root, 'exercises', 'argo-canary')));
    const titles = await lensTitles(document.uri);
    assert.ok(titles.some((title) => title.includes('Vérifier')));
    await vscode.workspace
      .getConfiguration('canari')
      .update('language', 'en', vscode.ConfigurationTarget.Global);
    await open('argo-canary');
    assert.equal(vscode.window.activeTextEditor?.document.getText(), text);
  });

  it('put a finding on the faulty line of a rollout, with what, why and a link, when the file is saved', async () => {
    const { practice, bank } = await freshStart();
    await open('argo-canary');
    const exercise = await bank.exercise('argo-canary');
    for (const [name, text] of Object.entries(exercise.solution)) {
      await openFile(practice.exerciseFile('argo-canary', name));
      await (await write(text)).save();
    }
    const dir = path.join(ROOT, 'questions', 'exercises', 'argo-canary', 'mutants');
    const name =
      fs.readdirSync(dir, { withFileTypes: true }).find((entry) => entry.isDirectory())?.name ?? '';
    const { file, text, rule, line } = mutant('argo-canary', name);
    const document = await openFile(practice.exerciseFile('argo-canary', file));
    await write(text);
    await document.save();
    await eventually('the finding is there', () => {
      const found = findings(document.uri).find(
        ({ code }) => typeof code === 'object' && code.value === rule,
      );
      assert.ok(
        found,
        findings(document.uri)
          .map(({ message }) => message)
          .join('\n'),
      );
      assert.equal(found.range.start.line, line - 1);
      assert.equal(found.message.split('\n').length, 2, 'what is wrong, then why it hurts');
      assert.match(typeof found.code === 'object' ? String(found.code.target) : '', /^https:/);
    });
  });

  it('run the learner’s Python in the sandbox and find the fault at its line', async () => {
    const { practice } = await freshStart();
    await open('define-feature');
    const dir = path.join(ROOT, 'questions', 'exercises', 'define-feature', 'mutants');
    const name =
      fs.readdirSync(dir, { withFileTypes: true }).find((entry) => entry.isDirectory())?.name ?? '';
    const { file, text, rule, line } = mutant('define-feature', name);
    const document = await openFile(practice.exerciseFile('define-feature', file));
    await write(text);
    await vscode.commands.executeCommand(COMMANDS.check);
    const found = findings(document.uri).find(({ code }) => typeof code === 'object' && code.value === rule);
    assert.ok(
      found,
      findings(document.uri)
        .map(({ message }) => message)
        .join('\n'),
    );
    assert.equal(found.range.start.line, line - 1);
  }).timeout(60_000);

  for (const id of ['argo-canary', 'define-feature']) {
    it(`grade the solution of ${id}: every check passed, design points left to judge, who graded told`, async () => {
      const { practice, bank, grading } = await freshStart();
      await open(id);
      const exercise = await bank.exercise(id);
      for (const [name, text] of Object.entries(exercise.solution)) {
        const document = await openFile(practice.exerciseFile(id, name));
        await write(text);
        await document.save();
      }
      await vscode.commands.executeCommand(COMMANDS.grade);
      const { grade } = (await grading.last({ type: 'exercise', id })) ?? {};
      assert.deepEqual(
        grade?.checks.filter(({ outcome }) => outcome !== 'passed'),
        [],
      );
      assert.equal(grade?.score, 1);
      assert.deepEqual(grade?.provenance, { by: 'offline' });
      assert.ok(grade?.points.every(({ verdict }) => verdict === 'unjudged'));
    }).timeout(60_000);

    it(`give 0 for the untouched files of ${id}`, async () => {
      const { grading } = await freshStart();
      await open(id);
      await vscode.commands.executeCommand(COMMANDS.grade);
      assert.equal((await grading.last({ type: 'exercise', id }))?.grade.gate, 'untouched_scaffold');
    });
  }
});
