import type { ErrorValue } from '../../../core/error.ts';
import type { Json } from '../../../core/json.ts';
import type { WorkflowIR } from '../../../core/workflow/ir.ts';
import { CANCELLED, endingIn, type RunInput } from './envelope.ts';
import { opaqueIn } from './stand-in.ts';

/** What `durable-functions` says of an instance, as far as it is asked here. */
export interface InstanceStatus {
  readonly runtimeStatus: string;
  readonly input?: unknown;
  readonly output?: unknown;
  readonly customStatus?: unknown;
}

export type Outcome = { readonly output: Json } | { readonly error: ErrorValue };

export interface Start {
  readonly ir: WorkflowIR;
  /** The workflow's name in the app. */
  readonly workflow: string;
  /** The run's id, which is the instance's too. */
  readonly run: string;
  readonly input: Json;
}

/** What is known of the start of a run that may have been rolled since. */
export interface Started extends Start {
  /** Milliseconds since 1970. @default when the instance was created */
  readonly since?: number;
}

/** What the orchestrator is started with: one text, with the definition that the run finishes on. */
export function startInput({ ir, workflow, run, input }: Start): string {
  const start: RunInput = { kind: 'run', run, workflow, ir, input, opaque: opaqueIn(ir.body) };
  return JSON.stringify(start);
}

/** What an instance was started with; `undefined` where that is not of this format. */
export function startOf({ input }: InstanceStatus): Started | undefined {
  if (typeof input !== 'string') return undefined;
  const start = JSON.parse(input) as RunInput;
  if (start.kind !== 'run') return undefined;
  return start.rolled === undefined ? start : { ...start, since: start.rolled.since };
}

/** How a run ended; `undefined` while it has not. */
export function outcomeOf({ runtimeStatus, output }: InstanceStatus): Outcome | undefined {
  switch (runtimeStatus) {
    case 'Completed':
      return { output: (JSON.parse(String(output)) as { ok: Json }).ok };
    case 'Failed': {
      const text = typeof output === 'string' ? output : JSON.stringify(output ?? null);
      return { error: endingIn(text) ?? { name: 'Error', message: text } };
    }
    case 'Terminated':
    case 'Canceled':
      return { error: CANCELLED };
    default:
      return undefined;
  }
}
