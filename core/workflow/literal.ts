import type { Json } from '../json.ts';
import { CAPS } from './caps.ts';
import type { Expr } from './ir.ts';
import { carriableKey } from './names.ts';
import { condOf, exprOf } from './ref.ts';
import { stop } from './tracer.ts';

/** The expression of a literal with Refs inside. */
export function toExpr(value: unknown, depth = 0): Expr {
  if (depth > CAPS.literalDepth) stop('SK112', `below depth ${CAPS.literalDepth}`);
  switch (typeof value) {
    case 'undefined':
      return { lit: null };
    case 'boolean':
    case 'string':
      return { lit: value };
    case 'number':
      return Number.isFinite(value) ? { lit: value === 0 ? 0 : value } : stop('SK114', String(value));
    case 'bigint':
    case 'symbol':
      return stop('SK114', `a ${typeof value}`);
    case 'function':
    case 'object':
      return value === null ? { lit: null } : objectExpr(value, depth);
  }
}

function objectExpr(value: object, depth: number): Expr {
  const expr = exprOf(value);
  if (expr !== undefined) return expr;
  if (condOf(value) !== undefined) stop('SK113', 'it stands where a value is expected');
  if (value instanceof Promise) {
    // It may reject later with the same complaint; unhandled, that would end the process.
    value.catch(() => undefined);
    stop('SK103', 'a promise stands where a value is expected');
  }
  if (typeof value === 'function') return stop('SK114', 'a function');
  if (Array.isArray(value)) {
    const items = Array.from(value, (item) => toExpr(item, depth + 1));
    return items.every(isLiteral) ? { lit: items.map((item) => item.lit) } : { arr: items };
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    return stop('SK114', `an instance of ${prototype?.constructor?.name ?? 'a class'}`);
  const pairs: [string, Expr][] = [];
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue;
    if (!carriableKey(key)) stop('SK115', JSON.stringify(key));
    pairs.push([key, toExpr(item, depth + 1)]);
  }
  return pairs.every((pair): pair is [string, { lit: Json }] => isLiteral(pair[1]))
    ? { lit: Object.fromEntries(pairs.map(([key, item]) => [key, item.lit])) }
    : { obj: pairs };
}

function isLiteral(expr: Expr): expr is { lit: Json } {
  return 'lit' in expr;
}
