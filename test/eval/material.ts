// What is graded: the gold set with its questions, and the attacks.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { parse } from 'yaml';
import { compileBank } from '../../src/adapters/compileBank.ts';
import type { Exercise, Question, Rubric } from '../../src/core/bank/question.ts';
import type { Assignment } from '../../src/core/grading/gradeAnswer.ts';
import type { Lang } from '../../src/core/language.ts';
import {
  type GoldAnswer,
  type GoldItem,
  type Reading,
  readGold,
  readReadings,
  readSplit,
} from '../support/gold.ts';
import { sha256 } from './items.ts';

export type Half = 'tune' | 'held';

/** A question or an exercise of the gold set, with what its answers are graded against. */
export interface GoldSubject {
  readonly id: string;
  readonly type: GoldItem['type'];
  readonly half: Half;
  readonly assignment: Assignment;
  readonly answers: readonly GoldAnswer[];
  readonly readings: readonly Reading[];
}

export interface Attack {
  readonly family: string;
  readonly held: boolean;
  readonly variants: readonly AttackVariant[];
}

export interface AttackVariant {
  readonly lang: Lang;
  readonly text: string;
  /** The parts that push; what is left without them is honest. */
  readonly orders: readonly string[];
}

export interface Material {
  readonly gold: readonly GoldSubject[];
  /** Of every file of the gold set, by its content. */
  readonly goldHash: string;
  readonly attacks: readonly Attack[];
  readonly attacksHash: string;
  /** What could not be used, and why. */
  readonly notes: readonly string[];
}

export interface Places {
  readonly questions: string;
  readonly gold: string;
  readonly attacks: string;
}

export const PLACES: Places = {
  questions: 'questions',
  gold: path.join('test', 'gold'),
  attacks: path.join('test', 'fixtures', 'injections', 'corpus.yaml'),
};

function assignmentOf(entry: Question | Exercise): Assignment {
  // What an exercise's checks decide is no matter of reading: its design points alone are graded here.
  const rubric: Rubric = { points: entry.points, pitfalls: entry.pitfalls };
  if (!('model_answer' in entry)) {
    const scaffolds = (['fr', 'en'] as const).map((lang) =>
      Object.fromEntries(entry.files.map(({ path: file, scaffold }) => [file, scaffold[lang]])),
    );
    return { rubric, prompts: entry.prompt, scaffolds };
  }
  return { rubric, prompts: entry.prompt, scaffolds: [], reference: Object.values(entry.model_answer) };
}

export function loadMaterial(places: Places = PLACES): Material {
  const bank = compileBank(places.questions);
  const bodies = Object.values(bank.bodies);
  const split = readSplit(places.gold);
  const notes: string[] = [];
  const gold = (['tune', 'held'] as const).flatMap((half) =>
    split[half].flatMap((id): GoldSubject[] => {
      const item = readGold(places.gold, id);
      const entry = bodies
        .map(({ questions, exercises }) => questions[id] ?? exercises[id])
        .find((found) => found !== undefined);
      const readings = readReadings(places.gold, id);
      if (!item) notes.push(`${id}: has no answers in the gold set yet.`);
      else if (!entry) notes.push(`${id}: is not in the bank.`);
      else if (readings.length < 2) notes.push(`${id}: has ${readings.length} readings of two.`);
      else {
        return [
          { id, type: item.type, half, assignment: assignmentOf(entry), answers: item.answers, readings },
        ];
      }
      return [];
    }),
  );
  const attacks = fs.existsSync(places.attacks) ? fs.readFileSync(places.attacks, 'utf8') : '';
  return {
    gold,
    goldHash: hashOfFolder(places.gold),
    attacks: attacks === '' ? [] : (parse(attacks) as Attack[]),
    attacksHash: sha256(attacks).slice(0, 16),
    notes,
  };
}

function hashOfFolder(folder: string): string {
  const files = fs
    .readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.yaml'))
    .sort();
  const parts = files.map((name) => [
    name.split(path.sep).join('/'),
    sha256(fs.readFileSync(path.join(folder, name), 'utf8').replaceAll('\r\n', '\n')),
  ]);
  return sha256(JSON.stringify(parts)).slice(0, 16);
}
