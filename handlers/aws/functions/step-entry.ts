import type { App } from '../../../core/app.ts';
import { Failure, invalidInput } from '../../../core/error.ts';
import type { Json } from '../../../core/json.ts';
import { SetupError } from '../../../core/setup-error.ts';
import type { Surroundings } from '../../../core/workflow/invoke.ts';
import type { StepDefinition } from '../../../core/workflow/step.ts';
import { fieldAt, textAt } from '../events/field.ts';
import type { LambdaContext } from '../events/lambda.ts';
import { performStep, StateError, type StepPayload } from '../workflow/index.ts';
import type { Room } from './room.ts';

/** Milliseconds before Lambda ends the function that a step is given up, so that its error can still be told. */
const MARGIN = 500;

/**
 * The function that runs the steps of an app, or of one of its workflows: what a machine calls in a Task.
 *
 * It rejects with `InvalidInput` naming the field of an event that no machine made, and with `NotFound` where the app has no such step;
 * whatever else a step may raise has the name and the text that the machine expects.
 *
 * @throws SetupError where two workflows have different steps of one name; such a function must be told the workflow.
 */
export function stepEntry(room: Pick<Room, 'app' | 'surroundings'>, workflow?: string) {
  const steps = stepsOf(room.app, workflow);
  return async (event: unknown, context?: LambdaContext): Promise<Json> => {
    const payload = checkedPayload(event);
    const definition = steps.get(payload.step);
    if (definition === undefined)
      throw new Failure({ name: 'NotFound', message: `app '${room.app.name}' has no step '${payload.step}'` });
    const left = context?.getRemainingTimeInMillis?.();
    const declared = payload.timeout === undefined ? Number.POSITIVE_INFINITY : payload.timeout * 1000;
    return bounded(
      definition,
      payload,
      room.surroundings,
      Math.min(declared, left === undefined ? declared : left - MARGIN),
    );
  };
}

/** The attempt's result, or `Timeout`: code that ignores its signal holds up nobody. @param limit in milliseconds */
async function bounded(
  definition: StepDefinition,
  payload: StepPayload,
  room: Surroundings,
  limit: number,
): Promise<Json> {
  const controller = new AbortController();
  const result = performStep(definition, payload, room, controller.signal);
  if (limit === Number.POSITIVE_INFINITY) return result;
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => {
      const error = { name: 'Timeout', message: `${payload.key} took longer than ${limit / 1000} s` };
      controller.abort(new Failure(error));
      late.reject(new StateError(error));
    },
    Math.max(0, limit),
  );
  // Whoever loses the race has nobody left to listen.
  result.catch(() => undefined);
  try {
    return await Promise.race([result, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** @throws `InvalidInput` */
function checkedPayload(event: unknown): StepPayload {
  for (const field of ['run', 'key', 'step'])
    if (!textAt(event, field)) throw invalidInput(`${field}: must be a non-empty string`, field);
  const attempt = fieldAt(event, 'attempt');
  if (!Number.isSafeInteger(attempt) || (attempt as number) < 1)
    throw invalidInput('attempt: must be a whole number from 1 on', 'attempt');
  if (fieldAt(event, 'input') === undefined) throw invalidInput('input: is not there', 'input');
  return event as StepPayload;
}

function stepsOf(app: App, workflow: string | undefined): ReadonlyMap<string, StepDefinition> {
  const meant = app.workflows.filter(({ name }) => workflow === undefined || name === workflow);
  if (meant.length === 0 && workflow !== undefined)
    throw new SetupError(`app '${app.name}' has no workflow '${workflow}'`);
  const found = new Map<string, StepDefinition>();
  for (const step of meant.flatMap(({ steps }) => [...steps.values()])) {
    const other = found.get(step.name);
    if (other !== undefined && other !== step)
      throw new SetupError(`app '${app.name}': two workflows have different steps '${step.name}'; name the workflow`);
    found.set(step.name, step);
  }
  return found;
}
