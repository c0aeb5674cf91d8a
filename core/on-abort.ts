/**
 * Calls `listener` once when the signal aborts, or now where it has already.
 *
 * @returns takes the listener off again: a signal that lives long must not gather those of what is over.
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  if (signal.aborted) {
    listener();
    return () => undefined;
  }
  signal.addEventListener('abort', listener, { once: true });
  return () => signal.removeEventListener('abort', listener);
}
