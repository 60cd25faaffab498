import type { SpeakPage } from '../../src/shared/studyPages.ts';
import { secondsSince, tickWhileShown, wholeSeconds } from '../clock.ts';
import { button, checkbox } from '../components/index.ts';
import { el, section } from '../dom.ts';
import { host } from '../host.ts';
import { markdownBlock } from '../markdown.ts';
import type { Strings } from '../strings.ts';
import { actions, header } from './parts.ts';

let shown: { readonly key: string; readonly nodes: readonly HTMLElement[] } | undefined;

/** A question to answer aloud. It stays as it is through later snapshots, which only tell the time again. */
export function drawSpeak(state: SpeakPage, strings: Strings): HTMLElement[] {
  const key = JSON.stringify({ ...state, now: 0, reveal: strings('reveal') });
  if (shown?.key !== key || !shown.nodes[0]?.isConnected) {
    const prompt = el('div', { class: 'followup prompt' }, markdownBlock(state.untrustedPrompt));
    const rest = state.revealed
      ? comparison(state.revealed, state.isLast, strings)
      : [speaking(state, strings)];
    shown = { key, nodes: [header(state.title, state.subtitle), prompt, ...rest] };
  }
  return [...shown.nodes];
}

function speaking({ seconds, startedAt, now }: SpeakPage, strings: Strings): HTMLElement {
  const received = Date.now();
  const clock = el('p', { class: 'clock', role: 'timer' });
  const over = el('p', { class: 'over', role: 'status' });
  const count = () => {
    const left = wholeSeconds(seconds - (now - startedAt) / 1000 - secondsSince(received));
    clock.textContent = left > 0 ? strings('secondsLeft', { seconds: left }) : '';
    // Said once, when it is written for the first time.
    if (left === 0 && over.textContent === '') over.textContent = strings('timeIsUp');
  };
  count();
  const node = el(
    'div',
    {},
    clock,
    over,
    el('p', { class: 'muted' }, strings('speakIntro')),
    actions(
      button('reveal', strings('reveal'), () => void host.request('speak/reveal', {}), 'primary'),
      button('skip', strings('skip'), () => void host.request('speak/skip', {})),
    ),
  );
  tickWhileShown(node, count);
  return node;
}

function comparison(
  { points, untrustedAnswer }: NonNullable<SpeakPage['revealed']>,
  isLast: boolean,
  strings: Strings,
): HTMLElement[] {
  const boxes = points.map(({ id, statement }) => ({ id, ...checkbox(`tick-${id}`, statement, false) }));
  boxes[0]?.node.setAttribute('data-focus', '');
  const save = () => {
    const met = boxes.filter(({ checked }) => checked()).map(({ id }) => id);
    void host.request('speak/save', { met });
  };
  return [
    section(
      'points',
      strings('points'),
      el('p', { class: 'muted' }, strings('tickIntro')),
      el(
        'ul',
        { class: 'cards ticks' },
        boxes.map(({ node }) => el('li', {}, node)),
      ),
    ),
    el(
      'details',
      { class: 'model' },
      el('summary', {}, strings('modelAnswer')),
      markdownBlock(untrustedAnswer),
    ),
    actions(button('save-ticks', isLast ? strings('saveLast') : strings('saveNext'), save, 'primary')),
  ].filter((node) => node !== undefined);
}
