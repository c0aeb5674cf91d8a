import { describe, expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { app, bucket, consume, onObject, queue, schedule, secret, step, table, workflow } from '../../core/index.ts';
import { declaredResources } from '../../core/resources/declared.ts';

const votes = queue('votes', { message: z.object({ voter: z.string(), stars: z.number().default(5) }), attempts: 3 });
const nothing = () => undefined;

describe('a trigger', () => {
  test('is named after what triggers it, and has stated defaults', () => {
    expect(consume(votes, { run: nothing })).toMatchObject({
      kind: 'consume',
      name: 'votes',
      attempts: 3,
      concurrency: 10,
      timeout: 30,
    });
    expect(onObject(bucket('photos'), { run: nothing })).toMatchObject({
      name: 'on-photos',
      prefix: '',
      suffix: '',
      attempts: 5,
    });
    expect(schedule('0 7 * * *', { name: 'morning', run: nothing })).toMatchObject({ name: 'morning', attempts: 5 });
  });

  test('gets what its queue’s schema leaves, and the clients that it uses', () => {
    const results = table('results', { document: z.object({ stars: z.number() }) });
    consume(votes, {
      uses: { results: results.write, key: secret('api-key').read },
      run(message, { results, key, attempt }) {
        expectTypeOf(message).toEqualTypeOf<{ voter: string; stars: number }>();
        expectTypeOf(results.add).parameter(1).toEqualTypeOf<{ readonly stars?: number }>();
        expectTypeOf(key.get()).resolves.toEqualTypeOf<string>();
        expectTypeOf(attempt).toEqualTypeOf<number>();
        // @ts-expect-error: `write` does not read
        results.get;
      },
    });
  });

  const wrong: readonly [title: string, make: () => unknown, says: string][] = [
    ['no code', () => consume(votes, {} as never), 'run must be a function'],
    ['an option that is not known', () => consume(votes, { run: nothing, retries: 1 } as never), "'retries'"],
    ['attempts beside a queue', () => consume(votes, { run: nothing, attempts: 1 } as never), "'attempts'"],
    ['no concurrency', () => consume(votes, { run: nothing, concurrency: 0 }), 'concurrency'],
    ['a timeout that is no number', () => consume(votes, { run: nothing, timeout: '5' as never }), 'timeout'],
    ['no queue', () => consume(undefined as never, { run: nothing }), 'name'],
    ['a prefix that is no text', () => onObject(bucket('a'), { run: nothing, prefix: 1 as never }), 'prefix'],
    [
      'a client that nobody would see',
      () => consume(votes, { uses: { log: bucket('a').read }, run: nothing }),
      "'log'",
    ],
    [
      'a client of a step that nobody would see',
      () => step('s', { uses: { signal: bucket('a').read }, run: nothing }),
      "'signal'",
    ],
    ['a schedule without a name', () => schedule('* * * * *', { run: nothing } as never), 'name'],
    ['a schedule that is none', () => schedule('daily', { name: 'a', run: nothing }), 'five fields'],
    ['a long name', () => schedule('* * * * *', { name: 'a'.repeat(57), run: nothing }), '56'],
    ['a reserved queue', () => queue('skein-x'), 'reserved'],
    ['a table that is no name', () => table('A'), 'name'],
    ['no schema', () => queue('a', { message: {} as never }), 'message'],
    ['no attempts', () => queue('a', { attempts: 0 }), 'attempts'],
    ['an option of a table', () => table('a', { schema: z.object({}) } as never), "'schema'"],
  ];
  for (const [title, make, says] of wrong) test(`${title} is refused, naming it`, () => expect(make).toThrow(says));

  test('has a name of its own in its app', () => {
    const twice = [consume(votes, { run: nothing }), schedule('* * * * *', { name: 'votes', run: nothing })];
    expect(() => app('a', { triggers: twice })).toThrow("two of its triggers entries are called 'votes'");
  });
});

test('an app declares what its functions use and what triggers them', () => {
  const photos = bucket('photos');
  const seen = table('seen');
  const note = step('note', { uses: { seen: seen.write }, run: () => 1 });
  const one = app('one', {
    workflows: [workflow('note-one', { run: () => note(null) })],
    triggers: [consume(votes, { run: nothing }), onObject(photos, { uses: { key: secret('k').read }, run: nothing })],
  });
  const names = (kind: Parameters<typeof declaredResources>[1]) => [...declaredResources([one], kind).keys()];
  expect([names('queue'), names('bucket'), names('table'), names('secret')]).toEqual([
    ['votes'],
    ['photos'],
    ['seen'],
    ['k'],
  ]);
  const other = app('other', { triggers: [consume(queue('votes', { attempts: 9 }), { run: nothing })] });
  expect(() => declaredResources([one, other], 'queue')).toThrow('with attempts 3 and 9');
});
