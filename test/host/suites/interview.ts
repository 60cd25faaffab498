import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { Journal } from '../../../src/adapters/journal.ts';
import { parseFollowUpId } from '../../../src/core/bank/followUp.ts';
import type { InterviewWanted } from '../../../src/core/study/interview.ts';
import { COMMANDS } from '../../../src/vscode/ids.ts';
import type { Services } from '../../../src/vscode/services.ts';
import { localDay } from '../../../src/vscode/study.ts';
import { ModelServer } from '../../support/modelServer.ts';
import { freshStart, judges, lensTitles, newAnswer, write } from './helpers.ts';

const WANTED: InterviewWanted & { readonly lang: 'en' | 'fr'; readonly from: 'role' } = {
  role: 'mlops',
  level: 'mid',
  minutes: 15,
  lang: 'en',
  from: 'role',
};

const activeFile = () => path.basename(vscode.window.activeTextEditor?.document.uri.fsPath ?? '', '.md');

async function begin(wanted = WANTED, settings: Parameters<typeof freshStart>[0] = {}): Promise<Services> {
  const services = await freshStart(settings);
  await vscode.commands.executeCommand(COMMANDS.interviewStart, wanted);
  return services;
}

async function openInterview({ study }: Services) {
  const interview = (await study.history()).openInterview;
  assert.ok(interview);
  return interview;
}

/** Hands in until the interview is over, each time with another answer; at most so often. */
async function answerAll(services: Services, most = 30): Promise<void> {
  for (let i = 0; i < most && (await services.study.history()).openInterview; i++) {
    await write(newAnswer());
    await vscode.commands.executeCommand(COMMANDS.interviewHandIn);
  }
  assert.equal((await services.study.history()).openInterview, undefined);
}

