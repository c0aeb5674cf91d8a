/** How busy instances are, by what they report. */
export interface Meter {
  note(instance: string, at: number, busyMs: number): void;
  forget(instance: string): void;
  /** The share of its slots that each was busy since it was asked last. */
  loads(instances: readonly string[]): number[];
}

export function openMeter(): Meter {
  const latest = new Map<string, { at: number; busyMs: number }>();
  const asked = new Map<string, { at: number; busyMs: number }>();
  return {
    note: (instance, at, busyMs) => void latest.set(instance, { at, busyMs }),
    forget(instance) {
      latest.delete(instance);
      asked.delete(instance);
    },
    loads: (instances) =>
      instances.flatMap((instance) => {
        const now = latest.get(instance);
        const before = asked.get(instance);
        if (now === undefined) return [];
        asked.set(instance, now);
        return before === undefined || now.at <= before.at ? [] : [(now.busyMs - before.busyMs) / (now.at - before.at)];
      }),
  };
}
