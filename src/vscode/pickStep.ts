import * as vscode from 'vscode';

/** One step of three in a Quick Pick; undefined when the candidate leaves it. */
export async function pickStep<T>(
  title: string,
  step: number,
  placeholder: string,
  choices: readonly { readonly label: string; readonly description: string; readonly value: T }[],
): Promise<T | undefined> {
  const pick = vscode.window.createQuickPick<vscode.QuickPickItem & { value: T }>();
  Object.assign(pick, { title, step, totalSteps: 3, placeholder, items: choices });
  const value = await new Promise<T | undefined>((resolve) => {
    pick.onDidAccept(() => resolve((pick.selectedItems[0] ?? pick.activeItems[0])?.value));
    pick.onDidHide(() => resolve(undefined));
    pick.show();
  });
  pick.dispose();
  return value;
}
