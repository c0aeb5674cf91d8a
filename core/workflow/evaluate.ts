import { Failure } from '../error.ts';
import type { Json } from '../json.ts';
import { type Comparison, type Cond, EACH, type Expr, type Path } from './ir.ts';

/** The variables of one block; those of the blocks around it are visible through `up`. */
export interface Variables {
  readonly own: Map<string, Json>;
  readonly up: Variables | undefined;
}

/** A value that is not there ends the run, uncatchable: that is all that every engine can do. */
export function missing(detail: string): Failure {
  return new Failure({ name: 'MissingValue', message: detail }, true);
}

export function evaluate(expr: Expr, variables: Variables): Json {
  if ('lit' in expr) return expr.lit;
  if ('ref' in expr) return follow(lookUp(expr.ref, variables), expr.path ?? [], expr.ref);
  if ('arr' in expr) return expr.arr.map((item) => evaluate(item, variables));
  if ('obj' in expr) return Object.fromEntries(expr.obj.map(([key, value]) => [key, evaluate(value, variables)]));
  const list = evaluate(expr.len, variables);
  if (!Array.isArray(list)) throw missing(`the length of ${typeName(list)}`);
  return list.length;
}

export function holds(cond: Cond, variables: Variables): boolean {
  if ('and' in cond) return cond.and.every((one) => holds(one, variables));
  if ('or' in cond) return cond.or.some((one) => holds(one, variables));
  if ('not' in cond) return !holds(cond.not, variables);
  if ('truthy' in cond) return evaluate(cond.truthy, variables) === true;
  if ('present' in cond) return isPresent(cond.present, variables);
  return compare[cond.cmp](evaluate(cond.a, variables), evaluate(cond.b, variables));
}

const compare: Readonly<Record<Comparison, (a: Json, b: Json) => boolean>> = {
  eq: (a, b) => isScalar(a) && a === b,
  ne: (a, b) => !(isScalar(a) && a === b),
  lt: ordered((a, b) => a < b),
  lte: ordered((a, b) => a <= b),
  gt: ordered((a, b) => a > b),
  gte: ordered((a, b) => a >= b),
};

function ordered(order: (a: number, b: number) => boolean): (a: Json, b: Json) => boolean {
  return (a, b) => typeof a === 'number' && typeof b === 'number' && order(a, b);
}

function isScalar(value: Json): boolean {
  return value === null || typeof value !== 'object';
}

function isPresent(expr: Expr, variables: Variables): boolean {
  try {
    return evaluate(expr, variables) !== null;
  } catch (error) {
    if (error instanceof Failure && error.name === 'MissingValue') return false;
    throw error;
  }
}

function lookUp(name: string, variables: Variables): Json {
  for (let scope: Variables | undefined = variables; scope; scope = scope.up) {
    const value = scope.own.get(name);
    if (value !== undefined) return value;
  }
  throw missing(`the variable ${name}`);
}

/** An absent property of an object is null; reading through what is no object, or past an array, is `MissingValue`. */
function follow(start: Json, path: Path, name: string): Json {
  let value = start;
  for (const [depth, key] of path.entries()) {
    if (value === null || typeof value !== 'object') throw missing(`${spell(name, path, depth)} of ${typeName(value)}`);
    if (Array.isArray(value)) {
      const item = typeof key === 'number' ? value[key] : undefined;
      if (item === undefined) throw missing(`${spell(name, path, depth)} of an array of ${value.length}`);
      value = item;
    } else value = Object.hasOwn(value, key) ? (value[key] as Json) : null;
  }
  return value;
}

function spell(name: string, path: Path, depth: number): string {
  return [name, ...path.slice(0, depth + 1)].join('.');
}

function typeName(value: Json): string {
  return value === null
    ? 'null'
    : Array.isArray(value)
      ? 'an array'
      : typeof value === 'object'
        ? 'an object'
        : `a ${typeof value}`;
}

/** The value with every property that the workflow reads of it in place, `null` where it was absent. */
export function pad(value: Json, reads: readonly Path[]): Json {
  let padded = value;
  for (const path of reads) padded = padPath(padded, path, 0);
  return padded;
}

/** Copies only what it changes: values are shared between variables. */
function padPath(value: Json, path: Path, depth: number): Json {
  const key = path[depth];
  if (key === undefined || value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) {
    if (typeof key !== 'number') return value;
    const items = value.map((item, index) => (key === EACH || key === index ? padPath(item, path, depth + 1) : item));
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  if (key === EACH) return value;
  if (!Object.hasOwn(value, key)) return { ...value, [key]: null };
  const old = value[key] as Json;
  const padded = padPath(old, path, depth + 1);
  return padded === old ? value : { ...value, [key]: padded };
}
