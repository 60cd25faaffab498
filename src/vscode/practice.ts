import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Exercise } from '../core/bank/question.ts';
import { AppError } from '../core/errors.ts';
import type { Subject } from '../core/grading/grade.ts';
import type { Lang } from '../core/language.ts';
import { onSettingChange, readSetting } from './settings.ts';

/** Marks a folder as ours: nothing is ever written into a folder that has content and lacks it. */
const MARKER = '.canari.json';

/** The folder of the candidate's own files. Files are created when missing and never written again. */
export class PracticeFolder implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscription = onSettingChange(['practiceFolder'], () => this.#changed.fire());
  readonly onDidChange = this.#changed.event;

  /** Absolute path; `~` is the home folder. */
  get root(): string {
    const setting = readSetting('practiceFolder').trim();
    if (setting === '') return path.join(os.homedir(), 'canari');
    return path.resolve(setting.replace(/^~(?=$|[\\/])/, os.homedir()));
  }

  answerFile(subject: Subject, track: string): string {
    return path.join(this.root, 'answers', track, `${subject.id}.md`);
  }

  exerciseFile(id: string, name: string): string {
    return path.join(this.root, 'exercises', id, ...name.split('/'));
  }

  /** What a document answers, and which file of it; nothing for any other document. */
  locate(uri: vscode.Uri): { subject: Subject; file: string } | undefined {
    const [kind, first, ...rest] = this.relative(uri)?.split('/') ?? [];
    if (kind === 'answers' && first && rest.length === 1 && rest[0]?.endsWith('.md')) {
      return { subject: { type: 'question', id: rest[0].slice(0, -'.md'.length) }, file: '' };
    }
    if (kind === 'exercises' && first && rest.length > 0) {
      return { subject: { type: 'exercise', id: first }, file: rest.join('/') };
    }
    return undefined;
  }

  /** Creates the folder and its mark when they are missing. */
  ensure(): Promise<void> {
    return this.#claim();
  }

  /** The answer document of a question, created empty when it is not there yet. */
  async ensureAnswer(subject: Subject, track: string): Promise<vscode.Uri> {
    const file = this.answerFile(subject, track);
    await this.#create([{ file, text: '' }]);
    return vscode.Uri.file(file);
  }

  /** The files of an exercise; missing ones are created from the scaffold in `lang`. */
  async ensureExercise(exercise: Exercise, lang: Lang): Promise<vscode.Uri[]> {
    const files = exercise.files.map(({ path: name, scaffold }) => ({
      file: this.exerciseFile(exercise.id, name),
      text: scaffold[lang],
    }));
    await this.#create(files);
    return files.map(({ file }) => vscode.Uri.file(file));
  }

  /**
   * Moves an answer that was written earlier out of the way, so that the next one begins on an empty page:
   * `archive/answers/<track>/<id>.<day>.md`, or the folder of an exercise. Nothing is ever overwritten.
   * @returns where it went; nothing when there was none
   */
  async setAside(subject: Subject, track: string, day: string): Promise<string | undefined> {
    const isExercise = subject.type === 'exercise';
    const from = isExercise ? path.join(this.root, 'exercises', subject.id) : this.answerFile(subject, track);
    const folder = isExercise
      ? path.join(this.root, 'archive', 'exercises')
      : path.join(this.root, 'archive', 'answers', track);
    return this.#attempt(async () => {
      await fs.mkdir(folder, { recursive: true });
      for (let n = 1; ; n++) {
        const to = path.join(folder, `${subject.id}.${day}${n > 1 ? `-${n}` : ''}${isExercise ? '' : '.md'}`);
        if (
          await fs.stat(to).then(
            () => true,
            () => false,
          )
        )
          continue;
        try {
          await fs.rename(from, to);
          return to;
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
          throw error;
        }
      }
    });
  }

  /** A document of the candidate's own, outside of answers and exercises; created when missing. */
  async ensureDocument(name: string, text: string): Promise<vscode.Uri> {
    const file = path.join(this.root, ...name.split('/'));
    await this.#create([{ file, text }]);
    return vscode.Uri.file(file);
  }

  /** The path of a document inside the folder, with forward slashes; nothing for any other document. */
  relative(uri: vscode.Uri): string | undefined {
    if (uri.scheme !== 'file') return undefined;
    const relative = path.relative(this.root, uri.fsPath);
    return relative.startsWith('..') || path.isAbsolute(relative)
      ? undefined
      : relative.split(path.sep).join('/');
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  async #create(files: readonly { file: string; text: string }[]): Promise<void> {
    await this.#claim();
    for (const { file, text } of files) {
      await this.#attempt(async () => {
        await fs.mkdir(path.dirname(file), { recursive: true });
        await fs.writeFile(file, text, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
          if (error.code !== 'EEXIST') throw error;
        });
      });
    }
  }

  // An empty or missing folder becomes ours; one with other content does not.
  async #claim(): Promise<void> {
    const content = await this.#attempt(async () => {
      await fs.mkdir(this.root, { recursive: true });
      return fs.readdir(this.root);
    });
    if (content.includes(MARKER)) return;
    if (content.length > 0) throw new AppError('practice_folder_foreign', { path: this.root });
    await this.#attempt(() =>
      fs.writeFile(path.join(this.root, MARKER), `${JSON.stringify({ canari: 1 })}\n`),
    );
  }

  async #attempt<T>(run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      const detail = (error as NodeJS.ErrnoException).code ?? String(error);
      throw new AppError('practice_folder_unwritable', { path: this.root, detail }, error);
    }
  }
}
