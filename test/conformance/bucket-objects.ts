import { expect } from 'vitest';
import {
  brokenStream,
  collect,
  expectSame,
  found,
  type Laws,
  patterned,
  refused,
  streamOf,
  version,
} from './bucket-support.ts';

/** What holds of one object. */
export const objectLaws: Laws = {
  'bytes, strings and streams come back as they were put': async (bucket) => {
    const every = Uint8Array.from({ length: 256 }, (_, n) => n);
    const many = patterned(5 * 1024 * 1024);
    const bodies: readonly Uint8Array[] = [new Uint8Array(), Uint8Array.of(0), every, many];
    for (const [n, bytes] of bodies.entries()) {
      await bucket.put(`bytes/${n}`, bytes);
      await bucket.put(`stream/${n}`, streamOf(bytes));
      for (const key of [`bytes/${n}`, `stream/${n}`]) {
        expectSame(await (await found(bucket, key)).bytes(), bytes);
        expectSame(await collect((await found(bucket, key)).body), bytes);
      }
    }
    for (const text of ['', 'a', '\ufeffmarked', 'žluťoučký 🐎\n\u0000', 'é'.repeat(100_000)]) {
      await bucket.put('text', text);
      expect(await (await found(bucket, 'text')).text()).toBe(text);
      expectSame(await (await found(bucket, 'text')).bytes(), new TextEncoder().encode(text));
    }
  },
  'put replaces, and says what is there now': async (bucket) => {
    const first = await bucket.put('a', 'a long first version');
    const second = await bucket.put('a', 'second');
    expect(first).toMatchObject({ key: 'a', size: 20 });
    expect(second).toMatchObject({ key: 'a', size: 6 });
    expect(second.updatedAt.getTime()).toBeGreaterThanOrEqual(first.updatedAt.getTime());
    expect(await (await found(bucket, 'a')).text()).toBe('second');
    expect((await bucket.list()).items).toHaveLength(1);
  },
  'a body that breaks off leaves the object as it was': async (bucket) => {
    await bucket.put('old', 'as it was');
    for (const key of ['old', 'new']) {
      await expect(bucket.put(key, brokenStream(3 * 1024 * 1024))).rejects.toThrow('the line is cut');
      await expect(bucket.put(key, brokenStream(0))).rejects.toThrow('the line is cut');
    }
    expect(await (await found(bucket, 'old')).text()).toBe('as it was');
    expect(await bucket.get('new')).toBeUndefined();
    expect((await bucket.list()).items.map(({ key }) => key)).toEqual(['old']);
  },
  'a body of another kind is refused': async (bucket) => {
    for (const body of [undefined, null, 7, { a: 1 }, ['a']])
      await expect(bucket.put('a', body as unknown as string)).rejects.toMatchObject(refused('body'));
    const words = new ReadableStream({ start: (to) => to.enqueue('a word') });
    await expect(bucket.put('a', words)).rejects.toMatchObject(refused('body'));
    expect(await bucket.get('a')).toBeUndefined();
  },
  'the etag changes when the bytes change': async (bucket) => {
    const bodies = ['', 'a', 'b', 'aa', patterned(100_000), patterned(100_001)];
    const etags = [];
    for (const body of bodies) etags.push((await bucket.put('a', body)).etag);
    expect(new Set(etags).size).toBe(bodies.length);
    for (const etag of etags) expect(etag).toMatch(/^[^"\s]+$/);
  },
  'the etag is the same for the same bytes': async (bucket) => {
    const bytes = patterned(100_000);
    const { etag } = await bucket.put('a', bytes);
    expect((await bucket.put('a', bytes, { contentType: 'text/plain' })).etag).toBe(etag);
    expect((await bucket.put('a', streamOf(bytes))).etag).toBe(etag);
  },
  'put, head, get and list tell the same': async (bucket) => {
    const put = await bucket.put('a', 'some text', { contentType: 'text/plain; charset=utf-8' });
    const { key, size, etag, contentType, updatedAt, range } = await found(bucket, 'a');
    expect(range).toEqual({ from: 0, to: 9 });
    expect({ key, size, etag, contentType, updatedAt }).toEqual(put);
    expect(await bucket.head('a')).toEqual(put);
    expect((await bucket.list()).items).toEqual([put]);
    expect(await bucket.head('b')).toBeUndefined();
    expect(await bucket.get('b')).toBeUndefined();
  },
  'the content type is kept': async (bucket) => {
    await bucket.put('a', '1');
    expect(await bucket.head('a')).toMatchObject({ contentType: 'application/octet-stream' });
    await bucket.put('a', '1', { contentType: 'text/html; charset=utf-8' });
    expect(await bucket.head('a')).toMatchObject({ contentType: 'text/html; charset=utf-8' });
    await bucket.put('a', '1');
    expect(await bucket.head('a')).toMatchObject({ contentType: 'application/octet-stream' });
    for (const contentType of ['', 'text/plain\r\nset-cookie: a=b', 'text/plain\u0000'])
      await expect(bucket.put('a', '2', { contentType })).rejects.toMatchObject(refused('contentType'));
  },
  'a range is the bytes from the first offset to before the second': async (bucket) => {
    await bucket.put('ten', '0123456789');
    await bucket.put('none', '');
    const big = patterned(1_000_000);
    await bucket.put('big', big);
    const cases = [
      ['ten', { from: 2, to: 5 }, { from: 2, to: 5 }],
      ['ten', { from: 7 }, { from: 7, to: 10 }],
      ['ten', { to: 3 }, { from: 0, to: 3 }],
      ['ten', { from: 4, to: 4 }, { from: 4, to: 4 }],
      ['ten', { from: 8, to: 1000 }, { from: 8, to: 10 }],
      ['ten', { from: 10 }, { from: 10, to: 10 }],
      ['ten', { from: 11, to: 12 }, { from: 10, to: 10 }],
      ['none', {}, { from: 0, to: 0 }],
      ['none', { from: 0, to: 9 }, { from: 0, to: 0 }],
      ['none', { from: 5 }, { from: 0, to: 0 }],
      ['big', { from: 1, to: 999_999 }, { from: 1, to: 999_999 }],
      ['big', { from: 999_999 }, { from: 999_999, to: 1_000_000 }],
    ] as const;
    for (const [key, options, range] of cases) {
      const whole = await (await found(bucket, key)).bytes();
      const object = await bucket.get(key, options);
      expect(object).toMatchObject({ key, size: whole.byteLength, range });
      expectSame(await collect(object!.body), whole.subarray(range.from, range.to));
      expectSame(await (await bucket.get(key, options))!.bytes(), whole.subarray(range.from, range.to));
    }
  },
  'a range that is none is refused': async (bucket) => {
    await bucket.put('a', '0123456789');
    for (const wrong of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '1', null]) {
      await expect(bucket.get('a', { from: wrong as number })).rejects.toMatchObject(refused('from'));
      await expect(bucket.get('a', { to: wrong as number })).rejects.toMatchObject(refused('to'));
    }
    await expect(bucket.get('a', { from: 3, to: 2 })).rejects.toMatchObject(refused('to'));
  },
  'a body is read once': async (bucket) => {
    await bucket.put('a', 'text');
    const first = await found(bucket, 'a');
    await first.text();
    await expect(first.bytes()).rejects.toThrow();
    const second = await found(bucket, 'a');
    await second.body.cancel();
    await expect(second.text()).rejects.toThrow();
  },
  'deleting twice, or what is not there, is no error': async (bucket) => {
    await bucket.put('a', '1');
    await bucket.delete('a');
    await bucket.delete('a');
    await bucket.delete('never');
    expect(await bucket.get('a')).toBeUndefined();
    expect((await bucket.list()).items).toEqual([]);
    await bucket.put('a', '2');
    expect(await (await found(bucket, 'a')).text()).toBe('2');
  },
  'a reader gets one whole version while it is replaced': async (bucket) => {
    await bucket.put('a', version(0));
    let writing = true;
    const write = async () => {
      for (let n = 1; n <= 40; n++) await bucket.put('a', n % 2 ? version(n) : streamOf(version(n)));
      writing = false;
    };
    const read = async () => {
      let last = 0;
      while (writing) {
        const object = await found(bucket, 'a');
        const bytes = await object.bytes();
        expect(object.size).toBe(bytes.byteLength);
        expectSame(bytes, version(bytes[0]!));
        expect(bytes[0]).toBeGreaterThanOrEqual(last);
        last = bytes[0]!;
      }
    };
    await Promise.all([write(), read(), read(), read(), read()]);
  },
  'a reader that has begun ends with the version it began with': async (bucket) => {
    const first = patterned(2_000_000);
    await bucket.put('a', first);
    const [replaced, deleted] = [await found(bucket, 'a'), await found(bucket, 'a')];
    await bucket.put('a', 'second');
    const bytes = collect(replaced.body);
    await bucket.delete('a');
    expectSame(await bytes, first);
    expectSame(await deleted.bytes(), first);
  },
  'a reader who polls lets others run': async (bucket) => {
    let ran = false;
    setImmediate(() => {
      ran = true;
    });
    for (let n = 0; n < 10; n++) {
      await bucket.get('a');
      await bucket.head('a');
      await bucket.list();
    }
    expect(ran).toBe(true);
  },
  'buckets are separate': async (bucket, other) => {
    await bucket.put('a', 'here');
    expect(await other.get('a')).toBeUndefined();
    await other.put('a', 'there');
    await other.put('b', 'there');
    await other.delete('a');
    expect(await (await found(bucket, 'a')).text()).toBe('here');
    expect((await bucket.list()).items.map(({ key }) => key)).toEqual(['a']);
  },
};
