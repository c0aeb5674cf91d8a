import type { Block, Expr } from './ir.ts';
import { rewriteBlock } from './rewrite.ts';

/**
 * A child's body as a scope of its parent: every node gets an id that is free there, and the child's input becomes a
 * variable of the `run` node.
 *
 * @param input the variable that holds the child's input.
 * @param fresh gives a free id near the one that it is passed.
 */
export function inlined(body: Block, input: string, fresh: (base: string) => string): Block {
  const renamed = new Map<string, string>();
  const id = (old: string): string => {
    const known = renamed.get(old);
    if (known !== undefined) return known;
    const free = fresh(old);
    renamed.set(old, free);
    return free;
  };
  const variable = (name: string): string => {
    if (name === 'in') return input;
    const dot = name.indexOf('.');
    return dot < 0 ? id(name) : `${id(name.slice(0, dot))}${name.slice(dot)}`;
  };
  const expr = (old: Expr): Expr => {
    if ('ref' in old) return { ...old, ref: variable(old.ref) };
    if ('len' in old) return { len: expr(old.len) };
    if ('arr' in old) return { arr: old.arr.map(expr) };
    if ('obj' in old) return { obj: old.obj.map(([key, value]) => [key, expr(value)] as const) };
    return old;
  };
  return rewriteBlock(body, { expr, id });
}
