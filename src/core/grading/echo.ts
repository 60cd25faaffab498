import type { Span } from './injection.ts';
import { sentences } from './terms.ts';
import { foldedWords } from './words.ts';

/** Words in a run: two honest answers to one question seldom share five in a row. */
const RUN = 5;

/** The runs of five words in a list of words, each as one text. */
export function runsOf(list: readonly string[]): string[] {
  return Array.from({ length: Math.max(0, list.length - RUN + 1) }, (_, i) =>
    list.slice(i, i + RUN).join(' '),
  );
}

/** Texts in which copied runs of words are looked up. */
export class Source {
  readonly #runs: ReadonlySet<string>;
  readonly #texts: readonly string[];

  constructor(texts: readonly string[]) {
    const folded = texts.map(foldedWords);
    this.#runs = new Set(folded.flatMap(runsOf));
    this.#texts = folded.map((list) => ` ${list.join(' ')} `);
  }

  /** Share of a text's five-word runs that stand here, 0 to 1; 0 for a text too short to have one. */
  share(text: string): number {
    const own = new Set(runsOf(foldedWords(text)));
    if (own.size === 0) return 0;
    return [...own].filter((run) => this.#runs.has(run)).length / own.size;
  }

  /** Whether all words of a text stand here in one piece. */
  holds(text: string): boolean {
    const said = foldedWords(text).join(' ');
    return said !== '' && this.#texts.some((whole) => whole.includes(` ${said} `));
  }

  /** The sentences of a text of which more than half was copied from here. */
  copied(text: string): Span[] {
    return sentences(text)
      .filter(
        ({ text: body }) => this.share(body) > 0.5 || (foldedWords(body).length >= RUN && this.holds(body)),
      )
      .map(({ start, end }) => ({ start, end }));
  }
}
