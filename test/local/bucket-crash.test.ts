import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openBuckets } from '../../handlers/local/bucket.ts';
import { found } from '../conformance/bucket-support.ts';
import { runCrashing } from '../support/crash-program.ts';
import { filesOf } from './programs/bucket-files.ts';
import { type Operation, operation, perform } from './programs/bucket-operations.ts';

const OPERATIONS = 24;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skein-crash-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe.each(['kill', 'torn'])('%s at the k-th put or delete', (action) => {
  test.each(Array.from({ length: 12 }, (_, n) => n + 1))('k = %i: every object is whole, old or new', async (k) => {
    const { signal, begun, done } = await run({ SKEIN_TEST: '1', SKEIN_FAULT: `bucket:${k}:${action}` });
    expect({ signal, begun, done }).toEqual({ signal: 'SIGKILL', begun: k, done: k - 1 });
    const hit = operation(k);
    const orphans = sizes().filter((size) => !wholeSizes(done).includes(size));
    if (hit.size !== undefined) expect(orphans).toEqual([action === 'kill' ? hit.size : hit.size >> 1]);
    await expectWhole(done, action === 'torn' && hit.size === undefined ? k : done);
    await expectGoesOn();
  });
});

test.each([
  3, 7, 11, 15, 19,
])('killed from outside near operation %i: every object is whole, old or new', async (at) => {
  const { signal, begun, done } = await run({}, at);
  expect(signal).toBe('SIGKILL');
  await expectWhole(done, begun);
  await expectGoesOn();
});

/** @param killAt the operation at whose beginning the program is killed from outside. */
async function run(env: Readonly<Record<string, string>>, killAt?: number) {
  const program = join(import.meta.dirname, 'programs/bucket-crash.ts');
  const { signal, begun, done } = await runCrashing(program, { args: [folder, String(OPERATIONS)], env, killAt });
  return { signal, begun: begun.length, done };
}

/** Reopens as the owner does: the objects are those after `done` operations or those after `begun`, and the files are theirs. */
async function expectWhole(done: number, begun: number): Promise<void> {
  const buckets = openBuckets({ folder, sweep: true });
  const bucket = buckets.bucket('crash');
  const { items } = await bucket.list();
  const there: Record<string, number> = {};
  for (const { key, size } of items) {
    const bytes = await (await found(bucket, key)).bytes();
    expect(bytes.byteLength).toBe(size);
    const n = bytes[0] ?? 0;
    expect(operation(n)).toEqual({ n, key, size });
    expect(bytes.every((byte) => byte === n)).toBe(true);
    there[key] = n;
  }
  expect([stateAfter(done), stateAfter(begun)]).toContainEqual(there);
  expect(sizes().sort()).toEqual(items.map(({ size }) => size).sort());
  buckets.close();
}

async function expectGoesOn(): Promise<void> {
  const buckets = openBuckets({ folder });
  for (let n = 1; n <= OPERATIONS; n++) await perform(buckets.bucket('crash'), operation(n));
  buckets.close();
  await expectWhole(OPERATIONS, OPERATIONS);
}

function sizes(): number[] {
  return filesOf(folder).map((file) => statSync(join(folder, 'objects', file.slice(0, 2), file)).size);
}

/** Which operation put each object that is there after the first `count`. */
function stateAfter(count: number): Record<string, number> {
  const last = new Map<string, Operation>();
  for (let n = 1; n <= count; n++) last.set(operation(n).key, operation(n));
  return Object.fromEntries([...last].flatMap(([key, { n, size }]) => (size === undefined ? [] : [[key, n]])));
}

function wholeSizes(count: number): (number | undefined)[] {
  return Object.values(stateAfter(count)).map((n) => operation(n).size);
}
