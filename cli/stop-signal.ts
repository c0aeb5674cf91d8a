import { EXIT } from './exit.ts';

/** Milliseconds in which a second signal is taken for the first: `npm run` hands on the one that Ctrl-C sent already. */
const ECHO = 500;

/** Aborts at the first of the signals; at a SIGINT after that the process exits at once. */
export function stopSignal(signals: readonly NodeJS.Signals[]): AbortSignal {
  const controller = new AbortController();
  let first: number | undefined;
  for (const signal of signals)
    process.on(signal, () => {
      const now = performance.now();
      if (first !== undefined && signal === 'SIGINT' && now - first > ECHO) process.exit(EXIT.interrupted);
      first ??= now;
      controller.abort();
    });
  return controller.signal;
}
