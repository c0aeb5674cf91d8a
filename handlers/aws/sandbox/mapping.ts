import {
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { Json } from '../../../core/json.ts';
import type { Log } from '../../../core/log.ts';
import type { BatchResponse } from '../events/sqs.ts';
import { REGION } from './template.ts';

export interface MappingParts {
  /** In the name of the function: what an event source mapping does, the function's role must allow. */
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly queueArn: string;
  /** Most messages of one call. */
  readonly batch: number;
  /** Most calls at once. */
  readonly concurrency: number;
  readonly log: Log;
  /** Calls the function. */
  invoke(event: Json): Promise<Json>;
}

export interface Running {
  /** Takes nothing more, and lets what was begun end. */
  close(): Promise<void>;
}

/** Seconds that a receive waits for a message. */
const WAIT = 10;
/** Milliseconds before a queue is asked again that did not answer. */
const PAUSE = 500;

/**
 * Hands the messages of a queue to a function, as Lambda's event source mapping does: a message that the answer does not report is
 * deleted; where the call fails, or the answer cannot be read, all come again when their visibility timeout is over.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function startMapping(parts: MappingParts): Running {
  const { sqs, queueUrl: QueueUrl, queueArn, batch, concurrency, log, invoke } = parts;
  const stopped = new AbortController();
  const working = new Set<Promise<void>>();

  const deliver = async (messages: readonly Message[]): Promise<void> => {
    const answer = await invoke({ Records: messages.map((one) => recordOf(one, queueArn)) });
    const failed = failedOf(answer);
    const Entries = messages.flatMap(({ MessageId: Id = '', ReceiptHandle }) =>
      failed.has(Id) ? [] : [{ Id, ReceiptHandle }],
    );
    if (Entries.length > 0) await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  };
  const receive = async (): Promise<readonly Message[]> => {
    const request = new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: batch,
      WaitTimeSeconds: WAIT,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    });
    const { Messages = [] } = await sqs.send(request, { abortSignal: stopped.signal });
    return Messages;
  };
  const poll = async (): Promise<void> => {
    await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
    while (!stopped.signal.aborted) {
      if (working.size >= concurrency) await Promise.race(working);
      const messages = await receive().catch(async (error: unknown) => {
        if (stopped.signal.aborted) return [];
        log('queue did not answer', { queue: queueArn, error: String(error) });
        await new Promise((later) => setTimeout(later, PAUSE));
        return [];
      });
      if (messages.length === 0) continue;
      const work = deliver(messages).catch((error: unknown) =>
        log('messages come again', { queue: queueArn, count: messages.length, error: String(error) }),
      );
      working.add(work);
      void work.finally(() => working.delete(work));
    }
  };
  const polling = poll().catch((error: unknown) => log('queue is not read', { queue: queueArn, error: String(error) }));
  return {
    async close() {
      stopped.abort();
      await polling;
      await Promise.all(working);
    },
  };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event */
function recordOf(message: Message, eventSourceARN: string): Json {
  const attributes = Object.entries(message.MessageAttributes ?? {}).map(([name, { DataType, StringValue }]) => [
    name,
    { dataType: DataType, stringValue: StringValue, stringListValues: [], binaryListValues: [] },
  ]);
  return {
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    attributes: { ...message.Attributes },
    messageAttributes: Object.fromEntries(attributes) as Json,
    md5OfBody: message.MD5OfBody ?? '',
    eventSource: 'aws:sqs',
    eventSourceARN,
    awsRegion: REGION,
  };
}

function failedOf(answer: Json): ReadonlySet<string> {
  const { batchItemFailures = [] } = (answer ?? {}) as unknown as Partial<BatchResponse>;
  return new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
}
