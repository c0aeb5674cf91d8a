import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { bucket, large, step } from '../../core/index.ts';
import { PAYLOAD_LIMIT } from '../../core/workflow/caps.ts';
import { failure, room } from './invoking.ts';

const echo = (input: unknown): unknown => input;

describe('the payload limit', () => {
  const give = step('give', { run: (input) => 'x'.repeat(Number(input)) });
  const QUOTES = 2;

  test('a value of exactly the limit passes, and one byte more does not', async () => {
    expect(String(await room().call(give, PAYLOAD_LIMIT - QUOTES))).toHaveLength(PAYLOAD_LIMIT - QUOTES);
    expect(await failure(room().call(give, PAYLOAD_LIMIT - QUOTES + 1))).toMatchObject({
      name: 'PayloadTooLarge',
      message: expect.stringMatching(/'give'.*large\(schema\)/),
      data: { limit: PAYLOAD_LIMIT },
    });
  });

  test.each([
    ['é', 2],
    ['€', 3],
    ['😀', 4],
  ])('it counts bytes, not characters: %s has %i', async (char, bytes) => {
    const many = step('many', {
      run: (count) => char.repeat(Number(count)) + 'x'.repeat((PAYLOAD_LIMIT - QUOTES) % bytes),
    });
    const fits = Math.floor((PAYLOAD_LIMIT - QUOTES) / bytes);
    expect(typeof (await room().call(many, fits))).toBe('string');
    expect(await failure(room().call(many, fits + 1))).toMatchObject({ name: 'PayloadTooLarge' });
  });

  test('what JSON escapes counts as it is written', async () => {
    const quotes = step('quotes', { run: (count) => '"'.repeat(Number(count)) });
    expect(typeof (await room().call(quotes, (PAYLOAD_LIMIT - QUOTES) / 2))).toBe('string');
    expect(await failure(room().call(quotes, (PAYLOAD_LIMIT - QUOTES) / 2 + 1))).toMatchObject({
      name: 'PayloadTooLarge',
    });
  });
});

describe('a large output', () => {
  const rows = z.array(z.object({ key: z.string(), mark: z.string().default('-') }));
  const make = step('make', {
    output: large(rows),
    run: (count) => Array.from({ length: Number(count) }, (_, i) => ({ key: `k${i}` })) as never,
  });
  const count = step('count', {
    input: z.object({ rows: rows.or(z.null()) }),
    run: ({ rows: all }) => all?.length ?? -1,
  });

  test('travels by reference, and a step that it is passed to gets it whole', async () => {
    const { call, kept } = room();
    const claim = await call(make, 50_000);
    expect(JSON.stringify(claim).length).toBeLessThan(200);
    expect(JSON.stringify(claim)).not.toContain('k49999');
    expect([...kept.values()].join('').length).toBeGreaterThan(PAYLOAD_LIMIT);
    expect(await call(count, { rows: claim })).toBe(50_000);
  });

  test('its schema is applied before it is put aside', async () => {
    const { call } = room();
    const show = step('show', { run: echo });
    expect(await call(show, [await call(make, 1)])).toEqual([[{ key: 'k0', mark: '-' }]]);
    const wrong = step('wrong', { output: large(rows), run: () => [{ key: 1 }] as never });
    expect(await failure(call(wrong, null))).toMatchObject({ name: 'InvalidOutput', data: { field: '0.key' } });
  });

  test('two attempts of one call do not share a name', async () => {
    const { call, kept } = room();
    await call(make, 1);
    await call(make, 2, { attempt: 2 });
    expect(kept.size).toBe(2);
  });

  test('a forged claim of another run is a value like any other', async () => {
    const { call } = room();
    const secret = await call(make, 3, { run: 'other', key: 'other/make' });
    const show = step('show', { run: echo });
    expect(await call(show, secret)).toEqual(secret);
    expect(await call(show, { deep: [secret] }, { run: 'oth', key: 'oth/show' })).toEqual({ deep: [secret] });
    expect(await failure(call(count, { rows: secret }))).toMatchObject({
      name: 'InvalidInput',
      data: { field: 'rows' },
    });
  });

  test('a claim inside of a claimed value is not redeemed', async () => {
    const { call } = room();
    const claim = await call(make, 1);
    const wrap = step('wrap', { output: large(z.unknown()), run: () => ({ inner: claim }) });
    const show = step('show', { run: echo });
    expect(await call(show, await call(wrap, null))).toEqual({ inner: claim });
  });

  test('a claim whose value is gone says so', async () => {
    const { call, kept } = room();
    const claim = await call(make, 1);
    kept.clear();
    expect(await failure(call(count, { rows: claim }))).toMatchObject({ name: 'ClaimLost' });
  });
});

test('a step gets the clients that it names, with the methods that it named, and its place', async () => {
  const seen: unknown[] = [];
  const files = bucket('files');
  const one = step('one', {
    uses: { files: files.read },
    run: (_, context) => {
      seen.push(
        Object.keys(context.files),
        context.run,
        context.idempotencyKey,
        context.attempt,
        context.signal.aborted,
      );
      context.log('hello', { a: 1 });
    },
  });
  const { call, logged } = room();
  expect(await call(one, null, { attempt: 2 })).toBeNull();
  expect(seen).toEqual([['get', 'head', 'list', 'downloadUrl'], 'r1', 'r1/one', 2, false]);
  expect(logged).toEqual([['hello', { a: 1, step: 'one', key: 'r1/one' }]]);
});
