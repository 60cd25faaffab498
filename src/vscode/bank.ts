import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { CompiledBank, TrackBody } from '../adapters/compileBank.ts';
import { type BankIndex, Catalogue } from '../core/bank/catalogue.ts';
import { followUp, parseFollowUpId } from '../core/bank/followUp.ts';
import type { Fault } from '../core/bank/parse.ts';
import type { Exercise, Question, Track } from '../core/bank/question.ts';
import type { Rule } from '../core/checks/finding.ts';
import { AppError } from '../core/errors.ts';
import type { Subject } from '../core/grading/grade.ts';
import { OWN_TRACK, type OwnQuestion } from '../core/store/events.ts';
import { load } from '../load.ts';
import { onSettingChange, readSetting } from './settings.ts';

const OWN_TITLE = { fr: 'Mes entretiens', en: 'My interviews' } as const;

/** The questions and exercises, read when first asked for: the index, then one body per track. */
export class Bank implements vscode.Disposable {
  readonly #dir: string;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #hasRead = new vscode.EventEmitter<void>();
  readonly #bodies = new Map<string, Promise<TrackBody>>();
  readonly #subscription: vscode.Disposable;
  readonly #ownQuestions: () => Promise<readonly OwnQuestion[]>;
  #catalogue: Promise<Catalogue> | undefined;
  #brought: readonly OwnQuestion[] = [];
  #packs: readonly CompiledBank[] = [];
  #faults: readonly Fault[] = [];

  /** The set of packs, or a file of one, has changed. */
  readonly onDidChange = this.#changed.event;
  /** The index has just been read. */
  readonly onDidRead = this.#hasRead.event;

  /** `ownQuestions` are those that the candidate brought home from interviews. */
  constructor(extensionPath: string, ownQuestions: () => Promise<readonly OwnQuestion[]>) {
    this.#ownQuestions = ownQuestions;
    this.#dir = path.join(extensionPath, 'dist', 'bank');
    this.#subscription = onSettingChange(['packs'], () => this.reload());
  }

  /** Faults of the packs' files, at their places. Known once the catalogue has been read. */
  get faults(): readonly Fault[] {
    return this.#faults;
  }

  reload(): void {
    this.#catalogue = undefined;
    this.#changed.fire();
  }

  catalogue(): Promise<Catalogue> {
    this.#catalogue ??= this.#read().finally(() => this.#hasRead.fire());
    return this.#catalogue;
  }

  /** A question, or the follow-up to one that `<question>.<point>` names. */
  async question(id: string): Promise<Question> {
    const brought = this.#brought.find((own) => own.id === id);
    if (brought) return load('study').ownQuestionAsItem(brought);
    const place = parseFollowUpId(id);
    const name = place?.question ?? id;
    const found = (await this.#body(name))?.questions[name];
    const question = found && place ? followUp(found, place.point) : found;
    if (!question) throw new AppError('not_found', { id });
    return question;
  }

  async exercise(id: string): Promise<Exercise> {
    const exercise = (await this.#body(id))?.exercises[id];
    if (!exercise) throw new AppError('not_found', { id });
    return exercise;
  }

  item(subject: Subject): Promise<Question | Exercise> {
    return subject.type === 'question' ? this.question(subject.id) : this.exercise(subject.id);
  }

  /** A track's introduction and takeaway; a pack's track may have none. */
  async track(id: string): Promise<Track | undefined> {
    if (id === OWN_TRACK) return undefined;
    const pack = this.#packs.find(({ bodies }) => bodies[id]?.track);
    return pack?.bodies[id]?.track ?? (await this.#own(id)).track;
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
    this.#hasRead.dispose();
  }

  // Questions of one's own stand in a track of their own, after all others; without any there is none.
  #withOwn(index: BankIndex): BankIndex {
    if (this.#brought.length === 0) return index;
    const entries = this.#brought.map((own) => load('study').ownEntry(own));
    const track = { id: OWN_TRACK, title: OWN_TITLE, order: 1_000, entries: entries.map(({ id }) => id) };
    return { tracks: [...index.tracks, track], entries: [...index.entries, ...entries] };
  }

  async #body(id: string): Promise<TrackBody | undefined> {
    const entry = (await this.catalogue()).get(id);
    if (!entry) return undefined;
    const pack = this.#packs.find(({ index }) => index.entries.some((own) => own.id === id));
    return pack ? pack.bodies[entry.track] : this.#own(entry.track);
  }

  #own(track: string): Promise<TrackBody> {
    let body = this.#bodies.get(track);
    if (!body) {
      body = this.#json<TrackBody>(`track-${track}.json`);
      this.#bodies.set(track, body);
      body.catch(() => this.#bodies.delete(track));
    }
    return body;
  }

  async #read(): Promise<Catalogue> {
    const [own, brought] = await Promise.all([
      this.#json<BankIndex>('index.json'),
      this.#ownQuestions().catch(() => []),
    ]);
    this.#brought = brought;
    const folders = readSetting('packs').filter((folder) => folder.trim() !== '');
    if (folders.length === 0) {
      [this.#packs, this.#faults] = [[], []];
      return new Catalogue(this.#withOwn(own));
    }
    const rules = new Map(
      Object.entries(await this.#json<Record<string, Record<string, Rule>>>('rules.json')),
    );
    const taken = new Set(own.entries.map(({ id }) => id));
    const packs: CompiledBank[] = [];
    const faults: Fault[] = [];
    for (const folder of folders) {
      const pack = load('packs').compilePack(folder, rules, taken);
      packs.push(pack);
      faults.push(...pack.faults);
      for (const { id } of pack.index.entries) taken.add(id);
    }
    [this.#packs, this.#faults] = [packs, faults];
    return new Catalogue(this.#withOwn(merge([own, ...packs.map(({ index }) => index)])));
  }

  async #json<T>(name: string): Promise<T> {
    const file = path.join(this.#dir, name);
    try {
      return JSON.parse(await fs.readFile(file, 'utf8')) as T;
    } catch (error) {
      throw new AppError('bank_unreadable', { path: file, detail: String(error) }, error);
    }
  }
}

// A pack may add to one of our tracks: its entries follow ours.
function merge(indexes: readonly BankIndex[]): BankIndex {
  const tracks = new Map<string, BankIndex['tracks'][number]>();
  for (const track of indexes.flatMap((index) => index.tracks)) {
    const known = tracks.get(track.id);
    tracks.set(track.id, known ? { ...known, entries: [...known.entries, ...track.entries] } : track);
  }
  return { tracks: [...tracks.values()], entries: indexes.flatMap((index) => index.entries) };
}
