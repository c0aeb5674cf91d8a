import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { checkedNumber } from '../../../core/checked-number.ts';
import { type ErrorValue, Failure } from '../../../core/error.ts';
import type { Json } from '../../../core/json.ts';
import { checkedOptionNames } from '../../../core/resources/name.ts';
import {
  checkedBatch,
  checkedOutgoing,
  checkedReceive,
  MAX_VISIBILITY,
  type QueueCapabilities,
  type QueueClient,
  type Received,
  type Sent,
} from '../../../core/resources/queue.ts';
import { textAt } from '../events/field.ts';
import { answer, isNamed } from './answer.ts';
import { deadLetters } from './queue-dead.ts';
import { again, type Kept, keptOf, rawOf, toEntry } from './queue-message.ts';
import { receipts } from './queue-receipts.ts';
import { MOVING, received } from './queue-receive.ts';
import { sendAll } from './queue-send.ts';

/** SQS counts by and by, and shows some of the dead letters. */
export const capabilities: QueueCapabilities = {};

export interface QueueOptions {
  /** Of the queue, a standard one. */
  readonly url: string;
  /** Of the queue of its dead letters. */
  readonly deadUrl: string;
  /**
   * How often a message may be received: that of the declaration, and the `maxReceiveCount` of the queue's redrive policy. Where
   * there is no such policy this client buries what it receives too often.
   */
  readonly attempts: number;
  /** The traceparent that a message takes along. @default none */
  readonly trace?: () => string | undefined;
}

export interface AwsQueueClient extends QueueClient {
  /**
   * Takes over a message that Lambda received for a function.
   *
   * @param record of an SQS event.
   * @returns a receipt with which this client buries it: with Lambda's own it cannot.
   */
  adopt(record: unknown): string;
}

const STALE = [
  'MessageNotInflight',
  'ReceiptHandleIsInvalid',
  'InvalidParameterValue',
  'InvalidParameterValueException',
];

/**
 * A queue of SQS. What is sent, buried or redriven is sent again in another queue before it is deleted in its own: where that
 * breaks off, it is in both.
 *
 * A receipt buries only in the process that received the message; it acknowledges, releases and extends in any.
 *
 * @throws TypeError naming an option that is not known.
 */
