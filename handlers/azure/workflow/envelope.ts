import { type ErrorValue, type Failure, toErrorValue } from '../../../core/error.ts';
import type { Json } from '../../../core/json.ts';
import type { MapNode, ParallelNode, WorkflowIR } from '../../../core/workflow/ir.ts';
import type { Resumption } from '../../../core/workflow/walk.ts';

/** What is the same in a whole run. */
export interface RunFacts {
  readonly run: string;
  readonly workflow: string;
  /** Ids of what the workflow does not look into: such values may travel by reference. */
  readonly opaque: readonly string[];
}

/** What an instance of a run starts with: the definition travels with it. */
export interface RunInput extends RunFacts {
  readonly kind: 'run';
  readonly ir: WorkflowIR;
  readonly input: Json;
  /** Where it goes on, after it was rolled. */
  readonly rolled?: Rolled;
}

export interface Rolled extends Resumption {
  readonly done: number;
  readonly planned: number;
  /** When the run began; milliseconds since 1970. */
  readonly since: number;
}

/** An item of a map and its index. */
export type Item = readonly [index: number, item: Json];

/** What a lane of a fan-out starts with, and what it goes on with after it was rolled. */
export interface LaneInput extends RunFacts {
  readonly kind: 'lane';
  /** The fan-out; a `parallel` has the one branch that the lane walks. */
  readonly node: MapNode | ParallelNode;
  /** Indices of the maps and repeats around it, outermost first. */
  readonly at: readonly number[];
  /** What its branches mention of the blocks around it. */
  readonly values: Readonly<Record<string, Json>>;
  /** What is still to be done, one after the other. */
  readonly items: readonly Item[];
  readonly results: readonly Json[];
  readonly done: number;
  readonly planned: number;
  /** Whom to tell of a failure at once; absent where no lane is beside this one. */
  readonly alarm?: Alarm;
}

/** How an instance hears of the failure of a lane before the others have ended. */
export interface Alarm {
  /** The instance. */
  readonly to: string;
  readonly event: string;
  /** What the ids of all the lanes begin with. */
  readonly prefix: string;
}

/** What a lane ends with. `planned`: step calls of the maps inside of it. */
export interface LaneResult {
  readonly results: readonly Json[];
  readonly done: number;
  readonly planned: number;
  readonly failed?: Failed;
  /** It was told to stop before it was done. */
  readonly stopped?: true;
}

/** A failure on its way from one instance to another. */
export interface Failed {
  readonly error: ErrorValue;
  /** Whether no attempt may catch it. */
  readonly final: boolean;
}

/** One attempt of a step. */
export interface StepWork {
  readonly kind: 'step';
  readonly run: string;
  readonly workflow: string;
  /** The instance that waits for it: the run's, or that of a lane. */
  readonly instance: string;
  /** The idempotency key. */
  readonly key: string;
  /** 1 for the first. */
  readonly attempt: number;
  readonly step: string;
  readonly input: Json;
  readonly large: boolean;
  /** Seconds that the attempt may take. */
  readonly timeout?: number;
  /** Whether a large output may be put aside. */
  readonly opaque: boolean;
}
/** Tells the instance that waits for a lane that it failed: nothing that follows a `Task.all` begins before all of it ended. */
export interface AlarmWork extends Alarm {
  readonly kind: 'alarm';
  readonly run: string;
  readonly failed: Failed;
}
/** Tells the lanes beside one that failed to stop. */
export interface StopWork {
  readonly kind: 'stop';
  readonly run: string;
  readonly lanes: readonly string[];
}
/** Puts a value aside. */
export interface KeepWork {
  readonly kind: 'keep';
  readonly run: string;
  readonly key: string;
  readonly value: Json;
}
/** Puts what was put aside back in place. */
export interface GatherWork {
  readonly kind: 'gather';
  readonly run: string;
  readonly value: Json;
}
/** What the activity is told to do. */
export type Work = StepWork | AlarmWork | StopWork | KeepWork | GatherWork;

/** What the activity answers. */
export type Answer =
  | { readonly ok: Json }
  /** The value was put aside. */
  | { readonly claim: Json }
  | { readonly error: ErrorValue }
  /** The app has no such step any more. */
  | { readonly absent: string }
  /** The run was cancelled, or a sibling failed. */
  | { readonly stopped: true };

export const CANCELLED: ErrorValue = { name: 'Cancelled', message: 'the run was cancelled' };

/** Characters of an error's message that people see in the portal. */
const LEGIBLE = 300;
const OURS = /\[skein:([\w-]+)\]/;

export function failedWith(failure: Failure): Failed {
  return { error: toErrorValue(failure), final: failure.final };
}

/**
 * Ends the instance of a run. The message is legible, and has all of the error in letters that no host escapes.
 */
export function ending(failure: Failure): Error {
  const { name, message } = failure;
  const whole = Buffer.from(JSON.stringify(toErrorValue(failure))).toString('base64url');
  const legible = `${name}: ${message}`.slice(0, LEGIBLE).replaceAll('[skein:', '[');
  return new Error(`${legible} [skein:${whole}]`);
}

/** The error in what a host made of `ending`; `undefined` where the host, and not the workflow, failed. */
export function endingIn(text: string): ErrorValue | undefined {
  const found = OURS.exec(text)?.[1];
  return found === undefined ? undefined : (JSON.parse(Buffer.from(found, 'base64url').toString()) as ErrorValue);
}
