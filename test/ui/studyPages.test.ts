import assert from 'node:assert/strict';
import type { Lang } from '../../src/core/language.ts';
import type { PageState } from '../../src/shared/protocol.ts';
import { overflowOf, violationsIn } from '../support/axe.ts';
import { loadLauncher, type OpenBrowser } from '../support/launcher.ts';
import { type PanelOptions, PanelPage } from '../support/panelPage.ts';
import { fullGrade, gradePage } from '../support/shownGrades.ts';
import {
  debriefPage,
  diagnosticPage,
  emptyProgress,
  evePage,
  HOSTILE,
  historyPage,
  interviewPage,
  progressPage,
  reportPage,
  speakPage,
} from '../support/shownStudy.ts';

const NARROW = 320;

const VIEWS: readonly PanelOptions[] = [
  { lang: 'en', theme: 'dark' },
  { lang: 'fr', theme: 'light' },
  { lang: 'en', theme: 'contrast' },
  { lang: 'fr', theme: 'dark', width: NARROW },
];

const SCHEDULE: Readonly<Record<Lang, string>> = {
  en: 'Counted as “good”: it comes again on Tuesday, November 24.',
  fr: 'Compté comme « bien » : la question revient mardi 24 novembre.',
};

const PAGES: Readonly<Record<string, (lang: Lang) => PageState>> = {
  progress: progressPage,
  newcomer: emptyProgress,
  eve: evePage,
  speak: speakPage,
  revealed: (lang) => speakPage(lang, { isRevealed: true }),
  history: historyPage,
  debrief: debriefPage,
  interview: interviewPage,
  paused: (lang) => interviewPage(lang, { paused: true, isFollowUp: true, questionLeft: -42 }),
  busy: (lang) =>
    interviewPage(lang, { busy: lang === 'fr' ? 'Lecture de votre réponse' : 'Reading your answer' }),
  report: reportPage,
  diagnostic: diagnosticPage,
  schedule: (lang) => ({ ...gradePage(lang, { grade: fullGrade(lang) }), schedule: SCHEDULE[lang] }),
};

