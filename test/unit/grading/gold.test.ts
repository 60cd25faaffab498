import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {
  agreed,
  bestThreshold,
  bootstrap,
  kappa,
  overlap,
  type Pair,
  type Reading,
  readGold,
  readReadings,
  readSplit,
  seeded,
} from '../../support/gold.ts';
import { accept, samplePoint } from '../../support/samples.ts';

/** So many pairs of each kind: both say met, only the first, only the second, neither. */
function pairs(both: number, gold: number, found: number, neither: number): Pair[] {
  const times = (count: number, pair: Pair) => Array.from({ length: count }, () => pair);
  return [
    ...times(both, { gold: true, found: true }),
    ...times(gold, { gold: true, found: false }),
    ...times(found, { gold: false, found: true }),
    ...times(neither, { gold: false, found: false }),
  ];
}

describe('Cohen’s κ', () => {
  it('is that of worked examples', () => {
    // Cohen's formula by hand: (.70 - .50) / (1 - .50), and (.60 - .54) / (1 - .54).
    assert.ok(Math.abs(kappa(pairs(20, 5, 10, 15)) - 0.4) < 1e-9);
    assert.ok(Math.abs(kappa(pairs(45, 15, 25, 15)) - 0.06 / 0.46) < 1e-9);
  });

  it('is 1 for full agreement, 0 for chance, below 0 for less', () => {
    assert.equal(kappa(pairs(7, 0, 0, 3)), 1);
    assert.equal(kappa(pairs(5, 0, 0, 0)), 1);
    assert.ok(Math.abs(kappa(pairs(25, 25, 25, 25))) < 1e-9);
    assert.equal(kappa(pairs(0, 10, 10, 0)), -1);
  });
});

describe('the bootstrap interval', () => {
  const mean = (sample: readonly number[]) => sample.reduce((a, b) => a + b, 0) / sample.length;

  it('holds the statistic, and is wider for fewer answers', () => {
    const draw = seeded(7);
    const of = (count: number) => Array.from({ length: count }, () => [draw(), draw()]);
    const [few, many] = [bootstrap(of(20), mean), bootstrap(of(500), mean)];
    assert.ok(few.low < 0.5 && 0.5 < few.high);
    assert.ok(many.high - many.low < (few.high - few.low) / 2);
  });

  it('is the same in every run', () => {
    const clusters = [[1, 2], [3], [4, 5, 6]];
    assert.deepEqual(bootstrap(clusters, mean), bootstrap(clusters, mean));
  });

  it('draws whole answers', () => {
    const { low, high } = bootstrap([[1, 1, 1, 1]], mean);
    assert.deepEqual([low, high], [1, 1]);
  });
});

describe('a label', () => {
  const reading = (reader: string, verdict: 'met' | 'not_met' | 'contradicted'): Reading => ({
    id: 'q',
    reader,
    verdicts: { 'good-fr': { alert: verdict } },
  });

  it('is what both readers say, met or not', () => {
    assert.equal(agreed([reading('a', 'met'), reading('b', 'met')], 'good-fr', 'alert'), true);
    assert.equal(agreed([reading('a', 'not_met'), reading('b', 'contradicted')], 'good-fr', 'alert'), false);
  });

  it('is none where they differ, or where one has not read', () => {
    assert.equal(agreed([reading('a', 'met'), reading('b', 'not_met')], 'good-fr', 'alert'), undefined);
    assert.equal(agreed([reading('a', 'met')], 'good-fr', 'window'), undefined);
    assert.equal(agreed([], 'good-fr', 'alert'), undefined);
  });
});

describe('the baseline', () => {
  const point = samplePoint('window', 1, {
    statement: { fr: 'Fenêtre récente.', en: 'Recent window.' },
    accept: accept([['fenêtre']], [['window']]),
  });

  it('is the share of a point’s words that stand anywhere', () => {
    assert.equal(overlap(point, 'en', 'A window. Later, something recent.'), 2 / 3);
    assert.equal(overlap(point, 'en', 'Nothing.'), 0);
    assert.equal(overlap(point, 'fr', 'des fenêtres récentes'), 2 / 3);
  });

  it('calls a point met from the share that agrees best', () => {
    const scores = [0.1, 0.2, 0.3, 0.6, 0.7].map((share) => ({ share, gold: share > 0.5 }));
    assert.equal(bestThreshold(scores), 0.6);
  });
});

describe('the files of the gold set', () => {
  it('are read as they are written, and are absent when they are', () => {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'gold-'));
    const write = (name: string, text: string) => {
      fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
      fs.writeFileSync(path.join(dir, name), text);
    };
    write('split.yaml', 'tune: [q]\nheld: [r]\n');
    write('q.yaml', 'id: q\ntype: question\nanswers: []\n');
    write('readings/b/q.yaml', 'id: q\nreader: b\nverdicts: {}\n');
    write('readings/a/q.yaml', 'id: q\nreader: a\nverdicts: {}\n');
    assert.deepEqual(readSplit(dir), { tune: ['q'], held: ['r'] });
    assert.equal(readGold(dir, 'q')?.type, 'question');
    assert.equal(readGold(dir, 'r'), undefined);
    assert.deepEqual(
      readReadings(dir, 'q').map(({ reader }) => reader),
      ['a', 'b'],
    );
    assert.deepEqual(readReadings(dir, 'r'), []);
    fs.rmSync(dir, { recursive: true });
  });
});
