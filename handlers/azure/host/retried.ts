import { onAbort } from '../../../core/on-abort.ts';
import type { CallOptions } from './caller.ts';
import type { Clock } from './durable/clock.ts';
import type { HostFunction } from './functions.ts';

/**
 * Calls a function again by its `retry` policy, which Azure obeys for timers (and for triggers that this host does not have):
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-error-pages#retry-policies
 */
export async function retried<T>(
  { metadata }: HostFunction,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
  call: (options: Pick<CallOptions, 'retryContext'>) => Promise<T>,
): Promise<T> {
  const { maxRetryCount = 0, retryStrategy, ...intervals } = metadata.retryOptions ?? {};
  for (let retryCount = 0; ; retryCount++)
    try {
      return await call(retryCount === 0 ? {} : { retryContext: { retryCount, maxRetryCount } });
    } catch (error) {
      if (signal.aborted || (maxRetryCount >= 0 && retryCount >= maxRetryCount)) throw error;
      const least = millisecondsOf(intervals.minimumInterval);
      const delay =
        retryStrategy === 'exponentialBackoff'
          ? Math.min(least * 2 ** retryCount, millisecondsOf(intervals.maximumInterval))
          : millisecondsOf(intervals.delayInterval);
      await pause(clock, delay, signal);
      if (signal.aborted) throw error;
    }
}

/** Ends early when the host is closed. */
function pause(clock: Clock, delay: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const call = clock.at(clock.now() + delay, () => {
      off();
      resolve();
    });
    const off = onAbort(signal, () => {
      call();
      resolve();
    });
  });
}

/** The library writes a protobuf duration, in whole seconds. */
function millisecondsOf(duration: unknown): number {
  const { seconds } = (duration ?? {}) as { readonly seconds?: unknown };
  return typeof seconds === 'number' ? seconds * 1000 : 0;
}
