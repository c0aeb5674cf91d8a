import type { TableClient } from '../../../core/resources/table.ts';
import { partitionOf, sha256, unlessRefused } from '../../../core/workflow/run-records.ts';
import { CLAIM } from './settle.ts';

/** Milliseconds between two looks at what another process sends. */
const LOOK = 100;

/**
 * Sends an event once for each key. Durable Functions cannot be asked which events an instance has: where a process dies between
 * sending one and writing that down, who sends it again after a minute sends it twice.
 */
export async function sendOnce(
  table: TableClient,
  { run, key, now }: { readonly run: string; readonly key: string; readonly now: () => number },
  send: () => Promise<unknown>,
): Promise<void> {
  const at = { partition: partitionOf(run), id: `sent/${await sha256(key)}` };
  for (;;) {
    const found = await table.get(at);
    if (found?.value.sent === true) return;
    const value = { sent: false, until: now() + CLAIM };
    if (found !== undefined && Number(found.value.until) > now()) {
      await new Promise((later) => setTimeout(later, LOOK));
      continue;
    }
    const write = found === undefined ? table.create(at, value) : table.replace(at, value, { ifMatch: found.version });
    if (!(await unlessRefused(write))) continue;
    try {
      await send();
    } catch (error) {
      await table.update(at, { until: 0 }).catch(() => undefined);
      throw error;
    }
    await table.put(at, { sent: true });
    return;
  }
}
