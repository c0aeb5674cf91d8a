import { expect } from 'vitest';
import { attempt, Failure, type Json, map, type StepContext, sleep, step, workflow } from '../../../core/index.ts';
import { block, type Clause, clause, law, lit, numbered, only, ref, task } from './clause.ts';

import type { Room } from './room.ts';

interface Policy {
  readonly attempts: number;
  readonly seconds?: number;
  readonly rate?: number;
  readonly cap?: number;
  readonly on?: readonly string[];
  readonly not?: readonly string[];
}

/** A workflow of one step that always fails; its calls tell how often it was tried. */
const failing = (name: string, policy?: Policy) =>
  law([task('t', 'fails', lit(null), policy ? { retry: { seconds: 1, rate: 1, ...policy } } : {})], ref('t'), {
    fails: () => {
      throw Object.assign(new Error('m'), { name });
    },
  });

const tried: readonly (readonly [what: string, name: string, policy: Policy, times: number])[] = [
  ['a name in `on` is retried', 'Transient', { attempts: 3, on: ['Other', 'Transient'] }, 3],
  ['a name not in `on` is not retried', 'Fatal', { attempts: 3, on: ['Transient'] }, 1],
  ['an empty `on` retries nothing', 'Fatal', { attempts: 3, on: [] }, 1],
  ['a name in `not` is not retried', 'Fatal', { attempts: 3, not: ['Fatal'] }, 1],
  ['a name not in `not` is retried', 'Transient', { attempts: 3, not: ['Fatal'] }, 3],
  ['`not` is stronger than `on`', 'Both', { attempts: 3, on: ['Both'], not: ['Both'] }, 1],
  ['names are matched exactly', 'transient', { attempts: 3, on: ['Transient', 'trans', 'ALL'] }, 1],
];