export function queueOn(sqs: SQSClient, options: QueueOptions): AwsQueueClient {
  checkedOptionNames('queue', options, ['url', 'deadUrl', 'attempts', 'trace']);
  const { url, deadUrl, attempts, trace } = options;
  const hands = receipts();
  const told = <T>(sent: Promise<T>): Promise<T> => answer('SQS', sent);

  /** @returns whether the receipt was good. */
  async function keep(handle: string, seconds: number): Promise<boolean> {
    try {
      await told(
        sqs.send(
          new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle: handle, VisibilityTimeout: seconds }),
        ),
      );
      return true;
    } catch (error) {
      if (isNamed(error, ...STALE)) return false;
      throw error;
    }
  }

  async function remove(handle: string): Promise<void> {
    try {
      await told(sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: handle })));
    } catch (error) {
      if (!isNamed(error, ...STALE)) throw error;
    }
  }

  async function toDead(handle: string, kept: Kept, count: number, error?: ErrorValue): Promise<void> {
    const letter = toEntry({ ...again(kept), attempts: count, error });
    await told(sqs.send(new SendMessageCommand({ QueueUrl: deadUrl, ...letter })));
    await remove(handle);
  }

  /** Hands a message out; `undefined` where it was received too often already. */
  async function handOut(message: Message, visibility: number): Promise<Received<Json> | undefined> {
    const { ReceiptHandle: handle = '' } = message;
    const kept = keptOf(rawOf(message));
    if (kept.received > attempts) {
      await toDead(handle, kept, attempts);
      return undefined;
    }
    const { id, key, message: content, sentAt, received: attempt, trace } = kept;
    const receipt = hands.hold(handle, kept, visibility);
    return { id, key, message: content, attempt, sentAt, receipt, ...(trace !== undefined && { trace }) };
  }

  async function send(letters: Parameters<typeof sendAll>[2]): Promise<readonly Sent[]> {
    const from = trace?.();
    const outcomes = await sendAll(
      sqs,
      url,
      letters.map((one) => ({ ...one, trace: from })),
    );
    const sent = outcomes.flatMap((one) => ('id' in one ? [{ id: one.id }] : []));
    if (sent.length === outcomes.length) return sent;
    const failed = outcomes.flatMap((one, n) => ('refused' in one ? [n] : []));
    const [first] = outcomes.flatMap((one) => ('refused' in one ? [one.refused] : []));
    if (sent.length === 0) throw first;
    const message = `${failed.length} of ${outcomes.length} messages were refused: ${String(first)}`;
    throw new Failure({ name: 'PartialBatch', message, data: { failed } });
  }

  return {
    send: async (message, one) => (await send([checkedOutgoing({ ...one, message })]))[0]!,
    sendBatch: async (messages) => {
      const checked = checkedBatch(messages);
      return checked.length === 0 ? [] : send(checked);
    },
    receive: async (wanted = {}) => {
      const { max, wait, visibility } = checkedReceive(wanted);
      if (wanted.signal?.aborted) return [];
      const messages = await received(sqs, url, { max, wait, visibility, signal: wanted.signal });
      const got = await Promise.all(messages.map((one) => handOut(one, visibility)));
      return got.filter((one) => one !== undefined);
    },
    ack: async (receipt) => {
      await remove(hands.find(receipt).handle);
      hands.forget(receipt);
    },
    release: async (receipt, { delay = 0 } = {}) => {
      const { handle } = hands.find(receipt);
      checkedNumber('delay', delay, 0, MAX_VISIBILITY);
      await keep(handle, hands.visibility(receipt, delay));
    },
    extend: async (receipt, seconds) => {
      const { handle } = hands.find(receipt);
      checkedNumber('seconds', seconds, 1, MAX_VISIBILITY);
      await keep(handle, hands.visibility(receipt, seconds));
    },
    bury: async (receipt, error) => {
      const { handle, own, held } = hands.find(receipt);
      if (!own)
        throw new Failure({
          name: 'Unsupported',
          message: 'receipt: SQS cannot say which message it is of; adopt the record that it came with',
        });
      // A stale one must not make a second message of what somebody else has by now.
      if (held === undefined || !(await keep(handle, hands.visibility(receipt, MOVING)))) return;
      await toDead(handle, held, held.received, error);
      hands.forget(receipt);
    },
    depth: async () => {
      const [own, dead] = await Promise.all([counts(url), counts(deadUrl)]);
      return { ready: own.ready, inFlight: own.inFlight, dead: dead.ready + dead.inFlight };
    },
    ...deadLetters(sqs, options),
    adopt: (record) => {
      const kept = keptOf({
        id: textAt(record, 'messageId') ?? '',
        body: textAt(record, 'body') ?? '',
        attribute: (name) => textAt(record, 'messageAttributes', name, 'stringValue'),
        system: (name) => textAt(record, 'attributes', name),
      });
      return hands.hold(textAt(record, 'receiptHandle') ?? '', kept, MAX_VISIBILITY);
    },
  };

  async function counts(of: string): Promise<{ readonly ready: number; readonly inFlight: number }> {
    const { Attributes = {} } = await told(
      sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl: of,
          AttributeNames: [
            'ApproximateNumberOfMessages',
            'ApproximateNumberOfMessagesDelayed',
            'ApproximateNumberOfMessagesNotVisible',
          ],
        }),
      ),
    );
    const count = (name: keyof typeof Attributes): number => Number(Attributes[name] ?? 0);
    return {
      ready: count('ApproximateNumberOfMessages') + count('ApproximateNumberOfMessagesDelayed'),
      inFlight: count('ApproximateNumberOfMessagesNotVisible'),
    };
  }
}
