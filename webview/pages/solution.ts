import type { SolutionPage } from '../../src/shared/protocol.ts';
import { el, section } from '../dom.ts';
import { markdownBlock } from '../markdown.ts';
import type { Strings } from '../strings.ts';
import { header, references } from './parts.ts';

export function drawSolution(state: SolutionPage, strings: Strings): HTMLElement[] {
  return [
    header(state.title, state.subtitle),
    markdownBlock(state.untrustedBody),
    section(
      'files',
      strings('solutionFiles'),
      state.files.map(({ path, text }) =>
        el(
          'figure',
          {},
          el('figcaption', {}, path),
          el('div', { class: 'scroll', tabindex: '0' }, el('pre', {}, el('code', {}, text))),
        ),
      ),
    ),
    section(
      'rubric',
      strings('rubric'),
      el(
        'ul',
        { class: 'plain' },
        state.points.map(({ statement, weight }) =>
          el('li', {}, statement, ' ', el('span', { class: 'muted' }, `(${weight})`)),
        ),
      ),
    ),
    section(
      'followups',
      strings('followUps'),
      state.followUps.length > 0 &&
        el(
          'ul',
          { class: 'plain' },
          state.followUps.map((ask) => el('li', {}, ask)),
        ),
    ),
    references(state.references, strings),
  ].filter((node) => node !== undefined);
}
