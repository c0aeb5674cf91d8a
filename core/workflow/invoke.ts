import { Failure, toErrorValue } from '../error.ts';
import { exceeds, type Json, toJson } from '../json.ts';
import { clientsFor, type Resource } from '../resources/access.ts';
import { attemptSpan } from '../telemetry/attempt-span.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { PAYLOAD_LIMIT } from './caps.ts';
import { type ClaimStore, checkIn, checkOut } from './claim.ts';
import { parseInput, parseOutput } from './schema.ts';
import type { StepContext, StepDefinition } from './step.ts';

/** One attempt of a step. */
export interface Call {
  readonly run: string;
  /** The idempotency key. */
  readonly key: string;
  readonly attempt: number;
  readonly input: Json;
  /** Whether the output travels by reference. */
  readonly large: boolean;
  /** The traceparent of the attempt's span, where the one who drives the run opened one. */
  readonly trace?: string;
}

/** What a room gives to the steps that it runs. */
export interface Surroundings {
  client(resource: Resource): object;
  readonly claims: ClaimStore;
  log(message: string, fields: Readonly<Record<string, Json>>): void;
  /** @default none, and no work for it */
  readonly telemetry?: Telemetry | undefined;
}

/**
 * Runs one attempt of a step: the same in every room, so that inputs are checked, outputs bounded and errors named alike.
 *
 * @throws Failure, whatever the step threw.
 */
export function invoke(definition: StepDefinition, call: Call, room: Surroundings, signal: AbortSignal): Promise<Json> {
  const { telemetry } = room;
  if (telemetry === undefined) return perform(definition, call, room, signal);
  return attemptSpan(telemetry, definition.name, call, () => perform(definition, call, room, signal));
}

async function perform(definition: StepDefinition, call: Call, room: Surroundings, signal: AbortSignal): Promise<Json> {
  try {
    const input = await parseInput(definition.input, await checkOut(call.input, call.run, room.claims));
    const context: StepContext = {
      ...clientsFor(definition.uses, (resource) => room.client(resource)),
      run: call.run,
      idempotencyKey: call.key,
      attempt: call.attempt,
      signal,
      log: (message, fields) => room.log(message, { ...fields, step: definition.name, key: call.key }),
    };
    const returned: unknown = await definition.run(input as never, context as never);
    const output = await parseOutput(definition.output, jsonOf(returned, definition.name));
    // A null is there for all to see, since `present` asks for it.
    if (call.large && output !== null) return await checkIn(output, call.key, room.claims);
    if (exceeds(output, PAYLOAD_LIMIT)) throw tooLarge(definition.name);
    return output;
  } catch (error) {
    // Made anew even of a Failure: whether an error is final is not for a step to say.
    throw new Failure(toErrorValue(error));
  }
}

/** @throws `InvalidOutput` naming the property that JSON has no word for, such as a bigint or a cycle. */
function jsonOf(returned: unknown, step: string): Json {
  try {
    return toJson(returned);
  } catch (error) {
    const at = refusedKey(returned);
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    const message = `output: what step '${step}' returned is no JSON${at === '' ? '' : `, at '${at}'`}: ${reason}`;
    throw new Failure({ name: 'InvalidOutput', message, data: { field: 'output' } });
  }
}

/** The last property that was looked at before the value was refused. */
function refusedKey(value: unknown): string {
  let last = '';
  try {
    JSON.stringify(value, (key, inner: unknown) => {
      last = key;
      return inner;
    });
  } catch {}
  return last;
}

function tooLarge(step: string): Failure {
  return new Failure({
    name: 'PayloadTooLarge',
    message: `the output of step '${step}' is over ${PAYLOAD_LIMIT} bytes; declare it as output: large(schema), or keep it in a bucket`,
    data: { limit: PAYLOAD_LIMIT },
  });
}
