import type { BucketClient } from '../../../core/resources/bucket.ts';

/** A put of `size` bytes with the value `n`, or a delete. */
export interface Operation {
  readonly n: number;
  readonly key: string;
  readonly size: number | undefined;
}

/** The n-th operation of the program that is killed: small and big, whole and streamed, of few keys so that most replace. */
export function operation(n: number): Operation {
  const size = n % 4 === 0 ? undefined : n % 2 ? 1000 + n : 300_000 + n;
  return { n, key: `key-${n % 3}`, size };
}

export async function perform(bucket: BucketClient, { n, key, size }: Operation): Promise<void> {
  if (size === undefined) return bucket.delete(key);
  const bytes = new Uint8Array(size).fill(n);
  await bucket.put(key, n % 3 ? bytes : (new Response(bytes).body ?? bytes));
}
