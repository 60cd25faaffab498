// The settings that an editor of ours starts with.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';

/** What every profile of ours has: nothing is sent or updated, no page of the editor's own comes first. */
export const plainSettings = {
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'update.showReleaseNotes': false,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'workbench.enableExperiments': false,
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
};

/** For tests: nothing asks, nothing moves, and a folder that lies inside a repository shows none of it. */
export const quietSettings = {
  ...plainSettings,
  'security.workspace.trust.startupPrompt': 'never',
  'security.workspace.trust.banner': 'never',
  'workbench.tips.enabled': false,
  'workbench.reduceMotion': 'on',
  'git.enabled': false,
  'window.confirmBeforeClose': 'never',
};

/**
 * Which settings go to which file of a server. Settings of machine scope belong in `Machine/settings.json`: VS
 * Code writes them there, and what stands there wins over `User/settings.json`, where all others belong (those of
 * application scope count nowhere else).
 * @param {Record<string, unknown>} settings
 * @param {Record<string, { scope?: string }>} properties `contributes.configuration.properties` of the manifest
 * @returns {{ user: Record<string, unknown>, machine: Record<string, unknown> }}
 */
export function splitSettings(settings, properties) {
  /** @type {{ user: Record<string, unknown>, machine: Record<string, unknown> }} */
  const split = { user: {}, machine: {} };
  for (const [key, value] of Object.entries(settings)) {
    const scope = properties[key]?.scope ?? 'window';
    (scope === 'machine' || scope === 'machine-overridable' ? split.machine : split.user)[key] = value;
  }
  return split;
}

/** The properties of every configuration section of the project's manifest. */
function contributedProperties() {
  const { contributes } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  /** @type {{ properties?: Record<string, { scope?: string }> }[]} */
  const sections = [contributes?.configuration ?? []].flat();
  return Object.assign({}, ...sections.map((section) => section.properties ?? {}));
}

/**
 * Writes the settings that a server with this `userDataDir` will read.
 * @param {string} userDataDir
 * @param {Record<string, unknown>} settings
 */
export function writeServerSettings(userDataDir, settings) {
  const { user, machine } = splitSettings(settings, contributedProperties());
  for (const [folder, content] of Object.entries({ User: user, Machine: machine })) {
    mkdirSync(path.join(userDataDir, folder), { recursive: true });
    writeFileSync(
      path.join(userDataDir, folder, 'settings.json'),
      `${JSON.stringify(content, undefined, 2)}\n`,
    );
  }
}
