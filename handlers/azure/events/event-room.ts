import type { Surroundings } from '../../../core/workflow/invoke.ts';
import type { AzureQueueClient } from '../resources/queue.ts';

/** What triggers get from the room. Its client of a queue is an `AzureQueueClient`. */
export type EventRoom = Pick<Surroundings, 'client' | 'log' | 'telemetry'>;

/** The part of an invocation's context that is read, as `@azure/functions` has it. */
export interface TriggerInvocation {
  readonly triggerMetadata?: Readonly<Record<string, unknown>> | undefined;
}

export function queueOf(room: EventRoom, resource: Parameters<EventRoom['client']>[0]): AzureQueueClient {
  return room.client(resource) as AzureQueueClient;
}
