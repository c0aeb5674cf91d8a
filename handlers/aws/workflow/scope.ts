import type { Json } from '../../../core/json.ts';
import type { Block, Expr, Node } from '../../../core/workflow/ir.ts';
import { lastUses } from '../../../core/workflow/uses.ts';
import { template } from './expression.ts';
import { freeScratch, type Place } from './place.ts';
import { slotOf } from './slots.ts';

/** Where a value goes; nowhere, where nobody needs it. */
export interface Box {
  readonly slot: string;
  /** What else the box has, and keeps. */
  readonly beside?: { readonly [field: string]: Json };
}
export type Goal = Box | undefined;

export type AddNode = (node: Node, place: Place, goal: Goal) => void;

/** Adds the nodes of a block and puts its value where it is wanted. */
export function addBlock(block: Block, place: Place, goal: Goal, addNode: AddNode): void {
  const { machine, slots } = place;
  const last = lastUses(block);
  const paths = new Map(place.paths);
  const own = new Map<string, string>();
  const tail = tailOf(block);
  for (const [index, node] of block.nodes.entries()) {
    if (machine.pending.length === 0) break;
    const dying = [...own].filter(([name]) => last.get(name) === index);
    let into: Goal;
    if (node === tail) into = goal;
    else if (last.has(node.id)) {
      // What is read for the last time here may be overwritten by the result: that is written last of all.
      const [reused] = dying;
      const slot = reused === undefined ? slots.take() : reused[1];
      if (reused !== undefined) own.delete(reused[0]);
      own.set(node.id, slot);
      into = { slot };
    }
    addNode(node, { ...place, paths: new Map(paths), label: node.id }, into);
    freeScratch(place);
    if (into !== undefined && node !== tail) paths.set(node.id, `$.${into.slot}.v`);
    for (const [name, slot] of own)
      if (last.get(name) === index && name !== node.id) {
        own.delete(name);
        slots.free(slot);
      }
  }
  if (tail === undefined && machine.pending.length > 0) {
    assign(block.out, { ...place, paths }, goal);
    freeScratch(place);
  }
  for (const slot of own.values()) slots.free(slot);
}

/** The last node, where its result is the block's: it goes straight to where that is wanted. */
function tailOf({ nodes, out }: Block): Node | undefined {
  const last = nodes.at(-1);
  return last !== undefined && 'ref' in out && out.ref === last.id && (out.path ?? []).length === 0 ? last : undefined;
}

/** Puts the value of an expression into a box. */
export function assign(expr: Expr, place: Place, goal: Goal, name = `${place.label} =`): void {
  // Evaluated also where nobody needs it, since it may miss a value.
  if (goal === undefined && ('lit' in expr || ('ref' in expr && (expr.path ?? []).length === 0))) return;
  const value = template([['v', expr]], place) as { [field: string]: Json };
  place.machine.add(name, { Type: 'Pass', Parameters: { ...value, ...goal?.beside }, ResultPath: boxPath(goal) });
}

function boxPath(goal: Goal): string | null {
  return goal === undefined ? null : `$.${goal.slot}`;
}

/** Where the result of a state goes as it is. */
export function resultPath(goal: Goal): string | null {
  return goal === undefined ? null : `$.${goal.slot}.v`;
}

/** The slots of variables that a block mentions and that are not its own. */
export function captured(names: Iterable<string>, place: Place): string[] {
  const found = new Set<string>();
  for (const name of names) {
    const path = place.paths.get(name);
    if (path !== undefined) found.add(slotOf(path));
  }
  return [...found].sort();
}
