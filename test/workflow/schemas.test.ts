import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Json, step } from '../../core/index.ts';
import { type AnyStep, failure, room } from './invoking.ts';

const echo = (input: unknown): unknown => input;
const zodInput = z.object({
  user: z.object({ name: z.string().trim(), age: z.coerce.number() }),
  tags: z.array(z.string()).default(['none']),
});
const valibotInput = v.object({
  user: v.object({
    name: v.pipe(v.string(), v.trim()),
    age: v.pipe(v.union([v.string(), v.number()]), v.transform(Number), v.number()),
  }),
  tags: v.optional(v.array(v.string()), ['none']),
});
const zodLater = zodInput.refine(async ({ user }) => (await Promise.resolve(user.name)) !== 'nobody', {
  path: ['user', 'name'],
  message: 'nobody has that name',
});
const valibotLater = v.pipeAsync(
  valibotInput,
  v.forwardAsync(
    v.checkAsync(async ({ user }) => (await Promise.resolve(user.name)) !== 'nobody', 'nobody has that name'),
    ['user', 'name'],
  ),
);

describe.each([
  ['zod', step('one', { input: zodInput, run: echo })],
  ['zod, asynchronous', step('one', { input: zodLater, run: echo })],
  ['valibot', step('one', { input: valibotInput, run: echo })],
  ['valibot, asynchronous', step('one', { input: valibotLater, run: echo })],
] as readonly (readonly [string, AnyStep])[])('an input schema of %s', (library, one) => {
  test('applies defaults and transformations', async () => {
    const got = await room().call(one, { user: { name: '  ada ', age: '36' }, extra: 1 });
    expect(got).toEqual({ user: { name: 'ada', age: 36 }, tags: ['none'] });
  });

  test.each<[string, Json, string]>([
    ['a nested field', { user: { name: 3, age: 1 } }, 'user.name'],
    ['a missing field', { user: { age: 1 } }, 'user.name'],
    ['an item of a list', { user: { name: 'ada', age: 1 }, tags: ['a', 2] }, 'tags.1'],
    ['the whole', 'text', 'input'],
    ['null', null, 'input'],
  ])('refuses %s, by name', async (_, input, field) => {
    expect(await failure(room().call(one, input))).toMatchObject({
      name: 'InvalidInput',
      message: expect.stringMatching(new RegExp(`^${field}: .`)),
      data: { field },
    });
  });

  test.runIf(library.endsWith('asynchronous'))('refuses what it finds out later', async () => {
    expect(await failure(room().call(one, { user: { name: 'nobody', age: 1 } }))).toEqual({
      name: 'InvalidInput',
      message: 'user.name: nobody has that name',
      data: { field: 'user.name' },
    });
  });
});

describe('an output schema', () => {
  test.each<[string, AnyStep]>([
    [
      'zod',
      step('one', { output: z.object({ rows: z.array(z.number()) }), run: () => ({ rows: [1, 'two'] }) as never }),
    ],
    [
      'valibot',
      step('one', { output: v.object({ rows: v.array(v.number()) }), run: () => ({ rows: [1, 'two'] }) as never }),
    ],
  ])('of %s refuses with InvalidOutput: the step is at fault', async (_, one) => {
    expect(await failure(room().call(one, null))).toMatchObject({ name: 'InvalidOutput', data: { field: 'rows.1' } });
  });

  test('transforms, and sees what the journal would keep', async () => {
    const one = step('one', { output: z.string().transform((text) => text.length), run: () => new Date(0) as never });
    expect(await room().call(one, null)).toBe('1970-01-01T00:00:00.000Z'.length);
  });

  test.each<[unknown, Json]>([
    [undefined, null],
    [-0, 0],
    [Number.NaN, null],
    [{ a: undefined, b: [undefined] }, { b: [null] }],
  ])('%o is kept as JSON', async (output, kept) => {
    const got = await room().call(step('one', { run: () => output }), null);
    expect(JSON.stringify(got)).toBe(JSON.stringify(kept));
    expect(Object.is(got, kept) || typeof got === 'object').toBe(true);
  });

  test.each<[string, unknown]>([
    ['a bigint', 1n],
    [
      'a cycle',
      (() => {
        const loop: unknown[] = [];
        loop.push(loop);
        return loop;
      })(),
    ],
  ])('%s is no output', async (_, output) => {
    expect(await failure(room().call(step('one', { run: () => output }), null))).toMatchObject({
      name: 'InvalidOutput',
      data: { field: 'output' },
    });
  });
});
