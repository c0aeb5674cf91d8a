import { randomUUID } from 'node:crypto';
import type { DequeuedMessageItem, QueueServiceClient } from '@azure/storage-queue';
import { checkedNumber } from '../../../core/checked-number.ts';
import { type ErrorValue, Failure } from '../../../core/error.ts';
import { inLanes } from '../../../core/in-lanes.ts';
import type { Json } from '../../../core/json.ts';
import { onAbort } from '../../../core/on-abort.ts';
import { checkedOptionNames } from '../../../core/resources/name.ts';
import {
  checkedBatch,
  checkedOutgoing,
  checkedReceive,
  MAX_VISIBILITY,
  type Outgoing,
  type QueueCapabilities,
  type QueueClient,
  type Received,
  type ReceiveOptions,
  type Sent,
} from '../../../core/resources/queue.ts';
import { answer, codeOf } from './answer.ts';
import { deadLetters, MOVING } from './queue-dead.ts';
import { again, type Claims, contentOf, type Kept, type Letter, opened, toText } from './queue-letter.ts';
import { receipts } from './queue-receipts.ts';

/** Queue Storage counts by and by, all that is in a queue together, and shows the first 32 dead letters. */
export const capabilities: QueueCapabilities = {};

export interface QueueOptions {
  /** Of the queue. */
  readonly name: string;
  /** Of the queue of its dead letters: where Functions' host puts them, `<name>-poison`. */
  readonly deadName: string;
  /** How often a message may be received. */
  readonly attempts: number;
  /** Where messages over 48 KiB lie; they go when the message is acknowledged. */
  readonly claims: Claims;
  /** The traceparent that a message takes along. @default none */
  readonly trace?: () => string | undefined;
}

/** A message that Functions' host received for a function. */
export interface HostMessage {
  readonly messageId: string;
  readonly popReceipt: string;
  readonly insertedOn: Date;
  /** How often, this time included. */
  readonly received: number;
  /** As the host hands it over: JSON, or the text that it is. */
  readonly content: Json;
}

/** What a message of the host says, and what its end is told by. */
export interface Adopted extends Kept {
  /** The host deletes it when its function succeeds; what lies elsewhere goes too. */
  done(): Promise<void>;
  /** It comes again after so many seconds. @returns whether the receipt was good. */
  release(delay: number): Promise<boolean>;
  /** To the dead letters. @returns whether the receipt was good. */
  bury(error: ErrorValue): Promise<boolean>;
}

export interface AzureQueueClient extends QueueClient {
  /** Takes over a message that the host received; `undefined` where it lay elsewhere and is gone: it was done before. */
  adopt(message: HostMessage): Promise<Adopted | undefined>;
}

/** Codes of a receipt that is good no more. https://learn.microsoft.com/rest/api/storageservices/queue-service-error-codes */
const STALE = ['MessageNotFound', 'PopReceiptMismatch', 'InvalidQueryParameterValue', 'OutOfRangeInput'];
/** Messages that are on their way at once: Queue Storage takes one a request. */
const LANES = 8;
/** Milliseconds between two looks of one who waits, the first ones and the later ones: there is no long poll. */
const FIRST_LOOK = 100;
const LAST_LOOK = 1_000;
/** A message never expires by itself. */
const FOR_EVER = -1;

/**
 * A queue of Queue Storage. What is buried or redriven is sent again in another queue before it is deleted in its own: where that
 * breaks off, it is in both.
 *
 * A receipt buries only in the process that received the message. Azure does not tell who has a message and who waits: `depth`
 * counts both as `ready`.
 *
 * @throws TypeError naming an option that is not known.
 */
