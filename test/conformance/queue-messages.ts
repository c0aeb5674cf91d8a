import { expect } from 'vitest';
import { canonical, type Json } from '../../core/json.ts';
import type { Outgoing } from '../../core/resources/queue.ts';
import { expectNothing, keysOf, type Laws, receiveAll, receiveOne, refused } from './queue-support.ts';

const NUMBERS = [0, 1, -1, 0.1, 1e308, -5e-324, 2 ** 53 - 1, -(2 ** 53) + 1, 1 / 3];

/** Each is a string that some encoding, store or protocol would change or refuse. */
const STRINGS = [
  ...['', ' ', ' padded ', 'žluťoučký 🐎', 'e\u0301', 'a\u0000b', '\u0001\u001f\u007f', '\r\n\t', '\ud800', 'a\udfffb'],
  ...['\ufffe\uffff', '\ufeffmarked', '\u202eevil', '\u2028\u2029', '<a>&amp;]]></a>', 'eyJhIjoxfQ==', '%00%2e', '"\\'],
  ...['null', '{"a":1}', "' OR 1=1 --", '$(x)', '__proto__', '\u{10ffff}', 'long '.repeat(10_000)],
];

const VALUES: readonly Json[] = [
  ...[null, true, false, [], {}, [[[]]], [null, [false, { a: [] }]]],
  ...NUMBERS,
  ...STRINGS,
  [...NUMBERS, ...STRINGS],
  { '': 1, constructor: 2, toString: null, 'a.b': { $ref: '#' }, ключ: [1, 'two', { three: 3 }] },
  JSON.parse('{"__proto__":{"a":1},"length":-1}') as Json,
  Array.from({ length: 50 }).reduce<Json>((inner) => ({ inner: [inner] }), 'deep'),
];

const LIMIT = 262_144;
const RUN_ID = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}$/;

