import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { noonOf } from '../../../src/core/study/day.ts';
import { planToday } from '../../../src/core/study/today.ts';
import type { Handlers, PageRef, PageState } from '../../../src/shared/protocol.ts';
import { COMMANDS } from '../../../src/vscode/ids.ts';
import type { Services } from '../../../src/vscode/services.ts';
import { DRIFT_ANSWER, eventually, freshStart, newAnswer, open, setSetting, write } from './helpers.ts';

const DRIFT = { type: 'question', id: 'drift-signals' } as const;

async function planned({ bank, study }: Services) {
  const { entries } = await bank.catalogue();
  const [history, schedule] = [await study.history(), await study.schedule()];
  return planToday({ entries, history, schedule, plan: study.plan, today: study.today });
}

/** A page as the panel gets it. */
async function page<Name extends PageRef['page']>(
  { panel }: Services,
  ref: PageRef & { readonly page: Name },
): Promise<Extract<PageState, { readonly page: Name }>> {
  const state = await panel.pages?.build(ref);
  assert.equal(state?.page, ref.page);
  return state as Extract<PageState, { readonly page: Name }>;
}

function speaking(ref: PageRef | undefined): { readonly page: 'speak'; readonly drill: string } {
  assert.ok(ref?.page === 'speak');
  return { page: 'speak', drill: ref.drill };
}

function handlers({ panel }: Services): Handlers {
  const { pages } = panel;
  assert.ok(pages);
  return pages.handlers;
}

/** Everything forgotten: earlier suites have answered questions in this window. */
async function blank(settings: Parameters<typeof freshStart>[0] = {}): Promise<Services> {
  const services = await freshStart(settings);
  await services.study.deleteAll();
  services.study.now = Date.now;
  for (const key of ['interviewDate', 'minutesPerDay', 'newPerDay', 'dailyCap', 'drillFeedback'] as const)
    await setSetting(key, undefined);
  return services;
}

async function grade(id: string, text: string): Promise<void> {
  await open(id);
  await write(text);
  await vscode.commands.executeCommand(COMMANDS.grade);
}

/** So many days later, by the clock that the study loop reads. */
function later({ study }: Services, days: number): void {
  const now = Date.now() + days * 86_400_000;
  study.now = () => now;
}

/** Accepts one Quick Pick after the other while a command goes on. */
async function accepting(command: string, steps: number): Promise<void> {
  const done = vscode.commands.executeCommand(command);
  for (let step = 0; step < steps; step++) {
    await new Promise((resolve) => setTimeout(resolve, 700));
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
  }
  await done;
}

