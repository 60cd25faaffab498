import type { Rubric } from '../bank/question.ts';
import type { Localized } from '../language.ts';

/**
 * A point that nobody can meet: a procedure that does not exist. A judge that finds it in an answer agrees
 * with everything, or has been talked into it.
 */
export interface Decoy {
  readonly statement: Localized;
  readonly not_enough: Localized;
  /** The invented name, by which an answer that happens to hold it is recognised. */
  readonly name: string;
}

const INVENTED: readonly (readonly [name: string, fr: string, en: string])[] = [
  ['Orlin', 'le cliquet d’Orlin', 'the Orlin ratchet'],
  ['Kessarin', 'le relais de Kessarin', 'the Kessarin handover'],
  ['Veltrane', 'l’échantillonnage de Veltrane', 'Veltrane sampling'],
  ['Maubrec', 'l’indice de Maubrec', 'the Maubrec index'],
  ['Tildorf', 'la porte de Tildorf', 'the Tildorf gate'],
  ['Quenby', 'la rotation de Quenby', 'the Quenby rotation'],
  ['Sarvane', 'le registre de Sarvane', 'the Sarvane ledger'],
  ['Pellorin', 'la partition de Pellorin', 'the Pellorin split'],
];

const DECOYS: readonly Decoy[] = INVENTED.map(([name, fr, en]) => ({
  name,
  statement: {
    fr: `La réponse explique ${fr}, étape par étape.`,
    en: `The answer explains ${en}, step by step.`,
  },
  not_enough: { fr: `Nommer ${fr} seulement.`, en: `Naming ${en} only.` },
}));

/** One row of what the model is asked: a point of the rubric by its place, or the decoy. */
export interface SheetRow {
  readonly key: string;
  readonly place: number | 'decoy';
  readonly statement: Localized;
  readonly not_enough: Localized;
}

/** What one request asks: rows for points, in the order of their keys, and the pitfalls. */
export interface Sheet {
  readonly rows: readonly SheetRow[];
  readonly pitfalls: readonly {
    readonly key: string;
    readonly place: number;
    readonly statement: Localized;
  }[];
}

/** Key of the i-th row: letters sort as the prompt lists them. */
function key(letter: 'p' | 'x', i: number): string {
  return `${letter}${String(i + 1).padStart(2, '0')}`;
}

export interface SheetOptions {
  /** Anything that stays the same for a question, as hexadecimal digits: it picks the decoy and its slot. */
  readonly seed: string;
  /** Which try this is; each has another decoy in another slot. */
  readonly turn?: number;
  /** The answer, so that no decoy is a word of it. */
  readonly answer: string;
  /** Only these points, by their places; the pitfalls are then left out unless `withPitfalls`. */
  readonly places?: readonly number[];
  readonly withPitfalls?: boolean;
}

/**
 * Lays out what is asked of a model. For one question the sheet is the same for every answer, so that a
 * server may keep the prompt's beginning.
 */
export function layOut(rubric: Rubric, options: SheetOptions): Sheet {
  const { seed, turn = 0, answer } = options;
  const places = options.places ?? [...rubric.points.keys()];
  const lower = answer.toLowerCase();
  const usable = DECOYS.filter(({ name }) => !lower.includes(name.toLowerCase()));
  const pool = usable.length > 0 ? usable : DECOYS;
  const number = Number.parseInt(seed.slice(0, 8), 16) || 0;
  const decoy = pool[(number + turn) % pool.length];
  const slot = (Math.floor(number / 97) + turn * 2) % (places.length + 1);
  const asked = places.flatMap((place) => {
    const point = rubric.points[place];
    return point ? [{ place, statement: point.statement, not_enough: point.not_enough }] : [];
  });
  const rows: Omit<SheetRow, 'key'>[] = [...asked];
  if (decoy)
    rows.splice(slot, 0, { place: 'decoy', statement: decoy.statement, not_enough: decoy.not_enough });
  const pitfalls = options.places === undefined || options.withPitfalls ? rubric.pitfalls : [];
  return {
    rows: rows.map((row, i) => ({ key: key('p', i), ...row })),
    pitfalls: pitfalls.map(({ statement }, place) => ({ key: key('x', place), place, statement })),
  };
}
