import type { EvePage } from '../../src/shared/studyPages.ts';
import { linkButton } from '../components/index.ts';
import { el, section } from '../dom.ts';
import { markdownBlock } from '../markdown.ts';
import type { Strings } from '../strings.ts';
import { header, openEntry } from './parts.ts';

/** The last evening: what is still weak, and what to hold in the head. Nothing to do here, only to read. */
export function drawEve(state: EvePage, strings: Strings): HTMLElement[] {
  return [
    header(state.title, state.subtitle),
    section(
      'weakest',
      strings('weakest'),
      state.weakest.length > 0 &&
        el(
          'ul',
          { class: 'brief' },
          state.weakest.map(({ subject, title, point }, i) =>
            el('li', {}, el('p', {}, point), linkButton(`weak-${i}`, title, openEntry(subject.id))),
          ),
        ),
    ),
    section(
      'takeaways',
      strings('takeaways'),
      state.takeaways.map(({ track, untrustedText }) =>
        el('div', { class: 'takeaway' }, el('h3', {}, track), markdownBlock(untrustedText)),
      ),
    ),
    section(
      'numbers',
      strings('numbers'),
      state.numbers.length > 0 &&
        el(
          'ul',
          { class: 'brief' },
          state.numbers.map(({ text, reference }) =>
            el(
              'li',
              {},
              el('p', {}, text),
              el('a', { class: 'source', href: reference.url }, reference.title),
            ),
          ),
        ),
    ),
    section(
      'ask',
      strings('toAsk'),
      state.toAsk.length > 0 &&
        el(
          'ul',
          { class: 'brief' },
          state.toAsk.map((text) => el('li', {}, text)),
        ),
    ),
  ].filter((node) => node !== undefined);
}
