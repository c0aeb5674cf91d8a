import { HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Notification } from './deployment.ts';
import { REGION } from './template.ts';

export interface NotifyParts {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly notifications: readonly Notification[];
  /** @param arn a queue's. */
  urlOf(arn: string): string;
}

/**
 * Tells queues of an object that was put, as S3 does where a bucket is configured so.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export async function notifyOf(bucket: string, key: string, parts: NotifyParts): Promise<void> {
  const { s3, sqs, notifications, urlOf } = parts;
  const wanting = notifications.filter(
    ({ bucket: own, prefix, suffix }) => own === bucket && key.startsWith(prefix) && key.endsWith(suffix),
  );
  if (wanting.length === 0) return;
  const { ContentLength: size = 0, ETag: etag = '' } = await s3.send(
    new HeadObjectCommand({ Bucket: bucket, Key: key }),
  );
  const time = new Date();
  const record = {
    ...{ eventVersion: '2.1', eventSource: 'aws:s3', awsRegion: REGION, eventTime: time.toISOString() },
    eventName: 'ObjectCreated:Put',
    s3: {
      s3SchemaVersion: '1.0',
      bucket: { name: bucket, arn: `arn:aws:s3:::${bucket}` },
      object: {
        key: encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/'),
        size,
        eTag: etag.replaceAll('"', ''),
        sequencer: process.hrtime.bigint().toString(16).toUpperCase().padStart(18, '0'),
      },
    },
  };
  const MessageBody = JSON.stringify({ Records: [record] });
  for (const { queue } of wanting) await sqs.send(new SendMessageCommand({ QueueUrl: urlOf(queue), MessageBody }));
}
