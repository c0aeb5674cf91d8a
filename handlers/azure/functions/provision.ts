import { TableServiceClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import type { App } from '../../../core/app.ts';
import { poisonName, storedResources } from './environment.ts';

/**
 * Makes what the apps declare in a storage account, as the templates of `azure-functions/infra` do on Azure: for emulators, which no
 * template reaches. What is there already stays.
 *
 * @param connectionString of the account.
 */
export async function provision(apps: readonly App[], connectionString: string): Promise<void> {
  const blobs = BlobServiceClient.fromConnectionString(connectionString);
  const queues = QueueServiceClient.fromConnectionString(connectionString);
  const tables = TableServiceClient.fromConnectionString(connectionString, { allowInsecureConnection: true });
  for (const { resource, physical } of storedResources(apps))
    switch (resource.kind) {
      case 'bucket':
        await blobs.getContainerClient(physical).createIfNotExists();
        break;
      case 'queue':
        for (const name of [physical, poisonName(resource.name)]) await queues.getQueueClient(name).createIfNotExists();
        break;
      case 'table':
        await tables.createTable(physical);
        break;
      case 'secret':
      case 'workflow':
        break;
    }
}
