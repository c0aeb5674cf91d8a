import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { clientsFor } from '../../core/resources/access.ts';
import { type Fields, type TableWrite, table } from '../../core/resources/table.ts';
import { capabilities, openTables } from '../../handlers/local/table.ts';
import { tableSuite } from '../conformance/table.ts';
import { everyPage, fieldsOf, fill, found, p } from '../conformance/table-support.ts';

const outside = mkdtempSync(join(tmpdir(), 'skein-table-'));
afterAll(() => rmSync(outside, { recursive: true }));
const newFile = () => join(outside, randomUUID(), 'tables.db');

const shared = newFile();
tableSuite({
  name: 'local',
  capabilities,
  open(name) {
    const tables = openTables({ file: shared });
    return { client: tables.table(name), close: () => tables.close() };
  },
});

describe('the file', () => {
  test('keeps what was written when it is opened again, for nobody else to read', async () => {
    const file = newFile();
    const before = openTables({ file });
    const expiresAt = new Date(Date.now() + 3_600_000);
    const kept = await before.table('a').put(p('é'), { text: 'kept', list: [1, null] }, { expiresAt });
    await before.table('b').put(p('é'), { n: 1 });
    before.close();
    if (process.platform !== 'win32') expect(statSync(join(file, '..')).mode & 0o777).toBe(0o700);
    const after = openTables({ file });
    expect(await after.table('a').get(p('é'))).toEqual(kept);
    await after.table('a').update(kept, { n: 2 }, { ifMatch: kept.version });
    expect(await fieldsOf(after.table('b'), p('é'))).toEqual({ n: 1 });
    after.close();
  });

  test('of a later version is left alone', () => {
    const file = newFile();
    openTables({ file }).close();
    const db = new DatabaseSync(file);
    db.exec('PRAGMA user_version = 99');
    db.close();
    expect(() => openTables({ file })).toThrow('format 99');
  });

  test('refuses writes once it is closed, and answers those that were on their way', async () => {
    const file = newFile();
    const tables = openTables({ file });
    const table = tables.table('a');
    const writing = table.put(p('a'), { n: 1 });
    tables.close();
    expect((await writing).value).toEqual({ n: 1 });
    await expect(table.put(p('a'), { n: 2 })).rejects.toMatchObject({ name: 'Unavailable' });
    expect(await tables.sweep()).toBe(0);
  });

  test('a name that cannot be a table is refused', () => {
    const tables = openTables({ file: newFile() });
    for (const name of ['', '..', 'A', 'a/b', 'a\u0000']) expect(() => tables.table(name)).toThrow(/name/);
    tables.close();
  });
});

describe('expiry', () => {
  test('follows the clock to the millisecond, and the sweep deletes what has expired and nothing else', async () => {
    const file = newFile();
    let time = 1_000_000;
    const tables = openTables({ file, now: () => time });
    const table = tables.table('a');
    const writes = Array.from({ length: 1200 }, (_, n) =>
      table.put(p(`id-${n}`), {}, { expiresAt: new Date(time + n) }),
    );
    await Promise.all([...writes, table.put(p('kept'), {})]);
    expect(rowsIn(file)).toBe(1201);
    time += 599;
    expect(await table.get(p('id-599'))).toBeUndefined();
    expect(await table.get(p('id-600'))).toBeDefined();
    expect(rowsIn(file)).toBe(1201);
    expect(await tables.sweep()).toBe(600);
    expect(rowsIn(file)).toBe(601);
    time += 10_000;
    expect(await tables.sweep()).toBe(600);
    expect(await tables.sweep()).toBe(0);
    expect(await everyPage(table, 'p')).toEqual([await found(table, p('kept'))]);
    tables.close();
  });
});

describe('threads', () => {
  test('see what each other writes, from an empty file on, and count every vote once', async () => {
    const file = newFile();
    const first = openTables({ file });
    await first.table('threads').create(p('matched'), { n: 0 });
    const threads = Array.from({ length: 3 }, (_, thread) => ended(worker({ file, thread, writes: 25 })));
    await Promise.all(threads);
    const table = first.table('threads');
    for (let thread = 0; thread < 3; thread++) expect(await everyPage(table, `of-${thread}`)).toHaveLength(25);
    expect(await fieldsOf(table, p('matched'))).toEqual({ n: 75 });
    expect(await fieldsOf(table, p('added'))).toEqual({ n: 75 });
    expect(await everyPage(table, 'p', { prefix: 'vote/' })).toHaveLength(25);
    expect(await fieldsOf(table, p('total'))).toEqual({ votes: 25 });
    first.close();
  });

  test('create the file together', async () => {
    const file = newFile();
    await Promise.all(Array.from({ length: 4 }, (_, thread) => ended(worker({ file, thread }))));
    const tables = openTables({ file });
    await fill(tables.table('a'), 'p', ['a']);
    tables.close();
  });
});

test('a declared table asks its schema for whole documents, and says which write of a transaction is wrong', async () => {
  const tables = openTables({ file: newFile() });
  const votes = table('votes', { document: z.object({ n: z.number(), text: z.string().default('') }) });
  const client = clientsFor({ votes: votes.all }, () => tables.table('votes')).votes;
  const wrong = { n: 'x' } as unknown as { n: number };
  const refused = { name: 'InvalidInput', data: { field: 'n' } };
  expect((await client.create(p('a'), { n: 1 })).value).toEqual({ n: 1, text: '' });
  for (const write of [
    () => client.create(p('b'), wrong),
    () => client.put(p('a'), wrong),
    () => client.replace(p('a'), wrong),
    () => client.add(p('b'), { n: 1 }, { otherwise: wrong }),
  ])
    await expect(write()).rejects.toMatchObject(refused);
  await expect(
    client.transact('p', [
      { kind: 'check', id: 'a', ifMatch: 'x' },
      { kind: 'put', id: 'b', value: wrong },
    ]),
  ).rejects.toMatchObject({ ...refused, data: { field: 'n', index: 1 } });
  await client.transact('p', [{ kind: 'add', id: 'b', amounts: { n: 1 }, otherwise: { n: 1 } }]);
  expect((await client.query('p')).items.map(({ value }) => value)).toEqual([
    { n: 1, text: '' },
    { n: 2, text: '' },
  ]);
  tables.close();
});

test('a write whose transaction is refused does not hold back the others of its turn', async () => {
  const tables = openTables({ file: newFile() });
  const table = tables.table('a');
  const vote = (id: string): readonly TableWrite<Fields>[] => [
    { kind: 'add', id: 'total', amounts: { votes: 1 } as never, otherwise: {} },
    { kind: 'create', id, value: {} },
  ];
  const results = await Promise.allSettled(['x', 'y', 'x', 'z'].map((id) => table.transact('p', vote(id))));
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  expect(await fieldsOf(table, p('total'))).toEqual({ votes: 3 });
  tables.close();
});

function rowsIn(file: string): number {
  const db = new DatabaseSync(file);
  const { n } = db.prepare('SELECT count(*) AS n FROM document').get() as { n: number };
  db.close();
  return n;
}

function worker(data: Readonly<Record<string, unknown>>): Worker {
  return new Worker(join(import.meta.dirname, 'programs/table-thread.ts'), { workerData: data, execArgv: [] });
}

function ended(thread: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    thread.once('error', reject);
    thread.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`the thread ended with ${code}`))));
  });
}