export function queueOn(queues: QueueServiceClient, options: QueueOptions): AzureQueueClient {
  checkedOptionNames('queue', options, ['name', 'deadName', 'attempts', 'claims', 'trace']);
  const { name, deadName, attempts, claims, trace } = options;
  const queue = queues.getQueueClient(name);
  const dead = queues.getQueueClient(deadName);
  const hands = receipts();
  const told = <T>(sent: Promise<T>): Promise<T> => answer('Queue Storage', sent);

  async function sendTo(target: typeof queue, letter: Letter): Promise<void> {
    const { delay = 0 } = letter;
    const text = await toText(letter, claims);
    await told(target.sendMessage(text, { messageTimeToLive: FOR_EVER, visibilityTimeout: delay }));
  }

  /** `undefined` where the receipt is stale. */
  async function unlessStale<T>(sent: Promise<T>): Promise<T | undefined> {
    try {
      return await told(sent);
    } catch (error) {
      if (STALE.includes(codeOf(error) ?? '')) return undefined;
      throw error;
    }
  }

  /** @returns Azure's new receipt. */
  async function keep(receipt: string, seconds: number): Promise<string | undefined> {
    const { messageId, popReceipt } = hands.find(receipt);
    const kept = await unlessStale(queue.updateMessage(messageId, popReceipt, undefined, seconds));
    if (kept?.popReceipt !== undefined) hands.renew(receipt, kept.popReceipt, seconds);
    return kept?.popReceipt;
  }

  async function toDead(messageId: string, popReceipt: string, kept: Kept, count: number, error?: ErrorValue) {
    await sendTo(dead, { ...again(kept), attempts: count, error });
    await unlessStale(queue.deleteMessage(messageId, popReceipt));
  }

  /** Hands a message out; `undefined` where it was received too often, or done, already. */
  async function handOut(message: DequeuedMessageItem, visibility: number): Promise<Received<Json> | undefined> {
    const { messageId, popReceipt, messageText, insertedOn: sentAt, dequeueCount: attempt } = message;
    const kept = await opened(contentOf(messageText), { id: messageId, sentAt }, claims);
    if (kept === undefined) await unlessStale(queue.deleteMessage(messageId, popReceipt));
    else if (attempt > attempts) await toDead(messageId, popReceipt, kept, attempts);
    else {
      const receipt = hands.hold({ messageId, popReceipt, kept, received: attempt }, visibility);
      const { id, key, message: content, trace: from } = kept;
      const received = { id, key, message: content, attempt, sentAt: kept.sentAt, receipt };
      return { ...received, ...(from !== undefined && { trace: from }) };
    }
    return undefined;
  }

  async function receive({ signal, ...wanted }: ReceiveOptions): Promise<readonly Received<Json>[]> {
    const { max: numberOfMessages, wait, visibility } = checkedReceive(wanted);
    const end = performance.now() + wait * 1000;
    for (let look = FIRST_LOOK; !signal?.aborted; look = Math.min(look * 1.5, LAST_LOOK)) {
      const { receivedMessageItems } = await told(
        queue.receiveMessages({ numberOfMessages, visibilityTimeout: visibility }),
      );
      const got = await Promise.all(receivedMessageItems.map((one) => handOut(one, visibility)));
      const left = end - performance.now();
      const found = got.filter((one) => one !== undefined);
      if (found.length > 0 || left <= 0) return found;
      await pause(Math.min(look, left), signal);
    }
    return [];
  }

  async function send(messages: readonly (Outgoing<Json> & { readonly delay: number })[]): Promise<readonly Sent[]> {
    const from = trace?.();
    const letters = messages.map((one): Letter => ({ ...one, id: randomUUID(), sentAt: new Date(), trace: from }));
    const failed = new Map<number, unknown>();
    await inLanes([...letters.entries()], LANES, ([n, letter]) =>
      sendTo(queue, letter).catch((error) => void failed.set(n, error)),
    );
    if (failed.size === 0) return letters.map(({ id }) => ({ id }));
    const indices = [...failed.keys()].sort((a, b) => a - b);
    const first = failed.get(indices[0]!);
    if (failed.size === letters.length) throw first;
    const message = `${failed.size} of ${letters.length} messages were refused: ${String(first)}`;
    throw new Failure({ name: 'PartialBatch', message, data: { failed: indices } });
  }

  async function ack(receipt: string): Promise<void> {
    const { messageId, popReceipt, kept } = hands.find(receipt);
    const gone = await unlessStale(queue.deleteMessage(messageId, popReceipt));
    // Only who has the message may take away what it says.
    if (gone !== undefined && kept?.claim !== undefined) await claims.delete(kept.claim);
    hands.forget(receipt);
  }

  /** @returns whether the receipt was good. */
  async function bury(receipt: string, error: ErrorValue): Promise<boolean> {
    const { messageId, kept, received } = hands.find(receipt);
    const popReceipt = await keep(receipt, MOVING);
    // A stale one must not make a second message of what somebody else has by now.
    if (popReceipt === undefined) return false;
    if (kept === undefined)
      throw new Failure({
        name: 'Unsupported',
        message: 'receipt: another process received the message; Azure cannot say what it says',
      });
    await toDead(messageId, popReceipt, kept, received, error);
    hands.forget(receipt);
    return true;
  }

  const count = async (of: typeof queue): Promise<number> =>
    (await told(of.getProperties())).approximateMessagesCount ?? 0;

  return {
    send: async (message, one) => (await send([checkedOutgoing({ ...one, message })]))[0]!,
    sendBatch: async (messages) => send(checkedBatch(messages)),
    receive: async (wanted = {}) => receive(wanted),
    ack,
    release: async (receipt, { delay = 0 } = {}) => {
      hands.find(receipt);
      await keep(receipt, checkedNumber('delay', delay, 0, MAX_VISIBILITY));
    },
    extend: async (receipt, seconds) => {
      hands.find(receipt);
      await keep(receipt, checkedNumber('seconds', seconds, 1, MAX_VISIBILITY));
    },
    bury: async (receipt, error) => void (await bury(receipt, error)),
    depth: async () => {
      const [ready, buried] = await Promise.all([count(queue), count(dead)]);
      return { ready, inFlight: 0, dead: buried };
    },
    ...deadLetters({ dead, claims, attempts, send: (letter) => sendTo(queue, letter) }),
    adopt: async ({ messageId, popReceipt, insertedOn, received, content }) => {
      const kept = await opened(content, { id: messageId, sentAt: insertedOn }, claims);
      if (kept === undefined) return undefined;
      const receipt = hands.hold({ messageId, popReceipt, kept, received }, MAX_VISIBILITY);
      return {
        ...kept,
        // Only a message that is gone may leave what it says: the host's own deletion comes later.
        done: async () => (kept.claim === undefined ? hands.forget(receipt) : ack(receipt)),
        release: async (delay) => (await keep(receipt, delay)) !== undefined,
        bury: (error) => bury(receipt, error),
      };
    },
  };
}

/** Ends early, and without an error, where the signal says so. */
async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  const over = Promise.withResolvers<void>();
  const timer = setTimeout(over.resolve, milliseconds);
  const off = signal && onAbort(signal, over.resolve);
  await over.promise;
  clearTimeout(timer);
  off?.();
}
