import * as vscode from 'vscode';
import { AppError } from '../core/errors.ts';

/** Writes a file that the candidate asked for. @throws export_unwritable */
export async function exportFile(uri: vscode.Uri, text: string): Promise<void> {
  try {
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new AppError('export_unwritable', { path: uri.fsPath, detail }, error);
  }
}
