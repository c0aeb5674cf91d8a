/** How much an instance serves: `slots` requests at a time, each for a time of the law. */
export interface SlotRules {
  /** Mean time of a request in its slot, in milliseconds; 0 lets every request through. */
  readonly slotMs: number;
  /** Requests at a time. @default 1 */
  readonly slots?: number;
  /** @default 'fixed' */
  readonly law?: 'fixed' | 'exponential';
  /** Requests that may wait for a slot; more are refused. @default no limit */
  readonly backlog?: number;
}

export interface Slot {
  /** Milliseconds on the clock of who asked. */
  readonly start: number;
  readonly end: number;
}

export interface Slots {
  /** The next free slot for a request that comes now, or undefined where too many wait already. */
  reserve(now: number): Slot | undefined;
  /** Milliseconds of slots that are over, all slots together: the instance's CPU time. */
  busy(now: number): number;
  /** Requests that hold a slot, or wait for one. */
  present(now: number): number;
}

/**
 * A calendar of service slots. The work itself is done in the slot, and the answer leaves at the slot's end: an instance serves the
 * same number of requests a second on any machine that can do the work of all of them, and no privilege is needed for it.
 */
export function openSlots(rules: SlotRules, random: () => number = Math.random): Slots {
  const { slotMs, slots = 1, law = 'fixed', backlog = Number.POSITIVE_INFINITY } = rules;
  const free = new Array<number>(slots).fill(0);
  let given: Slot[] = [];
  let over = 0;
  const forget = (now: number): void => {
    for (const { start, end } of given) if (end <= now) over += end - start;
    given = given.filter(({ end }) => end > now);
  };
  return {
    reserve(now) {
      forget(now);
      const start = Math.max(now, Math.min(...free));
      if (start > now && given.filter((slot) => slot.start > now).length >= backlog) return undefined;
      const end = start + (law === 'fixed' ? slotMs : -slotMs * Math.log(1 - random()));
      free[free.indexOf(Math.min(...free))] = end;
      const slot = { start, end };
      given.push(slot);
      return slot;
    },
    busy(now) {
      forget(now);
      return over + given.reduce((sum, { start }) => sum + Math.max(0, now - start), 0);
    },
    present(now) {
      forget(now);
      return given.length;
    },
  };
}
