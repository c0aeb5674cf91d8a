import { Failure, invalidInput } from '../error.ts';
import { canonical, exceeds, type Json, toJson } from '../json.ts';
import { PAYLOAD_LIMIT } from './caps.ts';
import { plainName } from './names.ts';
import { isRunId } from './runs.ts';
import { parseInput } from './schema.ts';
import type { Workflow } from './workflow.ts';

/** What every room refuses in the same words before it starts a run or sends an event. */
type Workflows = ReadonlyMap<string, Workflow>;

/** The workflow that is to be started under an id. @throws `NotFound`; `InvalidInput` where the id is none. */
export function workflowToStart(workflows: Workflows, name: string, id: string): Workflow {
  const workflow = workflows.get(name);
  if (workflow === undefined) throw new Failure({ name: 'NotFound', message: `no workflow ${JSON.stringify(name)}` });
  if (!isRunId(id))
    throw invalidInput(
      'Idempotency-Key: letters, digits, _ . and -, at most 80, the first a letter or digit',
      'Idempotency-Key',
    );
  return workflow;
}

/** A run's input as its schema leaves it. @throws `InvalidInput`, `PayloadTooLarge`. */
export async function inputOf(workflow: Workflow, given: Json): Promise<Json> {
  return bounded(await parseInput(workflow.input, plain(given, 'input')), 'input');
}

/** That a start under a known id asks for what there is. @throws `Conflict`. */
export function checkSameStart(
  id: string,
  known: { readonly workflow: string; readonly input: Json },
  asked: { readonly workflow: string; readonly input: Json },
): void {
  if (known.workflow === asked.workflow && canonical(known.input) === canonical(asked.input)) return;
  throw new Failure({ name: 'Conflict', message: `run '${id}' was started with another input or workflow` });
}

/** @throws `InvalidInput` naming what is wrong: the event's name, or the key under which it is sent once. */
export function checkEvent(name: string, key: string): void {
  if (!plainName(name)) throw invalidInput(`name: ${JSON.stringify(name)} is no event name`, 'name');
  if (key === '' || key.length > 255) throw invalidInput('Idempotency-Key: 1 to 255 characters', 'Idempotency-Key');
}

/** An event's data as the schema of its workflow leaves it. @throws `InvalidInput`, `PayloadTooLarge`. */
export async function eventDataOf(workflow: Workflow | undefined, event: string, data: Json): Promise<Json> {
  return bounded(await parseInput(workflow?.events.get(event), plain(data, 'data'), 'data'), 'data');
}

export function noRun(id: string): Failure {
  return new Failure({ name: 'NotFound', message: `no run ${JSON.stringify(id)}` });
}

export function runIsOver(id: string, status: string): Failure {
  return new Failure({ name: 'Conflict', message: `run '${id}' is over (${status})` });
}

export function tooLarge(field: 'input' | 'data'): Failure {
  const message = `${field}: over ${PAYLOAD_LIMIT} bytes; put it into a bucket and pass its key`;
  return new Failure({ name: 'PayloadTooLarge', message, data: { field, limit: PAYLOAD_LIMIT } });
}

/** What a program gives may be no JSON, whatever its type says; `undefined` is `null`. */
function plain(value: unknown, field: 'input' | 'data'): Json {
  try {
    return toJson(value);
  } catch (error) {
    throw invalidInput(`${field}: is no JSON: ${(error as Error).message.split('\n', 1)[0]}`, field);
  }
}

function bounded(value: Json, field: 'input' | 'data'): Json {
  if (exceeds(value, PAYLOAD_LIMIT)) throw tooLarge(field);
  return value;
}
