// A run as a file for programs, and as tables for people.

import { type Limit, THRESHOLDS } from './bars.ts';
import type { Outcome } from './items.ts';
import type { BarResult, Figure, Table } from './measure.ts';
import { number, percent } from './measure.ts';

/** Everything that a run was, in one file. */
export interface RunFile {
  readonly v: 1;
  readonly model: string;
  /** Where the answers went; a base URL may hold more than one wants to show. */
  readonly origin: string;
  readonly date: string;
  readonly promptVersion: string;
  readonly goldHash: string;
  readonly attacksHash: string;
  readonly rubrics: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, unknown>>;
  readonly bars: readonly BarResult[];
  readonly tokens: {
    readonly calls: number;
    readonly input: number;
    readonly output: number;
    /** Grades whose server told no tokens for all its calls. */
    readonly incomplete: number;
  };
  readonly milliseconds: number;
  readonly notes: readonly string[];
  readonly ungraded: readonly { readonly id: string; readonly code: string; readonly detail: string }[];
  readonly items: readonly Outcome[];
}

const shown = (figure: Pick<Figure, 'id'>, value: number) =>
  THRESHOLDS[figure.id].unit === 'share' ? percent(value) : number(value);

function limit(figure: Figure, { atMost, atLeast, within, holds }: Limit): string {
  return [
    atMost === undefined ? [] : `≤ ${shown(figure, atMost)}`,
    atLeast === undefined ? [] : `≥ ${shown(figure, atLeast)}`,
    within === undefined ? [] : `within ±${shown(figure, within)}`,
    holds === undefined ? [] : `interval holds ${shown(figure, holds)}`,
  ]
    .flat()
    .join(', ');
}

function figureRow(figure: Figure): string[] {
  const { id, title, value, interval, n, must, stretch, verdict, reachesStretch } = figure;
  return [
    id,
    title,
    value === null ? '–' : shown(figure, value),
    interval ? `${shown(figure, interval.low)} to ${shown(figure, interval.high)}` : '',
    String(n),
    limit(figure, must),
    stretch ? limit(figure, stretch) : '',
    verdict === 'pass' && reachesStretch ? 'pass, stretch too' : verdict,
  ];
}

// Characters of a fixed width, near enough: none of ours is wider than one.
function table({ title, head, rows }: Table): string {
  if (rows.length === 0) return '';
  const all = [head, ...rows];
  const widths = head.map((_, i) => Math.max(...all.map((row) => [...(row[i] ?? '')].length)));
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, i) => (row[i] ?? '').replaceAll('|', '/').padEnd(width)).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return `${title === '' ? '' : `${title}\n\n`}${[line(head), rule, ...rows.map(line)].join('\n')}\n`;
}

const MARK = { pass: '✓', fail: '✗', 'not run': '–' } as const;

/** The tables of a run, as Markdown that reads well on a terminal too. */
export function markdown(run: RunFile): string {
  const { bars, tokens, ungraded } = run;
  const parts = [
    `# Canari’s grader with ${run.model}`,
    `${run.date.slice(0, 10)}, ${run.origin}; prompt ${run.promptVersion}, gold set ${run.goldHash}, attacks ${run.attacksHash}. ${run.items.length} answers, ${tokens.calls} calls, ${tokens.input} + ${tokens.output} tokens${
      tokens.incomplete > 0 ? ` (${tokens.incomplete} grades told none)` : ''
    }, ${(run.milliseconds / 60_000).toFixed(1)} minutes of grading.`,
    table({
      title: '',
      head: ['', 'bar', '', ''],
      rows: bars.map(({ bar, title, status, why, reachesStretch, ungraded: missing }) => [
        MARK[status],
        `${bar} ${title}`,
        status === 'pass' && reachesStretch ? 'pass, stretch too' : status,
        [why ?? '', missing.length > 0 ? `${missing.length} not graded` : '']
          .filter((text) => text !== '')
          .join('; '),
      ]),
    }),
    table({
      title: '',
      head: ['figure', '', 'value', '95 % interval', 'n', 'must', 'stretch', ''],
      rows: bars.flatMap(({ figures }) => figures.map(figureRow)),
    }),
    ...bars
      .filter(({ tables, notes }) => tables.length + notes.length > 0)
      .flatMap(({ bar, title, tables, notes }) => [
        `## ${bar} ${title}`,
        ...tables.map(table),
        notes.filter((note) => note !== '').join('\n'),
      ]),
    ungraded.length === 0
      ? ''
      : `## Not graded\n\n${ungraded.map(({ id, code, detail }) => `- ${id}: ${code}${detail === '' ? '' : ` (${detail})`}`).join('\n')}`,
    run.notes.length === 0 ? '' : `## Notes\n\n${run.notes.map((note) => `- ${note}`).join('\n')}`,
  ];
  return `${parts
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .join('\n\n')}\n`;
}

/** The first two tables: what a person looks at first. */
export function summary(run: RunFile): string {
  return markdown({ ...run, bars: run.bars.map((bar) => ({ ...bar, tables: [], notes: [] })), notes: [] });
}
