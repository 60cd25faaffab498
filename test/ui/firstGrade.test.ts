import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Page } from 'playwright-core';
import { overflowOf, violationsIn } from '../support/axe.ts';
import { frameWith, startUi, type Ui } from '../support/ui.ts';

const ANSWER = {
  en: 'I compare last week with a reference window taken from the training data. I compute a PSI per feature, and I watch the rate of missing values.',
  fr: "Je compare la dernière semaine à une fenêtre de référence tirée des données d'entraînement. Je calcule un PSI par variable, et je suis le taux de valeurs manquantes.",
} as const;

const WORDS = {
  en: { track: 'Monitoring and drift', question: 'Signals of data drift', provenance: 'Offline estimate' },
  fr: {
    track: 'Monitoring et dérive',
    question: 'Signaux d’une dérive des données',
    provenance: 'Estimation hors ligne',
  },
} as const;

/** A click, a text or a key: what the candidate has to do, counted. */
class Person {
  actions = 0;
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async click(selector: string, text?: string): Promise<void> {
    this.actions += 1;
    await this.page
      .locator(selector, text === undefined ? {} : { hasText: text })
      .first()
      .click();
  }

  async type(text: string): Promise<void> {
    this.actions += 1;
    await this.page.keyboard.insertText(text);
  }

  async press(key: string): Promise<void> {
    this.actions += 1;
    await this.page.keyboard.press(key);
  }
}

for (const lang of ['en', 'fr'] as const) {
  describe(`from an empty window to a graded answer (${lang})`, () => {
    let ui: Ui;
    const words = WORDS[lang];

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
        await ui.screenshot(`failed-${lang}-${this.currentTest.title.slice(0, 20)}`);
    });
    after(() => ui.dispose());

    it('takes at most four actions and no dialog', async () => {
      const { page } = ui;
      // The sidebar with the first track unfolded is where a newcomer starts.
      await page.locator('.activitybar .action-label[aria-label^="Canari"]').first().waitFor();
      const person = new Person(page);
      await person.click('.activitybar .action-label[aria-label^="Canari"]');
      await page
        .locator('.pane-body .monaco-list-row', { hasText: words.question })
        .or(page.locator('.pane-body .monaco-list-row', { hasText: words.track }))
        .first()
        .waitFor();
      await ui.screenshot(`${lang}-1-sidebar`);
      await person.click('.pane-body .monaco-list-row[aria-level="2"]');
      await page.locator('.monaco-editor .codelens-decoration a').first().waitFor();
      await ui.screenshot(`${lang}-2-question`);
      await person.type(ANSWER[lang]);
      await person.press('Control+Enter');
      await ui.frame().locator('.headline .value').waitFor();
      assert.ok(person.actions <= 4, `${person.actions} actions`);
      assert.equal(await page.locator('.monaco-dialog-box').count(), 0);
      assert.equal(await ui.frame().locator('.headline .by').textContent(), words.provenance);
    });

    it('lets the candidate answer a chosen question, quotes her own words, and shows where they stand', async () => {
      const { page } = ui;
      await ui.command('Canari: Search Questions');
      await page.locator('.quick-input-widget').waitFor();
      await page.keyboard.insertText(words.question);
      await page.locator('.quick-input-list .monaco-list-row.focused', { hasText: words.question }).waitFor();
      await page.keyboard.press('Enter');
      await page.locator('.tab', { hasText: 'drift-signals.md' }).first().waitFor();
      await page.waitForTimeout(500);
      await page.keyboard.insertText(ANSWER[lang]);
      await page.keyboard.press('Control+Enter');
      const frame = ui.frame();
      await frame.locator('h1', { hasText: words.question }).waitFor();
      await frame.locator('blockquote').first().waitFor();
      const quotes = await frame.locator('blockquote').allTextContents();
      assert.ok(quotes.length >= 2);
      for (const quote of quotes) assert.ok(ANSWER[lang].includes(quote), quote);
      // The line above the answer is free again; the editor draws it anew a moment later.
      const lens = lang === 'fr' ? 'Évaluer' : 'Grade';
      await page.locator('.codelens-decoration a', { hasText: lens }).first().waitFor();
      await ui.screenshot(`${lang}-3-grade`);
      await frame.locator('[id^="quote-"]').first().click();
      const selected = page.locator('.editor-instance .selected-text');
      await selected.first().waitFor();
    });

    it('recomputes the score from the candidate’s own ticks', async () => {
      const frame = ui.frame();
      for (const box of await frame.locator('vscode-checkbox').all()) {
        if (!(await box.evaluate((node) => (node as unknown as { checked: boolean }).checked)))
          await box.click();
      }
      await frame.locator('#save-ticks').click();
      await frame.locator('.headline .value', { hasText: '100' }).waitFor();
      assert.match(
        (await frame.locator('.headline .by').textContent()) ?? '',
        lang === 'en' ? /Self-assessed/ : /Auto-évaluation/,
      );
    });

    it('has nothing for axe to find in the panel', async () => {
      assert.deepEqual(await violationsIn(await frameWith(ui.page, '#page')), []);
    });

    it('checks a canary exercise: findings as Problems, then a grade with its checks', async () => {
      const { page } = ui;
      // Back from the panel: the palette gives the focus back to where it was, and a webview takes it late.
      await page.locator('.tab', { hasText: 'drift-signals.md' }).first().click();
      await ui.command('Canari: Search Questions');
      await page.locator('.quick-input-widget').waitFor();
      await page.keyboard.insertText('argo-canary');
      await page
        .locator(
          '.quick-input-list .monaco-list-row[aria-label*="anari"], .quick-input-list .monaco-list-row[aria-label*="canary"]',
        )
        .first()
        .waitFor();
      await page.keyboard.press('Enter');
      await page.locator('.tab', { hasText: 'rollout.yaml' }).first().waitFor();
      await page.waitForTimeout(700);
      await ui.command('Canari: Check Exercise');
      await page.locator('.markers-panel .monaco-list-row').first().waitFor();
      await ui.screenshot(`${lang}-4-findings`);
      await page.locator('.tab', { hasText: 'rollout.yaml' }).first().click();
      // The list of problems may still hold the focus: what is typed then is lost.
      const code = page.locator('.editor-instance[aria-label*="rollout.yaml"], .editor-instance').last();
      await code.locator('.view-line').first().click();
      await page.keyboard.press('Control+End');
      await page.keyboard.insertText('\n# first try\n');
      await code.locator('.view-line', { hasText: 'first try' }).first().waitFor();
      await ui.command('Canari: Grade Answer');
      await ui.frame().locator('#checks-title').waitFor();
      await ui.frame().locator('.finding').first().waitFor();
      await page.keyboard.press('Control+j');
      await ui.screenshot(`${lang}-5-exercise`);
    });

    it('switches panel, tree and CodeLens to the other language at once', async () => {
      const { page } = ui;
      const other = lang === 'en' ? 'fr' : 'en';
      await ui.command('Canari: Switch Language');
      await page
        .locator('.quick-input-list .monaco-list-row', { hasText: lang === 'en' ? 'Français' : 'English' })
        .click();
      await page.locator('.pane-body .monaco-list-row', { hasText: WORDS[other].track }).first().waitFor();
      const lens = other === 'fr' ? 'Évaluer' : 'Grade';
      await page.locator('.tab', { hasText: 'rollout.yaml' }).first().click();
      await page.keyboard.press('Control+Home');
      await page.locator('.codelens-decoration a', { hasText: lens }).first().waitFor();
      await ui
        .frame()
        .locator('#checks-title', { hasText: other === 'fr' ? 'Contrôles' : 'Automatic' })
        .waitFor();
      await ui.screenshot(`${lang}-switched`);
    });

    it('stays readable in a narrow panel', async () => {
      await ui.page.setViewportSize({ width: 760, height: 820 });
      await ui.page.waitForTimeout(600);
      await ui.screenshot(`${lang}-6-narrow`);
      const frame = await frameWith(ui.page, '#page');
      const overflow = await overflowOf(frame);
      assert.ok(overflow <= 0, `${overflow} px too wide`);
      await ui.page.setViewportSize({ width: 1280, height: 820 });
    });
  });
}

