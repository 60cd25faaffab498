import * as vscode from 'vscode';
import { AppError } from '../core/errors.ts';
import type { Subject } from '../core/grading/grade.ts';
import { ATTEMPT_SCHEME } from './ids.ts';
import type { Services } from './services.ts';

/** What was handed in, as read-only documents: the sides of a comparison. */
export class AttemptDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #services: Pick<Services, 'study'>;
  readonly #subscription: vscode.Disposable;

  constructor(services: Pick<Services, 'study'>) {
    this.#services = services;
    this.#subscription = vscode.workspace.registerTextDocumentContentProvider(ATTEMPT_SCHEME, this);
  }

  /** `file` is '' for prose; the last part of the path names the tab and tells the language. */
  static uri(attempt: string, subject: Subject, file: string): vscode.Uri {
    return vscode.Uri.from({
      scheme: ATTEMPT_SCHEME,
      path: `/${attempt}/${file === '' ? `${subject.id}.md` : file}`,
    });
  }

  async provideTextDocumentContent({ path }: vscode.Uri): Promise<string> {
    const { study } = this.#services;
    const [, id = '', ...rest] = path.split('/');
    const attempt = await study.attempt(id);
    if (!attempt) throw new AppError('not_found', { id });
    const texts = await study.readTexts(attempt.texts);
    return texts[attempt.subject.type === 'question' ? '' : rest.join('/')] ?? '';
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}
