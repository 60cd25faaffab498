/** An Argo place such as `{{args.service}}` in a text; offsets in UTF-16 units. */
export interface Placeholder {
  /** What stands between the braces, trimmed: `args.service`. */
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

const OPEN = '{{';
const CLOSE = '}}';

/** The places of a text, in order, as Argo's template engine reads them. */
export function placeholdersOf(text: string): Placeholder[] {
  const found: Placeholder[] = [];
  for (let from = text.indexOf(OPEN); from !== -1; ) {
    const close = text.indexOf(CLOSE, from + OPEN.length);
    if (close === -1) break;
    const to = close + CLOSE.length;
    found.push({ name: text.slice(from + OPEN.length, close).trim(), from, to });
    from = text.indexOf(OPEN, to);
  }
  return found;
}

export interface Filled {
  readonly text: string;
  /** The offset in the original of an offset in the filled text; inside a place, the place's start. */
  toSource(offset: number): number;
}

/** Puts a value in each place and keeps the way back to the original's offsets. */
export function fillPlaceholders(text: string, fill: (place: Placeholder) => string): Filled {
  const pieces: { readonly start: number; readonly source: number; readonly literal: boolean }[] = [];
  let filled = '';
  let at = 0;
  const add = (piece: string, source: number, literal: boolean) => {
    pieces.push({ start: filled.length, source, literal });
    filled += piece;
  };
  for (const place of placeholdersOf(text)) {
    add(text.slice(at, place.from), at, true);
    add(fill(place), place.from, false);
    at = place.to;
  }
  add(text.slice(at), at, true);
  return {
    text: filled,
    toSource: (offset) => {
      const piece = pieces.findLast(({ start }) => start <= offset);
      if (!piece) return offset;
      return piece.literal ? piece.source + offset - piece.start : piece.source;
    },
  };
}
