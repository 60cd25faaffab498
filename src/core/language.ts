/** The two languages of the product; neither is a translation of the other. */
export type Lang = 'fr' | 'en';

export const LANGS: readonly Lang[] = ['fr', 'en'];

/** A text in both languages. */
export interface Localized {
  readonly fr: string;
  readonly en: string;
}

export function otherLang(lang: Lang): Lang {
  return lang === 'fr' ? 'en' : 'fr';
}
