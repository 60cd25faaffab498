// The statistics that the gold set's own module does not have.
import { bootstrap, type Interval } from '../support/gold.ts';

export function mean(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = Number.NaN, high = Number.NaN] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 0 ? (low + high) / 2 : high;
}

/** Standard deviation of a sample; 0 for a single value, which varies by nothing that is known. */
export function deviation(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
}

/** A measured value beside the true one. */
export interface Against {
  readonly found: number;
  readonly gold: number;
}

export function meanAbsoluteError(pairs: readonly Against[]): number {
  return mean(pairs.map(({ found, gold }) => Math.abs(found - gold)));
}

/** Pearson's r; not a number where one side does not vary. */
export function pearson(pairs: readonly Against[]): number {
  const [found, gold] = [mean(pairs.map((pair) => pair.found)), mean(pairs.map((pair) => pair.gold))];
  let [both, one, other] = [0, 0, 0];
  for (const pair of pairs) {
    both += (pair.found - found) * (pair.gold - gold);
    one += (pair.found - found) ** 2;
    other += (pair.gold - gold) ** 2;
  }
  return one === 0 || other === 0 ? Number.NaN : both / Math.sqrt(one * other);
}

/**
 * Pearson's r with each group's own level taken out: what is left is the order of the answers to a question, and
 * nothing is earned by knowing which question is hard.
 */
export function pearsonWithin(groups: readonly (readonly Against[])[]): number {
  return pearson(
    groups.flatMap((group) => {
      const found = mean(group.map((pair) => pair.found));
      const gold = mean(group.map((pair) => pair.gold));
      return group.map((pair) => ({ found: pair.found - found, gold: pair.gold - gold }));
    }),
  );
}

/** The interval of a mean over single values. */
export function intervalOfMean(
  values: readonly number[],
  options?: { draws?: number; seed?: number },
): Interval {
  return bootstrap(
    values.map((value) => [value]),
    mean,
    options,
  );
}

/** Groups in the order in which their keys first appear. */
export function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = key(item);
    const group = groups.get(name);
    if (group) group.push(item);
    else groups.set(name, [item]);
  }
  return groups;
}

/**
 * The middle 95 % of what share could have given so many hits (Clopper and Pearson): for no hit at all a bootstrap
 * would say 0 to 0, which no number of runs shows.
 */
export function intervalOfShare(hits: number, of: number): Interval {
  if (of === 0) return { low: 0, high: 1 };
  const low = hits === 0 ? 0 : bisect((share) => 1 - below(hits - 1, of, share) - 0.025);
  const high = hits === of ? 1 : bisect((share) => 0.025 - below(hits, of, share));
  return { low, high };
}

// Probability of at most so many hits.
function below(hits: number, of: number, share: number): number {
  if (share <= 0) return 1;
  if (share >= 1) return hits >= of ? 1 : 0;
  let logTerm = of * Math.log1p(-share);
  let sum = Math.exp(logTerm);
  for (let k = 1; k <= hits; k++) {
    logTerm += Math.log((of - k + 1) / k) + Math.log(share) - Math.log1p(-share);
    sum += Math.exp(logTerm);
  }
  return Math.min(1, sum);
}

// Where a function that rises through 0 between 0 and 1 does so.
function bisect(rising: (share: number) => number): number {
  let [low, high] = [0, 1];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (rising(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
