import assert from 'node:assert/strict';
import { overflowOf, violationsIn } from '../support/axe.ts';
import { ModelServer, replies } from '../support/modelServer.ts';
import { frameWith, startUi, type Ui } from '../support/ui.ts';

// The palette speaks the editor's own language, which is English here, whatever Canari's.
const TITLES = {
  plan: 'Canari: Plan the Preparation',
  speak: 'Canari: Speak, Reveal, Tick',
  stopDrill: 'Canari: End Drill',
  interview: 'Canari: Start a Mock Interview',
  end: 'Canari: End the Interview',
  progress: 'Canari: Show Progress',
  eve: 'Canari: Show the Day-Before Page',
} as const;

const ANSWERS = {
  en: 'First I compare last week with a reference window taken from the training data, then I alert the owner.',
  fr: 'D’abord je compare la dernière semaine à une fenêtre de référence tirée des données d’entraînement, puis je préviens le propriétaire.',
} as const;

for (const lang of ['en', 'fr'] as const) {
  describe(`ten days of preparation, by keyboard alone (${lang})`, () => {
    let ui: Ui;

    before(async () => {
      ui = await startUi({
        language: lang,
        folder: 'none',
        settings: {
          'workbench.colorTheme': lang === 'en' ? 'Default Dark Modern' : 'Default Light Modern',
          'breadcrumbs.enabled': false,
        },
      });
    });
    afterEach(async function () {
      if (this.currentTest?.state === 'failed')
        await ui.screenshot(`failed-loop-${lang}-${this.currentTest.title.slice(0, 20)}`);
    });
    after(() => ui.dispose());

    const accept = async (steps: number) => {
      for (let step = 0; step < steps; step++) {
        await ui.page.locator('.quick-input-list .monaco-list-row.focused').first().waitFor();
        await ui.page.keyboard.press('Enter');
        await ui.page.waitForTimeout(500);
      }
    };
    const isAccessible = async () => {
      const frame = await frameWith(ui.page, '#page');
      assert.deepEqual(await violationsIn(frame), []);
      const overflow = await overflowOf(frame);
      assert.ok(overflow <= 0, `${overflow} px too wide`);
    };

    it('plans towards a date: the minutes of today stand beside the view', async () => {
      const { page } = ui;
      await page.locator('.activitybar .action-label[aria-label^="Canari"]').first().click();
      await page.locator('.pane-body .monaco-list-row[aria-level="2"]').first().waitFor();
      await ui.command(TITLES.plan);
      await accept(2);
      const days = lang === 'en' ? '3 days left' : 'J-3';
      await page.locator('.pane-header .description', { hasText: days }).waitFor();
      await ui.screenshot(`loop-${lang}-1-today`);
    });

    it('says an answer aloud, reveals its points and ticks them', async () => {
      const { page } = ui;
      await ui.command(TITLES.speak);
      const frame = ui.frame();
      await frame.locator('#reveal').waitFor();
      const title = await frame.locator('h1').textContent();
      await isAccessible();
      await frame.locator('#reveal').focus();
      await page.keyboard.press('Enter');
      await frame.locator('[id^="tick-"]').first().waitFor();
      await page.keyboard.press('Space');
      await isAccessible();
      await ui.screenshot(`loop-${lang}-2-speak`);
      await frame.locator('#save-ticks').focus();
      await page.keyboard.press('Enter');
      await frame.locator('#reveal').waitFor();
      assert.notEqual(await frame.locator('h1').textContent(), title);
      await ui.command(TITLES.stopDrill);
      await frame.locator('li.card').first().waitFor();
      await isAccessible();
    });

    it('sits a mock interview to its report', async () => {
      const { page } = ui;
      await ui.command(TITLES.interview);
      await accept(4);
      const frame = ui.frame();
      await frame.locator('#interview-hand-in').waitFor();
      await page.waitForTimeout(700);
      await page.keyboard.insertText(ANSWERS[lang]);
      await page.waitForTimeout(300);
      await ui.screenshot(`loop-${lang}-3-interview`);
      await isAccessible();
      const asked = await frame.locator('h1').textContent();
      await page.keyboard.press('Control+Enter');
      for (let i = 0; i < 100 && (await frame.locator('h1').textContent()) === asked; i++)
        await page.waitForTimeout(100);
      assert.notEqual(await frame.locator('h1').textContent(), asked);
      await ui.command(TITLES.end);
      await frame.locator('#report-html').waitFor();
      await page.waitForTimeout(300);
      await ui.screenshot(`loop-${lang}-4-report`);
      await isAccessible();
    });

    it('sees progress, and the page for the day before', async () => {
      await ui.command(TITLES.progress);
      await ui.frame().locator('figure svg').first().waitFor();
      await isAccessible();
      await ui.screenshot(`loop-${lang}-5-progress`);
      await ui.command(TITLES.eve);
      await ui.frame().locator('#numbers-title').waitFor();
      await isAccessible();
      await ui.screenshot(`loop-${lang}-6-eve`);
      await ui.page.setViewportSize({ width: 760, height: 820 });
      await ui.page.waitForTimeout(500);
      await isAccessible();
      await ui.command(TITLES.progress);
      await ui.frame().locator('figure svg').first().waitFor();
      await ui.page.waitForTimeout(300);
      await isAccessible();
      await ui.screenshot(`loop-${lang}-7-narrow`);
    });
  });
}

