import { hash } from 'node:crypto';
import { invalidInput } from '../../../core/error.ts';
import type { BucketReader } from '../../../core/resources/bucket.ts';
import type { ObjectEvent, ObjectTrigger } from '../../../core/triggers/trigger.ts';
import { triggerQueue } from '../../../core/triggers/trigger-queue.ts';
import { toKey } from '../resources/blob-name.ts';
import { type EventRoom, queueOf, type TriggerInvocation } from './event-room.ts';
import { fieldOf, textOf } from './field.ts';

/**
 * A function for the blob trigger of a container: it puts what was put there into the trigger's queue, so that objects are as
 * durable as messages. One trigger watches the whole container; prefix and suffix are looked at here.
 *
 * Every version of an object has a key of its own, and the host, which may call twice for one, gives the same key again.
 *
 * @throws (rejects) where the queue could not be written: then the host calls again, five times at most.
 */
export function blobEntry(
  trigger: ObjectTrigger,
  room: EventRoom,
): (blob: unknown, context: TriggerInvocation) => Promise<void> {
  return async (_, { triggerMetadata }) => {
    const key = keyOf(triggerMetadata);
    if (!key.startsWith(trigger.prefix) || !key.endsWith(trigger.suffix)) return;
    const properties = fieldOf(triggerMetadata, 'properties');
    const bucket = room.client(trigger.bucket) as BucketReader;
    const now = await bucket.head(key);
    const written = textOf(properties, 'eTag')?.replaceAll('"', '') ?? textOf(properties, 'lastModified');
    const event: ObjectEvent = {
      key,
      size: now?.size ?? Number(fieldOf(properties, 'contentLength') ?? fieldOf(properties, 'length') ?? 0),
      etag: now?.etag ?? written ?? '',
    };
    const change = written ?? `${event.etag} ${now?.updatedAt.getTime()}`;
    const copy = hash('sha256', JSON.stringify([trigger.bucket.name, key, change]), 'base64url').slice(0, 22);
    await queueOf(room, triggerQueue(trigger)).send({ ...event }, { key: `${trigger.name}.${copy}` });
  };
}

/** `blobTrigger` is the path with the container, whatever the pattern of the binding is. */
function keyOf(metadata: TriggerInvocation['triggerMetadata']): string {
  const path = textOf(metadata, 'blobTrigger');
  const end = path?.indexOf('/') ?? -1;
  if (path === undefined || end < 1)
    throw invalidInput('triggerMetadata: blobTrigger must be a container and a blob', 'triggerMetadata');
  return toKey(path.slice(end + 1));
}
