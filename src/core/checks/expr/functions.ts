import {
  asArray,
  asNumber,
  EvaluationError,
  isArray,
  isMap,
  typeName,
  Unmodelled,
  type Value,
} from './values.ts';

/** A call's arguments, evaluated on demand: a predicate is applied once per item. */
export interface Call {
  readonly count: number;
  value(index: number): Value;
  apply(index: number, item: Value, acc: Value): Value;
  /** The measurement's result, which Argo's `default` and `isNil` look at whatever their argument. */
  readonly result: Value;
}

type Implementation = (call: Call) => Value;

const array = (call: Call, name: string) => asArray(call.value(0), name);

const truth = (call: Call, item: Value) => {
  const value = call.apply(1, item, null);
  if (typeof value !== 'boolean')
    throw new EvaluationError(`predicate should return bool, got ${typeName(value)}`);
  return value;
};

const numeric = (name: string, compute: (value: number) => Value): [string, Implementation] => [
  name,
  (call) => compute(asNumber(call.value(0), name)),
];

const extreme = (name: string, better: (a: number, b: number) => boolean): [string, Implementation] => [
  name,
  (call) => {
    let best: number | null = null;
    for (const value of flat(Array.from({ length: call.count }, (_, i) => call.value(i)))) {
      const number = asNumber(value, name);
      if (best === null || better(number, best)) best = number;
    }
    return best;
  },
];

const FUNCTIONS: ReadonlyMap<string, Implementation> = new Map<string, Implementation>([
  ['all', (call) => array(call, 'all').every((item) => truth(call, item))],
  ['any', (call) => array(call, 'any').some((item) => truth(call, item))],
  ['none', (call) => !array(call, 'none').some((item) => truth(call, item))],
  ['one', (call) => array(call, 'one').filter((item) => truth(call, item)).length === 1],
  ['filter', (call) => array(call, 'filter').filter((item) => truth(call, item))],
  ['map', (call) => array(call, 'map').map((item) => call.apply(1, item, null))],
  ['find', (call) => array(call, 'find').find((item) => truth(call, item)) ?? null],
  ['findLast', (call) => array(call, 'findLast').findLast((item) => truth(call, item)) ?? null],
  ['findIndex', (call) => array(call, 'findIndex').findIndex((item) => truth(call, item))],
  [
    'count',
    (call) =>
      array(call, 'count').filter((item) => (call.count > 1 ? truth(call, item) : item === true)).length,
  ],
  [
    'sum',
    (call) =>
      array(call, 'sum').reduce<number>(
        (total, item) => total + asNumber(call.count > 1 ? call.apply(1, item, null) : item, 'sum'),
        0,
      ),
  ],
  ['reduce', reduce],
  extreme('max', (a, b) => a > b),
  extreme('min', (a, b) => a < b),
  ['mean', (call) => mean(flat([call.value(0)]))],
  ['median', (call) => median(flat([call.value(0)]))],
  ['first', (call) => array(call, 'first').at(0) ?? null],
  ['last', (call) => array(call, 'last').at(-1) ?? null],
  ['get', (call) => get(call.value(0), call.value(1))],
  ['take', (call) => array(call, 'take').slice(0, asNumber(call.value(1), 'take'))],
  ['reverse', (call) => array(call, 'reverse').toReversed()],
  ['flatten', (call) => flat(array(call, 'flatten'))],
  ['sort', (call) => numbers(array(call, 'sort'), 'sort').toSorted((a, b) => a - b)],
  ['len', (call) => length(call.value(0))],
  ['type', (call) => typeName(call.value(0)).replace('boolean', 'bool').replace('number', 'float')],
  numeric('abs', Math.abs),
  numeric('ceil', Math.ceil),
  numeric('floor', Math.floor),
  numeric('round', Math.round),
  ['int', (call) => Math.trunc(toNumber(call.value(0), 'int'))],
  ['float', (call) => toNumber(call.value(0), 'float')],
  // Argo's own; see its utils/evaluate.
  ['asInt', (call) => Math.trunc(toNumber(call.value(0), 'asInt'))],
  ['asFloat', (call) => toNumber(call.value(0), 'asFloat')],
  numeric('isNaN', Number.isNaN),
  numeric('isInf', (value) => Math.abs(value) === Number.POSITIVE_INFINITY),
  ['isNil', (call) => call.result === null],
  ['default', (call) => call.result ?? call.value(1)],
]);

/** @throws {EvaluationError} as Argo would, {Unmodelled} when the function is not modelled */
export function callFunction(name: string, call: Call): Value {
  const implementation = FUNCTIONS.get(name);
  if (!implementation) throw new Unmodelled();
  return implementation(call);
}

function flat(values: readonly Value[]): Value[] {
  return values.flatMap((value) => (isArray(value) ? flat(value) : [value]));
}

function numbers(values: readonly Value[], where: string): number[] {
  return values.map((value) => asNumber(value, where));
}

function mean(values: readonly Value[]): number {
  const all = numbers(values, 'mean');
  return all.length === 0 ? 0 : all.reduce((a, b) => a + b, 0) / all.length;
}

function median(values: readonly Value[]): number {
  const sorted = numbers(values, 'median').toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? upper;
  return (lower + upper) / 2;
}

function reduce(call: Call): Value {
  const items = array(call, 'reduce');
  const [first, rest] = call.count > 2 ? [call.value(2), items] : [items[0], items.slice(1)];
  if (first === undefined) throw new EvaluationError('reduce of empty array with no initial value');
  return rest.reduce((acc, item) => call.apply(1, item, acc), first);
}

function get(container: Value, key: Value): Value {
  if (isArray(container)) return (typeof key === 'number' ? container.at(key) : undefined) ?? null;
  if (isMap(container))
    return Object.hasOwn(container, String(key)) ? (container[String(key)] ?? null) : null;
  if (container === null) return null;
  throw new EvaluationError(`type ${typeName(container)} does not support indexing`);
}

function length(value: Value): number {
  if (typeof value === 'string' || isArray(value)) return value.length;
  if (isMap(value)) return Object.keys(value).length;
  throw new EvaluationError(`invalid argument for len (type ${typeName(value)})`);
}

function toNumber(value: Value, where: string): number {
  if (typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value))) return Number(value);
  return asNumber(value, where);
}
