import type { Exercise } from '../bank/question.ts';
import type { Grade } from '../grading/grade.ts';
import type { Lang } from '../language.ts';
import type { Day } from './day.ts';
import type { AttemptHead } from './history.ts';

/** A finished exercise with everything that its folder shows. */
export interface PortfolioEntry {
  readonly item: Pick<Exercise, 'id' | 'title' | 'prompt' | 'diagram' | 'checks' | 'points'>;
  /** The track's title, in the reader's language. */
  readonly topic: string;
  /** The files as they were handed in, by path. */
  readonly files: Readonly<Record<string, string>>;
  readonly grade: Grade;
  readonly day: Day;
  /** The candidate's note on the exercise, in Markdown; an empty one leaves its section out. */
  readonly rationale: string;
}

/** How much of what was looked at held; what nobody could decide counts on neither side. */
export interface Tally {
  readonly held: number;
  readonly decided: number;
  readonly open: number;
}

/** The sentences of a portfolio, in the reader's language. */
export interface PortfolioWords {
  readonly lang: Lang;
  readonly title: string;
  readonly introduction: string;
  readonly exercise: string;
  readonly topic: string;
  readonly checked: string;
  readonly result: string;
  readonly grader: string;
  readonly date: string;
  readonly task: string;
  readonly rationale: string;
  readonly diagram: string;
  readonly files: string;
  readonly label: (label: string, text: string) => string;
  /** What was looked at: so many automatic checks, so many points of the rubric. */
  readonly scope: (checks: number, points: number) => string;
  readonly score: (score: number | null) => string;
  /** "Checks passed: 3 of 4"; as a list, since what could not run is told apart. */
  readonly checks: (tally: Tally) => readonly string[];
  readonly points: (tally: Tally) => readonly string[];
  readonly gradedBy: (grade: Grade) => string;
  readonly day: (day: Day) => string;
}

/** What a repository of such files does not keep: caches and files of the system. */
const IGNORED = ['__pycache__/', '.ipynb_checkpoints/', '.venv/', '.DS_Store', 'Thumbs.db'];

/** A path below a folder, as the schema of exercises wants it: records may come from anywhere. */
const PATH = /^(?!.*\.\.)(?!(?:.*\/)?\.(?:\/|$))[A-Za-z0-9_.-]+(?:\/[A-Za-z0-9_.-]+)*$/;

/** The attempt that stands for a finished exercise: the best graded one, the latest among equals. */
export function finishedAttempt(attempts: readonly AttemptHead[]): AttemptHead | undefined {
  let best: AttemptHead | undefined;
  for (const attempt of attempts) {
    // What the gate turned away was no work.
    if (attempt.grade?.status !== 'graded' || attempt.grade.by === 'gate') continue;
    if (attempt.grade.score === null || attempt.spoken) continue;
    if (attempt.grade.score >= (best?.grade?.score ?? 0)) best = attempt;
  }
  return best;
}

/**
 * A repository of finished exercises as texts by path, with forward slashes. The candidate's files are as they
 * were handed in; in the READMEs no text of the candidate, of a pack or of a model becomes HTML.
 */
export function portfolioFiles(
  entries: readonly PortfolioEntry[],
  words: PortfolioWords,
): Record<string, string> {
  const files: Record<string, string> = {
    'README.md': overview(entries, words),
    '.gitignore': `${IGNORED.join('\n')}\n`,
  };
  for (const entry of entries) {
    const { id } = entry.item;
    for (const [path, text] of filesOf(entry)) files[`${id}/${path}`] = text;
    files[readmeOf(entry)] = page(entry, words);
  }
  return files;
}

function filesOf({ files }: PortfolioEntry): [string, string][] {
  return Object.entries(files).filter(([path]) => PATH.test(path));
}

// An exercise may itself ask for a README.
function readmeOf(entry: PortfolioEntry): string {
  const isTaken = filesOf(entry).some(([path]) => path.toLowerCase() === 'readme.md');
  return `${entry.item.id}/${isTaken ? 'EXERCISE.md' : 'README.md'}`;
}

function overview(entries: readonly PortfolioEntry[], words: PortfolioWords): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const head = [words.exercise, words.topic, words.checked, words.result, words.grader, words.date];
  const rows = entries.map((entry) => {
    const { item, topic, grade, day } = entry;
    const result = [
      words.score(grade.score),
      ...words.checks(checksOf(grade)),
      ...words.points(pointsOf(grade)),
    ];
    return [
      `[${inline(item.title[words.lang])}](${readmeOf(entry)})`,
      inline(topic),
      words.scope(grade.checks.length, grade.points.length),
      result.join(' · '),
      inline(words.gradedBy(grade)),
      words.day(day),
    ];
  });
  const table = [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
  return sections([`# ${words.title}`, words.introduction, table]);
}

