import { toErrorValue } from '../../../core/error.ts';
import type { Json } from '../../../core/json.ts';
import { pad } from '../../../core/workflow/evaluate.ts';
import { invoke, type Surroundings } from '../../../core/workflow/invoke.ts';
import { RETRY_BOUNDS } from '../../../core/workflow/retry.ts';
import type { StepDefinition } from '../../../core/workflow/step.ts';
import { StateError } from './errors.ts';
import type { FailPayload, SleepPayload, StepPayload } from './payload.ts';

/**
 * One attempt of a step, for the function of a step.
 *
 * @throws StateError, whose name and message are what the state machine's `Retry` and `Catch` see.
 */
export async function performStep(
  definition: StepDefinition,
  payload: StepPayload,
  room: Surroundings,
  signal: AbortSignal,
): Promise<Json> {
  const { run, key, attempt, input, large = false, reads = [] } = payload;
  try {
    return pad(await invoke(definition, { run, key, attempt, input, large }, room, signal), reads);
  } catch (error) {
    throw new StateError(toErrorValue(error));
  }
}

/**
 * What States Language has no words for, except waiting.
 *
 * @throws StateError
 */
export function performControl(payload: FailPayload | SleepPayload): number {
  if ('fail' in payload) {
    const { name, message, data } = payload.fail;
    throw new StateError(toErrorValue({ name: text(name), message: text(message), data }));
  }
  const { sleep, key } = payload;
  if (typeof sleep === 'number' && sleep >= 0 && sleep <= RETRY_BOUNDS.cap) return Math.ceil(sleep);
  const message = `${key}: seconds must be a number from 0 to ${RETRY_BOUNDS.cap}`;
  throw new StateError({ name: 'InvalidInput', message }, true);
}

function text(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The input of an execution. */
export function startInput(ir: { readonly reads: Parameters<typeof pad>[1] }, input: Json): { input: Json } {
  return { input: pad(input, ir.reads) };
}
