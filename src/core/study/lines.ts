interface Kept<T> {
  line: string | undefined;
  value: T | undefined;
}

/** Values by their ids, each a line of JSON until it is asked for: a large study opens without reading most of it. */
export class Lines<T> {
  readonly #kept = new Map<string, Kept<T>>();
  readonly #read: (line: string) => T;
  readonly #write: (value: T) => string;

  constructor(read: (line: string) => T, write: (value: T) => string) {
    this.#read = read;
    this.#write = write;
  }

  get ids(): Iterable<string> {
    return this.#kept.keys();
  }

  has(id: string): boolean {
    return this.#kept.has(id);
  }

  get(id: string): T | undefined {
    const kept = this.#kept.get(id);
    if (kept?.line !== undefined) kept.value ??= this.#read(kept.line);
    return kept?.value;
  }

  /** All of them, which reads all of them. */
  get all(): T[] {
    return [...this.#kept.keys()].flatMap((id) => this.get(id) ?? []);
  }

  /** The values that have been read so far, with their ids. */
  get known(): [string, T][] {
    return [...this.#kept].flatMap(([id, { value }]): [string, T][] =>
      value === undefined ? [] : [[id, value]],
    );
  }

  set(id: string, value: T): void {
    this.#kept.set(id, { line: undefined, value });
  }

  /** Tells that a value was changed in place. */
  changed(id: string): void {
    const kept = this.#kept.get(id);
    if (kept?.value !== undefined) kept.line = undefined;
  }

  /** Reads those in which a text occurs as a value of its own. */
  readWith(text: string): void {
    const wanted = JSON.stringify(text);
    for (const [id, { line, value }] of this.#kept)
      if (value === undefined && line?.includes(wanted)) this.get(id);
  }

  /** The line of each, in the order of their ids. */
  get lines(): string[] {
    return [...this.#kept.values()].map((kept) => {
      if (kept.line === undefined && kept.value !== undefined) kept.line = this.#write(kept.value);
      return kept.line ?? '';
    });
  }

  add(id: string, line: string): void {
    this.#kept.set(id, { line, value: undefined });
  }
}
