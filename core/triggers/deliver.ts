import { type ErrorValue, Failure, NEVER_RETRIED, toErrorValue } from '../error.ts';
import type { Json } from '../json.ts';
import { onAbort } from '../on-abort.ts';
import { clientsFor } from '../resources/access.ts';
import { deliverySpan } from '../telemetry/delivery-span.ts';
import { traceFields } from '../telemetry/traceparent.ts';
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
  /** The traceparent that came with it. */
  readonly trace?: string;
}

/** What becomes of the event; the room does it. `delay` is in seconds, `trace` is the traceparent of a delivery that failed. */
export type Verdict =
  | { readonly kind: 'done' }
  | { readonly kind: 'retry'; readonly error: ErrorValue; readonly delay: number; readonly trace?: string }
  | { readonly kind: 'bury'; readonly error: ErrorValue; readonly trace?: string };

type DeliveryRoom = Pick<Surroundings, 'client' | 'log' | 'telemetry'>;

const BACKOFF = { attempts: 100, seconds: 1, rate: 2, cap: 300 };

/**
 * Runs a trigger's code once and says what becomes of the event: the same in every room.
 *
 * An event that does not fit its schema, and an error that no policy retries, are final at once; others when `attempts` are used up.
 * It never rejects.
 */
export function deliver(
  trigger: Trigger,
  delivery: Delivery,
  room: DeliveryRoom,
  signal: AbortSignal,
): Promise<Verdict> {
  const { telemetry } = room;
  if (telemetry === undefined) return perform(trigger, delivery, room, signal);
  return deliverySpan(telemetry, trigger, delivery, () => perform(trigger, delivery, room, signal));
}

async function perform(
  trigger: Trigger,
  { event, key, attempt }: Delivery,
  room: DeliveryRoom,
  signal: AbortSignal,
): Promise<Verdict> {
  const late = new AbortController();
  const cut = Promise.withResolvers<never>();
  const off = onAbort(signal, () => cut.reject(signal.reason));
  const timer = setTimeout(() => {
    const error = new Failure({ name: 'Timeout', message: `${trigger.name} took longer than ${trigger.timeout} s` });
    late.abort(error);
    cut.reject(error);
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
    await Promise.race([trigger.run(parsed as never, context as never), cut.promise]);
    return { kind: 'done' };
  } catch (thrown) {
    const error = toErrorValue(thrown);
    if (NEVER_RETRIED.includes(error.name) || attempt >= trigger.attempts) return { kind: 'bury', error };
    return { kind: 'retry', error, delay: delaySeconds(BACKOFF, attempt) };
  } finally {
    clearTimeout(timer);
    off();
    cut.promise.catch(() => undefined);
  }
}

/** Logs a delivery that was not done. */
export function logVerdict(
  log: Surroundings['log'],
  { name }: Trigger,
  { key, attempt }: Delivery,
  verdict: Verdict,
): void {
  if (verdict.kind === 'done') return;
  const { error, trace } = verdict;
  log(verdict.kind === 'bury' ? 'delivery failed for good' : 'delivery failed', {
    trigger: name,
    key,
    attempt,
    error: `${error.name}: ${error.message}`,
    ...traceFields(trace),
  });
}
