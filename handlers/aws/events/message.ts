import type { Json } from '../../../core/json.ts';
import type { Delivery, Verdict } from '../../../core/triggers/deliver.ts';
import type { ConsumeTrigger } from '../../../core/triggers/trigger.ts';
import { isRunId } from '../../../core/workflow/runs.ts';
import { calledBy, namedBy, nameInArn } from './called.ts';
import type { Desk } from './desk.ts';
import { deliverNotification, isNotification } from './s3.ts';

/** A message of a queue or a topic. */
export interface Message {
  readonly id: string;
  /** The ARN of the queue or the topic. */
  readonly from: string;
  readonly event: Json;
  /** The idempotency key. @default the id, where it is no run id */
  readonly key: string;
  readonly attempt: number;
}

/** A message as its sender's JSON; whatever is none was sent by somebody who writes plain text, and is that text. */
export function contentOf(body: string): Json {
  try {
    return JSON.parse(body) as Json;
  } catch {
    return body;
  }
}

/**
 * The trigger that takes a message; `undefined` where it is a notification of S3 that no `consume` asks for by name: then it is for
 * the triggers of its bucket.
 *
 * @throws `NotFound` where no trigger takes it.
 */
export function consumerOf({ from, event }: Message, desk: Desk): ConsumeTrigger | undefined {
  const consumers = desk.triggers.filter((one): one is ConsumeTrigger => one.kind === 'consume');
  const nameOf = (one: ConsumeTrigger): string => one.queue.name;
  const name = nameInArn(from);
  const forObjects = isNotification(event) && desk.triggers.some((one) => one.kind === 'object');
  const [found] = forObjects ? namedBy(consumers, nameOf, name) : calledBy(consumers, nameOf, 'queue or topic', name);
  return found;
}

/** Delivers a message to whoever takes it. */
export async function deliverMessage(message: Message, desk: Desk): Promise<readonly Verdict[]> {
  const { event, id, key, attempt } = message;
  const consumer = consumerOf(message, desk);
  if (consumer === undefined) return deliverNotification(event, desk, attempt);
  const delivery: Delivery = { event, key: isRunId(key) ? key : id, attempt };
  return [await desk.deliver(consumer, delivery)];
}
