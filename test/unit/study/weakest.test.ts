import assert from 'node:assert/strict';
import fc from 'fast-check';
import { addDays } from '../../../src/core/study/day.ts';
import { weakestPoints } from '../../../src/core/study/weakest.ts';
import { sampleEntry } from '../../support/samples.ts';
import { Story } from '../../support/story.ts';

const ENTRIES = [sampleEntry('q'), sampleEntry('r'), sampleEntry('s')];
const told = (story: Story, most = 10) =>
  weakestPoints(ENTRIES, story.history, most).map(
    ({ entry, point, missed, lastScore }) => `${entry.id} ${point} ${missed} ${lastScore}`,
  );

describe('the weakest points', () => {
  it('are those missed most often in the last three graded attempts, by the last one too', () => {
    const story = new Story();
    story.answer('q', 0.1, { missed: ['old', 'never'] });
    story.answer('q', 0.2, { missed: ['never'] });
    story.answer('q', 0.3, { missed: ['never', 'twice', 'earned'] });
    story.answer('q', 0.4, { missed: ['never', 'twice', 'new'], met: ['earned'] });
    assert.deepEqual(told(story), ['q never 3 0.4', 'q twice 2 0.4', 'q new 1 0.4']);
    assert.deepEqual(told(story, 1), ['q never 3 0.4']);
  });

  it('of equal ones put that of the newer attempt first', () => {
    const story = new Story();
    story.answer('r', 0.2, { missed: ['a'] });
    story.answer('q', 0.6, { missed: ['b'] });
    story.answer('s', 0.4, { missed: ['c', 'd'] });
    assert.deepEqual(told(story), ['s c 1 0.4', 's d 1 0.4', 'q b 1 0.6', 'r a 1 0.2']);
  });

  it('of those of the same moment put the lower score first', () => {
    const story = new Story();
    story.answer('r', 0.6, { missed: ['a'] });
    story.on(story.day).answer('q', 0.2, { missed: ['b'] });
    assert.deepEqual(told(story), ['q b 1 0.2', 'r a 1 0.6']);
  });

  it('say nothing of what was turned away, not graded, or taken back', () => {
    const story = new Story();
    story.answer('q', 0.5, { missed: ['a'] });
    story.answer('q', 0, { missed: ['b'], by: { by: 'gate' } });
    story.answer('q', null, { by: { by: 'none' } });
    story.undo(story.answer('q', 0.9, { met: ['a'], missed: ['c'] }));
    story.attempt('q');
    assert.deepEqual(told(story), ['q a 1 0.5']);
  });

  it('count what the candidate ticked off, and leave out what nobody judged', () => {
    const story = new Story();
    const attempt = story.answer('q', 0.5, { missed: ['a'], unjudged: ['b'], by: { by: 'offline' } });
    assert.deepEqual(told(story), ['q a 1 0.5']);
    story.tick(attempt, 'q', 0.7, { met: ['a'], missed: ['b'] });
    assert.deepEqual(told(story), ['q b 1 0.7']);
  });

  it('are of the bank’s entries alone', () => {
    const story = new Story();
    story.answer('gone', 0.1, { missed: ['a'] });
    assert.deepEqual(told(story), []);
  });

  it('are as many as are wanted at most, the worst first, and each was missed by the last attempt', () => {
    const answer = fc.record({
      id: fc.constantFrom('q', 'r', 's'),
      score: fc.double({ min: 0, max: 1, noNaN: true }),
      missed: fc.uniqueArray(fc.constantFrom<string>('a', 'b', 'c', 'd')),
    });
    fc.assert(
      fc.property(fc.array(answer, { maxLength: 20, size: 'max' }), fc.nat(8), (answers, most) => {
        const story = new Story();
        for (const { id, score, missed } of answers)
          story.on(addDays(story.day, 1)).answer(id, score, { missed });
        const weakest = weakestPoints(ENTRIES, story.history, most);
        const all = weakestPoints(ENTRIES, story.history, Number.POSITIVE_INFINITY);
        assert.deepEqual(weakest, all.slice(0, most));
        const counts = all.map(({ missed }) => missed);
        assert.deepEqual(
          counts,
          [...counts].sort((a, b) => b - a),
        );
        for (const { entry, point, missed } of all) {
          const last = answers.findLast(({ id }) => id === entry.id);
          assert.ok(last?.missed.includes(point) && missed >= 1 && missed <= 3);
        }
      }),
    );
  });
});
