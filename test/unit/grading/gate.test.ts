import assert from 'node:assert/strict';
import { gateFiles, gateProse } from '../../../src/core/grading/gate.ts';
import { FULL_ANSWER, PROMPTS } from '../../support/samples.ts';

const prompts = Object.values(PROMPTS);

describe('the gate of prose', () => {
  for (const answer of ['', '   ', '\n\t\n', '\u00a0']) {
    it(`calls ${JSON.stringify(answer)} blank`, () => {
      assert.equal(gateProse(answer, prompts), 'blank');
    });
  }

  const openers = [
    [
      'Thought process:',
      'Solution',
      'Answer:',
      'Let’s think step by step.',
      'Step by step',
      'Here is my answer:',
    ],
    [
      'Réponse :',
      'Voici ma réponse…',
      'Voici la réponse :',
      'Réfléchissons étape par étape.',
      'Réfléchissons !',
    ],
    [':', '.', '...', '-'],
  ].flat();
  for (const answer of openers) {
    it(`sees that "${answer}" only opens an answer`, () => {
      assert.equal(gateProse(answer, prompts), 'opener_only');
      assert.equal(gateProse(`  ${answer.toUpperCase()}\n`, prompts), 'opener_only');
    });
  }

  for (const lang of ['fr', 'en'] as const) {
    it(`recognises the question when it is sent back (${lang})`, () => {
      assert.equal(gateProse(PROMPTS[lang], prompts), 'copied_question');
      assert.equal(gateProse(PROMPTS[lang].toUpperCase().replace(/[,?]/g, ''), prompts), 'copied_question');
      assert.equal(gateProse(`> ${PROMPTS[lang]}\n`, prompts), 'copied_question');
      assert.equal(gateProse(`Hmm. ${PROMPTS[lang]}`, prompts), 'copied_question');
    });
  }

  it('recognises a few words taken from the question', () => {
    assert.equal(gateProse('Data drift in production', prompts), 'copied_question');
  });

  for (const answer of [
    'PSI.',
    'Je ne sais pas.',
    'I do not know',
    'It is the PSI of the features',
    'PSI against training data, daily.',
    'Ça dépend !',
  ]) {
    it(`finds "${answer}" too short to carry a point`, () => {
      assert.equal(gateProse(answer, prompts), 'near_empty');
    });
  }

  for (const answer of ['???', '!?', '🙂', '( )', 'a']) {
    it(`does not take ${answer} for a copy of the question`, () => {
      assert.equal(gateProse(answer, prompts), 'near_empty');
    });
  }

  const right = [
    'PSI contre référence, alerte : trois fenêtres.',
    'PSI against training data, three windows.',
    'PSI par variable contre les données d’entraînement, alerte après trois fenêtres.',
    'PSI per feature against training data, alert after three windows.',
    'Taux de nulls, catégories inconnues, distribution des scores, seuil calé sur l’historique.',
    'Null rate, unseen categories, score distribution, threshold set from history.',
    'To detect data drift in production, watch PSI, null rate and the score distribution against training data.',
    FULL_ANSWER,
  ];
  for (const answer of right) {
    it(`lets a short right answer pass: "${answer.slice(0, 40)}…"`, () => {
      assert.equal(gateProse(answer, prompts), undefined);
    });
  }

  it('lets an answer pass that repeats the question and then answers it', () => {
    assert.equal(gateProse(`${PROMPTS.en}\n\n${FULL_ANSWER}`, prompts), undefined);
  });

  it('lets an answer pass that begins with an opener', () => {
    assert.equal(gateProse(`Answer: ${FULL_ANSWER}`, prompts), undefined);
  });
});

describe('the gate of an exercise', () => {
  const fr = { 'a.py': '# à compléter\nx = 1\n', 'b.py': 'y = 2\n' };
  const en = { 'a.py': '# to complete\nx = 1\n', 'b.py': 'y = 2\n' };

  it('calls files blank when all of them are', () => {
    assert.equal(gateFiles({ 'a.py': '', 'b.py': ' \n\t' }, [fr, en]), 'blank');
  });

  it('recognises a scaffold that nobody touched, in either language', () => {
    assert.equal(gateFiles(fr, [fr, en]), 'untouched_scaffold');
    assert.equal(gateFiles(en, [fr, en]), 'untouched_scaffold');
  });

  it('does not take new line ends and indentation for work', () => {
    const same = { 'a.py': '# to complete\r\n\r\nx  =  1', 'b.py': 'y = 2' };
    assert.equal(gateFiles(same, [fr, en]), 'untouched_scaffold');
  });

  it('recognises files that were created in two languages and never touched', () => {
    assert.equal(
      gateFiles({ 'a.py': en['a.py'], 'c.py': '# un' }, [
        { ...fr, 'c.py': '# un' },
        { ...en, 'c.py': '# one' },
      ]),
      'untouched_scaffold',
    );
  });

  it('lets work on one file pass, also when another one was emptied', () => {
    assert.equal(gateFiles({ ...en, 'b.py': 'y = 3\n' }, [fr, en]), undefined);
    assert.equal(gateFiles({ ...en, 'b.py': '' }, [fr, en]), undefined);
  });
});
