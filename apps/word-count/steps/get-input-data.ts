import { type BucketReader, step } from 'skein';
import { z } from 'zod';
import { corpus, isCounted, work } from '../buckets.ts';
import { planSplits, type Source, type Split } from '../text/plan-splits.ts';
import { RETRY } from './retry.ts';

/** Lists the texts under a prefix and plans who reads what. The plan is kept in the work bucket: a run carries only where each split stands in it. */
export const getInputData = step('GetInputData', {
  description: 'Lists the texts and cuts them into splits at line boundaries.',
  input: z.object({ prefix: z.string(), splits: z.number().nullish() }),
  uses: { corpus: corpus.read, work: work.write },
  retry: RETRY,
  run: async ({ prefix, splits: wished }, { corpus, work, idempotencyKey, signal }) => {
    const sources = await listSources(corpus, prefix, signal);
    const { bytes, places } = toPlan(planSplits(sources, wished ?? undefined));
    // Named after what it says: a late attempt that found other texts cannot change the plan of an earlier one.
    const plan = `${idempotencyKey}/plan-${await digest(bytes)}`;
    await work.put(plan, bytes, { contentType: 'application/x-ndjson' });
    return { folder: idempotencyKey, plan, files: sources.length, splits: places };
  },
});

async function listSources(corpus: BucketReader, prefix: string, signal: AbortSignal): Promise<Source[]> {
  const sources: Source[] = [];
  for (let cursor: string | undefined; ; ) {
    signal.throwIfAborted();
    const page = await corpus.list({ prefix, ...(cursor !== undefined && { cursor }) });
    for (const { key, size, etag } of page.items) if (isCounted(key, prefix)) sources.push({ key, size, etag });
    if (page.next === undefined) return sources;
    cursor = page.next;
  }
}

/** A line of JSON for each split, and the bytes where each line stands. */
function toPlan(splits: readonly Split[]): { bytes: Uint8Array; places: { from: number; to: number }[] } {
  const encoder = new TextEncoder();
  const lines = splits.map((split) => encoder.encode(`${JSON.stringify(split)}\n`));
  let length = 0;
  const places = lines.map((line) => {
    const from = length;
    length += line.length;
    return { from, to: length };
  });
  const bytes = new Uint8Array(length);
  for (const [index, line] of lines.entries()) bytes.set(line, places[index]!.from);
  return { bytes, places };
}

async function digest(bytes: Uint8Array): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
  return Array.from(hash.subarray(0, 12), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
