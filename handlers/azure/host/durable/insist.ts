import { setTimeout as wait } from 'node:timers/promises';
import type { Hub } from './hub.ts';

/** Milliseconds of real time between two tries of what this process has no power over: a disk, a worker. */
export const PAUSE = 1000;

/** Writes until it is written, or the engine is closed: whether it was. */
export async function insist({ isClosed, log }: Hub, id: string, write: () => Promise<void>): Promise<boolean> {
  while (!isClosed())
    try {
      await write();
      return true;
    } catch (thrown) {
      log('durable: a history could not be written; trying again', { id, error: String(thrown) });
      await wait(PAUSE);
    }
  return false;
}
