// What test/host/launch.mjs offers, typed. The launcher is plain JavaScript because it runs before anything is
// installed; tests are bundled, so they reach it by its file's address.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

export interface ServerOptions {
  /** The folder to open; none is an empty window. */
  workspace?: string | undefined;
  extensionsDir: string;
  /** Holds `User/settings.json`, `Machine/settings.json`, the storage of extensions and `server.log`. */
  userDataDir: string;
  /** Lets the page name extensions and tests in its address; no toasts are shown then. */
  smokeTest?: boolean | undefined;
  /** Asks the browser for a random token (default false). */
  token?: boolean | undefined;
  /** False leaves workspace trust on and the folder untrusted: restricted mode (default true). */
  trust?: boolean | undefined;
  /** 0, the default, takes any free port. */
  port?: number | undefined;
  env?: Record<string, string> | undefined;
}

export interface Server {
  /** The address to open, token and folder included. */
  url: string;
  port: number;
  token: string | undefined;
  log(): string;
  /** The exit code, once the server has ended. */
  ended: Promise<number>;
  stop(): Promise<void>;
}

export interface BrowserOptions {
  headless?: boolean | undefined;
  viewport?: { width: number; height: number } | undefined;
  locale?: string | undefined;
}

export interface OpenBrowser {
  browser: Browser;
  /** A page in a context of its own: no cookies, nothing stored. */
  newPage(options?: BrowserContextOptions): Promise<Page>;
  close(): Promise<void>;
}

export interface ExtensionTestOptions {
  /** The first is loaded where it lies, under development; the others are installed by copy. */
  extensionPaths: string[];
  /** A CommonJS file that ends in `.js` and exports `run(): Promise<void>`. */
  testsPath: string;
  workspace?: string | undefined;
  trust?: boolean | undefined;
  settings?: Record<string, unknown> | undefined;
  /** Variables of the extension host. */
  env?: Record<string, string> | undefined;
  timeoutMs?: number | undefined;
  onLog?: ((line: string) => void) | undefined;
}

export interface ExtensionTestResult {
  /** 0 when `run()` was fulfilled, 1 when it was rejected, 124 after `timeoutMs`. */
  code: number;
  logs: string[];
  serverLog: string;
}

export interface Launcher {
  ensureDependencies(): Promise<void>;
  ensureHostTools(): Promise<void>;
  /** The path of Node 24, once the host tools are there. */
  node24(): string;
  /** Builds and packs when something has changed; the path of the VSIX. */
  packVsix(): Promise<string>;
  installVsix(options: { vsix: string; extensionsDir: string; userDataDir: string }): Promise<void>;
  startServer(options: ServerOptions): Promise<Server>;
  /** Writes settings to where a server with this `userDataDir` reads them, by their scope. */
  writeServerSettings(userDataDir: string, settings: Record<string, unknown>): void;
  /** What a test profile starts with: no questions asked, no motion. */
  quietSettings: Record<string, unknown>;
  openBrowser(options?: BrowserOptions): Promise<OpenBrowser>;
  runExtensionTests(options: ExtensionTestOptions): Promise<ExtensionTestResult>;
}

/** The launcher; tests run in the project's root. */
export async function loadLauncher(): Promise<Launcher> {
  const file = path.join(process.cwd(), 'test', 'host', 'launch.mjs');
  return (await import(pathToFileURL(file).href)) as Launcher;
}
