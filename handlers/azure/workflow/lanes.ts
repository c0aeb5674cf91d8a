import { setTimeout } from 'node:timers/promises';
import { inLanes } from '../../../core/in-lanes.ts';
import type { InstanceStatus } from './outcome.ts';
import type { Told } from './progress.ts';
import { STOP } from './stops.ts';

/** As much of the Durable client as it takes. */
export interface InstanceClient {
  /** Resolves to nothing where there is no such instance. */
  getStatus(id: string): Promise<InstanceStatus | undefined>;
  raiseEvent(id: string, event: string, data: string): Promise<unknown>;
  terminate(id: string, reason: string): Promise<unknown>;
}

/** How many instances are asked at once. */
const AT_ONCE = 20;
/** Milliseconds until an instance that is to change is looked at again, the first time and in all. */
const LOOK = { first: 5, all: 10_000 } as const;
const OVER = ['Completed', 'Failed', 'Terminated', 'Canceled'];

/** Ends the instance of a run, and tells its lanes to stop: Durable ends only the one that it is told to. */
export async function cancelRun(client: InstanceClient, run: string): Promise<void> {
  await client.terminate(run, 'cancelled');
  // Before it is over it may still begin lanes.
  const status = await looked(client, run, (found) => found === undefined || isOver(found));
  if (status !== undefined) await stopLanes(client, lanesOf(status));
}

/** Tells lanes to stop: one that sleeps wakes, none asks for a further step, and each tells those that it waits for. */
export async function stopLanes(client: Omit<InstanceClient, 'terminate'>, lanes: readonly string[]): Promise<void> {
  await inLanes(lanes, AT_ONCE, async (id) => {
    // One that was just asked for may not be there yet, and then would not hear.
    const status = await looked(client, id, (found) => found !== undefined);
    if (status !== undefined && !isOver(status)) await client.raiseEvent(id, STOP, '');
  });
}

function isOver(status: InstanceStatus | undefined): boolean {
  return status !== undefined && OVER.includes(status.runtimeStatus);
}

/** What an instance says once it is as it should be, or at last. */
async function looked(
  client: Pick<InstanceClient, 'getStatus'>,
  id: string,
  done: (status: InstanceStatus | undefined) => boolean,
): Promise<InstanceStatus | undefined> {
  for (let pause: number = LOOK.first, waited = 0; ; waited += pause, pause *= 2) {
    const status = await client.getStatus(id);
    if (done(status) || waited + pause > LOOK.all) return status;
    await setTimeout(pause);
  }
}

/** Step calls that are over, and the best estimate of how many there will be: those of open lanes included. */
export async function progressOf(
  client: Pick<InstanceClient, 'getStatus'>,
  status: InstanceStatus,
): Promise<{ done: number; total: number }> {
  const { done = 0, total = 0 } = toldBy(status);
  let more = 0;
  await inLanes(lanesOf(status), AT_ONCE, async (id) => {
    const lane = await client.getStatus(id);
    if (lane === undefined) return;
    const inside = await progressOf(client, lane);
    more += inside.done;
  });
  return { done: done + more, total: Math.max(total, done + more) };
}

/** The lanes that an instance waits for. */
function lanesOf(status: InstanceStatus): string[] {
  const { lanes } = toldBy(status);
  return lanes === undefined ? [] : Array.from({ length: lanes.count }, (_, lane) => `${lanes.prefix}${lane}`);
}

function toldBy({ customStatus }: InstanceStatus): Partial<Told> {
  return customStatus !== null && typeof customStatus === 'object' ? (customStatus as Partial<Told>) : {};
}
