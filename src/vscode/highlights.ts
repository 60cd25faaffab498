import * as vscode from 'vscode';
import type { Exercise, Question } from '../core/bank/question.ts';
import type { Evidence, Grade, Subject } from '../core/grading/grade.ts';
import type { Bank } from './bank.ts';
import type { Grading } from './grading.ts';
import type { Localizer } from './l10n.ts';
import type { PracticeFolder } from './practice.ts';
import { type Change, locate, shifted } from './quotes.ts';
import { readSetting } from './settings.ts';

const KINDS = ['met', 'contradicted', 'pitfall', 'set_aside'] as const;
export type HighlightKind = (typeof KINDS)[number];

/** An excerpt as it is shown on the candidate's own text. */
export interface Thread {
  readonly range: vscode.Range;
  readonly label: string;
  readonly kind: HighlightKind;
}

/** What a grade says about one passage, in the reader's language. */
interface Remark {
  readonly kind: HighlightKind;
  readonly evidence: Evidence;
  readonly label: string;
  /** A grader's or ours; shown as plain text either way. */
  readonly body: string;
  readonly author: string;
}

/** A remark on an open document; without a thread while its quote is nowhere in the text. */
interface Mark {
  readonly remark: Remark;
  /** Where its passage lies, or lay when it was last there. */
  start: number;
  thread: vscode.CommentThread | undefined;
}

interface Dependencies {
  readonly bank: Bank;
  readonly grading: Grading;
  readonly practice: PracticeFolder;
  readonly l10n: Localizer;
}

// Told apart by the line under the text as well as by colour; high contrast themes keep both.
const STYLES: Readonly<Record<HighlightKind, { line: string; color: string; background?: string }>> = {
  met: { line: 'solid', color: 'charts.green', background: 'diffEditor.insertedTextBackground' },
  contradicted: { line: 'dashed', color: 'charts.red', background: 'diffEditor.removedTextBackground' },
  pitfall: { line: 'double', color: 'charts.red', background: 'diffEditor.removedTextBackground' },
  set_aside: { line: 'dotted', color: 'charts.yellow' },
};

