import * as vscode from 'vscode';
import { AppError } from '../../../core/errors.ts';
import type { Services } from '../../services.ts';

/** Faults in the files of the candidate's own packs, as Problems at their line, told once per reading. */
export function register({ bank, report }: Services): vscode.Disposable {
  const diagnostics = vscode.languages.createDiagnosticCollection('canari-packs');
  const show = report.guard(() => {
    diagnostics.clear();
    for (const file of new Set(bank.faults.map((fault) => fault.file))) {
      const faults = bank.faults.filter((fault) => fault.file === file);
      diagnostics.set(
        vscode.Uri.file(file),
        faults.map(({ line, column, field, message }) => {
          const range = new vscode.Range(line, column, line, column + 1);
          const diagnostic = new vscode.Diagnostic(range, field === '' ? message : `${field}: ${message}`);
          diagnostic.source = 'Canari';
          return diagnostic;
        }),
      );
    }
    const [first] = bank.faults;
    if (first) {
      const { file, line, field, message } = first;
      const detail = field === '' ? message : `${field}: ${message}`;
      report.failure(
        new AppError('pack_file_invalid', {
          file,
          line: String(line + 1),
          detail,
          count: String(bank.faults.length),
        }),
      );
    }
  });
  return vscode.Disposable.from(
    diagnostics,
    bank.onDidRead(() => void show()),
  );
}
