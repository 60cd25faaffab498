// The panel's page alone in a browser: its own files, its own content policy, a theme's colours, and a host
// that only listens. Quick, and free of the editor around it; `ui.ts` opens the whole.
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Page } from 'playwright-core';
import type { Lang } from '../../src/core/language.ts';
import type { FromPanel, PageRef, PageState, PanelState, RequestName } from '../../src/shared/protocol.ts';
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

  async show(state: PageState): Promise<void> {
    const words = wordsIn(this.#lang);
    const data: PanelState = {
      ref: refOf(state),
      lang: this.#lang,
      strings: Object.fromEntries(PANEL_KEYS.map((key) => [key.slice('panel.'.length), words.t(key)])),
      state,
    };
    await this.page.evaluate(`postMessage(${JSON.stringify({ kind: 'event', type: 'panel/state', data })})`);
    await this.page.locator(drawnBy(state)).waitFor();
    await this.page.waitForTimeout(50);
  }

  /** What the page has asked its host for, by name: those that are named, or all. */
  async asked(...names: readonly RequestName[]): Promise<{ type: RequestName; params: unknown }[]> {
    return (await this.sent()).flatMap((message) =>
      message.kind === 'request' && (names.length === 0 || names.includes(message.type))
        ? [{ type: message.type, params: message.params }]
        : [],
    );
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

function refOf(state: PageState): PageRef {
  const subject = { type: 'question', id: 'drift-signals' } as const;
  switch (state.page) {
    case 'drill':
    case 'speak':
      return { page: state.page, drill: 'd1' };
    case 'interview':
    case 'report':
      return { page: state.page, interview: 'i1' };
    case 'debrief':
      return { page: state.page, debrief: 'b1' };
    case 'track':
      return { page: state.page, track: 'monitoring' };
    case 'progress':
    case 'eve':
    case 'diagnosis':
      return { page: state.page };
    case 'history':
      return { page: state.page, subject: state.subject };
    default:
      return { page: 'grade', subject };
  }
}

/** What is there once a page has been drawn. */
function drawnBy(state: PageState): string {
  if (state.page !== 'grade') return `h1:text-is(${JSON.stringify(state.title)})`;
  return state.running ? '.running' : '.headline';
}

function css(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `--vscode-${name}: ${value}`)
    .join('; ');
}
