import * as fs from 'node:fs';
import * as path from 'node:path';
import { filesBelow } from './folders.ts';

/** A source file of the project, by its path from the root. */
export interface Source {
  readonly file: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

export interface Import {
  /** As written: a package, `node:fs`, or a relative path. */
  readonly from: string;
  /** The file of the project that a relative path names; else the same as `from`. */
  readonly target: string;
  /** Whether only types are taken, so that nothing is left of it when the program runs. */
  readonly isType: boolean;
}

const STATEMENT = /^[ \t]*(?:import|export)\b([^;'"`]*?)\bfrom\s*(['"])([^'"]+)\2/gm;
const BARE = /^[ \t]*import\s*(['"])([^'"]+)\1/gm;
const CALL = /\b(typeof\s+)?(?:import|require)\s*\(\s*(['"`])([^'"`]+)\2\s*\)/g;

/** Comments are blanked, so that words in them are not taken for code; lines keep their numbers. */
function withoutComments(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '))
    .replace(/(^|\s)\/\/[^\n]*/g, '$1');
}

function importsOf(file: string, code: string): Import[] {
  const found = (from: string, isType: boolean): Import => {
    const isRelative = from.startsWith('.');
    const target = isRelative ? path.posix.join(path.posix.dirname(file), from) : from;
    return { from, target, isType };
  };
  return [
    ...[...code.matchAll(STATEMENT)].map(([, names = '', , from = '']) =>
      found(from, /^\s*type\b(?!\s*,)/.test(names)),
    ),
    ...[...code.matchAll(BARE)].map(([, , from = '']) => found(from, false)),
    ...[...code.matchAll(CALL)].map(([, type, , from = '']) => found(from, type !== undefined)),
  ];
}

/** Every source file below the folders given, with its imports. */
export function readSources(...dirs: readonly string[]): Source[] {
  return dirs
    .flatMap((dir) => filesBelow(dir, '.ts', '.mts', '.mjs'))
    .filter((file) => !file.endsWith('.d.ts'))
    .map((file) => {
      const text = withoutComments(fs.readFileSync(file, 'utf8'));
      return { file, text, imports: importsOf(file, text) };
    });
}
