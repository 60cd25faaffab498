import assert from 'node:assert/strict';
import { chooseFollowUp, followUp, followUpId, parseFollowUpId } from '../../../src/core/bank/followUp.ts';
import { LANGS } from '../../../src/core/language.ts';
import { samplePoint, sampleQuestion } from '../../support/samples.ts';

const PARENT = sampleQuestion('drift', 'monitoring');

/** The follow-up to a point without an author's question, whose near miss is given. */
function templated(fr: string, en: string) {
  const point = samplePoint('own', 2, { not_enough: { fr, en } });
  const made = followUp({ ...PARENT, points: [point], follow_ups: [] }, 'own');
  assert.ok(made);
  return made.prompt;
}

describe('the id of a follow-up', () => {
  it('names the question and the point', () => {
    assert.equal(followUpId('drift', 'reference'), 'drift.reference');
    assert.deepEqual(parseFollowUpId('drift.reference'), { question: 'drift', point: 'reference' });
  });

  it('is told from the id of a question, and from a follow-up to a follow-up', () => {
    for (const id of ['drift', '', '.', 'drift.', '.reference', 'a.b.c'])
      assert.equal(parseFollowUpId(id), undefined, id);
  });
});

describe('a follow-up', () => {
  const made = followUp(PARENT, 'reference');

  it('asks what the author asks there', () => {
    assert.deepEqual(made?.prompt, { fr: 'Laquelle ?', en: 'Which one?' });
  });

  it('is graded on that point alone, with the pitfalls and the references of its question', () => {
    assert.deepEqual(
      made?.points,
      PARENT.points.filter(({ id }) => id === 'reference'),
    );
    assert.deepEqual(made?.pitfalls, PARENT.pitfalls);
    assert.deepEqual(made?.references, PARENT.references);
    assert.deepEqual(made?.model_answer, PARENT.model_answer);
  });

  it('has a place of its own, and neither hints nor follow-ups', () => {
    assert.equal(made?.id, 'drift.reference');
    assert.equal(made?.track, 'monitoring');
    assert.deepEqual(made?.title, { fr: 'Relance\u00a0: Titre de drift', en: 'Follow-up: Title of drift' });
    assert.deepEqual([made?.hints, made?.follow_ups, made?.exercises, made?.seeds], [[], [], [], []]);
    assert.equal(made?.core, false);
    assert.equal(made?.minutes, 2);
  });

  it('does not exist for a point that is not there', () => {
    assert.equal(followUp(PARENT, 'gone'), undefined);
  });
});

describe('a follow-up without an author’s question', () => {
  it('shows the question and the near miss, and never the point itself', () => {
    const made = followUp(PARENT, 'statistic');
    const point = PARENT.points.find(({ id }) => id === 'statistic');
    assert.ok(made && point);
    for (const lang of LANGS) {
      assert.ok(made.prompt[lang].includes(`> ${PARENT.prompt[lang]}`));
      assert.ok(made.prompt[lang].includes(`> ${point.not_enough[lang]}`));
      assert.ok(!made.prompt[lang].includes(point.statement[lang]));
    }
    assert.match(made.prompt.fr, /Que manque-t-il pour convaincre\u202f\?$/);
    assert.match(made.prompt.en, /What is missing to convince\?$/);
  });

  it('leaves out what the near miss lacks', () => {
    const { fr, en } = templated(
      'Une validation à la main de chaque modèle, sans critère.',
      'Checking each model by hand, without any criterion.',
    );
    assert.match(fr, /> Une validation à la main de chaque modèle\.\n/);
    assert.match(en, /> Checking each model by hand\.\n/);
  });

  it('keeps a near miss whole that would be torn', () => {
    const { fr, en } = templated(
      'Des boîtes sans nom d’outil.',
      'Saying "it works without a label" and no more.',
    );
    assert.match(fr, /> Des boîtes sans nom d’outil\.\n/);
    assert.match(en, /> Saying "it works without a label" and no more\.\n/);
  });
});

describe('the point to follow up', () => {
  const [reference, statistic, alert, impact] = PARENT.points;
  assert.ok(reference && statistic && alert && impact);

  it('is the heaviest that was missed', () => {
    assert.equal(chooseFollowUp(PARENT, [reference, statistic])?.id, 'reference');
    assert.equal(chooseFollowUp(PARENT, [statistic, alert])?.id, 'statistic');
  });

  it('is, among equals, one for which the author wrote a question', () => {
    assert.equal(alert.weight, impact.weight);
    assert.equal(chooseFollowUp(PARENT, [impact, alert])?.id, 'alert');
    assert.equal(chooseFollowUp(PARENT, [impact])?.id, 'impact');
  });

  it('does not exist when nothing was missed', () => {
    assert.equal(chooseFollowUp(PARENT, []), undefined);
  });
});
