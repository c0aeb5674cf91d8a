import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue';
import type { Log } from '../../../core/log.ts';
import type { Call } from './caller.ts';
import { dataOfText, withSettings } from './expression.ts';
import type { HostFunction } from './functions.ts';
import { makePoller, type Poller } from './poller.ts';
import { decodeMessage } from './queue-text.ts';
import type { RpcTypedData } from './rpc.ts';
import type { HostSettings } from './settings.ts';
import type { Storage } from './storage.ts';

export interface TriggerParts {
  readonly settings: HostSettings;
  readonly storage: Storage;
  readonly call: Call;
  readonly log: Log;
  /** The most milliseconds between two looks at something empty, where host.json allows more. */
  readonly pollEvery: number;
}

/** Seconds that a message is hidden while its function runs; it is hidden anew at half of them. */
const LEASE = 600;

const POISON = '-poison';

/** Calls a function for each message of its queue, as the real host does: batches, attempts, poison queue. */
export async function startQueueTrigger(
  called: HostFunction,
  { settings, storage, call, log, pollEvery }: TriggerParts,
): Promise<Poller> {
  const { binding } = called.trigger;
  const { batchSize, newBatchThreshold, maxDequeueCount, visibilityTimeout, maxPollingInterval } = settings.queues;
  const service = await storage.queues(binding.connection);
  const name = withSettings(String(binding.queueName ?? ''), settings.app, `function ${called.name}: queueName`);
  const queue = service.getQueueClient(name);
  // Messages of a poison queue that fail have nowhere to go: they stay hidden, and come again when their lease is over.
  const poison = name.endsWith(POISON) ? undefined : service.getQueueClient(name + POISON);
  await queue.createIfNotExists();

  const running = new Set<Promise<void>>();
  let freed = Promise.withResolvers<void>();

  const bury = async (message: DequeuedMessageItem, receipt: string): Promise<void> => {
    if (poison === undefined) return;
    await poison.createIfNotExists();
    await poison.sendMessage(message.messageText);
    await queue.deleteMessage(message.messageId, receipt);
    log('message moved to the poison queue', {
      level: 'error',
      function: called.name,
      queue: poison.name,
      id: message.messageId,
    });
  };

  const handle = async (message: DequeuedMessageItem): Promise<void> => {
    const lease = keepHidden(queue, message);
    try {
      if (message.dequeueCount > maxDequeueCount) return await bury(message, lease.receipt());
      const succeeded = await attempt(message);
      const receipt = await lease.end();
      if (succeeded) await queue.deleteMessage(message.messageId, receipt);
      else if (poison !== undefined && message.dequeueCount >= maxDequeueCount) await bury(message, receipt);
      else if (poison !== undefined)
        await queue.updateMessage(message.messageId, receipt, message.messageText, Math.ceil(visibilityTimeout / 1000));
    } catch (error) {
      // The app has deleted it, or hidden it anew, itself; or its lease was lost, and it comes again.
      if (!isSettled(error)) throw error;
      const fields = { level: 'information', function: called.name, queue: name, id: message.messageId };
      log('message settled by the app', fields);
    } finally {
      await lease.end();
    }
  };

  const attempt = async (message: DequeuedMessageItem): Promise<boolean> => {
    const bytes = decodeMessage(message.messageText, settings.queues);
    if (bytes === undefined) {
      const error = 'the message is no Base64; see messageEncoding in host.json';
      log('message refused', { level: 'error', function: called.name, queue: name, id: message.messageId, error });
      return false;
    }
    const text = bytes.toString('utf8');
    try {
      await call(called, {
        data: String(binding.dataType).toLowerCase() === 'binary' ? { bytes } : { string: text },
        triggerMetadata: metadataOf(message, text),
        // In a conflict, what the message says wins.
        names: { queueTrigger: text, id: message.messageId, dequeueCount: message.dequeueCount, ...dataOfText(text) },
        reason: `message of queue ${name}`,
      });
      return true;
    } catch {
      // The caller has logged it.
      return false;
    }
  };

  return makePoller({
    pause: [100, Math.min(maxPollingInterval, pollEvery)],
    async look() {
      const { receivedMessageItems } = await received(queue, batchSize);
      for (const message of receivedMessageItems) {
        const work: Promise<void> = handle(message)
          .catch((error: unknown) => log('message not settled', { level: 'error', queue: name, error: String(error) }))
          .finally(() => {
            running.delete(work);
            freed.resolve();
            freed = Promise.withResolvers<void>();
          });
        running.add(work);
      }
      return receivedMessageItems.length;
    },
    async room() {
      while (running.size > newBatchThreshold) await freed.promise;
    },
    idle: async () => void (await Promise.all(running)),
    failed: (error) => log('queue not read', { level: 'error', queue: name, error: String(error) }),
  });
}

/** A queue that somebody deleted is made anew. */
async function received(queue: QueueClient, numberOfMessages: number): ReturnType<QueueClient['receiveMessages']> {
  try {
    return await queue.receiveMessages({ numberOfMessages, visibilityTimeout: LEASE });
  } catch (error) {
    if ((error as { readonly statusCode?: unknown }).statusCode !== 404) throw error;
    await queue.createIfNotExists();
    return queue.receiveMessages({ numberOfMessages, visibilityTimeout: LEASE });
  }
}

/** https://learn.microsoft.com/rest/api/storageservices/queue-service-error-codes */
function isSettled(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  return code === 'MessageNotFound' || code === 'PopReceiptMismatch';
}

/** Keeps a message hidden until it is told to end; each time the receipt is another one. */
function keepHidden(queue: QueueClient, { messageId, messageText, popReceipt }: DequeuedMessageItem) {
  let receipt = popReceipt;
  let renewing: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    renewing = queue.updateMessage(messageId, receipt, messageText, LEASE).then(
      (updated) => {
        receipt = updated.popReceipt ?? receipt;
      },
      () => undefined,
    );
  }, LEASE * 500);
  timer.unref();
  return {
    receipt: () => receipt,
    async end(): Promise<string> {
      clearInterval(timer);
      await renewing;
      return receipt;
    },
  };
}

function metadataOf(message: DequeuedMessageItem, text: string): Record<string, RpcTypedData> {
  return {
    QueueTrigger: { string: text },
    Id: { string: message.messageId },
    DequeueCount: { json: JSON.stringify(message.dequeueCount) },
    PopReceipt: { string: message.popReceipt },
    InsertionTime: { json: JSON.stringify(message.insertedOn) },
    ExpirationTime: { json: JSON.stringify(message.expiresOn) },
    NextVisibleTime: { json: JSON.stringify(message.nextVisibleOn) },
  };
}
