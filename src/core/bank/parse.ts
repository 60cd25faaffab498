import validateExercise from 'schema:questions/schema/exercise.schema.json';
import validateQuestion from 'schema:questions/schema/question.schema.json';
import validateRules from 'schema:questions/schema/rules.schema.json';
import validateTrack from 'schema:questions/schema/track.schema.json';
import { Document, isNode, Lexer, LineCounter, Parser, parseDocument } from 'yaml';
import type { Rule } from '../checks/finding.ts';
import type { Localized } from '../language.ts';
import type { CheckSpec, Exercise, Question, Rubric, Track } from './question.ts';

/** A fault in a file of the bank, at its place; lines and columns count from 0. */
export interface Fault {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Dotted path of the field, or '' for the whole file. */
  readonly field: string;
  readonly message: string;
}

export type Parsed<T> =
  | { readonly value: T; readonly faults: readonly Fault[] }
  | { readonly value?: undefined; readonly faults: readonly Fault[] };

/** A file larger than this is refused unread. */
export const LARGEST_FILE = 1_000_000;

/** exercise.yaml as written: files are paths, and its scaffold, solution and check program lie beside it. */
export interface ExerciseHead extends Omit<Exercise, 'files' | 'rules' | 'solution'> {
  readonly files: readonly string[];
  readonly strings: Readonly<Record<string, Localized>>;
  readonly checks: readonly CheckSpec[];
  readonly rules?: Readonly<Record<string, Rule>>;
}

/** track.yaml as written. */
type TrackHead = Omit<Track, 'numbers' | 'to_ask'> & Partial<Pick<Track, 'numbers' | 'to_ask'>>;

// What parses is a stack, what composes its tokens is recursive: a file that exhausts it can end the process.
const DEEPEST = 100;

function isTooDeep(text: string): boolean {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    for (const _token of parser.next(lexeme));
    if (parser.stack.length > DEEPEST) return true;
  }
  return false;
}

type Path = readonly (string | number)[];

class Source {
  readonly faults: Fault[] = [];
  readonly #file: string;
  readonly #lines = new LineCounter();
  readonly #doc: Document;

  constructor(file: string, text: string) {
    this.#file = file;
    this.#doc = this.#parse(text);
    for (const error of this.#doc.errors) this.#fault(error.pos[0], '', error.message.split('\n')[0] ?? '');
  }

  #parse(text: string): Document {
    if (text.length > LARGEST_FILE) this.#fault(0, '', `larger than ${LARGEST_FILE} bytes`);
    else if (isTooDeep(text)) this.#fault(0, '', `nested deeper than ${DEEPEST} levels`);
    else return parseDocument(text, { lineCounter: this.#lines, logLevel: 'error' });
    return new Document();
  }

  /** The file's content; aliases are refused, since no file of the bank needs one. */
  value(): unknown {
    if (this.faults.length > 0) return undefined;
    try {
      return this.#doc.toJS({ maxAliasCount: 0 });
    } catch (error) {
      this.#fault(0, '', error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  at(path: Path, message: string): void {
    const node = path.length === 0 ? this.#doc.contents : this.#doc.getIn(path, true);
    this.#fault(isNode(node) ? (node.range?.[0] ?? 0) : 0, path.join('.'), message);
  }

  #fault(offset: number, field: string, message: string): void {
    const { line, col } = this.#lines.linePos(offset);
    this.faults.push({
      file: this.#file,
      line: Math.max(0, line - 1),
      column: Math.max(0, col - 1),
      field,
      message,
    });
  }
}

type Validate = typeof validateQuestion;

function checkSchema(source: Source, value: unknown, validate: Validate): boolean {
  if (validate(value)) return true;
  for (const error of validate.errors ?? []) {
    const path = error.instancePath
      .split('/')
      .slice(1)
      .map((part) => (/^\d+$/.test(part) ? Number(part) : part.replace(/~1/g, '/').replace(/~0/g, '~')));
    const extra =
      error.params['additionalProperty'] ?? error.params['allowedValues'] ?? error.params['propertyName'];
    source.at(path, `${error.message ?? error.keyword}${extra === undefined ? '' : `: ${String(extra)}`}`);
  }
  return false;
}

/** The source's value when it has the shape of `T`; otherwise the faults are in the source. */
function readAs<T>(source: Source, validate: Validate): T | undefined {
  const value = source.value();
  return source.faults.length === 0 && checkSchema(source, value, validate) ? (value as T) : undefined;
}

function checkIds(source: Source, id: string, name: string): void {
  if (id !== name) source.at(['id'], `must be the file's name, "${name}"`);
}

function checkRubric(source: Source, rubric: Rubric): void {
  for (const part of ['points', 'pitfalls'] as const) {
    const ids = rubric[part].map(({ id }) => id);
    for (const [i, id] of ids.entries()) {
      if (ids.indexOf(id) !== i) source.at([part, i, 'id'], `"${id}" stands twice`);
    }
  }
}

function finish<T>(source: Source, value: T): Parsed<T> {
  return source.faults.length > 0 ? { faults: source.faults } : { value, faults: [] };
}

/** A question file; `file` is only for its faults, `name` and `track` are what its place says. */
export function parseQuestion(text: string, file: string, name: string, track: string): Parsed<Question> {
  const source = new Source(file, text);
  const question = readAs<Question>(source, validateQuestion);
  if (!question) return { faults: source.faults };
  checkIds(source, question.id, name);
  if (question.track !== track) source.at(['track'], `must be the folder's name, "${track}"`);
  checkRubric(source, question);
  for (const [i, { point }] of question.follow_ups.entries()) {
    if (!question.points.some(({ id }) => id === point)) {
      source.at(['follow_ups', i, 'point'], `no point has the id "${point}"`);
    }
  }
  return finish(source, question);
}

export function parseExercise(text: string, file: string, name: string): Parsed<ExerciseHead> {
  const source = new Source(file, text);
  const exercise = readAs<ExerciseHead>(source, validateExercise);
  if (!exercise) return { faults: source.faults };
  checkIds(source, exercise.id, name);
  checkRubric(source, exercise);
  return finish(source, { ...exercise, options: exercise.options ?? {} });
}

export function parseTrack(text: string, file: string, name: string): Parsed<Track> {
  const source = new Source(file, text);
  const track = readAs<TrackHead>(source, validateTrack);
  if (!track) return { faults: source.faults };
  checkIds(source, track.id, name);
  return finish(source, { ...track, numbers: track.numbers ?? [], to_ask: track.to_ask ?? [] });
}

export function parseRules(text: string, file: string): Parsed<Readonly<Record<string, Rule>>> {
  const source = new Source(file, text);
  const rules = readAs<Readonly<Record<string, Rule>>>(source, validateRules);
  return rules ? finish(source, rules) : { faults: source.faults };
}
