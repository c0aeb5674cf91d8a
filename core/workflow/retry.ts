import { NEVER_RETRIED } from '../error.ts';
import type { Retry } from './ir.ts';

/** A retry policy as people write it. */
export interface RetryOptions {
  /** How often the step is tried at most, the first time included. */
  readonly attempts: number;
  /** Whole seconds before the second attempt, a minimum. @default 1 */
  readonly seconds?: number;
  /** What the delay is multiplied by each time. @default 2 */
  readonly rate?: number;
  /** Whole seconds that no delay exceeds. @default 300 */
  readonly cap?: number;
  /** Only errors of these names. @default all */
  readonly on?: readonly string[];
  /** No errors of these names. @default none */
  readonly not?: readonly string[];
}

export const RETRY_BOUNDS = { attempts: 100, seconds: 86_400, rate: 10, cap: 31_536_000 } as const;

/** Whether the attempt that failed with an error of this name is followed by another. */
export function retries(retry: Retry | undefined, attempt: number, name: string): retry is Retry {
  if (retry === undefined || attempt >= retry.attempts || NEVER_RETRIED.includes(name)) return false;
  if (retry.not?.includes(name)) return false;
  return retry.on === undefined || retry.on.includes(name);
}

/** Whole seconds between a failed attempt and the next. */
export function delaySeconds(retry: Retry, attempt: number): number {
  const seconds = Math.ceil(retry.seconds * retry.rate ** (attempt - 1));
  return Math.min(seconds, retry.cap ?? RETRY_BOUNDS.cap);
}
