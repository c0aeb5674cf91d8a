import type { Json } from '../../../core/json.ts';
import {
  type Block,
  type Expr,
  fold,
  type MapNode,
  type Node,
  nodesOf,
  type ParallelNode,
} from '../../../core/workflow/ir.ts';
import { usesOf } from '../../../core/workflow/uses.ts';
import { type FanEffect, type Walk, walk } from '../../../core/workflow/walk.ts';
import type { Item, LaneInput } from './envelope.ts';

type Fan = MapNode | ParallelNode;

/** A block as the one sees it who hands branches over to lanes. */
export interface Outline {
  /** The same block, but a branch of a fan-out only tells what it would be walked with. */
  readonly block: Block;
  /** The fan-outs as they were, by id. */
  readonly fans: ReadonlyMap<string, Fan>;
}

/** What the branch of an outline gives. */
type Probed = [values: { [name: string]: Json }, item: Json];

export function outlineOf(block: Block): Outline {
  const fans = new Map<string, Fan>();
  for (const node of nodesOf(block)) if (node.kind === 'map' || node.kind === 'parallel') fans.set(node.id, node);
  return { block: outlined(block), fans };
}

function outlined(block: Block): Block {
  return { nodes: block.nodes.map((node) => outline(node)), out: block.out };
}

const outline = fold<Node>({
  task: (node) => node,
  map: (node) => ({ ...node, body: probe(node.body, node.id) }),
  parallel: (node) => ({ ...node, branches: node.branches.map((branch) => probe(branch)) }),
  choose: (node) => ({
    ...node,
    cases: node.cases.map((one) => ({ if: one.if, then: outlined(one.then) })),
    else: outlined(node.else),
  }),
  attempt: (node) => ({ ...node, body: outlined(node.body), rescue: outlined(node.rescue) }),
  sleep: (node) => node,
  waitFor: (node) => node,
  repeat: (node) => ({ ...node, body: outlined(node.body) }),
  run: (node) => ({ ...node, body: outlined(node.body) }),
  fail: (node) => node,
});

/** A block of no nodes that mentions what `body` does of the blocks around it, and has that for its result. */
function probe(body: Block, map?: string): Block {
  const own = new Set([...nodesOf(body)].flatMap(({ id }) => [id, ...BOUND.map((name) => `${id}.${name}`)]));
  const bound = map === undefined ? [] : [`${map}.item`, `${map}.index`];
  const names = [...usesOf(body)].filter((name) => !own.has(name) && !bound.includes(name));
  const values: Expr = { obj: names.map((name) => [name, { ref: name }]) };
  return { nodes: [], out: { arr: [values, map === undefined ? { lit: null } : { ref: `${map}.item` }] } };
}

/** What nodes bind for the blocks inside of them, after their id and a dot. */
const BOUND = ['item', 'index', 'error', 'state', 'in'];

/** What the branches of a fan-out of an outline are walked with, in their order. */
export function probed(effect: FanEffect): Probed[] {
  return Array.from({ length: effect.size }, (_, index) => effect.branch(index).next().value as Probed);
}

/** Indices of the maps and repeats around a fan-out, which its key ends with. */
export function indicesOf({ key, node }: FanEffect, run: string): number[] {
  const indices = key.slice(run.length + 1 + node.id.length);
  return indices === '' ? [] : indices.slice(1).split('/').map(Number);
}

interface Branches {
  branch(index: number): Walk;
  /** The fan-outs inside of them. */
  readonly fans: Outline['fans'];
}

const NOTHING: Expr = { lit: null };

/**
 * Walks branches of a fan-out away from the rest of their workflow.
 *
 * A lane is a small workflow: a node for each value that the branches mention, then the fan-out, all of it inside maps that
 * stand for the indices around it, so that every key is what it would be in the whole.
 */
export function branchesOf({ run, at, node, values, items }: LaneInput): Branches {
  const bindings = Object.entries(values).map(([id, lit]): Node => {
    return { kind: 'choose', id, cases: [], else: { nodes: [], out: { lit } } };
  });
  const { block, fans } = outlineOf(node.kind === 'map' ? node.body : (node.branches[0] as Block));
  const fan: Fan =
    node.kind === 'map' ? { ...node, items: placed(items), body: block } : { ...node, branches: [block] };
  let body: Block = { nodes: [...bindings, fan], out: NOTHING };
  for (const index of [...at].reverse())
    body = { nodes: [{ kind: 'map', id: '', items: placed([[index, null]]), body }], out: NOTHING };
  let effect = first(walk({ ir: 1, name: '', reads: [], body }, null, run));
  for (const index of at) effect = first(effect.branch(index));
  return { branch: effect.branch, fans };
}

/** A list with items at their indices, and holes elsewhere: nobody looks there. */
function placed(items: readonly Item[]): Expr {
  const list: Json[] = [];
  for (const [index, item] of items) list[index] = item;
  return { lit: list };
}

function first(walked: Walk): FanEffect {
  return walked.next().value as FanEffect;
}
