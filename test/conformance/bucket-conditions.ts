import { expect } from 'vitest';
import type { Laws } from './bucket-support.ts';
import { found, refused } from './bucket-support.ts';

const failed = { name: 'PreconditionFailed' };

/** What holds where the room declares `conditionalPut`. */
export const conditionLaws: Laws = {
  'of 64 writers who want to create an object, one wins': async (bucket) => {
    const writers = Array.from({ length: 64 }, (_, n) => bucket.put('a', `writer ${n}`, { ifNoneMatch: '*' }));
    const results = await Promise.allSettled(writers);
    const winners = results.flatMap((result, n) => (result.status === 'fulfilled' ? [n] : []));
    expect(winners).toHaveLength(1);
    for (const result of results) if (result.status === 'rejected') expect(result.reason).toMatchObject(failed);
    expect(await (await found(bucket, 'a')).text()).toBe(`writer ${winners[0]}`);
  },
  'ifMatch prevents the lost update': async (bucket) => {
    await bucket.put('count', '0');
    const increment = async () => {
      for (;;) {
        const object = await found(bucket, 'count');
        const next = String(Number(await object.text()) + 1);
        try {
          return await bucket.put('count', next, { ifMatch: object.etag });
        } catch (error) {
          expect(error).toMatchObject(failed);
        }
      }
    };
    await Promise.all(Array.from({ length: 16 }, increment));
    expect(await (await found(bucket, 'count')).text()).toBe('16');
  },
  'a condition that does not hold changes nothing': async (bucket) => {
    const first = await bucket.put('a', 'first');
    await expect(bucket.put('a', 'second', { ifNoneMatch: '*' })).rejects.toMatchObject(failed);
    await expect(bucket.put('a', 'second', { ifMatch: `${first.etag}0` })).rejects.toMatchObject(failed);
    await expect(bucket.put('b', 'second', { ifMatch: first.etag })).rejects.toMatchObject(failed);
    expect(await bucket.head('a')).toEqual(first);
    expect(await bucket.head('b')).toBeUndefined();
    const second = await bucket.put('a', 'second', { ifMatch: first.etag });
    await expect(bucket.put('a', 'third', { ifMatch: first.etag })).rejects.toMatchObject(failed);
    expect(await bucket.head('a')).toEqual(second);
    await bucket.delete('a');
    await expect(bucket.put('a', 'third', { ifMatch: second.etag })).rejects.toMatchObject(failed);
    await bucket.put('a', 'third', { ifNoneMatch: '*' });
  },
  'a condition that is none is refused': async (bucket) => {
    await expect(bucket.put('a', '1', { ifNoneMatch: 'x' as '*' })).rejects.toMatchObject(refused('ifNoneMatch'));
    await expect(bucket.put('a', '1', { ifMatch: 7 as unknown as string })).rejects.toMatchObject(refused('ifMatch'));
    expect(await bucket.head('a')).toBeUndefined();
  },
};

/** What holds where it does not: a condition that nobody checks must not pass for one that held. */
export const unsupportedLaws: Laws = {
  'a condition is refused, not ignored': async (bucket) => {
    const unsupported = { name: 'Unsupported', message: expect.stringMatching(/ifMatch|ifNoneMatch/) };
    await expect(bucket.put('a', '1', { ifNoneMatch: '*' })).rejects.toMatchObject(unsupported);
    await expect(bucket.put('a', '1', { ifMatch: 'x' })).rejects.toMatchObject(unsupported);
    expect(await bucket.head('a')).toBeUndefined();
  },
};
