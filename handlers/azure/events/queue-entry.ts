import { invalidInput } from '../../../core/error.ts';
import type { Json } from '../../../core/json.ts';
import { type Delivery, deliver, logVerdict } from '../../../core/triggers/deliver.ts';
import type { Trigger } from '../../../core/triggers/trigger.ts';
import { triggerQueue } from '../../../core/triggers/trigger-queue.ts';
import { isRunId } from '../../../core/workflow/runs.ts';
import type { Adopted } from '../resources/queue.ts';
import { type EventRoom, queueOf, type TriggerInvocation } from './event-room.ts';
import { fieldOf, textOf } from './field.ts';
import { lanes } from './lanes.ts';

/**
 * A function for the queue trigger of the queue that a trigger's events wait in (`triggerQueue`).
 *
 * What becomes of a message is told to the queue here: it comes again as late as core says, or is a dead letter with its reason.
 * Then the function succeeds, and the host, whose receipt is old by then, cannot delete the message. Where the queue cannot be
 * told, because the host has a newer receipt or nobody answers, the function fails: then the host brings the message back.
 *
 * The host's own `maxDequeueCount` should be above every trigger's `attempts`: it knows one number for all queues, and no reasons.
 *
 * @throws (rejects) where the message must come again, and the host is to see to it.
 */
export function queueEntry(
  trigger: Trigger,
  room: EventRoom,
): (message: unknown, context: TriggerInvocation) => Promise<void> {
  const inLane = lanes(trigger.concurrency);
  return (message, context) => inLane(() => handle(trigger, room, message, context));
}

async function handle(
  trigger: Trigger,
  room: EventRoom,
  content: unknown,
  { triggerMetadata }: TriggerInvocation,
): Promise<void> {
  const messageId = textOf(triggerMetadata, 'id');
  const popReceipt = textOf(triggerMetadata, 'popReceipt');
  if (messageId === undefined || popReceipt === undefined)
    throw invalidInput('triggerMetadata: id and popReceipt must be there', 'triggerMetadata');
  const received = Math.max(1, Number(fieldOf(triggerMetadata, 'dequeueCount') ?? 1) || 1);
  const insertedOn = new Date(String(fieldOf(triggerMetadata, 'insertionTime') ?? ''));
  const message = await queueOf(room, triggerQueue(trigger)).adopt({
    ...{ messageId, popReceipt, received },
    insertedOn: Number.isNaN(insertedOn.getTime()) ? new Date() : insertedOn,
    content: jsonOf(content),
  });
  // It lay elsewhere and is gone: it was done before.
  if (message === undefined) return;
  const { id, key, message: event, trace } = message;
  const delivery: Delivery = {
    ...{ event, attempt: received, key: isRunId(key) ? key : id },
    ...(trace !== undefined && { trace }),
  };
  if (received > trigger.attempts) {
    const error = { name: 'TooManyAttempts', message: `received ${received} times without an answer` };
    logVerdict(room.log, trigger, delivery, { kind: 'bury', error });
    return requireTold(await message.bury(error), trigger, id);
  }
  const verdict = await deliver(trigger, delivery, room, new AbortController().signal);
  logVerdict(room.log, trigger, delivery, verdict);
  if (verdict.kind === 'done') await message.done();
  else requireTold(await tell(message, verdict), trigger, id);
}

function tell(message: Adopted, verdict: Parameters<typeof logVerdict>[3] & { kind: 'retry' | 'bury' }) {
  return verdict.kind === 'bury' ? message.bury(verdict.error) : message.release(verdict.delay);
}

function requireTold(told: boolean, { name }: Trigger, id: string): void {
  if (!told) throw new Error(`trigger ${name}: the host has a newer receipt of message ${id}; it must come again`);
}

/** The library has parsed what is JSON; what comes as bytes has not been looked at. */
function jsonOf(content: unknown): Json {
  if (!(content instanceof Uint8Array)) return (content ?? null) as Json;
  const text = new TextDecoder().decode(content);
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
