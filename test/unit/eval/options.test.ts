import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { BAR_IDS, type FigureId, THRESHOLDS } from '../../eval/bars.ts';
import type { Outcome } from '../../eval/items.ts';
import { parseOptions, Trouble } from '../../eval/options.ts';
import { Store } from '../../eval/store.ts';
import { useFolder } from '../../support/folders.ts';

const LIVE = ['--base-url', 'https://models.example/v1', '--model', 'm'];

describe('the command of an evaluation', () => {
  it('has all bars and four answers at a time unless it says otherwise', () => {
    const options = parseOptions(LIVE);
    assert.deepEqual(options.bars, BAR_IDS);
    assert.equal(options.parallel, 4);
    assert.equal(options.out, 'eval-results');
    assert.equal(parseOptions(['--base-url=http://localhost:11434/v1', '--model', 'm']).parallel, 1);
  });

  it('takes values after a space or an equals sign', () => {
    const options = parseOptions([...LIVE, '--bars=g,C', '--limit', '12', '--price-in=0.15', '--yes']);
    assert.deepEqual(options.bars, ['C', 'G']);
    assert.equal(options.limit, 12);
    assert.equal(options.priceIn, 0.15);
    assert.equal(options.yes, true);
  });

  it('is refused with a word on why', () => {
    const refused: readonly (readonly [readonly string[], RegExp])[] = [
      [['--model', 'm'], /--base-url is missing/],
      [['--base-url', 'https://models.example/v1'], /--model is missing/],
      [['--base-url', 'http://models.example/v1', '--model', 'm'], /no address to send answers to/],
      [[...LIVE, '--bars', 'G,Z'], /no bar Z/],
      [['--offline', '--bars', 'C'], /about a model/],
      [[...LIVE, '--limit', 'some'], /a whole number/],
      [[...LIVE, '--price-in', '-1'], /a price/],
      [[...LIVE, '--colour', 'red'], /no option --colour/],
      [[...LIVE, '--out'], /--out needs a value/],
      [[...LIVE, '--out', '--yes'], /--out needs a value/],
      [['--offline', '--record', 'there'], /needs an endpoint/],
    ];
    for (const [argv, why] of refused)
      assert.throws(
        () => parseOptions(argv),
        (error: unknown) => error instanceof Trouble && why.test(error.message),
        argv.join(' '),
      );
  });
});

describe('the table of bars', () => {
  it('has a figure for every bar, each with a mark and the row it comes from', () => {
    const thresholds = Object.entries(THRESHOLDS) as [FigureId, (typeof THRESHOLDS)[FigureId]][];
    assert.deepEqual(new Set(thresholds.map(([, { bar }]) => bar)), new Set(BAR_IDS));
    for (const [id, { bar, must, row }] of thresholds) {
      assert.ok(id.startsWith(`${bar}.`), id);
      assert.ok(
        Object.values(must).some((value) => value !== undefined),
        id,
      );
      assert.notEqual(row, '', id);
    }
  });
});

describe('what is kept of a run', () => {
  const folder = useFolder();
  const outcome = (key: string, score: number): Outcome => ({
    ...{ key, id: `item-${key}`, score, points: [], pitfalls: [], notices: [], milliseconds: 5 },
  });

  it('is there again, with the time of the first beginning', () => {
    const file = path.join(folder(), 'deep', 'run.jsonl');
    const first = new Store(file, Date.UTC(2026, 0, 1));
    first.add(outcome('a', 0.5));
    const second = new Store(file, Date.UTC(2026, 5, 1));
    assert.equal(second.startedAt, '2026-01-01T00:00:00.000Z');
    assert.deepEqual(second.get('a'), outcome('a', 0.5));
    assert.equal(second.broken, 0);
    assert.equal(new Store(file, 0, true).get('a'), undefined);
  });

  it('outlives a line that was torn or damaged, and loses no line after it', () => {
    const file = path.join(folder(), 'run.jsonl');
    const store = new Store(file, 0);
    store.add(outcome('a', 0.5));
    store.add(outcome('b', 1));
    const text = fs.readFileSync(file, 'utf8');
    fs.writeFileSync(file, `${text.slice(0, -20)}`);
    const torn = new Store(file, 0);
    assert.equal(torn.get('b'), undefined);
    assert.equal(torn.broken, 1);
    torn.add(outcome('c', 0));
    fs.appendFileSync(file, 'null\n[]\n{"key":1}\n\u0000\n');
    const after = new Store(file, 0);
    assert.deepEqual(after.get('a'), outcome('a', 0.5));
    assert.deepEqual(after.get('c'), outcome('c', 0));
    assert.equal(after.broken, 5);
  });

  it('says the last word of an answer that was graded again', () => {
    const file = path.join(folder(), 'run.jsonl');
    const store = new Store(file, 0);
    store.add({ ...outcome('a', 0), score: null, failure: { code: 'reply_empty', params: {} } });
    store.add(outcome('a', 0.75));
    assert.equal(new Store(file, 0).get('a')?.score, 0.75);
  });
});
