import assert from 'node:assert/strict';
import type { Lang } from '../../src/core/language.ts';
import type { FromPanel } from '../../src/shared/protocol.ts';
import { overflowOf, violationsIn } from '../support/axe.ts';
import { loadLauncher, type OpenBrowser } from '../support/launcher.ts';
import { type PanelOptions, PanelPage } from '../support/panelPage.ts';
import { earlier, fullGrade, gradePage, runningPage, WHEN } from '../support/shownGrades.ts';
import { wordsIn } from '../support/words.ts';

const NARROW = 320;

const VIEWS: readonly PanelOptions[] = [
  { lang: 'en', theme: 'dark' },
  { lang: 'fr', theme: 'light' },
  { lang: 'en', theme: 'contrast' },
  { lang: 'fr', theme: 'dark', width: NARROW },
  { lang: 'en', theme: 'light', width: NARROW },
];

const commands = (sent: readonly FromPanel[]) =>
  sent.flatMap((message) =>
    message.kind === 'request' && message.type === 'command/run'
      ? [(message.params as { command: string }).command]
      : [],
  );

describe('the page of a grade', () => {
  let browser: OpenBrowser;
  let panel: PanelPage;

  const open = async (options: Partial<PanelOptions> = {}) => {
    panel = await PanelPage.open(browser, { lang: 'en', theme: 'dark', ...options });
    return panel;
  };
  const text = (selector: string) =>
    panel.page
      .locator(selector)
      .allInnerTexts()
      .then((texts) => texts.join('\n'));
  const full = (lang: Lang) => ({ grade: fullGrade(lang), previous: earlier(fullGrade(lang)) });

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
    it(`says everything, and axe finds nothing (${lang}, ${theme}, ${width} px)`, async () => {
      await open(view);
      const contest = { points: [{ id: 'actionable-alert', verdict: 'met' as const }], note: 'x'.repeat(80) };
      for (const [name, page] of [
        ['full', gradePage(lang, full(lang))],
        ['kept', gradePage(lang, { grade: { ...fullGrade(lang), repeats: WHEN }, contest })],
        [
          'waiting',
          runningPage(lang, {
            phase: 'waiting',
            until: WHEN + 42_000,
            failure: { code: 'provider_rate_limited', params: { url: 'https://api.example.com' } },
          }),
        ],
        [
          'reading',
          runningPage(lang, {
            phase: 'reading',
            purpose: 'vote',
            characters: 1234,
            points: fullGrade(lang).points.map(({ id, verdict }) => ({ id, verdict })),
          }),
        ],
      ] as const) {
        await panel.show(page);
        await panel.screenshot(`page-${name}-${lang}-${theme}-${width}`);
        assert.deepEqual(await violationsIn(panel.page), [], name);
        assert.ok((await overflowOf(panel.page)) <= 0, `${name} is too wide`);
      }
    });
  }

  it('tells each missed point apart: contradicted, set aside, without a passage, missed', async () => {
    await open();
    await panel.show(gradePage('en', full('en')));
    const missed = await panel.page
      .locator('section[aria-labelledby="missed-title"] .verdict')
      .allInnerTexts();
    assert.deepEqual(missed, ['Set aside', 'No excerpt found', 'Missed']);
    assert.match(await text('.card.bad'), /addressed to the grader, so it does not count/);
    assert.match(await text('.card.bad'), /is not in your answer, so it does not count/);
    assert.match(await text('.card.good'), /Uncertain[\s\S]*Three readings did not agree/);
  });

  it('tells the range, the score of own words, the notices and what it cost', async () => {
    await open({ lang: 'fr', theme: 'light' });
    await panel.show(gradePage('fr', full('fr')));
    const flat = async (selector: string) => (await text(selector)).replace(/\s/g, ' ');
    assert.match(await flat('.headline'), /entre 42 % et 75 %/);
    assert.match(await flat('.headline'), /Sans les phrases recopiées : 40 %/);
    assert.match(await flat('.headline'), /22 novembre 2026 à 14:02/);
    assert.equal(await panel.page.locator('.notice').count(), 3);
    const about = await flat('section[aria-labelledby="about-title"]');
    assert.match(about, /2 lectures, 3 appels/);
    assert.match(about, /2 140 lus dont 1 800 en cache, 310 écrits/);
    await panel.show(
      gradePage('fr', {
        grade: { ...fullGrade('fr'), cost: { calls: 1, input: 0, output: 0, isComplete: false } },
      }),
    );
    assert.match(await flat('section[aria-labelledby="about-title"]'), /aucun décompte/);
  });

  it('says how it was said apart from the score', async () => {
    await open();
    await panel.show(gradePage('en', full('en')));
    const delivery = await text('section[aria-labelledby="delivery-title"]');
    assert.match(delivery, /Not part of the score/);
    assert.match(delivery, /“maybe”, “probably”/);
    assert.match(delivery, /“KS”/);
  });

  it('shows what changed since the previous attempt', async () => {
    await open();
    const grade = fullGrade('en');
    const previous = earlier(grade);
    await panel.show(gradePage('en', { grade, previous }));
    assert.equal(
      await text('.change'),
      '+2 points, −1 point since your attempt of November 21, 2026 at 2:02 PM. Score: 42% → 58%.',
    );
    assert.equal(await panel.page.locator('.tag.gained', { hasText: '▲' }).count(), 2);
    assert.equal(await panel.page.locator('.tag.lost', { hasText: '▼' }).count(), 1);
    const other = { ...previous.grade, provenance: { by: 'offline' } as const };
    await panel.show(gradePage('en', { grade, previous: { ...previous, grade: other } }));
    assert.match(await text('.change'), /another grader/);
    await panel.show(gradePage('en', { grade, previous: { ...previous, grade, sameAnswer: true } }));
    assert.match(await text('.change'), /graded again: no verdict has changed/);
  });

  it('runs the commands of its buttons by name, by keyboard alone', async () => {
    await open();
    await panel.show(gradePage('en', { grade: { ...fullGrade('en'), repeats: WHEN } }));
    assert.equal(await panel.page.locator('#again').count(), 0);
    const wanted = new Map([
      ['grade-again', 'gradeAgain'],
      ['follow-up', 'followUp'],
      ['solution', 'solution'],
      ['trace', 'trace'],
      ['contest', 'contest'],
    ]);
    const reached: string[] = [];
    for (let press = 0; press < 60 && reached.length < wanted.size; press++) {
      await panel.page.keyboard.press('Tab');
      const id = await panel.page.evaluate<string>('document.activeElement?.id ?? ""');
      if (!wanted.has(id) || reached.includes(id)) continue;
      reached.push(id);
      await panel.page.keyboard.press('Enter');
    }
    assert.deepEqual(reached, [...wanted.keys()]);
    assert.deepEqual(commands(await panel.sent()), [...wanted.values()]);
  });

  it('shows the candidate’s disagreement', async () => {
    await open();
    await panel.show(
      gradePage('en', {
        grade: fullGrade('en'),
        contest: { points: [{ id: 'actionable-alert', verdict: 'met' }], note: 'It is <i>there</i>.' },
      }),
    );
    assert.match(await text('.notice'), /You contested this grade[\s\S]*It is <i>there<\/i>\./);
    assert.equal(await text('.tags .tag:has-text("⚑")'), '⚑ Contested, your verdict: Met');
  });

  it('keeps untrusted text text', async () => {
    await open();
    await panel.show(gradePage('en', full('en')));
    assert.match(await text('.reason'), /<b>its threshold<\/b>/);
    assert.equal(await panel.page.locator('.card b, .card img').count(), 0);
  });

  it('has its headings in order', async () => {
    await open();
    await panel.show(gradePage('en', full('en')));
    const levels = await panel.page.evaluate<string[]>(
      '[...document.querySelectorAll("h1, h2, h3, h4")].map(({ tagName }) => tagName)',
    );
    assert.equal(levels[0], 'H1');
    assert.ok(levels.slice(1).every((level) => level === 'H2'));
  });

  describe('while it runs', () => {
    const points = fullGrade('en').points.map(({ id, verdict }) => ({ id, verdict }));
    const reading = (characters: number, count: number) =>
      runningPage('en', { phase: 'reading', purpose: 'reading', characters, points: points.slice(0, count) });

    it('fills the points in, says that they are provisional, and keeps them between two calls', async () => {
      await open();
      await panel.show(runningPage('en', { phase: 'checking' }));
      assert.equal(await panel.page.locator('.card').count(), 0);
      await panel.show(reading(400, 2));
      assert.equal(await panel.page.locator('.card').count(), 2);
      assert.match(await text('.running'), /Provisional verdicts/);
      await panel.show(
        runningPage('en', { phase: 'asking', model: 'm', destination: 'd', purpose: 'evidence' }),
      );
      assert.match(await text('.running'), /Checking excerpts again: some points were said to be met/);
      assert.equal(await panel.page.locator('.card').count(), 2);
    });

    it('is cancelled by a press that outlasts a snapshot', async () => {
      await open();
      await panel.show(reading(100, 1));
      const box = await panel.page.locator('#cancel').boundingBox();
      assert.ok(box);
      await panel.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
      await panel.page.mouse.down();
      for (const count of [2, 3, 4]) await panel.show(reading(count * 100, count));
      await panel.page.mouse.up();
      const sent = await panel.sent();
      assert.ok(sent.some((message) => message.kind === 'request' && message.type === 'grade/cancel'));
    });

    it('counts a wait down by itself, says why, and announces it once', async () => {
      await open();
      const failure = { code: 'provider_rate_limited', params: { url: 'https://api.example.com' } } as const;
      await panel.show(runningPage('en', { phase: 'waiting', until: WHEN + 20_000, failure }));
      assert.match(await text('.running'), /api\.example\.com limits the number of requests/);
      const seconds = async () => Number(/Next try in (\d+) s/.exec(await text('.running'))?.[1]);
      const first = await seconds();
      assert.ok(first <= 8, String(first));
      const said = await panel.page.locator('#live').textContent();
      assert.match(said ?? '', /limits the number of requests.*Next try in 8 s/);
      await panel.page.waitForTimeout(2200);
      assert.ok((await seconds()) < first);
      assert.match(await text('.progress'), /1[34] s/);
      assert.equal(await panel.page.locator('#live').textContent(), said);
    });

    it('announces the end, and moves the focus from a button that is gone', async () => {
      await open();
      await panel.show(reading(100, 1));
      await panel.page.locator('#cancel').focus();
      await panel.show(gradePage('en', full('en')));
      assert.match(
        (await panel.page.locator('#live').textContent()) ?? '',
        /^Partial\. 58%\. between 42% and 75%.*\+2 points/,
      );
      assert.equal(await panel.page.evaluate('document.activeElement?.id'), 'page');
    });
  });

  it('speaks the panel’s two languages', async () => {
    for (const lang of ['en', 'fr'] as const) {
      await open({ lang });
      await panel.show(gradePage(lang, full(lang)));
      assert.equal(await panel.page.evaluate('document.documentElement.lang'), lang);
      assert.ok((await text('#trace')).includes(wordsIn(lang).t('panel.trace')));
      if (lang === 'en') await panel.close();
    }
  });
});
