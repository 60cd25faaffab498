import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Source } from '../../../src/core/grading/echo.ts';
import { FULL_ANSWER, PROMPTS } from '../../support/samples.ts';

const QUESTION = new Source(Object.values(PROMPTS));

describe('what was copied', () => {
  it('is a share of the five-word runs of a text: all, none, or a part', () => {
    assert.equal(QUESTION.share(PROMPTS.en), 1);
    assert.equal(QUESTION.share(PROMPTS.fr), 1);
    assert.equal(QUESTION.share(FULL_ANSWER), 0);
    const part = QUESTION.share(`${PROMPTS.en}\n${FULL_ANSWER}`);
    assert.ok(part > 0.2 && part < 0.5, String(part));
  });

  it('does not depend on case, accents, punctuation or line ends', () => {
    assert.equal(QUESTION.share(PROMPTS.fr.toUpperCase().replace(/É/g, 'E').replace(/[ ,]+/g, ' -\n')), 1);
  });

  it('is nothing in a text that is too short to have a run', () => {
    assert.equal(QUESTION.share('Which signals do you'), 0);
    assert.equal(QUESTION.share(''), 0);
    assert.equal(new Source([]).share(FULL_ANSWER), 0);
  });

  it('counts each run once, however often it is repeated', () => {
    const own = 'the window holds thirty days of scored requests';
    const once = QUESTION.share(`${PROMPTS.en} ${own}`);
    const often = QUESTION.share(`${PROMPTS.en} ${`${own} `.repeat(5)}`);
    assert.ok(often > 0.5 * once, `${once} and ${often}`);
  });

  it('is a text whose words all stand in one of the sources, in one piece', () => {
    assert.ok(QUESTION.holds('detect data drift'));
    assert.ok(QUESTION.holds('DÉRIVE des données — en production'));
    assert.ok(!QUESTION.holds('detect drift'), 'a word was left out');
    assert.ok(!QUESTION.holds('detect data drif'), 'half a word is not the word');
    assert.ok(!QUESTION.holds('comment alerter Which signals'), 'the sources are not one text');
    assert.ok(!QUESTION.holds(''));
    assert.ok(!QUESTION.holds(' … '));
  });

  it('is told by sentence, so that the rest can be read alone', () => {
    const reference = new Source(['A reference window is compared with the last day, feature by feature.']);
    const text = 'I keep an eye on nulls. A reference window is compared with the last day. Then I alert.';
    assert.deepEqual(
      reference.copied(text).map(({ start, end }) => text.slice(start, end)),
      ['A reference window is compared with the last day.'],
    );
  });

  it('is a sentence of which more than half was copied, and not one with a shared phrase', () => {
    const reference = new Source(['we compare the last day with a reference window of thirty days']);
    assert.equal(reference.copied('Simply put, we compare the last day with a reference window.').length, 1);
    assert.equal(
      reference.copied('We compare the last day with everything that the team has kept since the spring.')
        .length,
      0,
    );
  });

  it('lies between none and all, and every sentence told is one of the text', () => {
    const words = fc.constantFrom(
      'data',
      'drift',
      'production',
      'and',
      'how',
      'do',
      'you',
      'alert',
      '.',
      '\n',
      ',',
    );
    const texts = fc.array(words, { maxLength: 60 }).map((parts) => parts.join(' '));
    fc.assert(
      fc.property(texts, texts, (source, text) => {
        const made = new Source([source]);
        const share = made.share(text);
        assert.ok(share >= 0 && share <= 1);
        let last = 0;
        for (const { start, end } of made.copied(text)) {
          assert.ok(start >= last && end > start && end <= text.length);
          last = end;
        }
        if (/(?:\w+\W+){5}/.test(text)) assert.equal(new Source([text]).share(text), 1);
      }),
    );
  });
});
