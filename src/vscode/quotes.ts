/** A change of a text, as the editor tells it: offsets count in the text before the change. */
export interface Change {
  readonly rangeOffset: number;
  readonly rangeLength: number;
  readonly text: string;
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where `offset` lies after the changes made before it. */
export function shifted(offset: number, changes: readonly Change[]): number {
  return changes.reduce(
    (at, { rangeOffset, rangeLength, text }) =>
      rangeOffset + rangeLength <= offset ? at + text.length - rangeLength : at,
    offset,
  );
}

/**
 * The place of a quote in a text that has gone on changing: at `near`, or else the nearest one. Line ends
 * may have changed their kind since.
 */
export function locate(text: string, quote: string, near: number): Span | undefined {
  if (quote === '') return undefined;
  if (text.startsWith(quote, near)) return { start: near, end: near + quote.length };
  const pattern = quote
    .split(/\r?\n/)
    .map((line) => line.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
    .join('\\r?\\n');
  let nearest: Span | undefined;
  for (const match of text.matchAll(new RegExp(pattern, 'g'))) {
    const { index } = match;
    if (nearest && Math.abs(index - near) >= Math.abs(nearest.start - near)) continue;
    nearest = { start: index, end: index + match[0].length };
  }
  return nearest;
}
