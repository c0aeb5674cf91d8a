import type { Json } from '../../../core/json.ts';
import type { Path } from '../../../core/workflow/ir.ts';

/** What a state hands to the function of a step. */
export interface StepPayload {
  readonly run: string;
  /** The idempotency key. */
  readonly key: string;
  /** 1 for the first. */
  readonly attempt: number;
  readonly step: string;
  readonly input: Json;
  readonly large?: boolean;
  /** Seconds that the attempt may take. */
  readonly timeout?: number;
  /** Where nulls are put in place in the output. */
  readonly reads?: readonly Path[];
}

interface Ours {
  readonly run: string;
  readonly key: string;
}
/** What a state hands to the control function: it raises an error whose name or message is only known now. */
export interface FailPayload extends Ours {
  readonly fail: { readonly name: Json; readonly message: Json; readonly data: Json };
}
/** The same: it rounds seconds up. */
export interface SleepPayload extends Ours {
  readonly sleep: Json;
}
/** The same: it hands the event's data to the holder of the token, now or when it comes. */
export interface WaitPayload extends Ours {
  readonly event: string;
  readonly token: string;
  readonly reads?: readonly Path[];
}
