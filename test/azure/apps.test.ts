import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TableClient as AzureTable } from '@azure/data-tables';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { provision } from '../../handlers/azure/functions/provision.ts';
import type { Host } from '../../handlers/azure/host/index.ts';
import { tableOn } from '../../handlers/azure/resources/table.ts';
import { questions } from '../conformance/apps.ts';
import { ROOT, startServer } from '../support/server.ts';
import { AZURITE_WANTED, type Azurite, hasAzurite, openAzurite } from './azurite.ts';
import { hosted } from './functions/published.ts';

const KEY = 'key-of-both-rooms';
const MODULE = join(ROOT, 'apps/index.ts');

describe.skipIf(!hasAzurite)(`all apps, published${hasAzurite ? '' : ` (needs ${AZURITE_WANTED})`}`, () => {
  let azurite: Azurite;
  let host: Host;
  let local: Awaited<ReturnType<typeof startServer>>;
  let data: string;
  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), 'skein-local-'));
    await import('../../handlers/local/tsx.ts');
    const { default: apps } = (await import(MODULE)) as typeof import('../../apps/index.ts');
    [azurite, local] = await Promise.all([openAzurite(), startServer({ data, env: { SKEIN_ADMIN_KEY: KEY } })]);
    const { connectionString } = azurite;
    await provision(apps, connectionString);
    const env = { SKEIN_STORAGE: connectionString, SKEIN_ADMIN_KEY: KEY };
    host = await hosted(MODULE, { connectionString, env, pollEvery: 50, log: () => undefined });
  }, 180_000);
  afterAll(async () => {
    await Promise.all([host?.close(), local?.stop()]);
    await azurite?.close();
    await rm(data, { recursive: true, force: true });
  });

  test.each(questions.map((question) => [question.title, question] as const))('%s', async (_, { ask }) => {
    const here = await ask({ url: local.url, key: KEY });
    expect(await ask({ url: host.url, key: KEY })).toEqual(here);
  });

  test('documents that have expired are cleared away by a timer', async () => {
    const { connectionString } = azurite;
    const at = AzureTable.fromConnectionString(connectionString, 'pollvotes', { allowInsecureConnection: true });
    const table = tableOn(at);
    const ids = async (): Promise<unknown[]> => {
      const found: unknown[] = [];
      for await (const { id, partition } of at.listEntities()) if (partition === 'swept') found.push(id);
      return found.sort();
    };
    await table.put({ partition: 'swept', id: 'old' }, {}, { expiresAt: new Date(Date.now() - 1_000) });
    await table.put({ partition: 'swept', id: 'new' }, {}, { expiresAt: new Date(Date.now() + 3_600_000) });
    expect(await ids()).toEqual(['new', 'old']);
    await host.invoke('skein-expire');
    expect(await ids()).toEqual(['new']);
  });
});
