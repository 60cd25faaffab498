import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compareGrades } from '../../../src/core/grading/compare.ts';
import type { Grade, Provenance, Verdict } from '../../../src/core/grading/grade.ts';

const MODEL: Provenance = {
  by: 'model',
  model: 'fake-1',
  destination: 'https://fake.example',
  prompt: '2',
  rubric: 'abcd',
};

function grade(verdicts: Readonly<Record<string, Verdict>>, change: Partial<Grade> = {}): Grade {
  return {
    v: 1,
    subject: { type: 'question', id: 'drift' },
    lang: 'en',
    provenance: MODEL,
    status: 'graded',
    score: 0.5,
    points: Object.entries(verdicts).map(([id, verdict]) => ({ id, verdict })),
    pitfalls: [],
    checks: [],
    ...change,
  };
}

describe('two grades compared', () => {
  it('tell each point that was gained, lost, or stayed', () => {
    const { points } = compareGrades(
      grade({ a: 'not_met', b: 'met', c: 'met', d: 'contradicted', e: 'contradicted', f: 'met' }),
      grade({ a: 'met', b: 'not_met', c: 'met', d: 'not_met', e: 'met', f: 'contradicted' }),
    );
    assert.deepEqual(
      points.map(({ id, change }) => `${id} ${change}`),
      ['a gained', 'b lost', 'c same', 'd same', 'e gained', 'f lost'],
    );
    assert.deepEqual(points[3], { id: 'd', before: 'contradicted', after: 'not_met', change: 'same' });
  });

  it('tell how far the score moved, when both have one', () => {
    assert.equal(compareGrades(grade({}, { score: 0.25 }), grade({}, { score: 0.75 })).score, 0.5);
    assert.equal(compareGrades(grade({}, { score: 1 }), grade({}, { score: 0 })).score, -1);
    assert.equal(compareGrades(grade({}, { score: null }), grade({}, { score: 0 })).score, null);
    assert.equal(compareGrades(grade({}, { score: 0 }), grade({}, { score: null })).score, null);
  });

  it('leave out points that only one of them knows, and keep the order of the later one', () => {
    const { points } = compareGrades(
      grade({ gone: 'met', a: 'met', b: 'met' }),
      grade({ b: 'met', a: 'met', come: 'met' }),
    );
    assert.deepEqual(
      points.map(({ id }) => id),
      ['b', 'a'],
    );
  });

  it('are alike when the same model read the same rubric with the same prompt', () => {
    assert.equal(compareGrades(grade({}), grade({})).isAlike, true);
    for (const change of [
      { model: 'fake-2' },
      { destination: 'https://other.example' },
      { prompt: '3' },
      { rubric: 'ef01' },
    ]) {
      const after = grade({}, { provenance: { ...MODEL, ...change } });
      assert.equal(compareGrades(grade({}), after).isAlike, false, JSON.stringify(change));
    }
  });

  it('are alike by the kind of grader where there is no model', () => {
    const by = (kind: 'offline' | 'self' | 'gate') => grade({}, { provenance: { by: kind } });
    assert.equal(compareGrades(by('offline'), by('offline')).isAlike, true);
    assert.equal(compareGrades(by('offline'), by('self')).isAlike, false);
    assert.equal(compareGrades(by('gate'), grade({})).isAlike, false);
  });

  it('gain one way what they lose the other way', () => {
    const verdicts = fc.constantFrom<Verdict>('met', 'not_met', 'contradicted', 'unjudged');
    const grades = fc.record({ a: verdicts, b: verdicts, c: verdicts }).map((drawn) => grade(drawn));
    fc.assert(
      fc.property(grades, grades, (one, two) => {
        const there = compareGrades(one, two).points.map(({ change }) => change);
        const back = compareGrades(two, one).points.map(({ change }) => change);
        const mirror = { gained: 'lost', lost: 'gained', same: 'same' } as const;
        assert.deepEqual(
          back,
          there.map((change) => mirror[change]),
        );
      }),
    );
  });
});
