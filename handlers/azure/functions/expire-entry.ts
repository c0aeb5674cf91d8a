import type { App } from '../../../core/app.ts';
import type { ResourceOf } from '../../../core/resources/access.ts';
import { usesOf } from '../../../core/resources/declared.ts';
import type { Surroundings } from '../../../core/workflow/invoke.ts';
import type { AzureTableClient } from '../resources/table.ts';

/** The timer of the room, and when it is due, in NCRONTAB: once an hour. */
export const EXPIRE = { name: 'skein-expire', schedule: '0 23 * * * *' } as const;

/** Documents that one call removes of a table at most: some minutes, where a function has thirty. */
const MOST = 10_000;

/** The tables that the apps write; what they only read is somebody else's to clear. */
export function writtenTables(apps: readonly App[]): readonly ResourceOf<'table'>[] {
  const written = new Map<string, ResourceOf<'table'>>();
  for (const uses of apps.flatMap(usesOf))
    for (const { resource, mode } of Object.values(uses))
      if (resource.kind === 'table' && mode !== 'read') written.set(resource.name, resource);
  return [...written.values()];
}

/**
 * A function for a timer: it takes what has expired out of these tables. Nobody sees it any more, but Table Storage keeps it.
 *
 * @throws (rejects) with what the first table threw that could not be cleared; the others are.
 */
export function expireEntry(
  tables: readonly ResourceOf<'table'>[],
  { client, log }: Pick<Surroundings, 'client' | 'log'>,
): () => Promise<void> {
  return async () => {
    const failed: unknown[] = [];
    for (const table of tables)
      try {
        const removed = await (client(table) as AzureTableClient).removeExpired(MOST);
        if (removed > 0) log('expired documents removed', { table: table.name, removed });
      } catch (error) {
        failed.push(error);
      }
    if (failed.length > 0) throw failed[0];
  };
}
