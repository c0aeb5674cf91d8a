import type { Json } from '../../core/index.ts';
import { ANY, BOOL, NUM, type Shape } from './shapes.ts';

/** A number from 0 to below. */
export type Draw = (below: number) => number;

export interface Variable {
  readonly ref: string;
  /** Where the part of it is that may be looked at, where that is not all of it. */
  readonly path?: readonly string[];
  readonly shape: Shape;
}
interface Found {
  readonly expr: object;
  readonly shape: Shape;
}

const LITERALS: readonly Json[] = [
  ...[0, '', false, null, [], {}, 1, 'a', true, -1.5],
  ...[
    '$.x',
    "States.Format('{}', $.y)",
    "it's \\ {}",
    '$$.Map',
    { a: { b: [] } },
    [0, [null]],
    { 'x.y': 1, '': 0, $: '$' },
  ],
];
const KEYS = ['a', 'b', 'odd key', 'a.b', '$', "it's", '0', 'é'];

export function literal(draw: Draw, values: readonly Json[] = LITERALS): { lit: Json } {
  return { lit: values[draw(values.length)] as Json };
}

export function whole({ ref, path }: Variable): object {
  return path === undefined ? { ref } : { ref, path };
}

/** A variable, or something inside it that is probably there. */
export function refOf(draw: Draw, scope: readonly Variable[], wild = 150): Found {
  const variable = scope[scope.length - 1 - draw(scope.length)] as Variable;
  const path: (string | number)[] = [...(variable.path ?? [])];
  let { shape } = variable;
  for (let more = draw(4); more > 0 && typeof shape === 'object'; more--) {
    if ('rec' in shape) {
      const keys = Object.keys(shape.rec);
      const key = keys[draw(keys.length)];
      if (key === undefined) break;
      path.push(key);
      shape = shape.rec[key] as Shape;
    } else if ('tuple' in shape && shape.tuple.length > 0) {
      const index = draw(shape.tuple.length);
      path.push(index);
      shape = shape.tuple[index] as Shape;
    } else if (more === 1 && draw(8) === 1) {
      path.push(0);
      shape = 'list' in shape ? shape.list : ANY;
    } else break;
  }
  // Now and then what is probably not there.
  if (draw(wild) === 1) path.push(draw(2) === 0 ? 'absent' : 3);
  const expr = path.length === 0 ? { ref: variable.ref } : { ref: variable.ref, path };
  return typeof shape === 'object' && 'list' in shape && draw(5) === 1
    ? { expr: { len: expr }, shape: NUM }
    : { expr, shape };
}

export function anyExpr(draw: Draw, scope: readonly Variable[], depth: number): object {
  switch (draw(depth > 0 ? 6 : 3)) {
    case 0:
      return literal(draw);
    case 1:
    case 2:
      return refOf(draw, scope).expr;
    case 3:
      return { arr: Array.from({ length: draw(4) }, () => anyExpr(draw, scope, depth - 1)) };
    default: {
      const keys = [...new Set(Array.from({ length: draw(3) }, () => KEYS[draw(KEYS.length)] as string))];
      return { obj: keys.map((key) => [key, anyExpr(draw, scope, depth - 1)]) };
    }
  }
}

/** A list to map over, where there is one. */
export function itemsOf(draw: Draw, scope: readonly Variable[]): { expr: object; of: Shape } | undefined {
  if (draw(5) === 0) return { expr: { arr: Array.from({ length: draw(4) }, () => anyExpr(draw, scope, 1)) }, of: ANY };
  if (draw(80) === 1) return { expr: refOf(draw, scope).expr, of: ANY };
  const lists = scope.flatMap(({ ref, path = [], shape }): { expr: object; of: Shape }[] => {
    if (typeof shape !== 'object') return [];
    if ('list' in shape) return [{ expr: { ref, path }, of: shape.list }];
    if ('tuple' in shape) return [{ expr: { ref, path }, of: ANY }];
    return Object.entries(shape.rec).flatMap(([key, inner]) =>
      typeof inner === 'object' && 'list' in inner ? [{ expr: { ref, path: [...path, key] }, of: inner.list }] : [],
    );
  });
  return draw(4) === 0 ? undefined : lists[draw(Math.max(1, lists.length))];
}

const COMPARISONS = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte'];

export function anyCond(draw: Draw, scope: readonly Variable[], depth: number): object {
  const some = (): object[] => Array.from({ length: draw(4) }, () => anyCond(draw, scope, depth - 1));
  const side = (): object => (draw(3) === 0 ? literal(draw) : refOf(draw, scope).expr);
  switch (draw(depth > 0 ? 9 : 5)) {
    case 0:
    case 1:
      return { cmp: COMPARISONS[draw(6)], a: refOf(draw, scope).expr, b: side() };
    case 2:
      return { cmp: COMPARISONS[draw(6)], a: side(), b: side() };
    case 3:
      return { present: refOf(draw, scope, 3).expr };
    case 4: {
      const flags = scope.filter((one) => one.shape === BOOL);
      return {
        truthy: flags.length > 0 ? whole(flags[draw(flags.length)] as Variable) : refOf(draw, scope).expr,
      };
    }
    case 5:
      return { and: some() };
    case 6:
      return { or: some() };
    default:
      return { not: anyCond(draw, scope, depth - 1) };
  }
}
