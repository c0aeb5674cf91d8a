import * as df from 'durable-functions';
import { describe, expect, test, vi } from 'vitest';
import { virtualClock } from '../../../handlers/azure/host/durable/clock.ts';
import type { Durable } from '../../../handlers/azure/host/durable/engine.ts';
import { memoryStore } from '../../../handlers/azure/host/durable/history-store.ts';
import { inProcess } from './in-process.ts';
import { hello, opened, run } from './running.ts';

let durable: Durable | undefined;

describe('external events', () => {
  const waiting = {
    *waiting(context: df.OrchestrationContext): Generator<df.Task, unknown> {
      const first: unknown = yield context.df.waitForExternalEvent('go');
      yield context.df.callActivity('hello', 'x');
      return [first, yield context.df.waitForExternalEvent('go')];
    },
  };

  test('in the order in which they came, early ones too, and only by their exact name', async () => {
    durable = await opened({ invoker: inProcess(waiting, hello), clock: 'virtual' });
    const id = await durable.start('waiting', null);
    for (const [name, data] of [
      ['go', 1],
      ['GO', 2],
      ['go', { b: 3 }],
    ] as const)
      expect(await durable.raise(id, name, data)).toBe(true);
    expect((await durable.settled(id)).output).toEqual([1, { b: 3 }]);
    expect(await durable.raise(id, 'go', 4)).toBe(false);
    await expect(durable.raise('nobody', 'go')).rejects.toMatchObject({ name: 'NotFound' });
  });

  test('an event or its timeout', async () => {
    const clock = virtualClock();
    const invoker = inProcess({
      *approval(context) {
        const due = new Date(context.df.currentUtcDateTime.getTime() + 72 * 3_600_000);
        const timeout = context.df.createTimer(due);
        const approved = context.df.waitForExternalEvent('approved');
        if ((yield context.df.Task.any([approved, timeout])) === timeout) return 'escalated';
        timeout.cancel();
        return approved.result;
      },
    });
    durable = await opened({ invoker, clock });
    const release = clock.hold();
    const id = await durable.start('approval', null);
    await durable.raise(id, 'approved', 'by the boss');
    expect((await durable.settled(id)).output).toBe('by the boss');
    const late = await durable.start('approval', null);
    release();
    expect((await durable.settled(late)).output).toBe('escalated');
  });
});

test('what is started without a version has the one of the settings, sub-orchestrations too', async () => {
  const invoker = inProcess({
    *parent(context) {
      const given = yield context.df.callSubOrchestrator('child', null, undefined, '3.0');
      return [context.df.version, given, yield context.df.callSubOrchestrator('child')];
    },
    // biome-ignore lint/correctness/useYield: a generator is what the library takes
    *child(context) {
      return context.df.version;
    },
  });
  durable = await opened({ invoker, clock: 'virtual', defaultVersion: '2.0' });
  const output = async (options: object) =>
    (await durable!.settled(await durable!.start('parent', null, options))).output;
  expect(await output({})).toEqual(['2.0', '3.0', '2.0']);
  expect(await output({ version: '1.0' })).toEqual(['1.0', '3.0', '2.0']);
});

