import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { BankDocuments } from '../../../src/vscode/documents.ts';
import { COMMANDS } from '../../../src/vscode/ids.ts';
import { eventually, freshStart, lensTitles, open, setSetting } from './helpers.ts';

describe('surfaces', () => {
  it('registers every command of the manifest', async () => {
    await freshStart();
    const known = await vscode.commands.getCommands(true);
    assert.deepEqual(
      Object.values(COMMANDS).filter((id) => !known.includes(id)),
      [],
    );
  });

  it('opens a question as two documents: the prompt to read, and an empty answer in the practice folder', async () => {
    const { practice } = await freshStart();
    const answer = await open('drift-signals');
    assert.equal(answer.uri.fsPath, `${practice.root}/answers/monitoring/drift-signals.md`);
    assert.equal(answer.getText(), '');
    const prompt = vscode.window.visibleTextEditors.find(({ document }) => document.uri.scheme === 'canari');
    assert.match(prompt?.document.getText() ?? '', /Which signals do you watch/);
  });

  it('never writes over an answer that is there', async () => {
    const { practice } = await freshStart();
    const first = await open('drift-signals');
    await vscode.workspace.fs.writeFile(first.uri, Buffer.from('my own words'));
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const again = await open('drift-signals');
    assert.equal(again.getText(), 'my own words');
    assert.ok(again.uri.fsPath.startsWith(practice.root));
  });

  it('switches the language of prompt, CodeLens and panel while they are open', async () => {
    const { panel, l10n } = await freshStart();
    const answer = await open('drift-signals');
    assert.ok((await lensTitles(answer.uri)).some((title) => title.includes('Grade')));
    panel.show({ page: 'track', track: 'monitoring' });
    await setSetting('language', 'fr');
    await eventually('the strings are French', () => assert.equal(l10n.t('lens.grade'), 'Évaluer'));
    await eventually('the CodeLens is French', async () =>
      assert.ok((await lensTitles(answer.uri)).some((title) => title.includes('Évaluer'))),
    );
    const prompt = await vscode.workspace.openTextDocument(
      BankDocuments.promptUri({ type: 'question', id: 'drift-signals' }),
    );
    await eventually('the prompt is French', () =>
      assert.match(prompt.getText(), /Quels signaux surveiller/),
    );
    // The candidate's own words are never touched by a change of language.
    assert.equal(answer.getText(), '');
  });

  it('shows the other language under the prompt on request, and takes it away again', async () => {
    await freshStart();
    await open('drift-signals');
    const prompt = await vscode.workspace.openTextDocument(
      BankDocuments.promptUri({ type: 'question', id: 'drift-signals' }),
    );
    await vscode.commands.executeCommand(COMMANDS.otherLanguage);
    await eventually('both languages', () =>
      assert.match(prompt.getText(), /Which signals[\s\S]*Quels signaux/),
    );
    await vscode.commands.executeCommand(COMMANDS.otherLanguage);
    await eventually('one language', () => assert.doesNotMatch(prompt.getText(), /Quels signaux/));
  });

  it('reveals one hint at a time in the prompt, and counts them', async () => {
    const { study } = await freshStart();
    await open('drift-signals');
    const prompt = await vscode.workspace.openTextDocument(
      BankDocuments.promptUri({ type: 'question', id: 'drift-signals' }),
    );
    const before = (await study.history()).sitting('drift-signals', study.today).hints;
    await vscode.commands.executeCommand(COMMANDS.hint);
    await eventually('a hint', () =>
      assert.match(prompt.getText(), new RegExp(`Hints \\(${before + 1} of 3\\)`)),
    );
    assert.equal((await study.history()).sitting('drift-signals', study.today).hints, before + 1);
  });

  it('marks what has been opened, and finds entries in either language', async () => {
    const { bank, study } = await freshStart();
    await open('shadow-side-effects');
    assert.equal((await study.history()).state('shadow-side-effects'), 'started');
    const catalogue = await bank.catalogue();
    assert.ok(catalogue.search('dérive signaux').some(({ id }) => id === 'drift-signals'));
    assert.ok(catalogue.search('data DRIFT').some(({ id }) => id === 'drift-signals'));
  });

  it('compares an answer with the solution in the native diff', async () => {
    await freshStart();
    await open('drift-signals');
    await vscode.commands.executeCommand(COMMANDS.compare);
    await eventually('a diff tab', () => {
      const tabs = vscode.window.tabGroups.all.flatMap(({ tabs: all }) => all);
      const diff = tabs.find(({ input }) => input instanceof vscode.TabInputTextDiff);
      assert.equal((diff?.input as vscode.TabInputTextDiff | undefined)?.modified.scheme, 'canari');
    });
  });
});
