import { type Block, nodesOf } from '../../../core/workflow/ir.ts';
import { usesOf } from '../../../core/workflow/uses.ts';
import type { Resumption, RoundEffect } from '../../../core/workflow/walk.ts';

/** Why a walk ended that goes on in the next execution of its instance; no workflow ever sees it. */
export class Left extends Error {
  override readonly name = 'Left' as const;
  readonly round: RoundEffect;
  constructor(round: RoundEffect) {
    super(`left before ${round.key}`);
    this.round = round;
  }
}

/**
 * The loops of a workflow between whose rounds its run may be rolled: those in its body itself.
 *
 * None where it waits for events: the host forgets those that came and were not waited for yet when an execution ends.
 */
export function loopsOf(body: Block): ReadonlySet<string> {
  for (const { kind } of nodesOf(body)) if (kind === 'waitFor') return new Set();
  return new Set(body.nodes.flatMap(({ kind, id }) => (kind === 'repeat' ? [id] : [])));
}

/** Where the walk of a body that was left goes on. */
export function resumption(body: Block, { node, index, state, values }: RoundEffect): Resumption {
  const nodes = body.nodes.slice(body.nodes.findIndex(({ id }) => id === node.id));
  const needed = usesOf({ nodes, out: body.out });
  return { node: node.id, index, state, values: Object.fromEntries([...values].filter(([name]) => needed.has(name))) };
}
