import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Delivery, describeDelivery } from '../../../src/core/grading/delivery.ts';
import { LANGS } from '../../../src/core/language.ts';
import { PROMPTS } from '../../support/samples.ts';

const describeAnswer = (answer: string, prompts: readonly string[] = [PROMPTS.fr, PROMPTS.en]): Delivery =>
  describeDelivery({ answer, prompts, minutes: 4, lang: 'en' });

describe('how an answer is said', () => {
  it('counts words as they are spoken, without fenced code', () => {
    assert.equal(describeAnswer('I compare `psi` with a well-known window.').words, 7);
    assert.equal(describeAnswer('L’écart d’une semaine.').words, 3);
    assert.equal(describeAnswer('Before.\n```py\nx = 1\ny = 2\n```\nAfter.').words, 2);
    assert.equal(describeAnswer('').words, 0);
  });

  it('takes the length from the question’s minutes', () => {
    assert.deepEqual(describeAnswer('A.').target, { low: 520, high: 600 });
  });

  it('tells whether the first sentence already answers', () => {
    const openings: Readonly<Record<Delivery['opening'], readonly string[]>> = {
      answers: [
        'I compare the last day with a reference window. I think that is enough.',
        'Je compare chaque variable à une fenêtre de référence.',
        '# Drift\n\nThree signals: inputs, predictions, labels.',
        '- Data drift is a change of the inputs that I watch through a PSI per feature.',
        'A threshold that holds for three windows will probably do, since noise does not last.',
        '',
      ],
      restates_question: [
        'To detect data drift in production, which signals do you watch?',
        'Which signals do you watch to detect data drift in production: I watch three.',
        'Pour détecter une dérive des données en production, et comment alerter.',
        'You are asking which signals matter.',
        'La question porte sur la surveillance.',
      ],
      hedges: [
        'I think one could look at the data.',
        'Well, maybe the mean of each feature.',
        'Je pense qu’il faut regarder les données.',
        'Ça dépend du trafic.',
      ],
      preamble: [
        'Great question! I compare two windows.',
        'That’s a really good question, I compare two windows.',
        'C’est une excellente question. Je compare deux fenêtres.',
        'Merci pour cette question, je compare deux fenêtres.',
        'Let me think about it.',
      ],
    };
    for (const [opening, answers] of Object.entries(openings)) {
      for (const answer of answers) assert.equal(describeAnswer(answer).opening, opening, answer);
    }
  });

  it('sees what a listener can follow', () => {
    const structures: Readonly<Record<Delivery['structure'], readonly string[]>> = {
      clear: [
        '- inputs\n- predictions\n',
        'Two things: 1) inputs 2) labels.',
        '# One\ntext\n# Two\ntext',
        'First, I compare the inputs. Then I look at the labels.',
        'D’abord je compare les entrées, ensuite les étiquettes, et enfin le métier.',
      ],
      some: ['I watch inputs.\n\nI alert on them.', 'I watch inputs. Finally, I alert.'],
      none: [
        'I compare the first window with the next one.',
        'I compare, and then I alert.',
        'Je regarde les entrées, puis j’alerte.',
        '```\n- a\n- b\n```',
      ],
    };
    for (const [structure, answers] of Object.entries(structures)) {
      for (const answer of answers) assert.equal(describeAnswer(answer).structure, structure, answer);
    }
  });

  it('finds hedges as they were written, each once, and none in code or inside words', () => {
    assert.deepEqual(describeAnswer('I think so. Maybe, maybe not; i think.').hedges, ['I think', 'Maybe']);
    assert.deepEqual(describeAnswer('Je pense que c’est sans doute un peu lent, peut-être.').hedges, [
      'Je pense',
      'sans doute',
      'un peu',
      'peut-être',
    ]);
    assert.deepEqual(describeAnswer('It is kind of slow, J’imagine.').hedges, ['kind of', 'J’imagine']);
    for (const clean of [
      'This kind of drift, and what sort of alert.',
      'I think of three signals; je pense à trois signaux.',
      'The probability, improbably.',
      'Run `maybe --perhaps`.',
      '```\nmaybe = probably\n```',
    ]) {
      assert.deepEqual(describeAnswer(clean).hedges, [], clean);
    }
  });

  it('finds acronyms that nobody has spelt out', () => {
    assert.deepEqual(describeAnswer('A PSI per feature, a KS test, two PSIs, and an SLO.').acronyms, [
      'PSI',
      'KS',
      'SLO',
    ]);
    for (const clean of [
      'The Population Stability Index (PSI) per feature, then the PSI of scores.',
      'PSI (population stability index) per feature.',
      'Un accord de niveau de service (SLA) fixe le seuil.',
      'An API over HTTP in CI/CD returns JSON.',
      'Set `MAX_PSI`, MAX_KS and K8S.',
      'I COMPARE THE LAST DAY WITH A REFERENCE WINDOW',
    ]) {
      assert.deepEqual(describeAnswer(clean).acronyms, [], clean);
    }
    assert.deepEqual(describeAnswer('We look at it every day (PSI).').acronyms, ['PSI']);
    assert.deepEqual(describeAnswer('A PSI per feature.', ['What is a PSI?']).acronyms, []);
  });

  it('never throws, and names only what stands in the answer', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(
        ...[
          'I think ',
          'peut-être',
          ' PSI',
          '(PSI)',
          '`',
          '```\n',
          '\n',
          '- ',
          '1) ',
          'Je\u00a0pense ',
          '’',
          '# ',
        ],
      ),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')),
        fc.array(fc.string(), { maxLength: 2 }),
        fc.integer({ min: 1, max: 30 }),
        fc.constantFrom(...LANGS),
        (answer, prompts, minutes, lang) => {
          const { hedges, acronyms, words } = describeDelivery({ answer, prompts, minutes, lang });
          for (const named of [...hedges, ...acronyms]) assert.ok(answer.includes(named), named);
          assert.equal(new Set(hedges.map((hedge) => hedge.toLowerCase())).size, hedges.length);
          assert.ok(words >= 0);
        },
      ),
    );
  });

  it('takes an answer of any size in stride', () => {
    const started = performance.now();
    for (const unit of ['(', '`', '```\n', 'PSI (', 'I think ', 'a ', '- ', '# ', ', ']) {
      describeAnswer(unit.repeat(20_000));
    }
    assert.ok(performance.now() - started < 5000);
  });
});
