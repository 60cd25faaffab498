// The gold set: answers written for the purpose, read point by point by two readers, and the statistics on them.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { parse } from 'yaml';
import type { Rubric } from '../../src/core/bank/question.ts';
import { isFiller, stemsOf, tokensOf } from '../../src/core/grading/words.ts';
import { LANGS, type Lang } from '../../src/core/language.ts';

export type GoldKind =
  | 'empty_handed'
  | 'keyword_stuffed'
  | 'confidently_wrong'
  | 'partial_low'
  | 'partial_mid'
  | 'good'
  | 'excellent'
  | 'off_topic';

export interface GoldAnswer {
  readonly id: string;
  readonly kind: GoldKind;
  readonly lang: Lang;
  readonly style: string;
  readonly text: string;
}

export interface GoldItem {
  readonly id: string;
  readonly type: 'question' | 'exercise';
  readonly answers: readonly GoldAnswer[];
}

type Verdict = 'met' | 'not_met' | 'contradicted';

export interface Reading {
  readonly id: string;
  readonly reader: string;
  readonly verdicts: Readonly<Record<string, Readonly<Record<string, Verdict>>>>;
  readonly pitfalls?: Readonly<Record<string, readonly string[]>>;
}

/** Questions to tune on, and questions that are only ever looked at as a whole. */
export interface Split {
  readonly tune: readonly string[];
  readonly held: readonly string[];
}

const load = (file: string): unknown => parse(fs.readFileSync(file, 'utf8'));

export function readSplit(dir: string): Split {
  return load(path.join(dir, 'split.yaml')) as Split;
}

export function readGold(dir: string, id: string): GoldItem | undefined {
  const file = path.join(dir, `${id}.yaml`);
  return fs.existsSync(file) ? (load(file) as GoldItem) : undefined;
}

/** The readings of an item, one per reader who has read it. */
export function readReadings(dir: string, id: string): Reading[] {
  const readers = path.join(dir, 'readings');
  if (!fs.existsSync(readers)) return [];
  return fs
    .readdirSync(readers)
    .sort()
    .map((reader) => path.join(readers, reader, `${id}.yaml`))
    .filter((file) => fs.existsSync(file))
    .map((file) => load(file) as Reading);
}

/** Whether a point is met, by readers who agree on it; undefined when they do not, or when it was not read. */
export function agreed(readings: readonly Reading[], answer: string, point: string): boolean | undefined {
  const verdicts = readings.map((reading) => reading.verdicts[answer]?.[point]);
  const [first] = verdicts;
  if (first === undefined || verdicts.includes(undefined)) return undefined;
  const isMet = first === 'met';
  return verdicts.every((verdict) => (verdict === 'met') === isMet) ? isMet : undefined;
}

/** Two judgements of the same point of an answer. */
export interface Pair {
  readonly gold: boolean;
  readonly found: boolean;
}

/** Cohen's κ: agreement beyond what the two shares of "met" would give by chance. */
export function kappa(pairs: readonly Pair[]): number {
  const share = (test: (pair: Pair) => boolean) => pairs.filter(test).length / pairs.length;
  const agreement = share(({ gold, found }) => gold === found);
  const [gold, found] = [share((pair) => pair.gold), share((pair) => pair.found)];
  const chance = gold * found + (1 - gold) * (1 - found);
  return chance === 1 ? 1 : (agreement - chance) / (1 - chance);
}

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * The middle 95 % of a statistic over samples drawn again with replacement. What is drawn are clusters (answers, not
 * points), because the points of one answer are not independent.
 */
export function bootstrap<T>(
  clusters: readonly (readonly T[])[],
  statistic: (sample: readonly T[]) => number,
  { draws = 1000, seed = 1 } = {},
): Interval {
  const random = seeded(seed);
  const values = Array.from({ length: draws }, () =>
    statistic(clusters.flatMap(() => clusters[Math.floor(random() * clusters.length)] ?? [])),
  ).sort((a, b) => a - b);
  const at = (share: number) => values[Math.min(draws - 1, Math.floor(share * draws))] ?? Number.NaN;
  return { low: at(0.025), high: at(0.975) };
}

const stems = (text: string) =>
  tokensOf(text)
    .filter((token) => !token.isMark && !isFiller(token.text))
    .map((token) => stemsOf(token).all);

/** The baseline: per point, the share of the stems of its statement and its terms that stand anywhere in the answer. */
export function overlap(point: Rubric['points'][number], lang: Lang, answer: string): number {
  const wanted = [point.statement[lang], ...LANGS.flatMap((l) => point.accept?.[l].flat() ?? [])].flatMap(
    stems,
  );
  const distinct = new Map(wanted.map((forms) => [forms.join(), forms]));
  const said = new Set(stems(answer).flat());
  const met = [...distinct.values()].filter((forms) => forms.some((stem) => said.has(stem)));
  return met.length / Math.max(1, distinct.size);
}

/** The share from which the baseline calls a point met: the one with the best κ. */
export function bestThreshold(scores: readonly { readonly gold: boolean; readonly share: number }[]): number {
  let best = { threshold: 1, kappa: Number.NEGATIVE_INFINITY };
  for (const threshold of new Set(scores.map(({ share }) => share))) {
    const value = kappa(scores.map(({ gold, share }) => ({ gold, found: share >= threshold })));
    if (value > best.kappa) best = { threshold, kappa: value };
  }
  return best.threshold;
}
