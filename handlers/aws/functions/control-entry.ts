import { invalidInput } from '../../../core/error.ts';
import { fieldAt, fields, textAt } from '../events/field.ts';
import {
  type FailPayload,
  performControl,
  type SleepPayload,
  StateError,
  type WaitPayload,
} from '../workflow/index.ts';
import type { Room } from './room.ts';

/**
 * The function that does for machines what States Language has no words for: it raises computed errors, rounds seconds, and keeps who
 * waits for an event. Where EventBridge tells it that an execution is over, that is written down.
 *
 * It rejects with `InvalidInput` where an event is none of these.
 */
export function controlEntry(room: Pick<Room, 'runs'>) {
  return async (event: unknown): Promise<number | null> => {
    if (textAt(event, 'detail-type') === 'Step Functions Execution Status Change') {
      const id = textAt(event, 'detail', 'name');
      if (id === undefined) throw invalidInput('detail.name: must be a string', 'detail.name');
      await room.runs.look(id);
      return null;
    }
    const known = fields(event);
    for (const field of ['run', 'key'])
      if (!textAt(known, field)) throw invalidInput(`${field}: must be a non-empty string`, field);
    if (textAt(known, 'token') !== undefined && textAt(known, 'event') !== undefined) {
      await retried(room.runs.wait(event as WaitPayload));
      return null;
    }
    if (fieldAt(known, 'fail') === undefined && fieldAt(known, 'sleep') === undefined)
      throw invalidInput('event: must have one of fail, sleep, and event with token', 'event');
    return performControl(event as FailPayload | SleepPayload);
  };
}

/** Under the name of Lambda's own errors the machine tries again; under its own it would be an error of the workflow. */
async function retried(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    const failure = new StateError({ name: 'Lambda.ServiceException', message: String(error) });
    failure.cause = error;
    throw failure;
  }
}
