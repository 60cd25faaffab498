import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type english from '../../l10n/en.json';
import type { Lang, Localized } from '../core/language.ts';
import { onSettingChange, readSetting } from './settings.ts';

export type Key = keyof typeof english;
export type Params = Readonly<Record<string, string | number>>;
export type Translate = (key: Key, params?: Params) => string;

/**
 * The strings of the running program. `vscode.l10n` follows the display language only and cannot change while
 * the window is open, so the bundles are read here, each when it is first needed.
 */
export class Localizer implements vscode.Disposable {
  readonly #dir: string;
  readonly #bundles = new Map<Lang, Readonly<Record<string, string>>>();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscription: vscode.Disposable;

  /** The language of the interface, or the feedback language, has changed. */
  readonly onDidChange = this.#changed.event;

  constructor(extensionPath: string) {
    this.#dir = path.join(extensionPath, 'l10n');
    this.#subscription = onSettingChange(['language', 'feedbackLanguage'], () => this.#changed.fire());
  }

  get lang(): Lang {
    const setting = readSetting('language');
    if (setting !== 'auto') return setting;
    return vscode.env.language.toLowerCase().startsWith('fr') ? 'fr' : 'en';
  }

  get feedbackLang(): Lang {
    const setting = readSetting('feedbackLanguage');
    return setting === 'auto' ? this.lang : setting;
  }

  readonly t: Translate = (key, params = {}) => this.in(this.lang, key, params);

  in(lang: Lang, key: Key, params: Params = {}): string {
    const template = this.#bundle(lang)[key] ?? key;
    return template.replace(/\{(\w+)\}/g, (place, name: string) => String(params[name] ?? place));
  }

  /** A count with its noun: `key` is `count.<noun>`, written `one|many` in the bundle. */
  count(key: Key & `count.${string}`, n: number): string {
    const [one = '', many = one] = this.t(key, { n }).split('|');
    // French counts zero as one.
    return n === 1 || (n === 0 && this.lang === 'fr') ? one : many;
  }

  /** A share of one as a percentage, spaced as the language wants it. */
  percent(share: number): string {
    return new Intl.NumberFormat(this.lang, { style: 'percent', maximumFractionDigits: 0 }).format(share);
  }

  pick(text: Localized): string {
    return text[this.lang];
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  #bundle(lang: Lang): Readonly<Record<string, string>> {
    let bundle = this.#bundles.get(lang);
    if (!bundle) {
      bundle = JSON.parse(fs.readFileSync(path.join(this.#dir, `${lang}.json`), 'utf8')) as Record<
        string,
        string
      >;
      this.#bundles.set(lang, bundle);
    }
    return bundle;
  }
}
