import type { DrillPage } from '../../src/shared/protocol.ts';
import { bars } from '../charts.ts';
import { button } from '../components/index.ts';
import { el, section } from '../dom.ts';
import { host } from '../host.ts';
import type { Strings } from '../strings.ts';
import { actions, entryCard, header, nextSteps, openEntry } from './parts.ts';

export function drawDrill(state: DrillPage, strings: Strings): HTMLElement[] {
  const answers = rows(state, strings);
  return [
    header(state.title, state.subtitle),
    section(
      'tracks',
      strings('byTrack'),
      state.tracks.length > 0 && bars(state.tracks, strings('scoresCaption'), strings('track'), strings),
    ),
    nextSteps(state.next, strings),
    state.tracks.length + state.next.length > 0 ? section('answers', strings('answers'), answers) : answers,
    actions(
      button(
        'drill-start',
        strings('newDrill'),
        () => void host.request('command/run', { command: 'drillStart' }),
        'primary',
      ),
    ),
  ].filter((node) => node !== undefined);
}

function rows(state: DrillPage, strings: Strings): HTMLElement {
  return el(
    'ol',
    { class: 'cards' },
    state.rows.map((row) =>
      entryCard(
        button(`entry-${row.subject.id}`, row.title, openEntry(row.subject.id)),
        row.score,
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
  );
}
