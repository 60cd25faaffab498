import type { DebriefPage } from '../../src/shared/studyPages.ts';
import { linkButton } from '../components/index.ts';
import { el } from '../dom.ts';
import type { Strings } from '../strings.ts';
import { entryCard, header, openEntry } from './parts.ts';

type Row = DebriefPage['rows'][number];

/** What was asked in a real interview, and what of the bank it comes to. */
export function drawDebrief(state: DebriefPage, strings: Strings): HTMLElement[] {
  return [
    header(state.title, state.subtitle),
    state.rows.length === 0
      ? el('p', { class: 'lead' }, strings('debriefEmpty'))
      : el(
          'ol',
          { class: 'asked' },
          state.rows.map((row, i) => rowNode(row, i, strings)),
        ),
  ];
}

function rowNode({ untrustedText, matches, own }: Row, index: number, strings: Strings): HTMLElement {
  return el(
    'li',
    {},
    el('blockquote', {}, untrustedText),
    matches.length === 0 && !own && el('p', { class: 'muted' }, strings('noMatch')),
    (matches.length > 0 || own) &&
      el(
        'ul',
        { class: 'cards' },
        matches.map(({ subject, title, score, weak }, i) =>
          entryCard(
            linkButton(`match-${index}-${i}`, title, openEntry(subject.id)),
            score,
            weak.length > 0 && el('p', { class: 'muted' }, strings('missedPoints')),
            weak.length > 0 &&
              el(
                'ul',
                { class: 'plain' },
                weak.map((point) => el('li', {}, point)),
              ),
          ),
        ),
        own &&
          entryCard(linkButton(`own-${index}`, own.title, openEntry(own.subject.id)), strings('ownQuestion')),
      ),
  );
}
