import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { COMMANDS } from '../../../src/vscode/ids.ts';
import type { Services } from '../../../src/vscode/services.ts';
import { filesBelow } from '../../support/folders.ts';
import { freshStart, open, write } from './helpers.ts';

const ID = 'argo-canary';
const SUBJECT = { type: 'exercise', id: ID } as const;
const RATIONALE = 'Steps of **5 %**, since `p99 < 300`.\n\nAt night <nobody> calls.';

const exported = (given: object) =>
  vscode.commands.executeCommand<vscode.Uri | undefined>(COMMANDS.portfolioExport, given);
const read = (...parts: string[]) => fs.readFileSync(path.join(...parts), 'utf8');

describe('the portfolio', () => {
  /** The exercise's own solution handed in and graded; afterwards the working files are something else. */
  async function finished(settings: Parameters<typeof freshStart>[0] = {}): Promise<Services> {
    const all = await freshStart(settings);
    const { bank, practice, study } = all;
    await open(ID);
    const { solution } = await bank.exercise(ID);
    for (const [name, text] of Object.entries(solution)) {
      await vscode.window.showTextDocument(vscode.Uri.file(practice.exerciseFile(ID, name)));
      await (await write(text)).save();
    }
    await vscode.commands.executeCommand(COMMANDS.grade);
    assert.equal((await all.grading.last(SUBJECT))?.grade.score, 1);
    for (const name of Object.keys(solution)) {
      await vscode.window.showTextDocument(vscode.Uri.file(practice.exerciseFile(ID, name)));
      await (await write('# another try\n')).save();
    }
    await study.record({ type: 'note', subject: SUBJECT, text: RATIONALE });
    return all;
  }

  it('holds what was handed in, the prompt, the reasons, the diagram and the result, in a new folder', async () => {
    const { bank, practice } = await finished();
    const exercise = await bank.exercise(ID);
    const root = await exported({ folder: vscode.Uri.file(practice.root), ids: [ID] });
    assert.equal(root?.fsPath, path.join(practice.root, 'canari-portfolio'));
    assert.deepEqual(
      filesBelow(root.fsPath, '').map((file) => path.relative(root.fsPath, file)),
      [
        '.gitignore',
        'README.md',
        path.join(ID, 'README.md'),
        ...Object.keys(exercise.solution).map((name) => path.join(ID, name)),
      ].sort(),
    );
    for (const [name, text] of Object.entries(exercise.solution))
      assert.equal(read(root.fsPath, ID, name), text, name);

    const overview = read(root.fsPath, 'README.md');
    assert.ok(overview.includes(`[${exercise.title.en}](${ID}/README.md)`), overview);
    assert.ok(overview.includes(`${exercise.checks.length} automatic checks`));
    assert.ok(overview.includes('Automatic checks, offline'));
    const page = read(root.fsPath, ID, 'README.md');
    assert.ok(page.startsWith(`# ${exercise.title.en}\n`));
    assert.ok(page.includes(exercise.prompt.en.trim().split('\n')[0] ?? '?'));
    assert.ok(page.includes('Steps of **5 %**, since `p99 < 300`.\n\nAt night &lt;nobody> calls.'));
    if (exercise.diagram) assert.ok(page.includes(`\`\`\`mermaid\n${exercise.diagram.en.trim()}\n\`\`\``));
    const { length } = exercise.checks;
    assert.ok(page.includes(`Checks passed: ${length} of ${length}`));
    assert.ok(page.includes(`Points not judged: ${exercise.points.length}`));
    for (const { title } of exercise.checks)
      assert.ok(page.includes(title.en.split('_')[0] ?? '?'), title.en);
  });

  it('never touches a folder that is there', async () => {
    const { practice } = await finished();
    const folder = vscode.Uri.file(practice.root);
    const first = await exported({ folder, ids: [ID] });
    assert.ok(first);
    fs.writeFileSync(path.join(first.fsPath, 'README.md'), 'mine');
    const second = await exported({ folder, ids: [ID] });
    assert.equal(second?.fsPath, path.join(practice.root, 'canari-portfolio-2'));
    assert.equal(read(first.fsPath, 'README.md'), 'mine');
    assert.match(read(second.fsPath, 'README.md'), /^# MLOps exercises/);
  });

  it('is in the language of the interface, and says nothing in the place of reasons that are not there', async () => {
    const { bank, practice, study } = await finished({ language: 'fr' });
    await study.record({ type: 'note', subject: SUBJECT, text: '' });
    const root = await exported({ folder: vscode.Uri.file(practice.root), ids: [ID] });
    assert.ok(root);
    const { title } = await bank.exercise(ID);
    const page = read(root.fsPath, ID, 'README.md');
    assert.ok(page.startsWith(`# ${title.fr}\n\n## Énoncé\n`));
    assert.match(page, /Contrôles réussis\u00a0: \d+ sur \d+/);
    assert.doesNotMatch(page, /Choix et raisons/);
  });

  it('leaves nothing behind when it cannot be written, and writes nothing that was not graded', async () => {
    const { practice } = await finished();
    const file = path.join(practice.root, 'a-file');
    fs.writeFileSync(file, '');
    assert.equal(await exported({ folder: vscode.Uri.file(file), ids: [ID] }), undefined);
    assert.equal(await exported({ folder: vscode.Uri.file(practice.root), ids: ['no-such'] }), undefined);
    assert.ok(!fs.readdirSync(practice.root).some((name) => name.startsWith('canari-portfolio')));
  });

  it('can be left at the question for the reasons, with nothing written', async () => {
    const { practice, study } = await finished();
    await study.record({ type: 'note', subject: SUBJECT, text: '' });
    const asked = vscode.commands.executeCommand(COMMANDS.portfolioExport);
    const step = async (command: string) => {
      await new Promise((resolve) => setTimeout(resolve, 700));
      await vscode.commands.executeCommand(command);
    };
    // What scored well is ticked already.
    await step('workbench.action.acceptSelectedQuickOpenItem');
    await step('workbench.action.closeQuickOpen');
    assert.equal(await asked, undefined);
    assert.equal((await study.history()).entry(ID).note, '');
    assert.ok(!fs.readdirSync(practice.root).some((name) => name.startsWith('canari-portfolio')));
  });
});
