import type { GradePage, RunningView } from '../../src/shared/protocol.ts';
import { busy, button } from '../components/index.ts';
import { el } from '../dom.ts';
import { host } from '../host.ts';
import type { Strings } from '../strings.ts';
import { actions, header } from './parts.ts';
import { card } from './points.ts';

interface Shown {
  readonly key: string;
  readonly nodes: HTMLElement[];
  update(state: RunningView): void;
}

let shown: Shown | undefined;

/**
 * A grade on its way. The same elements are kept and filled while it runs: snapshots come many times a
 * second, and a button that is replaced between press and release is never clicked.
 */
export function drawRunning(page: GradePage, state: RunningView, strings: Strings): HTMLElement[] {
  const { title, subtitle } = page;
  const key = JSON.stringify([title, subtitle, strings('cancel'), state.startedAt]);
  // What had been taken off the page has stopped its clock.
  if (shown?.key !== key || shown.nodes[0]?.isConnected === false)
    shown = create(key, header(title, subtitle), strings);
  shown.update(state);
  return shown.nodes;
}

function create(key: string, top: HTMLElement, strings: Strings): Shown {
  const text = el('span', { class: 'purpose' });
  const detail = el('span');
  const countdown = el('span', { role: 'timer' });
  const elapsed = el('span', { class: 'muted', role: 'timer' });
  const provisional = el('p', { class: 'muted', hidden: '' }, strings('provisional'));
  const cards = el('ul', { class: 'cards' });
  const ring = busy('');
  let [current, received, drawn]: [RunningView | undefined, number, string] = [undefined, 0, ''];

  // The page counts by itself; only differences of the host's clock are used, for the two may disagree.
  const count = () => {
    if (!current) return;
    const now = current.now + Date.now() - received;
    const seconds = Math.max(0, Math.floor((now - current.startedAt) / 1000));
    elapsed.textContent = strings('elapsed', { seconds });
    countdown.textContent =
      current.waitsUntil === undefined
        ? ''
        : strings('nextTry', { seconds: Math.max(0, Math.ceil((current.waitsUntil - now) / 1000)) });
  };
  const node = el(
    'div',
    { class: 'running' },
    el('p', { class: 'progress' }, ring, text, elapsed),
    el('p', { class: 'muted' }, detail, ' ', countdown),
    actions(button('cancel', strings('cancel'), () => void host.request('grade/cancel', {}))),
    provisional,
    cards,
  );
  const timer = setInterval(() => {
    if (node.isConnected) count();
    else if (current) clearInterval(timer);
  }, 1000);
  return {
    key,
    nodes: [top, node],
    update(state) {
      [current, received] = [state, Date.now()];
      text.textContent = state.text;
      ring.setAttribute('aria-label', state.text);
      detail.textContent = state.detail ?? '';
      // Between two calls nothing new comes in: what was read stays.
      const points = JSON.stringify(state.points);
      if (state.points.length > 0 && points !== drawn) {
        cards.replaceChildren(...state.points.map((point) => card(point)));
        drawn = points;
        provisional.hidden = false;
      }
      count();
    },
  };
}
