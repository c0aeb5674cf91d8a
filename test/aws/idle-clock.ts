/** Seconds that pass as soon as nothing else happens: alarms ring in their order. */
export function idleClock() {
  const alarms = new Set<{ readonly due: number; readonly ring: () => void }>();
  let now = 0;
  let working = 0;
  let timer: NodeJS.Timeout | undefined;
  const jump = (): void => {
    timer = undefined;
    const [next] = [...alarms].sort((a, b) => a.due - b.due);
    if (next === undefined) return;
    alarms.delete(next);
    now = Math.max(now, next.due);
    next.ring();
    arm();
  };
  const arm = (): void => {
    if (timer !== undefined || alarms.size === 0) return;
    timer = setTimeout(jump, working > 0 ? 20 : 2);
  };
  return {
    /** Work that time must not overtake too soon. */
    async busy<T>(work: Promise<T>): Promise<T> {
      working++;
      try {
        return await work;
      } finally {
        working--;
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
