// The corpus of attacks on the grader, and how much of it the core sets aside.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { parse } from 'yaml';
import { addressedToGrader, blankOut } from '../../src/core/grading/injection.ts';
import { normalise } from '../../src/core/grading/normalise.ts';
import type { Lang } from '../../src/core/language.ts';

export interface Attack {
  readonly lang: Lang;
  readonly text: string;
  /** The parts that push a gullible grader, each on a line of its text. */
  readonly orders: readonly string[];
  /** The exercise's file that it is dropped into; prose has none. */
  readonly file?: string;
}

export interface Family {
  readonly family: string;
  /** No pattern was written with these before the rates were taken. */
  readonly held?: boolean;
  readonly variants: readonly Attack[];
}

export interface Innocent {
  readonly lang: Lang;
  readonly text: string;
}

const load = (name: string): unknown =>
  parse(fs.readFileSync(path.join('test', 'fixtures', 'injections', `${name}.yaml`), 'utf8'));

export const proseFamilies = () => load('corpus') as Family[];
export const codeFamilies = () => load('code') as Family[];
export const innocents = () => load('innocent') as Innocent[];

/** What is left of a text once nobody is spoken to, as the second reading sees it. */
export function ownWords(text: string): string {
  const normalised = normalise(text).text;
  return blankOut(normalised, addressedToGrader(normalised));
}

const bare = (text: string) => text.replace(/\s+/g, ' ').trim();

/** The orders of an attack that still stand in a text, which has been normalised. */
export function ordersLeft({ orders }: Pick<Attack, 'orders'>, left: string): string[] {
  return orders.filter((order) => {
    const written = bare(normalise(order).text);
    return written !== '' && bare(left).includes(written);
  });
}
