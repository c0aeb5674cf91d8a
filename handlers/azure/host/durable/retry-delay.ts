import type { RetryOptions } from './protocol.ts';

/** Days of milliseconds that a retry waits at most where its options do not say: the extension's own default. */
const LONGEST = 6 * 86_400_000;

/**
 * How long the wait after a failed attempt is, in milliseconds; 0: there is none.
 *
 * https://github.com/Azure/durabletask/blob/main/src/DurableTask.Core/RetryInterceptor.cs
 *
 * @param attempt the one that failed, from 1
 * @param since milliseconds since the first attempt was scheduled
 */
export function retryDelay(options: RetryOptions, attempt: number, since: number): number {
  if (since >= (options.retryTimeoutInMilliseconds ?? Number.POSITIVE_INFINITY)) return 0;
  const wait = options.firstRetryIntervalInMilliseconds * (options.backoffCoefficient ?? 1) ** (attempt - 1);
  return Math.min(wait, options.maxRetryIntervalInMilliseconds ?? LONGEST);
}
