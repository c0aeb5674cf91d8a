import { type ErrorValue, toErrorValue } from '../../../core/error.ts';
import { exceeds, type Json } from '../../../core/json.ts';
import type { BucketClient, StoredObject } from '../../../core/resources/bucket.ts';
import type { DeadLetter } from '../../../core/resources/queue.ts';

/**
 * What is in a queue: `{ "skein": { "id", "sent", … }, "message": … }` as JSON in base64, which is how Functions' host reads and
 * writes messages. Whatever is none of these was sent by somebody who knows nothing of this room, and is the message itself.
 *
 * The id and the time are the sender's: they stay when a message is moved, by this room or by the host.
 */
interface Letterhead {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly sent: number;
  readonly key?: string;
  readonly trace?: string;
  readonly attempts?: number;
  readonly error?: ErrorValue;
  /** The name of the object that holds the message, where it is too long for a queue. */
  readonly claim?: string;
}

/** What is to be sent. */
export interface Letter {
  readonly id: string;
  readonly sentAt: Date;
  readonly message: Json;
  readonly delay?: number;
  readonly key?: string | undefined;
  readonly trace?: string | undefined;
  readonly attempts?: number;
  readonly error?: ErrorValue | undefined;
  readonly claim?: string | undefined;
}

/** What was received. `attempts` and `error` are there where a consumer buried it. */
export interface Kept extends Letter {
  readonly key: string;
}

/** Where messages lie that are too long for a queue. */
export type Claims = Pick<BucketClient, 'put' | 'get' | 'delete'>;

/** Bytes of a message's text: https://learn.microsoft.com/azure/storage/queues/scalability-targets */
const MAX_TEXT = 65_536;
const MAX_ERROR = 16_384;

/** The text of a letter; a message that is too long is put aside first. */
export async function toText(letter: Letter, claims: Claims): Promise<string> {
  const { id, sentAt, message, key, trace, attempts, error, claim } = letter;
  const head: Letterhead = {
    id,
    sent: sentAt.getTime(),
    ...(key !== undefined && { key }),
    ...(trace !== undefined && { trace }),
    ...(attempts !== undefined && { attempts }),
    ...(error !== undefined && { error: bounded(error) }),
  };
  if (claim !== undefined) return encoded({ skein: { ...head, claim } });
  const text = encoded({ skein: head, message });
  if (text.length <= MAX_TEXT) return text;
  await claims.put(id, JSON.stringify(message), { contentType: 'application/json' });
  return encoded({ skein: { ...head, claim: id } });
}

/** JSON, or the text that it is; what is base64 is what it encodes. */
export function contentOf(text: string): Json {
  const bytes = Buffer.from(text, 'base64');
  return parsed(text !== '' && bytes.toString('base64') === text ? bytes.toString() : text);
}

/**
 * What a message says.
 *
 * @param content of the message, as JSON.
 * @param own Azure's id and time, for a message that has no others.
 * @returns `undefined` where the message lay elsewhere and is gone: whoever had it before has done it.
 */
export async function opened(
  content: Json,
  own: Pick<Kept, 'id' | 'sentAt'>,
  claims: Claims,
): Promise<Kept | undefined> {
  const head = headOf(content);
  if (head === undefined) return { ...own, key: own.id, message: content };
  const { id, sent, key = id, trace, attempts, error, claim } = head;
  const rest = { id, key, sentAt: new Date(sent), trace, error: error && toErrorValue(error), claim };
  const kept = { ...rest, ...(attempts !== undefined && { attempts }) };
  if (claim === undefined) return { ...kept, message: (content as { message?: Json }).message ?? null };
  const found: StoredObject | undefined = await claims.get(claim);
  return found && { ...kept, message: JSON.parse(await found.text()) as Json };
}

/** @param most receives of a letter that nobody counted: one that Functions' host moved. */
export function toDeadLetter({ id, key, message, sentAt, attempts, error }: Kept, most: number): DeadLetter<Json> {
  return { id, key, message, sentAt, attempts: attempts ?? most, ...(error && { error }) };
}

/** The same message, as one that nobody has received yet. */
export function again({ id, key, message, sentAt, trace, claim }: Kept): Letter {
  return { id, key, message, sentAt, trace, claim };
}

function headOf(content: Json): Letterhead | undefined {
  if (content === null || typeof content !== 'object' || Array.isArray(content)) return undefined;
  const head = Object.hasOwn(content, 'skein') ? (content.skein as Partial<Letterhead> | null) : undefined;
  return typeof head?.id === 'string' && typeof head.sent === 'number' ? (head as Letterhead) : undefined;
}

function encoded(content: object): string {
  return Buffer.from(JSON.stringify(content)).toString('base64');
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

/** A reason must leave room for the rest. */
function bounded(thrown: ErrorValue): ErrorValue {
  const { name, message, data } = toErrorValue(thrown);
  const whole = data === undefined ? { name, message } : { name, message, data };
  if (!exceeds(whole as unknown as Json, MAX_ERROR)) return whole;
  return { name: name.slice(0, 256), message: message.slice(0, MAX_ERROR / 8).toWellFormed() };
}
