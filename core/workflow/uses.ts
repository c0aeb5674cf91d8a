import { type Block, type Cond, type Expr, fold, type Node, type RepeatNode } from './ir.ts';

type Names = Set<string>;

function ofExpr(expr: Expr, into: Names): void {
  if ('ref' in expr) into.add(expr.ref);
  else if ('len' in expr) ofExpr(expr.len, into);
  else if ('arr' in expr) for (const item of expr.arr) ofExpr(item, into);
  else if ('obj' in expr) for (const [, value] of expr.obj) ofExpr(value, into);
}

function ofCond(cond: Cond, into: Names): void {
  if ('and' in cond) for (const one of cond.and) ofCond(one, into);
  else if ('or' in cond) for (const one of cond.or) ofCond(one, into);
  else if ('not' in cond) ofCond(cond.not, into);
  else if ('present' in cond) ofExpr(cond.present, into);
  else if ('truthy' in cond) ofExpr(cond.truthy, into);
  else for (const side of [cond.a, cond.b]) ofExpr(side, into);
}

const ofNode = fold<void, [Names]>({
  task: (node, into) => ofExpr(node.input, into),
  map: (node, into) => {
    ofExpr(node.items, into);
    ofBlock(node.body, into);
  },
  parallel: (node, into) => node.branches.forEach((branch) => ofBlock(branch, into)),
  choose: (node, into) => {
    for (const one of node.cases) {
      ofCond(one.if, into);
      ofBlock(one.then, into);
    }
    ofBlock(node.else, into);
  },
  attempt: (node, into) => {
    ofBlock(node.body, into);
    ofBlock(node.rescue, into);
  },
  sleep: (node, into) => ofExpr(node.seconds, into),
  waitFor: () => undefined,
  repeat: (node, into) => {
    ofExpr(node.init, into);
    ofBlock(node.body, into);
    ofCond(node.until, into);
  },
  run: (node, into) => {
    ofExpr(node.input, into);
    ofBlock(node.body, into);
  },
  fail: (node, into) => {
    if (typeof node.error !== 'string') ofExpr(node.error, into);
    ofExpr(node.message, into);
    if (node.data) ofExpr(node.data, into);
  },
});

function ofBlock(block: Block, into: Names): void {
  for (const node of block.nodes) ofNode(node, into);
  ofExpr(block.out, into);
}

/** The names of all variables that a block mentions, its own included. */
export function usesOf(block: Block): ReadonlySet<string> {
  const known = mentioned.get(block);
  if (known !== undefined) return known;
  const names: Names = new Set();
  ofBlock(block, names);
  mentioned.set(block, names);
  return names;
}

const mentioned = new WeakMap<Block, ReadonlySet<string>>();

/** The names that a round of a repeat mentions. */
export function roundUses({ body, until }: RepeatNode): ReadonlySet<string> {
  const names: Names = new Set(usesOf(body));
  ofCond(until, names);
  return names;
}

/** For each variable that a block mentions, the last of its nodes that does; where `out` does, the number of nodes. */
export function lastUses(block: Block): ReadonlyMap<string, number> {
  const last = new Map<string, number>();
  const note = (index: number, names: Names): void => names.forEach((name) => last.set(name, index));
  block.nodes.forEach((node: Node, index) => {
    const names: Names = new Set();
    ofNode(node, names);
    note(index, names);
  });
  const names: Names = new Set();
  ofExpr(block.out, names);
  note(block.nodes.length, names);
  return last;
}
