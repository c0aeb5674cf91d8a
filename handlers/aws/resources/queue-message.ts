import type { Message, MessageAttributeValue, SendMessageBatchRequestEntry } from '@aws-sdk/client-sqs';
import { type ErrorValue, toErrorValue } from '../../../core/error.ts';
import { exceeds, type Json } from '../../../core/json.ts';
import type { DeadLetter } from '../../../core/resources/queue.ts';
import { contentOf } from '../events/message.ts';

/**
 * What is in a queue: the body is the message as JSON, so that whoever knows nothing of this room reads it too, and the rest is
 * attributes. 262,144 bytes of JSON, even where each character needs an escape, fit into the 1 MiB that SQS takes, so no message
 * lies elsewhere: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
 *
 * A message that SQS moves keeps its id, and one that is moved by sending it again does not: there attributes keep what it was.
 */
const NAMES = {
  /** Events of SQS are read by it as well: `handlers/aws/events/sqs.ts`. */
  key: 'skein-key',
  id: 'skein-id',
  /** Milliseconds since 1970. */
  sent: 'skein-sent',
  attempts: 'skein-attempts',
  error: 'skein-error',
  trace: 'traceparent',
} as const;

/** What is to be sent. */
export interface Letter {
  readonly message: Json;
  readonly delay?: number;
  readonly key?: string | undefined;
  readonly trace?: string | undefined;
  readonly id?: string;
  readonly sentAt?: Date;
  readonly attempts?: number;
  readonly error?: ErrorValue | undefined;
}

/** What was received. `attempts` and `error` are there where a consumer buried it. */
export interface Kept {
  readonly id: string;
  readonly key: string;
  readonly message: Json;
  readonly sentAt: Date;
  readonly received: number;
  readonly trace: string | undefined;
  readonly attempts: number | undefined;
  readonly error: ErrorValue | undefined;
}

/** The parts of a message that Lambda's events spell in another way. */
export interface Raw {
  readonly id: string;
  readonly body: string;
  readonly attribute: (name: string) => string | undefined;
  readonly system: (name: string) => string | undefined;
}

type Entry = Omit<SendMessageBatchRequestEntry, 'Id'>;

export function toEntry({ message, delay = 0, id, sentAt, attempts, error, key, trace }: Letter): Entry {
  const values = {
    [NAMES.key]: key,
    [NAMES.id]: id,
    [NAMES.sent]: sentAt && String(sentAt.getTime()),
    [NAMES.attempts]: attempts === undefined ? undefined : String(attempts),
    [NAMES.error]: error && toText(bounded(error)),
    [NAMES.trace]: trace,
  };
  const attributes: Record<string, MessageAttributeValue> = {};
  for (const [name, value] of Object.entries(values))
    if (value !== undefined) attributes[name] = { DataType: 'String', StringValue: value };
  return {
    MessageBody: toText(message),
    ...(delay > 0 && { DelaySeconds: delay }),
    ...(Object.keys(attributes).length > 0 && { MessageAttributes: attributes }),
  };
}

/** Bytes that count towards SQS's limits. */
export function sizeOf({ MessageBody = '', MessageAttributes = {} }: Entry): number {
  const attributes = Object.entries(MessageAttributes).map(
    ([name, { DataType = '', StringValue = '' }]) =>
      Buffer.byteLength(name + DataType) + Buffer.byteLength(StringValue),
  );
  return attributes.reduce((sum, size) => sum + size, Buffer.byteLength(MessageBody));
}

export function rawOf({ MessageId = '', Body = '', MessageAttributes, Attributes }: Message): Raw {
  return {
    id: MessageId,
    body: Body,
    attribute: (name) => MessageAttributes?.[name]?.StringValue,
    system: (name) => Attributes?.[name as keyof typeof Attributes],
  };
}

export function keptOf({ id: own, body, attribute, system }: Raw): Kept {
  const id = attribute(NAMES.id) ?? own;
  const error = attribute(NAMES.error);
  const attempts = attribute(NAMES.attempts);
  return {
    id,
    key: attribute(NAMES.key) ?? id,
    message: contentOf(body),
    sentAt: new Date(Number(attribute(NAMES.sent) ?? system('SentTimestamp') ?? 0)),
    received: Number(system('ApproximateReceiveCount') ?? 1),
    trace: attribute(NAMES.trace),
    attempts: attempts === undefined ? undefined : Number(attempts),
    error: error === undefined ? undefined : toErrorValue(contentOf(error)),
  };
}

/** @param most receives of a letter that SQS moved: there it has only one number for the receives of both queues. */
export function toLetter({ id, key, message, sentAt, attempts, error }: Kept, most: number): DeadLetter<Json> {
  return { id, key, message, sentAt, attempts: attempts ?? most, ...(error && { error }) };
}

/** The same message, as one that nobody has received yet. */
export function again({ id, key, message, sentAt, trace }: Kept): Letter {
  return { id, key, message, sentAt, trace };
}

/**
 * SQS refuses U+FFFE and U+FFFF, and some that speak its protocol refuse whatever is above; JSON has escapes for them.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
function toText(value: unknown): string {
  return JSON.stringify(value).replace(/[\ufffe\uffff\ud800-\udfff]/g, (one) => `\\u${one.charCodeAt(0).toString(16)}`);
}

const MOST_ERROR = 65_536;

/** A reason must leave room for its message. */
function bounded(thrown: ErrorValue): ErrorValue {
  const { name, message, data } = toErrorValue(thrown);
  const whole = data === undefined ? { name, message } : { name, message, data };
  if (!exceeds(whole as unknown as Json, MOST_ERROR)) return whole;
  return { name: name.slice(0, 256), message: message.slice(0, MOST_ERROR / 8).toWellFormed() };
}
