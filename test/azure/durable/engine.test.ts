import * as df from 'durable-functions';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { virtualClock } from '../../../handlers/azure/host/durable/clock.ts';
import { type Durable, type DurableOptions, openDurable } from '../../../handlers/azure/host/durable/engine.ts';
import { memoryStore } from '../../../handlers/azure/host/durable/history-store.ts';
import { type Activities, inProcess } from './in-process.ts';

let durable: Durable | undefined;
afterEach(() => durable?.close());

/** Runs one orchestrator to its end under a clock that jumps. */
async function run(
  orchestrators: Parameters<typeof inProcess>[0],
  activities: Activities = {},
  input: unknown = null,
  options: Partial<DurableOptions> = {},
) {
  durable = await openDurable({ invoker: inProcess(orchestrators, activities), clock: 'virtual', ...options });
  const name = Object.keys(orchestrators)[0] as string;
  return durable.settled(await durable.start(name, input));
}

const hello = { hello: (name: string) => `Hello ${name}!` };

describe('what an orchestrator may do', () => {
  test('activities one after the other', async () => {
    const status = await run(
      {
        *chain(context) {
          const first: string = yield context.df.callActivity('hello', context.df.getInput());
          return [first, yield context.df.callActivity('hello', 'Seattle')];
        },
      },
      hello,
      'Tokyo',
    );
    expect(status).toMatchObject({
      runtimeStatus: 'Completed',
      output: ['Hello Tokyo!', 'Hello Seattle!'],
      input: 'Tokyo',
    });
  });

  test('activities side by side, and one that fails with retries in between', async () => {
    let calls = 0;
    const status = await run(
      {
        *fan(context) {
          const retry = new df.RetryOptions(5000, 3);
          retry.backoffCoefficient = 2;
          const before = context.df.currentUtcDateTime.getTime();
          const values = yield context.df.Task.all([
            context.df.callActivity('hello', 'a'),
            context.df.callActivityWithRetry('flaky', retry, 'b'),
            context.df.callActivity('hello', 'c'),
          ]);
          return [values, context.df.currentUtcDateTime.getTime() - before];
        },
      },
      {
        ...hello,
        flaky(input: string) {
          if (++calls < 3) throw new Error('not yet');
          return input;
        },
      },
    );
    expect(status.output).toEqual([['Hello a!', 'b', 'Hello c!'], 15_000]);
  });

  test('an activity that keeps failing fails the orchestration with the words of the extension', async () => {
    const status = await run(
      {
        *failing(context) {
          yield context.df.callActivityWithRetry('boom', new df.RetryOptions(1000, 3), 1);
        },
      },
      {
        boom() {
          throw new Error('no luck');
        },
      },
    );
    expect(status.runtimeStatus).toBe('Failed');
    expect(status.output).toMatch(
      /^Orchestrator function 'failing' failed: Activity function 'boom' failed: no luck \n Error: no luck/,
    );
  });

  test('a failure is caught, and what comes after it has the right results', async () => {
    const status = await run(
      {
        *rescue(context) {
          try {
            yield context.df.callActivityWithRetry('boom', new df.RetryOptions(1000, 2));
          } catch (thrown) {
            return [(thrown as Error).message.split(' \n ')[0], yield context.df.callActivity('hello', 'after')];
          }
          return 'not caught';
        },
      },
      {
        ...hello,
        boom() {
          throw new TypeError('bad');
        },
      },
    );
    expect(status.output).toEqual(["Activity function 'boom' failed: bad", 'Hello after!']);
  });

  test.each([
    ['', ''],
    ['123', '123'],
    ['"quoted"', '"quoted"'],
    [0, 0],
    [false, false],
    [null, null],
    [
      [1, { a: 'b' }],
      [1, { a: 'b' }],
    ],
  ])('%j reaches an activity, and comes back, as it is', async (input, output) => {
    const status = await run(
      {
        *echo(context) {
          return { there: yield context.df.callActivity('echo', context.df.getInput()) };
        },
      },
      { echo: (value: unknown) => ({ value }) },
      input,
    );
    expect(status.output).toEqual({ there: { value: output } });
  });

  test('timers: one that is awaited, one of ten days, one that is called off', async () => {
    const status = await run({
      *timers(context) {
        const from = context.df.currentUtcDateTime.getTime();
        const elapsed = () => context.df.currentUtcDateTime.getTime() - from;
        const seconds = (s: number) => new Date(context.df.currentUtcDateTime.getTime() + s * 1000);
        yield context.df.createTimer(seconds(2));
        const short = elapsed();
        yield context.df.createTimer(seconds(10 * 86_400));
        const long = elapsed();
        const late = context.df.createTimer(seconds(30 * 86_400));
        const winner = yield context.df.Task.any([context.df.createTimer(seconds(5)), late]);
        late.cancel();
        return [short, long - short, elapsed() - long, winner === late];
      },
    });
    expect(status.output).toEqual([2000, 10 * 86_400_000, 5000, false]);
    const { history = [] } = (await durable?.status(status.instanceId, { history: true })) ?? {};
    // One of 2 seconds, three stages of the ten days, the first stage of thirty, and 5 seconds.
    expect(history.filter(({ EventType }) => EventType === 10)).toHaveLength(6);
  });

  test('a timer that lost and was not called off keeps the orchestration running', async () => {
    const status = await run({
      *careless(context) {
        const at = (s: number) => new Date(context.df.currentUtcDateTime.getTime() + s * 1000);
        yield context.df.Task.any([context.df.createTimer(at(1)), context.df.createTimer(at(3600))]);
        return 'done';
      },
    });
    expect(status.output).toBe('done');
    expect(Date.parse(status.lastUpdatedTime) - Date.parse(status.createdTime)).toBe(3_600_000);
  });

  test('what follows a Task.all that has failed waits for its others', async () => {
    const order: string[] = [];
    const status = await run(
      {
        *fails(context) {
          try {
            yield context.df.Task.all([context.df.callActivity('boom'), context.df.callActivity('slow')]);
          } catch {
            yield context.df.callActivity('after');
          }
        },
      },
      {
        boom() {
          throw new Error('at once');
        },
        async slow() {
          await new Promise((resolve) => setTimeout(resolve, 30));
          order.push('slow');
        },
        after: () => void order.push('after'),
      },
    );
    expect(status.runtimeStatus).toBe('Completed');
    expect(order).toEqual(['slow', 'after']);
  });

  test('continue-as-new begins with its input and no history', async () => {
    const status = await run(
      {
        *loop(context) {
          const { n, text } = context.df.getInput() as { n: number; text: string };
          yield context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 1000));
          if (n === 0) return text;
          context.df.continueAsNew({ n: n - 1, text: `${text}${n}` });
          return undefined;
        },
      },
      {},
      { n: 4, text: '' },
    );
    expect(status).toMatchObject({ runtimeStatus: 'Completed', output: '4321', input: { n: 0, text: '4321' } });
    const { history = [] } = (await durable?.status(status.instanceId, { history: true })) ?? {};
    expect(history.filter(({ EventType }) => EventType === 12)).toHaveLength(2);
  });

  test('sub-orchestrations: their ids, their outputs, their failures, their retries', async () => {
    let calls = 0;
    const status = await run(
      {
        *parent(context) {
          const named = yield context.df.callSubOrchestrator('child', 'a', 'my-child');
          const both = yield context.df.Task.all([
            context.df.callSubOrchestrator('child', 'b'),
            context.df.callSubOrchestratorWithRetry('flaky', new df.RetryOptions(1000, 3), 'c'),
          ]);
          try {
            yield context.df.callSubOrchestrator('broken');
          } catch (thrown) {
            return [named, both, (thrown as Error).message.split(' \n ')[0]];
          }
          return 'not caught';
        },
        *child(context) {
          return [
            context.df.instanceId,
            context.df.parentInstanceId,
            yield context.df.callActivity('hello', context.df.getInput()),
          ];
        },
        *flaky(context) {
          return yield context.df.callActivity('flaky', context.df.getInput());
        },
        *broken(context) {
          if (context.df.getInput() === null) throw new Error('inside');
          yield context.df.callActivity('hello', 'x');
        },
      },
      {
        ...hello,
        flaky(input: string) {
          if (++calls < 3) throw new Error('not yet');
          return input;
        },
      },
    );
    const id = status.instanceId;
    expect(status.output).toEqual([
      ['my-child', id, 'Hello a!'],
      [[`${id}:1`, id, 'Hello b!'], 'c'],
      "Orchestrator function 'broken' failed: inside",
    ]);
    expect(await durable?.status(`${id}:2`)).toMatchObject({ name: 'flaky', runtimeStatus: 'Failed' });
  });

  test('custom status and deterministic ids', async () => {
    const status = await run(
      {
        *custom(context) {
          const first = context.df.newGuid('x');
          context.df.setCustomStatus({ step: 1, first });
          yield context.df.callActivity('hello', 'x');
          return [first, context.df.newGuid('x')];
        },
      },
      hello,
    );
    const [first, second] = status.output as string[];
    expect(status.customStatus).toEqual({ step: 1, first });
    expect(first).not.toBe(second);
  });

  test.each([0, 1, 2, 3] as const)('protocol version index %i gives the same', async (schema) => {
    const status = await run(
      {
        *versions(context) {
          const all = yield context.df.Task.all([
            context.df.callActivity('hello', 'a'),
            context.df.callActivity('hello', 'b'),
          ]);
          const timer = context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 9000));
          const task = context.df.callActivity('hello', 'c');
          const first = yield context.df.Task.any([task, timer]);
          if (first === task) timer.cancel();
          return [all, task.result];
        },
      },
      hello,
      null,
      { schema },
    );
    expect(status.output).toEqual([['Hello a!', 'Hello b!'], 'Hello c!']);
    expect(Date.parse(status.lastUpdatedTime) - Date.parse(status.createdTime)).toBeLessThan(9000);
  });
});

