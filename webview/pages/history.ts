import type { PanelCommand } from '../../src/shared/protocol.ts';
import type { HistoryPage } from '../../src/shared/studyPages.ts';
import { button } from '../components/index.ts';
import { type Child, el, section } from '../dom.ts';
import { host } from '../host.ts';
import type { Strings } from '../strings.ts';
import { actions, facts, header } from './parts.ts';
import { line } from './points.ts';

type Attempt = HistoryPage['attempts'][number];
type Side = 'before' | 'after';

const run = (command: PanelCommand) => () => void host.request('command/run', { command });

const MARKS = { gained: '▲', lost: '▼', open: '○' } as const;
const TONES = { gained: 'good', lost: 'bad', open: 'open' } as const;

/** The note that was saved last, and on what: it says so as long as it stays as it is. */
let saved: { readonly subject: string; readonly text: string } | undefined;

export function drawHistory(state: HistoryPage, strings: Strings): HTMLElement[] {
  return [
    header(state.title, state.subtitle),
    facts(state.facts),
    actions(button('rate', strings('rate'), run('rate')), button('undo', strings('undo'), run('undo'))),
    section('improved', strings('improved'), ...improved(state, strings)),
    section('note', strings('note'), note(state, strings)),
    section('attempts', strings('attempts'), ...attempts(state, strings)),
  ].filter((node) => node !== undefined);
}

function improved({ improved: list, caution }: HistoryPage, strings: Strings): Child[] {
  const words = { gained: strings('gained'), lost: strings('lost'), open: strings('stillOpen') };
  return [
    caution ? el('p', { class: 'muted' }, caution) : undefined,
    list.length > 0 &&
      el(
        'ul',
        { class: 'marks' },
        list.map(({ kind, text }) => el('li', { class: TONES[kind] }, line(MARKS[kind], words[kind], text))),
      ),
  ];
}

function note({ untrustedNote, subject }: HistoryPage, strings: Strings): HTMLElement[] {
  const isSaved = saved?.subject === subject.id && saved.text === untrustedNote;
  const text = el('textarea', { id: 'note', rows: '5', 'aria-describedby': 'note-hint' }, untrustedNote);
  const state = el('span', { id: 'note-state', class: 'muted', role: 'status' }, isSaved && strings('saved'));
  text.addEventListener('input', () => {
    state.textContent = '';
  });
  const save = async () => {
    saved = { subject: subject.id, text: text.value };
    await host.request('note/save', { text: text.value });
    // The page may have been drawn again meanwhile.
    const told = document.getElementById('note-state');
    if (told) told.textContent = strings('saved');
  };
  return [
    el('label', { for: 'note' }, strings('noteLabel')),
    text,
    el(
      'p',
      { class: 'muted', id: 'note-hint' },
      subject.type === 'exercise' ? strings('noteExercise') : strings('noteHint'),
    ),
    el(
      'div',
      { class: 'actions' },
      button('save-note', strings('saveNote'), () => void save()),
      state,
    ),
  ];
}

function attempts({ attempts: list }: HistoryPage, strings: Strings): Child[] {
  if (list.length === 0) return [el('p', { class: 'muted' }, strings('noAttempts'))];
  // What was said aloud left no text to compare.
  const written = list.filter(({ isSpoken }) => !isSpoken);
  const [last, previous] = written;
  const isComparable = last !== undefined && previous !== undefined;
  const defaults = { before: previous?.id, after: last?.id };
  const cards = el(
    'ol',
    { class: 'cards' },
    list.map((attempt) =>
      attemptCard(
        attempt,
        isComparable && !attempt.isSpoken
          ? (['before', 'after'] as const).map((side) =>
              choice(side, attempt, defaults[side] === attempt.id, strings),
            )
          : [],
      ),
    ),
  );
  if (!isComparable) return [cards];
  const chosen = (side: Side) =>
    cards.querySelector<HTMLInputElement>(`input[name="${side}"]:checked`)?.value;
  const status = el('span', { class: 'muted', role: 'status' });
  const compare = () => {
    const [before, after] = [chosen('before'), chosen('after')];
    const isPair = before !== undefined && after !== undefined && before !== after;
    status.textContent = isPair ? '' : strings('chooseTwo');
    if (isPair) void host.request('history/compare', { before, after });
  };
  return [
    el('p', { class: 'muted' }, strings('compareIntro')),
    cards,
    el('div', { class: 'actions' }, button('compare', strings('compare'), compare, 'primary'), status),
  ];
}

function attemptCard(
  { when, score, value, gradedBy, details }: Attempt,
  choices: readonly HTMLElement[],
): HTMLElement {
  const gauge = el('span', { class: 'gauge', 'aria-hidden': 'true' }, el('span'));
  gauge.style.setProperty('--share', String(value ?? 0));
  return el(
    'li',
    { class: 'card flat' },
    el(
      'p',
      { class: 'claim' },
      el('strong', { class: 'statement' }, when),
      el('span', { class: 'verdict' }, score),
    ),
    value !== undefined && gauge,
    el('p', { class: 'muted' }, gradedBy),
    details.length > 0 &&
      el(
        'ul',
        { class: 'dotted' },
        details.map((detail) => el('li', {}, detail)),
      ),
    choices.length > 0 && el('div', { class: 'choices' }, choices),
  );
}

function choice(side: Side, { id, when }: Attempt, isChecked: boolean, strings: Strings): HTMLElement {
  const word = side === 'before' ? strings('before') : strings('after');
  const name = `${strings('label', { label: word })}${when}`;
  return el(
    'label',
    {},
    el('input', {
      type: 'radio',
      id: `${side}-${id}`,
      name: side,
      value: id,
      'aria-label': name,
      ...(isChecked ? { checked: '' } : {}),
    }),
    word,
  );
}
