import * as vscode from 'vscode';
import { asAppError } from '../../../core/errors.ts';
import { COMMANDS } from '../../ids.ts';
import type { Services } from '../../services.ts';
import { writeSetting } from '../../settings.ts';

/** Who grades: the key, the model, and what stands in the way. */
export function register(services: Services): vscode.Disposable {
  const { l10n, models, panel, report } = services;
  return vscode.Disposable.from(
    vscode.commands.registerCommand(
      COMMANDS.keySet,
      report.guard(async () => {
        const { origin } = models.endpoint();
        const key = await vscode.window.showInputBox({
          title: l10n.t('key.title', { origin }),
          prompt: l10n.t('key.prompt'),
          password: true,
          ignoreFocusOut: true,
          validateInput: (value) => (/^\s*\S{4,}\s*$/.test(value) ? undefined : l10n.t('key.invalid')),
        });
        if (key === undefined) return;
        await models.setKey(key.trim());
        vscode.window.setStatusBarMessage(l10n.t('key.stored', { origin }), 8000);
        await panel.refresh();
      }),
    ),
    vscode.commands.registerCommand(
      COMMANDS.keyForget,
      report.guard(async () => {
        await models.forgetKey();
        void vscode.window.showInformationMessage(
          l10n.t('key.forgotten', { origin: models.endpoint().origin }),
        );
        await panel.refresh();
      }),
    ),
    vscode.commands.registerCommand(
      COMMANDS.modelChoose,
      report.guard(() => choose(services)),
    ),
    vscode.commands.registerCommand(
      COMMANDS.diagnose,
      report.guard(() => panel.show({ page: 'diagnosis' }, { focus: true })),
    ),
    // What the page says depends on the settings and on the editor's models.
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('canari') && panel.ref?.page === 'diagnosis') void panel.refresh();
    }),
  );
}

type Choice = vscode.QuickPickItem & { readonly take?: () => Promise<unknown> };

async function choose({ l10n, models, panel }: Services): Promise<void> {
  const pick = vscode.window.createQuickPick<Choice>();
  pick.title = l10n.t('model.title');
  pick.placeholder = l10n.t('model.placeholder');
  pick.busy = true;
  const separator = (label: string): Choice => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const abort = new AbortController();
  pick.show();
  const chosen = new Promise<Choice | undefined>((resolve) => {
    pick.onDidAccept(() => resolve(pick.selectedItems[0]));
    pick.onDidHide(() => resolve(undefined));
  });
  const auto: Choice[] = [
    { label: `$(wand) ${l10n.t('grader.auto')}`, take: () => writeSetting('grader', 'auto') },
    { label: `$(circle-slash) ${l10n.t('grader.offline')}`, take: () => writeSetting('grader', 'offline') },
  ];
  pick.items = auto;
  const [editor, endpoint] = await Promise.all([
    models.editorModels(),
    models.listEndpointModels(abort.signal).then(
      (names) => ({ names, reason: '' }),
      (error: unknown) => ({
        names: [],
        reason: l10n.t(`error.${asAppError(error).code}`, asAppError(error).params),
      }),
    ),
  ]);
  pick.items = [
    ...auto,
    separator(l10n.t('rung.vscode')),
    ...(editor.length === 0 ? [{ label: `$(info) ${l10n.t('model.noEditor')}` }] : []),
    ...editor.map((model) => ({
      label: model.name,
      description: model.vendor,
      take: () => models.chooseEditorModel(model),
    })),
    separator(l10n.t('rung.openai')),
    ...endpoint.names.map((name) => ({ label: name, take: () => models.chooseEndpointModel(name) })),
    ...(endpoint.reason === '' ? [] : [{ label: `$(warning) ${endpoint.reason}` }]),
    { label: `$(edit) ${l10n.t('model.typeName')}`, take: () => typeName(l10n.t('model.typeName'), models) },
    {
      label: `$(key) ${l10n.t('step.setKey')}`,
      take: async () => vscode.commands.executeCommand(COMMANDS.keySet),
    },
    {
      label: `$(gear) ${l10n.t('step.endpoint')}`,
      take: async () => vscode.commands.executeCommand('workbench.action.openSettings', 'canari.openai'),
    },
  ];
  pick.busy = false;
  const choice = await chosen;
  abort.abort();
  pick.dispose();
  await choice?.take?.();
  await panel.refresh();
}

async function typeName(title: string, models: Services['models']): Promise<void> {
  const name = await vscode.window.showInputBox({ title, ignoreFocusOut: true });
  if (name?.trim()) await models.chooseEndpointModel(name.trim());
}
