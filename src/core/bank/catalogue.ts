import type { Localized } from '../language.ts';
import { LANGS } from '../language.ts';
import type { BankEntry, Kind, Level } from './question.ts';

/** What the sidebar shows of a track. */
export interface TrackHead {
  readonly id: string;
  readonly title: Localized;
  readonly order: number;
  /** Ids of its entries in the order of study. */
  readonly entries: readonly string[];
}

/** The bank's index: all that the sidebar and the palette need, and no body. */
export interface BankIndex {
  readonly tracks: readonly TrackHead[];
  readonly entries: readonly BankEntry[];
}

/** How far a candidate is with an entry. */
export type EntryState = 'new' | 'started' | 'to_review' | 'good' | 'due' | 'mastered';

/** What a list is narrowed to; an absent key narrows nothing. */
export interface Filter {
  readonly levels?: readonly Level[];
  readonly kinds?: readonly Kind[];
  readonly states?: readonly EntryState[];
  readonly coreOnly?: boolean;
  readonly type?: BankEntry['type'];
}

// Search must feel like typing: letters are compared without case or accents, words in any order.
function foldForSearch(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();
}

/** The index, prepared once for look-up, filter and search. */
export class Catalogue {
  readonly tracks: readonly TrackHead[];
  readonly entries: readonly BankEntry[];
  readonly #byId: ReadonlyMap<string, BankEntry>;
  readonly #searchable: readonly { readonly entry: BankEntry; readonly text: string }[];

  constructor(index: BankIndex) {
    this.tracks = [...index.tracks].sort((a, b) => a.order - b.order || a.id.localeCompare(b.id));
    this.#byId = new Map(index.entries.map((entry) => [entry.id, entry]));
    this.entries = this.tracks.flatMap((track) => this.entriesOf(track));
    const trackTitles = new Map(
      this.tracks.map(({ id, title }) => [id, LANGS.map((lang) => title[lang]).join(' ')]),
    );
    this.#searchable = this.entries.map((entry) => ({
      entry,
      text: foldForSearch(
        [entry.id, entry.title.fr, entry.title.en, ...entry.tags, trackTitles.get(entry.track) ?? ''].join(
          ' ',
        ),
      ),
    }));
  }

  get(id: string): BankEntry | undefined {
    return this.#byId.get(id);
  }

  entriesOf(track: TrackHead): BankEntry[] {
    return track.entries.flatMap((id) => this.#byId.get(id) ?? []);
  }

  /** Entries that hold every word of `query`, in the order of study; all of them for a blank query. */
  search(query: string): BankEntry[] {
    const words = foldForSearch(query).split(/\s+/).filter(Boolean);
    return this.#searchable
      .filter(({ text }) => words.every((word) => text.includes(word)))
      .map(({ entry }) => entry);
  }
}

export function matches(filter: Filter, entry: BankEntry, state: EntryState): boolean {
  return (
    (!filter.levels || filter.levels.includes(entry.level)) &&
    (!filter.kinds || filter.kinds.includes(entry.kind)) &&
    (!filter.states || filter.states.includes(state)) &&
    (!filter.coreOnly || entry.core) &&
    (!filter.type || filter.type === entry.type)
  );
}

export function isEmptyFilter(filter: Filter): boolean {
  return Object.values(filter).every((value) => value === undefined || value === false);
}
