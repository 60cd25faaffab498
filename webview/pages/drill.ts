import type { DrillPage } from '../../src/shared/protocol.ts';
import { button } from '../components/index.ts';
import { el } from '../dom.ts';
import { host } from '../host.ts';
import type { Strings } from '../strings.ts';
import { actions, header } from './parts.ts';

export function drawDrill(state: DrillPage, strings: Strings): HTMLElement[] {
  return [
    header(state.title, state.subtitle),
    el(
      'ol',
      { class: 'cards' },
      state.rows.map((row) =>
        el(
          'li',
          { class: 'card' },
          el(
            'p',
            { class: 'claim' },
            button(
              `entry-${row.subject.id}`,
              row.title,
              () => void host.request('entry/open', { id: row.subject.id }),
            ),
            el('span', { class: 'verdict' }, row.score),
          ),
          el('p', { class: 'muted' }, row.gradedBy),
          row.missed.length > 0
            ? el(
                'div',
                {},
                el('p', {}, strings('missedPoints')),
                el(
                  'ul',
                  { class: 'plain' },
                  row.missed.map((point) => el('li', {}, point)),
                ),
              )
            : row.score !== '–' && el('p', {}, state.allMet),
        ),
      ),
    ),
    actions(
      button(
        'drill-start',
        strings('newDrill'),
        () => void host.request('command/run', { command: 'drillStart' }),
        'primary',
      ),
    ),
  ];
}
