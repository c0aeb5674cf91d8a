import { createHash } from 'node:crypto';
import { Failure } from '../../../core/error.ts';
import { exceeds, type Json } from '../../../core/json.ts';
import { PAYLOAD_LIMIT } from '../../../core/workflow/caps.ts';
import type { MapNode, ParallelNode } from '../../../core/workflow/ir.ts';
import { plannedCalls } from '../../../core/workflow/progress.ts';
import type { FanEffect } from '../../../core/workflow/walk.ts';
import { ask } from './ask.ts';
import type { Driver } from './drive.ts';
import type { Orchestration } from './durable.ts';
import type { Alarm, Failed, Item, LaneInput, LaneResult } from './envelope.ts';
import { indicesOf, type Outline, probed } from './lane-program.ts';
import { portable, restored } from './stand-in.ts';
import { Stopped } from './stops.ts';
import { eventName } from './waits.ts';

export type Fans = Outline['fans'];

/** https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-instance-management: 1 to 100 characters. */
const LONGEST_ID = 100;
/** Digits of the number of a lane. */
const DIGITS = 5;

/**
 * A fan-out: each lane is an instance of its own and does its items one after the other, so that no history grows with the
 * number of items. An item that is slow holds up the items of its lane, and no others.
 */
export function* fanOut(effect: FanEffect, driver: Driver): Orchestration<Json> {
  const { durable, facts, fans, progress, stops } = driver;
  const node = fans.get(effect.node.id) as MapNode | ParallelNode;
  const prefix = lanePrefix(facts.run, effect.key.slice(facts.run.length + 1));
  const at = indicesOf(effect, facts.run);
  const branches = probed(effect);
  const count = Math.min(effect.concurrency, effect.size);
  if (node.kind === 'map') progress.planned(effect.size * plannedCalls(node.body));

  const ids = Array.from({ length: count }, (_, lane) => `${prefix}${lane}`);
  const alarm: Alarm = { to: durable.id, event: eventName(prefix, 'failed'), prefix };
  const inputOf = (lane: number): LaneInput => {
    const [values] = branches[lane] as (typeof branches)[number];
    const items: Item[] = [];
    if (node.kind === 'parallel') items.push([0, null]);
    else for (let index = lane; index < effect.size; index += count) items.push([index, branches[index]?.[1] ?? null]);
    const own = node.kind === 'map' ? node : { ...node, branches: node.branches.slice(lane, lane + 1) };
    const start = { items, results: [], done: 0, planned: 0, ...(count > 1 && { alarm }) };
    return { kind: 'lane', ...facts, node: own, at, values, ...start };
  };
  const tasks = ids.map((id, lane) => durable.lane(id, portable(inputOf(lane))));
  progress.open({ prefix, count });
  const all = durable.all(tasks);
  const told = durable.event(alarm.event);
  yield* stops.either(count > 1 ? durable.any([all, told]) : all);
  const atWork = ids.filter((_, lane) => tasks[lane]?.isCompleted === false);
  if (atWork.length > 0) yield* ask({ kind: 'stop', run: facts.run, lanes: atWork }, driver);
  // A lane that fails says so and ends well: this throws only where one went wrong in itself.
  yield all;
  const lanes = tasks.map((task) => restored<LaneResult>(String(task.result)));
  progress.closed(lanes);
  const first = told.isCompleted ? (JSON.parse(String(told.result)) as Failed) : lanes.find(hasFailed)?.failed;
  if (first !== undefined) throw new Failure(first.error, first.final);
  if (lanes.some(({ stopped }) => stopped)) throw new Stopped('a lane was told to stop');
  const results = new Array<Json>(effect.size);
  for (const [lane, { results: own }] of lanes.entries())
    for (const [nth, result] of own.entries()) results[lane + nth * count] = result;
  if (exceeds(results, PAYLOAD_LIMIT)) throw tooLarge(node.id);
  return results;
}

function hasFailed({ failed }: LaneResult): boolean {
  return failed !== undefined;
}

export function tooLarge(node: string): Failure {
  const message = `the result of ${node} is over ${PAYLOAD_LIMIT} bytes; let its steps keep their output in a bucket`;
  return new Failure({ name: 'PayloadTooLarge', message }, true);
}

/** Ids of lanes begin with that of their run; what does not fit becomes a hash. */
function lanePrefix(run: string, place: string): string {
  const plain = `${run}:${place.replaceAll('/', '.')}:`;
  if (plain.length + DIGITS <= LONGEST_ID) return plain;
  return `${run}:${createHash('sha256').update(place).digest('hex').slice(0, 12)}:`;
}
