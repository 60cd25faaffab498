import * as vscode from 'vscode';
import { COMMANDS, type Settings } from '../../ids.ts';
import type { Services } from '../../services.ts';
import { readSetting, writeSetting } from '../../settings.ts';

const LANGUAGES: readonly Settings['language'][] = ['auto', 'fr', 'en'];

/** Switches the language of everything that Canari shows, at once. */
export function register({ l10n, report }: Services): vscode.Disposable {
  return vscode.commands.registerCommand(
    COMMANDS.languageSwitch,
    report.guard(async () => {
      const current = readSetting('language');
      const picked = await vscode.window.showQuickPick(
        LANGUAGES.map((value) => ({
          value,
          label: l10n.t(`language.${value}`),
          description: value === current ? l10n.t('language.current') : '',
        })),
        { placeHolder: l10n.t('language.placeholder') },
      );
      if (picked) await writeSetting('language', picked.value);
    }),
  );
}
