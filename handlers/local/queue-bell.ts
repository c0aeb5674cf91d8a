import { onAbort } from '../../core/on-abort.ts';

/** Wakes those who wait for a message of a queue. */
export interface Bell {
  /** Resolves when the queue's bell rings, after `ms` milliseconds, or when the signal aborts. */
  wait(queue: string, ms: number, signal?: AbortSignal): Promise<void>;
  ring(queue: string): void;
  ringAll(): void;
}

export function newBell(): Bell {
  const waiting = new Map<string, Set<() => void>>();

  const ring = (queue: string): void => {
    const woken = waiting.get(queue);
    waiting.delete(queue);
    for (const wake of woken ?? []) wake();
  };

  return {
    ring,
    ringAll: () => {
      for (const queue of [...waiting.keys()]) ring(queue);
    },
    wait: (queue, ms, signal) =>
      new Promise((resolve) => {
        const others = waiting.get(queue) ?? new Set();
        waiting.set(queue, others);
        const wake = (): void => {
          clearTimeout(timer);
          off?.();
          others.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, ms);
        others.add(wake);
        const off = signal && onAbort(signal, wake);
      }),
  };
}
