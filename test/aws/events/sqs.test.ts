import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { app, consume, type ErrorValue, invalidInput, queue, type TriggerContext } from '../../../core/index.ts';
import { type LambdaParts, lambda } from '../../../handlers/aws/index.ts';
import { sqsEvent } from './samples.ts';

interface Call {
  readonly event: unknown;
  readonly key: string;
  readonly attempt: number;
}

/** A handler whose code fails for messages `{ fail: name }`, and its calls. */
function consumer(parts: Omit<LambdaParts, 'log'> = {}, concurrency = 10) {
  const calls: Call[] = [];
  const logged: string[] = [];
  let running = 0;
  const most = { running: 0 };
  const run = async (event: unknown, { idempotencyKey, attempt }: TriggerContext): Promise<void> => {
    calls.push({ event, key: idempotencyKey, attempt });
    most.running = Math.max(most.running, ++running);
    await new Promise((resolve) => setImmediate(resolve));
    running--;
    const { fail } = event as { fail?: string };
    if (fail === 'InvalidInput') throw invalidInput('never');
    if (fail !== undefined) throw Object.assign(new Error('again'), { name: fail });
  };
  const triggers = [consume(queue('orders', { attempts: 3 }), { run, concurrency })];
  const handler = lambda(app('shop', { triggers }), { log: (message) => void logged.push(message), ...parts });
  return { calls, logged, most, handler };
}

const ok = (id: string) => ({ id, body: '{}' });
const bad = (id: string, fail = 'Later') => ({ id, body: JSON.stringify({ fail }) });
const failures = (...ids: string[]) => ({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) });

describe('a standard queue', () => {
  test('each message is one call, with its JSON, its id and its receive count', async () => {
    const { calls, handler } = consumer();
    const event = sqsEvent('orders', [
      { id: 'a', body: '{"n":1}', attempt: 2 },
      { id: 'b', body: '"text"' },
      { id: 'c', body: 'plain text' },
      { id: 'd', body: '[1,null]', key: 'order-17' },
      { id: 'e', body: '{}', key: 'no run id: /' },
    ]);
    expect(await handler(event)).toEqual(failures());
    expect(calls).toEqual([
      { event: { n: 1 }, key: 'a', attempt: 2 },
      { event: 'text', key: 'b', attempt: 1 },
      { event: 'plain text', key: 'c', attempt: 1 },
      { event: [1, null], key: 'order-17', attempt: 1 },
      { event: {}, key: 'e', attempt: 1 },
    ]);
  });

  test('only those that failed are reported', async () => {
    const { handler, logged, calls } = consumer();
    expect(await handler(sqsEvent('orders', [ok('a'), bad('b'), ok('c'), bad('d', 'InvalidInput')]))).toEqual(
      failures('b', 'd'),
    );
    expect(calls).toHaveLength(4);
    expect(logged.sort()).toEqual(['delivery failed', 'delivery failed for good']);
  });

  test('as many run at once as the trigger says', async () => {
    const many = Array.from({ length: 20 }, (_, i) => ok(`m${i}`));
    const three = consumer({}, 3);
    await three.handler(sqsEvent('orders', many));
    expect(three.most.running).toBe(3);
    expect(three.calls).toHaveLength(20);
  });

  test('a message that does not fit its schema fails alone', async () => {
    const seen: unknown[] = [];
    const numbers = consume(queue('numbers', { message: z.object({ n: z.number() }) }), {
      run: (m) => void seen.push(m),
    });
    const handler = lambda(app('sums', { triggers: [numbers] }), { log: () => undefined });
    const event = sqsEvent('numbers', [
      { id: 'a', body: '{"n":"x"}' },
      { id: 'b', body: '{"n":2,"more":1}' },
    ]);
    expect(await handler(event)).toEqual(failures('a'));
    expect(seen).toEqual([{ n: 2 }]);
  });

  test('a message without an id fails the batch, naming the field, before anything runs', async () => {
    const { handler, calls } = consumer();
    const event = sqsEvent('orders', [ok('a'), ok('')]);
    await expect(handler(event)).rejects.toMatchObject({ name: 'InvalidInput', data: { field: 'messageId' } });
    expect(calls).toEqual([]);
  });
});

describe('a FIFO queue', () => {
  test('stops at the first failure and reports what it did not try', async () => {
    const { handler, calls, most } = consumer();
    const event = sqsEvent('orders.fifo', [ok('a'), bad('b'), ok('c'), ok('d')]);
    expect(await handler(event)).toEqual(failures('b', 'c', 'd'));
    expect(calls.map(({ key }) => key)).toEqual(['a', 'b']);
    expect(most.running).toBe(1);
  });
});

