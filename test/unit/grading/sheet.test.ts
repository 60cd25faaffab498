import assert from 'node:assert/strict';
import fc from 'fast-check';
import { layOut, type Sheet } from '../../../src/core/grading/sheet.ts';
import { DECOY } from '../../support/judge.ts';
import { samplePoint, sampleRubric } from '../../support/samples.ts';

const rubric = sampleRubric();
const ANSWER = 'A PSI against the training data, every night.';
const seeds = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 });
/** Seeds as hashes give them: spread over all that eight digits can say. */
const MANY = Array.from({ length: 400 }, (_, i) =>
  ((i * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, '0'),
);

const decoyOf = ({ rows }: Sheet) => {
  const [decoy, ...others] = rows.filter(({ place }) => place === 'decoy');
  assert.ok(decoy && others.length === 0, 'there is one decoy');
  return decoy;
};
const nameOf = (sheet: Sheet) => {
  const { statement, not_enough } = decoyOf(sheet);
  const names = [statement.fr, statement.en, not_enough.fr, not_enough.en].map(
    (text) => DECOY.exec(text)?.[0],
  );
  assert.ok(names[0], `${statement.en} holds no name that the judges of the tests know`);
  assert.deepEqual(new Set(names).size, 1, 'one name in both languages and in the near miss');
  return names[0];
};
const slotOf = ({ rows }: Sheet) => rows.findIndex(({ place }) => place === 'decoy');

describe('the sheet of a question', () => {
  it('holds the points in their order, one decoy among them, and the pitfalls', () => {
    fc.assert(
      fc.property(seeds, fc.nat(5), (seed, turn) => {
        const { rows, pitfalls } = layOut(rubric, { seed, turn, answer: ANSWER });
        const points = rows.filter(({ place }) => place !== 'decoy');
        assert.deepEqual(
          points.map(({ place }) => place),
          [0, 1, 2],
        );
        assert.deepEqual(
          points.map(({ statement, not_enough }) => ({ statement, not_enough })),
          rubric.points.map(({ statement, not_enough }) => ({ statement, not_enough })),
        );
        assert.equal(rows.length, 4);
        assert.deepEqual(
          pitfalls.map(({ key, place }) => [key, place]),
          [
            ['x01', 0],
            ['x02', 1],
          ],
        );
      }),
    );
  });

  it('is the same for every answer, so that a server may keep the beginning of the prompt', () => {
    fc.assert(
      fc.property(seeds, fc.string(), fc.nat(5), (seed, answer, turn) => {
        fc.pre(!DECOY.test(answer));
        assert.deepEqual(
          layOut(rubric, { seed, turn, answer }),
          layOut(rubric, { seed, turn, answer: ANSWER }),
        );
      }),
    );
  });

  it('has another decoy when the answer happens to hold the name of the first', () => {
    for (const seed of MANY.slice(0, 50)) {
      const name = nameOf(layOut(rubric, { seed, answer: ANSWER }));
      for (const written of [name, name.toUpperCase(), `x${name.toLowerCase()}s`]) {
        assert.notEqual(nameOf(layOut(rubric, { seed, answer: `As ${written} said.` })), name);
      }
    }
  });

  it('still has a decoy when the answer holds every name', () => {
    const answer = DECOY.source.replaceAll('|', ', ');
    for (const seed of MANY.slice(0, 20)) nameOf(layOut(rubric, { seed, answer }));
  });

  it('has another decoy in each turn', () => {
    for (const seed of MANY.slice(0, 50)) {
      const names = [0, 1, 2, 3].map((turn) => nameOf(layOut(rubric, { seed, turn, answer: ANSWER })));
      assert.equal(new Set(names).size, 4, names.join());
    }
  });

  it('puts the decoy into any slot, first and last included, about equally often', () => {
    const slots = MANY.map((seed) => slotOf(layOut(rubric, { seed, answer: ANSWER })));
    for (const slot of [0, 1, 2, 3]) {
      const times = slots.filter((other) => other === slot).length;
      assert.ok(times > 60 && times < 140, `slot ${slot}: ${times} of ${slots.length}`);
    }
  });

  it('moves the decoy from turn to turn', () => {
    for (const seed of MANY.slice(0, 50)) {
      const [one, two] = [0, 1].map((turn) => slotOf(layOut(rubric, { seed, turn, answer: ANSWER })));
      assert.notEqual(one, two);
    }
  });

  it('draws from exactly the names that the judges of the tests know', () => {
    const drawn = new Set(MANY.map((seed) => nameOf(layOut(rubric, { seed, answer: ANSWER }))));
    assert.deepEqual([...drawn].sort(), DECOY.source.split('|').sort());
  });

  it('has keys that sort as they are listed, for the longest rubric too', () => {
    const long = { points: Array.from({ length: 30 }, (_, i) => samplePoint(`n${i}`, 1)), pitfalls: [] };
    for (const seed of MANY.slice(0, 20)) {
      const keys = layOut(long, { seed, answer: '' }).rows.map(({ key }) => key);
      assert.deepEqual(keys.toSorted(), keys);
      assert.equal(keys[0], 'p01');
      assert.equal(keys.at(-1), 'p31');
    }
  });

  it('tells the decoy from a point by its words alone', () => {
    for (const seed of MANY.slice(0, 50)) {
      const { rows } = layOut(rubric, { seed, answer: ANSWER });
      for (const row of rows) assert.match(row.key, /^p\d\d$/);
      assert.match(decoyOf({ rows, pitfalls: [] }).statement.en, /^The answer explains .+, step by step\.$/);
      assert.match(
        decoyOf({ rows, pitfalls: [] }).statement.fr,
        /^La réponse explique .+, étape par étape\.$/,
      );
    }
  });

  it('has a decoy for a seed that is no number, or a long one', () => {
    for (const seed of ['', 'zz', 'ffffffffffff']) nameOf(layOut(rubric, { seed, answer: ANSWER }));
  });
});

describe('the sheet of some points', () => {
  it('has a decoy of its own beside them, and no pitfalls', () => {
    for (const seed of MANY.slice(0, 50)) {
      const sheet = layOut(rubric, { seed, answer: ANSWER, places: [2] });
      assert.deepEqual(
        sheet.rows.map(({ place }) => place).filter((place) => place !== 'decoy'),
        [2],
      );
      nameOf(sheet);
      assert.deepEqual(sheet.pitfalls, []);
    }
  });

  it('has the pitfalls when they are asked for, with no point', () => {
    const sheet = layOut(rubric, { seed: '0', answer: ANSWER, places: [], withPitfalls: true });
    assert.deepEqual(
      sheet.rows.map(({ place }) => place),
      ['decoy'],
    );
    assert.equal(sheet.pitfalls.length, 2);
  });

  it('leaves out places that the rubric does not have', () => {
    const { rows } = layOut(rubric, { seed: '0', answer: ANSWER, places: [1, 7] });
    assert.deepEqual(
      rows.map(({ place }) => place).filter((place) => place !== 'decoy'),
      [1],
    );
  });
});
