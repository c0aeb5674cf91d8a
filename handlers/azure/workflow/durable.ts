import type { OrchestrationContext, Task, TimerTask } from 'durable-functions';

/** Names under which the functions are registered. */
export const ORCHESTRATOR = 'skein';
export const LANE = 'skein-lane';
export const ACTIVITY = 'skein-step';

export type { OrchestrationContext, Task };

/** A part of an orchestration: it yields tasks of the library and is resumed with their results. */
export type Orchestration<T> = Generator<Task, T, unknown>;

/**
 * All that orchestrations ask of `durable-functions`, and the only place that does: another library is another file like this.
 *
 * Whatever is not the same in each replay comes from here too. Texts go in and out, never objects: the library turns strings
 * under the key `Timestamp` into dates, and the host rewrites whatever looks like a date.
 */
export interface Durable {
  /** The id of this instance. */
  readonly id: string;
  readonly input: string;
  /** Milliseconds since 1970, the same in each replay. */
  now(): number;
  /** Tasks made so far in this execution: a measure of its history. */
  made(): number;
  perform(work: string): Task;
  lane(id: string, input: string): Task;
  timer(due: number): TimerTask;
  event(name: string): Task;
  /** Fails as soon as one of them does. A task may be in one group only: the library would schedule it again. */
  all(tasks: readonly Task[]): Task;
  /** The same holds for its tasks. */
  any(tasks: readonly Task[]): Task;
  /** What this instance goes on with, with an empty history; to be returned from at once. */
  again(input: string): void;
  /** What a client sees of this instance while it runs. */
  tell(status: object): void;
}

export function durableOf({ df }: OrchestrationContext): Durable {
  let count = 0;
  const made = <T extends Task>(task: T): T => {
    count++;
    return task;
  };
  return {
    id: df.instanceId,
    input: df.getInput<string>(),
    now: () => df.currentUtcDateTime.getTime(),
    made: () => count,
    perform: (work) => made(df.callActivity(ACTIVITY, work)),
    lane: (id, input) => made(df.callSubOrchestrator(LANE, input, id)),
    timer: (due) => made(df.createTimer(new Date(due))),
    event: (name) => made(df.waitForExternalEvent(name)),
    all: (tasks) => df.Task.all([...tasks]),
    any: (tasks) => df.Task.any([...tasks]),
    again: (input) => df.continueAsNew(input),
    tell: (status) => df.setCustomStatus(status),
  };
}
