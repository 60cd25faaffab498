import type { FromPanel, PageRef } from '../src/shared/protocol.ts';
import { PanelClient } from '../src/shared/rpc.ts';

interface VsCodeApi {
  postMessage(message: FromPanel): void;
  getState(): unknown;
  setState(state: PageRef): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

const api = acquireVsCodeApi();

/** The extension, seen from the page: the only user of the editor's API. */
export const host = new PanelClient((message) => api.postMessage(message));

/** Ids alone survive a reload; the rest is asked for again. */
export function rememberPage(ref: PageRef): void {
  api.setState(ref);
}
