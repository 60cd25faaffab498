import assert from 'node:assert/strict';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { Journal } from '../../../src/adapters/journal.ts';
import { COMMANDS } from '../../../src/vscode/ids.ts';
import { localDay } from '../../../src/vscode/study.ts';
import { DRIFT_ANSWER, eventually, freshStart, open, write } from './helpers.ts';

describe('a drill', () => {
  it('starts from the palette by keyboard alone: track, level, number, way', async () => {
    const { study } = await freshStart();
    const started = vscode.commands.executeCommand(COMMANDS.drillStart);
    for (let step = 0; step < 4; step++) {
      await new Promise((resolve) => setTimeout(resolve, 700));
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    }
    await started;
    const drill = (await study.history()).openDrill;
    assert.equal(drill?.subjects.length, 3);
    const active = vscode.window.activeTextEditor?.document.uri.fsPath ?? '';
    assert.equal(path.basename(active, '.md'), drill?.subjects[0]?.id);
    await vscode.commands.executeCommand(COMMANDS.drillStop);
    assert.equal((await study.history()).openDrill, undefined);
  });

  it('survives a restart, goes on with the next question, and ends with a summary of what was missed', async () => {
    const { study, panel, context, grading } = await freshStart();
    const subjects = ['drift-signals', 'shadow-side-effects'].map(
      (id) => ({ type: 'question', id }) as const,
    );
    await study.record({ type: 'drill', drill: 'test-drill', subjects, kind: 'track', feedback: 'now' });
    await vscode.commands.executeCommand(COMMANDS.drillResume);
    assert.match(vscode.window.activeTextEditor?.document.uri.fsPath ?? '', /drift-signals\.md$/);
    await write(DRIFT_ANSWER);
    await vscode.commands.executeCommand(COMMANDS.grade);
    await eventually('the answer counts', async () =>
      assert.equal((await study.history()).openDrill?.steps.length, 1),
    );
    // What another window, or this one after a restart, makes of the disk.
    const { history: reread } = await new Journal(path.join(context.globalStorageUri.fsPath, 'attempts'), {
      now: Date.now,
      dayOf: localDay,
    }).refresh();
    assert.equal(reread.openDrill?.id, 'test-drill');
    assert.equal(reread.openDrill?.steps.length, 1);

    await vscode.commands.executeCommand(COMMANDS.drillNext);
    assert.match(vscode.window.activeTextEditor?.document.uri.fsPath ?? '', /shadow-side-effects\.md$/);
    // Left unanswered, the second question counts as skipped, and the drill is over.
    await vscode.commands.executeCommand(COMMANDS.drillNext);
    assert.equal((await study.history()).openDrill, undefined);
    assert.deepEqual(panel.ref, { page: 'drill', drill: 'test-drill' });
    assert.ok((await grading.last({ type: 'question', id: 'drift-signals' }))?.grade);
    await open('drift-signals');
  });
});
