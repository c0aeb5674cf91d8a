import { createHash, randomUUID } from 'node:crypto';
import type { BlobRequestConditions, BlockBlobClient } from '@azure/storage-blob';
import { Failure } from '../../../core/error.ts';
import { bodyParts } from '../../../core/resources/body-parts.ts';
import type { Body } from '../../../core/resources/bucket.ts';
import { answer, codeOf } from './answer.ts';

/**
 * Bytes of a block. 50,000 blocks hold 419 GB: https://learn.microsoft.com/azure/storage/blobs/scalability-targets
 */
const BLOCK = 8 * 1024 * 1024;

/** What is on its way to a blob, and can be stored under any conditions, any number of times. */
export interface Staged {
  readonly size: number;
  readonly md5: Uint8Array;
  /** @throws what the SDK throws; `Unavailable` where another writer made Azure forget the blocks. */
  store(conditions: BlobRequestConditions): Promise<{ readonly etag?: string; readonly lastModified?: Date }>;
}

/**
 * Reads a body; of a long one the blocks are sent, which nobody sees before they are stored, and which Azure forgets after a week.
 *
 * @throws what the body throws.
 */
export async function staged(blob: BlockBlobClient, contentType: string, body: Body): Promise<Staged> {
  const parts = bodyParts(body, () => BLOCK);
  const hash = createHash('md5');
  const headers = (md5: Uint8Array) => ({ blobContentType: contentType, blobContentMD5: md5 });
  try {
    const first = (await parts.next()).value as Uint8Array;
    const second = await parts.next();
    hash.update(first);
    if (second.done) {
      const md5 = hash.digest();
      const send = (conditions: BlobRequestConditions) =>
        answer('Blob Storage', blob.upload(first, first.byteLength, { blobHTTPHeaders: headers(md5), conditions }));
      return { size: first.byteLength, md5, store: send };
    }
    // Writers of one blob share its blocks: names of their own keep them from storing each other's.
    const upload = randomUUID();
    const names: string[] = [];
    let size = 0;
    const stage = async (bytes: Uint8Array): Promise<void> => {
      const name = Buffer.from(`${upload}/${String(names.length).padStart(5, '0')}`).toString('base64');
      await answer('Blob Storage', blob.stageBlock(name, bytes, bytes.byteLength));
      names.push(name);
      size += bytes.byteLength;
    };
    await stage(first);
    for (let part: Uint8Array | undefined = second.value; part !== undefined; part = (await parts.next()).value) {
      hash.update(part);
      await stage(part);
    }
    const md5 = hash.digest();
    return { size, md5, store: (conditions) => commit(blob, names, { blobHTTPHeaders: headers(md5), conditions }) };
  } finally {
    // Where Azure refused a block, the rest of a stream is not wanted.
    await parts.return(undefined);
  }
}

async function commit(
  blob: BlockBlobClient,
  names: string[],
  options: Parameters<BlockBlobClient['commitBlockList']>[1],
) {
  try {
    return await answer('Blob Storage', blob.commitBlockList(names, options));
  } catch (error) {
    if (codeOf(error) !== 'InvalidBlockList') throw error;
    // Whoever stores a blob makes Azure forget the blocks that others have sent for it.
    const message = `Blob Storage: another writer of ${JSON.stringify(blob.name)} was in the way`;
    const failure = new Failure({ name: 'Unavailable', message });
    failure.cause = error;
    throw failure;
  }
}
