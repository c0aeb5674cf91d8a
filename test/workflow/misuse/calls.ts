import { z } from 'zod';
import {
  and,
  attempt,
  choose,
  compensate,
  eq,
  fail,
  map,
  not,
  or,
  parallel,
  repeat,
  run,
  sleep,
  waitFor,
  when,
  workflow,
} from '../../../core/index.ts';
import { type Anything, big, child, type Misuse, num, numToo } from './misuse.ts';

export const CALLS: readonly Misuse[] = [
  ['not a condition', 'SK117', () => when(true as Anything, () => 1)],
  ['a function for a condition', 'SK117', () => and((() => true) as Anything)],
  ['null for a condition', 'SK117', () => or(null as Anything)],
  ['a string for a condition', 'SK117', () => not('yes' as Anything)],
  ['until calls a step', 'SK118', () => repeat(0, (n) => num(n), { max: 3, until: (n) => eq(num(n), 1) })],
  ['nested workflow()', 'SK119', () => workflow('inner', { run: () => 1 })],
  ['unknown option of map', 'SK119', (i) => map(i.list, (one) => num(one), { parallelism: 3 } as Anything)],
  ['map concurrency 0', 'SK119', (i) => map(i.list, (one) => num(one), { concurrency: 0 })],
  [
    'map concurrency Infinity',
    'SK119',
    (i) => map(i.list, (one) => num(one), { concurrency: Number.POSITIVE_INFINITY }),
  ],
  ['map without a function', 'SK119', (i) => map(i.list, 3 as Anything)],
  [
    'unknown option of attempt',
    'SK119',
    () =>
      attempt(
        () => 1,
        () => 2,
        { catch: ['A'] } as Anything,
      ),
  ],
  [
    'attempt on a string',
    'SK119',
    () =>
      attempt(
        () => 1,
        () => 2,
        { on: 'A' } as Anything,
      ),
  ],
  [
    'attempt on a reserved error',
    'SK119',
    () =>
      attempt(
        () => 1,
        () => 2,
        { on: ['States.ALL'] },
      ),
  ],
  ['attempt without a rescue', 'SK119', () => attempt(() => 1, undefined as Anything)],
  ['unknown option of repeat', 'SK119', () => repeat(0, (n) => num(n), { times: 3 } as Anything)],
  ['repeat without until', 'SK119', () => repeat(0, (n) => num(n), { max: 3 } as Anything)],
  [
    'repeat without an end',
    'SK119',
    () => repeat(0, (n) => num(n), { until: (n) => eq(n, 1), max: Number.POSITIVE_INFINITY }),
  ],
  ['repeat without options', 'SK119', () => repeat(0, (n) => num(n), undefined as Anything)],
  ['unknown option of waitFor', 'SK119', () => waitFor('go', { seconds: 3 } as Anything)],
  ['waitFor timeout 0.5', 'SK119', () => waitFor('go', { timeout: 0.5 })],
  ['waitFor with a bad name', 'SK119', () => waitFor('a/b')],
  ['waitFor with no schema', 'SK119', () => waitFor('go', { schema: {} as Anything })],
  [
    'two schemas for one event',
    'SK121',
    () => [waitFor('go', { schema: z.number() }), waitFor('go', { schema: z.string() })],
  ],
  ['choose with no cases', 'SK119', () => choose([])],
  ['choose with bare conditions', 'SK119', (i) => choose([eq(i.n, 1)] as Anything)],
  [
    'compensate without rest',
    'SK119',
    () =>
      compensate(
        () => num(1),
        () => num(2),
        undefined as Anything,
      ),
  ],
  ['sleep for -1', 'SK119', () => sleep(-1)],
  ['sleep for NaN', 'SK119', () => sleep(Number.NaN)],
  ['run of no workflow', 'SK119', () => run(num, 1)],
  ['fail with a reserved name', 'SK119', () => fail('States.Timeout')],
  ['fail without a name', 'SK119', () => fail('')],
  ...[undefined, null, 7, 'text', Symbol('sign'), { code: 5 }, Object.create(null)].map(
    (thrown): Misuse => [
      `throwing ${thrown === null ? 'null' : typeof thrown}`,
      'SK122',
      () => {
        throw thrown;
      },
    ],
  ),
  [
    'throwing a Ref in a map',
    'SK122',
    (i) =>
      map(i.list, (one) => {
        throw one;
      }),
  ],
  ['two steps of one name', 'SK121', () => num(numToo(1))],
  [
    'two steps of one name through a child',
    'SK121',
    () => {
      numToo(1);
      return run(child, { n: 1 } as Anything);
    },
  ],
];

export const PORTABILITY: readonly Misuse[] = [
  ['waitFor in map', 'SK301', (i) => map(i.list, () => waitFor('go'))],
  [
    'waitFor in parallel',
    'SK301',
    () =>
      parallel(
        () => waitFor('go'),
        () => 1,
      ),
  ],
  [
    'waitFor deep in map',
    'SK301',
    (i) =>
      map(i.list, () =>
        when(i.b, () =>
          attempt(
            () => waitFor('go'),
            () => 1,
          ),
        ),
      ),
  ],
  ['a property of a large value', 'SK302', () => big(1).key],
  ['an item of a large value', 'SK302', () => big(1).at(0)],
  ['the length of a large value', 'SK302', () => big(1).length],
  ['map over a large value', 'SK302', () => map(big(1), (one: Anything) => num(one))],
  ['comparing a large value', 'SK302', () => when(eq(big(1), 'x'), () => 1)],
  ['testing a large value', 'SK302', () => when(big(1), () => 1)],
  ['sleeping for a large value', 'SK302', () => sleep(big(1))],
  ['raising a large value in a message', 'SK302', () => fail('Oops', [big(1)] as never)],
  ['raising a large value in data', 'SK302', () => fail('Oops', '', { inner: map([1], () => big(1)) })],
  [
    'a property through when',
    'SK302',
    (i) =>
      (
        when(
          i.b,
          () => big(1),
          () => null,
        ) as Anything
      ).key,
  ],
  [
    'a property through attempt',
    'SK302',
    () =>
      (
        attempt(
          () => big(1),
          () => null,
        ) as Anything
      ).at(0),
  ],
  [
    'a property through repeat',
    'SK302',
    () => repeat(null as Anything, () => big(1), { max: 2, until: (s: Anything) => eq(s.done, true) }),
  ],
  ['a property through run', 'SK302', () => (run(BIG_CHILD, 1 as never) as Anything).key],
  [
    'map over a large value through parallel',
    'SK302',
    () => map(parallel(() => big(1))[0], (one: Anything) => num(one)),
  ],
  [
    'too many nodes',
    'SK303',
    () => {
      for (let i = 0; i < 2_001; i++) num(i);
    },
  ],
  ['too deep blocks', 'SK303', () => nest(30)],
];

const BIG_CHILD = workflow('big-child', { run: () => big(1) });

function nest(levels: number): unknown {
  return levels === 0
    ? num(1)
    : attempt(
        () => nest(levels - 1),
        () => null,
      );
}
