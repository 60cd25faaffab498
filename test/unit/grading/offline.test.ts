import assert from 'node:assert/strict';
import fc from 'fast-check';
import { estimate } from '../../../src/core/grading/offline.ts';
import { accept, FULL_ANSWER, samplePitfall, samplePoint, sampleRubric } from '../../support/samples.ts';

const rubric = sampleRubric();
const verdicts = (answer: string) => estimate(rubric, answer).points.map(({ verdict }) => verdict);

describe('the offline estimate', () => {
  it('meets the points whose terms are there, and no others', () => {
    assert.deepEqual(verdicts(FULL_ANSWER), ['met', 'met', 'met']);
    assert.deepEqual(verdicts('I compute a PSI every day and look at it.'), ['not_met', 'met', 'not_met']);
    assert.deepEqual(verdicts('Nothing of the kind was ever said here.'), ['not_met', 'not_met', 'not_met']);
  });

  it('shows the sentence that it goes by', () => {
    const [, statistic] = estimate(rubric, FULL_ANSWER).points;
    const quote = 'For each feature I compute a PSI and look at its size.';
    assert.deepEqual(statistic?.evidence, {
      file: '',
      start: FULL_ANSWER.indexOf(quote),
      end: FULL_ANSWER.indexOf(quote) + quote.length,
      quote,
    });
  });

  it('finds the pitfalls by their terms', () => {
    const { pitfalls } = estimate(rubric, 'We always retrain, and look at the whole distribution.');
    assert.deepEqual(
      pitfalls.map(({ id, present }) => [id, present]),
      [
        ['always-retrain', true],
        ['mean-only', false],
      ],
    );
    assert.equal(pitfalls[0]?.evidence?.quote, 'We always retrain, and look at the whole distribution.');
  });

  it('takes what is denied for unsaid, a pitfall too', () => {
    assert.deepEqual(verdicts('I never compute a PSI, and I set no threshold.'), [
      'not_met',
      'not_met',
      'not_met',
    ]);
    const { pitfalls } = estimate(rubric, 'We do not always retrain.');
    assert.deepEqual(
      pitfalls.map(({ present }) => present),
      [false, false],
    );
  });

  it('leaves a point without terms to the candidate', () => {
    const { accept: _accept, ...open } = samplePoint('taste', 1);
    const { points } = estimate({ points: [open], pitfalls: [] }, FULL_ANSWER);
    assert.deepEqual(points, [{ id: 'taste', verdict: 'unjudged' }]);
  });

  it('reads each rubric as it is, though an answer was read by another one before', () => {
    const one = { points: [samplePoint('alert', 1)], pitfalls: [] };
    const other = { points: [samplePoint('window', 1)], pitfalls: [samplePitfall('alert', 0.1)] };
    const answer = 'The alert rings when it should.';
    for (let i = 0; i < 2; i++) {
      assert.equal(estimate(one, answer).points[0]?.verdict, 'met');
      assert.equal(estimate(other, answer).points[0]?.verdict, 'not_met');
      assert.equal(estimate(other, answer).pitfalls[0]?.present, true);
    }
  });

  it('quotes the answer to the letter, whatever is in it', () => {
    const texts = fc
      .array(
        fc.oneof(
          fc.string({ unit: 'grapheme' }),
          fc.constantFrom('PSI', ' alert. ', '\r\n', 'de\u0301', '\u202e', ' not ', ' ni ', ', ', 'P(Y|'),
        ),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(texts, (answer) => {
        const { points, pitfalls } = estimate(rubric, answer);
        for (const { evidence } of [...points, ...pitfalls]) {
          if (evidence) assert.equal(evidence.quote, answer.slice(evidence.start, evidence.end));
        }
      }),
    );
  });

  it('takes its time in proportion to the answer', () => {
    const hostile = ['alert ', 'a.\n', 'psi, alert, ', 'pas sans ne jamais ', 'p(', 'x', 'seuil\n'];
    for (const text of hostile) {
      const started = performance.now();
      estimate(rubric, text.repeat(30_000 / text.length));
      assert.ok(performance.now() - started < 2000, text);
    }
  });
});