export const retryClauses: readonly Clause[] = [
  ...tried.map(([what, name, policy, times]) =>
    clause(15, what, async (t) => {
      const { calls, outcome } = await t.run(failing(name, policy));
      expect(outcome).toMatchObject({ error: { name } });
      expect(calls).toHaveLength(times);
    }),
  ),
  ...['InvalidInput', 'Cancelled', 'PayloadTooLarge', 'MissingValue'].map((name) =>
    clause(15, `${name} is never retried, whatever the policy says`, async (t) => {
      expect((await t.run(failing(name, { attempts: 5, on: [name] }))).calls).toHaveLength(1);
      expect((await t.run(failing(name, { attempts: 5 }))).calls).toHaveLength(1);
    }),
  ),
  clause(16, 'attempts count the first; without a policy there is one', async (t) => {
    for (const attempts of [1, 2, 5]) expect((await t.run(failing('Any', { attempts }))).calls).toHaveLength(attempts);
    expect((await t.run(failing('Any'))).calls).toHaveLength(1);
  }),
  clause(16, 'the count starts anew with each call, also of the same node', async (t) => {
    const retry = { attempts: 2, seconds: 1, rate: 1 };
    const twice = (_: Json, { attempt: nth }: StepContext): number => {
      if (nth === 1) throw new Error('m');
      return nth;
    };
    const body = block(task('t', 'twice', lit(null), { retry }));
    const looped = { kind: 'repeat', id: 'l', init: lit(0), max: 3, until: { truthy: lit(false) }, body };
    const { calls, outcome } = await t.run(law([looped], ref('l'), { twice }));
    expect(outcome).toStrictEqual({ output: 2 });
    expect(calls).toHaveLength(6);
  }),
  clause(
    16,
    'delays are whole seconds, rounded up, growing by the rate up to the cap',
    async (t) => {
      const policies: [Policy, number[]][] = [
        [{ attempts: 4, seconds: 1, rate: 1.1 }, [1, 2, 2]],
        [{ attempts: 4, seconds: 3, rate: 1 }, [3, 3, 3]],
        [{ attempts: 5, seconds: 2, rate: 10, cap: 150 }, [2, 20, 150, 150]],
        [{ attempts: 2, seconds: 60, rate: 1, cap: 7 }, [7]],
      ];
      for (const [policy, delays] of policies) {
        const times: number[] = [];
        const body = block(task('t', 'fails', lit(null), { retry: policy }));
        const inner = { kind: 'map', id: 'inner', items: lit([0]), body };
        const nested = { kind: 'map', id: 'outer', items: lit([0]), body: block(inner) };
        const room: Room = await t.open(
          law([nested], lit(0), {
            fails: () => {
              times.push(room.now?.() ?? Number.NaN);
              throw new Error('m');
            },
          }),
        );
        await room.start('law', null, { id: 'r' });
        await room.result('r');
        expect(times.slice(1).map((time, index) => time - (times[index] as number))).toStrictEqual(delays);
      }
    },
    'clock',
  ),
  clause(
    34,
    'a sleep is rounded up to whole seconds; one of nothing is none',
    async (t) => {
      const times: number[] = [];
      const mark = step('mark', { run: () => void times.push(room.now?.() ?? Number.NaN) });
      const lengths = [0, 1, 1.01, 0.2, 3];
      const whole = workflow('law', {
        run: (input) => {
          mark(0);
          return map(
            input as never as number[],
            (seconds) => {
              sleep(seconds);
              mark(0);
            },
            { concurrency: 1 },
          );
        },
      });
      const room: Room = await t.open(whole);
      await room.start('law', lengths, { id: 'r' });
      expect(await room.result('r')).toStrictEqual({ output: lengths.map(() => null) });
      expect(times.slice(1).map((time, index) => time - (times[index] as number))).toStrictEqual([0, 1, 2, 1, 3]);
    },
    'clock',
  ),
  ...[-1, '1', null, true, [1]].map((seconds) =>
    clause(34, `a sleep of ${JSON.stringify(seconds)} ends the run with InvalidInput, uncatchable`, async (t) => {
      const body = { nodes: [{ kind: 'sleep', id: 's', seconds: ref('in') }], out: lit(0) };
      const caught = { kind: 'attempt', id: 'a', body, rescue: only(lit('caught')) };
      expect(await t.error(law([caught], ref('a')), seconds as Json)).toMatchObject({ name: 'InvalidInput' });
    }),
  ),
  clause(35, 'an attempt that takes longer than its timeout fails with Timeout, and is told so', async (t) => {
    const aborted: unknown[] = [];
    const stuck = step('stuck', {
      timeout: 5,
      retry: { attempts: 2, on: ['Timeout'] },
      run: (_, { signal, attempt: nth }) =>
        new Promise<string>((resolve) =>
          signal.addEventListener('abort', () => {
            aborted.push(nth);
            resolve('too late');
          }),
        ),
    });
    const whole = workflow('law', {
      run: () =>
        attempt(
          () => stuck(null),
          (error) => error.name,
        ),
    });
    const { calls, outcome } = await t.run(whole);
    expect(outcome).toStrictEqual({ output: 'Timeout' });
    expect(calls).toHaveLength(2);
    expect(aborted).toStrictEqual([1, 2]);
  }),
  clause(35, 'a step that ends in time, or has no timeout, is left alone', async (t) => {
    const quick = step('quick', { timeout: 1, run: () => 'in time' });
    const whole = workflow('law', {
      run: () => {
        const done = quick(null);
        sleep(100);
        return done;
      },
    });
    expect(await t.output(whole)).toBe('in time');
  }),
  clause(37, 'a step refuses an input that its schema refuses, once, naming the field', async (t) => {
    const picky = step('picky', {
      input: numbered,
      retry: { attempts: 5 },
      run: ({ n, by }) => [n, by],
    });
    const whole = workflow('law', {
      run: (input) =>
        attempt(
          () => picky(input as never),
          (error) => error,
        ),
    });
    expect(await t.output(whole, { n: 0 })).toStrictEqual([0, 'default']);
    const { calls, outcome } = await t.run(whole, { n: 'x' });
    expect(calls).toHaveLength(1);
    expect(outcome).toMatchObject({ output: { name: 'InvalidInput', data: { field: 'n' } } });
  }),
  clause(38, 'no error of a step is uncatchable, however it is thrown', async (t) => {
    const final = (): never => {
      throw new Failure({ name: 'Mine', message: 'm' }, true);
    };
    const caught = { kind: 'attempt', id: 'a', body: block(task('t', 'final')), rescue: only(ref('a.error', 'name')) };
    expect(await t.output(law([caught], ref('a'), { final }))).toBe('Mine');
  }),
];
