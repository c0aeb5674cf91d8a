import * as df from 'durable-functions';
import { describe, expect, test } from 'vitest';
import { hello, latest, run } from './running.ts';

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
    const { history = [] } = (await latest()?.status(status.instanceId, { history: true })) ?? {};
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
    const { history = [] } = (await latest()?.status(status.instanceId, { history: true })) ?? {};
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
    expect(await latest()?.status(`${id}:2`)).toMatchObject({ name: 'flaky', runtimeStatus: 'Failed' });
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
