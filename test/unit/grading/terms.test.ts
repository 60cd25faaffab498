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

  it('go over a line break inside them, but not from one line of a list to the next', () => {
    const wrapped =
      'A recent window is compared with a reference, which is the training data\nor a healthy month.';
    assert.equal(sentences(wrapped)[0]?.text, wrapped);
    assert.equal(sentences('psi per feature\nalert after 3 windows').length, 2);
    assert.equal(sentences(`${'a long line of a list, '.repeat(4)}\n- and its next line`).length, 2);
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

  it('is found whether or not its accents are written', () => {
    for (const said of ['bloquée', 'bloquee', 'bloqués', 'bloques', 'bloque', 'BLOQUÉES', 'bloquees']) {
      assert.ok(holds(`La promotion est ${said}.`, 'bloquer'), said);
      assert.ok(holds(`La promotion est ${said}.`, 'bloquée'), said);
    }
    assert.ok(holds('le modele est deploye', 'déployer'));
    assert.ok(holds('the service is deploying', 'deploys'));
    assert.ok(holds('it decays', 'decay'));
  });

  it('is found when its two words are written as one, and the other way round', () => {
    assert.ok(holds('a dataset version', 'data set'));
    assert.ok(holds('on ré-entraîne la nuit', 'réentraîner'));
    assert.ok(holds('on réentraîne la nuit', 'ré-entraîner'));
    assert.ok(holds('nondeterministic kernels', 'non-deterministic'));
    assert.ok(!holds('data is set aside', 'dataset'));
  });

  it('takes a formula as one word', () => {
    assert.ok(holds('P(Y|X) change', 'p(y|x)'));
    assert.ok(holds('un changement de P(Y | X)', 'P(Y|X)'));
    assert.ok(holds('| P(Y\\|X) | oui |', 'P(Y|X)'));
    assert.ok(holds('P(y sachant x)', 'P(Y|X)'));
    assert.ok(!holds('P(X) change', 'p(y|x)'));
    assert.ok(!holds('P(Y|X) change', 'p(x)'));
    assert.ok(!holds('P(X|Y) change', 'p(y|x)'));
    assert.ok(holds('an A/B test', 'ab test'));
    assert.ok(holds('a PSI of 0,2', 'psi 0.2'));
    assert.ok(holds('an as-of join', 'asof join'));
  });

  it('takes codes of two letters as they are', () => {
    assert.ok(holds('a KS test', 'ks'));
    assert.ok(!holds('a K test', 'ks'));
  });

  it('may have small words and a few others between its own', () => {
    assert.ok(holds('la fenêtre glissante de référence', 'fenêtre de référence'));
    assert.ok(holds('the rate of the missing values', 'rate of missing values'));
    assert.ok(holds('the missing daily feature values', 'missing values'));
    assert.ok(holds('the features that they should have compared', 'features compared'));
    assert.ok(!holds('missing rows, then late tables full of values', 'missing values'));
  });

  it('of one word and small ones is a phrase, articles aside', () => {
    assert.ok(holds('on les calcule en parallèle', 'en parallèle'));
    assert.ok(!holds('le parallèle est tentant', 'en parallèle'));
    assert.ok(holds('the value known at that time', 'at that time'));
    assert.ok(!holds('it takes time', 'at that time'));
    assert.ok(holds('it depends on the load', 'depends on'));
    assert.ok(holds('la graine', 'une graine'));
  });

  it('needs all its words, of one sentence', () => {
    assert.ok(!holds('an alarm over several thresholds', 'alert threshold'));
    assert.ok(!holds('It may alert. The threshold is set.', 'alert threshold'));
    assert.ok(!holds('', 'alert'));
  });

  it('needs its words in order, but for a pair', () => {
    assert.ok(holds('the data is validated', 'validate data'));
    assert.ok(holds('on valide les données', 'données validées'));
    assert.ok(!holds('degradation always means drift', 'drift always means'));
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

  it('may stand in a sentence and one of the next two, no further', () => {
    assert.equal(
      find('Intro. I take a baseline. Then I compare. Outro.'),
      'I take a baseline. Then I compare.',
    );
    assert.ok(find('I take a baseline. It is recent. Then I compare.'));
    assert.equal(find('I take a baseline. It is recent. It is clean. Then I compare.'), undefined);
  });

  it('may be denied by a term of the point itself', () => {
    const limit = accept(
      [['shadow'], ['ne dit rien', 'ne mesure pas'], ['effet', 'métier']],
      [['shadow'], ['says nothing', 'not measure'], ['effect', 'business']],
    );
    const index = (answer: string) => new TermIndex(answer).find(limit);
    assert.ok(index('Le shadow ne dit rien de l’effet sur le métier.'));
    assert.ok(index('Shadow does not measure the effect.'));
    assert.equal(index('Shadow says nothing. We do not look at the effect.'), undefined);
    assert.equal(index('Shadow measures the effect.'), undefined);
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
