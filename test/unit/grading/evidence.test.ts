import assert from 'node:assert/strict';
import fc from 'fast-check';
import { EvidenceIndex } from '../../../src/core/grading/evidence.ts';
import { normalise } from '../../../src/core/grading/normalise.ts';

const PROSE =
  'Je compare la fenêtre récente à une période de référence. Le PSI, calculé par variable, déclenche une alerte après trois fenêtres.';

function index(texts: Readonly<Record<string, string>>, isCode = false): EvidenceIndex {
  const list = Object.entries(texts).map(([file, original]) => ({
    file,
    original,
    normalised: normalise(original),
  }));
  return new EvidenceIndex(list, isCode);
}

function found(text: string, quote: string, isCode = false): string | undefined {
  return index({ '': text }, isCode).find(quote)?.quote;
}

describe('evidence', () => {
  it('is the passage that the quote copies, at its place', () => {
    const passage = index({ '': PROSE }).find('une période de référence');
    assert.deepEqual(passage, {
      file: '',
      start: PROSE.indexOf('une période'),
      end: PROSE.indexOf('une période') + 'une période de référence'.length,
      quote: 'une période de référence',
    });
  });

  it('does not depend on case, accents, punctuation or line ends', () => {
    const quote = 'compare la fenêtre récente à une période de référence';
    assert.equal(found(PROSE, 'COMPARE LA FENETRE RECENTE A UNE PERIODE DE REFERENCE'), quote);
    assert.equal(found(PROSE, '« compare la fenêtre, récente… à une période de référence ! »'), quote);
    assert.equal(
      found('we alert after\n  three whole windows, not before', 'after three whole windows'),
      'after\n  three whole windows',
    );
  });

  it('is the candidate’s own text, not the grader’s spelling of it', () => {
    assert.equal(
      found('Le PSI de\u0301passe le seuil trois fois', 'le psi depasse le seuil'),
      'Le PSI de\u0301passe le seuil',
    );
  });

  it('is nothing when the quote was invented, reordered or reworded', () => {
    assert.equal(found(PROSE, 'une période de calibration choisie'), undefined);
    assert.equal(found(PROSE, 'de référence une période'), undefined);
    assert.equal(found(PROSE, 'compare la fenêtre à une période'), undefined);
    assert.equal(found(PROSE, ''), undefined);
    assert.equal(found(PROSE, '« … »'), undefined);
  });

  it('is nothing when the quote is shorter than four words of a long answer', () => {
    assert.equal(found(PROSE, 'période de référence'), undefined);
    assert.equal(found(PROSE, 'PSI'), undefined);
    assert.equal(found(PROSE, 'une période de référence'), 'une période de référence');
  });

  it('may be two words of a short answer', () => {
    const short = 'PSI per feature, alert after three windows';
    assert.equal(found(short, 'three windows'), 'three windows');
    assert.equal(found(short, 'windows'), undefined);
  });

  it('may be two words of code, and one when a file holds no more', () => {
    const code = `${'x = 1\n'.repeat(20)}ttl=timedelta(days=1)\n`;
    assert.equal(found(code, 'ttl=timedelta', true), 'ttl=timedelta');
    assert.equal(found(code, 'ttl', true), undefined);
    assert.equal(found('pass', 'pass', true), 'pass');
  });

  it('never lies across two words that are only parts of those quoted', () => {
    assert.equal(
      found('the features drift over several windows at once', 'feature drift over several'),
      undefined,
    );
  });

  it('names the file that holds it', () => {
    const files = index({ 'a.py': 'x = feature_view', 'b.py': 'ttl = timedelta(days=1)' }, true);
    assert.equal(files.find('timedelta(days=1)')?.file, 'b.py');
    assert.equal(files.find('feature_view')?.file, 'a.py');
    assert.equal(files.find('feature_view ttl'), undefined);
  });

  const words = fc.constantFrom(
    'la',
    'dérive',
    'de\u0301rive',
    'PSI',
    'ﬁltre',
    '½',
    'seuil\u200b',
    '０.2',
    'Œuvre',
    'a',
    'b',
  );
  const gaps = fc.constantFrom(' ', ', ', '. ', '\n', '\r\n', ' \u202e', ' : ', '-');
  const prose = fc
    .array(fc.tuple(words, gaps), { minLength: 1, maxLength: 40 })
    .map((parts) => parts.flat().join(''));

  it('is always a piece of the original, inside it and not empty, whatever is quoted', () => {
    const quotes = fc.oneof(prose, fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(prose, quotes, fc.boolean(), (original, quote, isCode) => {
        const passage = index({ '': original }, isCode).find(quote);
        if (!passage) return;
        const { start, end } = passage;
        assert.ok(start >= 0 && start < end && end <= original.length);
        assert.equal(passage.quote, original.slice(start, end));
      }),
      { numRuns: 500 },
    );
  });

  it('is found for every long enough piece that is copied from the answer', () => {
    const pieces = prose.chain((original) =>
      fc.tuple(fc.constant(original), fc.nat(original.length), fc.nat(original.length)),
    );
    fc.assert(
      fc.property(pieces, ([original, a, b]) => {
        const { text } = normalise(original);
        const tokens = [...text.matchAll(/[\p{L}\p{N}]+/gu)];
        const [first, last] = [Math.min(a, b) % tokens.length, Math.max(a, b) % tokens.length];
        const [from, to] = [tokens[Math.min(first, last)], tokens[Math.max(first, last)]];
        if (!from || !to || Math.abs(last - first) < 3) return;
        const quote = text.slice(from.index, to.index + to[0].length);
        assert.ok(index({ '': original }).find(quote), JSON.stringify(quote));
      }),
      { numRuns: 500 },
    );
  });
});
