import { type Block, type Cond, type Expr, fold, type Node } from './ir.ts';

/** What a rewriting does to each expression and to each id; conditions and nodes follow from it. */
export interface Rewriting {
  expr(expr: Expr): Expr;
  id(id: string): string;
}

/** The same block with every expression and id rewritten, outermost nodes first. */
export function rewriteBlock(block: Block, to: Rewriting): Block {
  return { nodes: block.nodes.map((node) => rewriteNode(node, to)), out: to.expr(block.out) };
}

function rewriteCond(cond: Cond, to: Rewriting): Cond {
  if ('and' in cond) return { and: cond.and.map((one) => rewriteCond(one, to)) };
  if ('or' in cond) return { or: cond.or.map((one) => rewriteCond(one, to)) };
  if ('not' in cond) return { not: rewriteCond(cond.not, to) };
  if ('present' in cond) return { present: to.expr(cond.present) };
  if ('truthy' in cond) return { truthy: to.expr(cond.truthy) };
  return { cmp: cond.cmp, a: to.expr(cond.a), b: to.expr(cond.b) };
}

const rewriteNode = fold<Node, [Rewriting]>({
  task: (node, to) => ({ ...node, id: to.id(node.id), input: to.expr(node.input), reads: [] }),
  map: (node, to) => ({ ...node, id: to.id(node.id), items: to.expr(node.items), body: rewriteBlock(node.body, to) }),
  parallel: (node, to) => ({
    ...node,
    id: to.id(node.id),
    branches: node.branches.map((branch) => rewriteBlock(branch, to)),
  }),
  choose: (node, to) => ({
    ...node,
    id: to.id(node.id),
    cases: node.cases.map((one) => ({ if: rewriteCond(one.if, to), then: rewriteBlock(one.then, to) })),
    else: rewriteBlock(node.else, to),
  }),
  attempt: (node, to) => ({
    ...node,
    id: to.id(node.id),
    body: rewriteBlock(node.body, to),
    rescue: rewriteBlock(node.rescue, to),
  }),
  sleep: (node, to) => ({ ...node, id: to.id(node.id), seconds: to.expr(node.seconds) }),
  waitFor: (node, to) => ({ ...node, id: to.id(node.id), reads: [] }),
  repeat: (node, to) => ({
    ...node,
    id: to.id(node.id),
    init: to.expr(node.init),
    body: rewriteBlock(node.body, to),
    until: rewriteCond(node.until, to),
  }),
  run: (node, to) => ({ ...node, id: to.id(node.id), input: to.expr(node.input), body: rewriteBlock(node.body, to) }),
  fail: (node, to) => ({
    ...node,
    id: to.id(node.id),
    error: typeof node.error === 'string' ? node.error : to.expr(node.error),
    message: to.expr(node.message),
    ...(node.data && { data: to.expr(node.data) }),
  }),
});
