import type { Json } from '../json.ts';

/**
 * The intermediate representation of a workflow: plain JSON, names instead of object identity, one union of nodes.
 *
 * A variable is `in` (the workflow's input), a node's id (its result), or what a node binds for its body: `<id>.item` and
 * `<id>.index` (map), `<id>.error` (attempt), `<id>.state` and `<id>.index` (repeat), `<id>.in` (run). Ids are unique in a
 * workflow, scope is lexical. `docs/ir.md` describes the format for those who write it by hand.
 */
export interface WorkflowIR {
  readonly ir: 1;
  readonly name: string;
  readonly description?: string;
  /** What the workflow reads of its input; derived, see `reads.ts`. */
  readonly reads: readonly Path[];
  readonly body: Block;
}

/** Property names and array indices, outermost first. In `reads`, `EACH` stands for every element of an array. */
export type Path = readonly (string | number)[];

/** No array has it as an index and no key is a number, so it cannot collide with either. */
export const EACH = -1;

export type Expr =
  | { readonly lit: Json }
  | { readonly ref: string; readonly path?: Path }
  | { readonly len: Expr }
  | { readonly arr: readonly Expr[] }
  /** Pairs, so that order is kept and `__proto__` is a key like any other. */
  | { readonly obj: readonly (readonly [key: string, value: Expr])[] };

export const COMPARISONS = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte'] as const;
export type Comparison = (typeof COMPARISONS)[number];

export type Cond =
  | { readonly cmp: Comparison; readonly a: Expr; readonly b: Expr }
  | { readonly present: Expr }
  | { readonly truthy: Expr }
  | { readonly not: Cond }
  | { readonly and: readonly Cond[] }
  | { readonly or: readonly Cond[] };

/** Attempts count the first; `seconds` is the first delay, multiplied by `rate` each time, never above `cap`. */
export interface Retry {
  readonly attempts: number;
  readonly seconds: number;
  readonly rate: number;
  readonly cap?: number;
  readonly on?: readonly string[];
  readonly not?: readonly string[];
}

/** Nodes run in order, used or not; the value of the block is `out`. */
export interface Block {
  readonly nodes: readonly Node[];
  readonly out: Expr;
}

export interface TaskNode {
  readonly kind: 'task';
  readonly id: string;
  readonly step: string;
  readonly input: Expr;
  readonly retry?: Retry;
  /** Seconds that one attempt may take. */
  readonly timeout?: number;
  /** The output travels by reference: opaque to the workflow, whole to the steps. */
  readonly large?: boolean;
  readonly reads: readonly Path[];
}
export interface MapNode {
  readonly kind: 'map';
  readonly id: string;
  readonly items: Expr;
  readonly body: Block;
  readonly concurrency?: number;
  /** Many items: each may be a run of its own engine's, with a history of its own. */
  readonly wide?: true;
}
export interface ParallelNode {
  readonly kind: 'parallel';
  readonly id: string;
  readonly branches: readonly Block[];
}
export interface ChooseNode {
  readonly kind: 'choose';
  readonly id: string;
  readonly cases: readonly { readonly if: Cond; readonly then: Block }[];
  readonly else: Block;
}
export interface AttemptNode {
  readonly kind: 'attempt';
  readonly id: string;
  readonly body: Block;
  readonly on?: readonly string[];
  readonly rescue: Block;
}
export interface SleepNode {
  readonly kind: 'sleep';
  readonly id: string;
  readonly seconds: Expr;
}
export interface WaitForNode {
  readonly kind: 'waitFor';
  readonly id: string;
  readonly event: string;
  /** Seconds after which `Timeout` is raised. */
  readonly timeout?: number;
  readonly reads: readonly Path[];
}
export interface RepeatNode {
  readonly kind: 'repeat';
  readonly id: string;
  readonly init: Expr;
  readonly body: Block;
  readonly until: Cond;
  readonly max: number;
}
export interface RunNode {
  readonly kind: 'run';
  readonly id: string;
  readonly workflow: string;
  readonly input: Expr;
  readonly body: Block;
}
export interface FailNode {
  readonly kind: 'fail';
  readonly id: string;
  /** A name, or an expression where a rescue raises again what it caught. */
  readonly error: string | Expr;
  readonly message: Expr;
  readonly data?: Expr;
}

export type Node =
  | TaskNode
  | MapNode
  | ParallelNode
  | ChooseNode
  | AttemptNode
  | SleepNode
  | WaitForNode
  | RepeatNode
  | RunNode
  | FailNode;
export type Kind = Node['kind'];

export const KINDS: readonly Kind[] = [
  'task',
  'map',
  'parallel',
  'choose',
  'attempt',
  'sleep',
  'waitFor',
  'repeat',
  'run',
  'fail',
];

/** One short function per kind of node. A new kind makes the compiler name every place that must learn it. */
export type Cases<R, A extends readonly unknown[] = []> = {
  readonly [K in Kind]: (node: Extract<Node, { kind: K }>, ...rest: A) => R;
};

export function fold<R, A extends readonly unknown[] = []>(cases: Cases<R, A>): (node: Node, ...rest: A) => R {
  return (node, ...rest) => (cases[node.kind] as (node: Node, ...rest: A) => R)(node, ...rest);
}

/** The blocks directly inside a node. */
export const blocksOf: (node: Node) => readonly Block[] = fold<readonly Block[]>({
  task: () => [],
  map: (node) => [node.body],
  parallel: (node) => node.branches,
  choose: (node) => [...node.cases.map((one) => one.then), node.else],
  attempt: (node) => [node.body, node.rescue],
  sleep: () => [],
  waitFor: () => [],
  repeat: (node) => [node.body],
  run: (node) => [node.body],
  fail: () => [],
});

/** Every node of a block and of the blocks inside it, outermost first. */
export function* nodesOf(block: Block): Generator<Node, void, undefined> {
  for (const node of block.nodes) {
    yield node;
    for (const inner of blocksOf(node)) yield* nodesOf(inner);
  }
}
