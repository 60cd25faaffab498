import assert from 'node:assert/strict';
import { denials } from '../../../src/core/grading/negation.ts';
import { TermIndex } from '../../../src/core/grading/terms.ts';
import { tokensOf } from '../../../src/core/grading/words.ts';
import { accept } from '../../support/samples.ts';

/** Whether an answer says all of these, each a term of either language. */
function says(answer: string, ...terms: string[]): boolean {
  const groups = terms.map((term) => [term]);
  return new TermIndex(answer).find(accept(groups, groups)) !== undefined;
}

/** A term, a sentence that says it, and its twin that denies it. */
type Twins = readonly [term: string, said: string, denied: string];

const FRENCH: readonly Twins[] = [
  ['surveiller', 'Je surveille la dérive.', 'Je ne surveille pas la dérive.'],
  ['dérive', 'Je surveille la dérive.', 'Je ne surveille pas la dérive.'],
  ['surveiller', 'Moi je surveille ça de près.', 'Moi je surveille pas ça.'],
  ['surveiller', 'On la surveille vraiment.', 'On la surveille pas vraiment.'],
  ['valider', 'On a validé le schéma.', 'On a pas validé le schéma.'],
  ['données validées', 'Les données sont validées.', 'Les données ne sont pas validées.'],
  ['alerte', 'Le service part avec une alerte.', 'Le service part sans alerte.'],
  ['alerte', 'Il y a une alerte par variable.', 'Il n’y a aucune alerte par variable.'],
  ['versionner', 'On versionne plus souvent les données.', 'On ne versionne plus les données.'],
  ['rollback', 'On fait toujours un rollback.', 'On ne fait jamais de rollback.'],
  ['seuil', 'Un seuil et une référence.', 'Ni seuil ni référence.'],
  ['référence', 'Un seuil et une référence.', 'Ni seuil ni référence.'],
  ['versionner', 'Il est utile de versionner les données.', 'Inutile de versionner les données.'],
  ['seuil', 'On a besoin d’un seuil.', 'Pas besoin d’un seuil.'],
  ['seuil', 'Un seuil est nécessaire.', 'Un seuil n’est pas nécessaire.'],
  ['test a/b', 'Le test A/B sert à trancher.', 'Le test A/B ne sert à rien.'],
  ['moyenne', 'Je prends la moyenne, au lieu du PSI.', 'Je prends le PSI au lieu de la moyenne.'],
  ['moyenne', 'La moyenne plutôt que le PSI.', 'Le PSI plutôt que la moyenne.'],
  ['alerte', 'Personne n’oublie les alertes.', 'Personne ne regarde les alertes.'],
  ['graine', 'Avec la graine, la version et l’image.', 'Sans version, image ou graine figée.'],
  ['latence', 'On ne surveille que la latence.', 'On ne surveille pas la latence.'],
  ['latence', 'Je ne regarde pas seulement la latence.', 'Je ne regarde pas la latence.'],
  ['latence', 'Je surveille non seulement la latence.', 'Je surveille l’erreur et non la latence.'],
  ['latence', 'Sans oublier la latence.', 'Sans la latence.'],
  ['surveiller', 'Je ne manque pas de surveiller le modèle.', 'Je ne peux pas surveiller le modèle.'],
  ['figer', 'N’oubliez pas de figer la graine.', 'N’essayez pas de figer la graine.'],
  ['trafic', 'Pas plus de 5 % du trafic.', 'Pas de trafic réel.'],
  ['test', 'On ne déploie jamais sans test.', 'On déploie toujours sans test.'],
  ['seuil', 'Rien ne part sans seuil fixé.', 'Tout part sans seuil fixé.'],
  ['validation', 'Aucun modèle ne part sans validation.', 'Aucun modèle ne passe de validation.'],
  ['baseline', 'Sans baseline, on ne peut pas conclure.', 'Sans baseline, on conclut quand même.'],
  ['comparer', 'On ne promeut pas avant d’avoir comparé.', 'On ne compare pas avant la promotion.'],
  ['schéma', 'Si le schéma n’est pas respecté, le build casse.', 'Le schéma n’est pas un argument.'],
  ['surveiller', 'Le contrôle passe, on surveille la suite.', 'Ça suffit, on surveille rien ensuite.'],
];

