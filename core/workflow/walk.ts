import { Failure, toErrorJson, toErrorValue } from '../error.ts';
import type { Json } from '../json.ts';
import { DEFAULT_CONCURRENCY } from './caps.ts';
import { evaluate, holds, missing, pad, type Variables } from './evaluate.ts';
import { beyond, bounded, captured, type Held, holding } from './holding.ts';
import {
  type Block,
  type Expr,
  fold,
  type MapNode,
  type ParallelNode,
  type RepeatNode,
  type TaskNode,
  type WaitForNode,
  type WorkflowIR,
} from './ir.ts';
import { delaySeconds, RETRY_BOUNDS, retries } from './retry.ts';
import { roundUses, usesOf } from './uses.ts';

/** What is to be done next. The one who does it passes the result back, or throws a `Failure` in. */
export type Effect = TaskEffect | SleepEffect | EventEffect | FanEffect | RoundEffect;

interface Place {
  /** `run/node[/indices]`: the idempotency key of a step. */
  readonly key: string;
  /** The key, and the attempt where there are several: no two effects of a run have one slot. */
  readonly slot: string;
}
/** One attempt of a step. */
export interface TaskEffect extends Place {
  readonly kind: 'task';
  readonly node: TaskNode;
  readonly input: Json;
  readonly attempt: number;
}
export interface SleepEffect extends Place {
  readonly kind: 'sleep';
  /** Whole seconds, a minimum. */
  readonly seconds: number;
}
export interface EventEffect extends Place {
  readonly kind: 'event';
  readonly node: WaitForNode;
}
/** Walks to be done side by side, at most `concurrency` at once; the result is the array of theirs. */
export interface FanEffect extends Place {
  readonly kind: 'fan';
  readonly node: MapNode | ParallelNode;
  readonly size: number;
  readonly concurrency: number;
  branch(index: number): Walk;
}
/** A round of a `repeat` begins: nothing to be done, but a place where a walk may be left. The result is ignored. */
export interface RoundEffect extends Place {
  readonly kind: 'round';
  readonly node: RepeatNode;
  readonly index: number;
  readonly state: Json;
  /** Those of the block that the `repeat` stands in. */
  readonly values: ReadonlyMap<string, Json>;
}

/** Where a walk goes on that was left: before a round of a `repeat` in the workflow's own body. */
export interface Resumption {
  /** Id of the `repeat`. */
  readonly node: string;
  readonly index: number;
  readonly state: Json;
  /** What the body mentions from there on. */
  readonly values: Readonly<Record<string, Json>>;
}

/** A workflow being walked: it yields effects, is resumed with their results, and returns the output. */
export type Walk = Generator<Effect, Json, Json>;

interface Position {
  readonly run: string;
  readonly indices: string;
  readonly variables: Variables;
  /** What a block inside the node is entered with, where it mentions `names`. */
  held(names: ReadonlySet<string>): Held;
  /** Of the `repeat` that a walk goes on with. */
  readonly from?: Resumption;
}

/**
 * Walks a workflow: pure, no clock, no promise, no vendor. The same results passed in give the same effects out, so a room
 * may walk again from the start whenever it likes.
 */
export function* walk(ir: WorkflowIR, input: Json, run: string, from?: Resumption): Walk {
  const top = { run, indices: '', variables: undefined };
  const bindings: Bindings = from === undefined ? [['in', pad(input, ir.reads)]] : Object.entries(from.values);
  return bounded(yield* walkBlock(ir.body, top, [], bindings, from), "the workflow's output");
}

type Bindings = readonly (readonly [name: string, value: Json])[];
interface Outer {
  readonly run: string;
  readonly indices: string;
  readonly variables: Variables | undefined;
}

function* walkBlock(block: Block, at: Outer, held: Held, bindings: Bindings = [], from?: Resumption): Walk {
  const own = new Map<string, Json>();
  const values = holding(block, held, own);
  for (const [name, value] of bindings) values.keep(name, value);
  const { run, indices } = at;
  const variables = { own, up: at.variables };
  const first = from === undefined ? 0 : block.nodes.findIndex(({ id }) => id === from.node);
  for (const [index, node] of block.nodes.entries()) {
    if (index < first) continue;
    const inside = (names: ReadonlySet<string>): Held => values.inside(index, names);
    const position = { run, indices, variables, held: inside };
    const going = from !== undefined && index === first ? { ...position, from } : position;
    values.keep(node.id, yield* walkNode(node, going));
    values.check(index, node.id);
  }
  return evaluate(block.out, variables);
}

