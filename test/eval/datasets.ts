// Public sets of graded short answers. None of them is in the repository: see README.md for where they come from.
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Rubric } from '../../src/core/bank/question.ts';
import { fold } from '../../src/core/grading/terms.ts';
import { contentWords } from '../../src/core/grading/words.ts';
import { seeded } from '../support/gold.ts';
import { sha256 } from './items.ts';
import { Trouble } from './options.ts';

export interface GradedAnswer {
  /** `unseen_questions`, `unseen_answers`, or '' where the set has no such parts. */
  readonly part: string;
  /** Of the question: the same text is the same question. */
  readonly question: string;
  readonly reference: string;
  readonly answer: string;
  /** 0 to 1. */
  readonly score: number;
  /** The raters' own marks, 0 to 1, where they are told apart. */
  readonly raters?: readonly [number, number];
}

export interface Dataset {
  readonly answers: readonly GradedAnswer[];
  /** Answers that were left out because nothing was handed in. */
  readonly blanks: number;
  /** Of every compiled reference: what the points were when the figures were taken. */
  readonly frozen: string;
}

/** Compiled references of SAF's two test parts in its repository (commit of 2022), as this code compiles them. */
export const FROZEN_SAF = '9e1b924d437a000e';

const BLANK = /^\W*(?:(?:no|empty|blank)\W+(?:submission|response|answer)s?|n\W?a|none|null)?\W*$/i;

/** Whether nothing was handed in: counted as an answer, it would be the easiest to grade of all. */
export function isBlank(answer: string): boolean {
  return BLANK.test(answer.trim());
}

/** @throws Trouble when the path holds no such answers */
export function readSaf(source: string): Dataset {
  if (!fs.existsSync(source)) throw new Trouble(`--saf ${source}: there is no such file or folder.`);
  const answers = fs.statSync(source).isDirectory() ? readXmlFolder(source) : readTable(source, 1);
  return finish(answers, source, 'saf');
}

/** @throws Trouble when the file holds no such answers */
export function readMohler(source: string, wanted = 500): Dataset {
  if (!fs.existsSync(source)) throw new Trouble(`--mohler ${source}: there is no such file.`);
  const all = finish(readTable(source, 5), source, 'mohler');
  return { ...all, answers: stratified(all.answers, wanted) };
}

function finish(all: readonly GradedAnswer[], source: string, option: string): Dataset {
  const answers = all.filter(({ answer }) => !isBlank(answer));
  if (answers.length === 0)
    throw new Trouble(`--${option} ${source}: holds no graded answers that can be read.`);
  const references = [...new Map(answers.map(({ question, reference }) => [question, reference]))].sort(
    ([one], [other]) => (one < other ? -1 : 1),
  );
  const compiled = references.map(([question, reference]) => [question, pointsOf(reference)]);
  return {
    answers,
    blanks: all.length - answers.length,
    frozen: sha256(JSON.stringify(compiled)).slice(0, 16),
  };
}

