import type { Json } from '../../../core/json.ts';
import type { Durable, Orchestration, Task } from './durable.ts';
import { STAGE } from './stops.ts';

/**
 * An event's name as the host knows it. The library keeps names and task numbers in one table, and hosts compare names
 * without regard to case: so there is always a letter in front, and capitals are marked.
 */
export function eventName(name: string, kind: 'event' | 'failed' = 'event'): string {
  return `${kind}-${name.replace(/[A-Z]/g, (capital) => `~${capital.toLowerCase()}`)}`;
}

export function eventInput(data: Json): string {
  return JSON.stringify(data);
}

export interface Waits {
  /** The event's data; `undefined` where none came within `timeout` seconds. */
  wait(name: string, timeout: number | undefined): Orchestration<{ readonly data: Json } | undefined>;
}

export function makeWaits(durable: Durable): Waits {
  // Waits that were given up. The library goes on handing events to them, the newest wait first.
  const left = new Map<string, Task[]>();

  const kept = (name: string): Task | undefined => {
    const tasks = left.get(name) ?? [];
    const index = tasks.findLastIndex((task) => task.isCompleted);
    return index < 0 ? undefined : tasks.splice(index, 1)[0];
  };

  return {
    *wait(event, timeout) {
      const name = eventName(event);
      const due = timeout === undefined ? undefined : durable.now() + timeout * 1000;
      for (;;) {
        const early = kept(name);
        if (early !== undefined) return dataOf(early);
        const arrival = durable.event(name);
        if (due === undefined) {
          yield arrival;
          return dataOf(arrival);
        }
        const timer = durable.timer(Math.min(due, durable.now() + STAGE));
        yield durable.any([arrival, timer]);
        if (arrival.isCompleted) {
          timer.cancel();
          return dataOf(arrival);
        }
        left.set(name, [...(left.get(name) ?? []), arrival]);
        if (durable.now() >= due) return undefined;
      }
    },
  };
}

function dataOf(arrival: Task): { data: Json } {
  return { data: JSON.parse(String(arrival.result)) as Json };
}
