import { el, section } from '../dom.ts';
import type { Strings } from '../strings.ts';

export function header(title: string, subtitle: string): HTMLElement {
  return el('header', {}, el('h1', {}, title), el('p', { class: 'subtitle' }, subtitle));
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
