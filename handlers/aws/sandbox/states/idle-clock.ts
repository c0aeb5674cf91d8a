export interface IdleOptions {
  /** Milliseconds in which nothing happened after which time jumps. @default 2 */
  readonly idle?: number;
  /** The same while work goes on. @default 20 */
  readonly busy?: number;
  /** How often in a row that must be found: between two looks, what has arrived is read. @default 1 */
  readonly looks?: number;
}

/** Seconds that pass as soon as nothing else happens: alarms ring in their order. */
export function idleClock({ idle = 2, busy: patience = 20, looks = 1 }: IdleOptions = {}) {
  const alarms = new Set<{ readonly due: number; readonly ring: () => void }>();
  let now = 0;
  let working = 0;
  let holding = 0;
  let quiet = 0;
  let timer: NodeJS.Timeout | undefined;
  const jump = (): void => {
    timer = undefined;
    quiet = holding > 0 ? 0 : quiet + 1;
    if (quiet < looks) {
      arm();
      return;
    }
    quiet = 0;
    const [next] = [...alarms].sort((a, b) => a.due - b.due);
    if (next === undefined) return;
    alarms.delete(next);
    now = Math.max(now, next.due);
    next.ring();
    arm();
  };
  const arm = (): void => {
    if (timer !== undefined || alarms.size === 0) return;
    timer = setTimeout(jump, working > 0 ? patience : idle);
  };
  return {
    jumps: true,
    /** Work that time must not overtake too soon. */
    async busy<T>(work: Promise<T>): Promise<T> {
      working++;
      try {
        return await work;
      } finally {
        working--;
      }
    },
    /** Work that time never overtakes. */
    async hold<T>(work: Promise<T>): Promise<T> {
      holding++;
      try {
        return await work;
      } finally {
        holding--;
        quiet = 0;
      }
    },
    in(seconds: number | undefined, ring: () => void): () => void {
      if (seconds === undefined) return () => undefined;
      const alarm = { due: now + seconds, ring };
      alarms.add(alarm);
      arm();
      return () => void alarms.delete(alarm);
    },
    stop: () => clearTimeout(timer),
  };
}
