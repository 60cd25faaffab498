// The panel's page alone in a browser: its own files, its own content policy, a theme's colours, and a host
// that only listens. Quick, and free of the editor around it; `ui.ts` opens the whole.
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Page } from 'playwright-core';
import type { Lang } from '../../src/core/language.ts';
import type { FromPanel, GradePage, PanelState } from '../../src/shared/protocol.ts';
import { panelHtml } from '../../src/vscode/panel/html.ts';
import { PANEL_KEYS } from '../../src/vscode/panel/strings.ts';
import type { OpenBrowser } from './launcher.ts';
import { THEMES, type Theme } from './themes.ts';
import { wordsIn } from './words.ts';

const ORIGIN = 'https://panel.test';
const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css' };

export interface PanelOptions {
  readonly lang: Lang;
  readonly theme: Theme;
  readonly width?: number;
}

export class PanelPage {
  readonly page: Page;
  readonly #lang: Lang;
  /** Errors of the page, and what its content policy refused. */
  readonly faults: string[] = [];

  private constructor(page: Page, lang: Lang) {
    this.page = page;
    this.#lang = lang;
    page.on('pageerror', (error) => this.faults.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.faults.push(message.text());
    });
  }

  static async open(browser: OpenBrowser, { lang, theme, width = 640 }: PanelOptions): Promise<PanelPage> {
    const page = await browser.newPage({ viewport: { width, height: 900 }, reducedMotion: 'reduce' });
    const panel = new PanelPage(page, lang);
    const { body, variables } = THEMES[theme];
    const html = panelHtml({ at: (name) => `${ORIGIN}/${name}`, cspSource: ORIGIN, nonce: 'n', lang })
      .replace('<html ', `<html style='${css(variables)}' `)
      .replace('<body>', `<body class="${body}" data-vscode-theme-kind="${body}">`);
    await page.route(`${ORIGIN}/**`, async (route) => {
      const { pathname } = new URL(route.request().url());
      if (pathname === '/') return route.fulfill({ contentType: 'text/html', body: html });
      const file = path.join('dist', 'webview', path.basename(pathname));
      if (!fs.existsSync(file)) return route.fulfill({ status: 404 });
      return route.fulfill({ contentType: TYPES[path.extname(file)] ?? 'text/plain', path: file });
    });
    await page.addInitScript(`globalThis.sent = [];
      globalThis.acquireVsCodeApi = () => ({ postMessage: (m) => sent.push(m), getState() {}, setState() {} });`);
    await page.goto(`${ORIGIN}/`);
    await page.waitForFunction('sent.some(({ type }) => type === "ready")');
    return panel;
  }

  /** What the page has told its host. */
  sent(): Promise<FromPanel[]> {
    return this.page.evaluate('sent');
  }

  async show(state: GradePage): Promise<void> {
    const words = wordsIn(this.#lang);
    const data: PanelState = {
      ref: { page: 'grade', subject: { type: 'question', id: 'drift-signals' } },
      lang: this.#lang,
      strings: Object.fromEntries(PANEL_KEYS.map((key) => [key.slice('panel.'.length), words.t(key)])),
      state,
    };
    const selector = state.running ? '.running' : '.headline';
    await this.page.evaluate(`postMessage(${JSON.stringify({ kind: 'event', type: 'panel/state', data })})`);
    await this.page.locator(selector).waitFor();
    await this.page.waitForTimeout(50);
  }

  async screenshot(name: string): Promise<void> {
    await this.page.screenshot({
      path: path.join('test', 'ui', 'screenshots', `${name}.png`),
      fullPage: true,
    });
  }

  close(): Promise<void> {
    return this.page.context().close();
  }
}

function css(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `--vscode-${name}: ${value}`)
    .join('; ');
}
