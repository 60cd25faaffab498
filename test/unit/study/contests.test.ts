import assert from 'node:assert/strict';
import type { Grade, Provenance } from '../../../src/core/grading/grade.ts';
import type { Contest } from '../../../src/core/store/events.ts';
import { contestCases } from '../../../src/core/study/contests.ts';
import type { Attempt } from '../../../src/core/study/history.ts';

const MODEL: Provenance = { by: 'model', model: 'm', destination: 'd', prompt: '2', rubric: 'abc' };

function attempt(
  id: string,
  subject: Grade['subject'],
  { contest, by = MODEL }: { contest?: Contest; by?: Provenance } = {},
): Attempt {
  const grade: Grade = {
    v: 1,
    subject,
    lang: 'fr',
    provenance: by,
    status: 'graded',
    score: 0.5,
    points: [
      { id: 'a', verdict: 'met' },
      { id: 'b', verdict: 'not_met', reason: 'no' },
    ],
    pitfalls: [],
    checks: [],
  };
  return { id, ts: 1, subject, texts: {}, grade, ...(contest ? { contest } : {}) };
}

const CONTEST: Contest = { points: [{ id: 'b', verdict: 'met' }], note: 'It is there.' };

describe('contested grades as evaluation cases', () => {
  it('hold the answer, both sides’ verdicts, the note, and who graded', () => {
    const question = attempt('1', { type: 'question', id: 'q' }, { contest: CONTEST });
    assert.deepEqual(contestCases([{ attempt: question, texts: { '': 'my words' } }]), [
      {
        id: 'q',
        type: 'question',
        answers: [
          {
            id: '1',
            kind: 'contested',
            lang: 'fr',
            style: 'plain',
            text: 'my words',
            verdicts: { grader: { a: 'met', b: 'not_met' }, candidate: { b: 'met' } },
            note: 'It is there.',
            by: 'model',
            model: 'm',
            prompt: '2',
            rubric: 'abc',
          },
        ],
      },
    ]);
  });

  it('hold the files of an exercise, and no note or model where there is none', () => {
    const contest = { ...CONTEST, note: '' };
    const exercise = attempt('1', { type: 'exercise', id: 'e' }, { contest, by: { by: 'offline' } });
    const [answer] = contestCases([{ attempt: exercise, texts: { 'a.py': 'x = 1' } }])[0]?.answers ?? [];
    assert.deepEqual(answer?.files, { 'a.py': 'x = 1' });
    assert.equal(answer?.by, 'offline');
    for (const name of ['text', 'note', 'model', 'prompt', 'rubric'])
      assert.ok(!(name in (answer ?? {})), name);
  });

  it('stand together by subject, and leave out what nobody contests', () => {
    const all = [
      attempt('1', { type: 'question', id: 'q' }, { contest: CONTEST }),
      attempt('2', { type: 'question', id: 'r' }, { contest: CONTEST }),
      attempt('3', { type: 'question', id: 'q' }, { contest: CONTEST }),
      attempt('4', { type: 'question', id: 's' }),
    ];
    const cases = contestCases(all.map((one) => ({ attempt: one, texts: { '': '' } })));
    assert.deepEqual(
      cases.map(({ id, answers }) => [id, answers.map((answer) => answer.id)]),
      [
        ['q', ['1', '3']],
        ['r', ['2']],
      ],
    );
  });
});
