import { callFunction } from './functions.ts';
import type { Expr } from './syntax.ts';
import {
  asArray,
  asNumber,
  EvaluationError,
  equals,
  isArray,
  isMap,
  typeName,
  Unmodelled,
  type Value,
} from './values.ts';

export type Outcome =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'unknown' };

/** What the expression gives when `result` holds `result`. Never throws. */
export function evaluate(expression: Expr, result: Value): Outcome {
  try {
    return { kind: 'value', value: new Evaluator({ result }).run(expression, { items: [] }) };
  } catch (error) {
    if (error instanceof EvaluationError) return { kind: 'error', message: error.message };
    return { kind: 'unknown' };
  }
}

interface Scope {
  /** What `#` and `#acc` stand for, innermost last. */
  readonly items: readonly { readonly item: Value; readonly acc: Value }[];
  readonly locals?: Readonly<Record<string, Value>>;
}

// Enough for any condition over a vector; stops `1..1e9`.
const MAX_STEPS = 20_000;

class Evaluator {
  readonly #names: Readonly<Record<string, Value>>;
  #steps = 0;

  constructor(names: Readonly<Record<string, Value>>) {
    this.#names = names;
  }

  run(node: Expr, scope: Scope): Value {
    if (++this.#steps > MAX_STEPS) throw new Unmodelled();
    switch (node.kind) {
      case 'literal':
        return node.value;
      case 'name':
        return this.#name(node.name, scope);
      case 'item': {
        const top = scope.items.at(-1);
        if (!top || (node.name !== '' && node.name !== 'acc')) throw new Unmodelled();
        return node.name === 'acc' ? top.acc : top.item;
      }
      case 'unary':
        return this.#unary(node.op, this.run(node.operand, scope));
      case 'binary':
        return this.#binary(node.op, node.left, node.right, scope);
      case 'choice':
        return this.#truth(node.test, scope) ? this.run(node.yes, scope) : this.run(node.no, scope);
      case 'let': {
        const locals = { ...scope.locals, [node.name]: this.run(node.value, scope) };
        return this.run(node.body, { ...scope, locals });
      }
      case 'sequence':
        return node.nodes.reduce<Value>((_, child) => this.run(child, scope), null);
      case 'member':
        return this.#member(this.run(node.target, scope), this.run(node.property, scope), node.optional);
      case 'slice':
        return this.#slice(node, scope);
      case 'call':
        return this.#call(node.name, node.args, scope);
      case 'array':
        return node.items.map((item) => this.run(item, scope));
      case 'map':
        return Object.fromEntries(
          node.pairs.map(([key, value]) => [String(this.run(key, scope)), this.run(value, scope)]),
        );
      case 'method':
        throw new Unmodelled();
    }
  }

  #name(name: string, scope: Scope): Value {
    const from = scope.locals && Object.hasOwn(scope.locals, name) ? scope.locals : this.#names;
    const value = from[name];
    if (value === undefined) throw new Unmodelled();
    return value;
  }

  #truth(node: Expr, scope: Scope): boolean {
    const value = this.run(node, scope);
    if (typeof value !== 'boolean') throw new EvaluationError(`expected bool, got ${typeName(value)}`);
    return value;
  }

  #unary(op: string, value: Value): Value {
    if (op === '-') return -asNumber(value, 'operator -');
    if (op === '+') return asNumber(value, 'operator +');
    if (typeof value !== 'boolean')
      throw new EvaluationError(`operator ${op} expects bool, got ${typeName(value)}`);
    return !value;
  }

  #binary(op: string, leftNode: Expr, rightNode: Expr, scope: Scope): Value {
    if (op === 'and' || op === '&&') return this.#truth(leftNode, scope) && this.#truth(rightNode, scope);
    if (op === 'or' || op === '||') return this.#truth(leftNode, scope) || this.#truth(rightNode, scope);
    const left = this.run(leftNode, scope);
    if (op === '??') return left ?? this.run(rightNode, scope);
    const right = this.run(rightNode, scope);
    switch (op) {
      case '==':
        return equals(left, right);
      case '!=':
        return !equals(left, right);
      case 'in':
        return contains(right, left);
      case '..':
        return this.#range(asNumber(left, op), asNumber(right, op));
      case 'contains':
      case 'startsWith':
      case 'endsWith':
      case 'matches':
        throw new Unmodelled();
    }
    if (typeof left === 'string' && typeof right === 'string') return order(op, left, right);
    if (typeof left !== 'number' || typeof right !== 'number') {
      throw new EvaluationError(
        `invalid operation: ${op} (mismatched types ${typeName(left)} and ${typeName(right)})`,
      );
    }
    return arithmetic(op, left, right) ?? order(op, left, right);
  }

  #range(from: number, to: number): Value {
    if (to - from > MAX_STEPS) throw new Unmodelled();
    return Array.from({ length: Math.max(0, Math.floor(to - from + 1)) }, (_, i) => from + i);
  }

  #member(target: Value, property: Value, optional: boolean): Value {
    if (target === null) {
      if (optional) return null;
      throw new EvaluationError(`cannot fetch ${String(property)} from nil`);
    }
    if (isMap(target)) {
      const key = String(property);
      return Object.hasOwn(target, key) ? (target[key] ?? null) : null;
    }
    if (!isArray(target))
      throw new EvaluationError(`type ${typeName(target)} has no index or field ${String(property)}`);
    const index = asNumber(property, 'index');
    const found = target.at(index);
    if (found === undefined)
      throw new EvaluationError(`index out of range: ${index} (array length is ${target.length})`);
    return found;
  }

  #slice(node: Extract<Expr, { kind: 'slice' }>, scope: Scope): Value {
    const target = asArray(this.run(node.target, scope), 'slice');
    const bound = (end?: Expr) => (end ? asNumber(this.run(end, scope), 'slice') : undefined);
    return target.slice(bound(node.from), bound(node.to));
  }

  #call(name: string, args: readonly Expr[], scope: Scope): Value {
    return callFunction(name, {
      count: args.length,
      value: (i) => {
        const arg = args[i];
        if (!arg) throw new EvaluationError(`not enough arguments to call ${name}`);
        return this.run(arg, scope);
      },
      apply: (i, item, acc) => {
        const arg = args[i];
        if (!arg) throw new EvaluationError(`not enough arguments to call ${name}`);
        return this.run(arg, { ...scope, items: [...scope.items, { item, acc }] });
      },
      result: this.#names['result'] ?? null,
    });
  }
}

function contains(container: Value, item: Value): boolean {
  if (isArray(container)) return container.some((value) => equals(value, item));
  if (isMap(container)) return Object.hasOwn(container, String(item));
  throw new EvaluationError(`operator "in" not defined on ${typeName(container)}`);
}

function arithmetic(op: string, left: number, right: number): number | undefined {
  switch (op) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
    case '^':
    case '**':
      return left ** right;
  }
  return undefined;
}

function order<T extends number | string>(op: string, left: T, right: T): Value {
  switch (op) {
    case '<':
      return left < right;
    case '>':
      return left > right;
    case '<=':
      return left <= right;
    case '>=':
      return left >= right;
    case '+':
      return `${left}${right}`;
  }
  throw new EvaluationError(`operator ${op} not defined on ${typeName(left)}`);
}
