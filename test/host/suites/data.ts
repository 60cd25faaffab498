import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Archive } from '../../../src/core/store/archive.ts';
import { COMMANDS } from '../../../src/vscode/ids.ts';
import type { Services } from '../../../src/vscode/services.ts';
import { freshStart, newAnswer, open, setSetting, write } from './helpers.ts';

const SUBJECT = { type: 'question', id: 'drift-signals' } as const;
const LONG = 'A long answer, with « accents » and 😀.\n'.repeat(400);

interface Summary {
  readonly imported: number;
  readonly known: number;
  readonly faults: readonly { readonly place: string; readonly reason: string }[];
  readonly missingTexts: number;
}

const remove = () => vscode.commands.executeCommand<boolean>(COMMANDS.dataDelete, { confirmed: true });
const take = (uri: vscode.Uri) =>
  vscode.commands.executeCommand<Summary | undefined>(COMMANDS.dataImport, uri);

describe('all data', () => {
  /** A graded answer, a note, and an attempt whose text is kept apart. */
  async function recorded(): Promise<{ all: Services; attempt: string }> {
    const all = await freshStart({ 'openai.baseUrl': 'https://one.example/v1' });
    const { study } = all;
    await remove();
    await open('drift-signals');
    await write(newAnswer());
    await vscode.commands.executeCommand(COMMANDS.grade);
    await study.record({ type: 'note', subject: SUBJECT, text: 'Say PSI first.' });
    const texts = await study.storeTexts({ '': LONG });
    const { id } = await study.record({
      type: 'attempt',
      subject: SUBJECT,
      lang: 'en',
      texts,
      hints: 0,
      solutionSeen: false,
    });
    return { all, attempt: id };
  }

  async function exported({ practice }: Services): Promise<vscode.Uri> {
    const uri = vscode.Uri.file(path.join(practice.root, 'data.json'));
    const written = await vscode.commands.executeCommand<vscode.Uri>(COMMANDS.dataExport, uri);
    assert.equal(written?.fsPath, uri.fsPath);
    return uri;
  }

  const archiveOf = (uri: vscode.Uri) => JSON.parse(fs.readFileSync(uri.fsPath, 'utf8')) as Archive;

  it('come back as they were after an export, a deletion and an import', async () => {
    const { all, attempt } = await recorded();
    const { study } = all;
    const before = await study.readAll();
    const graded = (await study.history()).entry(SUBJECT.id).attempts.find(({ grade }) => grade);
    assert.ok(graded);
    const whole = await study.whole(graded);
    assert.ok(whole.grade);
    const uri = await exported(all);
    const archive = archiveOf(uri);
    assert.equal(archive.canari, 1);
    assert.deepEqual(archive.events, before);
    assert.deepEqual(archive.texts, { [createHash('sha256').update(LONG).digest('hex')]: LONG });

    assert.equal(await remove(), true);
    assert.deepEqual(await study.readAll(), []);
    assert.equal((await study.history()).size, 0);

    const result = await take(uri);
    assert.deepEqual(result, { imported: before.length, known: 0, faults: [], missingTexts: 0 });
    assert.deepEqual(await study.readAll(), before);
    const history = await study.history();
    assert.equal(history.entry(SUBJECT.id).note, 'Say PSI first.');
    assert.deepEqual(await study.attempt(graded.id), whole);
    const long = await study.attempt(attempt);
    assert.deepEqual(long && (await study.readTexts(long.texts)), { '': LONG });
  });

  it('are taken in once, however often they are imported, beside what is there', async () => {
    const { all } = await recorded();
    const { study } = all;
    const uri = await exported(all);
    await study.record({ type: 'note', subject: SUBJECT, text: 'Written since.' });
    const before = await study.readAll();
    const result = await take(uri);
    assert.deepEqual(result, { imported: 0, known: before.length - 1, faults: [], missingTexts: 0 });
    assert.deepEqual(await study.readAll(), before);
    assert.equal((await study.history()).entry(SUBJECT.id).note, 'Written since.');
  });

  it('of a damaged file are taken in but for what is damaged, which is named', async () => {
    const { all, attempt } = await recorded();
    const { study } = all;
    const uri = await exported(all);
    const { events, texts, ...head } = archiveOf(uri);
    const [hash = ''] = Object.keys(texts);
    const damaged = { ...head, events: [{ half: 'a record' }, ...events], texts: { [hash]: `${LONG}!` } };
    fs.writeFileSync(uri.fsPath, JSON.stringify(damaged));
    await remove();
    const result = await take(uri);
    assert.deepEqual(
      result?.faults.map(({ place }) => place),
      ['events[0]', `texts.${hash}`],
    );
    assert.equal(result.imported, events.length);
    assert.equal(result.missingTexts, 1);
    assert.deepEqual(await study.readAll(), events);
    await assert.rejects(async () => study.readTexts((await study.attempt(attempt))?.texts ?? {}));
  });

  it('stay as they are when a file is no export', async () => {
    const { all } = await recorded();
    const { practice, study } = all;
    const before = await study.readAll();
    for (const text of ['', '{', '[]', '{"name":"package"}', '{"canari":2,"events":[],"texts":{}}']) {
      const uri = vscode.Uri.file(path.join(practice.root, 'other.json'));
      fs.writeFileSync(uri.fsPath, text);
      assert.equal(await take(uri), undefined, text);
    }
    assert.deepEqual(await study.readAll(), before);
  });

  it('are gone after the deletion, with keys, confirmed destinations and profiles; files and settings stay', async () => {
    const { all } = await recorded();
    const { bank, context, models, practice, study } = all;
    await models.setKey('sk-one');
    await models.confirm('https://one.example');
    await setSetting('openai.baseUrl', 'https://two.example/v1');
    await models.setKey('sk-two');
    await context.globalState.update('canari.modelProfiles', { two: {} });
    const file = practice.answerFile(SUBJECT, (await bank.question(SUBJECT.id)).track);
    const answer = fs.readFileSync(file, 'utf8');

    assert.equal(await remove(), true);

    assert.deepEqual(await study.readAll(), []);
    assert.equal((await study.history()).state(SUBJECT.id), 'new');
    assert.ok(!fs.existsSync(path.join(study.folder, 'texts')));
    assert.deepEqual(
      context.globalState.keys().filter((key) => key.startsWith('canari.')),
      [],
    );
    assert.equal(models.isConfirmed('https://one.example'), false);
    await assert.rejects(models.key(models.endpoint()), /no_api_key/);
    await setSetting('openai.baseUrl', 'https://one.example/v1');
    await assert.rejects(models.key(models.endpoint()), /no_api_key/);
    assert.equal(fs.readFileSync(file, 'utf8'), answer);
    assert.equal(vscode.workspace.getConfiguration('canari').get('practiceFolder'), practice.root);
  });
});
