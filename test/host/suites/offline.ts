import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { Journal } from '../../../src/adapters/journal.ts';
import { COMMANDS } from '../../../src/vscode/ids.ts';
import { localDay } from '../../../src/vscode/study.ts';
import { DRIFT_ANSWER, freshStart, open, write } from './helpers.ts';

const SUBJECT = { type: 'question', id: 'drift-signals' } as const;

describe('grading offline', () => {
  it('estimates an answer without any model, quotes it, and says that it is an estimate', async () => {
    const { grading } = await freshStart();
    await open('drift-signals');
    const document = await write(DRIFT_ANSWER);
    await vscode.commands.executeCommand(COMMANDS.grade);
    const graded = await grading.last(SUBJECT);
    assert.equal(graded?.grade.status, 'graded');
    assert.deepEqual(graded?.grade.provenance, { by: 'offline' });
    const met = graded?.grade.points.filter(({ verdict }) => verdict === 'met') ?? [];
    assert.ok(met.length >= 3, `met: ${met.map(({ id }) => id).join()}`);
    for (const { evidence } of met) {
      assert.equal(evidence?.quote, document.getText().slice(evidence?.start, evidence?.end));
    }
    assert.equal(document.isDirty, false, 'the answer is saved before it is graded');
  });

  it('keeps answer and grade on the disk, where another window reads them', async () => {
    const { grading, context } = await freshStart();
    await open('drift-signals');
    await write(DRIFT_ANSWER);
    await vscode.commands.executeCommand(COMMANDS.grade);
    const graded = await grading.last(SUBJECT);
    const time = { now: Date.now, dayOf: localDay };
    const journal = new Journal(path.join(context.globalStorageUri.fsPath, 'attempts'), time);
    assert.deepEqual((await journal.refresh()).unreadable, []);
    const events = await journal.readAll();
    const attempt = events.find((event) => event.type === 'attempt' && event.id === graded?.attempt);
    assert.ok(attempt?.type === 'attempt');
    assert.deepEqual(await journal.readTexts(attempt.texts), { '': DRIFT_ANSWER });
    const grade = events.find((event) => event.type === 'grade' && event.attempt === graded?.attempt);
    assert.ok(grade?.type === 'grade');
    assert.deepEqual(grade.grade, graded?.grade);
  });

  it('gives 0 with the reason for a blank answer and for a copied question, and sends neither anywhere', async () => {
    const { grading, bank } = await freshStart({ grader: 'auto' });
    await open('drift-signals');
    await write('   \n');
    await vscode.commands.executeCommand(COMMANDS.grade);
    assert.equal((await grading.last(SUBJECT))?.grade.gate, 'blank');
    const { prompt } = await bank.question('drift-signals');
    await write(prompt.fr);
    await vscode.commands.executeCommand(COMMANDS.grade);
    const { grade } = (await grading.last(SUBJECT)) ?? {};
    assert.equal(grade?.gate, 'copied_question');
    assert.equal(grade?.score, 0);
    assert.deepEqual(grade?.provenance, { by: 'gate' });
  });

  it('takes the candidate’s own verdicts and then says that the grade is self-assessed', async () => {
    const { grading, bank } = await freshStart();
    await open('drift-signals');
    await write(DRIFT_ANSWER);
    await vscode.commands.executeCommand(COMMANDS.grade);
    const graded = await grading.last(SUBJECT);
    assert.ok(graded);
    const { points } = await bank.question('drift-signals');
    await grading.tick(
      graded.attempt,
      points.map(({ id }) => id),
    );
    const { grade } = (await grading.last(SUBJECT)) ?? {};
    assert.deepEqual(grade?.provenance, { by: 'self' });
    assert.equal(grade?.score, 1);
  });

  it('grades what is in the editor when the file cannot be saved, and loses nothing', async () => {
    const { grading, practice } = await freshStart();
    const document = await open('drift-signals');
    await write(DRIFT_ANSWER);
    // The folder turns into a file under the editor: no write can succeed, even for root.
    fs.rmSync(path.dirname(document.uri.fsPath), { recursive: true });
    fs.writeFileSync(path.dirname(document.uri.fsPath), 'in the way');
    await vscode.commands.executeCommand(COMMANDS.grade);
    const { grade } = (await grading.last(SUBJECT)) ?? {};
    assert.equal(grade?.status, 'graded');
    assert.equal(document.getText(), DRIFT_ANSWER);
    assert.equal(document.isDirty, true);
    fs.rmSync(practice.root, { recursive: true });
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });
});
