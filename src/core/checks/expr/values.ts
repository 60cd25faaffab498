/** A value of the expr-lang language, as far as results of measurements need it. */
export type Value = number | string | boolean | null | readonly Value[] | { readonly [key: string]: Value };

/** An expression that Argo could not evaluate on this result: the measurement ends in error. */
export class EvaluationError extends Error {}

/** An expression that uses what is not modelled here (time, regular expressions…): no verdict on it. */
export class Unmodelled extends Error {}

export function isArray(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

export function isMap(value: Value): value is { readonly [key: string]: Value } {
  return typeof value === 'object' && value !== null && !isArray(value);
}

export function typeName(value: Value): string {
  if (value === null) return 'nil';
  if (isArray(value)) return 'array';
  if (typeof value === 'object') return 'map';
  return typeof value;
}

/** @throws {EvaluationError} unless the value is a number */
export function asNumber(value: Value, where: string): number {
  if (typeof value !== 'number')
    throw new EvaluationError(`${where} expects a number, got ${typeName(value)}`);
  return value;
}

/** @throws {EvaluationError} unless the value is an array */
export function asArray(value: Value, where: string): readonly Value[] {
  if (!isArray(value)) throw new EvaluationError(`${where} expects an array, got ${typeName(value)}`);
  return value;
}

/** Equality of the language. @throws {EvaluationError} when the types cannot be compared */
export function equals(left: Value, right: Value): boolean {
  if (left === null || right === null) return left === right;
  if (typeName(left) !== typeName(right)) {
    throw new EvaluationError(`mismatched types ${typeName(left)} and ${typeName(right)}`);
  }
  if (isArray(left) && isArray(right)) {
    return left.length === right.length && left.every((value, i) => equals(value, right[i] ?? null));
  }
  if (isMap(left)) throw new Unmodelled();
  return left === right;
}
