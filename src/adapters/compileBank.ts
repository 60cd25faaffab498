import * as fs from 'node:fs';
import * as path from 'node:path';
import type { BankIndex } from '../core/bank/catalogue.ts';
import {
  type ExerciseHead,
  type Fault,
  LARGEST_FILE,
  type Parsed,
  parseExercise,
  parseQuestion,
  parseRules,
  parseTrack,
} from '../core/bank/parse.ts';
import type { BankEntry, Exercise, FamilyName, Question, Track } from '../core/bank/question.ts';
import { fillScaffold } from '../core/bank/scaffold.ts';
import type { Rule } from '../core/checks/finding.ts';

type RuleBook = Readonly<Record<string, Rule>>;

/** All that is read of a track when one of its entries is opened. */
export interface TrackBody {
  readonly track: Track | undefined;
  readonly questions: Readonly<Record<string, Question>>;
  readonly exercises: Readonly<Record<string, Exercise>>;
}

export interface CompiledBank {
  readonly index: BankIndex;
  readonly bodies: Readonly<Record<string, TrackBody>>;
  /** Rules of the built-in families by family, for the exercises of packs. */
  readonly rules: Readonly<Record<string, RuleBook>>;
  readonly faults: readonly Fault[];
}

/** A file's text; one that cannot be read is a fault, and no reason to give up the others. */
function read(file: string, faults: Fault[]): string | undefined {
  try {
    // Read no further than the limit: the parser says that the file is too large.
    if (fs.statSync(file).size > LARGEST_FILE) return ' '.repeat(LARGEST_FILE + 1);
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    faults.push({ file, line: 0, column: 0, field: '', message });
    return undefined;
  }
}

/** A file's content, its faults noted; nothing when it has any. */
function load<T>(file: string, faults: Fault[], parse: (text: string) => Parsed<T>): T | undefined {
  const text = read(file, faults);
  if (text === undefined) return undefined;
  const parsed = parse(text);
  faults.push(...parsed.faults);
  return parsed.value;
}

function folders(dir: string): string[] {
  if (!fs.existsSync(dir)) return [];
  return fs
    .readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
    .sort();
}

