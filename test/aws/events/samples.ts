/** Events as AWS sends them, cut to the fields that are read; each has the shape of its documentation's sample. */
export function sqsEvent(
  queue: string,
  messages: readonly { id: string; body: string; attempt?: number; key?: string }[],
): Record<string, unknown> {
  return {
    Records: messages.map(({ id, body, attempt = 1, key }) => ({
      messageId: id,
      receiptHandle: `receipt-of-${id}`,
      body,
      attributes: { ApproximateReceiveCount: String(attempt), SentTimestamp: '1520621625029' },
      messageAttributes: key === undefined ? {} : { 'skein-key': { stringValue: key, dataType: 'String' } },
      eventSource: 'aws:sqs',
      eventSourceARN: `arn:aws:sqs:eu-west-1:123456789012:${queue}`,
      awsRegion: 'eu-west-1',
    })),
  };
}

export function snsEvent(topic: string, messages: readonly { id: string; text: string }[]): Record<string, unknown> {
  return {
    Records: messages.map(({ id, text }) => ({
      EventSource: 'aws:sns',
      EventVersion: '1.0',
      Sns: { MessageId: id, TopicArn: `arn:aws:sns:eu-west-1:123456789012:${topic}`, Message: text },
    })),
  };
}

interface Change {
  readonly bucket: string;
  /** As S3 writes it. */
  readonly key: string;
  readonly name?: string;
  readonly sequencer?: string;
}

export function s3Event(changes: readonly Change[]): Record<string, unknown> {
  return {
    Records: changes.map(({ bucket, key, name = 'ObjectCreated:Put', sequencer = '0A1B' }) => ({
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      eventName: name,
      s3: { bucket: { name: bucket }, object: { key, size: 3, eTag: 'e1', sequencer } },
    })),
  };
}

export function bridgedEvent({
  bucket,
  key,
  name = 'Object Created',
  sequencer = '0A1B',
}: Change): Record<string, unknown> {
  return {
    version: '0',
    source: 'aws.s3',
    'detail-type': name,
    resources: [`arn:aws:s3:::${bucket}`],
    detail: { version: '0', bucket: { name: bucket }, object: { key, size: 3, etag: 'e1', sequencer } },
  };
}

export function scheduledEvent(resource: string, time: string, source = 'aws.events'): Record<string, unknown> {
  return { version: '0', source, 'detail-type': 'Scheduled Event', time, resources: [resource], detail: {} };
}
