import * as vscode from 'vscode';
import type { Exercise, Question } from '../core/bank/question.ts';
import { AppError } from '../core/errors.ts';
import type { Subject } from '../core/grading/grade.ts';
import { type Lang, otherLang } from '../core/language.ts';
import type { Bank } from './bank.ts';
import type { Grading } from './grading.ts';
import { SCHEME } from './ids.ts';
import type { Localizer } from './l10n.ts';
import type { Reporter } from './report.ts';
import type { Study } from './study.ts';
import { traceText } from './traceText.ts';

interface Dependencies {
  readonly bank: Bank;
  readonly grading: Grading;
  readonly report: Reporter;
  readonly study: Study;
  readonly l10n: Localizer;
}

/**
 * The read-only documents beside an answer: the prompt with the hints asked for, the solution's files, and
 * what was sent and received for a grade.
 * They follow the language while they are open.
 */
export class BankDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #deps: Dependencies;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #bilingual = new Set<string>();
  readonly #subscriptions: vscode.Disposable[];

  readonly onDidChange = this.#changed.event;

  constructor(deps: Dependencies) {
    this.#deps = deps;
    const refresh = () => {
      for (const { uri } of vscode.workspace.textDocuments)
        if (uri.scheme === SCHEME) this.#changed.fire(uri);
    };
    this.#subscriptions = [
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      deps.l10n.onDidChange(refresh),
      deps.study.onDidChange(refresh),
      deps.bank.onDidChange(refresh),
    ];
  }

  static promptUri(subject: Subject): vscode.Uri {
    return vscode.Uri.from({ scheme: SCHEME, path: `/${subject.type}/${subject.id}.prompt.md` });
  }

  static solutionUri(subject: Subject, file: string): vscode.Uri {
    return vscode.Uri.from({
      scheme: SCHEME,
      path: `/solution/${subject.type}/${subject.id}/${file || 'model-answer.md'}`,
    });
  }

  /** The last part is what the tab shows. */
  static traceUri(attempt: string, subject: Subject): vscode.Uri {
    return vscode.Uri.from({ scheme: SCHEME, path: `/trace/${attempt}/${subject.id}.trace.md` });
  }

  /** What a prompt document asks; nothing for any other document. */
  static locate(uri: vscode.Uri): Subject | undefined {
    const match =
      uri.scheme === SCHEME
        ? /^\/(question|exercise)\/([a-z0-9-]+(?:\.[a-z0-9-]+)?)\.prompt\.md$/.exec(uri.path)
        : null;
    return match?.[2] ? { type: match[1] === 'exercise' ? 'exercise' : 'question', id: match[2] } : undefined;
  }

  /** Shows, or hides, the other language under the prompt. */
  toggleOtherLanguage(subject: Subject): void {
    if (!this.#bilingual.delete(subject.id)) this.#bilingual.add(subject.id);
    this.#changed.fire(BankDocuments.promptUri(subject));
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const { bank, l10n } = this.#deps;
    const subject = BankDocuments.locate(uri);
    if (subject) return this.#prompt(subject);
    const attempt = /^\/trace\/([\w-]+)\/[^/]+\.md$/.exec(uri.path)?.[1];
    if (attempt) return this.#trace(attempt);
    const [, , type, id = '', ...file] = uri.path.split('/');
    const item = await bank.item({ type: type === 'exercise' ? 'exercise' : 'question', id });
    return 'files' in item ? (item.solution[file.join('/')] ?? '') : l10n.pick(item.model_answer);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }

  async #prompt(subject: Subject): Promise<string> {
    const { bank, l10n, study } = this.#deps;
    const item = await bank.item(subject);
    const { hints } = (await study.history()).sitting(subject.id, study.today);
    const parts = [await this.#body(item, l10n.lang)];
    if (this.#bilingual.has(subject.id)) parts.push('---', await this.#body(item, otherLang(l10n.lang)));
    const revealed = item.hints.slice(0, hints);
    if (revealed.length > 0) {
      const list = revealed.map((hint, i) => `${i + 1}. ${l10n.pick(hint)}`);
      parts.push(
        `## ${l10n.t('prompt.hints', { n: revealed.length, total: item.hints.length })}`,
        list.join('\n'),
      );
    }
    return `${parts.join('\n\n')}\n`;
  }

  async #trace(attempt: string): Promise<string> {
    const { bank, grading, l10n, report } = this.#deps;
    const record = await grading.trace(attempt);
    if (!record) throw new AppError('not_found', { id: attempt });
    const { title } = await bank.item(record.grade.subject);
    return traceText({ ...record, title: l10n.pick(title) }, l10n, report);
  }

  async #body(item: Question | Exercise, lang: Lang): Promise<string> {
    const { bank, l10n } = this.#deps;
    const track = (await bank.catalogue()).tracks.find(({ id }) => id === item.track);
    const facts = [
      track?.title[lang] ?? item.track,
      l10n.in(lang, `level.${item.level}`),
      l10n.in(lang, 'entry.minutes', { minutes: item.minutes }),
    ];
    const todo = 'files' in item ? l10n.in(lang, 'prompt.exercise') : l10n.in(lang, 'prompt.question');
    return [`# ${item.title[lang]}`, facts.join(' · '), item.prompt[lang].trim(), todo].join('\n\n');
  }
}