describe('what one may do with an instance', () => {
  const sleeping = {
    *sleeping(context: df.OrchestrationContext) {
      yield context.df.callSubOrchestrator('child', null, 'the-child');
    },
    *child(context: df.OrchestrationContext): Generator<df.Task, unknown> {
      return yield context.df.waitForExternalEvent('wake');
    },
  };

  test('terminate ends it and no part of it', async () => {
    durable = await opened({ invoker: inProcess(sleeping), clock: 'virtual' });
    const id = await durable.start('sleeping', null);
    await vi.waitUntil(() => durable?.status('the-child'));
    expect(await durable.terminate(id, 'enough')).toBe(true);
    expect(await durable.settled(id)).toMatchObject({ runtimeStatus: 'Terminated', output: 'enough' });
    expect(await durable.terminate(id, 'again')).toBe(false);
    await durable.raise('the-child', 'wake', 'good');
    expect(await durable.settled('the-child')).toMatchObject({ runtimeStatus: 'Completed', output: 'good' });
  });

  test.each([
    [false, /^stop \n $/],
    [true, /could not parse its exception data/],
  ])('a sub-orchestration that was terminated fails its parent (strict: %s)', async (strict, message) => {
    const invoker = inProcess({
      ...sleeping,
      *sleeping(context) {
        try {
          yield context.df.callSubOrchestrator('child', null, 'the-child');
        } catch (thrown) {
          return (thrown as Error).message;
        }
        return 'not failed';
      },
    });
    durable = await opened({ invoker, clock: 'virtual', strict });
    const id = await durable.start('sleeping', null);
    await vi.waitUntil(() => durable?.status('the-child'));
    await durable.terminate('the-child', 'stop');
    expect((await durable.settled(id)).output).toMatch(message);
  });

  test('suspend keeps everything waiting until resume', async () => {
    durable = await opened({ invoker: inProcess(sleeping), clock: 'virtual' });
    const id = await durable.start('child', null, { id: 'one' });
    await durable.suspend(id, 'wait');
    await durable.raise(id, 'wake', 1);
    await vi.waitUntil(async () => (await durable?.status(id))?.runtimeStatus === 'Suspended');
    await durable.raise(id, 'wake', 2);
    expect(await durable.status(id)).toMatchObject({ runtimeStatus: 'Suspended' });
    await durable.resume(id, 'go');
    expect(await durable.settled(id)).toMatchObject({ runtimeStatus: 'Completed', output: 1 });
  });

  test('a live id is refused, one that is over begins anew', async () => {
    durable = await opened({ invoker: inProcess(sleeping), clock: 'virtual' });
    await durable.start('child', null, { id: 'one' });
    await expect(durable.start('child', null, { id: 'one' })).rejects.toMatchObject({
      name: 'AlreadyExists',
      message: expect.stringMatching(/^An Orchestration instance with the status (Pending|Running) already exists\.$/),
    });
    await durable.raise('one', 'wake', 1);
    expect((await durable.settled('one')).output).toBe(1);
    await durable.start('child', null, { id: 'one' });
    await durable.raise('one', 'wake', 2);
    expect((await durable.settled('one')).output).toBe(2);
  });

  test('purge leaves nothing, and lists are pages by id', async () => {
    durable = await opened({ invoker: inProcess(sleeping), clock: 'virtual' });
    for (const id of ['c', 'a', 'b']) {
      await durable.start('child', null, { id });
      await durable.raise(id, 'wake', id);
      await durable.settled(id);
    }
    const first = await durable.list({ pageSize: 2, runtimeStatus: ['Completed'] });
    expect(first.items.map(({ instanceId }) => instanceId)).toEqual(['a', 'b']);
    const second = await durable.list({ pageSize: 2, ...(first.next && { continuationToken: first.next }) });
    expect(second.items.map(({ instanceId }) => instanceId)).toEqual(['c']);
    expect(second.next).toBeUndefined();
    expect(await durable.purge('b')).toBe(true);
    expect(await durable.purge('b')).toBe(false);
    expect(await durable.status('b')).toBeUndefined();
  });

  test('purge of one that goes on ends it, and nothing of it comes back', async () => {
    const store = memoryStore();
    durable = await opened({ invoker: inProcess(sleeping), clock: 'virtual', store });
    await durable.start('child', null, { id: 'one' });
    const settled = expect(durable.settled('one')).rejects.toMatchObject({ name: 'NotFound' });
    await durable.purge('one');
    await settled;
    await durable.start('child', null, { id: 'two' });
    await durable.raise('two', 'wake', 2);
    await durable.settled('two');
    expect((await store.load()).map(({ id }) => id)).toEqual(['two']);
  });

  test.each(['@x', 'a/b', 'a\\b', 'a#', 'a?', 'a\n', '', 'x'.repeat(257)])('the id %j is refused', async (id) => {
    durable = await opened({ invoker: inProcess(sleeping) });
    await expect(durable.start('child', null, { id })).rejects.toMatchObject({ name: 'InvalidInput' });
  });

  test('a function that is not there is named', async () => {
    durable = await opened({ invoker: inProcess(sleeping) });
    await expect(durable.start('chlid', null)).rejects.toThrow("The function 'chlid' doesn't exist");
    const status = await run({
      *main(context) {
        yield context.df.callActivity('absent');
      },
    });
    expect(status.output).toBe(
      "Orchestrator function 'main' failed: The function 'absent' doesn't exist, is disabled, or is not an activity function. No such functions are registered.",
    );
  });
});

describe('what this host has not', () => {
  test('entities are refused by name', async () => {
    const status = await run({
      *counts(context) {
        yield context.df.callEntity(new df.EntityId('counter', 'a'), 'add', 1);
      },
    });
    expect(status).toMatchObject({
      runtimeStatus: 'Failed',
      output: "Orchestrator function 'counts': entities are not part of this host",
    });
  });

  test.each([
    ['an async function', async () => 1],
    ['a plain function', () => 1],
  ])('%s is no orchestrator', async (_, handler) => {
    const status = await run({ wrong: handler as never });
    expect(status).toMatchObject({
      runtimeStatus: 'Failed',
      output: expect.stringMatching(/^Orchestrator function 'wrong' failed/),
    });
  });
});

test('three hundred activities in a row', async () => {
  const status = await run(
    {
      *long(context) {
        let sum = 0;
        for (let n = 0; n < 300; n++) sum += (yield context.df.callActivity('same', n)) as number;
        return sum;
      },
    },
    { same: (n: number) => n },
  );
  expect(status.output).toBe((299 * 300) / 2);
});

test('limits: no more activities at once than are allowed', async () => {
  let now = 0;
  let most = 0;
  const status = await run(
    {
      *fan(context) {
        return yield context.df.Task.all(Array.from({ length: 20 }, (_, n) => context.df.callActivity('busy', n)));
      },
    },
    {
      async busy(n: number) {
        most = Math.max(most, ++now);
        await new Promise((resolve) => setTimeout(resolve, 2));
        now--;
        return n;
      },
    },
    null,
    { limits: { maxConcurrentActivityFunctions: 3 } },
  );
  expect(status.output).toEqual(Array.from({ length: 20 }, (_, n) => n));
  expect(most).toBe(3);
});
