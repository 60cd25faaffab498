import assert from 'node:assert/strict';
import fc from 'fast-check';
import { estimate } from '../../../src/core/grading/offline.ts';
import { FULL_ANSWER, samplePoint, sampleRubric } from '../../support/samples.ts';

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

  it('leaves a point without terms to the candidate', () => {
    const { accept: _accept, ...open } = samplePoint('taste', 1);
    const { points } = estimate({ points: [open], pitfalls: [] }, FULL_ANSWER);
    assert.deepEqual(points, [{ id: 'taste', verdict: 'unjudged' }]);
  });

  it('quotes the answer to the letter, whatever is in it', () => {
    const texts = fc
      .array(
        fc.oneof(
          fc.string({ unit: 'grapheme' }),
          fc.constantFrom('PSI', ' alert. ', '\r\n', 'de\u0301', '\u202e'),
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
});