function filesUnder(dir: string, faults: Fault[]): Record<string, string> {
  const found: Record<string, string> = {};
  if (!fs.existsSync(dir)) return found;
  for (const entry of fs.readdirSync(dir, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const text = read(file, faults);
    if (text !== undefined) found[path.relative(dir, file).split(path.sep).join('/')] = text;
  }
  return found;
}

/** Rules of the built-in families, read from `checks/<family>.yaml`. */
function familyRules(root: string, faults: Fault[]): Map<string, RuleBook> {
  const families = new Map<string, RuleBook>();
  const dir = path.join(root, 'checks');
  if (!fs.existsSync(dir)) return families;
  for (const name of fs.readdirSync(dir).filter((file) => file.endsWith('.yaml'))) {
    const file = path.join(dir, name);
    const rules = load(file, faults, (text) => parseRules(text, file));
    if (rules) families.set(path.basename(name, '.yaml'), rules);
  }
  return families;
}

function assemble(
  head: ExerciseHead,
  dir: string,
  families: ReadonlyMap<string, RuleBook>,
  faults: Fault[],
): Exercise | undefined {
  const fault = (field: string, message: string) =>
    faults.push({ file: path.join(dir, 'exercise.yaml'), line: 0, column: 0, field, message });
  const before = faults.length;
  const scaffold = filesUnder(path.join(dir, 'scaffold'), faults);
  const solution = filesUnder(path.join(dir, 'solution'), faults);
  const files = head.files.map((name) => {
    const template = scaffold[name];
    if (template === undefined) fault('files', `scaffold/${name} is missing`);
    if (solution[name] === undefined) fault('files', `solution/${name} is missing`);
    const filled = (lang: 'fr' | 'en') => fillScaffold(template ?? '', head.strings, lang);
    return { path: name, scaffold: { fr: filled('fr'), en: filled('en') } };
  });
  const rules: Record<string, Rule> = {};
  for (const check of head.checks) {
    for (const name of check.rules) {
      const rule = head.rules?.[name] ?? families.get(check.family)?.[name];
      if (rule) rules[name] = rule;
      else fault('checks', `check "${check.id}" names the rule "${name}", which nobody defines`);
    }
  }
  // Rules that no check names may still be reported beside the others (a syntax error, a warning).
  for (const family of new Set(head.checks.map((check) => check.family))) {
    Object.assign(rules, { ...families.get(family), ...rules });
  }
  Object.assign(rules, head.rules);
  const options: Partial<Record<FamilyName, Readonly<Record<string, unknown>>>> = { ...head.options };
  const program = options.python?.['check'];
  if (typeof program === 'string') {
    const file = path.join(dir, path.basename(program));
    if (fs.existsSync(file)) options.python = { ...options.python, check: read(file, faults) };
    else fault('options', `${program} is missing`);
  }
  if (faults.length > before) return undefined;
  const { strings: _strings, ...rest } = head;
  return { ...rest, files, rules, options, solution };
}

function entryOf(type: BankEntry['type'], item: Question | Exercise): BankEntry {
  const { id, track, level, kind, core, minutes, tags, title } = item;
  return { id, type, track, level, kind, core, minutes, tags, title };
}

/** Our own bank, at build time. */
export function compileBank(root: string): CompiledBank {
  const faults: Fault[] = [];
  return compile(root, familyRules(root, faults), new Set(), faults);
}

/** A user's folder of the same format: it names our families of checks and may not reuse a taken id. */
export function compilePack(
  root: string,
  families: ReadonlyMap<string, RuleBook>,
  taken: ReadonlySet<string>,
): CompiledBank {
  const faults: Fault[] = [];
  try {
    if (!fs.statSync(root).isDirectory()) throw new Error('not a folder');
    return compile(root, families, taken, faults);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    faults.push({ file: root, line: 0, column: 0, field: '', message });
    return { index: { tracks: [], entries: [] }, bodies: {}, rules: {}, faults };
  }
}

// A faulty file is reported and left out; the rest stands.
function compile(
  root: string,
  families: ReadonlyMap<string, RuleBook>,
  taken: ReadonlySet<string>,
  faults: Fault[],
): CompiledBank {
  const questions: Question[] = [];
  const exercises: Exercise[] = [];
  const tracks = new Map<string, Track>();
  const seen = new Set(taken);
  const isNew = (id: string, file: string) => {
    const known = seen.has(id);
    if (known)
      faults.push({ file, line: 0, column: 0, field: 'id', message: `"${id}" is taken by another file` });
    seen.add(id);
    return !known;
  };
  for (const track of folders(root).filter((name) => !['schema', 'exercises', 'checks'].includes(name))) {
    for (const name of fs.readdirSync(path.join(root, track)).sort()) {
      if (!name.endsWith('.yaml')) continue;
      const file = path.join(root, track, name);
      const id = path.basename(name, '.yaml');
      if (id === 'track') {
        const head = load(file, faults, (text) => parseTrack(text, file, track));
        if (head) tracks.set(track, head);
        continue;
      }
      const question = load(file, faults, (text) => parseQuestion(text, file, id, track));
      if (question && isNew(id, file)) questions.push(question);
    }
  }
  for (const id of folders(path.join(root, 'exercises'))) {
    const dir = path.join(root, 'exercises', id);
    const file = path.join(dir, 'exercise.yaml');
    if (!fs.existsSync(file)) {
      faults.push({ file, line: 0, column: 0, field: '', message: 'the file is missing' });
      continue;
    }
    const head = load(file, faults, (text) => parseExercise(text, file, id));
    const exercise = head && assemble(head, dir, families, faults);
    if (exercise && isNew(id, file)) exercises.push(exercise);
  }
  return { ...assembleBank(questions, exercises, tracks), rules: Object.fromEntries(families), faults };
}

function assembleBank(
  questions: readonly Question[],
  exercises: readonly Exercise[],
  tracks: ReadonlyMap<string, Track>,
): Pick<CompiledBank, 'index' | 'bodies'> {
  const items = [
    ...questions.map((item) => ({ type: 'question' as const, item })),
    ...exercises.map((item) => ({ type: 'exercise' as const, item })),
  ];
  const ids = [...new Set([...tracks.keys(), ...items.map(({ item }) => item.track)])].sort();
  const bodies: Record<string, TrackBody> = {};
  const heads = ids.map((id) => {
    const track = tracks.get(id);
    const own = items.filter(({ item }) => item.track === id);
    bodies[id] = {
      track,
      questions: Object.fromEntries(
        own.flatMap(({ type, item }) => (type === 'question' ? [[item.id, item]] : [])),
      ),
      exercises: Object.fromEntries(
        own.flatMap(({ type, item }) => (type === 'exercise' ? [[item.id, item]] : [])),
      ),
    } as TrackBody;
    const place = (item: Question | Exercise) => {
      const at = track?.questions?.indexOf(item.id) ?? -1;
      return at < 0 ? Number.MAX_SAFE_INTEGER : at;
    };
    const order = own.map(({ item }) => item).sort((a, b) => place(a) - place(b) || a.id.localeCompare(b.id));
    return {
      id,
      title: track?.title ?? { fr: id, en: id },
      order: track?.order ?? 99,
      entries: order.map((item) => item.id),
    };
  });
  return { index: { tracks: heads, entries: items.map(({ type, item }) => entryOf(type, item)) }, bodies };
}