describe('the pages of the study loop', () => {
  let browser: OpenBrowser;
  let panel: PanelPage;

  const open = async (options: Partial<PanelOptions> = {}) => {
    panel = await PanelPage.open(browser, { lang: 'en', theme: 'dark', ...options });
  };
  const text = async (selector: string) =>
    (await panel.page.locator(selector).allInnerTexts()).join('\n').replace(/[\u00a0\u202f]/g, ' ');
  const section = (id: string) => text(`section[aria-labelledby="${id}-title"]`);
  const focused = () => panel.page.evaluate<string>('document.activeElement?.id ?? ""');
  const announced = () => panel.page.locator('#live').textContent();
  const press = async (...ids: readonly string[]) => {
    for (const id of ids) await panel.page.locator(`[id="${id}"]`).click();
  };
  const commands = async () =>
    (await panel.asked('command/run')).map(({ params }) => (params as { command: string }).command);
  const opened = async () =>
    (await panel.asked('entry/open')).map(({ params }) => (params as { id: string }).id);

  // Only what is drawn from here on runs on this clock.
  const openTimed = async () => {
    await open();
    await panel.page.clock.install();
  };
  const pass = (ms: number) => panel.page.clock.runFor(ms);

  before(async () => {
    browser = await (await loadLauncher()).openBrowser();
  });
  afterEach(async () => {
    assert.deepEqual(panel.faults, []);
    await panel.close();
  });
  after(() => browser.close());

  for (const view of VIEWS) {
    const { lang, theme, width = 640 } = view;
    it(`say everything, and axe finds nothing (${lang}, ${theme}, ${width} px)`, async () => {
      await open(view);
      for (const [name, state] of Object.entries(PAGES)) {
        await panel.show(state(lang));
        const file = ['study', name, lang, theme, ...(width === NARROW ? ['narrow'] : [])].join('-');
        await panel.screenshot(file);
        await panel.page.evaluate(
          'for (const node of document.querySelectorAll("details")) node.open = true',
        );
        assert.deepEqual(await violationsIn(panel.page), [], name);
        assert.ok((await overflowOf(panel.page)) <= 0, `${name} is too wide`);
      }
    });
  }

  it('have their headings in order, and keep untrusted text text', async () => {
    await open();
    for (const [name, state] of Object.entries(PAGES)) {
      await panel.show(state('en'));
      const levels = await panel.page.evaluate<number[]>(
        '[...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map(({ tagName }) => Number(tagName[1]))',
      );
      assert.equal(levels[0], 1, name);
      assert.ok(
        levels.every((level, i) => i === 0 || (level > 1 && level <= (levels[i - 1] ?? 0) + 1)),
        `${name}: ${levels}`,
      );
      assert.equal(await panel.page.locator('main img, main b').count(), 0, name);
      if (JSON.stringify(state('en')).includes('onerror'))
        assert.ok((await panel.page.locator('main').textContent())?.includes(HOSTILE), name);
    }
  });

  it('have the numbers of every picture in a table', async () => {
    await open();
    for (const state of [progressPage('en'), reportPage('en'), diagnosticPage('en')]) {
      await panel.show(state);
      const faulty = await panel.page.evaluate<string[]>(`[...document.querySelectorAll('figure.chart')]
        .filter((figure) => {
          const table = figure.querySelector('details table');
          return !figure.firstElementChild.matches('figcaption') || !table?.caption?.textContent ||
            !table.querySelector('th[scope=col]') || !table.querySelector('th[scope=row]');
        })
        .map((figure) => figure.textContent)`);
      assert.deepEqual(faulty, []);
    }
  });

  describe('progress', () => {
    it('tells mastery, reviews, activity and scores, in pictures and in tables', async () => {
      await open();
      await panel.show(progressPage('en'));
      assert.match(await section('tracks'), /Rollout strategies\s*5 of 8 mastered/);
      await panel.page.evaluate('for (const node of document.querySelectorAll("details")) node.open = true');
      assert.match(await section('tracks'), /Rollout strategies\t5\t2\t0\t0\t1/);
      assert.match(await section('ahead'), /Mon 30\t2 reviews \(Interview\)/);
      assert.equal(await panel.page.locator('.day.interview').count(), 1);
      assert.match(await section('calendar'), /Nov 16\t\d\t\d\t\d\t\d\t\d\t–\t–/);
      assert.equal(await panel.page.locator('.heat .cell').count(), 12 * 7 - 2);
      assert.match(await section('scores'), /Nov 7\t78%\t–\t–/);
    });

    it('tells graders apart without colours', async () => {
      await open();
      await panel.show(progressPage('en'));
      const shapes = await panel.page.evaluate<string[]>(
        `[...document.querySelectorAll('.plot > g')].map((line) =>
          [line.querySelector('line').getAttribute('stroke-dasharray'), line.querySelector('path').getAttribute('d')].join())`,
      );
      assert.equal(shapes.length, 3);
      assert.equal(new Set(shapes).size, 3);
    });

    it('opens what is weak, drills it, and begins the day', async () => {
      await open();
      await panel.show(progressPage('en'));
      await press('weak-0', 'weak-2', 'drill-weakest', 'today-start', 'plan-set');
      assert.deepEqual(await opened(), ['drift-signals', 'canary-config']);
      assert.deepEqual(await commands(), ['drillWeakest', 'todayStart', 'planSet']);
    });

    it('tells a newcomer what will be here, and offers to begin', async () => {
      await open({ lang: 'fr' });
      await panel.show(emptyProgress('fr'));
      assert.match(await text('main'), /Dès votre première réponse/);
      assert.equal(await panel.page.locator('figure').count(), 0);
      await press('today-start');
      assert.deepEqual(await commands(), ['todayStart']);
    });

    it('draws a single day, and no day at all', async () => {
      await open();
      const state = progressPage('en');
      const scores = state.scores.slice(0, 1).map((line) => ({ ...line, values: line.values.slice(0, 1) }));
      await panel.show({ ...state, scores });
      assert.equal(await panel.page.locator('.plot path').count(), 1);
      assert.equal(await panel.page.locator('.axis.x span').count(), 1);
      await panel.show({ ...state, title: 'Nothing yet', scores: [], weakest: [], ahead: [] });
      assert.equal(await panel.page.locator('#scores-title, #weakest-title, #ahead-title').count(), 0);
    });
  });

  it('eve: is read, and opens what is weak', async () => {
    await open({ lang: 'fr', theme: 'light' });
    await panel.show(evePage('fr'));
    assert.match(await section('numbers'), /43 minutes[\s\S]*Google SRE Workbook/);
    assert.match(await section('takeaways'), /Monitoring et dérive/);
    assert.match(await section('ask'), /dernier incident/);
    await press('weak-1');
    assert.deepEqual(await opened(), ['drift-signals']);
    await panel.page.locator('a.source').first().click();
    assert.ok((await panel.sent()).some(({ type }) => type === 'link/open'));
  });

  describe('speak', () => {
    it('counts down silently, and says once that time is up', async () => {
      await openTimed();
      await panel.show(speakPage('en', { passed: 118.2 }));
      assert.equal(await text('.clock'), '2 s left');
      assert.equal(await panel.page.locator('.clock').getAttribute('aria-live'), null);
      assert.equal(await text('[role="status"].over'), '');
      await pass(2500);
      assert.equal(await text('.clock'), '');
      assert.match(await text('[role="status"].over'), /Time is up/);
    });

    it('is done by keyboard alone, and the focus follows', async () => {
      await open();
      await panel.show(speakPage('en'));
      await panel.page.locator('#reveal').focus();
      await panel.page.keyboard.press('Enter');
      assert.equal((await panel.asked('speak/reveal')).length, 1);
      await panel.show(speakPage('en', { isRevealed: true }));
      assert.equal(await focused(), 'tick-reference-window');
      await panel.page.keyboard.press('Space');
      await panel.page.keyboard.press('Tab');
      await panel.page.keyboard.press('Tab');
      await panel.page.keyboard.press('Space');
      // A snapshot that only tells the time again takes no tick away.
      await panel.show(speakPage('en', { isRevealed: true, passed: 40 }));
      for (let i = 0; i < 6 && (await focused()) !== 'save-ticks'; i++)
        await panel.page.keyboard.press('Tab');
      await panel.page.keyboard.press('Enter');
      assert.deepEqual(await panel.asked('speak/save'), [
        { type: 'speak/save', params: { met: ['reference-window', 'actionable-alert'] } },
      ]);
      await panel.show({
        ...speakPage('en'),
        title: 'Rollback plan',
        subject: { type: 'question', id: 'rollback-plan' },
      });
      assert.equal(await focused(), 'page');
      await press('skip');
      assert.equal((await panel.asked('speak/skip')).length, 1);
    });

    it('does not skip twice by one press that lasts', async () => {
      await open();
      await panel.show(speakPage('en'));
      await panel.page.locator('#skip').focus();
      await panel.page.keyboard.press('Enter');
      await panel.show({
        ...speakPage('en'),
        title: 'Another',
        subject: { type: 'question', id: 'another' },
      });
      await panel.page.keyboard.press('Enter');
      assert.equal((await panel.asked('speak/skip')).length, 1);
    });

    it('says that the last one leads to the summary', async () => {
      await open();
      await panel.show(speakPage('en', { isRevealed: true, isLast: true }));
      assert.equal(await text('#save-ticks'), 'Save and see the summary');
      assert.match(await text('details.model summary'), /Model answer/);
    });
  });

  describe('history', () => {
    it('compares the previous with the last, or what is chosen', async () => {
      await open();
      await panel.show(historyPage('en'));
      assert.equal(await panel.page.locator('input[name="before"]').count(), 3);
      await press('compare');
      await press('before-a1', 'compare');
      await press('after-a1', 'compare');
      assert.deepEqual(
        (await panel.asked('history/compare')).map(({ params }) => params),
        [
          { before: 'a2', after: 'a4' },
          { before: 'a1', after: 'a4' },
        ],
      );
      assert.match(await section('attempts'), /Choose two different attempts\./);
    });

    it('offers no comparison of what was only said', async () => {
      await open();
      const state = historyPage('en');
      const attempts = state.attempts.map((attempt) => ({ ...attempt, isSpoken: attempt.id !== 'a4' }));
      await panel.show({ ...state, attempts });
      assert.equal(await panel.page.locator('#compare, input').count(), 0);
      await panel.show({ ...state, title: 'None', attempts: [] });
      assert.match(await section('attempts'), /No attempt yet/);
    });

    it('saves the note, and keeps what is being typed when it is drawn again', async () => {
      await open();
      const state = historyPage('en');
      await panel.show(state);
      assert.equal(await panel.page.locator('#note').inputValue(), state.untrustedNote);
      await panel.page.locator('#note').fill('Threshold first, then who is woken.');
      await press('before-a1');
      await panel.page.locator('#note').focus();
      await panel.page.keyboard.press('Home');
      await panel.show({ ...state, facts: [] });
      await panel.page.keyboard.type('> ');
      await panel.show({ ...state, subtitle: 'later' });
      assert.equal(await panel.page.locator('#note').inputValue(), '> Threshold first, then who is woken.');
      assert.ok(await panel.page.locator('#before-a1').isChecked());
      await press('save-note');
      const [request] = (await panel.sent()).filter(({ type }) => type === 'note/save');
      assert.ok(request?.kind === 'request');
      assert.deepEqual(request.params, { text: '> Threshold first, then who is woken.' });
      await panel.page.evaluate(`postMessage({ kind: 'reply', id: ${request.id}, result: null })`);
      await panel.page.locator('#note-state:has-text("Note saved.")').waitFor();
      await panel.show({ ...state, untrustedNote: '> Threshold first, then who is woken.' });
      assert.equal(await text('#note-state'), 'Note saved.');
      await panel.page.locator('#note').fill('More.');
      assert.equal(await text('#note-state'), '');
    });

    it('says what improved by shape and by word, and rates and takes back', async () => {
      await open({ lang: 'fr' });
      await panel.show(historyPage('fr'));
      const improved = await section('improved');
      assert.match(improved, /▲[\s\S]*Gagné[\s\S]*▼[\s\S]*Perdu[\s\S]*○[\s\S]*Manque encore/);
      assert.match(improved, /autre évaluateur/);
      await press('rate', 'undo');
      assert.deepEqual(await commands(), ['rate', 'undo']);
    });
  });

  it('debrief: opens what the bank has, and the question of one’s own', async () => {
    await open();
    await panel.show(debriefPage('en'));
    assert.match(await text('.asked > li:nth-child(1)'), /55%[\s\S]*Missed points[\s\S]*distribution/);
    assert.match(await text('.asked > li:nth-child(2)'), /Your own question/);
    assert.match(await text('.asked > li:nth-child(3)'), /Nothing in the bank asks this/);
    await press('match-0-1', 'own-1');
    assert.deepEqual(await opened(), ['late-labels', 'own-x1']);
    await panel.show({ ...debriefPage('en'), rows: [] });
    assert.match(await text('main'), /No question noted yet/);
  });

  describe('interview', () => {
    const times = async () => [
      await panel.page.locator('[role="timer"]').nth(0).innerText(),
      await panel.page.locator('[role="timer"]').nth(1).innerText(),
    ];

    it('counts both clocks down, and on past the end', async () => {
      await openTimed();
      await panel.show(interviewPage('en', { questionLeft: 1.2, totalLeft: 65 }));
      assert.deepEqual(await times(), ['0:02 left', '1:05 left']);
      await pass(3300);
      const [question = '', whole = ''] = await times();
      assert.match(question, /^Over by 0:0[12]$/);
      assert.match(whole, /^1:0[12] left$/);
    });

    it('stands still in a pause, and says so', async () => {
      await openTimed();
      await panel.show(interviewPage('en'));
      await panel.page.locator('#interview-pause').focus();
      await panel.page.keyboard.press('Enter');
      await panel.show(interviewPage('en', { paused: true }));
      assert.equal(await focused(), 'interview-pause');
      assert.equal(await text('#interview-pause'), 'Resume');
      assert.match((await announced()) ?? '', /Question 2 of 6\. Paused/);
      await pass(1600);
      assert.deepEqual(await times(), ['4:05 left', '30:30 left']);
    });

    it('keeps its buttons through snapshots, and shows the clock of the newest', async () => {
      await openTimed();
      await panel.show(interviewPage('en'));
      await panel.page.evaluate('globalThis.kept = document.getElementById("interview-hand-in")');
      await panel.show(interviewPage('en', { questionLeft: 100, now: 5_100_000 }));
      assert.ok(await panel.page.evaluate('kept === document.getElementById("interview-hand-in")'));
      assert.deepEqual((await times())[0], '1:40 left');
      // Another page, then the same question again: its clock goes on.
      await panel.show(evePage('en'));
      await pass(1100);
      await panel.show(interviewPage('en', { questionLeft: 100, now: 5_100_000 }));
      await pass(1600);
      assert.notEqual((await times())[0], '1:40 left');
    });

    it('hands in, skips, pauses, ends; a grade on its way leaves only the end', async () => {
      await open();
      await panel.show(interviewPage('en'));
      await press('interview-hand-in', 'interview-skip', 'interview-pause', 'interview-end');
      assert.deepEqual(await commands(), [
        'interviewHandIn',
        'interviewSkip',
        'interviewPause',
        'interviewEnd',
      ]);
      await panel.page.locator('#interview-hand-in').focus();
      await panel.show(interviewPage('en', { busy: 'Reading your answer' }));
      assert.equal(await focused(), 'page');
      assert.match((await announced()) ?? '', /Reading your answer/);
      assert.equal(await panel.page.locator('vscode-button').count(), 1);
    });

    it('says that it is a follow-up, and what help was seen', async () => {
      await open({ lang: 'fr' });
      await panel.show(interviewPage('fr', { isFollowUp: true }));
      assert.equal(await text('.tag'), 'Relance');
      assert.match(await text('.assistance'), /ne dépend pas de notre interrupteur/);
    });
  });

  describe('report', () => {
    it('tells the score, both moments and the answers, what was missed first', async () => {
      await open();
      await panel.show(reportPage('en'));
      assert.match(await text('.headline'), /64%\s*Partial/);
      assert.match(await section('moments'), /Best[\s\S]*training window[\s\S]*Weakest/);
      assert.match(await section('time'), /one answer ran over by 1:10/);
      await panel.page.locator('section[aria-labelledby="answers-title"] summary').first().click();
      assert.match(await section('answers'), /Points met: 1 of 2[\s\S]*Missed[\s\S]*Met[\s\S]*Follow-up/);
      assert.match((await announced()) ?? '', /Partial\. 64%/);
    });

    it('opens the next steps, and is exported', async () => {
      await open();
      await panel.show(reportPage('en'));
      await press('next-1', 'answer-2', 'report-markdown', 'report-html', 'interview-start');
      assert.deepEqual(await opened(), ['canary-config', 'rollback-plan']);
      assert.deepEqual(await commands(), ['reportMarkdown', 'reportHtml', 'interviewStart']);
    });

    it('leaves out what there was not', async () => {
      await open();
      const { best: _best, worst: _worst, ...rest } = reportPage('en');
      await panel.show({
        ...rest,
        tracks: [],
        competences: [],
        clarity: [],
        answers: [],
        next: [],
        time: { text: 'No time was measured.', rows: [] },
        headline: { ...rest.headline, score: '–', band: 'none', bandText: 'Not graded' },
      });
      assert.deepEqual(await panel.page.locator('h2').allInnerTexts(), ['Time']);
    });
  });

  it('drill: a diagnostic shows its tracks and what comes next', async () => {
    await open();
    await panel.show(diagnosticPage('en'));
    assert.match(await section('tracks'), /Rollout strategies\s*52%/);
    await press('next-0', 'entry-drift-signals');
    assert.deepEqual(await opened(), ['rollback-plan', 'drift-signals']);
    await panel.show({ ...diagnosticPage('en'), title: 'Drill', tracks: [], next: [] });
    assert.equal(await panel.page.locator('h2').count(), 0);
  });

  it('grade: says when it comes again, and lets that be changed', async () => {
    await open();
    await panel.show({ ...gradePage('en', { grade: fullGrade('en') }), schedule: SCHEDULE.en });
    assert.match(await text('.schedule'), /comes again on Tuesday/);
    assert.match((await announced()) ?? '', /comes again on Tuesday/);
    await press('rate', 'history', 'undo');
    assert.deepEqual(await commands(), ['rate', 'history', 'undo']);
  });
});
