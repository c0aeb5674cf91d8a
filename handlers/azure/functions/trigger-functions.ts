import functions from '@azure/functions';
import { SetupError } from '../../../core/setup-error.ts';
import { foldTrigger, type Trigger } from '../../../core/triggers/trigger.ts';
import { triggerQueue } from '../../../core/triggers/trigger-queue.ts';
import { blobEntry } from '../events/blob-entry.ts';
import { queueEntry } from '../events/queue-entry.ts';
import { timerEntry } from '../events/timer-entry.ts';
import { physicalName, STORAGE } from './environment.ts';
import { ncrontabs } from './ncrontab.ts';
import type { Room } from './room.ts';

type Handler = (input: unknown, context: functions.InvocationContext) => Promise<void>;

/** One function of Functions that a trigger needs. */
export interface TriggerFunction {
  readonly name: string;
  readonly kind: 'queue' | 'blob' | 'timer';
  /** The queue, the container, or the expression in NCRONTAB. */
  readonly of: string;
}

/** https://learn.microsoft.com/azure/azure-functions/functions-reference */
const LONGEST = 127;

/**
 * The functions that a trigger of an app needs: one that takes events out of the trigger's queue, and for objects and times one that
 * puts them there.
 *
 * @throws SetupError where a function's name would be too long.
 */
export function functionsOf(app: string, trigger: Trigger): readonly TriggerFunction[] {
  const own: TriggerFunction = {
    name: `${app}-on-${trigger.name}`,
    kind: 'queue',
    of: physicalName(triggerQueue(trigger)),
  };
  const found = [own, ...sourcesOf(trigger).map((one) => ({ ...one, name: `${app}-${one.name}-${trigger.name}` }))];
  const long = found.find(({ name }) => name.length > LONGEST);
  if (long !== undefined)
    throw new SetupError(
      `trigger '${trigger.name}' of app '${app}': the function '${long.name}' has over ${LONGEST} characters; shorten one of the names`,
    );
  return found;
}

const sourcesOf = foldTrigger<readonly TriggerFunction[]>({
  consume: () => [],
  object: ({ bucket }) => [{ name: 'put', kind: 'blob', of: physicalName(bucket) }],
  schedule: ({ times }) =>
    ncrontabs(times).map((of, index) => ({ name: index === 0 ? 'due' : `due-${index + 1}`, kind: 'timer', of })),
});

/** Registers the functions of a trigger. */
export function registerTrigger(
  app: string,
  trigger: Trigger,
  { surroundings }: Room,
  extraInputs: functions.FunctionInput[],
  seen: (handler: Handler) => Handler,
): void {
  const connection = STORAGE;
  const handlers: { readonly [K in TriggerFunction['kind']]: () => Handler } = {
    queue: () => queueEntry(trigger, surroundings),
    blob: () => blobEntry(trigger as Extract<Trigger, { kind: 'object' }>, surroundings),
    timer: () => timerEntry(trigger as Extract<Trigger, { kind: 'schedule' }>, surroundings),
  };
  for (const { name, kind, of } of functionsOf(app, trigger)) {
    const handler = seen(handlers[kind]());
    switch (kind) {
      case 'queue':
        functions.app.storageQueue(name, { queueName: of, connection, extraInputs, handler });
        break;
      case 'blob':
        // On Flex Consumption events of Event Grid alone call it: https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan#considerations
        functions.app.storageBlob(name, {
          path: `${of}/{name}`,
          connection,
          source: 'EventGrid',
          extraInputs,
          handler,
        });
        break;
      case 'timer':
        functions.app.timer(name, { schedule: of, extraInputs, handler });
        break;
    }
  }
}
