/**
 * A text made comparable and safe to send, with the way back: `offsets[i]` is where the i-th unit of `text`
 * began in the original, and the last entry is the original's length.
 */
export interface Normalised {
  readonly text: string;
  readonly offsets: readonly number[];
}

// Format characters (bidirectional, zero-width, tags), variation selectors, controls but tab and line feed.
const INVISIBLE = /\p{Cf}|\p{Variation_Selector}|(?![\t\n])\p{Cc}/u;

// Marks by which chat templates tell who speaks; a broken bar or a space takes their power away.
const CHAT_TOKEN = /<\|[^|<>\n]{1,40}\|>|\[\/?INST\]|<<\/?SYS>>|<\/?s>|<\/?think>/gi;

function defuse(token: string): string {
  return token
    .replace(/\|/g, '¦')
    .replace(/^<(?!¦)/, '‹')
    .replace(/^\[/, '⟦');
}

/** NFKC by base character and its marks, so that each unit still knows where it came from. */
export function normalise(original: string): Normalised {
  const units: string[] = [];
  const offsets: number[] = [];
  for (const match of original.matchAll(/\r\n?|\P{M}\p{M}*|\p{M}+/gu)) {
    const cluster = match[0].startsWith('\r') ? '\n' : match[0];
    const composed = [...cluster.normalize('NFKC')].filter((char) => !INVISIBLE.test(char)).join('');
    for (const unit of composed.split('')) {
      units.push(unit);
      offsets.push(match.index);
    }
  }
  offsets.push(original.length);
  const text = units.join('').replace(CHAT_TOKEN, (token) => {
    const safe = defuse(token);
    return safe.length === token.length ? safe : '¦'.repeat(token.length);
  });
  return { text, offsets };
}

/** Where a range of the normalised text lies in the original. */
export function toOriginal(
  normalised: Normalised,
  start: number,
  end: number,
): { start: number; end: number } {
  const last = normalised.offsets[normalised.offsets.length - 1] ?? 0;
  const from = normalised.offsets[start] ?? last;
  // The end is where the unit after the range begins, less what was dropped in between.
  const to = normalised.offsets[end] ?? last;
  return { start: from, end: Math.max(from, to) };
}
