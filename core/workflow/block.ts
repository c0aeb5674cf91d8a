import type { Block, Node } from './ir.ts';
import { toExpr } from './literal.ts';
import { makeRef } from './ref.ts';
import { type Scope, stop, within } from './tracer.ts';
import type { Ref } from './types.ts';

/** Records a node; the Ref is its result. */
export function push<T>(scope: Scope, node: Node): Ref<T> {
  scope.nodes.push(node);
  return makeRef({ ref: node.id });
}

/**
 * Traces a block inside of another.
 *
 * @param owner what the block belongs to, as messages name it.
 * @param variables what the block's function is called with: the variables that its node binds.
 */
export function block(
  up: Scope,
  owner: string,
  body: (...refs: Ref<never>[]) => unknown,
  ...variables: string[]
): Block {
  if (typeof body !== 'function')
    stop('SK119', `${owner} wants a function, not ${body === null ? 'null' : typeof body}`);
  const scope: Scope = { nodes: [], up, owner, tracing: up.tracing };
  return within(scope, () => {
    const out = toExpr(body(...variables.map((name) => makeRef<never>({ ref: name }))));
    return { nodes: scope.nodes, out };
  });
}