describe('a point', () => {
  const backfill = samplePoint('backfill', 1, {
    statement: {
      fr: 'La réponse rejoue la reprise des anciennes valeurs avant de comparer.',
      en: 'The answer replays the backfill of old values before comparing.',
    },
    accept: accept(
      [
        ['reprise', 'rattrapage'],
        ['rejouer', 'comparer'],
      ],
      [
        ['backfill', 'catch up'],
        ['replay', 'compare'],
      ],
    ),
  });
  const verdict = (answer: string) =>
    estimate({ points: [backfill, samplePoint('other', 1)], pitfalls: [] }, answer).points[0]?.verdict;

  it('is met by much of its words, though no list of terms has the one that was used', () => {
    assert.equal(verdict('I fill in the old values that were missing, and compare what I replay.'), 'met');
  });

  it('is not met by words that are far apart', () => {
    const between = 'Something else is said here. And more of it. And then some.';
    assert.equal(verdict(`I compare prices. ${between} The backfill is late.`), 'not_met');
  });

  it('is not met by a word or two of it', () => {
    assert.equal(verdict('The old ones come before.'), 'not_met');
    assert.equal(verdict('I compare prices.'), 'not_met');
  });
});

/** Points with two groups of terms each, in plain words. */
const pipeline = {
  points: [
    samplePoint('schema', 2, {
      accept: accept(
        [
          ['schéma', 'colonnes'],
          ['valider', 'vérifier', 'test'],
        ],
        [
          ['schema', 'columns'],
          ['validate', 'check', 'test'],
        ],
      ),
    }),
    samplePoint('drift', 2, {
      accept: accept(
        [
          ['dérive', 'drift'],
          ['psi', 'distribution'],
        ],
        [['drift'], ['psi', 'distribution']],
      ),
    }),
    samplePoint('rollback', 2, {
      accept: accept(
        [
          ['retour arrière', 'rollback'],
          ['alias', 'version précédente'],
        ],
        [['rollback'], ['alias', 'previous version']],
      ),
    }),
    samplePoint('owner', 1, {
      accept: accept([['alerte'], ['astreinte', 'responsable']], [['alert'], ['owner', 'on-call']]),
    }),
  ],
  pitfalls: [],
};

describe('a list of terms', () => {
  const met = (answer: string) =>
    estimate(pipeline, answer)
      .points.filter(({ verdict }) => verdict === 'met')
      .map(({ id }) => id);

  const STUFFED: Readonly<Record<string, string>> = {
    'between commas':
      'Schema, tests, drift, PSI, distribution, rollback, alias, monitoring, previous version, MLflow, Grafana.',
    'in a sentence':
      'I would use schema, tests, drift, PSI, rollback, alias, dashboards and so on to ensure reliability.',
    'with articles':
      'On ferait du schéma, des tests, du drift, du PSI, du rollback, de l’alias et du monitoring pour une approche complète.',
    'line by line': '- schema\n- tests\n- drift\n- PSI\n- rollback\n- alias\n- monitoring',
    'cut into short sentences':
      'Schema, columns, tests, types. Drift, PSI, distribution, windows. Rollback, alias, previous version, Git.',
    'joined with and': 'Schema and tests and drift and PSI and rollback and alias and previous version.',
    'with slashes': 'schema / tests / drift / PSI / rollback / alias / Grafana',
    'with nothing in between':
      'schema columns test drift psi distribution rollback alias alert owner monitoring',
    'strung together':
      'Schema tests with drift PSI with rollback alias with alert owner for robust MLOps at scale.',
  };
  for (const [how, answer] of Object.entries(STUFFED)) {
    it(`makes no claim ${how}`, () => {
      assert.deepEqual(met(answer), []);
    });
  }

  const NOTES: readonly (readonly [answer: string, points: readonly string[]])[] = [
    [
      '- schema: check columns, types, ranges, nulls on every batch; fail = run stops\n' +
        '- drift: PSI per feature vs training, 3 windows in a row\n' +
        '- rollback = alias back to previous version, no retraining',
      ['schema', 'drift', 'rollback'],
    ],
    [
      'schéma vérifié à l’entrée (colonnes, types, plages, nulls) → lot bloqué sinon\n' +
        'dérive : PSI par variable, seuil calé sur 6 mois\nretour arrière : alias sur la version précédente',
      ['schema', 'drift', 'rollback'],
    ],
    // Long as it is, this list is about one thing.
    ['I validate columns, types, ranges, nulls, units, keys and encodings of each batch.', ['schema']],
    ['Drift I follow by the distribution of age, income, country, device, channel and amount.', ['drift']],
    ['| Step | What |\n| --- | --- |\n| Schema | test of columns, types, ranges |', ['schema']],
  ];
  for (const [answer, points] of NOTES) {
    it(`is no matter in “${answer.slice(0, 40)}…”`, () => {
      assert.deepEqual(met(answer), points);
    });
  }
});
