import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openBuckets } from '../../handlers/local/bucket.ts';
import type * as body from '../../handlers/local/bucket-body.ts';
import { found } from '../conformance/bucket-support.ts';

/** Runs between the look-up of an object and the opening of its file, where only another thread could. */
let between: ((path: string) => void) | undefined;
vi.mock('../../handlers/local/bucket-body.ts', async (original) => {
  const real = await original<typeof body>();
  const openBody: typeof body.openBody = (info, path, range) => {
    between?.(path);
    return real.openBody(info, path, range);
  };
  return { ...real, openBody };
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skein-race-'));
});
afterEach(() => {
  between = undefined;
  rmSync(folder, { recursive: true });
});

test.each([10, 1_000_000])('a reader whose %i bytes are replaced before it opens them looks again', async (size) => {
  const buckets = openBuckets({ folder });
  const bucket = buckets.bucket('a');
  const versions = ['v1', 'v2', 'v3'];
  for (const [n, version] of versions.entries()) await bucket.put(version, new Uint8Array(size + n).fill(n));
  await bucket.put('object', 'first');
  between = (path) => {
    const next = versions.shift();
    if (next !== undefined) promote(next, path);
  };
  const object = await found(bucket, 'object');
  expect(object.size).toBe(size + 2);
  expect(await object.bytes()).toEqual(new Uint8Array(size + 2).fill(2));
  buckets.close();
});

test('a reader whose object is deleted before it opens it finds none', async () => {
  const buckets = openBuckets({ folder });
  const bucket = buckets.bucket('a');
  await bucket.put('object', 'first');
  between = (path) => promote(undefined, path);
  expect(await bucket.get('object')).toBeUndefined();
  buckets.close();
});

/** Replaces `object`, whose file is at `path`, by the object `key`, or by nothing: all at once, as another thread may. */
function promote(key: string | undefined, path: string): void {
  const index = new DatabaseSync(join(folder, 'index.db'));
  index.exec("DELETE FROM object WHERE key = CAST('object' AS BLOB)");
  if (key !== undefined)
    index.exec(`UPDATE object SET key = CAST('object' AS BLOB) WHERE key = CAST('${key}' AS BLOB)`);
  index.close();
  rmSync(path);
}
