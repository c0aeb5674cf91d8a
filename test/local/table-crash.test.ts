import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TableClient } from '../../core/resources/table.ts';
import { faultsFrom } from '../../handlers/local/fault.ts';
import { openTables } from '../../handlers/local/table.ts';
import { runCrashing } from '../support/crash-program.ts';
import { perform, stateAfter, stateOf } from './programs/table-operations.ts';

const OPERATIONS = 24;
const EACH = Array.from({ length: 12 }, (_, n) => n + 1);

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skein-table-crash-'));
  file = join(folder, 'tables.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe.each(['kill', 'torn'])('%s at the k-th write', (action) => {
  test.each(EACH)('k = %i: what was answered is there, and nothing of the write that was not', async (k) => {
    const { signal, begun, done } = await run({ SKEIN_TEST: '1', SKEIN_FAULT: `table:${k}:${action}` });
    expect({ signal, begun, done }).toEqual({ signal: 'SIGKILL', begun: k, done: k - 1 });
    await expectStates(done, done);
    await expectGoesOn(k);
  });
});

test.each([3, 7, 11, 16, 20])('killed from outside near write %i: every transaction is whole or not', async (at) => {
  const { signal, begun, done } = await run({}, at);
  expect(signal).toBe('SIGKILL');
  await expectStates(done, begun);
  await expectGoesOn(begun);
});

describe.each(['EIO', 'ENOSPC'])('%s at the k-th write', (code) => {
  test.each(EACH)('k = %i: it is refused, nothing has changed, and the next goes on', async (k) => {
    await withFault(`table:${k}:${code}`, async (table) => {
      for (let n = 1; n < k; n++) await perform(table, n);
      await expect(perform(table, k)).rejects.toMatchObject({
        name: 'Unavailable',
        message: expect.stringMatching(code),
      });
      expect(await stateOf(table)).toEqual(stateAfter(k - 1));
    });
    await expectGoesOn(k);
  });

  test('the writes that shared its transaction are refused too, and none of them happened', async () => {
    await withFault(`table:2:${code}`, async (table) => {
      const results = await Promise.allSettled(
        [1, 2, 3].map((n) => table.put({ partition: 'poll', id: `vote/${n}` }, {})),
      );
      expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
      expect(await stateOf(table)).toEqual(stateAfter(0));
    });
  });
});

test.each(EACH)('a duplicate of write %i counts no vote twice', async (k) => {
  await withFault(`table:${k}:duplicate`, async (table) => {
    for (let n = 1; n <= OPERATIONS; n++) {
      await perform(table, n);
      expect(await stateOf(table)).toEqual(stateAfter(n));
    }
  });
  await expectStates(OPERATIONS, OPERATIONS);
});

/** @param killAt the operation at whose beginning the program is killed from outside. */
async function run(env: Readonly<Record<string, string>>, killAt?: number) {
  const program = join(import.meta.dirname, 'programs/table-crash.ts');
  const { signal, begun, done } = await runCrashing(program, { args: [file, String(OPERATIONS)], env, killAt });
  return { signal, begun: begun.length, done };
}

async function withFault(fault: string, work: (table: TableClient) => Promise<void>): Promise<void> {
  const tables = openTables({ file, fault: faultsFrom({ SKEIN_TEST: '1', SKEIN_FAULT: fault }) });
  await work(tables.table('crash')).finally(() => tables.close());
}

/** Reopened, the table is as after `done` operations or as after `begun`. */
async function expectStates(done: number, begun: number): Promise<void> {
  const tables = openTables({ file });
  expect([stateAfter(done), stateAfter(begun)]).toContainEqual(await stateOf(tables.table('crash')));
  tables.close();
}

async function expectGoesOn(from: number): Promise<void> {
  const tables = openTables({ file });
  for (let n = from; n <= OPERATIONS; n++) await perform(tables.table('crash'), n);
  tables.close();
  await expectStates(OPERATIONS, OPERATIONS);
}
