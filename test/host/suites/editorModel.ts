import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Question } from '../../../src/core/bank/question.ts';
import { COMMANDS } from '../../../src/vscode/ids.ts';
import type { Services } from '../../../src/vscode/services.ts';
import { eventually, freshStart, impatientClock, newAnswer, open, reply, write } from './helpers.ts';

const SUBJECT = { type: 'question', id: 'drift-signals' } as const;

interface Request {
  readonly messages: readonly { readonly role: string; readonly text: string }[];
  readonly tools: readonly { readonly name: string; readonly inputSchema: unknown }[];
  readonly required: boolean;
  readonly cancelled: boolean;
}

/** Behaviours, or functions that make one from what is asked: both extensions share this process. */
const script = (...behaviours: unknown[]) =>
  vscode.commands.executeCommand('canariTest.lm.script', behaviours);
const replyTo = ({ messages }: Request, question: Question, met: Readonly<Record<string, string>>) =>
  reply(
    messages.map(({ text }) => text),
    question,
    { met },
  );
const requests = () => vscode.commands.executeCommand<Request[]>('canariTest.lm.requests');

async function ready(): Promise<Services & { question: Question; nonce: string }> {
  const all = await freshStart({ grader: 'vscode' });
  await eventually('the provider offers its model', async () => {
    const models = await all.models.editorModels();
    assert.ok(models.some(({ vendor }) => vendor === 'canari-test'));
  });
  await all.models.confirm('vscode:canari-test');
  const nonce = 'TESTN';
  all.grading.random = { token: () => nonce };
  all.grading.clock = impatientClock;
  await open('drift-signals');
  await write(newAnswer());
  return { ...all, question: await all.bank.question('drift-signals'), nonce };
}