describe('with a client of the queue', () => {
  const ends = () => {
    const told: [string, string, string, unknown][] = [];
    const port = (name: string) => ({
      bury: async (receipt: string, { name: error }: ErrorValue) => void told.push(['bury', name, receipt, error]),
      release: async (receipt: string, options?: { delay?: number }) =>
        void told.push(['release', name, receipt, options?.delay]),
    });
    return { told, port };
  };

  test('what is final is buried at once, what is not waits as core says', async () => {
    const { told, port } = ends();
    const { handler } = consumer({ queue: port });
    const last = { id: 'c', body: JSON.stringify({ fail: 'Later' }), attempt: 3 };
    const event = sqsEvent('orders', [bad('a', 'InvalidInput'), bad('b'), last, ok('d')]);
    expect(await handler(event)).toEqual(failures('b'));
    expect(told.sort()).toEqual([
      ['bury', 'orders', 'receipt-of-a', 'InvalidInput'],
      ['bury', 'orders', 'receipt-of-c', 'Later'],
      ['release', 'orders', 'receipt-of-b', 1],
    ]);
  });

  test('that wants the record itself it gets that', async () => {
    const { told, port } = ends();
    const adopt = (record: unknown): string => `adopted-${(record as { messageId: string }).messageId}`;
    const { handler } = consumer({ queue: (name: string) => ({ ...port(name), adopt }) });
    await handler(sqsEvent('orders', [bad('a', 'InvalidInput')]));
    expect(told).toEqual([['bury', 'orders', 'adopted-a', 'InvalidInput']]);
  });

  test('in a FIFO queue a buried message holds nothing up', async () => {
    const { port } = ends();
    const { handler, calls } = consumer({ queue: port });
    expect(await handler(sqsEvent('orders.fifo', [bad('a', 'InvalidInput'), ok('b')]))).toEqual(failures());
    expect(calls).toHaveLength(2);
  });

  test('what could not be buried comes again, and the others do not', async () => {
    const away = async (): Promise<never> => {
      throw new Error('no network');
    };
    const { handler, logged } = consumer({ queue: () => ({ bury: away, release: away }) });
    expect(await handler(sqsEvent('orders', [bad('a', 'InvalidInput'), ok('b')]))).toEqual(failures('a'));
    expect(logged).toContain('delivery was not recorded');
  });
});

describe('which trigger takes a message', () => {
  const named = (...queues: string[]) => {
    const calls: string[] = [];
    const triggers = queues.map((name) => consume(queue(name), { run: () => void calls.push(name) }));
    return { calls, handler: lambda(app('many', { triggers }), { log: () => undefined }) };
  };

  test.each([
    ['orders', 'orders'],
    ['orders.fifo', 'orders'],
    ['shop-prod-orders', 'orders'],
    ['shop_prod_orders', 'orders'],
    ['prod-big-orders', 'big-orders'],
    ['prod-big-orders.fifo', 'big-orders'],
  ])('that of %s is %s', async (deployed, expected) => {
    const { calls, handler } = named('orders', 'big-orders', 'refunds');
    await handler(sqsEvent(deployed, [ok('a')]));
    expect(calls).toEqual([expected]);
  });

  test('the only one takes all', async () => {
    const { calls, handler } = named('orders');
    await handler(sqsEvent('Stack-Queue4A7E3555', [ok('a')]));
    expect(calls).toEqual(['orders']);
  });

  test.each([
    [[]],
    [['orders', 'refunds']],
  ])('of %j none is meant by another name, and nothing is done', async (queues) => {
    const { calls, handler } = named(...queues);
    await expect(handler(sqsEvent('others', [ok('a')]))).rejects.toMatchObject({
      name: 'NotFound',
      message: /'others'/,
    });
    expect(calls).toEqual([]);
  });
});

test('deliveries are told to stop before Lambda ends the function', async () => {
  const reasons: unknown[] = [];
  const run = (_: unknown, { signal }: TriggerContext): Promise<void> =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        reasons.push(signal.reason);
        reject(signal.reason);
      });
    });
  const handler = lambda(app('slow', { triggers: [consume(queue('orders'), { run })] }), { log: () => undefined });
  const context = { getRemainingTimeInMillis: () => 520 };
  expect(await handler(sqsEvent('orders', [ok('a')]), context)).toEqual(failures('a'));
  expect(reasons).toMatchObject([{ name: 'TimeoutError' }]);
});
