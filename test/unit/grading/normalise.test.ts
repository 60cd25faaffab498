import assert from 'node:assert/strict';
import fc from 'fast-check';
import { normalise, toOriginal } from '../../../src/core/grading/normalise.ts';

const CHAT_TOKEN = /<\|\w{1,40}\|>|\[\/?INST\]|<<\/?SYS>>|<\/?s>|<\/?think>/i;
const HIDDEN = /\p{Cf}|\p{Variation_Selector}|(?![\t\n])\p{Cc}/u;

/** Texts as candidates and attackers write them: letters, marks, line ends, hidden characters, tokens. */
const texts = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        ...['e\u0301', 'ﬁ', '½', '…', '\u00a0', '\r\n', '\r', '\n', '\t', '\u200b', '\u202e', '\u{e0041}'],
        ...['❤\ufe0f', '\ufeff', '<|im_start|>', '[INST]', '</s>', '<think>', '<<SYS>>', '\ud83d', 'fi'],
      ),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

describe('normalise', () => {
  it('keeps plain text as it is, with every character at its own place', () => {
    const { text, starts, ends } = normalise('PSI > 0.2, then alert.');
    assert.equal(text, 'PSI > 0.2, then alert.');
    assert.deepEqual(starts, [...text.split('').keys()]);
    assert.deepEqual(
      ends,
      starts.map((start) => start + 1),
    );
  });

  it('composes a letter and its accent, whatever way they were typed', () => {
    assert.equal(normalise('de\u0301rive').text, 'd\u00e9rive');
    assert.equal(normalise('d\u00e9rive').text, 'd\u00e9rive');
  });

  it('unfolds ligatures, full-width letters and non-breaking spaces', () => {
    assert.equal(normalise('ﬁltre ＰＳＩ\u00a0: …').text, 'filtre PSI : ...');
  });

  it('drops what a reader cannot see: bidirectional, zero-width and tag characters', () => {
    assert.equal(normalise('a\u202eb\u2066c\u200bd\u200de\u{e0041}\u{e0042}f\ufeffg').text, 'abcdefg');
    assert.equal(normalise('h\u00adi\u0000j\u0007k❤\ufe0f').text, 'hijk❤');
  });

  it('keeps tabs and line feeds, and makes every line end a line feed', () => {
    assert.equal(normalise('a\tb\r\nc\rd\ne').text, 'a\tb\nc\nd\ne');
  });

  it('takes the power of chat tokens away and keeps their length', () => {
    for (const token of ['<|im_start|>', '<|im_end|>', '[INST]', '[/INST]', '<<SYS>>', '</s>', '<think>']) {
      const { text } = normalise(`before ${token} after`);
      assert.doesNotMatch(text, CHAT_TOKEN, token);
      assert.equal(text.length, `before ${token} after`.length, token);
      assert.ok(text.startsWith('before ') && text.endsWith(' after'), token);
    }
  });

  it('sees through a chat token that was disguised', () => {
    assert.doesNotMatch(normalise('<|im\u200b_start|>').text, CHAT_TOKEN);
    assert.doesNotMatch(normalise('＜｜im_start｜＞').text, CHAT_TOKEN);
    assert.doesNotMatch(normalise('<th\u00adink>').text, CHAT_TOKEN);
  });

  it('leaves code that only looks alike as it is', () => {
    const code = 'a || b; x[INSTANCE]; List<String>; i < s | n > 0';
    assert.equal(normalise(code).text, code);
  });

  it('never lets a hidden character or a chat token through', () => {
    fc.assert(
      fc.property(texts, (original) => {
        const { text } = normalise(original);
        assert.doesNotMatch(text, HIDDEN);
        assert.doesNotMatch(text, CHAT_TOKEN);
      }),
    );
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (original) => {
        const { text } = normalise(original);
        assert.equal(normalise(text).text, text);
      }),
    );
  });
});

describe('toOriginal', () => {
  it('selects exactly what a range was made from', () => {
    const original = 'La de\u0301rive\u200b des donne\u0301es';
    const normalised = normalise(original);
    const start = normalised.text.indexOf('dérive');
    const range = toOriginal(normalised, start, start + 'dérive'.length);
    assert.equal(original.slice(range.start, range.end), 'de\u0301rive');
  });

  it('takes a character as a whole when the range ends inside it', () => {
    const original = 'x½y';
    const normalised = normalise(original);
    assert.equal(normalised.text, 'x1⁄2y');
    assert.deepEqual(toOriginal(normalised, 1, 2), { start: 1, end: 2 });
    assert.deepEqual(toOriginal(normalised, 3, 4), { start: 1, end: 2 });
  });

  it('leaves out hidden characters that follow a range', () => {
    const original = 'psi\u200b\u202e then';
    assert.deepEqual(toOriginal(normalise(original), 0, 3), { start: 0, end: 3 });
  });

  it('gives an empty range for an empty one', () => {
    assert.deepEqual(toOriginal(normalise('abc'), 1, 1), { start: 1, end: 1 });
    assert.deepEqual(toOriginal(normalise(''), 0, 0), { start: 0, end: 0 });
  });

  it('stays inside the original, and what it selects makes the range again', () => {
    const ranges = texts.chain((original) => {
      const { length } = normalise(original).text;
      return fc.tuple(fc.constant(original), fc.nat(length), fc.nat(length));
    });
    fc.assert(
      fc.property(ranges, ([original, a, b]) => {
        const normalised = normalise(original);
        const [first, last] = [Math.min(a, b), Math.max(a, b)];
        const { start, end } = toOriginal(normalised, first, last);
        assert.ok(start >= 0 && start <= end && end <= original.length, `${start}..${end}`);
        if (first === last) return;
        assert.ok(end > start, 'a range that holds something selects something');
        const again = normalise(original.slice(start, end)).text;
        const part = normalised.text.slice(first, last);
        // Chat tokens are told by their neighbours, which the slice may have lost.
        assert.ok(bare(again).includes(bare(part)), `${JSON.stringify(again)} holds ${JSON.stringify(part)}`);
      }),
      { numRuns: 1000 },
    );
  });

  it('accounts for every unit of the text, in order', () => {
    fc.assert(
      fc.property(texts, (original) => {
        const { text, starts, ends } = normalise(original);
        assert.equal(starts.length, text.length);
        assert.equal(ends.length, text.length);
        for (const [i, start] of starts.entries()) {
          assert.ok(start < (ends[i] ?? 0), 'a unit comes from at least one character');
          assert.ok(i === 0 || start >= (starts[i - 1] ?? 0), 'units follow each other');
        }
      }),
    );
  });
});

function bare(text: string): string {
  return text.replace(/[¦|]/g, '|').replace(/‹/g, '<').replace(/⟦/g, '[');
}