/** The excerpts of the last grade on the candidate's own text: a decoration and a comment thread each. */
export class Highlights implements vscode.Disposable {
  readonly #deps: Dependencies;
  readonly #marks = new Map<string, readonly Mark[]>();
  readonly #versions = new Map<string, number>();
  #styles: Readonly<Record<HighlightKind, vscode.TextEditorDecorationType>> | undefined;
  #controller: vscode.CommentController | undefined;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  /** What is shown on a document now, from its beginning to its end. */
  threads(uri: vscode.Uri): Thread[] {
    return (this.#marks.get(uri.toString()) ?? [])
      .flatMap(({ thread, remark }) =>
        thread?.range ? [{ range: thread.range, label: remark.label, kind: remark.kind }] : [],
      )
      .sort((a, b) => a.range.start.compareTo(b.range.start));
  }

  /** Shows the last grade on every open answer. */
  async refresh(): Promise<void> {
    await Promise.all(vscode.workspace.textDocuments.map((document) => this.show(document)));
  }

  /** Shows the last grade on a document, if it is an answer that has one. */
  async show(document: vscode.TextDocument): Promise<void> {
    const key = document.uri.toString();
    const located = this.#deps.practice.locate(document.uri);
    if (!located) {
      this.clear(document);
      return;
    }
    const version = (this.#versions.get(key) ?? 0) + 1;
    this.#versions.set(key, version);
    const remarks = readSetting('highlights') ? await this.#remarks(located.subject, located.file) : [];
    if (document.isClosed || this.#versions.get(key) !== version) return;
    const old = this.#marks.get(key) ?? [];
    const isSame = JSON.stringify(old.map(({ remark }) => remark)) === JSON.stringify(remarks);
    // A grade that says nothing new leaves the threads alone, and open those that the candidate has opened.
    if (isSame) return;
    for (const { thread } of old) thread?.dispose();
    const marks = remarks.map((remark): Mark => {
      return { remark, start: remark.evidence.start, thread: undefined };
    });
    this.#marks.set(key, marks);
    this.#place(document, marks);
  }

  /** Follows an edit: each thread moves with its quote, to the nearest place that holds it, or goes. */
  follow(document: vscode.TextDocument, changes: readonly Change[]): void {
    const marks = this.#marks.get(document.uri.toString());
    if (!marks || changes.length === 0) return;
    for (const mark of marks) mark.start = shifted(mark.start, changes);
    this.#place(document, marks);
  }

  clear(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    for (const { thread } of this.#marks.get(key) ?? []) thread?.dispose();
    this.#marks.delete(key);
    this.#versions.delete(key);
  }

  /** Draws the decorations of an editor that has come into view. */
  decorate(editor: vscode.TextEditor): void {
    const marks = this.#marks.get(editor.document.uri.toString());
    if (!marks) return;
    const styles = this.#decorations();
    for (const kind of KINDS) {
      const ranges = marks.flatMap(({ remark, thread }) =>
        remark.kind === kind && thread?.range ? [thread.range] : [],
      );
      editor.setDecorations(styles[kind], ranges);
    }
  }

  dispose(): void {
    this.#controller?.dispose();
    for (const style of Object.values(this.#styles ?? {})) style.dispose();
  }

  async #remarks(subject: Subject, file: string): Promise<Remark[]> {
    const { bank, grading } = this.#deps;
    const item = await bank.item(subject).catch(() => undefined);
    const graded = item && (await grading.last(subject).catch(() => undefined));
    if (!item || !graded) return [];
    return this.#remarksOf(graded.grade, item).filter(({ evidence }) => evidence.file === file);
  }

  #remarksOf(grade: Grade, item: Question | Exercise): Remark[] {
    const { l10n } = this.#deps;
    const { t } = l10n;
    const points = grade.points.flatMap(({ id, verdict, evidence, reason, setAside }): Remark[] => {
      const statement = item.points.find((point) => point.id === id)?.statement;
      const isShown = setAside || verdict === 'met' || verdict === 'contradicted';
      if (!evidence || !statement || !isShown) return [];
      const own = verdict === 'contradicted' ? 'evidence.contradicted' : 'evidence.met';
      return [
        {
          kind: setAside ? 'set_aside' : verdict === 'met' ? 'met' : 'contradicted',
          evidence,
          label: t('evidence.point', { verdict: t(`verdict.${verdict}`), statement: l10n.pick(statement) }),
          body: setAside ? t('evidence.setAsideWhy') : reason || t(own),
          author: reason && !setAside ? t('evidence.grader') : 'Canari',
        },
      ];
    });
    const pitfalls = grade.pitfalls.flatMap(({ id, present, evidence }): Remark[] => {
      const statement = item.pitfalls.find((pitfall) => pitfall.id === id)?.statement;
      if (!present || !evidence || !statement) return [];
      const label = t('evidence.pitfall', { statement: l10n.pick(statement) });
      return [{ kind: 'pitfall', evidence, label, body: t('evidence.pitfallWhy'), author: 'Canari' }];
    });
    const setAside = (grade.setAside ?? []).flatMap((evidence): Remark[] => {
      const [label, body] = [t('evidence.setAside'), t('evidence.setAsideWhy')];
      return [{ kind: 'set_aside', evidence, label, body, author: 'Canari' }];
    });
    return [...points, ...pitfalls, ...setAside];
  }

  #place(document: vscode.TextDocument, marks: readonly Mark[]): void {
    const text = document.getText();
    for (const mark of marks) {
      const span = locate(text, mark.remark.evidence.quote, mark.start);
      if (!span) {
        mark.thread?.dispose();
        mark.thread = undefined;
        continue;
      }
      mark.start = span.start;
      const range = new vscode.Range(document.positionAt(span.start), document.positionAt(span.end));
      if (!mark.thread) mark.thread = this.#thread(document, range, mark.remark);
      else if (!mark.thread.range?.isEqual(range)) mark.thread.range = range;
    }
    for (const editor of vscode.window.visibleTextEditors) {
      if (editor.document === document) this.decorate(editor);
    }
  }

  #thread(document: vscode.TextDocument, range: vscode.Range, remark: Remark): vscode.CommentThread {
    // Made with the first thread: the view of comments stays away from those who have none.
    this.#controller ??= vscode.comments.createCommentController('canari.evidence', 'Canari');
    const body = new vscode.MarkdownString().appendText(remark.body);
    const comment = { body, mode: vscode.CommentMode.Preview, author: { name: remark.author } };
    const thread = this.#controller.createCommentThread(document.uri, range, [comment]);
    thread.canReply = false;
    thread.collapsibleState = vscode.CommentThreadCollapsibleState.Collapsed;
    // Nothing to settle: the view of comments need not open by itself (see configurationDefaults).
    thread.state = vscode.CommentThreadState.Resolved;
    thread.label = remark.label;
    return thread;
  }

  #decorations(): Readonly<Record<HighlightKind, vscode.TextEditorDecorationType>> {
    this.#styles ??= {
      met: createStyle('met'),
      contradicted: createStyle('contradicted'),
      pitfall: createStyle('pitfall'),
      set_aside: createStyle('set_aside'),
    };
    return this.#styles;
  }
}

function createStyle(kind: HighlightKind): vscode.TextEditorDecorationType {
  const { line, color, background } = STYLES[kind];
  return vscode.window.createTextEditorDecorationType({
    borderColor: new vscode.ThemeColor(color),
    borderStyle: line,
    borderWidth: line === 'double' ? '0 0 3px 0' : '0 0 2px 0',
    ...(background ? { backgroundColor: new vscode.ThemeColor(background) } : {}),
    overviewRulerColor: new vscode.ThemeColor(color),
    overviewRulerLane: vscode.OverviewRulerLane.Right,
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
}
