import { type ErrorValue, Failure, NEVER_RETRIED, toErrorValue } from '../error.ts';
import type { Json } from '../json.ts';
import { clientsFor } from '../resources/access.ts';
import type { Surroundings } from '../workflow/invoke.ts';
import { delaySeconds } from '../workflow/retry.ts';
import { parseInput } from '../workflow/schema.ts';
import type { Trigger, TriggerContext } from './trigger.ts';

/** One attempt to hand an event to a trigger. */
export interface Delivery {
  readonly event: Json;
  /** The idempotency key. */
  readonly key: string;
  /** 1 for the first. */
  readonly attempt: number;
}

/** What becomes of the event; the room does it. `delay` is in seconds. */
export type Verdict =
  | { readonly kind: 'done' }
  | { readonly kind: 'retry'; readonly error: ErrorValue; readonly delay: number }
  | { readonly kind: 'bury'; readonly error: ErrorValue };

const BACKOFF = { attempts: 100, seconds: 1, rate: 2, cap: 300 };

/**
 * Runs a trigger's code once and says what becomes of the event: the same in every room.
 *
 * An event that does not fit its schema, and an error that no policy retries, are final at once; others when `attempts` are used up.
 * It never rejects.
 */
export async function deliver(
  trigger: Trigger,
  { event, key, attempt }: Delivery,
  room: Pick<Surroundings, 'client' | 'log'>,
  signal: AbortSignal,
): Promise<Verdict> {
  const late = new AbortController();
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const error = new Failure({ name: 'Timeout', message: `${trigger.name} took longer than ${trigger.timeout} s` });
    late.abort(error);
    timeout.reject(error);
  }, trigger.timeout * 1000);
  try {
    const parsed = trigger.kind === 'consume' ? await parseInput(trigger.queue.message, event, 'message') : event;
    const context: TriggerContext = {
      ...clientsFor(trigger.uses, (resource) => room.client(resource)),
      idempotencyKey: key,
      attempt,
      signal: AbortSignal.any([signal, late.signal]),
      log: (message, fields) => room.log(message, { ...fields, trigger: trigger.name, key }),
    };
    await Promise.race([trigger.run(parsed as never, context as never), timeout.promise]);
    return { kind: 'done' };
  } catch (thrown) {
    const error = toErrorValue(thrown);
    if (NEVER_RETRIED.includes(error.name) || attempt >= trigger.attempts) return { kind: 'bury', error };
    return { kind: 'retry', error, delay: delaySeconds(BACKOFF, attempt) };
  } finally {
    clearTimeout(timer);
    timeout.promise.catch(() => undefined);
  }
}