function page(entry: PortfolioEntry, words: PortfolioWords): string {
  const { item, topic, grade, day, rationale } = entry;
  const { lang } = words;
  const diagram = item.diagram?.[lang].trim() ?? '';
  const isPassed = (id: string) =>
    grade.checks.some((check) => check.id === id && check.outcome === 'passed');
  const isMet = (id: string) => grade.points.some((point) => point.id === id && point.verdict === 'met');
  const facts = [
    words.label(words.topic, inline(topic)),
    words.label(words.result, words.score(grade.score)),
    words.label(words.grader, inline(words.gradedBy(grade))),
    words.label(words.date, words.day(day)),
  ];
  return sections([
    `# ${inline(item.title[lang])}`,
    `## ${words.task}`,
    inert(item.prompt[lang]),
    ...(rationale.trim() === '' ? [] : [`## ${words.rationale}`, inert(rationale)]),
    ...(diagram === '' ? [] : [`## ${words.diagram}`, fenced(diagram, 'mermaid')]),
    `## ${words.result}`,
    list(facts),
    ...words.checks(checksOf(grade)),
    list(item.checks.filter(({ id }) => isPassed(id)).map(({ title }) => inline(title[lang]))),
    ...words.points(pointsOf(grade)),
    list(item.points.filter(({ id }) => isMet(id)).map(({ statement }) => inline(statement[lang]))),
    `## ${words.files}`,
    list(filesOf(entry).map(([path]) => `[${inline(path)}](${path})`)),
  ]);
}

function checksOf({ checks }: Grade): Tally {
  const held = checks.filter(({ outcome }) => outcome === 'passed').length;
  const open = checks.filter(({ outcome }) => outcome === 'not_run').length;
  return { held, decided: checks.length - open, open };
}

function pointsOf({ points }: Grade): Tally {
  const held = points.filter(({ verdict }) => verdict === 'met').length;
  const open = points.filter(({ verdict }) => verdict === 'unjudged').length;
  return { held, decided: points.length - open, open };
}

function sections(parts: readonly string[]): string {
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

/** One line of plain text: whatever Markdown would take as a mark stands as itself. */
function inline(text: string): string {
  return (
    text
      .replace(/\s+/g, ' ')
      .trim()
      .replace(/&(?=#?\w+;)/g, '&amp;')
      .replace(/[\\`*_|~]|^[#>+-]|(?<=^\d+)[.)]/g, '\\$&')
      // Not every reader of Markdown takes a bracket with a stroke for plain text inside a link.
      .replace(/[[\]<]/g, (char) => `&#${char.charCodeAt(0)};`)
  );
}

/**
 * Markdown of others as it was meant, but for what is no text: no HTML, no pictures from elsewhere, headings below
 * those of the page, and no fence that stays open. A fence moves to the very start of its line and keeps its language
 * alone, so that it surely is one; anywhere else a `<` that could begin a tag is written as an entity.
 */
function inert(markdown: string): string {
  let fence = '';
  const out = markdown
    .trim()
    .split(/\r\n|[\r\n]/)
    .map((line) => {
      if (fence !== '') {
        const [, end] = /^ {0,3}(`{3,}|~{3,})[ \t]*$/.exec(line) ?? [];
        if (end?.startsWith(fence)) fence = '';
        return line;
      }
      const [, marks = '', language = ''] =
        /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})[ \t]*([\w.+#-]*)/.exec(line) ?? [];
      fence = marks;
      return marks === '' ? inertLine(line) : `${marks}${language}`;
    });
  return [...out, ...(fence === '' ? [] : [fence])].join('\n');
}

/** What could begin a tag, or a picture. */
const ACTIVE = /<(?=[A-Za-z/!?])|!(?=\[)/g;

function inertLine(line: string): string {
  const below = line.replace(/^#{1,6}(?=[ \t]|$)/, (marks) => '#'.repeat(Math.min(6, marks.length + 2)));
  // Code with such a thing in it is written as what it would become, which depends on no other mark of the line.
  return below
    .split(/(?<!`)(`+(?!`).*?[^`]`+)(?!`)/)
    .map((part) => {
      const [, mark = '', code = ''] = /^(`+)(?!`)(.*[^`])\1$/.exec(part) ?? [];
      if (mark === '') return part.replace(ACTIVE, (char) => (char === '<' ? '&lt;' : '&#33;'));
      return code.search(ACTIVE) < 0 ? part : `<code>${entities(code)}</code>`;
    })
    .join('');
}

function entities(code: string): string {
  return code.trim().replace(/[^\p{L}\p{N} ]/gu, (char) => `&#${char.codePointAt(0)};`);
}

function fenced(text: string, language: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(Math.max(3, longest + 1));
  return `${fence}${language}\n${text}\n${fence}`;
}
