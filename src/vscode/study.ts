import * as path from 'node:path';
import * as vscode from 'vscode';
import { Journal, type Unreadable } from '../adapters/journal.ts';
import type { NewEvent, StoredText, StoredTexts, StudyEvent } from '../core/store/events.ts';
import { History } from '../core/study/history.ts';

/** The candidate's record: the journal on the disk and its fold in memory. */
export class Study implements vscode.Disposable {
  readonly #journal: Journal;
  readonly #history = new History();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscription: vscode.Disposable;
  readonly #onUnreadable: (lines: readonly Unreadable[]) => void;
  #loaded: Promise<void> | undefined;

  readonly onDidChange = this.#changed.event;

  constructor(storage: vscode.Uri, onUnreadable: (lines: readonly Unreadable[]) => void) {
    this.#journal = new Journal(path.join(storage.fsPath, 'attempts'), Date.now);
    this.#onUnreadable = onUnreadable;
    // Another window may have written while this one was away.
    this.#subscription = vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused && this.#loaded) void this.refresh();
    });
  }

  /** The history so far; the first call reads the journal. */
  async history(): Promise<History> {
    this.#loaded ??= this.#read();
    await this.#loaded;
    return this.#history;
  }

  /** Takes in what other windows have written since the last reading. */
  refresh(): Promise<void> {
    return this.#read();
  }

  /** Writes an event to the disk, then into the history. */
  async record(event: NewEvent): Promise<StudyEvent> {
    await this.history();
    const written = await this.#journal.append(event);
    this.#history.apply(written);
    this.#changed.fire();
    return written;
  }

  storeTexts(files: Readonly<Record<string, string>>): Promise<StoredTexts> {
    return this.#journal.storeTexts(files);
  }

  /** One text of any size, as an event keeps it. */
  async storeText(text: string): Promise<StoredText> {
    return (await this.#journal.storeTexts({ '': text }))[''] ?? { text };
  }

  /** @throws store_unreadable when a text kept apart is gone. */
  readTexts(stored: StoredTexts): Promise<Record<string, string>> {
    return this.#journal.readTexts(stored);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  async #read(): Promise<void> {
    const { events, unreadable } = await this.#journal.refresh();
    for (const event of events) this.#history.apply(event);
    if (unreadable.length > 0) this.#onUnreadable(unreadable);
    if (events.length > 0) this.#changed.fire();
  }
}