describe('the study loop', () => {
  it('fills today with the core path for a newcomer, and by the minutes that are set', async () => {
    const services = await blank();
    const today = await planned(services);
    assert.ok(today.items.length > 0);
    assert.ok(today.items.every(({ reason, entry }) => reason === 'new' && entry.core));
    await setSetting('minutesPerDay', 90);
    await setSetting('newPerDay', 20);
    await eventually('more fits', async () => {
      assert.ok((await planned(services)).items.length > today.items.length);
    });
  });

  it('proposes a rating, says when the question comes again, and lets the candidate say otherwise', async () => {
    const services = await blank();
    const { study } = services;
    await grade('drift-signals', newAnswer());
    const before = (await study.schedule()).card(DRIFT.id);
    assert.ok(before);
    const { schedule } = await page(services, { page: 'grade', subject: DRIFT });
    assert.match(schedule ?? '', /comes again in \d+ days?/);
    // The first of the four ratings.
    const done = vscode.commands.executeCommand(COMMANDS.rate, DRIFT);
    await new Promise((resolve) => setTimeout(resolve, 700));
    await vscode.commands.executeCommand('workbench.action.quickOpenSelectPrevious');
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    await done;
    const after = (await study.schedule()).card(DRIFT.id);
    assert.notEqual(after?.last.rating, before.last.rating);
    await vscode.commands.executeCommand(COMMANDS.undo);
    assert.deepEqual((await study.schedule()).card(DRIFT.id), before);
    await vscode.commands.executeCommand(COMMANDS.undo);
    assert.equal((await study.schedule()).card(DRIFT.id), undefined, 'the answer itself is taken back');
    assert.equal((await study.history()).entry(DRIFT.id).attempts.length, 1, 'and stays in the history');
  });

  it('asks a due question on an empty page, with the old answer in the archive and in the history', async () => {
    const services = await blank();
    const { practice, study } = services;
    const text = newAnswer();
    await grade('drift-signals', text);
    later(services, 30);
    const { items } = await planned(services);
    assert.equal(items.find(({ entry }) => entry.id === DRIFT.id)?.reason, 'due');
    await vscode.commands.executeCommand(COMMANDS.drillDue);
    const document = vscode.window.activeTextEditor?.document;
    assert.equal(path.basename(document?.uri.fsPath ?? ''), 'drift-signals.md');
    assert.equal(document?.getText(), '');
    const archive = path.join(practice.root, 'archive', 'answers', 'monitoring');
    assert.deepEqual(
      fs.readdirSync(archive).map((name) => fs.readFileSync(path.join(archive, name), 'utf8')),
      [text],
    );
    await write(newAnswer());
    await vscode.commands.executeCommand(COMMANDS.grade);
    assert.equal((await study.history()).entry(DRIFT.id).attempts.length, 2);
    assert.ok(!(await planned(services)).items.some(({ entry }) => entry.id === DRIFT.id), 'not twice a day');
    await vscode.commands.executeCommand(COMMANDS.drillStop);
    // What was begun and not handed in stays on the page.
    later(services, 90);
    await open('drift-signals');
    await write('A new beginning.');
    await vscode.commands.executeCommand(COMMANDS.openEntry, DRIFT.id, { fresh: 'review' });
    assert.equal(vscode.window.activeTextEditor?.document.getText(), 'A new beginning.');
  });

  it('forgets hints by the next day, so that an answer without help can be shown', async () => {
    const services = await blank();
    const { study } = services;
    await open('drift-signals');
    await vscode.commands.executeCommand(COMMANDS.hint);
    await write(newAnswer());
    await vscode.commands.executeCommand(COMMANDS.grade);
    assert.equal((await study.schedule()).card(DRIFT.id)?.last.isUnaided, false);
    later(services, 1);
    assert.equal((await study.history()).sitting(DRIFT.id, study.today).hints, 0);
  });

  it('says aloud, reveals and ticks, with a grade that says who gave it', async () => {
    const services = await blank();
    const { panel, study } = services;
    await vscode.commands.executeCommand(COMMANDS.drillSpeak);
    const ref = speaking(panel.ref);
    const asked = await page(services, ref);
    assert.equal(asked.seconds, 60);
    assert.equal(asked.revealed, undefined);
    const { 'speak/reveal': reveal, 'speak/save': save } = handlers(services);
    await reveal({});
    const shown = await page(services, ref);
    assert.ok(shown.revealed && shown.revealed.points.length >= 4);
    const met = shown.revealed.points.slice(0, 2).map(({ id }) => id);
    await save({ met });
    const [attempt] = (await study.history()).entry(asked.subject.id).attempts;
    assert.equal(attempt?.spoken, true);
    assert.equal(attempt?.grade?.by, 'self');
    const whole = attempt && (await study.whole(attempt));
    const earned = whole?.grade?.points.filter(({ verdict }) => verdict === 'met').map(({ id }) => id);
    assert.deepEqual(earned, met);
    assert.notEqual((await page(services, ref)).subject.id, asked.subject.id, 'the next question follows');
    await vscode.commands.executeCommand(COMMANDS.drillStop);
  });

  it('finds the weak tracks in a diagnostic of eight questions', async () => {
    const services = await blank();
    const { panel, study } = services;
    await accepting(COMMANDS.drillDiagnostic, 1);
    const drill = (await study.history()).openDrill;
    assert.equal(drill?.kind, 'diagnostic');
    assert.equal(drill?.subjects.length, 8);
    const ref = speaking(panel.ref);
    for (let i = 0; i < 8; i++) {
      await handlers(services)['speak/reveal']({});
      const { revealed } = await page(services, ref);
      // Half of the questions are known, the others are not.
      await handlers(services)['speak/save']({
        met: i % 2 ? (revealed?.points ?? []).map(({ id }) => id) : [],
      });
    }
    assert.equal(panel.ref?.page, 'drill');
    const summary = await page(services, { page: 'drill', drill: drill?.id ?? '' });
    assert.ok(summary.tracks.length >= 4);
    const means = summary.tracks.map(({ value = 0 }) => value);
    assert.deepEqual(
      means,
      means.toSorted((a, b) => a - b),
    );
    assert.equal(summary.next.length, 3);
  });

  it('tells the grades of a drill at the end when that is wanted', async () => {
    const services = await blank();
    const { panel, study } = services;
    await setSetting('drillFeedback', 'end');
    await vscode.commands.executeCommand(COMMANDS.drillSurprise);
    const drill = (await study.history()).openDrill;
    assert.equal(drill?.feedback, 'end');
    panel.show({ page: 'diagnosis' });
    const first = vscode.window.activeTextEditor?.document;
    assert.ok(first);
    if (drill.subjects[0]?.type === 'question') {
      await write(newAnswer());
      await vscode.commands.executeCommand(COMMANDS.grade);
      assert.notEqual(panel.ref?.page, 'grade');
      await eventually('the next one is open', () =>
        assert.notEqual(vscode.window.activeTextEditor?.document.uri.fsPath, first.uri.fsPath),
      );
    }
    await vscode.commands.executeCommand(COMMANDS.drillStop);
  });

  it('plans towards a date', async () => {
    const { study } = await blank();
    // In three days, fifteen minutes a day; then the offer of a diagnostic is left alone.
    void accepting(COMMANDS.planSet, 2);
    await eventually('the plan is kept', () => {
      assert.notEqual(study.plan.interview, undefined);
      assert.equal(study.plan.minutes, 15);
    });
    await setSetting('interviewDate', 'tomorrow');
    await eventually('no date', () => assert.equal(study.plan.interview, undefined));
  });

  it('shows the history of an entry: what improved, and any two attempts in the native diff', async () => {
    const services = await blank();
    await grade('drift-signals', 'I would look at the model now and then, perhaps with a dashboard or so.');
    await grade('drift-signals', newAnswer(DRIFT_ANSWER));
    await vscode.commands.executeCommand(COMMANDS.history, DRIFT);
    const state = await page(services, { page: 'history', subject: DRIFT });
    assert.equal(state.attempts.length, 2);
    assert.ok(state.improved.some(({ kind }) => kind === 'gained'));
    const [after, before] = state.attempts;
    assert.ok(after && before);
    await handlers(services)['history/compare']({ before: before.id, after: after.id });
    await eventually('a diff of both', async () => {
      const tab = vscode.window.tabGroups.all
        .flatMap(({ tabs }) => tabs)
        .find(({ input }) => input instanceof vscode.TabInputTextDiff);
      assert.ok(tab?.input instanceof vscode.TabInputTextDiff);
      const sides = [tab.input.original, tab.input.modified];
      const [was, is] = await Promise.all(sides.map((uri) => vscode.workspace.openTextDocument(uri)));
      assert.match(was?.getText() ?? '', /now and then/);
      assert.match(is?.getText() ?? '', /reference window/);
    });
    services.panel.show({ page: 'history', subject: DRIFT });
    await handlers(services)['note/save']({ text: 'Say the window first.\nThen the statistic.' });
    const noted = await page(services, { page: 'history', subject: DRIFT });
    assert.equal(noted.untrustedNote, 'Say the window first.\nThen the statistic.');
  });

  it('draws progress from what was done', async () => {
    const services = await blank();
    await grade('drift-signals', newAnswer());
    const progress = await page(services, { page: 'progress' });
    const monitoring = progress.tracks.find(({ label }) => label === 'Monitoring and drift');
    const begun = monitoring?.segments.filter(({ kind }) => kind !== 'new');
    assert.equal(
      begun?.reduce((sum, { count }) => sum + count, 0),
      1,
    );
    assert.equal(
      progress.ahead.reduce((sum, { due }) => sum + due, 0),
      1,
    );
    assert.equal(
      progress.calendar.flatMap(({ days }) => days).reduce((sum, { count }) => sum + count, 0),
      1,
    );
    assert.equal(progress.scores.length, 1);
    assert.ok(progress.weakest.length > 0);
    const eve = await page(services, { page: 'eve' });
    assert.ok(eve.takeaways.length >= 8 && eve.numbers.length >= 24 && eve.toAsk.length >= 16);
    assert.deepEqual(
      eve.weakest.map(({ point }) => point),
      progress.weakest.map(({ point }) => point),
    );
  });

  it('turns the debrief of a real interview into questions, cards, and what today asks for', async () => {
    const services = await blank();
    const { bank, panel, practice, study } = services;
    await vscode.commands.executeCommand(COMMANDS.debriefNew);
    const asked = [
      '# Acme',
      '',
      `Date: ${study.today}`,
      '',
      '- Which signals would you watch to detect data drift?',
      '- How do you choose the colour of the office plants?',
      '    - By the light',
      '    - By who waters them',
      '',
    ].join('\n');
    await write(asked);
    await vscode.commands.executeCommand(COMMANDS.debriefSave);
    const { ref } = panel;
    assert.ok(ref?.page === 'debrief');
    const debrief = await page(services, ref);
    assert.equal(debrief.title, 'Acme');
    assert.ok(debrief.rows[0]?.matches.some(({ subject }) => subject.id === DRIFT.id));
    const own = debrief.rows[1]?.own?.subject;
    assert.ok(own, 'what the bank does not ask becomes a question of one’s own');
    await eventually('it is in the sidebar', async () => {
      const catalogue = await bank.catalogue();
      assert.ok(catalogue.tracks.find(({ id }) => id === 'own')?.entries.includes(own.id));
    });
    const reasons = new Map((await planned(services)).items.map(({ entry, reason }) => [entry.id, reason]));
    assert.equal(reasons.get(DRIFT.id), 'asked');
    assert.equal(reasons.get(own.id), 'asked');
    // It is answered and ticked like any other, and graded by nobody else.
    await grade(own.id, 'I look at the light first, and at who will water them on holidays, then I choose.');
    const graded = await services.grading.last(own);
    assert.equal(graded?.grade.points.length, 2);
    await services.grading.tick(graded?.attempt ?? '', ['p1', 'p2']);
    assert.equal((await study.schedule()).card(own.id)?.last.score, 1);
    // Saved again, it stays the same question.
    const document = await vscode.workspace.openTextDocument(
      path.join(practice.root, 'debriefs', `${study.today}.md`),
    );
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand(COMMANDS.debriefSave);
    assert.deepEqual(
      (await study.history()).ownQuestions.map(({ id }) => id),
      [own.id],
    );
  });

  it('takes a card from another machine when that one has seen more, and its own otherwise', async () => {
    const { context, study } = await blank();
    const last = { day: study.today, ts: Date.now() + 1_000, score: 0.95, isUnaided: true, rating: 'easy' };
    const far = { id: DRIFT.id, stability: 40, difficulty: 2, reviews: 5, lapses: 0, goodDays: 4, last };
    await context.globalState.update('canari.cards', {
      [DRIFT.id]: { elsewhere: far },
      'shadow-side-effects': { [vscode.env.machineId]: { ...far, id: 'shadow-side-effects' } },
    });
    assert.equal((await study.schedule()).card(DRIFT.id)?.stability, 40);
    assert.equal(
      (await study.schedule()).card('shadow-side-effects'),
      undefined,
      'its own journal knows better',
    );
    await study.deleteAll();
    assert.equal((await study.schedule()).card(DRIFT.id), undefined);
    await grade('drift-signals', newAnswer());
    await eventually('the copy follows', () => {
      const synced = context.globalState.get<Record<string, object>>('canari.cards', {});
      assert.deepEqual(Object.keys(synced[DRIFT.id] ?? {}), [vscode.env.machineId]);
    });
  });

  it('keeps days apart by the calendar of the candidate', async () => {
    const { study } = await blank();
    const day = study.today;
    assert.match(day, /^\d{4}-\d{2}-\d{2}$/);
    assert.ok(Math.abs(noonOf(day) - Date.now()) < 2 * 86_400_000);
  });
});
