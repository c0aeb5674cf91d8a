import { invalidInput } from '../../../core/error.ts';
import { inLanes } from '../../../core/in-lanes.ts';
import type { Verdict } from '../../../core/triggers/deliver.ts';
import type { Desk, RecordKind } from './desk.ts';
import { fieldAt, textAt } from './field.ts';
import { consumerOf, contentOf, deliverMessage, type Message } from './message.ts';
import { recordsOf, sourceOf } from './name-of-event.ts';

/** What the event source mapping takes with `FunctionResponseTypes: [ReportBatchItemFailures]`. */
export interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

interface QueueMessage extends Message {
  readonly receipt: string | undefined;
  readonly record: unknown;
}

/** The message attribute in which a sender names the idempotency key. @default the message's id */
const KEY_ATTRIBUTE = 'skein-key';

/**
 * Messages of a queue, to the trigger that consumes it. Those that are not done are reported one by one and come again; after the
 * queue's `maxReceiveCount` they are dead letters. In a FIFO queue nothing behind a failure is tried.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export const sqs: RecordKind = {
  name: 'SQS',
  matches: (event) => sourceOf(recordsOf(event)[0]) === 'aws:sqs',
  async handle(event, desk): Promise<BatchResponse> {
    const messages = recordsOf(event).map(messageOf);
    // All triggers are found before the first one runs: a function that is wired to the wrong queue does nothing by halves.
    const widths = messages.map((message) => consumerOf(message, desk)?.concurrency ?? 1);
    const fifo = messages.some(({ from }) => from.endsWith('.fifo'));
    const failed = new Set<string>();
    await inLanes(messages, fifo ? 1 : Math.max(1, ...widths), async (message) => {
      if ((fifo && failed.size > 0) || !(await isOver(message, desk))) failed.add(message.id);
    });
    return { batchItemFailures: [...failed].map((itemIdentifier) => ({ itemIdentifier })) };
  },
};

function messageOf(record: unknown): QueueMessage {
  const id = textAt(record, 'messageId');
  if (id === undefined || id === '') throw invalidInput('messageId: must be a non-empty string', 'messageId');
  const received = Number(fieldAt(record, 'attributes', 'ApproximateReceiveCount'));
  return {
    id,
    from: textAt(record, 'eventSourceARN') ?? '',
    key: textAt(record, 'messageAttributes', KEY_ATTRIBUTE, 'stringValue') ?? id,
    attempt: Number.isSafeInteger(received) && received > 0 ? received : 1,
    receipt: textAt(record, 'receiptHandle'),
    record,
    event: contentOf(textAt(record, 'body') ?? ''),
  };
}

/** Whether Lambda may take the message out of the queue. */
async function isOver(message: QueueMessage, desk: Desk): Promise<boolean> {
  let verdicts: readonly Verdict[];
  try {
    verdicts = await deliverMessage(message, desk);
  } catch (error) {
    // A notice that cannot be read, or of another's bucket: one such message must not bring back the whole batch.
    desk.log('message cannot be delivered', { message: message.id, from: message.from, error: String(error) });
    return false;
  }
  const open = verdicts.filter((verdict) => verdict.kind !== 'done');
  const queue = consumerOf(message, desk)?.queue.name;
  if (queue === undefined) return open.length === 0;
  const ended = await Promise.all(open.map((verdict) => isBuried(verdict, queue, message, desk)));
  return ended.every((buried) => buried);
}

/** With a client of the queue, what is final is buried at once, and what is not waits as long as core says. */
async function isBuried(
  verdict: Exclude<Verdict, { kind: 'done' }>,
  name: string,
  { receipt, record, id }: QueueMessage,
  { queue, log }: Desk,
): Promise<boolean> {
  if (queue === undefined || receipt === undefined) return false;
  try {
    const ends = queue(name);
    // SQS cannot move a message by its receipt alone: the client must know what the record says.
    const own = ends.adopt?.(record) ?? receipt;
    if (verdict.kind === 'bury') await ends.bury(own, verdict.error);
    else await ends.release(own, { delay: verdict.delay });
    return verdict.kind === 'bury';
  } catch (error) {
    // Reported as failed, it comes again; without that the others of the batch would too.
    log('delivery was not recorded', { queue: name, message: id, error: String(error) });
    return false;
  }
}
