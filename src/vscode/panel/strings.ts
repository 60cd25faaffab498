import type { PanelStrings } from '../../shared/protocol.ts';
import type { Key, Localizer } from '../l10n.ts';

/** Keys of the panel's own words; the webview asks for them by these names. */
export const PANEL_KEYS = [
  'panel.cancel',
  'panel.points',
  'panel.pointsEarned',
  'panel.pointsMissed',
  'panel.pointsOpen',
  'panel.pitfalls',
  'panel.checks',
  'panel.followUp',
  'panel.nearMiss',
  'panel.showInAnswer',
  'panel.openFile',
  'panel.why',
  'panel.label',
  'panel.tickIntro',
  'panel.tickSave',
  'panel.again',
  'panel.solution',
  'panel.next',
  'panel.summary',
  'panel.references',
  'panel.graderSays',
  'panel.solutionFiles',
  'panel.rubric',
  'panel.followUps',
  'panel.takeaway',
  'panel.resources',
  'panel.missedPoints',
  'panel.newDrill',
  'panel.facts',
  'panel.chosen',
  'panel.chooseModel',
  'panel.setKey',
  'panel.elapsed',
  'panel.crash',
  'panel.about',
  'panel.contest',
  'panel.delivery',
  'panel.deliveryIntro',
  'panel.followUpAnswer',
  'panel.nextTry',
  'panel.provisional',
  'panel.trace',
] as const satisfies readonly Key[];

export function panelStrings(l10n: Localizer): PanelStrings {
  return Object.fromEntries(PANEL_KEYS.map((key) => [key.slice('panel.'.length), l10n.t(key)]));
}
