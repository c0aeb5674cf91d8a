import type { QueueClient as AzureQueue } from '@azure/storage-queue';
import { checkedNumber } from '../../../core/checked-number.ts';
import { inLanes } from '../../../core/in-lanes.ts';
import type { Json } from '../../../core/json.ts';
import type { DeadLetter, QueueClient } from '../../../core/resources/queue.ts';
import { answer } from './answer.ts';
import { again, type Claims, contentOf, type Letter, opened, toDeadLetter } from './queue-letter.ts';

/** Seconds for which a message that is being moved is nobody else's. */
export const MOVING = 60;
/** https://learn.microsoft.com/rest/api/storageservices/get-messages */
const MOST = 32;
const LANES = 8;

interface Parts {
  readonly dead: AzureQueue;
  readonly claims: Claims;
  readonly attempts: number;
  /** Sends to the queue itself. */
  send(letter: Letter): Promise<unknown>;
}

/** The methods of a queue's client that look at its dead letters, and put them back. */
export function deadLetters({ dead, claims, attempts, send }: Parts): Pick<QueueClient, 'dead' | 'redrive'> {
  const told = <T>(sent: Promise<T>): Promise<T> => answer('Queue Storage', sent);
  return {
    dead: async ({ max = 10 } = {}) => {
      checkedNumber('max', max, 1, 10);
      // Who looks takes nothing away.
      const { peekedMessageItems } = await told(dead.peekMessages({ numberOfMessages: max }));
      const kept = await Promise.all(
        peekedMessageItems.map(({ messageId: id, insertedOn: sentAt, messageText }) =>
          opened(contentOf(messageText), { id, sentAt }, claims),
        ),
      );
      return kept.flatMap((one): DeadLetter<Json>[] => (one === undefined ? [] : [toDeadLetter(one, attempts)]));
    },
    redrive: async ({ max = Number.MAX_SAFE_INTEGER } = {}) => {
      checkedNumber('max', max, 1, Number.MAX_SAFE_INTEGER);
      const moved = new Set<string>();
      while (moved.size < max) {
        const numberOfMessages = Math.min(MOST, max - moved.size);
        const got = await told(dead.receiveMessages({ numberOfMessages, visibilityTimeout: MOVING }));
        const before = moved.size;
        await inLanes(got.receivedMessageItems, LANES, async (message) => {
          const { messageId: id, insertedOn: sentAt, messageText, popReceipt } = message;
          const kept = await opened(contentOf(messageText), { id, sentAt }, claims);
          // What died again meanwhile is for the next time, or a consumer who can do none of them would keep this going for ever.
          if (kept !== undefined && moved.has(kept.id)) return;
          if (kept !== undefined) {
            await send(again(kept));
            moved.add(kept.id);
          }
          await told(dead.deleteMessage(id, popReceipt));
        });
        if (moved.size === before) break;
      }
      return moved.size;
    },
  };
}
