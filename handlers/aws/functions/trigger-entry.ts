import { Failure } from '../../../core/error.ts';
import type { QueueClient } from '../../../core/resources/queue.ts';
import { triggerQueue } from '../../../core/triggers/trigger-queue.ts';
import type { QueueEnds } from '../events/desk.ts';
import { type LambdaHandler, lambda } from '../events/lambda.ts';
import type { Room } from './room.ts';

/** The function that runs an app's triggers on the events of SQS, SNS, S3 and EventBridge. It answers no request. */
export function triggerEntry({ app, surroundings }: Pick<Room, 'app' | 'surroundings'>): LambdaHandler {
  const { client, log } = surroundings;
  const queues = new Map(app.triggers.map(triggerQueue).map((queue) => [queue.name, queue] as const));
  const fetch = (): never => {
    throw new Failure({ name: 'NotFound', message: 'this function answers no requests' });
  };
  return lambda(app, {
    ...{ client, log, fetch },
    queue: (name) => client(queues.get(name) ?? { kind: 'queue', name, attempts: 1 }) as QueueClient & QueueEnds,
  });
}