const ENGLISH: readonly Twins[] = [
  ['monitor', 'I monitor drift.', 'I do not monitor drift.'],
  ['monitor', 'We monitor drift.', 'We don’t monitor drift.'],
  ['drift', 'It watches drift.', 'It doesn’t watch drift.'],
  ['drift', 'it watches drift', 'it doesnt watch drift'],
  ['validated', 'The data is validated.', 'The data isn’t validated.'],
  ['compare', 'One can compare the two.', 'One cannot compare the two.'],
  ['compare', 'One can compare the two.', 'One can’t compare the two.'],
  ['alert', 'We always alert.', 'We never alert.'],
  ['alert', 'It runs with alerts.', 'It runs without alerts.'],
  ['version', 'You need to version the data.', 'There is no need to version the data.'],
  ['version', 'You have to version the data.', 'You don’t need to version the data.'],
  ['baseline', 'We use a baseline instead of a hunch.', 'We use a hunch instead of a baseline.'],
  ['mean', 'The mean rather than the PSI.', 'The PSI rather than the mean.'],
  ['threshold', 'A threshold is needed.', 'A threshold is not needed.'],
  ['threshold', 'Thresholds matter.', 'Thresholds don’t matter.'],
  ['checks', 'There are schema, range and null checks.', 'There are no schema, range or null checks.'],
  ['schema', 'There are schema, range and null checks.', 'There are no schema, range or null checks.'],
  ['owner', 'Everybody knows the owner.', 'Nobody knows the owner.'],
  ['reuse', 'It brings reuse.', 'It brings neither cost nor reuse.'],
  ['latency', 'Not only latency counts.', 'Not latency but errors count.'],
  ['latency', 'It is not just latency.', 'It is not latency.'],
  ['seed', 'Pin everything without forgetting the seed.', 'Pin everything without the seed.'],
  ['seed', 'Don’t forget to pin the seed.', 'Don’t bother to pin the seed.'],
  ['event', 'A value no later than the event.', 'A value with no event.'],
  ['validation', 'Never deploy without validation.', 'We deploy without validation.'],
  ['baseline', 'No model ships without beating the baseline.', 'No model is held to a baseline.'],
  ['baseline', 'Without a baseline you cannot tell.', 'Without a baseline you go faster.'],
  ['labels', 'It is not promoted until labels are in.', 'It is not held back for labels.'],
  ['schema', 'If the schema does not match, the build fails.', 'The schema is irrelevant.'],
  ['validation', 'No, we run a validation first.', 'We run no validation first.'],
];

/** Sentences that deny something, and say the term all the same. */
const ELSEWHERE: readonly (readonly [term: string, answer: string])[] = [
  ['distribution', 'Je ne regarde pas la moyenne, mais la distribution.'],
  ['distribution', 'Pas la moyenne : la distribution entière.'],
  ['seuil', 'On ne réentraîne pas tout de suite, on attend que le seuil soit dépassé.'],
  ['seuil', 'Le modèle n’est pas promu si le seuil est dépassé.'],
  ['baseline', 'Je ne déploie pas un modèle qui perd contre la baseline.'],
  ['surveiller', 'Non, je surveille la dérive moi-même.'],
  ['comparer', 'On ne promeut pas tant que l’on n’a pas comparé les deux.'],
  ['latence', 'L’erreur ne bouge pas et je regarde la latence.'],
  ['alerte', 'Les étiquettes ne sont pas là ; une alerte part sur les scores.'],
  ['rollback', 'Ça ne marche pas, donc je fais un rollback.'],
  ['distribution', 'Not the mean but the distribution.'],
  ['distribution', 'The mean does not move, however the distribution does.'],
  ['labels', 'Labels come late, so there is no live accuracy.'],
  ['proxy', 'We do not wait for labels, we follow a proxy.'],
  ['alert', 'Nobody retrains because an alert rang.'],
  ['threshold', 'It never pages while the threshold holds.'],
  ['registry', 'We do not rebuild the image that the registry holds.'],
  ['validation', 'No. The validation comes first.'],
  ['rollback', 'We cannot wait and we do a rollback.'],
  ['canary', 'Instead of a big bang we go through a canary.'],
];

describe('a term', () => {
  for (const [term, said, denied] of [...FRENCH, ...ENGLISH]) {
    it(`“${term}” is said by “${said}”`, () => {
      assert.ok(says(said, term));
    });
    it(`“${term}” is not said by “${denied}”`, () => {
      assert.ok(!says(denied, term));
    });
  }

  for (const [term, answer] of ELSEWHERE) {
    it(`“${term}” is said beside what “${answer}” denies`, () => {
      assert.ok(says(answer, term));
    });
  }
});

describe('a term that is a negation itself', () => {
  it('is said by that negation, or by another word for it', () => {
    assert.ok(says('Ce n’est pas un bug.', 'pas un bug'));
    assert.ok(says('It isn’t a pipeline issue.', 'isn’t a pipeline'));
    assert.ok(says('The run is not deterministic.', 'non-deterministic'));
    assert.ok(says('Ce n’est jamais déterministe.', 'non déterministe'));
    assert.ok(says('Cette colonne n’existe plus.', 'n’existe plus'));
    assert.ok(says('The TTL is counted from the event rather than now.', 'rather than now'));
  });

  it('is not said without it', () => {
    assert.ok(!says('C’est un bug.', 'pas un bug'));
    assert.ok(!says('It is a pipeline issue.', 'isn’t a pipeline'));
    assert.ok(!says('The run is deterministic.', 'non-deterministic'));
  });
});

describe('what a sentence denies', () => {
  const denied = (text: string) => {
    const tokens = tokensOf(text);
    const found = denials(tokens);
    return tokens.filter((_, i) => found[i] !== undefined).map((token) => token.text);
  };

  it('is one clause of it', () => {
    assert.deepEqual(denied('We do not average, we compare.'), ['average']);
    assert.deepEqual(denied('On ne compare pas la moyenne mais la distribution.'), [
      'compare',
      'la',
      'moyenne',
    ]);
    assert.deepEqual(denied('The team that owns it never looks.'), ['looks']);
  });

  it('is told by the negation that does it', () => {
    const tokens = tokensOf('never looks and without alerts');
    assert.deepEqual(denials(tokens), [undefined, 0, 0, undefined, 3]);
  });

  it('is nothing in a sentence that denies nothing', () => {
    for (const text of [
      '',
      '…',
      'pas',
      'Un pas de plus.',
      'One more step.',
      'plus de trafic',
      'Sans doute.',
    ]) {
      assert.deepEqual(
        denied(text).filter((word) => word.length > 2),
        [],
        text,
      );
    }
  });
});
