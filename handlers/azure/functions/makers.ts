import { TableClient } from '@azure/data-tables';
import { ManagedIdentityCredential } from '@azure/identity';
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import type { Redactor } from '../../../core/redact.ts';
import { SetupError } from '../../../core/setup-error.ts';
import { bucketOn } from '../resources/bucket.ts';
import { queueOn } from '../resources/queue.ts';
import { secretOn } from '../resources/secret.ts';
import { tableOn } from '../resources/table.ts';
import { type Environment, STORAGE, secretVariable, setting } from './environment.ts';
import type { Makers } from './room.ts';

/** The services of the account that the settings name. */
interface Account {
  readonly blobs: BlobServiceClient;
  readonly queues: QueueServiceClient;
  table(name: string): TableClient;
}

/**
 * Clients over Azure's SDKs, of the storage account that `SKEIN_STORAGE` names, and secrets of the environment.
 *
 * @param hidden learns each secret that is read.
 * @throws SetupError naming the setting that is missing, when the first client is made.
 */
export function makers(env: Environment, hidden: Pick<Redactor, 'add'>): Makers {
  let opened: Account | undefined;
  const account = (): Account => {
    opened ??= accountOf(env);
    return opened;
  };
  return {
    bucket: (container) => bucketOn(account().blobs, container),
    queue: (at) => queueOn(account().queues, at),
    table: (name) => tableOn(account().table(name)),
    secret: (name) => secretOn(secretVariable(name), name, { env, redactor: hidden }),
  };
}

function accountOf(env: Environment): Account {
  const text = setting(env, STORAGE);
  if (text !== undefined)
    return {
      blobs: BlobServiceClient.fromConnectionString(text),
      queues: QueueServiceClient.fromConnectionString(text),
      // An emulator has no certificate.
      table: (name) => TableClient.fromConnectionString(text, name, { allowInsecureConnection: true }),
    };
  const clientId = setting(env, `${STORAGE}__clientId`);
  const credential = new ManagedIdentityCredential(clientId === undefined ? {} : { clientId });
  const at = (service: string): string => {
    const name = `${STORAGE}__${service}ServiceUri`;
    const url = setting(env, name);
    if (url === undefined) throw new SetupError(`neither ${STORAGE} nor ${name} is set: no storage account is named`);
    return url;
  };
  return {
    blobs: new BlobServiceClient(at('blob'), credential),
    queues: new QueueServiceClient(at('queue'), credential),
    table: (name) => new TableClient(at('table'), name, credential),
  };
}
