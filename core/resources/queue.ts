import type { StandardSchemaV1 } from '@standard-schema/spec';
import { checkedNumber } from '../checked-number.ts';
import { type ErrorValue, Failure, invalidInput } from '../error.ts';
import { exceeds, type Json, toJson } from '../json.ts';
import { PAYLOAD_LIMIT } from '../workflow/caps.ts';
import { isSchema, parseInput } from '../workflow/schema.ts';
import { type Access, grant, type ResourceOf } from './access.ts';
import { checkedOptionNames, ownName } from './name.ts';

export interface SendOptions {
  /** What the consumer gets as `idempotencyKey`; it is not deduplicated by. 1 to 80 letters, digits, `_ . -`. @default the id */
  readonly key?: string;
  /** Seconds before the message can be received, 0 to 900 (SQS). @default 0 */
  readonly delay?: number;
}

export interface Outgoing<M> extends SendOptions {
  readonly message: M;
}

export interface Sent {
  /** Unique in the queue. */
  readonly id: string;
}

export interface QueueWriter<M> {
  /** Resolves when the message is durable. @throws `InvalidInput` naming the field, `PayloadTooLarge` over 262,144 bytes. */
  send(message: M, options?: SendOptions): Promise<Sent>;
  /**
   * Sends any number. All are checked before the first is sent.
   *
   * @throws `PartialBatch` with `data: { failed: number[] }` (indices) where some were refused; the others are sent.
   */
  sendBatch(messages: readonly Outgoing<M>[]): Promise<readonly Sent[]>;
}

/** A message that whoever received it has until its visibility ends; then the next may receive it. */
export interface Received<M> {
  readonly id: string;
  readonly key: string;
  readonly message: M;
  /** How often it was received, this time included. */
  readonly attempt: number;
  readonly sentAt: Date;
  /** Names this receipt, not the message: a later one makes it stale. */
  readonly receipt: string;
  /** The W3C traceparent of the span in which it was sent, where telemetry was on. */
  readonly trace?: string;
}

export interface DeadLetter<M> {
  readonly id: string;
  readonly key: string;
  readonly message: M;
  readonly attempts: number;
  readonly sentAt: Date;
  /** Why, where a consumer said so; absent where the message was received too often without an answer. */
  readonly error?: ErrorValue;
}

export interface ReceiveOptions {
  /** 1 to 10 (SQS). @default 1 */
  readonly max?: number;
  /** Seconds to wait for the first message, 0 to 20 (SQS). @default 0 */
  readonly wait?: number;
  /** Seconds for which nobody else gets them, 1 to 43,200 (SQS). @default 30 */
  readonly visibility?: number;
  /** Ends the waiting; what was received by then is given. @default none */
  readonly signal?: AbortSignal;
}

/** Counts; approximate where the room's are. */
export interface Depth {
  /** Can be received now, or after their delay. */
  readonly ready: number;
  readonly inFlight: number;
  readonly dead: number;
}

/** At least once, in no promised order. A stale receipt is no error; what is done with it may have no effect. */
export interface QueueReader<M> {
  /** Messages that were received `attempts` times without an answer go to the dead letters instead. */
  receive(options?: ReceiveOptions): Promise<readonly Received<M>[]>;
  /** Done: the message is gone. */
  ack(receipt: string): Promise<void>;
  /** Not done: somebody may receive it after `delay` seconds (0 to 43,200). @default 0 */
  release(receipt: string, options?: { readonly delay?: number }): Promise<void>;
  /** Not done yet: nobody else gets it for `seconds` from now, 1 to 43,200. */
  extend(receipt: string, seconds: number): Promise<void>;
  /** Never to be done: to the dead letters, with the reason. */
  bury(receipt: string, error: ErrorValue): Promise<void>;
  depth(): Promise<Depth>;
  /** A look at some dead letters, 1 to 10, in no promised order. @default 10 */
  dead(options?: { readonly max?: number }): Promise<readonly DeadLetter<M>[]>;
  /** Puts up to `max` dead letters back as messages that nobody has received yet; how many it were. @default all */
  redrive(options?: { readonly max?: number }): Promise<number>;
}

/** The port that a room implements for one queue: messages are JSON, checked before they get there. */
export interface QueueClient<M = Json> extends QueueWriter<M>, QueueReader<M> {}

/** What a room's queues can do beyond the port's minimum; absent means unsupported. */
export interface QueueCapabilities {
  /** `dead` sees every dead letter sooner or later, and `depth` is exact. */
  readonly exact?: true;
}

export interface QueueOptions<S extends StandardSchemaV1> {
  /** Checked when a message is sent, and again before it is consumed. @default any JSON */
  readonly message?: S;
  /** How often a message may be received before it is a dead letter, 1 to 100. @default 5 */
  readonly attempts?: number;
}

