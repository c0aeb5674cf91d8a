import * as df from 'durable-functions';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { type Durable, type Faults, openDurable } from '../../../handlers/azure/host/durable/engine.ts';
import {
  type HistoryRecord,
  type HistoryStore,
  memoryStore,
} from '../../../handlers/azure/host/durable/history-store.ts';
import { WORKER_TRIES } from '../../../handlers/azure/host/durable/invoker.ts';
import { EVENT } from '../../../handlers/azure/host/durable/protocol.ts';
import { inProcess } from './in-process.ts';

let durable: Durable | undefined;
afterEach(() => durable?.close());

/** Activities in a row and side by side, retries, timers, lanes and continue-as-new. */
function invoker() {
  const calls = new Map<string, number>();
  return inProcess(
    {
      *main(context) {
        const { round, before } = context.df.getInput() as { round: number; before: unknown[] };
        const soon = new Date(context.df.currentUtcDateTime.getTime() + 700);
        const some = yield context.df.Task.all([
          ...[0, 1, 2, 3, 4, 5].map((n) => context.df.callActivity('same', [round, n])),
          context.df.callActivityWithRetry('flaky', new df.RetryOptions(300, 3), `${round}`),
          context.df.createTimer(soon),
          context.df.callSubOrchestrator('lane', [1, 2, 3]),
          context.df.callSubOrchestrator('lane', [4, 5]),
        ]);
        const all = [...before, some, yield context.df.callActivity('same', 'after')];
        if (round === 2) return all;
        context.df.continueAsNew({ round: round + 1, before: all });
        return undefined;
      },
      *lane(context) {
        const out: unknown[] = [];
        for (const n of context.df.getInput() as number[]) out.push(yield context.df.callActivity('same', n));
        return out;
      },
    },
    {
      same: (value: unknown) => value,
      flaky(key: string) {
        const count = (calls.get(key) ?? 0) + 1;
        calls.set(key, count);
        if (count < 3) throw new Error('not yet');
        return key;
      },
    },
  );
}

async function outcome(faults: Faults, store: HistoryStore = memoryStore()) {
  durable = await openDurable({ invoker: invoker(), clock: 'virtual', faults, store });
  const { runtimeStatus, output, instanceId } = await durable.settled(
    await durable.start('main', { round: 1, before: [] }, { id: 'one' }),
  );
  const history = (await durable.status(instanceId, { history: true }))?.history ?? [];
  await durable.close();
  return { runtimeStatus, output, history };
}

const round = (n: number) => [[n, 0], [n, 1], [n, 2], [n, 3], [n, 4], [n, 5], `${n}`, null, [1, 2, 3], [4, 5]];
const RIGHT = [round(1), 'after', round(2), 'after'];

