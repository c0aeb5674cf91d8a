import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Durable, openDurable } from '../../../handlers/azure/host/durable/engine.ts';
import { fileStore } from '../../../handlers/azure/host/durable/file-store.ts';
import { inProcess } from './in-process.ts';

let folder: string;
const open: Durable[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skein-histories-'));
});
afterEach(async () => {
  for (const durable of open.splice(0)) await durable.close();
  await rm(folder, { recursive: true, force: true });
});

async function start(): Promise<Durable> {
  const invoker = inProcess(
    {
      *waits(context) {
        const first = yield context.df.callActivity('same', context.df.getInput());
        return [first, yield context.df.waitForExternalEvent('go')];
      },
    },
    { same: (value: unknown) => value },
  );
  const durable = await openDurable({ invoker, store: await fileStore(folder), clock: 'virtual' });
  open.push(durable);
  return durable;
}

/** Starts an instance and waits until it waits: four records, in the folder that is given back. */
async function waiting(id: string, place: string): Promise<string> {
  const durable = await start();
  await durable.start('waits', id, { id });
  await vi.waitUntil(async () => (await durable.status(id, { history: true }))?.history?.length === 7);
  await durable.close();
  return join(folder, place);
}

test('what was over and what was not is there again', async () => {
  const first = await start();
  await first.start('waits', 1, { id: 'over' });
  await first.raise('over', 'go', 2);
  await first.settled('over');
  await first.start('waits', 3, { id: 'going on' });
  await first.suspend('going on', 'later');
  await vi.waitUntil(async () => (await first.status('going on'))?.runtimeStatus === 'Suspended');
  await first.raise('going on', 'go', 4);
  await first.close();
  const second = await start();
  expect(await second.status('over', { history: true })).toMatchObject({
    runtimeStatus: 'Completed',
    output: [1, 2],
    history: { length: 11 },
  });
  expect(await second.status('going on')).toMatchObject({ runtimeStatus: 'Suspended' });
  await second.resume('going on');
  expect((await second.settled('going on')).output).toEqual([3, 4]);
});

test.each([
  ['an id with dots', '..', 'id', '%2E%2E'],
  ['an id of 256 characters', 'ä'.repeat(256), 'id', expect.stringMatching(/^(%C3%A4){20}~[0-9a-f]{64}$/)],
  ['an id with a colon', 'run:node.0:1', 'id', 'run%3Anode%2E0%3A1'],
])('%s has a folder of its own', async (_, id, __, name) => {
  const durable = await start();
  await durable.start('waits', null, { id });
  expect(await readdir(folder)).toEqual([name]);
  await durable.close();
  expect(await (await start()).status(id)).toMatchObject({ instanceId: id });
});

test.each([0, 0.5, 0.99])('a last file that is there to %d is as if it were not written', async (part) => {
  const place = await waiting('one', 'one');
  const names = (await readdir(place)).sort();
  const last = join(place, names.at(-1) as string);
  const text = await readFile(last, 'utf8');
  await writeFile(last, text.slice(0, Math.floor(text.length * part)));
  await writeFile(join(place, '000000009.json.part'), 'half of');
  const durable = await start();
  await durable.raise('one', 'go', 'on');
  expect((await durable.settled('one')).output).toEqual(['one', 'on']);
});

test('an instance whose middle is damaged fails, names the file and spares the others', async () => {
  const place = await waiting('one', 'one');
  await waiting('two', 'two');
  await writeFile(join(place, '000000002.json'), '{');
  const durable = await start();
  const name = expect.stringContaining('000000002.json is damaged');
  expect(await durable.settled('one')).toMatchObject({ runtimeStatus: 'Failed', output: name });
  await durable.raise('two', 'go', 'on');
  expect((await durable.settled('two')).output).toEqual(['two', 'on']);
});

test('a folder whose first record was torn was never started', async () => {
  await mkdir(join(folder, 'three'));
  await writeFile(join(folder, 'three', '000000001.json'), '{"kind":"star');
  const durable = await start();
  expect(await durable.status('three')).toBeUndefined();
  expect(await readdir(folder)).toEqual([]);
});

test('purge removes the folder, and a new start of the same id keeps nothing of the old', async () => {
  const durable = await start();
  for (const input of [1, 2]) {
    await durable.start('waits', input, { id: 'one' });
    await durable.raise('one', 'go', input);
    expect((await durable.settled('one')).output).toEqual([input, input]);
  }
  const { history = [] } = (await durable.status('one', { history: true })) ?? {};
  expect(history).toHaveLength(11);
  await durable.purge('one');
  expect(await readdir(folder)).toEqual([]);
});
