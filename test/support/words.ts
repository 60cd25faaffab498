// The program's words without the editor: what `src/vscode/l10n.ts` does, in a language that is given.
import * as fs from 'node:fs';
import type english from '../../l10n/en.json';
import type { Lang } from '../../src/core/language.ts';
import type { Words } from '../../src/vscode/panel/gradePage.ts';

export function wordsIn(lang: Lang): Words {
  const texts = JSON.parse(fs.readFileSync(`l10n/${lang}.json`, 'utf8')) as typeof english;
  const t: Words['t'] = (key, params = {}) =>
    texts[key].replace(/\{(\w+)\}/g, (place, name: string) => String(params[name] ?? place));
  return {
    lang,
    t,
    count: (key, n) => {
      const [one = '', many = one] = t(key, { n }).split('|');
      return n === 1 || (n === 0 && lang === 'fr') ? one : many;
    },
    percent: (share) =>
      new Intl.NumberFormat(lang, { style: 'percent', maximumFractionDigits: 0 }).format(share),
    pick: (text) => text[lang],
  };
}
