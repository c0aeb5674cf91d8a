import type { BlobServiceClient, ContainerClient } from '@azure/storage-blob';
import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue';
import type { TriggerInvocation } from '../../../handlers/azure/events/event-room.ts';

type Entry = (data: unknown, context: TriggerInvocation) => Promise<void>;

/** Milliseconds between two looks: after something was found, and when nothing is found for long. */
const SOON = 20;
const LATE = 500;
const LEASE = 600;

/** Something that looks again and again until it is closed; the more rarely, the longer it finds nothing. */
function looking(look: () => Promise<boolean>): { close(): Promise<void> } {
  let open = true;
  const going = (async () => {
    for (let pause = SOON; open; ) {
      pause = (await look()) ? SOON : Math.min(pause * 1.5, LATE);
      await new Promise((later) => setTimeout(later, pause));
    }
  })();
  return {
    close: () => {
      open = false;
      return going;
    },
  };
}

/** Calls a function for each message, as Functions' host does: what succeeds is deleted, what fails is shown again at once. */
export function watchQueue(queue: QueueClient, entry: Entry) {
  const running = new Set<Promise<void>>();
  const handle = async (message: DequeuedMessageItem): Promise<void> => {
    const { messageId, popReceipt } = message;
    try {
      await entry(...handedOver(message));
      await queue.deleteMessage(messageId, popReceipt).catch(() => undefined);
    } catch {
      await queue.updateMessage(messageId, popReceipt, undefined, 0).catch(() => undefined);
    }
  };
  const loop = looking(async () => {
    const room = 24 - running.size;
    if (room < 8) return true;
    const options = { numberOfMessages: Math.min(16, room), visibilityTimeout: LEASE };
    const { receivedMessageItems } = await queue.receiveMessages(options);
    for (const message of receivedMessageItems) {
      const work: Promise<void> = handle(message).finally(() => running.delete(work));
      running.add(work);
    }
    return receivedMessageItems.length > 0;
  });
  return {
    close: async () => {
      await loop.close();
      await Promise.all(running);
    },
  };
}

/** A message as `@azure/functions` gives it to a function. */
export function handedOver(message: DequeuedMessageItem): [unknown, TriggerInvocation] {
  const { messageText, messageId: id, popReceipt, dequeueCount, insertedOn, expiresOn, nextVisibleOn } = message;
  const text = Buffer.from(messageText, 'base64').toString();
  const times = { insertionTime: insertedOn.toISOString(), expirationTime: expiresOn.toISOString() };
  const metadata = { queueTrigger: text, id, popReceipt, dequeueCount, ...times, nextVisibleTime: nextVisibleOn };
  return [parsed(text), { triggerMetadata: metadata }];
}

/** The library parses what is JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Calls a function for each version of each blob of a container, and again where it fails. */
export function watchContainer(blobs: BlobServiceClient, name: string, entry: Entry) {
  const container: ContainerClient = blobs.getContainerClient(name);
  const known = new Map<string, string>();
  return looking(async () => {
    const names = new Set<string>();
    let found = false;
    for await (const { name: blob, properties } of container.listBlobsFlat()) {
      names.add(blob);
      const { etag, contentLength, contentType, lastModified } = properties;
      if (known.get(blob) === etag) continue;
      found = true;
      const triggerMetadata = {
        ...{ blobTrigger: `${name}/${blob}`, uri: container.getBlobClient(blob).url, name: blob },
        properties: { eTag: `"${etag}"`, contentLength, contentType, lastModified },
      };
      await entry(Buffer.alloc(0), { triggerMetadata }).then(
        () => known.set(blob, etag),
        () => undefined,
      );
    }
    for (const gone of known.keys()) if (!names.has(gone)) known.delete(gone);
    return found;
  });
}
