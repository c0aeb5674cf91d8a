/** Something that looks for work again and again, and can be told to look until there is none. */
export interface Poller {
  /** Does all that is to be done now, until nothing is left. */
  drain(): Promise<void>;
  /** How much it has found so far. */
  readonly found: () => number;
  /** Looks for nothing more; resolves when what runs is over. */
  stop(): Promise<void>;
}

export interface PollerParts {
  /** Milliseconds between two looks that found nothing: from the first, doubling, to the second. */
  readonly pause: readonly [number, number];
  /** Starts what it finds, at most what there is room for, and says how much that was. */
  look(): Promise<number>;
  /** Resolves when there is room for more. */
  room(): Promise<void>;
  /** Resolves when all that was started is over. */
  idle(): Promise<void>;
  /** Told when `look` failed. */
  failed(error: unknown): void;
}

/** Looks at once, and then in a rhythm of its own: at once where something was found, ever more seldom where not. */
export function makePoller({ pause: [first, most], look, room, idle, failed }: PollerParts): Poller {
  let stopped = false;
  let delay = first;
  let wake = (): void => undefined;
  // One look at a time, whoever asks for it.
  let turn: Promise<unknown> = Promise.resolve();
  let total = 0;
  const lookOnce = (): Promise<number> => {
    const next = turn.then(async () => {
      const found = stopped ? 0 : await look();
      total += found;
      return found;
    });
    turn = next.catch(() => undefined);
    return next;
  };
  const sleep = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, delay);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const run = async (): Promise<void> => {
    while (!stopped) {
      await room();
      let found = 0;
      try {
        found = await lookOnce();
      } catch (error) {
        failed(error);
      }
      if (found > 0) delay = first;
      else if (!stopped) {
        await sleep();
        delay = Math.min(delay * 2, most);
      }
    }
  };
  const running = run();
  return {
    found: () => total,
    async drain() {
      let found: number;
      do {
        await idle();
        found = await lookOnce();
        await idle();
      } while (found > 0);
    },
    async stop() {
      stopped = true;
      wake();
      await running;
      await idle();
    },
  };
}

/** Drains several that may give each other work, until none has any. */
export async function drainAll(pollers: readonly Poller[]): Promise<void> {
  const total = (): number => pollers.reduce((sum, one) => sum + one.found(), 0);
  let before: number;
  do {
    before = total();
    for (const one of pollers) await one.drain();
  } while (total() > before);
}