/** What holds of messages and of sending them. */
export const messageLaws: Laws = {
  'JSON of every kind comes back as it was sent': async (fresh) => {
    for (const way of ['send', 'sendBatch']) {
      const queue = await fresh();
      const batch = VALUES.map((message) => ({ message }));
      const sent =
        way === 'send' ? await Promise.all(VALUES.map((one) => queue.send(one))) : await queue.sendBatch(batch);
      const values = new Map(sent.map(({ id }, n) => [id, VALUES[n]!]));
      expect(values.size).toBe(VALUES.length);
      for (const { id, message } of await receiveAll(queue, VALUES.length))
        expect(canonical(message)).toBe(canonical(values.get(id)!));
    }
  },
  'a message has at most 262,144 bytes': async (fresh) => {
    const queue = await fresh();
    const most: readonly Json[] = ['m'.repeat(LIMIT - 2), 'é'.repeat(LIMIT / 2 - 1), ['😀'.repeat(LIMIT / 4 - 1)]];
    const tooLarge = { name: 'PayloadTooLarge', data: expect.objectContaining({ field: 'message', limit: LIMIT }) };
    for (const [n, message] of most.entries()) {
      await queue.send(message, { key: `kept-${n}` });
      const over = typeof message === 'string' ? `${message}m` : [...(message as Json[]), 1];
      await expect(queue.send(over)).rejects.toMatchObject(tooLarge);
      await expect(queue.sendBatch([{ message: 'small' }, { message: over }])).rejects.toMatchObject(tooLarge);
    }
    for (const { key, message } of await receiveAll(queue, most.length))
      expect(message === most[Number(key.slice(5))] || canonical(message) === canonical(most[2]!)).toBe(true);
    await expectNothing(queue);
  },
  'every message has its own id; its key is the id where none is given': async (fresh) => {
    const queue = await fresh();
    const sent = await queue.sendBatch(Array.from({ length: 50 }, (_, n) => ({ message: n })));
    const more = await Promise.all(Array.from({ length: 50 }, (_, n) => queue.send(50 + n)));
    const ids = [...sent, ...more].map(({ id }) => id);
    expect(new Set(ids).size).toBe(100);
    const before = Date.now();
    for (const { id, key, message, attempt, sentAt } of await receiveAll(queue, 100)) {
      expect(id).toBe(ids[message as number]);
      expect(key).toBe(id);
      expect(key).toMatch(RUN_ID);
      expect(attempt).toBe(1);
      expect(Math.abs(sentAt.getTime() - before)).toBeLessThan(300_000);
    }
  },
  'a key is kept, and not deduplicated by': async (fresh) => {
    const queue = await fresh();
    const keys = ['a', '0', 'A-b_c.9', 'k'.repeat(80), 'twice', 'twice', 'twice'];
    for (const key of keys.slice(0, -1)) await queue.send('same', { key });
    await queue.sendBatch([{ message: 'same', key: 'twice' }]);
    const got = await receiveAll(queue, keys.length);
    expect(keysOf(got)).toEqual([...keys].sort());
    expect(new Set(got.map(({ id }) => id)).size).toBe(keys.length);
  },
  'a delayed message does not come before its time': async (fresh) => {
    const queue = await fresh();
    const start = performance.now();
    await queue.send('late', { delay: 3 });
    await queue.sendBatch([{ message: 'later', delay: 900 }, { message: 'now' }]);
    expect((await receiveOne(queue)).message).toBe('now');
    expect((await receiveOne(queue)).message).toBe('late');
    // Clocks of two machines, or of a timer and a wall, differ a little.
    expect(performance.now() - start).toBeGreaterThan(2_900);
    await expectNothing(queue);
  },
  'a batch of 1,000 comes whole, and its answer is in its order': async (fresh) => {
    const queue = await fresh();
    const sent = await queue.sendBatch(Array.from({ length: 1000 }, (_, n) => ({ message: { n } })));
    expect(sent).toHaveLength(1000);
    const seen = new Set<number>();
    await Promise.all(
      Array.from({ length: 4 }, async () => {
        for (const { id, message } of await receiveAll(queue, 250)) {
          const { n } = message as { n: number };
          expect(id).toBe(sent[n]!.id);
          seen.add(n);
        }
      }),
    );
    expect(seen.size).toBe(1000);
    expect(await queue.sendBatch([])).toEqual([]);
  },
  'of a batch with one refused message nothing is sent': async (fresh) => {
    const queue = await fresh();
    const wrong: readonly [Partial<Outgoing<Json>>, object][] = [
      [{ key: 'not a key' }, refused('key')],
      [{ delay: 901 }, refused('delay')],
      [{ message: 'm'.repeat(LIMIT) }, { name: 'PayloadTooLarge' }],
    ];
    for (const [one, refusal] of wrong)
      for (const at of [0, 999]) {
        const batch = Array.from({ length: 1000 }, (_, n) => ({ message: n, ...(n === at && one) }));
        await expect(queue.sendBatch(batch)).rejects.toMatchObject(refusal);
      }
    await expect(queue.sendBatch('a' as unknown as [])).rejects.toMatchObject(refused('messages'));
    await expectNothing(queue, 2);
  },
  'an option that is wrong is refused by its name': async (fresh) => {
    const queue = await fresh();
    await queue.send('kept');
    const notWhole = [Number.NaN, 1.5, '7' as unknown as number, -1];
    for (const key of ['', '-a', '.a', 'a b', 'a/b', 'é', 'a\n', 'k'.repeat(81), 7 as unknown as string])
      await expect(queue.send('x', { key })).rejects.toMatchObject(refused('key'));
    for (const delay of [...notWhole, 901])
      await expect(queue.send('x', { delay })).rejects.toMatchObject(refused('delay'));
    for (const max of [...notWhole, 0, 11]) {
      await expect(queue.receive({ max })).rejects.toMatchObject(refused('max'));
      await expect(queue.dead({ max })).rejects.toMatchObject(refused('max'));
    }
    for (const max of [...notWhole, 0]) await expect(queue.redrive({ max })).rejects.toMatchObject(refused('max'));
    for (const wait of [...notWhole, 21]) await expect(queue.receive({ wait })).rejects.toMatchObject(refused('wait'));
    for (const visibility of [...notWhole, 0, 43_201])
      await expect(queue.receive({ visibility })).rejects.toMatchObject(refused('visibility'));
    const { receipt } = await receiveOne(queue);
    for (const delay of [...notWhole, 43_201])
      await expect(queue.release(receipt, { delay })).rejects.toMatchObject(refused('delay'));
    for (const seconds of [...notWhole, 0, 43_201])
      await expect(queue.extend(receipt, seconds)).rejects.toMatchObject(refused('seconds'));
    for (const other of [undefined, 7, {}] as unknown as string[]) {
      await expect(queue.ack(other)).rejects.toMatchObject(refused('receipt'));
      await expect(queue.release(other)).rejects.toMatchObject(refused('receipt'));
      await expect(queue.extend(other, 1)).rejects.toMatchObject(refused('receipt'));
      await expect(queue.bury(other, { name: 'X', message: '' })).rejects.toMatchObject(refused('receipt'));
    }
    await expectNothing(queue);
    await queue.ack(receipt);
  },
  'queues are separate': async (fresh) => {
    const [one, other] = [await fresh(), await fresh()];
    await one.send('for one');
    await expectNothing(other);
    await other.send('for the other');
    expect((await receiveOne(one)).message).toBe('for one');
    expect((await receiveOne(other)).message).toBe('for the other');
  },
};
