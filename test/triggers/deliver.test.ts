import { describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { invalidInput } from '../../core/error.ts';
import { consume, queue, schedule, type Trigger } from '../../core/index.ts';
import { deliver } from '../../core/triggers/deliver.ts';

const jobs = queue('jobs', { message: z.object({ n: z.number() }), attempts: 3 });
const room = { client: () => ({}), log: vi.fn() };
const never = new AbortController().signal;
const once = (trigger: Trigger, { event = { n: 1 } as never, attempt = 1, signal = never } = {}) =>
  deliver(trigger, { event, key: 'k', attempt }, room, signal);
const failing = (error: unknown) =>
  consume(jobs, {
    run: () => {
      throw error;
    },
  });

describe('deliver', () => {
  test('hands over the event as its schema leaves it, with its key and attempt', async () => {
    const run = vi.fn();
    expect(await once(consume(jobs, { run }), { event: { n: 1, extra: true } as never, attempt: 2 })).toEqual({
      kind: 'done',
    });
    expect(run).toHaveBeenCalledWith({ n: 1 }, expect.objectContaining({ idempotencyKey: 'k', attempt: 2 }));
  });

  test('an error is followed by another attempt, later each time', async () => {
    const verdicts = [1, 2].map((attempt) => once(failing(new RangeError('far')), { attempt }));
    expect(await Promise.all(verdicts)).toEqual(
      [1, 2].map((delay) => ({ kind: 'retry', delay, error: { name: 'RangeError', message: 'far' } })),
    );
  });

  test('the last attempt’s error buries it, and an asynchronous one is an error too', async () => {
    const trigger = schedule('* * * * *', { name: 'a', attempts: 1, run: async () => Promise.reject('no') });
    expect(await once(trigger)).toEqual({ kind: 'bury', error: { name: 'Error', message: 'no' } });
    expect(await once(failing(null), { attempt: 3 })).toMatchObject({ kind: 'bury' });
  });

  test('what no attempt can mend is buried at once: a wrong message, an InvalidInput', async () => {
    const run = vi.fn();
    const verdict = await once(consume(jobs, { run }), { event: { n: 'one' } as never });
    expect(verdict).toMatchObject({ kind: 'bury', error: { name: 'InvalidInput', data: { field: 'n' } } });
    expect(run).not.toHaveBeenCalled();
    expect(await once(failing(invalidInput('x: no', 'x')))).toMatchObject({ kind: 'bury' });
  });

  test('code that takes too long is told so and tried again', async () => {
    const seen = Promise.withResolvers<unknown>();
    const slow = consume(jobs, {
      timeout: 1,
      run: (_, { signal }) => {
        signal.addEventListener('abort', () => seen.resolve(signal.reason));
        return new Promise(() => undefined);
      },
    });
    expect(await once(slow)).toMatchObject({ kind: 'retry', error: { name: 'Timeout' } });
    expect(await seen.promise).toMatchObject({ name: 'Timeout' });
  });

  test('the room’s signal reaches the code', async () => {
    const stop = new AbortController();
    const trigger = consume(jobs, {
      run: async (_, { signal }) => {
        stop.abort(new Error('stopping'));
        signal.throwIfAborted();
      },
    });
    expect(await once(trigger, { signal: stop.signal })).toMatchObject({
      kind: 'retry',
      error: { message: 'stopping' },
    });
  });

  test('code that does not listen to it is not waited for', async () => {
    const stop = new AbortController();
    const deaf = consume(jobs, { run: () => new Promise(() => stop.abort(new Error('stopping'))) });
    expect(await once(deaf, { signal: stop.signal })).toMatchObject({ kind: 'retry', error: { message: 'stopping' } });
  });

  test('log lines say of which trigger they are', async () => {
    await once(consume(jobs, { run: (_, { log }) => log('hello', { a: 1 }) }));
    expect(room.log).toHaveBeenCalledWith('hello', { a: 1, trigger: 'jobs', key: 'k' });
  });
});
