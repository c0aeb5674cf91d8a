import type { Comparison, Cond } from './ir.ts';
import { toExpr } from './literal.ts';
import { condOf, exprOf, homeOf, makeCondition, makeRef } from './ref.ts';
import { needScope, scopeNow, stop } from './tracer.ts';
import type { Arg, Comparable, Condition, Holder, Operand, Ref, Some, Test } from './types.ts';

function compare(cmp: Comparison, a: unknown, b: unknown): Condition {
  needScope(cmp);
  return makeCondition({ cmp, a: toExpr(a), b: toExpr(b) });
}

/** Whether two scalars are the same; values of different types are not, and objects never are. */
export function eq<A extends Operand, B extends Operand>(a: A, b: B & Comparable<A, B>): Condition {
  return compare('eq', a, b);
}
/** The opposite of `eq`. */
export function ne<A extends Operand, B extends Operand>(a: A, b: B & Comparable<A, B>): Condition {
  return compare('ne', a, b);
}

/** Number order; false where either is not a number. So are `lte`, `gt`, `gte`. */
export function lt(a: Arg<number>, b: Arg<number>): Condition {
  return compare('lt', a, b);
}
export function lte(a: Arg<number>, b: Arg<number>): Condition {
  return compare('lte', a, b);
}
export function gt(a: Arg<number>, b: Arg<number>): Condition {
  return compare('gt', a, b);
}
export function gte(a: Arg<number>, b: Arg<number>): Condition {
  return compare('gte', a, b);
}

export function and(...tests: readonly Test[]): Condition {
  needScope('and');
  return makeCondition({ and: tests.map(toCond) });
}
export function or(...tests: readonly Test[]): Condition {
  needScope('or');
  return makeCondition({ or: tests.map(toCond) });
}
export function not(test: Test): Condition {
  needScope('not');
  return makeCondition({ not: toCond(test) });
}

/** Whether a value exists and is not null. */
export function present(value: Holder<unknown>): Condition {
  needScope('present');
  return makeCondition({ present: toExpr(value) });
}

/** The same Ref without null in its type: say `when(present(x), () => some(x).y)`. */
export function some<T>(value: Holder<T>): Some<T> {
  return value as Some<T>;
}

/** The number of elements of an array. */
export function length(list: Holder<readonly unknown[]>): Ref<number> {
  needScope('length');
  return makeRef<number>({ len: toExpr(list) }, { read: true, home: homeOf(list) ?? scopeNow() });
}

/** The condition of a test: one of the above, or a Ref of a boolean. */
export function toCond(test: unknown): Cond {
  if (typeof test === 'object' && test !== null) {
    const cond = condOf(test);
    if (cond !== undefined) return cond;
  }
  if (typeof test === 'function' && exprOf(test) !== undefined) return { truthy: toExpr(test) };
  return stop('SK117', `it is ${test === null ? 'null' : `a ${typeof test}`}`);
}
