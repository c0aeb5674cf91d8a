import { TableClient as AzureTable } from '@azure/data-tables';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { type App, app, map, step, workflow } from '../../../core/index.ts';
import { tableOn } from '../../../handlers/azure/resources/table.ts';
import type { DurableClientLike } from '../../../handlers/azure/runs/instances.ts';
import { runsSuite } from '../../conformance/runs.ts';
import { RUNS_APP } from '../../conformance/runs-app.ts';
import { AZURITE_WANTED, hasAzurite, openAzurite } from '../azurite.ts';
import { type AzureRoom, openAzureRoom } from './azure-runs.ts';

const suite = async () => {
  const azurite = await openAzurite();
  afterAll(() => azurite.close());
  let count = 0;
  const makeTable = async () => {
    const name = `runs${count++}`;
    const table = AzureTable.fromConnectionString(azurite.connectionString, name, { allowInsecureConnection: true });
    await table.createTable();
    return tableOn(table);
  };

  const open = async (one: App = RUNS_APP, now?: () => number): Promise<AzureRoom> => {
    const room = await openAzureRoom(one, { table: await makeTable(), ...(now && { now }) });
    opened.push(room);
    return room;
  };
  const opened: AzureRoom[] = [];
  afterAll(async () => {
    for (const room of opened) await room.close();
  });
  const until = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 30_000, interval: 20 });
  const over = async ({ runs }: AzureRoom, id: string) => {
    await until(async () => expect((await runs.status(id)).status).not.toBe('running'));
    return runs.status(id);
  };
  /** A client whose process dies at a call. */
  const dying = (client: DurableClientLike, method: keyof DurableClientLike, when: 'before' | 'after') =>
    ({
      ...methodsOf(client),
      [method]: async (...args: readonly unknown[]) => {
        if (when === 'after') await (client[method] as (...all: readonly unknown[]) => Promise<unknown>)(...args);
        throw new Error('the process is gone');
      },
    }) as DurableClientLike;
  const starts = ({ asked }: AzureRoom) => asked.filter((one) => one.startsWith('POST orchestrators/')).length;

  runsSuite({ name: 'azure', open: async () => openAzureRoom(RUNS_APP, { table: await makeTable() }) });

  test('a run whose starter died before Durable heard of it is started by whoever asks for it, once', async () => {
    let time = Date.now();
    const room = await open(RUNS_APP, () => time);
    const dead = room.again(dying(room.durableClient, 'startNew', 'before'));
    await expect(dead.start('greet', { name: 'Ada' }, 'r')).rejects.toMatchObject({ name: 'Unavailable' });
    expect((await over(room, 'r')).output).toEqual({ greeting: 'Hello, Ada' });
    expect(starts(room)).toBe(1);

    const record = await recordOf(room, 'r');
    await room.table.transact('run/s', [
      { kind: 'create', id: 'run', value: { ...record, begun: false, status: 'running', claimedUntil: time + 60_000 } },
      { kind: 'create', id: 'input/000', value: { text: '{"name":"Bob"}' } },
    ]);
    expect((await room.runs.status('s')).status).toBe('running');
    expect(starts(room), 'another process may still be at it').toBe(1);
    time += 61_000;
    expect((await over(room, 's')).output).toEqual({ greeting: 'Hello, Bob' });
    expect(starts(room)).toBe(2);
  });

  test('a run that Durable has, and whose starter died before it wrote that down, is not started again', async () => {
    const room = await open();
    const dead = room.again(dying(room.durableClient, 'startNew', 'after'));
    await expect(dead.start('greet', { name: 'Ada' }, 'r')).rejects.toMatchObject({ name: 'Unavailable' });
    await room.durable.settled('r');
    expect(await room.runs.start('greet', { name: 'Ada' }, 'r')).toEqual({ id: 'r', created: false });
    expect((await over(room, 'r')).output).toEqual({ greeting: 'Hello, Ada' });
    expect(starts(room)).toBe(1);
    expect((await room.runs.list({})).items.map(({ id }) => id)).toEqual(['r']);
  });

  test('what is over is written down once, and stays when Durable has forgotten it', async () => {
    const room = await open();
    await room.runs.start('greet', { name: 'Ada' }, 'r');
    const status = await over(room, 'r');
    await room.durable.purge('r');
    expect(await room.again().status('r')).toEqual(status);
    expect((await room.runs.list({ status: 'succeeded' })).items).toHaveLength(1);
    expect(await room.runs.start('greet', { name: 'Ada' }, 'r')).toEqual({ id: 'r', created: false });
    expect(starts(room)).toBe(1);
  });

  test('an event whose sender died is sent by who sends it again', async () => {
    const room = await open();
    await room.runs.start('approve-twice', {}, 'r');
    const dead = room.again(dying(room.durableClient, 'raiseEvent', 'before'));
    await expect(dead.event('r', 'approved', { by: 'ada' }, 'one')).rejects.toMatchObject({ name: 'Unavailable' });
    for (let time = 0; time < 3; time++) await room.runs.event('r', 'approved', { by: 'ada' }, 'one');
    await room.runs.event('r', 'approved', { by: 'bob' }, 'two');
    expect((await over(room, 'r')).output).toEqual({ first: 'ada', second: 'bob' });
  });

  test('a cancel reaches the lanes of a map: no step starts after it', async () => {
    let begun = 0;
    let letOn = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      letOn = resolve;
    });
    const slow = step('slow', {
      input: z.number(),
      run: async (n) => {
        begun++;
        await held;
        return n;
      },
    });
    const wide = workflow('wide', {
      input: z.object({ items: z.array(z.number()) }),
      run: (input) => map(input.items, (item) => slow(item), { concurrency: 3 }),
    });
    const room = await open(app('wide', { workflows: [wide] }));
    await room.runs.start('wide', { items: Array.from({ length: 30 }, (_, n) => n) }, 'r');
    await until(() => expect(begun).toBe(3));
    await room.runs.cancel('r');
    letOn();
    expect((await room.runs.status('r')).status).toBe('cancelled');
    await until(async () => {
      const { items } = await room.durable.list({ pageSize: 1000 });
      expect(items.every(({ runtimeStatus }) => !['Running', 'Pending'].includes(runtimeStatus))).toBe(true);
    });
    expect(begun).toBe(3);
    await room.runs.cancel('r');
  });

  test('who cancels before Durable heard of a run cancels it for good', async () => {
    const room = await open();
    const late = Promise.withResolvers<void>();
    const slow = room.again({
      ...methodsOf(room.durableClient),
      startNew: async (...args) => {
        await late.promise;
        return room.durableClient.startNew(...args);
      },
    });
    const starting = slow.start('greet', { name: 'Ada' }, 'r');
    await until(async () => expect(await recordOf(room, 'r')).toMatchObject({ begun: false }));
    await room.runs.cancel('r');
    late.resolve();
    await starting;
    await room.durable.settled('r');
    expect((await room.runs.steps('r')).items).toEqual([]);
    expect((await room.runs.status('r')).status).toBe('cancelled');
  });

  test('values of any text come back whole, also in the steps', async () => {
    const echo = step('echo', { input: z.object({ text: z.string() }), run: ({ text }) => text });
    const echoing = workflow('echoing', {
      input: z.object({ text: z.string() }),
      run: (input) => echo({ text: input.text }),
    });
    const room = await open(app('long', { workflows: [echoing] }));
    for (const [id, text] of [
      ['pairs', '\u{1f600}"\\'.repeat(30_000)],
      ['controls', '\u0001é'.repeat(30_000)],
    ] as const) {
      await room.runs.start('echoing', { text }, id);
      const { input, output } = await over(room, id);
      expect(input).toEqual({ text });
      expect(output).toBe(text);
      // What an orchestration passes on unread travels by reference from 45 KiB on, and is told as such.
      const [only] = (await room.runs.steps(id)).items;
      expect(only).toMatchObject({ step: 'echo', input: { text }, output: { 'skein:claim': expect.any(String) } });
    }
  });

  test("the hub's key and URLs are in no answer, whatever goes wrong", async () => {
    const room = await open();
    await room.runs.start('approve', {}, 'r');
    const texts = [
      await (await room.fetch('/runs/r')).text(),
      await (await room.fetch('/runs')).text(),
      await (await room.fetch('/workflows/greet/runs', { method: 'POST', body: '{}' })).text(),
    ];
    await room.durable.close();
    const failed = room.again({
      ...methodsOf(room.durableClient),
      getStatus: async () => {
        throw new Error('connect http://127.0.0.1:1/runtime/webhooks/durabletask/instances/r?code=the-key-of-the-hub');
      },
    });
    texts.push(String(await failed.status('r').catch((error) => `${error.name} ${error.message} ${error.stack}`)));
    for (const text of texts) expect(text).not.toMatch(/the-key-of-the-hub|durabletask/);
  });
};

if (hasAzurite) describe('runs', suite);
else test.skip(`SKIPPED runs: ${AZURITE_WANTED}`, () => {});

/** A client's methods are those of its class. */
function methodsOf(client: DurableClientLike): DurableClientLike {
  return {
    startNew: (...args) => client.startNew(...args),
    getStatus: (...args) => client.getStatus(...args),
    raiseEvent: (...args) => client.raiseEvent(...args),
    terminate: (...args) => client.terminate(...args),
  };
}

async function recordOf(room: AzureRoom, id: string) {
  return (await room.table.get({ partition: `run/${id}`, id: 'run' }))?.value;
}
