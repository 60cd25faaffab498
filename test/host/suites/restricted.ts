import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { COMMANDS } from '../../../src/vscode/ids.ts';
import { DRIFT_ANSWER, freshStart, open, write } from './helpers.ts';

describe('in a window that is not trusted', () => {
  it('is really in restricted mode', () => {
    assert.equal(vscode.workspace.isTrusted, false);
  });

  it('still reads, answers and grades', async () => {
    const { grading } = await freshStart();
    await open('drift-signals');
    await write(DRIFT_ANSWER);
    await vscode.commands.executeCommand(COMMANDS.grade);
    assert.equal((await grading.last({ type: 'question', id: 'drift-signals' }))?.grade.status, 'graded');
  });

  it('checks files that are only read, and runs no code: it says so instead of passing', async () => {
    const { bank, checks } = await freshStart();
    const python = await bank.exercise('define-feature');
    const { results } = await checks.run(python, python.solution, new AbortController().signal);
    for (const { outcome, failure } of results) {
      assert.equal(outcome, 'not_run');
      assert.equal(failure?.code, 'workspace_untrusted');
    }
    const yaml = await bank.exercise('argo-canary');
    const read = await checks.run(yaml, yaml.solution, new AbortController().signal);
    assert.ok(read.results.every(({ outcome }) => outcome === 'passed'));
  });
});
