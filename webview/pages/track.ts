import type { TrackPage } from '../../src/shared/protocol.ts';
import { el, section } from '../dom.ts';
import { markdownBlock } from '../markdown.ts';
import type { Strings } from '../strings.ts';
import { header } from './parts.ts';

export function drawTrack(state: TrackPage, strings: Strings): HTMLElement[] {
  const { figure } = state;
  return [
    header(state.title, state.subtitle),
    markdownBlock(state.untrustedIntroduction),
    figure.diagram === ''
      ? undefined
      : el(
          'figure',
          { class: 'diagram' },
          el(
            'div',
            { class: 'scroll', tabindex: '0', role: 'img', 'aria-label': figure.caption },
            el('pre', {}, figure.diagram),
          ),
          el('figcaption', {}, figure.caption),
        ),
    section('takeaway', strings('takeaway'), markdownBlock(state.untrustedTakeaway)),
    section(
      'resources',
      strings('resources'),
      state.resources.length > 0 &&
        el(
          'ul',
          { class: 'links' },
          state.resources.map(({ type, title, url, why }) =>
            el(
              'li',
              {},
              el('a', { href: url }, title),
              el('span', { class: 'muted' }, ` (${type})`),
              el('br'),
              why,
            ),
          ),
        ),
    ),
  ].filter((node) => node !== undefined);
}