describe('external events', () => {
  const waiting = {
    *waiting(context: df.OrchestrationContext): Generator<df.Task, unknown> {
      const first: unknown = yield context.df.waitForExternalEvent('go');
      yield context.df.callActivity('hello', 'x');
      return [first, yield context.df.waitForExternalEvent('go')];
    },
  };

  test('in the order in which they came, early ones too, and only by their exact name', async () => {
    durable = await openDurable({ invoker: inProcess(waiting, hello), clock: 'virtual' });
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
    durable = await openDurable({ invoker, clock });
    const release = clock.hold();
    const id = await durable.start('approval', null);
    await durable.raise(id, 'approved', 'by the boss');
    expect((await durable.settled(id)).output).toBe('by the boss');
    const late = await durable.start('approval', null);
    release();
    expect((await durable.settled(late)).output).toBe('escalated');
  });
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
    durable = await openDurable({ invoker: inProcess(sleeping), clock: 'virtual' });
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
    durable = await openDurable({ invoker, clock: 'virtual', strict });
    const id = await durable.start('sleeping', null);
    await vi.waitUntil(() => durable?.status('the-child'));
    await durable.terminate('the-child', 'stop');
    expect((await durable.settled(id)).output).toMatch(message);
  });

  test('suspend keeps everything waiting until resume', async () => {
    durable = await openDurable({ invoker: inProcess(sleeping), clock: 'virtual' });
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
    durable = await openDurable({ invoker: inProcess(sleeping), clock: 'virtual' });
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
    durable = await openDurable({ invoker: inProcess(sleeping), clock: 'virtual' });
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
    durable = await openDurable({ invoker: inProcess(sleeping), clock: 'virtual', store });
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
    durable = await openDurable({ invoker: inProcess(sleeping) });
    await expect(durable.start('child', null, { id })).rejects.toMatchObject({ name: 'InvalidInput' });
  });

  test('a function that is not there is named', async () => {
    durable = await openDurable({ invoker: inProcess(sleeping) });
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
