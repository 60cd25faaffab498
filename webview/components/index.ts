// The only importer of the archived toolkit: a swap of libraries touches this folder alone.
import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDivider,
  vsCodeProgressRing,
} from '@vscode/webview-ui-toolkit';
import { el } from '../dom.ts';

provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeCheckbox(), vsCodeDivider(), vsCodeProgressRing());

/** A button; `id` keeps the focus on it when the page is drawn again. */
export function button(
  id: string,
  label: string,
  onClick: () => void,
  appearance: 'primary' | 'secondary' = 'secondary',
): HTMLElement {
  const node = el('vscode-button', { id, appearance }, label);
  node.addEventListener('click', onClick);
  return node;
}

/** A button that reads as a link: for a step aside, many times on a page. */
export function linkButton(id: string, label: string, onClick: () => void): HTMLElement {
  const node = el('button', { id, type: 'button', class: 'link' }, label);
  node.addEventListener('click', onClick);
  return node;
}

/** A checkbox with its label; `checked` reads its state. */
export function checkbox(
  id: string,
  label: string,
  isChecked: boolean,
): { node: HTMLElement; checked: () => boolean } {
  const node = el('vscode-checkbox', { id }, label) as HTMLElement & { checked: boolean };
  node.checked = isChecked;
  return { node, checked: () => node.checked };
}

export function divider(): HTMLElement {
  return el('vscode-divider', { role: 'separator' });
}

/** Something is going on; the words beside it say what, so that motion is never the only sign. */
export function busy(label: string): HTMLElement {
  return el('vscode-progress-ring', { 'aria-label': label });
}
