import { Failure } from '../../../core/error.ts';
import type { Json } from '../../../core/json.ts';
import type { Effect, EventEffect, RoundEffect, TaskEffect, Walk } from '../../../core/workflow/walk.ts';
import { ask, keep, outputOf } from './ask.ts';
import type { Durable, Orchestration } from './durable.ts';
import type { RunFacts, StepWork } from './envelope.ts';
import { type Fans, fanOut } from './fan-out.ts';
import type { Progress } from './progress.ts';
import { Left } from './roll.ts';
import type { Stops } from './stops.ts';
import type { Waits } from './waits.ts';

/** What the walks of one instance share. */
export interface Driver {
  readonly durable: Durable;
  readonly facts: RunFacts;
  readonly fans: Fans;
  readonly waits: Waits;
  readonly stops: Stops;
  readonly progress: Progress;
  /** Whether the walk is left before a round, to go on there in the next execution. @default never */
  leaves?(round: RoundEffect): boolean;
}

/** Seconds after which a step that the app does not have any more is asked for again, at first and at most. */
const ABSENT = { first: 60, most: 3_600 } as const;

/** Performs a walk under Durable: what `drive` of core is where there are promises. */
export function* drive(walk: Walk, driver: Driver): Orchestration<Json> {
  let step = walk.next();
  while (!step.done) {
    try {
      driver.stops.check();
      step = walk.next(yield* perform(step.value, driver));
    } catch (error) {
      step = walk.throw(error);
    }
  }
  return step.value;
}

function perform(effect: Effect, driver: Driver): Orchestration<Json> {
  switch (effect.kind) {
    case 'task':
      return task(effect, driver);
    case 'event':
      return event(effect, driver);
    case 'sleep':
      return sleep(effect.seconds, driver);
    case 'fan':
      return fanOut(effect, driver);
    case 'round':
      return round(effect, driver);
  }
}

// biome-ignore lint/correctness/useYield: nothing is waited for.
function* round(effect: RoundEffect, driver: Driver): Orchestration<Json> {
  if (driver.leaves?.(effect)) throw new Left(effect);
  return null;
}

function* task(effect: TaskEffect, driver: Driver): Orchestration<Json> {
  const { durable, facts, progress } = driver;
  const { node, key, attempt, input } = effect;
  const work: StepWork = {
    ...{ kind: 'step', run: facts.run, workflow: facts.workflow, instance: durable.id, key, attempt },
    ...{ step: node.step, input, large: node.large ?? false, opaque: facts.opaque.includes(node.id) },
    ...(node.timeout !== undefined && { timeout: node.timeout }),
  };
  for (let seconds: number = ABSENT.first; ; seconds = Math.min(seconds * 2, ABSENT.most)) {
    const answer = yield* ask(work, driver);
    if (!('absent' in answer)) {
      const output = outputOf(answer);
      progress.finished();
      return output;
    }
    yield* sleep(seconds, driver);
  }
}

function* event({ node, key }: EventEffect, driver: Driver): Orchestration<Json> {
  const found = yield* driver.waits.wait(node.event, node.timeout);
  if (found !== undefined) return yield* keep(found.data, node.id, key, driver);
  throw new Failure({ name: 'Timeout', message: `no event '${node.event}' within ${node.timeout} s` });
}

function* sleep(seconds: number, { durable, stops }: Driver): Orchestration<null> {
  yield* stops.until(durable.now() + seconds * 1000);
  return null;
}
