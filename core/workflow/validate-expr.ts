import { CAPS } from './caps.ts';
import { refuse } from './diagnostic.ts';
import { COMPARISONS } from './ir.ts';
import { carriableKey, readableKey } from './names.ts';
import { fields, list, record, show } from './shape.ts';

/** The variables that an expression may refer to: those of its block, and of the blocks around it. */
export interface Visible {
  readonly names: Set<string>;
  readonly up: Visible | undefined;
}

export function checkExpr(value: unknown, at: string, visible: Visible, depth = 0): void {
  if (depth > CAPS.literalDepth) refuse('SK112', at, `below depth ${CAPS.literalDepth}`);
  const found = record(value, at);
  if ('lit' in found) {
    fields(value, at, ['lit'], []);
    literal(found.lit, `${at}.lit`);
  } else if ('ref' in found) {
    fields(value, at, ['ref'], ['path']);
    if (typeof found.ref !== 'string' || !sees(visible, found.ref)) refuse('SK204', `${at}.ref`, show(found.ref));
    if (found.path !== undefined)
      for (const [i, key] of list(found.path, `${at}.path`).entries()) pathKey(key, `${at}.path[${i}]`);
  } else if ('len' in found) {
    fields(value, at, ['len'], []);
    checkExpr(found.len, `${at}.len`, visible, depth + 1);
  } else if ('arr' in found) {
    fields(value, at, ['arr'], []);
    for (const [i, item] of list(found.arr, `${at}.arr`).entries())
      checkExpr(item, `${at}.arr[${i}]`, visible, depth + 1);
  } else if ('obj' in found) {
    fields(value, at, ['obj'], []);
    const keys = new Set<string>();
    for (const [i, pair] of list(found.obj, `${at}.obj`).entries()) {
      const where = `${at}.obj[${i}]`;
      const [key, item, ...rest] = list(pair, where);
      if (typeof key !== 'string' || rest.length > 0) refuse('SK201', where, 'a pair [key, expression] is wanted');
      objectKey(key, where);
      checkExpr(item, `${where}[1]`, visible, depth + 1);
      if (keys.has(key)) refuse('SK201', where, `the key ${show(key)} comes twice`);
      keys.add(key);
    }
  } else refuse('SK201', at, 'an expression is { lit }, { ref, path? }, { len }, { arr } or { obj }');
}

export function checkCond(value: unknown, at: string, visible: Visible, depth = 0): void {
  if (depth > CAPS.literalDepth) refuse('SK112', at, `below depth ${CAPS.literalDepth}`);
  const found = record(value, at);
  const every = (key: 'and' | 'or'): void => {
    fields(value, at, [key], []);
    for (const [i, one] of list(found[key], `${at}.${key}`).entries())
      checkCond(one, `${at}.${key}[${i}]`, visible, depth + 1);
  };
  if ('cmp' in found) {
    fields(value, at, ['cmp', 'a', 'b'], []);
    if (!COMPARISONS.some((one) => one === found.cmp))
      refuse('SK201', `${at}.cmp`, `${show(found.cmp)} is none of ${COMPARISONS.join(', ')}`);
    checkExpr(found.a, `${at}.a`, visible);
    checkExpr(found.b, `${at}.b`, visible);
  } else if ('and' in found) every('and');
  else if ('or' in found) every('or');
  else if ('not' in found) {
    fields(value, at, ['not'], []);
    checkCond(found.not, `${at}.not`, visible, depth + 1);
  } else if ('present' in found) {
    fields(value, at, ['present'], []);
    checkExpr(found.present, `${at}.present`, visible);
  } else if ('truthy' in found) {
    fields(value, at, ['truthy'], []);
    checkExpr(found.truthy, `${at}.truthy`, visible);
  } else refuse('SK201', at, 'a condition is { cmp, a, b }, { and }, { or }, { not }, { present } or { truthy }');
}

/** It is JSON already; its keys and its depth are what engines are particular about. */
function literal(value: unknown, at: string, depth = 0): void {
  if (depth > CAPS.literalDepth) refuse('SK112', at, `below depth ${CAPS.literalDepth}`);
  if (value === null || typeof value !== 'object') return;
  if (Array.isArray(value)) for (const [i, item] of value.entries()) literal(item, `${at}[${i}]`, depth + 1);
  else
    for (const [key, item] of Object.entries(value)) {
      objectKey(key, at);
      literal(item, `${at}.${key}`, depth + 1);
    }
}

function pathKey(key: unknown, at: string): void {
  const index = Number.isSafeInteger(key) && (key as number) >= 0;
  if (!index && !(typeof key === 'string' && readableKey(key))) refuse('SK107', at, show(key));
}

function objectKey(key: string, at: string): void {
  if (!carriableKey(key)) refuse('SK115', at, show(key));
}

function sees(visible: Visible | undefined, name: string): boolean {
  for (let scope = visible; scope; scope = scope.up) if (scope.names.has(name)) return true;
  return false;
}
