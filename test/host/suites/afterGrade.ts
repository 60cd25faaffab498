import assert from 'node:assert/strict';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { parse } from 'yaml';
import { chooseFollowUp, followUpId } from '../../../src/core/bank/followUp.ts';
import { missedPoints } from '../../../src/core/grading/missed.ts';
import { BankDocuments } from '../../../src/vscode/documents.ts';
import { COMMANDS } from '../../../src/vscode/ids.ts';
import type { Services } from '../../../src/vscode/services.ts';
import { apiError, fails, ModelServer } from '../../support/modelServer.ts';
import { eventually, freshStart, impatientClock, judges, newAnswer, open, write } from './helpers.ts';

const SUBJECT = { type: 'question', id: 'drift-signals' } as const;
const MET = {
  'reference-window': 'a reference window taken from the training data',
  'distribution-statistic': 'For each feature I compute a PSI',
};

describe('after a grade', () => {
  let server: ModelServer;

  before(async () => {
    server = await ModelServer.start();
  });
  after(() => server.stop());

  async function ready(): Promise<Services> {
    const all = await freshStart({
      grader: 'openai',
      'openai.baseUrl': server.baseUrl,
      'openai.model': 'test-model',
    });
    await all.models.setKey('sk-test-0123456789');
    await all.models.confirm(server.origin);
    all.grading.clock = impatientClock;
    server.answer(judges(await all.bank.question('drift-signals'), { met: MET }));
    server.requests.length = 0;
    await open('drift-signals');
    await write(newAnswer());
    return all;
  }

  const grade = () => vscode.commands.executeCommand(COMMANDS.grade);

  it('the same answer gets the same grade without being sent again, until a new one is asked for', async () => {
    const { grading } = await ready();
    await grade();
    const first = await grading.last(SUBJECT);
    assert.equal(first?.grade.status, 'graded', JSON.stringify(first?.grade.failure));
    const sent = server.chats.length;
    await grade();
    const second = await grading.last(SUBJECT);
    assert.equal(server.chats.length, sent, 'nothing was sent');
    assert.equal(typeof second?.grade.repeats, 'number');
    assert.notEqual(second?.attempt, first?.attempt, 'it is an attempt of its own');
    assert.equal(second?.grade.score, first?.grade.score);
    assert.equal(second?.previous?.attempt, first?.attempt);
    assert.equal(second?.previous?.sameAnswer, true);
    await vscode.commands.executeCommand(COMMANDS.gradeAgain);
    const third = await grading.last(SUBJECT);
    assert.ok(server.chats.length > sent, 'it was sent again');
    assert.equal(third?.grade.repeats, undefined);
    await write(newAnswer());
    await grade();
    assert.equal((await grading.last(SUBJECT))?.previous?.sameAnswer, false);
  });

  async function traceOf({ grading }: Services): Promise<string> {
    await vscode.commands.executeCommand(COMMANDS.trace, SUBJECT);
    const graded = await grading.last(SUBJECT);
    assert.ok(graded);
    const uri = BankDocuments.traceUri(graded.attempt, graded.subject);
    assert.equal(vscode.window.activeTextEditor?.document.uri.toString(), uri.toString());
    return (await vscode.workspace.openTextDocument(uri)).getText();
  }

  it('shows exactly what was sent and received, and never the key', async () => {
    const all = await ready();
    await grade();
    const text = await traceOf(all);
    for (const { text: body } of server.chats) {
      const pretty = JSON.stringify(JSON.parse(body), null, 2);
      assert.ok(text.includes(pretty), 'the body, word for word');
    }
    assert.ok(text.includes(server.origin));
    assert.match(text, /first reading of the answer/);
    assert.match(text, /The reference is there; the alert is not/);
    assert.doesNotMatch(text, /sk-test/);
  });

  it('keeps what was sent for a grade that failed, and says why it did', async () => {
    const all = await ready();
    server.answer(fails(401, apiError('bad key')));
    await grade();
    const text = await traceOf(all);
    assert.match(text, /refuses the API key/);
    assert.ok(text.includes('a reference window taken from the training data'));
  });

  it('shows the calls of the first grade for one that repeats it, and says so', async () => {
    const all = await ready();
    await grade();
    await grade();
    const text = await traceOf(all);
    assert.match(text, /nothing was sent again/);
    assert.match(text, /first reading of the answer/);
  });

  it('says that nothing left the machine for an estimate', async () => {
    const all = await ready();
    await vscode.commands.executeCommand(COMMANDS.gradeOffline);
    assert.equal(server.chats.length, 0);
    assert.match(await traceOf(all), /Nothing left this machine/);
  });

  it('lets the candidate contest points by keyboard, without any change of the score', async () => {
    const { grading, study } = await ready();
    await grade();
    const graded = await grading.last(SUBJECT);
    assert.ok(graded);
    const contested = vscode.commands.executeCommand(COMMANDS.contest);
    const step = async (command: string) => {
      await new Promise((resolve) => setTimeout(resolve, 700));
      await vscode.commands.executeCommand(command);
    };
    await step('workbench.action.quickOpenSelectNext');
    await step('workbench.action.quickPickManyToggle');
    await step('workbench.action.acceptSelectedQuickOpenItem');
    await step('workbench.action.acceptSelectedQuickOpenItem');
    await contested;
    const attempt = await study.attempt(graded.attempt);
    const [point] = graded.grade.points;
    assert.deepEqual(attempt?.contest, {
      points: [{ id: point?.id, verdict: point?.verdict === 'met' ? 'not_met' : 'met' }],
      note: '',
    });
    assert.equal((await grading.last(SUBJECT))?.grade.score, graded.grade.score);
  });

  it('exports contested grades as evaluation cases', async () => {
    const { grading, practice } = await ready();
    await grade();
    const graded = await grading.last(SUBJECT);
    assert.ok(graded);
    const own = vscode.window.activeTextEditor?.document.getText();
    const points = [{ id: 'data-quality', verdict: 'met' }] as const;
    await grading.contest(graded.attempt, { points, note: 'I said it.' });
    const read = async (name: string) => {
      const uri = vscode.Uri.file(path.join(practice.root, name));
      await vscode.commands.executeCommand(COMMANDS.exportContests, uri);
      return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
    };
    const cases = parse(await read('cases.yaml')) as { id: string; answers: Record<string, unknown>[] }[];
    assert.deepEqual(JSON.parse(await read('cases.json')), cases);
    const ofQuestion = cases.find(({ id }) => id === 'drift-signals')?.answers;
    const answer = ofQuestion?.find(({ id }) => id === graded.attempt);
    assert.equal(answer?.['text'], own);
    assert.equal(answer?.['note'], 'I said it.');
    assert.equal(answer?.['model'], 'test-model');
    const verdicts = answer?.['verdicts'] as Record<string, Record<string, string>>;
    assert.deepEqual(verdicts['candidate'], { 'data-quality': 'met' });
    assert.equal(verdicts['grader']?.['reference-window'], 'met');
  });

  it('opens the follow-up to the worst missed point, which is graded like any other question', async () => {
    const { bank, grading, practice } = await ready();
    await grade();
    const question = await bank.question('drift-signals');
    const grade1 = (await grading.last(SUBJECT))?.grade;
    assert.ok(grade1);
    const point = chooseFollowUp(question, missedPoints(question.points, grade1));
    assert.ok(point);
    const id = followUpId('drift-signals', point.id);
    await vscode.commands.executeCommand(COMMANDS.followUp);
    const document = vscode.window.activeTextEditor?.document;
    assert.equal(document?.uri.fsPath, path.join(practice.root, 'answers', 'monitoring', `${id}.md`));
    const asked = vscode.window.visibleTextEditors.find((editor) => editor.document.uri.scheme === 'canari');
    assert.match(asked?.document.getText() ?? '', /^# Follow-up: Signals of data drift/);
    await write(newAnswer());
    server.answer(
      judges(question, { met: { [point.id]: 'a reference window taken from the training data' } }),
    );
    await grade();
    await eventually('a grade of its own', async () => {
      const graded = await grading.last({ type: 'question', id });
      assert.equal(graded?.grade.score, 1, JSON.stringify(graded?.grade));
      assert.deepEqual(
        graded?.grade.points.map((result) => result.id),
        [point.id],
      );
    });
    assert.equal((await grading.last(SUBJECT))?.grade, grade1, 'the question keeps its own');
  });
});
