import { Failure } from '../error.ts';
import { exceeds, type Json } from '../json.ts';
import { onAbort } from '../on-abort.ts';
import type { Effect, EventEffect, FanEffect, SleepEffect, TaskEffect, Walk } from './walk.ts';

/**
 * What a room does for a workflow. A result that is known already is returned at once, not as a promise: that is how a
 * recorded run is walked again quickly.
 *
 * A port rejects with a `Failure` where the workflow is to see an error, and with anything else (such as the signal's reason)
 * where the walk is to end.
 */
export interface Ports {
  task(effect: TaskEffect, signal: AbortSignal): Json | Promise<Json>;
  sleep(effect: SleepEffect, signal: AbortSignal): undefined | Promise<void>;
  event(effect: EventEffect, signal: AbortSignal): Json | Promise<Json>;
  /** Called when a fan-out begins; a failure that was recorded for it is returned, and nothing of it is walked again. */
  opened(effect: FanEffect): Failure | undefined;
  /** Records that a fan-out failed, and with what: of several failures the first one stands. */
  failed(effect: FanEffect, failure: Failure): undefined | Promise<void>;
  /** Bytes of JSON that a fan-out's result may have. */
  readonly limit: number;
}

/** The reason that siblings of a failed branch are aborted with; no workflow ever sees it. */
class SiblingFailed extends Error {
  override readonly name = 'SiblingFailed' as const;
}

/** Performs a walk. Nothing that it starts outlives it, except a step that ignores its signal after the walk was aborted. */
export async function drive(walk: Walk, ports: Ports, signal: AbortSignal): Promise<Json> {
  let step = walk.next();
  while (!step.done) {
    try {
      const effect = step.value;
      // Only a promise is awaited: replaying a long journal would else cost a turn of the event loop's queue an effect.
      const result = perform(effect, ports, signal);
      step = walk.next(result instanceof Promise ? await result : result);
    } catch (error) {
      step = walk.throw(error);
    }
  }
  return step.value;
}

type Performed = Json | Promise<Json>;

function perform(effect: Effect, ports: Ports, signal: AbortSignal): Performed {
  signal.throwIfAborted();
  switch (effect.kind) {
    case 'task':
      return ports.task(effect, signal);
    case 'event':
      return ports.event(effect, signal);
    case 'sleep':
      return ports.sleep(effect, signal)?.then(() => null) ?? null;
    case 'fan':
      return fanOut(effect, ports, signal);
    case 'round':
      return null;
  }
}

async function fanOut(effect: FanEffect, ports: Ports, signal: AbortSignal): Promise<Json> {
  const recorded = ports.opened(effect);
  if (recorded !== undefined) throw recorded;
  const controller = new AbortController();
  const off = onAbort(signal, () => controller.abort(signal.reason));
  const results = new Array<Json>(effect.size);
  let next = 0;
  let failure: { error: unknown } | undefined;
  const lane = async (): Promise<void> => {
    while (next < effect.size && failure === undefined) {
      const index = next++;
      try {
        results[index] = await drive(effect.branch(index), ports, controller.signal);
      } catch (error) {
        failure ??= { error };
        controller.abort(new SiblingFailed());
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(effect.concurrency, effect.size) }, lane));
  } finally {
    off();
  }
  if (failure === undefined && exceeds(results, ports.limit)) {
    const message = `the result of ${effect.node.id} is over ${ports.limit} bytes; let its steps keep their output in a bucket`;
    throw new Failure({ name: 'PayloadTooLarge', message }, true);
  }
  if (failure === undefined) return results;
  if (failure.error instanceof Failure) await ports.failed(effect, failure.error);
  throw failure.error;
}
