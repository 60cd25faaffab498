import type { Range, Violation } from '../finding.ts';
import { valueAt } from '../jsonSchema.ts';
import type { Path, YamlDocument } from '../yaml.ts';

/** One Kubernetes object of the exercise's files. */
export interface Manifest {
  readonly file: string;
  readonly document: YamlDocument;
  readonly kind: string;
  readonly name: string;
}

/** A value of a manifest together with its place, so that a rule may read on and point back. */
export class Cursor {
  readonly manifest: Manifest;
  readonly path: Path;
  readonly value: unknown;

  constructor(manifest: Manifest, path: Path = []) {
    this.manifest = manifest;
    this.path = path;
    this.value = valueAt(manifest.document.value, path);
  }

  get(...keys: Path): Cursor {
    return new Cursor(this.manifest, [...this.path, ...keys]);
  }

  /** Whether something is there; Kubernetes reads `null` as nothing. */
  get exists(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  /** The items of a list, none when it is something else. */
  get items(): Cursor[] {
    return Array.isArray(this.value) ? this.value.map((_, index) => this.get(index)) : [];
  }

  /** The keys of a map that hold something. */
  get keys(): string[] {
    if (typeof this.value !== 'object' || this.value === null || Array.isArray(this.value)) return [];
    return Object.keys(this.value).filter((key) => this.get(key).exists);
  }

  get text(): string | undefined {
    return typeof this.value === 'string' ? this.value : undefined;
  }

  get integer(): number | undefined {
    return Number.isInteger(this.value) ? Number(this.value) : undefined;
  }

  get flag(): boolean {
    return this.value === true;
  }

  /** The place of the value; with `key`, of its key. */
  range(key = false): Range {
    return this.manifest.document.rangeOf(this.path, { key });
  }

  /** Every string below this value, each with its cursor. */
  *strings(): Generator<Cursor> {
    if (typeof this.value === 'string') yield this;
    for (const item of this.items) yield* item.strings();
    for (const key of this.keys) yield* this.get(key).strings();
  }
}

/** What a rule finds: its id is added by the table that holds the rule. */
export type Fault = Omit<Violation, 'rule'>;

type Params = Readonly<Record<string, string>>;

/** A fault on a value. */
export function onValue(cursor: Cursor, params?: Params): Fault {
  return { file: cursor.manifest.file, range: cursor.range(), ...(params && { params }) };
}

/** A fault on the key of a value, for what is missing in it or wrong with the whole of it. */
export function onKey(cursor: Cursor, params?: Params): Fault {
  return { file: cursor.manifest.file, range: cursor.range(true), ...(params && { params }) };
}

/** A fault on some characters of a string. */
export function onText(cursor: Cursor, from: number, to: number, params?: Params): Fault {
  const range = cursor.manifest.document.rangeInString(cursor.path, from, to);
  return { file: cursor.manifest.file, range, ...(params && { params }) };
}
