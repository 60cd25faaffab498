import type { FamilyOutcome, Range, Violation } from '../../core/checks/finding.ts';
import { VIOLATIONS } from './limits.ts';
import { asFields, parseJson } from './protocol.ts';

const RULE = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const LONGEST_RULE = 60;
const LONGEST_PARAM = 500;
const MOST_PARAMS = 12;

/** Why an answer of the harness is not one. */
class Malformed extends Error {}

function position(value: unknown, what: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1) {
    throw new Malformed(`${what} is not a number from 1`);
  }
  return value - 1;
}

/** From the first character of a line that is not a space to its end: the place of a whole line. */
function lineRange(text: string, line: number): Range {
  const indent = text.length - text.trimStart().length;
  const end = Math.max(text.trimEnd().length, indent);
  return { start: { line, column: indent }, end: { line, column: end } };
}

// What a check says about a place is clamped to the file, so that an editor can always show it.
function rangeIn(text: string, fields: Readonly<Record<string, unknown>>): Range {
  const lines = text.split(/\r\n|\r|\n/);
  const clampLine = (line: number) => Math.min(line, lines.length - 1);
  const lineAt = (line: number) => lines[line] ?? '';
  const line = clampLine(position(fields['line'], 'line'));
  if (fields['col'] === undefined) return lineRange(lineAt(line), line);
  const start = { line, column: Math.min(position(fields['col'], 'col'), lineAt(line).length) };
  if (fields['end_line'] === undefined && fields['end_col'] === undefined) {
    return { start, end: { line, column: Math.max(lineAt(line).trimEnd().length, start.column) } };
  }
  const endLine = clampLine(
    fields['end_line'] === undefined ? line : position(fields['end_line'], 'end_line'),
  );
  const endColumn = Math.min(position(fields['end_col'], 'end_col'), lineAt(endLine).length);
  const backwards = endLine < line || (endLine === line && endColumn < start.column);
  return { start, end: backwards ? start : { line: endLine, column: endColumn } };
}

function paramsOf(value: unknown): Readonly<Record<string, string>> {
  const fields = asFields(value);
  const entries = fields && Object.entries(fields);
  if (!entries || entries.length > MOST_PARAMS) throw new Malformed('params is not a small object');
  return Object.fromEntries(
    entries.map(([name, param]) => {
      if (typeof param !== 'string') throw new Malformed(`the param ${name.slice(0, 40)} is not a string`);
      return [name, param.slice(0, LONGEST_PARAM)];
    }),
  );
}

function violation(value: unknown, files: Readonly<Record<string, string>>, entry: string): Violation {
  const fields = asFields(value);
  if (!fields) throw new Malformed('a violation is not an object');
  const { rule, file = entry, params } = fields;
  if (typeof rule !== 'string' || rule.length > LONGEST_RULE || !RULE.test(rule)) {
    throw new Malformed('a violation names no rule');
  }
  const text = typeof file === 'string' && Object.hasOwn(files, file) ? files[file] : undefined;
  if (typeof file !== 'string' || text === undefined) throw new Malformed(`${rule} names an unknown file`);
  const range = rangeIn(text, fields);
  return params === undefined ? { rule, file, range } : { rule, file, range, params: paramsOf(params) };
}

const notRun = (
  code: Extract<FamilyOutcome, { state: 'not_run' }>['code'],
  detail: string,
): FamilyOutcome => ({ state: 'not_run', code, detail });

const detailOf = (fields: Readonly<Record<string, unknown>>): string =>
  typeof fields['detail'] === 'string' ? fields['detail'].slice(0, 1000) : '';

/** What the harness answered, as the outcome of the family. Anything unexpected is a crash, never a pass. */
export function outcomeOf(
  answer: string,
  files: Readonly<Record<string, string>>,
  entry: string,
): FamilyOutcome {
  const fields = asFields(parseJson(answer));
  if (!fields) return notRun('sandbox_crashed', 'the harness answered with something else than JSON');
  switch (fields['state']) {
    case 'ran': {
      const found = fields['violations'];
      if (!Array.isArray(found)) return notRun('sandbox_crashed', 'the harness reported no list');
      try {
        const violations = found.slice(0, VIOLATIONS).map((item) => violation(item, files, entry));
        return { state: 'ran', violations };
      } catch (error) {
        if (error instanceof Malformed) return notRun('sandbox_crashed', `check program: ${error.message}`);
        throw error;
      }
    }
    case 'undecided':
      return notRun('not_modelled', detailOf(fields));
    case 'interrupted':
      return notRun('sandbox_timeout', `still running at ${detailOf(fields)}`);
    case 'memory':
      return notRun('sandbox_memory', '');
    case 'check_failed':
      return notRun('sandbox_crashed', `check program: ${detailOf(fields)}`);
    default:
      return notRun('sandbox_crashed', 'the harness answered with an unknown state');
  }
}
