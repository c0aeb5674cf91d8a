import type { TableClient } from '@azure/data-tables';
import type { BlobServiceClient } from '@azure/storage-blob';
import type { QueueServiceClient } from '@azure/storage-queue';
import { Failure } from '../../../core/error.ts';
import { connectionOf } from './environment.ts';

/** The storage accounts that bindings name by their `connection`. */
export interface Storage {
  queues(connection: unknown): Promise<QueueServiceClient>;
  blobs(connection: unknown): Promise<BlobServiceClient>;
  table(connection: unknown, name: string): Promise<TableClient>;
}

/** Loads a vendor's client when a binding needs it first: an app with HTTP functions only needs none of them. */
export function openStorage(app: Readonly<Record<string, string>>): Storage {
  const textOf = (connection: unknown): string => {
    const text = connectionOf(app, connection);
    if (text !== undefined) return text;
    const name = typeof connection === 'string' && connection !== '' ? connection : 'AzureWebJobsStorage';
    throw new Failure({
      name: 'NoConnection',
      message: `no app setting ${JSON.stringify(name)} holds a connection string; set it to that of Azurite or of a storage account`,
    });
  };
  const once = <T>(open: (connection: string) => Promise<T>): ((connection: unknown) => Promise<T>) => {
    const clients = new Map<string, Promise<T>>();
    return async (connection) => {
      const text = textOf(connection);
      const client = clients.get(text) ?? open(text);
      clients.set(text, client);
      return client;
    };
  };
  return {
    queues: once(async (text) =>
      (await import('@azure/storage-queue')).QueueServiceClient.fromConnectionString(text, FAST),
    ),
    blobs: once(async (text) =>
      (await import('@azure/storage-blob')).BlobServiceClient.fromConnectionString(text, FAST),
    ),
    async table(connection, name) {
      const { TableClient } = await import('@azure/data-tables');
      return TableClient.fromConnectionString(textOf(connection), name, { allowInsecureConnection: true });
    },
  };
}

/** What fails is tried again by the next look anyway. */
const FAST = { retryOptions: { maxTries: 2, tryTimeoutInMs: 30_000 } } as const;
