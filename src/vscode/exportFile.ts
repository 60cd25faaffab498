import * as path from 'node:path';
import * as vscode from 'vscode';
import { AppError } from '../core/errors.ts';
import type { PracticeFolder } from './practice.ts';

/** Where an export goes: `given`, or a place that the candidate chooses, beside the practice folder unless changed. */
export async function askWhere(
  practice: PracticeFolder,
  given: unknown,
  {
    title,
    name,
    filters,
  }: {
    readonly title: string;
    /** The file's name. */
    readonly name: string;
    readonly filters: Record<string, string[]>;
  },
): Promise<vscode.Uri | undefined> {
  if (given instanceof vscode.Uri) return given;
  const defaultUri = vscode.Uri.file(path.join(path.dirname(practice.root), name));
  return vscode.window.showSaveDialog({ title, saveLabel: title, defaultUri, filters });
}

/** Writes a file that the candidate asked for. @throws export_unwritable */
export async function exportFile(uri: vscode.Uri, text: string): Promise<void> {
  try {
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new AppError('export_unwritable', { path: uri.fsPath, detail }, error);
  }
}
