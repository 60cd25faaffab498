import * as vscode from 'vscode';

export interface Choice<T> {
  readonly label: string;
  readonly description?: string;
  readonly value: T;
}

/** One step of several in a Quick Pick; undefined when the candidate leaves it. */
export async function pickStep<T>(
  {
    title,
    step,
    of,
    placeholder,
  }: {
    readonly title: string;
    readonly step: number;
    readonly of: number;
    readonly placeholder: string;
  },
  choices: readonly Choice<T>[],
): Promise<T | undefined> {
  const pick = vscode.window.createQuickPick<vscode.QuickPickItem & { value: T }>();
  Object.assign(pick, { title, step, totalSteps: of, placeholder, items: choices, matchOnDescription: true });
  const value = await new Promise<T | undefined>((resolve) => {
    pick.onDidAccept(() => resolve((pick.selectedItems[0] ?? pick.activeItems[0])?.value));
    pick.onDidHide(() => resolve(undefined));
    pick.show();
  });
  pick.dispose();
  return value;
}
