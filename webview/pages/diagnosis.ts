import type { DiagnosisPage } from '../../src/shared/protocol.ts';
import { button } from '../components/index.ts';
import { el, section } from '../dom.ts';
import { host } from '../host.ts';
import type { Strings } from '../strings.ts';
import { actions, facts, header } from './parts.ts';

export function drawDiagnosis(state: DiagnosisPage, strings: Strings): HTMLElement[] {
  const run = (command: 'chooseModel' | 'setKey') => () => void host.request('command/run', { command });
  return [
    header(state.title, state.subtitle),
    el('p', {}, state.conclusion),
    el(
      'ol',
      { class: 'cards' },
      state.rungs.map(({ name, state: word, ready, chosen, detail }) =>
        el(
          'li',
          { class: `card ${ready ? 'good' : 'open'}` },
          el(
            'p',
            { class: 'claim' },
            el('span', { class: 'mark', 'aria-hidden': 'true' }, ready ? '✓' : '–'),
            el('span', { class: 'statement' }, name),
            el('span', { class: 'verdict' }, word),
          ),
          chosen && el('p', {}, el('strong', {}, strings('chosen'))),
          el('p', { class: 'muted' }, detail),
        ),
      ),
    ),
    actions(
      button('choose-model', strings('chooseModel'), run('chooseModel'), 'primary'),
      button('set-key', strings('setKey'), run('setKey')),
    ),
    section('facts', strings('facts'), facts(state.facts)),
  ].filter((node) => node !== undefined);
}
