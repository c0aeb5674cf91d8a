// One of several threads that have a folder open: each puts its own objects, counts in a common one, or replaces one.
import { workerData } from 'node:worker_threads';
import { openBuckets } from '../../../handlers/local/bucket.ts';

const { folder, thread = 0, writes = 0, replaces = 0, size = 0 } = workerData;
const buckets = openBuckets({ folder });
const bucket = buckets.bucket('threads');

async function increment(): Promise<void> {
  for (;;) {
    const object = await bucket.get('count');
    const condition = object ? { ifMatch: object.etag } : { ifNoneMatch: '*' as const };
    try {
      await bucket.put('count', String(Number((await object?.text()) ?? 0) + 1), condition);
      return;
    } catch (error) {
      if ((error as Error).name !== 'PreconditionFailed') throw error;
    }
  }
}

for (let n = 0; n < writes; n++) {
  await bucket.put(`${thread}/${n}`, `${thread}/${n}`);
  await increment();
}
for (let n = 1; n <= replaces; n++) await bucket.put('version', new Uint8Array(size - n).fill(n));
buckets.close();
