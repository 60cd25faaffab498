/** What a server sent, where an object should be; nothing about it is known yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** A value's fields; none when it is no object. */
export function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}
