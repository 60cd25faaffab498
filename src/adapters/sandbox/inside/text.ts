// Text and bytes in plain JavaScript, so that the realm needs no TextDecoder of the host.

const UNITS_AT_ONCE = 8192;

/** A string of UTF-16 code units. */
export function textOf(units: readonly number[]): string {
  let text = '';
  for (let at = 0; at < units.length; at += UNITS_AT_ONCE) {
    text += String.fromCharCode(...units.slice(at, at + UNITS_AT_ONCE));
  }
  return text;
}

export function malformed(encoding: string): TypeError {
  return new TypeError(`The encoded data was not valid for encoding ${encoding}`);
}

/** UTF-8 as the Encoding Standard decodes it: one U+FFFD per ill-formed part, or an error when `fatal`. */
export function decodeUtf8(bytes: Uint8Array, fatal: boolean): string {
  const units: number[] = [];
  let needed = 0;
  let point = 0;
  let [lower, upper] = [0x80, 0xbf];
  const bad = () => {
    if (fatal) throw malformed('utf-8');
    units.push(0xfffd);
  };
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    if (needed > 0) {
      if (byte < lower || byte > upper) {
        // The byte starts something new: it is looked at again on its own.
        [needed, lower, upper] = [0, 0x80, 0xbf];
        bad();
        i--;
        continue;
      }
      [lower, upper] = [0x80, 0xbf];
      point = (point << 6) | (byte & 0x3f);
      if (--needed > 0) continue;
      if (point < 0x10000) units.push(point);
      else units.push(0xd800 + ((point - 0x10000) >> 10), 0xdc00 + ((point - 0x10000) & 0x3ff));
    } else if (byte < 0x80) {
      units.push(byte);
    } else if (byte >= 0xc2 && byte <= 0xdf) {
      [needed, point] = [1, byte & 0x1f];
    } else if (byte >= 0xe0 && byte <= 0xef) {
      if (byte === 0xe0) lower = 0xa0;
      if (byte === 0xed) upper = 0x9f;
      [needed, point] = [2, byte & 0x0f];
    } else if (byte >= 0xf0 && byte <= 0xf4) {
      if (byte === 0xf0) lower = 0x90;
      if (byte === 0xf4) upper = 0x8f;
      [needed, point] = [3, byte & 0x07];
    } else {
      bad();
    }
  }
  if (needed > 0) bad();
  return textOf(units);
}

/** UTF-8 of a string; a lone surrogate becomes U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const given = character.codePointAt(0) ?? 0;
    const point = given >= 0xd800 && given <= 0xdfff ? 0xfffd : given;
    if (point < 0x80) bytes.push(point);
    else if (point < 0x800) bytes.push(0xc0 | (point >> 6), 0x80 | (point & 0x3f));
    else {
      if (point < 0x10000) bytes.push(0xe0 | (point >> 12));
      else bytes.push(0xf0 | (point >> 18), 0x80 | ((point >> 12) & 0x3f));
      bytes.push(0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f));
    }
  }
  return Uint8Array.from(bytes);
}