describe('what goes wrong on the way changes nothing', () => {
  test.each([
    ['every end comes twice', { duplicate: 1 }],
    ['late', { late: 1, lateBy: 5000 }],
    ['in another order', { reorder: 1 }],
    ['an end is lost and the activity done again', { lost: 0.5 }],
    ['the host dies in every episode', { crash: 1 }],
  ])('%s', async (_, faults) => {
    expect(await outcome(faults)).toMatchObject({ runtimeStatus: 'Completed', output: RIGHT });
  });

  test('all of it, for any seed', async () => {
    const chance = fc.double({ min: 0, max: 1, noNaN: true });
    const any = fc.record({
      seed: fc.nat(),
      duplicate: chance,
      late: chance,
      reorder: chance,
      lost: chance,
      crash: chance,
    });
    await fc.assert(
      fc.asyncProperty(any, async (faults) => {
        const { output, history } = await outcome(faults);
        expect(output).toEqual(RIGHT);
        const ends = history.flatMap((event) => ('TaskScheduledId' in event ? [event.TaskScheduledId] : []));
        expect(new Set(ends).size).toBe(ends.length);
      }),
      { numRuns: 40 },
    );
  });

  test('the same seed is the same order of events, another seed another', async () => {
    const orderOf = async (seed: number) => {
      const { history } = await outcome({ seed, late: 0.7, lateBy: 60_000 });
      return history.flatMap((event) => ('TaskScheduledId' in event ? [event.TaskScheduledId] : [])).join();
    };
    const [first, again, other] = [await orderOf(1), await orderOf(1), await orderOf(2)];
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  test('a probability is a number from 0 to 1', async () => {
    await expect(outcome({ late: 2 })).rejects.toThrow('faults.late is 2; it takes 0 to 1');
  });
});

test('a write that fails is made again, and nothing is done before it', async () => {
  const inner = memoryStore();
  const written: HistoryRecord[] = [];
  let failures = 0;
  const store: HistoryStore = {
    ...inner,
    async append(id, record) {
      if (record.kind === 'episode' && failures < 2 && written.length > 2) {
        failures++;
        throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
      }
      await inner.append(id, record);
      written.push(record);
    },
  };
  const { output } = await outcome({}, store);
  expect(output).toEqual(RIGHT);
  expect(failures).toBe(2);
});

test('a worker that is gone is asked again', async () => {
  let gone = 2;
  const inner = invoker();
  durable = await openDurable({
    invoker: {
      ...inner,
      orchestrator(name, trigger) {
        if (gone-- > 0) throw Object.assign(new Error('exited'), { name: 'WorkerGone' });
        return inner.orchestrator(name, trigger);
      },
    },
    clock: 'virtual',
  });
  const id = await durable.start('main', { round: 1, before: [] });
  expect((await durable.settled(id)).output).toEqual(RIGHT);
  const { history = [] } = (await durable.status(id, { history: true })) ?? {};
  expect(history.filter(({ EventType }) => EventType === EVENT.ExecutionStarted)).toHaveLength(1);
});

test('an activity whose process always ends has failed after some tries, and others go on', {
  timeout: 60_000,
}, async () => {
  let calls = 0;
  const inner = inProcess(
    {
      *main(context) {
        try {
          return yield context.df.callActivity('exits', null);
        } catch (error) {
          return [(error as Error).message, yield context.df.callActivity('fine', null)];
        }
      },
    },
    { exits: () => null, fine: () => 'fine' },
  );
  durable = await openDurable({
    invoker: {
      ...inner,
      async activity(name, input, context) {
        if (name === 'fine') return inner.activity(name, input, context);
        calls++;
        throw Object.assign(new Error('the process ended by itself (exit code 1) while "exits" ran'), {
          name: 'WorkerGone',
        });
      },
    },
    clock: 'virtual',
  });
  const { output } = await durable.settled(await durable.start('main', null));
  expect(calls).toBe(WORKER_TRIES);
  const words = `while "exits" ran, each of the ${WORKER_TRIES} times that it was called`;
  expect(output).toEqual([expect.stringContaining("Activity function 'exits' failed: "), 'fine']);
  expect((output as string[])[0]).toContain(words);
});

test('an orchestrator whose process always ends has failed after some tries, and its parent hears of it', {
  timeout: 60_000,
}, async () => {
  let calls = 0;
  const inner = inProcess(
    {
      *main(context) {
        try {
          return yield context.df.callSubOrchestrator('exits', null, 'child');
        } catch (error) {
          return (error as Error).message;
        }
      },
      // biome-ignore lint/correctness/useYield: it never comes to that.
      *exits() {
        return null;
      },
    },
    {},
  );
  durable = await openDurable({
    invoker: {
      ...inner,
      async orchestrator(name, trigger) {
        if (name === 'main') return inner.orchestrator(name, trigger);
        calls++;
        throw Object.assign(new Error('the process ended by itself (exit code 1) while "exits" ran'), {
          name: 'WorkerGone',
        });
      },
    },
    clock: 'virtual',
  });
  const { output } = await durable.settled(await durable.start('main', null));
  expect(calls).toBe(WORKER_TRIES);
  const words = `while "exits" ran, each of the ${WORKER_TRIES} times that it was called`;
  expect(output).toContain(words);
  const child = await durable.status('child');
  expect(child?.runtimeStatus).toBe('Failed');
  expect(child?.output).toBe(
    `Orchestrator function 'exits' failed: the process ended by itself (exit code 1) ${words}`,
  );
});
