import type { PanelStrings } from '../src/shared/protocol.ts';

/** The panel's own words, with their places filled. */
export type Strings = (key: string, params?: Readonly<Record<string, string | number>>) => string;

export function createStrings(strings: PanelStrings): Strings {
  return (key, params = {}) =>
    (strings[key] ?? key).replace(/\{(\w+)\}/g, (place, name: string) => String(params[name] ?? place));
}
