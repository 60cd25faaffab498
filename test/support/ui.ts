// Opens the packed extension in the full editor, as a person has it: no smoke-test driver, nothing under
// development. What the tests then do, they do with keys and clicks.
import { cpSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Frame, FrameLocator, Page } from 'playwright-core';
import { loadLauncher } from './launcher.ts';

export interface UiOptions {
  /** `canari.language`; `auto` unless set. */
  language?: 'fr' | 'en' | undefined;
  /** Any other settings, user or machine scope alike. */
  settings?: Record<string, unknown> | undefined;
  /** The folder to open: a copy of the sample practice folder unless set; 'none' is an empty window. */
  folder?: string | undefined;
  viewport?: { width: number; height: number } | undefined;
}

export interface Ui {
  page: Page;
  /** `canari.practiceFolder`: a copy that this run alone has. */
  practiceFolder: string;
  userDataDir: string;
  /** The document inside the one visible webview. */
  frame(): FrameLocator;
  /** Runs a command by its title in the palette, `Canari: …`. */
  command(title: string): Promise<void>;
  /** Writes test/ui/screenshots/<name>.png. */
  screenshot(name: string): Promise<void>;
  /** The server's log: what to look at when an extension does not start. */
  log(): string;
  dispose(): Promise<void>;
}

/** The palette lists what is registered when it opens: until the extension is, it is opened again. */
async function runCommand(page: Page, title: string): Promise<void> {
  const input = page.locator('.quick-input-widget input[type="text"]');
  const row = page.locator('.quick-input-list .monaco-list-row.focused', { hasText: title }).first();
  const deadline = Date.now() + 20_000;
  for (;;) {
    // A key can get lost while the focus moves between the editor and a webview.
    await page.keyboard.press('F1');
    const found = await input
      .fill(`>${title}`, { timeout: 1500 })
      .then(() => row.waitFor({ timeout: 1000 }))
      .then(
        () => true,
        () => false,
      );
    if (found) break;
    await page.keyboard.press('Escape');
    if (Date.now() > deadline) throw new Error(`the palette has no command "${title}"`);
  }
  await page.keyboard.press('Enter');
}

/** The frame in which something is: for what must run inside a webview. */
export async function frameWith(page: Page, selector: string): Promise<Frame> {
  for (const frame of page.frames()) {
    if (
      (await frame
        .locator(selector)
        .count()
        .catch(() => 0)) > 0
    )
      return frame;
  }
  throw new Error(`no frame has ${selector}`);
}

export async function startUi(options: UiOptions = {}): Promise<Ui> {
  const launcher = await loadLauncher();
  const vsix = await launcher.packVsix();
  const base = mkdtempSync(path.join(realpathSync(os.tmpdir()), 'canari-ui-'));
  const userDataDir = path.join(base, 'user');
  const extensionsDir = path.join(base, 'extensions');
  const practiceFolder = path.join(base, 'practice');
  const removeAll = () => rmSync(base, { recursive: true, force: true, maxRetries: 3 });
  let server: Awaited<ReturnType<typeof launcher.startServer>> | undefined;
  let browser: Awaited<ReturnType<typeof launcher.openBrowser>> | undefined;
  const dispose = async () => {
    await Promise.allSettled([browser?.close(), server?.stop()]);
    removeAll();
  };
  try {
    cpSync(path.join('test', 'fixtures', 'sample-practice'), practiceFolder, { recursive: true });
    launcher.writeServerSettings(userDataDir, {
      ...launcher.quietSettings,
      'canari.practiceFolder': practiceFolder,
      ...(options.language === undefined ? {} : { 'canari.language': options.language }),
      ...options.settings,
    });
    await launcher.installVsix({ vsix, extensionsDir, userDataDir });
    const folder = options.folder ?? practiceFolder;
    [server, browser] = await Promise.all([
      launcher.startServer({
        workspace: folder === 'none' ? undefined : folder,
        extensionsDir,
        userDataDir,
        token: true,
      }),
      launcher.openBrowser({ viewport: options.viewport }),
    ]);
    const { log, url } = server;
    const page = await browser.newPage();
    page.setDefaultTimeout(20_000);
    await page.goto(url);
    await page.locator('.monaco-workbench .activitybar').waitFor();
    return {
      page,
      practiceFolder,
      userDataDir,
      frame: () => page.frameLocator('iframe.webview.ready').frameLocator('#active-frame'),
      command: (title) => runCommand(page, title),
      screenshot: async (name) => {
        await page.screenshot({ path: path.join('test', 'ui', 'screenshots', `${name}.png`) });
      },
      log,
      dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}
