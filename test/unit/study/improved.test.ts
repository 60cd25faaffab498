import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Grade, Provenance, Verdict } from '../../../src/core/grading/grade.ts';
import { improvedBetween } from '../../../src/core/study/improved.ts';
import { gradeOf, MODEL, question } from '../../support/story.ts';

const VERDICTS = ['met', 'not_met', 'contradicted', 'unjudged'] as const;
type Verdicts = Readonly<Record<string, Verdict>>;

const grade = (verdicts: Verdicts, by: Provenance = MODEL): Grade => ({
  ...gradeOf(question('q'), 0.5, { by }),
  points: Object.entries(verdicts).map(([id, verdict]) => ({ id, verdict })),
});

describe('what improved from one answer to another', () => {
  it('are points gained, and beside them what was lost and what is still open', () => {
    const before = grade({
      a: 'not_met',
      b: 'met',
      c: 'not_met',
      d: 'met',
      e: 'contradicted',
      f: 'contradicted',
    });
    const after = grade({ a: 'met', b: 'not_met', c: 'contradicted', d: 'met', e: 'met', f: 'not_met' });
    assert.deepEqual(improvedBetween(before, after), {
      gained: ['a', 'e'],
      lost: ['b'],
      open: ['c', 'f'],
      isAlike: true,
    });
  });

  it('is not known of points that one of the two left unjudged', () => {
    const before = grade({ a: 'unjudged', b: 'met', c: 'unjudged', d: 'not_met' });
    const after = grade({ a: 'met', b: 'unjudged', c: 'not_met', d: 'unjudged' });
    assert.deepEqual(improvedBetween(before, after), { gained: [], lost: [], open: ['c'], isAlike: true });
  });

  it('leaves out points that one of the rubrics does not know', () => {
    const { gained, lost, open } = improvedBetween(grade({ old: 'not_met' }), grade({ new: 'met' }));
    assert.deepEqual([gained, lost, open], [[], [], []]);
  });

  it('may be the grader’s doing when that is another one, or has another rubric', () => {
    const points = { a: 'met' } as const;
    const others: readonly Provenance[] = [
      { by: 'self' },
      { by: 'offline' },
      { ...MODEL, model: 'other' },
      { ...MODEL, prompt: '0' },
      { ...MODEL, rubric: 'other' },
    ];
    for (const by of others)
      assert.equal(improvedBetween(grade(points), grade(points, by)).isAlike, false, JSON.stringify(by));
    assert.equal(improvedBetween(grade(points, { by: 'self' }), grade(points, { by: 'self' })).isAlike, true);
  });

  it('puts each point in one place at most, and turned round what was gained is lost', () => {
    const verdicts = fc.dictionary(fc.constantFrom(...'abcdef'), fc.constantFrom(...VERDICTS), {
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(verdicts, verdicts, (one, other) => {
        const there = improvedBetween(grade(one), grade(other));
        const back = improvedBetween(grade(other), grade(one));
        const all = [...there.gained, ...there.lost, ...there.open];
        assert.equal(new Set(all).size, all.length);
        assert.deepEqual([...there.gained].sort(), [...back.lost].sort());
        for (const id of all) assert.ok(id in one && id in other);
        const same = improvedBetween(grade(one), grade(one));
        assert.deepEqual([same.gained, same.lost], [[], []]);
      }),
    );
  });
});
