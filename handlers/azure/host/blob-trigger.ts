import { createHash } from 'node:crypto';
import type { BlobItem, ContainerClient } from '@azure/storage-blob';
import { blobPattern } from './blob-pattern.ts';
import { withSettings } from './expression.ts';
import type { HostFunction } from './functions.ts';
import { makePoller, type Poller } from './poller.ts';
import { encodeMessage } from './queue-text.ts';
import type { TriggerParts } from './queue-trigger.ts';

const RECEIPTS = 'azure-webjobs-hosts';
const POISON = 'webjobs-blobtrigger-poison';

/**
 * Calls a function for each blob that is new or was written anew, found by listing the container; `source: 'EventGrid'` is served so too.
 *
 * As in Azure, what was handled is remembered by a receipt in the storage account, so that a host that starts later calls for what
 * came meanwhile: https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-blob-trigger#blob-receipts
 */
export async function startBlobTrigger(
  called: HostFunction,
  { settings, storage, call, log, pollEvery, folder }: TriggerParts & { readonly folder: string },
): Promise<Poller> {
  const { binding } = called.trigger;
  const { maxDegreeOfParallelism, poisonBlobThreshold } = settings.blobs;
  const path = withSettings(String(binding.path ?? ''), settings.app, `function ${called.name}: path`);
  const pattern = blobPattern(path);
  const service = await storage.blobs(binding.connection);
  const container = service.getContainerClient(pattern.container);
  const receipts = service.getContainerClient(RECEIPTS);
  await receipts.createIfNotExists();
  const hostId =
    settings.app.AzureFunctionsWebHost__hostid ?? createHash('sha256').update(folder).digest('hex').slice(0, 32);
  const functionId = `Host.Functions.${called.name}`;

  /** ETags by name, of blobs that are handled or under way. */
  const known = new Map<string, string>();
  const running = new Set<Promise<void>>();
  let freed = Promise.withResolvers<void>();

  const bury = async (name: string, { etag, blobType }: BlobItem['properties']): Promise<void> => {
    const queue = (await storage.queues(binding.connection)).getQueueClient(POISON);
    await queue.createIfNotExists();
    const fields = { Type: 'BlobTrigger', FunctionId: functionId, BlobType: blobType ?? 'BlockBlob' };
    const message = { ...fields, ContainerName: pattern.container, BlobName: name, ETag: `"${etag}"` };
    // Always Base64, whatever host.json says of other queues.
    await queue.sendMessage(encodeMessage(JSON.stringify(message), { ...settings.queues, messageEncoding: 'base64' }));
    log('blob moved to the poison queue', {
      level: 'error',
      function: called.name,
      blob: `${pattern.container}/${name}`,
    });
  };

  const handle = async (name: string, item: BlobItem, params: Readonly<Record<string, string>>): Promise<void> => {
    const receipt = receipts.getBlockBlobClient(
      ['blobreceipts', hostId, functionId, `"${item.properties.etag}"`, pattern.container, name].join('/'),
    );
    if (await receipt.exists()) return;
    for (let attempt = 1; ; attempt++)
      try {
        await callFor(name, item, params);
        break;
      } catch {
        // The caller has logged it.
        if (attempt < poisonBlobThreshold) continue;
        await bury(name, item.properties);
        break;
      }
    await receipt.uploadData(Buffer.alloc(0));
  };

  const callFor = async (
    name: string,
    { properties, metadata }: BlobItem,
    params: Readonly<Record<string, string>>,
  ) => {
    const blob = container.getBlobClient(name);
    const bytes = await blob.downloadToBuffer();
    const full = `${pattern.container}/${name}`;
    await call(called, {
      data: String(binding.dataType).toLowerCase() === 'string' ? { string: bytes.toString('utf8') } : { bytes },
      triggerMetadata: {
        BlobTrigger: { string: full },
        Uri: { json: JSON.stringify(blob.url) },
        Properties: { json: JSON.stringify(propertiesOf(properties)) },
        Metadata: { json: JSON.stringify(metadata ?? {}) },
        ...Object.fromEntries(Object.entries(params).map(([key, value]) => [key, { string: value }])),
      },
      names: { ...params, blobTrigger: full, uri: blob.url, metadata: metadata ?? {} },
      reason: `blob ${full}`,
    });
  };

  const begin = (name: string, item: BlobItem, params: Readonly<Record<string, string>>): void => {
    known.set(name, item.properties.etag);
    const work: Promise<void> = handle(name, item, params)
      .catch((error: unknown) => {
        // Storage failed, or the blob is gone: it is looked at again.
        known.delete(name);
        log('blob not handled', { level: 'error', function: called.name, blob: name, error: String(error) });
      })
      .finally(() => {
        running.delete(work);
        freed.resolve();
        freed = Promise.withResolvers<void>();
      });
    running.add(work);
  };

  return makePoller({
    pause: [100, pollEvery],
    async look() {
      let begun = 0;
      for await (const item of listed(container, pattern.prefix)) {
        if (running.size >= maxDegreeOfParallelism) break;
        const params = known.get(item.name) === item.properties.etag ? undefined : pattern.match(item.name);
        if (params === undefined) continue;
        begin(item.name, item, params);
        begun++;
      }
      return begun;
    },
    async room() {
      while (running.size >= maxDegreeOfParallelism) await freed.promise;
    },
    idle: async () => void (await Promise.all(running)),
    failed: (error) =>
      log('container not listed', { level: 'error', container: pattern.container, error: String(error) }),
  });
}

/** None, where there is no container yet. */
async function* listed(container: ContainerClient, prefix: string): AsyncIterable<BlobItem> {
  try {
    yield* container.listBlobsFlat({ prefix, includeMetadata: true });
  } catch (error) {
    if ((error as { readonly statusCode?: unknown }).statusCode !== 404) throw error;
  }
}

function propertiesOf({ etag, contentLength, contentType, lastModified, createdOn }: BlobItem['properties']) {
  return {
    ETag: `"${etag}"`,
    ContentLength: contentLength ?? 0,
    ContentType: contentType ?? '',
    LastModified: lastModified,
    CreatedOn: createdOn ?? null,
  };
}
