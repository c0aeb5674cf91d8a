import { Failure } from '../../../core/error.ts';
import { byteLength, type Json } from '../../../core/json.ts';
import { PAYLOAD_LIMIT } from '../../../core/workflow/caps.ts';
import { plannedCalls } from '../../../core/workflow/progress.ts';
import { type RoundEffect, walk } from '../../../core/workflow/walk.ts';
import { ask, keep, outputOf } from './ask.ts';
import { type Driver, drive } from './drive.ts';
import { type Durable, durableOf, type Orchestration, type OrchestrationContext } from './durable.ts';
import {
  CANCELLED,
  ending,
  type Failed,
  failedWith,
  type LaneInput,
  type LaneResult,
  type Rolled,
  type RunFacts,
  type RunInput,
} from './envelope.ts';
import { type Fans, tooLarge } from './fan-out.ts';
import { branchesOf, outlineOf } from './lane-program.ts';
import { makeProgress } from './progress.ts';
import { Left, loopsOf, resumption } from './roll.ts';
import { hasStandIns, portable, restored } from './stand-in.ts';
import { neverStopped, Stopped, type Stops, stoppable } from './stops.ts';
import { makeWaits } from './waits.ts';

/** Tasks after which an instance goes on with an empty history: what is replayed each time would else grow with what was done. */
const ROLL = 100;

/** The one orchestrator, of runs and of their lanes: walks what it was started with. */
export function* orchestrate(context: OrchestrationContext): Orchestration<string> {
  const durable = durableOf(context);
  const input = restored<RunInput | LaneInput>(durable.input);
  return yield* input.kind === 'run' ? run(input, durable) : lane(input, durable);
}

function* run(input: RunInput, durable: Durable): Orchestration<string> {
  const { block, fans } = outlineOf(input.ir.body);
  const since = input.rolled?.since ?? durable.now();
  const start = input.rolled ?? { done: 0, planned: plannedCalls(input.ir.body) };
  const loops = loopsOf(block);
  const leaves = ({ node }: RoundEffect): boolean => loops.has(node.id) && durable.made() >= ROLL;
  const driver = { ...driverOf(durable, neverStopped(durable), input, fans, start), leaves };
  const given = input.rolled === undefined ? yield* keep(input.input, 'in', `${input.run}/in`, driver) : null;
  let output: Json;
  try {
    output = yield* drive(walk({ ...input.ir, body: block }, given, input.run, input.rolled), driver);
  } catch (error) {
    if (error instanceof Left) {
      const rolled: Rolled = { ...resumption(block, error.round), ...driver.progress.now(), since };
      durable.again(portable({ ...input, rolled }));
      return '';
    }
    if (error instanceof Stopped) throw ending(new Failure(CANCELLED));
    throw error instanceof Failure ? ending(error) : error;
  }
  if (!hasStandIns(output)) return JSON.stringify({ ok: output });
  const whole = outputOf(yield* ask({ kind: 'gather', run: input.run, value: output }, driver));
  return JSON.stringify({ ok: whole });
}

function* lane(input: LaneInput, durable: Durable): Orchestration<string> {
  const { node, items, alarm } = input;
  const { branch, fans } = branchesOf(input);
  const driver = driverOf(durable, stoppable(durable), input, fans, input);
  const results = [...input.results];
  let bytes = results.reduce((sum: number, result) => sum + byteLength(result), 0);
  for (const [nth, [index]] of items.entries()) {
    let failed: Failed | undefined;
    try {
      driver.stops.check();
      if (durable.made() >= ROLL) {
        durable.again(portable({ ...input, ...driver.progress.now(), items: items.slice(nth), results }));
        return '';
      }
      const result = yield* drive(branch(index), driver);
      results.push(result);
      bytes += byteLength(result);
      if (bytes > PAYLOAD_LIMIT) throw tooLarge(node.id);
    } catch (error) {
      if (error instanceof Stopped) return endOf([], driver, { stopped: true });
      if (!(error instanceof Failure)) throw error;
      failed = failedWith(error);
    }
    if (failed === undefined) continue;
    if (alarm !== undefined) yield* ask({ kind: 'alarm', run: input.run, ...alarm, failed }, driver);
    return endOf([], driver, { failed });
  }
  return endOf(results, driver);
}

function endOf(
  results: readonly Json[],
  { progress }: Driver,
  otherwise: Pick<LaneResult, 'failed' | 'stopped'> = {},
): string {
  const end: LaneResult = { results, ...progress.now(), ...otherwise };
  return portable(end);
}

function driverOf(
  durable: Durable,
  stops: Stops,
  facts: RunFacts,
  fans: Fans,
  start: { readonly done: number; readonly planned: number },
): Driver {
  const { run, workflow, opaque } = facts;
  return {
    durable,
    facts: { run, workflow, opaque },
    fans,
    stops,
    waits: makeWaits(durable),
    progress: makeProgress(durable, start),
  };
}