// A repository has its German half, and answers to train on; what is asked for are the two English test parts.
function readXmlFolder(folder: string): GradedAnswer[] {
  const files = fs
    .readdirSync(folder, { recursive: true })
    .map((name) => String(name).split(path.sep).join('/'))
    .filter((name) => name.endsWith('.xml') && !/(^|\/)(german|training|validation)\//.test(name))
    .sort();
  return files.flatMap((name) => {
    const part =
      /(?:^|\/)(unseen_questions|unseen_answers)\//.exec(`${path.basename(folder)}/${name}`)?.[1] ?? '';
    const absolute = path.resolve(folder, name).split(path.sep).join('/');
    return readXml(
      fs.readFileSync(path.join(folder, name), 'utf8'),
      part || (/\/(unseen_questions|unseen_answers)\//.exec(absolute)?.[1] ?? ''),
    );
  });
}

const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function xmlText(source: string): string {
  return source
    .replace(/<!\[CDATA\[([\s\S]*?)\]\]>/g, '$1')
    .replace(/&(#x?[0-9a-f]+|\w+);/gi, (all, name: string) => {
      if (!name.startsWith('#')) return NAMED[name] ?? all;
      const code = Number.parseInt(name.slice(name[1] === 'x' ? 2 : 1), name[1] === 'x' ? 16 : 10);
      return Number.isFinite(code) && code <= 0x10ffff ? String.fromCodePoint(code) : all;
    })
    .trim();
}

/** One question of SAF as its repository keeps it. */
export function readXml(source: string, part: string): GradedAnswer[] {
  const inside = (name: string, within: string) =>
    xmlText(new RegExp(`<${name}(?:\\s[^>]*)?>([\\s\\S]*?)</${name}>`).exec(within)?.[1] ?? '');
  const question = inside('questionText', source);
  const reference = inside('referenceAnswer', source);
  return [...source.matchAll(/<studentAnswer\b[^>]*>([\s\S]*?)<\/studentAnswer>/g)].flatMap(
    ([, body = '']) => {
      const score = Number(inside('score', body) || Number.NaN);
      if (question === '' || reference === '' || !Number.isFinite(score)) return [];
      return [{ part, question, reference, answer: inside('response', body), score: inOne(score) }];
    },
  );
}

const inOne = (score: number) => Math.min(1, Math.max(0, score));

const COLUMNS = {
  question: ['question', 'question_text'],
  reference: ['reference_answer', 'desired_answer', 'instructor_answer', 'reference'],
  answer: ['provided_answer', 'student_answer', 'answer', 'response'],
  score: ['score', 'score_avg', 'grade', 'average'],
  one: ['score_me', 'score_grader_1', 'rater_1'],
  other: ['score_other', 'score_grader_2', 'rater_2'],
  part: ['part', 'split'],
} as const;

type Row = Readonly<Record<string, unknown>>;

function readTable(file: string, scale: number): GradedAnswer[] {
  const text = fs.readFileSync(file, 'utf8').replace(/^\ufeff/, '');
  const rows = /\.(jsonl?|ndjson)$/i.test(file) ? readJson(text, file) : readCsv(text);
  const of = (row: Row, names: readonly string[]) => {
    const name = names.find((candidate) => row[candidate] !== undefined && row[candidate] !== '');
    return name === undefined ? '' : String(row[name]).trim();
  };
  return rows.flatMap((row): GradedAnswer[] => {
    const [question, reference] = [of(row, COLUMNS.question), of(row, COLUMNS.reference)];
    const [one, other] = [of(row, COLUMNS.one), of(row, COLUMNS.other)].map((mark) =>
      mark === '' ? Number.NaN : inOne(Number(mark) / scale),
    );
    const written = of(row, COLUMNS.score);
    const mean = ((one ?? Number.NaN) + (other ?? Number.NaN)) / 2;
    const score = written === '' ? mean : inOne(Number(written) / scale);
    const part = of(row, COLUMNS.part).replace(/^test_/, '');
    const isForTraining = part === 'train' || part === 'validation';
    if (question === '' || reference === '' || !Number.isFinite(score) || isForTraining) return [];
    return [
      {
        part,
        question,
        reference,
        answer: of(row, COLUMNS.answer),
        score,
        ...(one !== undefined && other !== undefined && Number.isFinite(mean)
          ? { raters: [one, other] }
          : {}),
      },
    ];
  });
}

function readJson(text: string, file: string): Row[] {
  try {
    const rows: unknown = text.trimStart().startsWith('[')
      ? JSON.parse(text)
      : text
          .split('\n')
          .filter((line) => line.trim() !== '')
          .map((line): unknown => JSON.parse(line));
    return (rows as unknown[]).filter((row): row is Row => typeof row === 'object' && row !== null);
  } catch (error) {
    throw new Trouble(`${file}: ${error instanceof Error ? error.message : 'is not JSON'}`);
  }
}

/** Comma- or tab-separated values with a heading; fields in quotes may hold line breaks. */
export function readCsv(text: string): Row[] {
  const separator = (text.split('\n', 1)[0] ?? '').includes('\t') ? '\t' : ',';
  const rows: string[][] = [[]];
  let [field, isQuoted] = ['', false];
  const endField = () => {
    rows.at(-1)?.push(field);
    field = '';
  };
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (isQuoted) {
      if (char !== '"') field += char;
      else if (text[i + 1] === '"') {
        field += char;
        i += 1;
      } else isQuoted = false;
    } else if (char === '"' && field === '') isQuoted = true;
    else if (char === separator) endField();
    else if (char === '\n') {
      endField();
      rows.push([]);
    } else if (char !== '\r') field += char;
  }
  if (field !== '' || (rows.at(-1)?.length ?? 0) > 0) endField();
  const [heading = [], ...body] = rows.filter((row) => row.length > 1);
  return body.map((row) =>
    Object.fromEntries(heading.map((name, i) => [name.trim().toLowerCase(), row[i] ?? ''])),
  );
}

/** As many answers of each mark as there are of it in the whole; always the same ones. */
export function stratified(answers: readonly GradedAnswer[], wanted: number): GradedAnswer[] {
  if (answers.length <= wanted) return [...answers];
  const random = seeded(20_111);
  const drawn = answers
    .map((answer) => ({ answer, mark: Math.round(answer.score * 5), draw: random() }))
    .sort((a, b) => a.mark - b.mark || a.draw - b.draw)
    .map(({ answer }) => answer);
  // Evenly through the marks in their order: each has its share, and chance only chooses within it.
  return Array.from(
    { length: wanted },
    (_, i) => drawn[Math.floor(((i + 0.5) * drawn.length) / wanted)],
  ).flatMap((answer) => answer ?? []);
}

const BULLET = /^\s*(?:[●○•▪◦*–-]|→|\(?\d{1,2}[.)](?!\d)|\(?[a-z]\))\s*/u;
const NOTE = /^\(?notes?\b/i;
const SHORTEST_CLAIM = 2;

/**
 * The claims of a reference answer: one sentence or one item of a list is one point. Headings, notes to the grader
 * and marks in brackets are none.
 */
export function pointsOf(reference: string): string[] {
  const pieces: string[] = [];
  for (const line of reference.split('\n')) {
    const text = line
      .replace(/\(\s*\d*[.,]?\d+\s*(?:p(?:oin)?ts?)?\s*\)/gi, ' ')
      .replace(/\s+/g, ' ')
      .trim();
    if (text === '') {
      pieces.push('');
      continue;
    }
    const before = pieces.at(-1);
    const goesOn =
      before !== undefined &&
      before !== '' &&
      !BULLET.test(line) &&
      !NOTE.test(text) &&
      !/[.:!?]$/.test(before);
    if (goesOn) pieces[pieces.length - 1] = `${before} ${text}`;
    else pieces.push(text.replace(BULLET, ''));
  }
  const sentences = pieces.flatMap((piece) => piece.split(/(?<=[.!?])\s+(?=[\p{Lu}\d"“(])/u));
  const claims = sentences
    .map((sentence) => sentence.trim())
    .filter((sentence) => !sentence.endsWith(':') && !NOTE.test(sentence))
    .filter((sentence) => contentWords(sentence) >= SHORTEST_CLAIM);
  return claims.length > 0 ? claims : [reference.replace(/\s+/g, ' ').trim()];
}

/** A rubric whose points weigh the same, from a reference answer. */
export function compile(reference: string): Rubric {
  const near = 'Naming the subject without this claim.';
  return {
    points: pointsOf(reference).map((claim, i) => {
      const statement = `The answer says: ${claim}`;
      return {
        id: `s${String(i + 1).padStart(2, '0')}`,
        weight: 1,
        statement: { fr: statement, en: statement },
        not_enough: { fr: near, en: near },
      };
    }),
    pitfalls: [],
  };
}

/** Share of the reference's words that the answer has too: the baseline that every grader has to leave behind. */
export function wordOverlap(reference: string, answer: string): number {
  const words = (text: string) =>
    new Set((fold(text).match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => word.length > 2));
  const [wanted, said] = [words(reference), words(answer)];
  return [...wanted].filter((word) => said.has(word)).length / Math.max(1, wanted.size);
}