export interface Queue<I = Json, O = I> {
  readonly kind: 'queue';
  readonly name: string;
  readonly attempts: number;
  readonly message: StandardSchemaV1 | undefined;
  readonly read: Access<QueueReader<O>>;
  readonly write: Access<QueueWriter<I>>;
  readonly all: Access<QueueWriter<I> & QueueReader<O>>;
}

const READING = ['receive', 'ack', 'release', 'extend', 'bury', 'depth', 'dead', 'redrive'] as const;
const WRITING = ['send', 'sendBatch'] as const;

/**
 * Declares a queue. It exists once per room and name.
 *
 * @throws TypeError naming the option that is wrong.
 */
export function queue<S extends StandardSchemaV1 = StandardSchemaV1<Json>>(
  name: string,
  options: QueueOptions<S> = {},
): Queue<StandardSchemaV1.InferInput<S>, StandardSchemaV1.InferOutput<S>> {
  checkedOptionNames(`queue '${name}'`, options, ['message', 'attempts']);
  const { message, attempts = 5 } = options;
  if (message !== undefined && !isSchema(message))
    throw new TypeError(`queue '${name}': message must be a Standard Schema`);
  if (!Number.isSafeInteger(attempts) || attempts < 1 || attempts > 100)
    throw new TypeError(`queue '${name}': attempts must be a whole number from 1 to 100, not ${String(attempts)}`);
  const resource: ResourceOf<'queue'> = Object.freeze({ kind: 'queue', name: ownName('queue', name), attempts });
  const dress = (port: QueueClient): object => checking(port, message);
  type In = StandardSchemaV1.InferInput<S>;
  type Out = StandardSchemaV1.InferOutput<S>;
  return Object.freeze({
    ...resource,
    message,
    read: grant<QueueReader<Out>>(resource, 'read', READING),
    write: grant<QueueWriter<In>>(resource, 'write', WRITING, dress),
    all: grant<QueueWriter<In> & QueueReader<Out>>(resource, 'all', [...READING, ...WRITING], dress),
  });
}

/** A port whose messages are checked before they are sent. */
function checking(port: QueueClient, schema: StandardSchemaV1 | undefined): QueueClient {
  return {
    ...port,
    send: async (message, options) => port.send(await parseInput(schema, toJson(message), 'message'), options),
    sendBatch: async (messages) =>
      port.sendBatch(
        await Promise.all(
          messages.map(async ({ message, ...options }) => ({
            message: await parseInput(schema, toJson(message), 'message'),
            ...options,
          })),
        ),
      ),
  };
}

const MESSAGE_KEY = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}$/;

/** The bounds of the port, for the rooms. @throws `InvalidInput` or `PayloadTooLarge` naming the field. */
export function checkedOutgoing({ message, key, delay = 0 }: Outgoing<Json>): Outgoing<Json> & { delay: number } {
  if (key !== undefined && !(typeof key === 'string' && MESSAGE_KEY.test(key)))
    throw invalidInput(`key: ${JSON.stringify(key)} must be 1 to 80 letters, digits, _ . and -`, 'key');
  checkedNumber('delay', delay, 0, 900);
  if (exceeds(message, PAYLOAD_LIMIT))
    throw new Failure({
      name: 'PayloadTooLarge',
      message: `message: over ${PAYLOAD_LIMIT} bytes; put it into a bucket and send its key`,
      data: { field: 'message', limit: PAYLOAD_LIMIT },
    });
  return { message, delay, ...(key !== undefined && { key }) };
}

/** The same for a batch; `data` has the `index` of the message that is wrong, too. */
export function checkedBatch(messages: readonly Outgoing<Json>[]): readonly ReturnType<typeof checkedOutgoing>[] {
  if (!Array.isArray(messages)) throw invalidInput('messages: must be an array', 'messages');
  return messages.map((outgoing, index) => {
    try {
      return checkedOutgoing(outgoing);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const { name, message, data } = error;
      throw new Failure({ name, message: `messages[${index}]: ${message}`, data: { ...(data as object), index } });
    }
  });
}

/** @throws `InvalidInput` naming the field. */
export function checkedReceive({
  max = 1,
  wait = 0,
  visibility = 30,
}: ReceiveOptions): Required<Omit<ReceiveOptions, 'signal'>> {
  return {
    max: checkedNumber('max', max, 1, 10),
    wait: checkedNumber('wait', wait, 0, 20),
    visibility: checkedNumber('visibility', visibility, 1, MAX_VISIBILITY),
  };
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html */
export const MAX_VISIBILITY = 43_200;
