import type { Json } from '../../core/index.ts';

/** An IR as JSON, loosely: this side of the comparison shares no type and no code with the other. */
export type Any = { readonly [key: string]: unknown };
export type Path = readonly (string | number)[];
/** Variables by name; those of a block shadow nothing, because ids are unique. */
export type Scope = Readonly<Record<string, Json>>;

export interface ErrorOf {
  readonly name: string;
  readonly message: string;
  readonly data: Json;
}

/** What a workflow raises. `final`: no attempt catches it. */
export class Raised extends Error {
  readonly error: ErrorOf;
  readonly final: boolean;
  constructor(error: ErrorOf, final = false) {
    super(error.name);
    this.error = error;
    this.final = final;
  }
}

function missing(): never {
  throw new Raised({ name: 'MissingValue', message: '', data: null }, true);
}

/** Clauses 3 and 4. */
export function resolve(expr: Any, scope: Scope): Json {
  if ('lit' in expr) return expr.lit as Json;
  if ('arr' in expr) return (expr.arr as Any[]).map((item) => resolve(item, scope));
  if ('obj' in expr) {
    const record: Record<string, Json> = {};
    for (const [key, item] of expr.obj as [string, Any][])
      Object.defineProperty(record, key, { value: resolve(item, scope), enumerable: true });
    return record;
  }
  if ('len' in expr) {
    const list = resolve(expr.len as Any, scope);
    return Array.isArray(list) ? list.length : missing();
  }
  if (!Object.hasOwn(scope, expr.ref as string)) throw new Error(`the reference knows no ${String(expr.ref)}`);
  let value = scope[expr.ref as string] as Json;
  for (const key of (expr.path as Path | undefined) ?? []) value = propertyOf(value, key);
  return value;
}

function propertyOf(value: Json, key: string | number): Json {
  if (Array.isArray(value)) return typeof key === 'number' && key < value.length ? (value[key] as Json) : missing();
  if (value === null || typeof value !== 'object') return missing();
  return Object.hasOwn(value, key) ? (value[key] as Json) : null;
}

/** Clauses 6, 7, 8 and 32. */
export function isTrue(cond: Any, scope: Scope): boolean {
  if ('and' in cond) {
    for (const one of cond.and as Any[]) if (!isTrue(one, scope)) return false;
    return true;
  }
  if ('or' in cond) {
    for (const one of cond.or as Any[]) if (isTrue(one, scope)) return true;
    return false;
  }
  if ('not' in cond) return !isTrue(cond.not as Any, scope);
  if ('truthy' in cond) return resolve(cond.truthy as Any, scope) === true;
  if ('present' in cond) {
    try {
      return resolve(cond.present as Any, scope) !== null;
    } catch (error) {
      if (error instanceof Raised) return false;
      throw error;
    }
  }
  const a = resolve(cond.a as Any, scope);
  const b = resolve(cond.b as Any, scope);
  const same = typeof a === typeof b && a === b && (a === null || typeof a !== 'object');
  if (cond.cmp === 'eq') return same;
  if (cond.cmp === 'ne') return !same;
  if (typeof a !== 'number' || typeof b !== 'number') return false;
  if (cond.cmp === 'lt') return a < b;
  if (cond.cmp === 'lte') return a < b || a === b;
  return cond.cmp === 'gt' ? a > b : a > b || a === b;
}

/** Clause 2. */
export function asJson(value: unknown): Json {
  return value === undefined ? null : (JSON.parse(JSON.stringify(value)) as Json);
}

/** Clause 31: the value with a null wherever one of the paths leads to a property that is not there. */
export function completed(value: Json, paths: readonly Path[]): Json {
  const copy = structuredClone(value);
  for (const path of paths) complete(copy, path);
  return copy;
}

function complete(value: Json, [key, ...rest]: Path): void {
  if (key === undefined || value === null || typeof value !== 'object') return;
  if (Array.isArray(value)) {
    if (key === '*') for (const item of value) complete(item, rest);
    else if (typeof key === 'number' && key < value.length) complete(value[key] as Json, rest);
  } else if (key !== '*') {
    if (Object.hasOwn(value, key)) complete(value[key] as Json, rest);
    else value[key] = null;
  }
}
