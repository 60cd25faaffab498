import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { asAppError } from '../../core/errors.ts';
import {
  type Handlers,
  type PageRef,
  type PageState,
  type PanelState,
  PROTOCOL,
} from '../../shared/protocol.ts';
import { hostEvent, serve } from '../../shared/rpc.ts';
import { PANEL } from '../ids.ts';
import type { Localizer } from '../l10n.ts';
import type { Reporter } from '../report.ts';
import { panelHtml } from './html.ts';
import { panelStrings } from './strings.ts';

/** Builds the whole state of a page from ids, in the language of the moment. */
export type PageBuilder = (ref: PageRef) => Promise<PageState>;

export interface Pages {
  readonly build: PageBuilder;
  readonly handlers: Handlers;
}

interface Dependencies {
  readonly extensionUri: vscode.Uri;
  readonly l10n: Localizer;
  readonly report: Reporter;
  readonly log: vscode.LogOutputChannel;
}

/** The one webview: it shows a page, keeps nothing but ids, and gets a whole snapshot each time. */
export class Panel implements vscode.Disposable {
  readonly #deps: Dependencies;
  readonly #subscriptions: vscode.Disposable[] = [];
  #load: (() => Pages) | undefined;
  #webview: vscode.WebviewPanel | undefined;
  #ref: PageRef | undefined;
  #isReady = false;
  #version = 0;

  constructor(deps: Dependencies) {
    this.#deps = deps;
    this.#subscriptions.push(
      deps.l10n.onDidChange(() => void this.refresh()),
      vscode.window.registerWebviewPanelSerializer(PANEL, {
        deserializeWebviewPanel: async (webview, state: unknown) => {
          this.#adopt(webview, isPageRef(state) ? state : { page: 'diagnosis' });
        },
      }),
    );
  }

  /** Called once by the wiring: who builds pages and who answers the panel's requests, from the first page on. */
  serve(pages: () => Pages): void {
    this.#load = pages;
  }

  /** Who builds pages and answers requests; loaded when it is first asked for. */
  get pages(): Pages | undefined {
    return this.#load?.();
  }

  /** The page shown now, if any. */
  get ref(): PageRef | undefined {
    return this.#webview ? this.#ref : undefined;
  }

  /** Shows a page; the focus stays where it is unless `focus` asks for it. */
  show(ref: PageRef, { focus = false } = {}): void {
    if (this.#webview) {
      this.#ref = ref;
      if (!this.#webview.visible || focus) this.#webview.reveal(undefined, !focus);
      void this.refresh();
      return;
    }
    // The answer keeps its place: the panel joins the column of the prompt.
    const column = vscode.window.tabGroups.all.length > 1 ? vscode.ViewColumn.One : vscode.ViewColumn.Beside;
    const webview = vscode.window.createWebviewPanel(PANEL, 'Canari', {
      viewColumn: column,
      preserveFocus: !focus,
    });
    this.#adopt(webview, ref);
  }

  /** Sends the current page again, whole; late results of an older page are dropped. */
  async refresh(): Promise<void> {
    const [webview, ref] = [this.#webview, this.#ref];
    if (!webview || !ref || !this.#isReady) return;
    const { pages } = this;
    if (!pages) return;
    const version = ++this.#version;
    let state: PageState;
    try {
      state = await pages.build(ref);
    } catch (error) {
      const { t } = this.#deps.l10n;
      state = {
        page: 'missing',
        title: t('panel.missing'),
        message: this.#deps.report.message(asAppError(error)),
      };
    }
    if (this.#webview !== webview || version !== this.#version) return;
    webview.title = `Canari: ${state.title}`;
    const panelState: PanelState = {
      ref,
      lang: this.#deps.l10n.lang,
      strings: panelStrings(this.#deps.l10n),
      state,
    };
    await webview.webview.postMessage(hostEvent('panel/state', panelState));
  }

  dispose(): void {
    this.#webview?.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #adopt(panel: vscode.WebviewPanel, ref: PageRef): void {
    this.#webview?.dispose();
    this.#webview = panel;
    this.#ref = ref;
    this.#isReady = false;
    const { extensionUri, log } = this.#deps;
    const root = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
    panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'canari.svg');
    panel.webview.options = {
      enableScripts: true,
      enableForms: false,
      localResourceRoots: [root],
      enableCommandUris: false,
    };
    panel.onDidDispose(() => {
      if (this.#webview === panel) this.#webview = undefined;
    });
    panel.onDidChangeViewState(() => {
      if (panel.visible) void this.refresh();
    });
    panel.webview.onDidReceiveMessage((message: unknown) =>
      serve(
        message,
        {
          handlers: this.pages?.handlers ?? ({} as Handlers),
          onEvent: (type, data) => {
            if (type === 'ready') {
              const { protocol } = data as { protocol: number };
              if (protocol !== PROTOCOL)
                log.warn(`the panel speaks protocol ${protocol}, expected ${PROTOCOL}`);
              this.#isReady = true;
              void this.refresh();
            } else if (type === 'link/open') {
              openLink((data as { href: string }).href);
            } else {
              log.error(`panel: ${(data as { message: string }).message}`);
            }
          },
          toError: (thrown) => {
            this.#deps.report.failure(thrown);
            const error = asAppError(thrown);
            return { code: error.code, message: this.#deps.report.message(error) };
          },
        },
        (reply) => {
          if (this.#webview === panel) void panel.webview.postMessage(reply);
        },
      ),
    );
    panel.webview.html = panelHtml({
      at: (name) => panel.webview.asWebviewUri(vscode.Uri.joinPath(root, name)).toString(),
      cspSource: panel.webview.cspSource,
      nonce: randomBytes(16).toString('base64'),
      lang: this.#deps.l10n.lang,
    });
  }
}

function isPageRef(value: unknown): value is PageRef {
  return typeof value === 'object' && value !== null && typeof (value as PageRef).page === 'string';
}

// Links of models and packs open outside, and only on the web.
function openLink(href: string): void {
  const uri = vscode.Uri.parse(href);
  if (uri.scheme === 'https' || uri.scheme === 'http') void vscode.env.openExternal(uri);
}
