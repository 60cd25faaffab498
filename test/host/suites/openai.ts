import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Question } from '../../../src/core/bank/question.ts';
import { COMMANDS } from '../../../src/vscode/ids.ts';
import type { Services } from '../../../src/vscode/services.ts';
import {
  apiError,
  type Behaviour,
  breaksOff,
  fails,
  finishes,
  ModelServer,
  type Received,
  replies,
  servesHtml,
  stalls,
} from '../../support/modelServer.ts';
import {
  eventually,
  freshStart,
  impatientClock,
  judges,
  newAnswer,
  open,
  reply,
  setSetting,
  write,
} from './helpers.ts';

const SUBJECT = { type: 'question', id: 'drift-signals' } as const;

describe('grading by an OpenAI-compatible endpoint', () => {
  let server: ModelServer;

  before(async () => {
    server = await ModelServer.start();
  });
  after(() => server.stop());

  const whole = (question: Question, { chat }: Received) =>
    JSON.stringify(
      reply(
        chat.messages.map(({ content }) => content),
        question,
        {},
      ),
    );

  async function ready(): Promise<Services & { question: Question }> {
    const all = await freshStart({
      grader: 'openai',
      'openai.baseUrl': server.baseUrl,
      'openai.model': 'test-model',
    });
    await all.models.setKey('sk-test-0123456789');
    await all.models.confirm(server.origin);
    all.grading.clock = impatientClock;
    await open('drift-signals');
    await write(newAnswer());
    return { ...all, question: await all.bank.question('drift-signals') };
  }

  it('streams a grade whose every point rests on the candidate’s own words', async () => {
    const { grading, question } = await ready();
    const quotes = {
      'reference-window': 'a reference window taken from the training data',
      'distribution-statistic': 'For each feature I compute a PSI',
    };
    server.answer(judges(question, { met: quotes }));
    const provisional = new Set<number>();
    const subscription = grading.onDidProgress(() => {
      const progress = grading.session(SUBJECT)?.progress;
      if (progress?.phase === 'reading') provisional.add(progress.points.length);
    });
    await vscode.commands.executeCommand(COMMANDS.grade);
    subscription.dispose();
    const { grade } = (await grading.last(SUBJECT)) ?? {};
    assert.equal(grade?.status, 'graded', JSON.stringify(grade?.failure));
    const { provenance } = grade ?? {};
    assert.ok(provenance?.by === 'model');
    assert.equal(provenance.model, 'test-model');
    assert.equal(provenance.destination, server.origin);
    assert.ok(provenance.prompt && provenance.rubric, 'another prompt or rubric is another grader');
    const met = grade?.points.filter(({ verdict }) => verdict === 'met').map(({ id }) => id);
    assert.deepEqual(met, Object.keys(quotes));
    const weights = question.points.reduce((sum, { weight }) => sum + weight, 0);
    assert.ok(Math.abs((grade?.score ?? 0) - 5 / weights) < 1e-9);
    assert.ok(provisional.size > 1, 'points fill in while the reply streams');
  });

  it('sends the question, the points and the answer, and neither weights nor the key in the body', async () => {
    const { question } = await ready();
    server.requests.length = 0;
    server.answer(judges(question, {}));
    await vscode.commands.executeCommand(COMMANDS.grade);
    const [request] = server.requests;
    assert.equal(request?.headers.authorization, 'Bearer sk-test-0123456789');
    const body = request?.text ?? '';
    assert.ok(body.includes('reference window taken from the training data'));
    assert.doesNotMatch(body, /sk-test|"weight|penalty/);
  });

  const failures: readonly (readonly [string, (question: Question) => Behaviour, string])[] = [
    ['a refused key', () => fails(401, apiError('bad key')), 'provider_auth'],
    ['an unknown model', () => fails(404, apiError('no such model')), 'provider_model_missing'],
    ['a rate limit', () => fails(429, apiError('slow down')), 'provider_rate_limited'],
    ['a used-up quota', () => fails(429, apiError('quota', 'insufficient_quota')), 'provider_quota'],
    ['a server error', () => fails(500, apiError('oops')), 'provider_failed'],
    ['a page of HTML', () => servesHtml(), 'endpoint_not_a_model'],
    ['a refusal', () => finishes('', 'content_filter'), 'model_refused'],
    ['an empty reply', () => replies(''), 'reply_empty'],
    [
      'a truncated reply',
      (question) => finishes((received) => whole(question, received).slice(0, 30), 'length'),
      'reply_truncated',
    ],
    ['a cut connection', () => breaksOff('{"points": {'), 'reply_truncated'],
    ['a malformed reply', () => replies('Great answer, 9/10!'), 'reply_malformed'],
    [
      'another run’s verdicts',
      (question) => replies((received) => whole(question, received).replace(/"run":"\w+"/, '"run":"OTHER"')),
      'reply_malformed',
    ],
  ];
  for (const [name, behaviour, code] of failures) {
    it(`ends as not graded, with its reason and no score, after ${name}`, async () => {
      const { grading, question } = await ready();
      server.answer(behaviour(question));
      await vscode.commands.executeCommand(COMMANDS.grade);
      const { grade } = (await grading.last(SUBJECT)) ?? {};
      assert.equal(grade?.status, 'not_graded');
      assert.equal(grade?.failure?.code, code);
      assert.equal(grade?.score, null);
      assert.ok(grade?.points.every(({ verdict }) => verdict === 'unjudged'));
    });
  }

  it('gives nothing for invented quotes', async () => {
    const { grading, question } = await ready();
    const invented = Object.fromEntries(
      question.points.map(({ id }) => [id, 'alerts confirmed over several windows']),
    );
    server.answer(judges(question, { met: invented }));
    await vscode.commands.executeCommand(COMMANDS.grade);
    const { grade } = (await grading.last(SUBJECT)) ?? {};
    assert.equal(grade?.score, 0);
    assert.ok(grade?.points.every(({ unverified }) => unverified));
  });

  it('lets go of a stalled reply within 300 ms when the candidate cancels, and keeps the answer', async () => {
    const { grading } = await ready();
    const answer = vscode.window.activeTextEditor?.document.getText();
    server.answer(stalls('{"points": {'));
    const graded = vscode.commands.executeCommand(COMMANDS.grade);
    await eventually('the reply has begun', () =>
      assert.equal(grading.session(SUBJECT)?.progress?.phase, 'reading'),
    );
    const start = Date.now();
    grading.cancel(SUBJECT);
    await graded;
    assert.ok(Date.now() - start <= 300, `${Date.now() - start} ms`);
    assert.equal(await server.chats.at(-1)?.closed, 'cut');
    assert.equal(vscode.window.activeTextEditor?.document.getText(), answer);
  });

  it('keeps one key per address, and sends it to no other', async () => {
    const { models } = await ready();
    const other = await ModelServer.start();
    try {
      await setSetting('openai.baseUrl', other.baseUrl);
      await eventually('the setting is in force', () =>
        assert.equal(models.endpoint().baseUrl, other.baseUrl),
      );
      assert.equal(await models.key(models.endpoint()), undefined);
    } finally {
      await other.stop();
    }
    await setSetting('openai.baseUrl', server.baseUrl);
    await eventually('the setting is back', () => assert.equal(models.endpoint().baseUrl, server.baseUrl));
    assert.equal(await models.key(models.endpoint()), 'sk-test-0123456789');
    await models.forgetKey();
    assert.equal(await models.key(models.endpoint()), undefined);
  });

  it('shows the confirmation before the first answer goes to a destination, and sends nothing without it', async () => {
    const { grading, context } = await ready();
    await context.globalState.update('canari.confirmedDestinations', []);
    server.requests.length = 0;
    server.answer(fails(500, {}));
    // This window refuses dialogs, which is no consent.
    await vscode.commands.executeCommand(COMMANDS.grade);
    assert.equal(server.requests.length, 0);
    assert.equal((await grading.last(SUBJECT))?.grade.status, 'not_graded');
  });
});