describe('a mock interview', () => {
  afterEach(async () => {
    const { interviewClock, study } = await freshStart();
    const open = (await study.history()).openInterview;
    interviewClock.end();
    if (open) await study.record({ type: 'interview_end', interview: open.id });
  });

  it('asks on an empty page, without help, and grades out of sight until the report', async () => {
    const services = await begin();
    const { panel, study, l10n } = services;
    const { id, plan } = await openInterview(services);
    assert.ok(plan.questions.length >= 2);
    assert.ok(plan.questions.reduce((sum, { minutes }) => sum + minutes, 0) <= 15);
    assert.deepEqual(panel.ref, { page: 'interview', interview: id });
    assert.equal(activeFile(), plan.questions[0]?.subject.id);
    assert.equal(vscode.window.activeTextEditor?.document.getText(), '');
    await vscode.commands.executeCommand(COMMANDS.hint);
    const [first] = plan.questions;
    assert.equal((await study.history()).sitting(first?.subject.id ?? '', study.today).hints, 0);
    await vscode.commands.executeCommand(COMMANDS.interviewHandIn);
    assert.equal((await openInterview(services)).steps.length, 0, 'a blank page is not handed in');
    await write(newAnswer());
    // The usual command hands in too.
    await vscode.commands.executeCommand(COMMANDS.grade);
    const after = await openInterview(services);
    assert.equal(after.steps.length, 1);
    assert.deepEqual(panel.ref, { page: 'interview', interview: id }, 'no grade is shown');
    const step = after.steps[0];
    const attempt = step?.attempt ? (await study.history()).attempt(step.attempt) : undefined;
    assert.ok(attempt?.observed, 'what was observed of help is stamped on the attempt');
    assert.ok(attempt.grade);
    const { uri } = vscode.window.activeTextEditor?.document ?? assert.fail();
    assert.deepEqual(await lensTitles(uri), ['$(check) Hand in', '$(debug-pause) Pause']);
    await answerAll(services);
    assert.ok((await lensTitles(uri)).some((title) => title.includes('Grade')));
    assert.deepEqual(panel.ref, { page: 'report', interview: id });
    const report = await panel.pages?.build({ page: 'report', interview: id });
    assert.ok(report?.page === 'report');
    assert.ok(report.headline.value !== undefined && report.headline.gradedBy !== '');
    assert.ok(report.answers.filter(({ isFollowUp }) => !isFollowUp).length === plan.questions.length);
    assert.ok(report.competences.length > 0 && report.time.rows.length > 0 && report.clarity.length > 0);
    assert.ok(report.next.length > 0 && report.next.length <= 3);
    assert.equal(l10n.lang, 'en');
  });

  it('follows up on what was missed, at most once a question', async () => {
    const services = await begin({ ...WANTED, minutes: 30 });
    const before = await openInterview(services);
    await write(newAnswer());
    await vscode.commands.executeCommand(COMMANDS.interviewHandIn);
    const [first] = before.plan.questions;
    const place = parseFollowUpId(activeFile());
    assert.equal(place?.question, first?.subject.id);
    await write(newAnswer('The missing piece is an owner who is told, with a runbook that says what to do.'));
    await vscode.commands.executeCommand(COMMANDS.interviewHandIn);
    assert.equal(activeFile(), before.plan.questions[1]?.subject.id);
  });

  it('is paused and goes on, also after a restart, with the time that was taken', async () => {
    const services = await begin();
    const { context, interviewClock } = services;
    const { id } = await openInterview(services);
    await write('A beginning that must not get lost.');
    await vscode.commands.executeCommand(COMMANDS.interviewPause);
    assert.equal(interviewClock.isRunning, false);
    const paused = await services.panel.pages?.build({ page: 'interview', interview: id });
    assert.ok(paused?.page === 'interview' && paused.paused);
    // What a restart makes of the disk.
    const { history } = await new Journal(path.join(context.globalStorageUri.fsPath, 'attempts'), {
      now: Date.now,
      dayOf: localDay,
    }).refresh();
    assert.equal(history.openInterview?.id, id);
    assert.equal(history.openInterview?.paused, true);
    interviewClock.end();
    await vscode.commands.executeCommand(COMMANDS.interviewResume);
    assert.equal(interviewClock.isRunning, true);
    if (interviewClock.seconds > 0)
      assert.match(vscode.window.activeTextEditor?.document.getText() ?? '', /must not get lost/);
  });

  it('keeps what stood on the page before, in the archive', async () => {
    const services = await freshStart();
    const { bank, practice } = services;
    const { entries } = await bank.catalogue();
    for (const { id, track, type } of entries) {
      if (type !== 'question') continue;
      await practice.ensureAnswer({ type, id }, track);
      fs.writeFileSync(practice.answerFile({ type, id }, track), `Mine, on ${id}.`);
    }
    await vscode.commands.executeCommand(COMMANDS.interviewStart, WANTED);
    const asked = activeFile();
    assert.equal(vscode.window.activeTextEditor?.document.getText(), '');
    const archived = fs.readdirSync(path.join(practice.root, 'archive'), { recursive: true }).map(String);
    const file = archived.find((name) => path.basename(name).startsWith(`${asked}.`));
    assert.ok(file);
    assert.equal(fs.readFileSync(path.join(practice.root, 'archive', file), 'utf8'), `Mine, on ${asked}.`);
  });

  it('exports its report as Markdown and as an HTML file that stands alone', async () => {
    const services = await begin();
    await answerAll(services);
    const folder = services.practice.root;
    const [md, html] = [path.join(folder, 'report.md'), path.join(folder, 'report.html')];
    await vscode.commands.executeCommand(COMMANDS.reportMarkdown, vscode.Uri.file(md));
    await vscode.commands.executeCommand(COMMANDS.reportHtml, vscode.Uri.file(html));
    assert.match(fs.readFileSync(md, 'utf8'), /^# /);
    const text = fs.readFileSync(html, 'utf8');
    assert.match(text, /<html lang="en">/);
    assert.doesNotMatch(text, /<script|src=|<link|url\(/);
  });

  it('is graded by the model where one is configured, and in the language of the interview', async () => {
    const server = await ModelServer.start();
    try {
      const services = await freshStart({
        grader: 'openai',
        'openai.baseUrl': server.baseUrl,
        'openai.model': 'test-model',
      });
      await services.models.confirm(server.origin);
      const question = await services.bank.question('drift-signals');
      server.answer(judges(question, {}));
      await vscode.commands.executeCommand(COMMANDS.interviewStart, { ...WANTED, lang: 'fr' });
      const { id, plan } = await openInterview(services);
      const page = await services.panel.pages?.build({ page: 'interview', interview: id });
      const [first] = plan.questions;
      const item = await services.bank.item(first?.subject ?? { type: 'question', id: '' });
      assert.ok(page?.page === 'interview');
      assert.equal(page.untrustedPrompt, item.prompt.fr);
      server.answer(judges(item, {}));
      await write(
        'Je compare la dernière semaine à une fenêtre de référence, puis je préviens le propriétaire.',
      );
      await vscode.commands.executeCommand(COMMANDS.interviewHandIn);
      const [step] = (await openInterview(services)).steps;
      const attempt = step?.attempt ? await services.study.attempt(step.attempt) : undefined;
      assert.equal(attempt?.grade?.provenance.by, 'model', JSON.stringify(attempt?.grade?.failure));
      assert.equal(attempt?.grade?.lang, 'fr');
    } finally {
      await server.stop();
    }
  });
});
