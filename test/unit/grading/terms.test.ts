import assert from 'node:assert/strict';
import fc from 'fast-check';
import { contentWords, fold, sentences, TermIndex } from '../../../src/core/grading/terms.ts';
import { accept } from '../../support/samples.ts';

/** Whether an answer holds a term, in either language. */
function holds(answer: string, ...terms: string[]): boolean {
  return new TermIndex(answer).find(accept([terms], [terms])) !== undefined;
}

describe('folding', () => {
  it('takes accents, case, ligatures and apostrophes away', () => {
    assert.equal(fold('DÉRIVE de\u0301rive Œuvre ŒUVRE ﬁn æon'), 'derive derive oeuvre oeuvre fin aeon');
    assert.equal(fold("l’écart l'écart lʼécart"), "l'ecart l'ecart l'ecart");
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        assert.equal(fold(fold(text)), fold(text));
      }),
    );
  });
});

describe('sentences', () => {
  it('end with a mark or a line, and lie at their offsets', () => {
    const text = 'First one. Second one!  Third\n- fourth\n\nFifth?';
    assert.deepEqual(
      sentences(text).map(({ text: body }) => body),
      ['First one.', 'Second one!', 'Third', '- fourth', 'Fifth?'],
    );
  });

  it('do not end inside a number, a version or a file name', () => {
    assert.equal(sentences('PSI above 0.2 with scikit-learn 1.5.2 in drift.py fails.').length, 1);
  });

  it('cut a text into pieces of itself', () => {
    const texts = fc.array(
      fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('. ', '\n', '?', '…', '1.2')),
    );
    fc.assert(
      fc.property(texts, (parts) => {
        const text = parts.join('');
        let at = 0;
        for (const { start, end, text: body } of sentences(text)) {
          assert.equal(text.slice(start, end), body);
          assert.ok(start >= at && end > start, 'in order, and not empty');
          at = end;
        }
      }),
    );
  });

  it('are found quickly in a text that is one long line of marks', () => {
    const started = performance.now();
    sentences('a.'.repeat(50_000) + '.'.repeat(50_000));
    assert.ok(performance.now() - started < 2000);
  });
});

describe('a term', () => {
  it('is found whatever its case, accents and apostrophes', () => {
    assert.ok(holds('La DERIVE conceptuelle compte.', 'dérive conceptuelle'));
    assert.ok(holds("un jeu d'entraînement", 'jeu d’entraînement'));
    assert.ok(holds('au cœur du modèle', 'coeur du modele'));
  });

  it('is found in another form of its words, in French', () => {
    assert.ok(holds('Nous avons comparé les distributions.', 'comparer la distribution'));
    assert.ok(holds('des fenêtres de référence', 'fenêtre de référence'));
    assert.ok(holds('la valeur est manquante', 'valeurs manquantes'));
  });

  it('is found in another form of its words, in English', () => {
    assert.ok(holds('we were comparing distributions', 'compare distribution'));
    assert.ok(holds('an alerting threshold', 'alert thresholds'));
    assert.ok(holds('the feature drifted', 'feature drift'));
  });

  it('takes codes of two letters as they are', () => {
    assert.ok(holds('a KS test', 'ks'));
    assert.ok(!holds('a K test', 'ks'));
  });

  it('may have small words and one other word between its own', () => {
    assert.ok(holds('la fenêtre glissante de référence', 'fenêtre de référence'));
    assert.ok(holds('the rate of the missing values', 'rate of missing values'));
    assert.ok(holds('the missing feature values', 'missing values'));
    assert.ok(!holds('the missing daily feature values', 'missing values'));
  });

  it('needs its words in order and whole', () => {
    assert.ok(!holds('référence de fenêtre', 'fenêtre de référence'));
    assert.ok(!holds('an alarm over several thresholds', 'alert threshold'));
    assert.ok(!holds('', 'alert'));
  });

  it('does not count right after a negation', () => {
    assert.ok(!holds('We do not compare anything.', 'compare'));
    assert.ok(!holds('We never compare anything.', 'compare'));
    assert.ok(!holds('It works without alerting.', 'alert'));
    assert.ok(!holds('We don’t alert.', 'alert'));
    assert.ok(!holds('Cela se fait sans référence.', 'référence'));
    assert.ok(!holds('Il n’y a aucune alerte.', 'alerte'));
    assert.ok(!holds('Ne pas comparer.', 'comparer'));
  });

  it('does not count with a negation inside', () => {
    assert.ok(!holds('On ne compare pas à une référence.', 'comparer référence'));
    assert.ok(!holds('We compare no distribution.', 'compare distribution'));
  });

  it('counts where it is said, though it is denied elsewhere', () => {
    assert.ok(holds('We do not compare means. We compare distributions.', 'compare'));
    assert.ok(holds('Not a mean: a distribution.', 'distribution'));
  });
});

describe('the terms of a point', () => {
  const both = accept(
    [['fenêtre de référence'], ['comparer', 'écart']],
    [
      ['reference window', 'baseline'],
      ['compare', 'difference'],
    ],
  );
  const find = (answer: string) => {
    const match = new TermIndex(answer).find(both);
    return match && answer.slice(match.start, match.end);
  };

  it('are met by any term of every group', () => {
    assert.equal(find('Un écart à la fenêtre de référence.'), 'Un écart à la fenêtre de référence.');
    assert.equal(find('I compare with a baseline.'), 'I compare with a baseline.');
    assert.equal(find('I compare.'), undefined);
    assert.equal(find('A baseline.'), undefined);
  });

  it('may be mixed of two languages', () => {
    assert.ok(find('On compare à la baseline.'));
    assert.ok(find('We compare with the fenêtre de référence.'));
  });

  it('may stand in a sentence and the next one, no further', () => {
    assert.equal(
      find('Intro. I take a baseline. Then I compare. Outro.'),
      'I take a baseline. Then I compare.',
    );
    assert.equal(find('I take a baseline. It is recent. Then I compare.'), undefined);
  });

  it('are shown at the shortest place: one sentence before two', () => {
    assert.equal(
      find('A baseline first. I compare. Later I compare with a baseline.'),
      'Later I compare with a baseline.',
    );
  });

  it('belong to one language each when the languages group them differently', () => {
    const uneven = accept([['référence'], ['écart']], [['baseline difference']]);
    const index = (answer: string) => new TermIndex(answer).find(uneven);
    assert.ok(index('Un écart à la référence.'));
    assert.ok(index('A baseline difference.'));
    assert.equal(index('Un écart à la baseline.'), undefined);
  });
});

describe('content words', () => {
  it('are counted without the small words of both languages', () => {
    assert.equal(contentWords('the PSI of each feature is in the report'), 4);
    assert.equal(contentWords('le PSI de chaque variable est dans le rapport'), 4);
    assert.equal(contentWords(' … ! '), 0);
  });
});
