import { afterEach, expect } from 'vitest';
import { type Fleet, type FleetOptions, openFleet } from '../../loadtests/lab/fleet.ts';
import type { SlotRules } from '../../loadtests/lab/instance/slots.ts';
import { startReaper } from '../../loadtests/lab/reaper.ts';
import type { EventRecord, WorkRecord } from '../../loadtests/lab/record.ts';
import type { LocalTarget } from '../../loadtests/lab/targets.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

export interface Opened {
  readonly fleet: Fleet;
  readonly events: EventRecord[];
  readonly work: WorkRecord[];
}

/** The instances of a target, without a generator; they are gone when the test is over. */
export async function openTarget(
  target: LocalTarget,
  rules: SlotRules = { slotMs: 1 },
  more: Partial<Pick<FleetOptions, 'failing' | 'onError'>> = {},
): Promise<Opened> {
  const reaper = startReaper();
  closing.push(() => reaper.close());
  const events: EventRecord[] = [];
  const work: WorkRecord[] = [];
  const fleet = await openFleet({
    ...{ target, rules, pace: 50, reaper, signal: new AbortController().signal },
    onEvent: (event) => void events.push(event),
    onWork: (one) => void work.push(one),
    onFirst: () => undefined,
    onError: (error) => expect.unreachable(String(error)),
    ...more,
  });
  closing.push(() => fleet.close());
  return { fleet, events, work };
}

/** What a user gets, and how many milliseconds it took. */
export async function ask(url: string, path = '/', id = 'user'): Promise<{ got: string; ms: number }> {
  const began = performance.now();
  const got = await fetch(new URL(path, url), { headers: { 'x-lab-request': id }, signal: AbortSignal.timeout(20_000) })
    .then(async (response) => `${response.status} ${await response.text()}`)
    .catch((error: Error) => (error.cause as NodeJS.ErrnoException | undefined)?.code ?? error.name);
  return { got, ms: performance.now() - began };
}