const walkNode = fold<Walk, [Position]>({
  *task(node, at) {
    const input = bounded(evaluate(node.input, at.variables), `the input of ${node.id}`);
    const key = keyOf(node.id, at);
    for (let attempt = 1; ; attempt++) {
      try {
        return pad(yield { kind: 'task', key, slot: `${key}#${attempt}`, node, input, attempt }, node.reads);
      } catch (error) {
        if (!(error instanceof Failure) || error.final || !retries(node.retry, attempt, error.name)) throw error;
        yield { kind: 'sleep', key, slot: `${key}~${attempt}`, seconds: delaySeconds(node.retry, attempt) };
      }
    }
  },
  *map(node, at) {
    const items = evaluate(node.items, at.variables);
    if (!Array.isArray(items)) throw missing(`${node.id} maps over what is no array`);
    const held = captured(at.held, node.body);
    const branch = (index: number): Walk =>
      walkBlock(node.body, inner(at, index), held, [
        [`${node.id}.item`, items[index] as Json],
        [`${node.id}.index`, index],
      ]);
    if (items.length === 0) return [];
    const concurrency = node.concurrency ?? DEFAULT_CONCURRENCY;
    return yield { kind: 'fan', ...place(node.id, at), node, size: items.length, concurrency, branch };
  },
  *parallel(node, at) {
    const { branches } = node;
    if (branches.length === 0) return [];
    const branchOf = (block: Block): Walk => walkBlock(block, at, captured(at.held, block));
    const branch = (index: number): Walk => branchOf(branches[index] as Block);
    return yield {
      kind: 'fan',
      ...place(node.id, at),
      node,
      size: branches.length,
      concurrency: branches.length,
      branch,
    };
  },
  *choose(node, at) {
    const taken = node.cases.find((one) => holds(one.if, at.variables));
    const block = taken?.then ?? node.else;
    return yield* walkBlock(block, at, at.held(usesOf(block)));
  },
  *attempt(node, at) {
    try {
      const names = new Set([...usesOf(node.body), ...usesOf(node.rescue)]);
      return yield* walkBlock(node.body, at, beyond(at.held(names), usesOf(node.rescue)));
    } catch (error) {
      if (!(error instanceof Failure) || error.final || (node.on && !node.on.includes(error.name))) throw error;
      const held = at.held(usesOf(node.rescue));
      return yield* walkBlock(node.rescue, at, held, [[`${node.id}.error`, toErrorJson(toErrorValue(error))]]);
    }
  },
  *sleep(node, at) {
    const seconds = evaluate(node.seconds, at.variables);
    if (typeof seconds !== 'number' || seconds < 0 || seconds > RETRY_BOUNDS.cap) {
      const message = `${node.id}: seconds must be a number from 0 to ${RETRY_BOUNDS.cap}`;
      throw new Failure({ name: 'InvalidInput', message }, true);
    }
    yield { kind: 'sleep', ...place(node.id, at), seconds: Math.ceil(seconds) };
    return null;
  },
  *waitFor(node, at) {
    return pad(yield { kind: 'event', ...place(node.id, at), node }, node.reads);
  },
  *repeat(node, at) {
    let state = at.from === undefined ? evaluate(node.init, at.variables) : at.from.state;
    // What one round mentions the next mentions too.
    const held = beyond(at.held(roundUses(node)), roundUses(node));
    const values = at.variables.own;
    for (let index = at.from?.index ?? 0; index < node.max; index++) {
      yield { kind: 'round', ...place(node.id, inner(at, index)), node, index, state, values };
      const bind = (value: Json): Bindings => [
        [`${node.id}.state`, value],
        [`${node.id}.index`, index],
      ];
      state = yield* walkBlock(node.body, inner(at, index), held, bind(state));
      if (holds(node.until, { own: new Map(bind(state)), up: at.variables })) break;
    }
    return state;
  },
  *run(node, at) {
    const input = evaluate(node.input, at.variables);
    return yield* walkBlock(node.body, at, at.held(usesOf(node.body)), [[`${node.id}.in`, input]]);
  },
  *fail(node, at) {
    const text = (expr: Expr): string => {
      const value = evaluate(expr, at.variables);
      return typeof value === 'string' ? value : JSON.stringify(value);
    };
    const name = typeof node.error === 'string' ? node.error : text(node.error);
    const data = node.data ? evaluate(node.data, at.variables) : null;
    throw new Failure(toErrorValue({ name, message: text(node.message), data }));
  },
});

function inner(at: Position, index: number): Position {
  return { ...at, indices: `${at.indices}/${index}` };
}

function keyOf(id: string, at: Position): string {
  return `${at.run}/${id}${at.indices}`;
}

function place(id: string, at: Position): Place {
  const key = keyOf(id, at);
  return { key, slot: key };
}
