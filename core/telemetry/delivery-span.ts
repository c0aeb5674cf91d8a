import type { Delivery, Verdict } from '../triggers/deliver.ts';
import type { Trigger } from '../triggers/trigger.ts';
import { triggerQueue } from '../triggers/trigger-queue.ts';
import { PROCESS_DURATION } from './metrics.ts';
import type { Telemetry } from './telemetry.ts';

const OUTCOMES: { readonly [K in Verdict['kind']]: string } = { done: 'succeeded', retry: 'retried', bury: 'failed' };

/** One delivery as a span: https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/ */
export async function deliverySpan(
  telemetry: Telemetry,
  trigger: Trigger,
  { key, attempt, trace }: Omit<Delivery, 'event'>,
  deliver: () => Promise<Verdict>,
): Promise<Verdict> {
  const queue = triggerQueue(trigger).name;
  const place = {
    'messaging.system': 'skein',
    'messaging.operation.name': 'process',
    'messaging.destination.name': queue,
    'skein.trigger': trigger.name,
  };
  const span = telemetry.span(`process ${queue}`, {
    kind: 'consumer',
    parent: trace ?? telemetry.current(),
    attributes: { ...place, 'messaging.operation.type': 'process', 'skein.key': key, 'skein.attempt': attempt },
  });
  const began = performance.now();
  const verdict = await telemetry.within(span.traceparent, deliver);
  const outcome = { 'skein.outcome': OUTCOMES[verdict.kind] };
  const failed = verdict.kind === 'done' ? undefined : verdict.error;
  span.end({ attributes: outcome, error: failed });
  telemetry.record(PROCESS_DURATION, (performance.now() - began) / 1000, { ...place, ...outcome });
  return verdict.kind === 'done' ? verdict : { ...verdict, trace: span.traceparent };
}
