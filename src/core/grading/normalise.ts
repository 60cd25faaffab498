/**
 * A text made comparable and safe to send, with the way back: the i-th unit of `text` was made from the
 * original's characters between `starts[i]` and `ends[i]`.
 */
export interface Normalised {
  readonly text: string;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
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
  const starts: number[] = [];
  const ends: number[] = [];
  for (const match of original.matchAll(/\r\n?|\P{M}\p{M}*|\p{M}+/gu)) {
    const cluster = match[0].startsWith('\r') ? '\n' : match[0];
    const composed = [...cluster.normalize('NFKC')].filter((char) => !INVISIBLE.test(char)).join('');
    for (const unit of composed.split('')) {
      units.push(unit);
      starts.push(match.index);
      ends.push(match.index + match[0].length);
    }
  }
  const text = units.join('').replace(CHAT_TOKEN, (token) => {
    const safe = defuse(token);
    return safe.length === token.length ? safe : '¦'.repeat(token.length);
  });
  return { text, starts, ends };
}

/** The original characters that a range of the normalised text was made from. */
export function toOriginal(
  normalised: Normalised,
  start: number,
  end: number,
): { start: number; end: number } {
  const { starts, ends } = normalised;
  const from = starts[start] ?? ends.at(-1) ?? 0;
  return { start: from, end: end > start ? (ends[end - 1] ?? ends.at(-1) ?? from) : from };
}
