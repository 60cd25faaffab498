import type { Range } from './finding.ts';
import type { Path, YamlDocument } from './yaml.ts';

export type SchemaRule = 'schema-unknown-key' | 'schema-missing-key' | 'schema-type' | 'schema-value';

export interface SchemaFinding {
  readonly rule: SchemaRule;
  readonly path: Path;
  readonly range: Range;
  readonly params: Readonly<Record<string, string>>;
}

interface SchemaError {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

export interface Validate {
  (value: unknown): boolean;
  readonly errors?: readonly SchemaError[] | null;
}

/** What a schema finds in a document, each on the line to change. */
export function validateDocument(validate: Validate, document: YamlDocument): SchemaFinding[] {
  if (validate(document.value)) return [];
  return (validate.errors ?? []).flatMap((error) => {
    const path = pathOf(error.instancePath, document.value);
    const place = describe(error, path, document);
    return place ? [place] : [];
  });
}

/** `spec.steps[0].setWeight`, as people write it; `.` alone for the document itself. */
export function showPath(path: Path): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
  return text === '' ? '.' : text.replace(/^\./, '');
}

function describe(error: SchemaError, path: Path, document: YamlDocument): SchemaFinding | undefined {
  const value = valueAt(document.value, path);
  const params = { path: showPath(path), found: showValue(value) };
  const key = (name: unknown) => ({ parent: showPath(path), key: String(name) });
  const whole = { path, range: document.rangeOf(path) };
  switch (error.keyword) {
    case 'additionalProperties': {
      const name = String(error.params['additionalProperty']);
      const inner = [...path, name];
      const range = document.rangeOf(inner, { key: true });
      return { rule: 'schema-unknown-key', path: inner, range, params: key(name) };
    }
    case 'required': {
      const range = document.rangeOf(path, { key: true });
      return { rule: 'schema-missing-key', path, range, params: key(error.params['missingProperty']) };
    }
    case 'type': {
      const expected = [error.params['type']].flat().join(' | ');
      return { rule: 'schema-type', ...whole, params: { ...params, expected, type: typeOf(value) } };
    }
    // The branch of a condition reports its own fault.
    case 'if':
      return undefined;
    default:
      return { rule: 'schema-value', ...whole, params: { ...params, expected: constraint(error) } };
  }
}

function constraint({ keyword, params }: SchemaError): string {
  switch (keyword) {
    case 'const':
      return showValue(params['allowedValue']);
    case 'enum':
      return [params['allowedValues']].flat().map(showValue).join(' | ');
    case 'minimum':
    case 'maximum':
      return `${String(params['comparison'])} ${String(params['limit'])}`;
    case 'minLength':
    case 'minItems':
      return `length >= ${String(params['limit'])}`;
    case 'pattern':
      return '90s, 5m, 1h30m';
    default:
      return keyword;
  }
}

// A JSON pointer does not tell an index from a numeric key: the data does.
function pathOf(pointer: string, root: unknown): Path {
  const path: (string | number)[] = [];
  let value = root;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(Array.isArray(value) ? Number(key) : key);
    value = valueAt(value, path.slice(-1));
  }
  return path;
}

/** The value at a path in plain data, or `undefined`. */
export function valueAt(root: unknown, path: Path): unknown {
  let value: unknown = root;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Readonly<Record<string | number, unknown>>)[part];
  }
  return value;
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function showValue(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? '[…]' : '{…}';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
