import type { FactView } from '../../src/shared/protocol.ts';
import type { EntryLink } from '../../src/shared/studyPages.ts';
import { linkButton } from '../components/index.ts';
import { type Child, el, section } from '../dom.ts';
import { host } from '../host.ts';
import type { Strings } from '../strings.ts';

export function header(title: string, subtitle: string): HTMLElement {
  return el('header', {}, el('h1', {}, title), el('p', { class: 'subtitle' }, subtitle));
}

/** Names with their values; nothing when there are none. */
export function facts(list: readonly FactView[]): HTMLElement | undefined {
  if (list.length === 0) return undefined;
  return el(
    'dl',
    {},
    list.flatMap(({ name, value }) => [el('dt', {}, name), el('dd', {}, value)]),
  );
}

/** Shows an entry of the bank, ready to be answered. */
export const openEntry = (id: string) => () => void host.request('entry/open', { id });

/** Something of the bank to open, with a word at the end of its line and what else there is to say of it. */
export function entryCard(
  opener: HTMLElement,
  word: string | undefined,
  ...rest: readonly (Child | readonly Child[])[]
): HTMLElement {
  return el(
    'li',
    { class: 'card flat' },
    el(
      'p',
      { class: 'claim' },
      el('span', { class: 'statement' }, opener),
      word !== undefined && el('span', { class: 'verdict' }, word),
    ),
    ...rest,
  );
}

/** What to do next, each with its reason. */
export function nextSteps(list: readonly EntryLink[], strings: Strings): HTMLElement | undefined {
  return section(
    'steps',
    strings('nextSteps'),
    list.length > 0 &&
      el(
        'ol',
        { class: 'cards' },
        list.map(({ subject, title, why }, i) =>
          entryCard(
            linkButton(`next-${i}`, title, openEntry(subject.id)),
            undefined,
            el('p', { class: 'muted' }, why),
          ),
        ),
      ),
  );
}

/** Links of the bank or of a pack; a click is handed to the editor. */
export function references(
  list: readonly { title: string; url: string }[],
  strings: Strings,
): HTMLElement | undefined {
  return section(
    'references',
    strings('references'),
    list.length > 0 &&
      el(
        'ul',
        { class: 'links' },
        list.map(({ title, url }) => el('li', {}, el('a', { href: url }, title))),
      ),
  );
}

/** A row of buttons. */
export function actions(...buttons: readonly (HTMLElement | undefined | false)[]): HTMLElement {
  return el('div', { class: 'actions' }, ...buttons);
}
