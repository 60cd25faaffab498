import type { Scalar } from 'yaml';

/**
 * The offset in the file of character `index` of a scalar's value, or `undefined` when the way it is
 * written (escapes, several lines of a plain or quoted scalar) breaks the link between both.
 */
export function offsetInScalar(
  scalar: Pick<Scalar, 'range' | 'type' | 'value'>,
  text: string,
  index: number,
): number | undefined {
  const { range, type, value } = scalar;
  if (!range || typeof value !== 'string' || index < 0 || index > value.length) return undefined;
  const source = text.slice(range[0], range[1]);
  switch (type) {
    case 'PLAIN':
      return source === value ? range[0] + index : undefined;
    case 'QUOTE_SINGLE':
    case 'QUOTE_DOUBLE':
      return source.slice(1, -1) === value ? range[0] + 1 + index : undefined;
    case 'BLOCK_LITERAL':
    case 'BLOCK_FOLDED':
      return inBlock(source, value, index, range[0]);
    default:
      return undefined;
  }
}

// The lines of a block are those of its value, behind one indentation; folding joins lines with spaces but
// keeps their words in order, so that each line is found after the one before.
function inBlock(source: string, value: string, index: number, offset: number): number | undefined {
  const header = source.indexOf('\n') + 1;
  let inValue = 0;
  let last: number | undefined;
  for (const { start, text } of linesOf(source, header)) {
    const content = text.trim();
    if (content === '') continue;
    const found = value.indexOf(content, inValue);
    // Anything else than blanks between two lines would be a misreading.
    if (found === -1 || value.slice(inValue, found).trim() !== '') return undefined;
    const at = offset + start + (text.length - text.trimStart().length);
    if (index < found) return last ?? at;
    if (index <= found + content.length) return at + index - found;
    inValue = found + content.length;
    last = at + content.length;
  }
  return last;
}

function* linesOf(text: string, from: number): Generator<{ start: number; text: string }> {
  for (let start = from; start < text.length; ) {
    const end = text.indexOf('\n', start);
    const stop = end === -1 ? text.length : end;
    yield { start, text: text.slice(start, stop) };
    start = stop + 1;
  }
}