describe('grading by the editor’s own models', () => {
  const quotes = { 'reference-window': 'a reference window taken from the training data' };

  it('asks through a private tool, verifies the quotes, and names the model', async () => {
    const { grading, question, nonce } = await ready();
    await script((request: Request) => ({ tool: replyTo(request, question, quotes) }));
    await vscode.commands.executeCommand(COMMANDS.grade);
    const { grade } = (await grading.last(SUBJECT)) ?? {};
    assert.equal(grade?.status, 'graded', JSON.stringify(grade?.failure));
    const { provenance } = grade ?? {};
    assert.ok(provenance?.by === 'model');
    assert.equal(provenance.model, 'Canari test model scripted');
    assert.equal(provenance.destination, 'vscode:canari-test');
    const point = grade?.points.find(({ id }) => id === 'reference-window');
    assert.equal(point?.verdict, 'met');
    assert.equal(point?.evidence?.quote, quotes['reference-window']);
    const [request] = await requests();
    assert.equal(request?.required, true);
    assert.equal(request?.tools.length, 1);
    assert.ok(request?.messages.some(({ text }) => text.includes(`${nonce}|001|`)));
    assert.doesNotMatch(JSON.stringify(request), /"weight|penalty/);
  });

  it('reads the verdicts from text when the model calls no tool', async () => {
    const { grading, question } = await ready();
    await script((request: Request) => {
      const verdicts = JSON.stringify(replyTo(request, question, quotes));
      const text = `Here you are:\n\`\`\`json\n${verdicts}\n\`\`\``;
      return { text: [text.slice(0, 80), text.slice(80)] };
    });
    await vscode.commands.executeCommand(COMMANDS.grade);
    assert.equal((await grading.last(SUBJECT))?.grade.status, 'graded');
  });

  it('gives nothing for a quote that is not in the answer', async () => {
    const { grading, question } = await ready();
    const invented = Object.fromEntries(
      question.points.map(({ id }) => [id, 'we rehearse the rollback each month']),
    );
    await script((request: Request) => ({ tool: replyTo(request, question, invented) }));
    await vscode.commands.executeCommand(COMMANDS.grade);
    const { grade } = (await grading.last(SUBJECT)) ?? {};
    assert.equal(grade?.score, 0);
    assert.ok(grade?.points.every(({ verdict, unverified }) => verdict === 'not_met' && unverified));
  });

  for (const [error, code] of [
    ['NoPermissions', 'model_consent'],
    ['Blocked', 'provider_quota'],
    ['NotFound', 'provider_model_missing'],
    ['other', 'provider_failed'],
  ] as const) {
    it(`ends as not graded, with its reason, when the provider says ${error}`, async () => {
      const { grading } = await ready();
      await script({ error });
      await vscode.commands.executeCommand(COMMANDS.grade);
      const { grade } = (await grading.last(SUBJECT)) ?? {};
      assert.equal(grade?.status, 'not_graded');
      assert.equal(grade?.failure?.code, code);
      assert.equal(grade?.score, null);
    });
  }

  for (const [message, code] of [
    ['ChatRateLimited: you have sent too many requests', 'provider_rate_limited'],
    ['Response contained no choices.', 'reply_empty'],
    ['Your monthly quota is used up', 'provider_quota'],
  ] as const) {
    it(`tells ${code} by the words “${message}”`, async () => {
      const { grading } = await ready();
      await script({ error: 'other', message });
      await vscode.commands.executeCommand(COMMANDS.grade);
      const { grade } = (await grading.last(SUBJECT)) ?? {};
      assert.equal(grade?.failure?.code, code);
      assert.equal(grade?.score, null);
    });
  }

  it('asks once more without the tool when the model takes none, and reads its words', async () => {
    const { grading, question } = await ready();
    await script({ error: 'other', message: 'This model does not support tools.' }, (request: Request) => ({
      text: JSON.stringify(replyTo(request, question, quotes)),
    }));
    await vscode.commands.executeCommand(COMMANDS.grade);
    const { grade } = (await grading.last(SUBJECT)) ?? {};
    assert.equal(grade?.status, 'graded', JSON.stringify(grade?.failure));
    const [first, second] = await requests();
    assert.deepEqual([first?.tools.length, second?.tools.length, second?.required], [1, 0, false]);
  });

  it('ends as not graded when the reply is empty, and when it is not what was asked for', async () => {
    const { grading } = await ready();
    await script({ empty: true });
    await vscode.commands.executeCommand(COMMANDS.grade);
    assert.equal((await grading.last(SUBJECT))?.grade.failure?.code, 'reply_empty');
    await script({ text: 'Great answer, 9/10!' });
    await vscode.commands.executeCommand(COMMANDS.grade);
    assert.equal((await grading.last(SUBJECT))?.grade.failure?.code, 'reply_malformed');
  });

  it('stops the request within a moment when the candidate cancels', async () => {
    const { grading } = await ready();
    const before = await grading.last(SUBJECT);
    await script({ stall: true });
    const graded = vscode.commands.executeCommand(COMMANDS.grade);
    await eventually('the request is under way', async () => assert.equal((await requests()).length, 1));
    const start = Date.now();
    grading.cancel(SUBJECT);
    await graded;
    assert.ok(Date.now() - start <= 300, `${Date.now() - start} ms`);
    await eventually('the provider hears of it', async () =>
      assert.equal((await requests())[0]?.cancelled, true),
    );
    assert.deepEqual(await grading.last(SUBJECT), before, 'the last grade stands');
  });

  it('says that the editor has no model when there is none, and sends nothing', async () => {
    const { grading } = await ready();
    await vscode.commands.executeCommand('canariTest.lm.models', []);
    try {
      await eventually('no model is offered', async () => {
        const models = await vscode.lm.selectChatModels({ vendor: 'canari-test' });
        assert.equal(models.length, 0);
      });
      await vscode.commands.executeCommand(COMMANDS.grade);
      const { grade } = (await grading.last(SUBJECT)) ?? {};
      assert.equal(grade?.failure?.code, 'no_editor_model');
      assert.deepEqual(grade?.provenance, { by: 'none' });
    } finally {
      await vscode.commands.executeCommand('canariTest.lm.models', ['scripted']);
    }
  });
});