describe('with someone else’s repository open', () => {
  let ui: Ui;
  let repository: string;

  before(async () => {
    repository = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'canari-repository-'));
    fs.writeFileSync(path.join(repository, 'README.md'), '# Not ours\n');
    fs.mkdirSync(path.join(repository, 'src'));
    fs.writeFileSync(path.join(repository, 'src', 'train.py'), 'print("hello")\n');
    ui = await startUi({ language: 'en', folder: repository });
  });
  after(async () => {
    await ui.dispose();
    fs.rmSync(repository, { recursive: true, force: true });
  });

  it('grades an answer and leaves the repository as it was', async () => {
    const snapshot = () =>
      fs
        .readdirSync(repository, { recursive: true })
        .map(String)
        .sort()
        .map((name) => [name, fs.statSync(path.join(repository, name)).mtimeMs]);
    const before = snapshot();
    const { page } = ui;
    await page.locator('.activitybar .action-label[aria-label^="Canari"]').first().click();
    await page.locator('.pane-body .monaco-list-row[aria-level="2"]').first().click();
    await page.locator('.monaco-editor .codelens-decoration a').first().waitFor();
    await page.keyboard.insertText(ANSWER.en);
    await page.keyboard.press('Control+Enter');
    await ui.frame().locator('.headline .value').waitFor();
    assert.deepEqual(snapshot(), before);
    const answers = fs.readdirSync(path.join(ui.practiceFolder, 'answers'), { recursive: true }).map(String);
    assert.ok(answers.some((name) => name.endsWith('.md')));
  });

  it('runs a drill by keyboard alone, to a summary of what was missed', async () => {
    const { page } = ui;
    await ui.command('Canari: Start Drill');
    for (let step = 0; step < 4; step++) {
      await page.locator('.quick-input-list .monaco-list-row.focused').first().waitFor();
      await page.keyboard.press('Enter');
      await page.waitForTimeout(500);
    }
    for (let question = 0; question < 3; question++) {
      await page.locator('.monaco-editor .codelens-decoration a').first().waitFor();
      await page.waitForTimeout(500);
      await page.keyboard.insertText(ANSWER.en);
      await page.keyboard.press('Control+Enter');
      await ui.frame().locator(`#drill-next, #drill-stop`).first().waitFor();
      await ui.command(question < 2 ? 'Canari: Next Question of the Drill' : 'Canari: End Drill');
      await page.waitForTimeout(500);
    }
    await ui.frame().locator('h1', { hasText: 'Drill summary' }).waitFor();
    assert.equal(
      await ui
        .frame()
        .locator('li.card', { has: ui.frame().locator('.verdict') })
        .count(),
      3,
    );
    assert.deepEqual(await violationsIn(await frameWith(ui.page, '#page')), []);
    await ui.screenshot('en-7-drill');
  });

  it('tells who grades, and why the others cannot', async () => {
    await ui.command('Canari: Diagnose Grading');
    await ui.frame().locator('h1', { hasText: 'Grading diagnosis' }).waitFor();
    assert.deepEqual(await violationsIn(await frameWith(ui.page, '#page')), []);
    await ui.screenshot('en-8-diagnosis');
  });
});
