import * as vscode from 'vscode';
import { DEFAULTS, type Settings } from './ids.ts';

export function readSetting<K extends keyof Settings>(key: K): Settings[K] {
  return vscode.workspace.getConfiguration('canari').get<Settings[K]>(key) ?? DEFAULTS[key];
}

export async function writeSetting<K extends keyof Settings>(key: K, value: Settings[K]): Promise<void> {
  await vscode.workspace.getConfiguration('canari').update(key, value, vscode.ConfigurationTarget.Global);
}

/** Calls back when any of the settings changes. */
export function onSettingChange(keys: readonly (keyof Settings)[], callback: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (keys.some((key) => event.affectsConfiguration(`canari.${key}`))) callback();
  });
}
