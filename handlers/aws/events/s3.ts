import { hash } from 'node:crypto';
import { invalidInput } from '../../../core/error.ts';
import type { Verdict } from '../../../core/triggers/deliver.ts';
import type { ObjectEvent, ObjectTrigger } from '../../../core/triggers/trigger.ts';
import { calledBy } from './called.ts';
import { type Desk, type RecordKind, requireDone } from './desk.ts';
import { fieldAt, textAt } from './field.ts';
import { recordsOf, sourceOf } from './name-of-event.ts';

/** An object that a bucket says something about. */
interface Notice {
  readonly bucket: string;
  readonly event: ObjectEvent;
  /** The same for every copy of the notice, whichever way it came. */
  readonly key: string;
}

/**
 * Notifications of S3, sent to the function itself.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export const s3: RecordKind = {
  name: 'S3 notification',
  matches: isNotification,
  handle: async (event, desk) => requireDone(await deliverNotification(event, desk, 1)),
};

/**
 * The same through EventBridge, where keys are not encoded.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 */
export const s3ThroughEventBridge: RecordKind = {
  name: 'S3 event of EventBridge',
  matches: (event) => event.source === 'aws.s3' && typeof event['detail-type'] === 'string',
  async handle(event, desk) {
    if (!/^Object (?:Deleted|.*Expired)$/.test(textAt(event, 'detail-type') ?? ''))
      requireDone(
        await deliverNotice(
          noticeOf(fieldAt(event, 'detail'), (key) => key),
          desk,
          1,
        ),
      );
  },
};

/** A notification, or the test of one that S3 sends where it is set up. */
export function isNotification(event: unknown): boolean {
  return sourceOf(recordsOf(event)[0]) === 'aws:s3' || textAt(event, 'Event') === 's3:TestEvent';
}

/**
 * Which events come is chosen where the bucket is configured. Those that say that an object is gone are passed over.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html
 */
export async function deliverNotification(event: unknown, desk: Desk, attempt: number): Promise<Verdict[]> {
  const there = recordsOf(event).filter(
    (record) => !/^(?:s3:)?(?:ObjectRemoved|LifecycleExpiration):/.test(textAt(record, 'eventName') ?? ''),
  );
  const notices = there.map((record) => noticeOf(fieldAt(record, 's3'), decodedKey));
  return (await Promise.all(notices.map((notice) => deliverNotice(notice, desk, attempt)))).flat();
}

function deliverNotice({ bucket, event, key }: Notice, desk: Desk, attempt: number): Promise<Verdict[]> {
  const triggers = desk.triggers.filter((one): one is ObjectTrigger => one.kind === 'object');
  const wanting = calledBy(triggers, (one) => one.bucket.name, 'bucket', bucket).filter(
    ({ prefix, suffix }) => event.key.startsWith(prefix) && event.key.endsWith(suffix),
  );
  return Promise.all(
    wanting.map((trigger) => desk.deliver(trigger, { event: { ...event }, key: `${trigger.name}.${key}`, attempt })),
  );
}

/** Both forms hold the bucket and the object alike; only some spellings differ. */
function noticeOf(detail: unknown, decode: (key: string) => string): Notice {
  const text = (...path: string[]): string => {
    const found = textAt(detail, ...path);
    if (found === undefined || found === '')
      throw invalidInput(`${path.join('.')}: must be a non-empty string`, path.join('.'));
    return found;
  };
  const bucket = text('bucket', 'name');
  const key = decode(text('object', 'key'));
  const size = fieldAt(detail, 'object', 'size');
  const etag = textAt(detail, 'object', 'eTag') ?? textAt(detail, 'object', 'etag') ?? '';
  // The sequencer tells one change of a key from the next.
  const change = textAt(detail, 'object', 'sequencer') ?? textAt(detail, 'object', 'versionId') ?? etag;
  const copy = hash('sha256', JSON.stringify([bucket, key, change]), 'base64url').slice(0, 22);
  return { bucket, event: { key, size: typeof size === 'number' ? size : 0, etag }, key: copy };
}

/** Notifications write keys as forms do: a space is a plus sign. */
function decodedKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    throw invalidInput(`object.key: ${JSON.stringify(key.slice(0, 80))} is not URL-encoded`, 'object.key');
  }
}
