import assert from 'node:assert/strict';
import fc from 'fast-check';
import { locate, shifted } from '../../../src/vscode/quotes.ts';

describe('the place of a quote', () => {
  const at = (text: string, quote: string, near = 0) => {
    const span = locate(text, quote, near);
    return span && text.slice(span.start, span.end);
  };

  it('is where it was, or the nearest one', () => {
    assert.deepEqual(locate('one two one', 'one', 8), { start: 8, end: 11 });
    assert.deepEqual(locate('one two one', 'one', 6), { start: 8, end: 11 });
    assert.deepEqual(locate('one two one', 'one', 2), { start: 0, end: 3 });
    assert.deepEqual(locate('one', 'one', 999), { start: 0, end: 3 });
  });

  it('does not exist when its words are gone', () => {
    assert.equal(locate('two', 'one', 0), undefined);
    assert.equal(locate('two', '', 0), undefined);
  });

  it('does not mind the kind of line ends', () => {
    assert.equal(at('a\r\nb\r\nc', 'a\nb'), 'a\r\nb');
    assert.equal(at('x\na\nb\nc', 'a\r\nb'), 'a\nb');
  });

  it('takes every character for what it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'a.*+?^$(){}|[]\\🎉é\n') }),
        fc.string({ unit: fc.constantFrom(...'a.*+?^$(){}|[]\\🎉é\n'), minLength: 1 }),
        fc.nat(20),
        (before, quote, near) => assert.equal(at(before + quote, quote, near), quote),
      ),
    );
  });
});

describe('a place in a text that changes', () => {
  it('moves with what is written or deleted before it, and with nothing else', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        fc.nat(40),
        fc.nat(10),
        fc.string(),
        (before, after, from, length, text) => {
          const whole = `${before}#${after}`;
          const rangeOffset = Math.min(from, whole.length);
          const rangeLength = Math.min(length, whole.length - rangeOffset);
          // An edit of the place itself is another matter.
          const at = before.length;
          fc.pre(rangeOffset + rangeLength <= at || rangeOffset > at);
          const changed = whole.slice(0, rangeOffset) + text + whole.slice(rangeOffset + rangeLength);
          assert.equal(changed[shifted(at, [{ rangeOffset, rangeLength, text }])], '#');
        },
      ),
    );
  });

  it('takes several changes at once', () => {
    const insert = (rangeOffset: number) => ({ rangeOffset, rangeLength: 0, text: 'xx' });
    assert.equal(shifted(5, [insert(9), insert(5), insert(0)]), 9);
  });
});
