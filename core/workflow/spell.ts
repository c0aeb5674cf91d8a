import type { Cond, Expr } from './ir.ts';

/** An expression in few words, for messages and drawings; it is not meant to be parsed. */
export function spellExpr(expr: Expr): string {
  if ('lit' in expr) return short(JSON.stringify(expr.lit));
  if ('ref' in expr) return [expr.ref, ...(expr.path ?? [])].join('.');
  if ('len' in expr) return `length of ${spellExpr(expr.len)}`;
  return 'arr' in expr ? '[…]' : '{…}';
}

/** A condition as it was written: `and(eq(in.a, 1), present(in.b))`. */
export function spellCond(cond: Cond): string {
  if ('cmp' in cond) return `${cond.cmp}(${spellExpr(cond.a)}, ${spellExpr(cond.b)})`;
  if ('and' in cond) return `and(${cond.and.map(spellCond).join(', ')})`;
  if ('or' in cond) return `or(${cond.or.map(spellCond).join(', ')})`;
  if ('not' in cond) return `not(${spellCond(cond.not)})`;
  return 'present' in cond ? `present(${spellExpr(cond.present)})` : spellExpr(cond.truthy);
}

/** The text, cut where it is long. */
export function short(text: string, limit = 40): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1).toWellFormed()}…`;
}
