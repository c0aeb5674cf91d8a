import { afterEach, describe, expect, test } from 'vitest';
import { type Json, map, sleep, step, type Workflow, workflow } from '../../../core/index.ts';
import { cancelRun, progressOf } from '../../../handlers/azure/workflow/index.ts';
import { law, lit, ref, task } from '../../conformance/semantics/clause.ts';
import { type Recorded, record } from './recorded.ts';

const echo = step('echo', { run: (input) => input as Json });

let open: Recorded | undefined;
afterEach(async () => {
  await open?.durable.close();
  open = undefined;
});

async function started(whole: Workflow, input: Json = null, run = 'r'): Promise<Recorded> {
  open = await record(() => whole);
  await open.start(input, run);
  return open;
}

describe('lanes', () => {
  test('no id of an instance has more than 100 characters, and no two are the same', async () => {
    const [outer, inner] = ['o'.repeat(80), 'i'.repeat(80)];
    const body = { nodes: [task('t', 'echo', ref(`${inner}.item`))], out: ref('t') };
    const mapped = { kind: 'map', id: inner, items: lit([0, 1]), body };
    const whole = law(
      [{ kind: 'map', id: outer, items: lit([0, 1, 2]), body: { nodes: [mapped], out: ref(inner) } }],
      ref(outer),
    );
    const run = 'r'.repeat(80);
    const { durable, outcome } = await started(whole, null, run);
    expect(await outcome(run)).toStrictEqual({ output: [0, 1, 2].map(() => [0, 1]) });
    const { items } = await durable.list({ pageSize: 1_000 });
    expect(items).toHaveLength(1 + 3 + 6);
    for (const { instanceId } of items) {
      expect(instanceId.length).toBeLessThanOrEqual(100);
      expect(instanceId.startsWith(run)).toBe(true);
    }
  });

  test('a cancel wakes lanes inside of lanes, and nothing is left running', async () => {
    const asleep = Promise.withResolvers<void>();
    let begun = 0;
    const count = step('count', {
      run: () => {
        begun++;
        if (begun === 6) asleep.resolve();
      },
    });
    const late = step('late', { run: () => expect.fail('it was not told') });
    const whole = workflow('sleepers', {
      run: () =>
        map([0, 1], () =>
          map([0, 1, 2], () => {
            count(null);
            sleep(1_000_000);
            late(null);
          }),
        ),
    });
    const { durable, client, clock, outcome } = await started(whole);
    // Time stands still until the cancel is through.
    const release = clock.hold?.();
    await asleep.promise;
    await turnsUntil(async () => (await sleepers(durable)) === 6);
    await cancelRun(client, 'r');
    expect(await outcome()).toMatchObject({ error: { name: 'Cancelled' } });
    await turnsUntil(async () => {
      const { items } = await durable.list({ pageSize: 100 });
      return items.every(({ runtimeStatus }) => ['Completed', 'Terminated'].includes(runtimeStatus));
    });
    release?.();
    const { items } = await durable.list({ pageSize: 100 });
    expect(items).toHaveLength(1 + 2 + 6);
  });

  test('progress counts what lanes have done that are still at work', async () => {
    const held = Promise.withResolvers<void>();
    const step1 = Promise.withResolvers<void>();
    let done = 0;
    const work = step('work', {
      run: async (input) => {
        if ((input as number) >= 3) await held.promise;
        done++;
        if (done === 3) step1.resolve();
      },
    });
    const whole = workflow('counted', {
      run: () => {
        echo(0);
        return map([0, 1, 2, 3, 4, 5], (n) => work(n), { concurrency: 2 });
      },
    });
    const { client, outcome } = await started(whole);
    await step1.promise;
    const seen = async () => progressOf(client, (await client.getStatus('r')) ?? { runtimeStatus: '' });
    await turnsUntil(async () => (await seen()).done === 4);
    expect(await seen()).toStrictEqual({ done: 4, total: 7 });
    held.resolve();
    await outcome();
    expect(await seen()).toStrictEqual({ done: 7, total: 7 });
  });
});

async function sleepers(durable: Recorded['durable']): Promise<number> {
  const { items } = await durable.list({ pageSize: 100 });
  const histories = await Promise.all(items.map(({ instanceId }) => durable.status(instanceId, { history: true })));
  const timerCreated = 10;
  return histories.filter((one) => one?.history?.some(({ EventType }) => EventType === timerCreated)).length;
}

async function turnsUntil(done: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 10_000; turn++) {
    if (await done()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect.fail('it never came to that');
}
