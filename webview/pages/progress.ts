import type { PanelCommand } from '../../src/shared/protocol.ts';
import type { ProgressPage } from '../../src/shared/studyPages.ts';
import { ahead, calendar, scores, stacks } from '../charts.ts';
import { button, linkButton } from '../components/index.ts';
import { el, section } from '../dom.ts';
import { host } from '../host.ts';
import type { Strings } from '../strings.ts';
import { actions, entryCard, facts, header, openEntry } from './parts.ts';

const run = (command: PanelCommand) => () => void host.request('command/run', { command });

export function drawProgress(state: ProgressPage, strings: Strings): HTMLElement[] {
  const top = header(state.title, state.subtitle);
  const begin = actions(
    button('today-start', strings('todayStart'), run('todayStart'), 'primary'),
    button('plan-set', strings('planSet'), run('planSet')),
  );
  if (isNew(state)) return [top, ...welcome(strings), begin];
  return [
    top,
    facts(state.facts),
    begin,
    section('weakest', strings('weakest'), ...weakest(state, strings)),
    section(
      'tracks',
      strings('byTrack'),
      state.tracks.length > 0 && stacks(state.tracks, strings('masteryCaption'), strings('track'), strings),
    ),
    section(
      'competences',
      strings('byCompetence'),
      state.competences.length > 0 &&
        stacks(state.competences, strings('masteryCaption'), strings('competence'), strings),
    ),
    section(
      'ahead',
      strings('ahead'),
      state.ahead.length > 0 && ahead(state.ahead, strings('aheadCaption'), strings),
    ),
    section(
      'scores',
      strings('scores'),
      state.scores.length > 0 && scores(state.scores, strings('trendCaption'), strings),
    ),
    section(
      'calendar',
      strings('activity'),
      state.calendar.length > 0 &&
        calendar(state.calendar, state.weekdays, strings('activityCaption'), strings),
    ),
  ].filter((node) => node !== undefined);
}

/** Nothing was answered yet. */
function isNew({ tracks, calendar: weeks, scores: lines }: ProgressPage): boolean {
  return (
    lines.length === 0 &&
    weeks.every(({ days }) => days.every(({ count }) => count === 0)) &&
    tracks.every(({ segments }) => segments.every(({ kind, count }) => kind === 'new' || count === 0))
  );
}

function welcome(strings: Strings): HTMLElement[] {
  return [
    el('p', { class: 'lead' }, strings('progressEmpty')),
    el(
      'ul',
      { class: 'plain' },
      [
        strings('progressWillMastery'),
        strings('progressWillAhead'),
        strings('progressWillScores'),
        strings('progressWillWeakest'),
      ].map((text) => el('li', {}, text)),
    ),
  ];
}

function weakest({ weakest: list }: ProgressPage, strings: Strings): (HTMLElement | undefined)[] {
  if (list.length === 0) return [];
  return [
    el(
      'ol',
      { class: 'cards' },
      list.map(({ subject, title, point, text }, i) =>
        entryCard(
          linkButton(`weak-${i}`, title, openEntry(subject.id)),
          undefined,
          el('p', {}, point),
          el('p', { class: 'muted' }, text),
        ),
      ),
    ),
    actions(button('drill-weakest', strings('drillWeakest'), run('drillWeakest'))),
  ];
}