describe('an interview from a job description', () => {
  const JOB =
    'Senior ML platform engineer. You own our feature store (Feast), point-in-time joins and online serving at 2000 requests a second.';
  let ui: Ui;
  let server: ModelServer;

  before(async () => {
    server = await ModelServer.start();
    ui = await startUi({
      language: 'en',
      folder: 'none',
      settings: {
        'canari.grader': 'openai',
        'canari.openai.baseUrl': server.baseUrl,
        'canari.openai.model': 'test-model',
      },
    });
    await ui.page.locator('.activitybar .action-label[aria-label^="Canari"]').first().click();
    await ui.page.locator('.pane-body .monaco-list-row[aria-level="2"]').first().waitFor();
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed')
      await ui.screenshot(`failed-job-${this.currentTest.title.slice(0, 20)}`);
  });
  after(async () => {
    await ui.dispose();
    await server.stop();
  });

  const row = (text: string) => ui.page.locator('.quick-input-list .monaco-list-row', { hasText: text });
  /** Role by job description, then level, length and language as they are proposed. */
  const describeJob = async () => {
    const { page } = ui;
    await ui.command(TITLES.interview);
    await row('Paste a job description').click();
    await page.waitForTimeout(400);
    await page.keyboard.insertText(JOB);
    await page.keyboard.press('Enter');
    // The level is guessed and comes first.
    await row('Senior').and(page.locator('.focused')).waitFor();
    for (let step = 0; step < 3; step++) {
      await page.keyboard.press('Enter');
      await page.waitForTimeout(500);
    }
  };
  const asked = () => ui.frame().locator('h1').textContent();

  it('asks what a model chose, once the candidate lets it read the description', async () => {
    const { page } = ui;
    const chosen = ['store-at-2000-rps', 'point-in-time-join', 'no-such-question'];
    server.answer(replies(() => JSON.stringify({ questions: chosen })));
    await describeJob();
    assert.equal(server.chats.length, 0, 'nothing is sent before the choice');
    await row('Let test-model read it').click();
    await ui.frame().locator('#interview-hand-in').waitFor();
    const [{ chat } = { chat: undefined }] = server.chats;
    assert.match(chat?.messages.at(-1)?.content ?? '', /feature store \(Feast\)/);
    assert.match((await asked()) ?? '', /2,?000|point-in-time|Point-in-time/i);
    await ui.command(TITLES.end);
    await ui.frame().locator('#report-html').waitFor();
    await page.waitForTimeout(300);
  });

  it('asks by the terms of the bank when nothing is to be sent', async () => {
    await describeJob();
    await row('By the terms of the bank').click();
    await ui.frame().locator('#interview-hand-in').waitFor();
    assert.equal(server.chats.length, 1, 'the call of before');
  });
});
