import type { Lang, Localized } from '../language.ts';

/** A scaffold's text in one language: each `{{key}}` becomes its string; an unknown key stays as it is. */
export function fillScaffold(
  template: string,
  strings: Readonly<Record<string, Localized>>,
  lang: Lang,
): string {
  // Workflow and analysis files hold {{ }} of their own, so only keys of the exercise are filled.
  return template.replace(/\{\{([a-z0-9_]+)\}\}/g, (place, key: string) => strings[key]?.[lang] ?? place);
}
