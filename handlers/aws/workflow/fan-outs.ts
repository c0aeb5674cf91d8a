import type { Json } from '../../../core/json.ts';
import { DEFAULT_CONCURRENCY } from '../../../core/workflow/caps.ts';
import type { Block, MapNode, ParallelNode } from '../../../core/workflow/ir.ts';
import { usesOf } from '../../../core/workflow/uses.ts';
import { fanOutCatchers } from './catchers.ts';
import { pathOf } from './expression.ts';
import { machine, type Names } from './machine.ts';
import { freeScratch, type Place } from './place.ts';
import { type AddNode, addBlock, assign, captured, type Goal, resultPath } from './scope.ts';
import { slots } from './slots.ts';

interface Inner {
  readonly add: AddNode;
  readonly names: Names;
}

/** The states of a branch, which ends with the block's value as its output. */
function branch(block: Block, place: Omit<Place, 'machine'>, { add, names }: Inner, name: string) {
  const made = machine(names);
  const inside: Place = { ...place, machine: made, catchers: [], scratch: [] };
  const slot = place.slots.take();
  addBlock(block, inside, { slot }, add);
  made.finish(name, `$.${slot}.v`);
  return made.toJson();
}

/**
 * An item's machine gets only what its states use. A map that is declared wide becomes a Distributed Map: each item is an execution
 * with a history of its own.
 */
export function addMap(node: MapNode, place: Place, goal: Goal, inner: Inner): void {
  const ItemsPath = pathOf(node.items, place);
  const shared = captured(usesOf(node.body), place);
  const own = slots(shared);
  const item = own.take();
  const indices = [...place.rounds, '$$.Map.Item.Index'];
  const ItemSelector: { [field: string]: Json } = {
    'run.$': '$.run',
    'at.$': `States.Format('{}${indices.map(() => '/{}').join('')}', ${['$.at', ...indices].join(', ')})`,
    [item]: { 'v.$': '$$.Map.Item.Value', 'i.$': '$$.Map.Item.Index' },
    ...Object.fromEntries(shared.map((slot) => [`${slot}.$`, `$.${slot}`])),
  };
  const paths = new Map(place.paths).set(`${node.id}.item`, `$.${item}.v`).set(`${node.id}.index`, `$.${item}.i`);
  const states = branch(node.body, { ...place, slots: own, paths, rounds: [] }, inner, `${node.id} item out`);
  const mode = node.wide ? { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } : { Mode: 'INLINE' };
  const { fields, after } = fanOutCatchers(place);
  const state = place.machine.add(node.id, {
    Type: 'Map',
    ItemsPath,
    ItemSelector,
    MaxConcurrency: node.concurrency ?? DEFAULT_CONCURRENCY,
    ItemProcessor: { ProcessorConfig: mode, ...states },
    ResultPath: resultPath(goal),
    ...fields,
  });
  after(state);
  freeScratch(place);
}

export function addParallel(node: ParallelNode, place: Place, goal: Goal, inner: Inner): void {
  if (node.branches.length === 0) {
    assign({ lit: [] }, place, goal);
    return;
  }
  const Branches = node.branches.map((block, index) =>
    branch(block, { ...place, slots: place.slots.copy() }, inner, `${node.id} ${index} out`),
  );
  const { fields, after } = fanOutCatchers(place);
  const state = place.machine.add(node.id, { Type: 'Parallel', Branches, ResultPath: resultPath(goal), ...fields });
  after(state);
}
