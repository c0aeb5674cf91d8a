import { expect, test } from 'vitest';
import { openSlots, type SlotRules } from '../../loadtests/lab/instance/slots.ts';
import { exponential } from '../../loadtests/scenarios/users/random.ts';
import { batchMean, waitMD1, waitMMc } from './queueing.ts';

const random = seeded(20_261_121);
const CUSTOMERS = 400_000;

test.each([
  ['M/D/1 at 50 %', { slotMs: 10 }, 0.05, waitMD1(0.05, 10)],
  ['M/D/1 at 80 %', { slotMs: 10 }, 0.08, waitMD1(0.08, 10)],
  ['M/M/1 at 70 %', { slotMs: 10, law: 'exponential' }, 0.07, waitMMc(0.07, 10, 1)],
  ['M/M/2 at 80 %', { slotMs: 10, slots: 2, law: 'exponential' }, 0.16, waitMMc(0.16, 10, 2)],
  ['M/M/5 at 80 %', { slotMs: 10, slots: 5, law: 'exponential' }, 0.4, waitMMc(0.4, 10, 5)],
] as const satisfies readonly (readonly [
  string,
  SlotRules,
  number,
  number,
])[])('%s waits as long as theory says', (_name, rules, rate, theory) => {
  const slots = openSlots(rules, random);
  let now = 0;
  const waits = Array.from({ length: CUSTOMERS }, () => {
    now += exponential(1 / rate, random);
    return slots.reserve(now)!.start - now;
  });
  const { mean, half } = batchMean(waits);
  expect(half).toBeLessThan(theory * 0.2);
  expect(Math.abs(mean - theory)).toBeLessThan(half);
});

test('a slot of 100 ms serves ten a second, however many come', () => {
  const slots = openSlots({ slotMs: 100, backlog: 5 });
  let served = 0;
  let refused = 0;
  for (let now = 0; now < 10_000; now += 7) slots.reserve(now) === undefined ? refused++ : served++;
  expect(served).toBeGreaterThanOrEqual(100);
  expect(served).toBeLessThanOrEqual(106);
  expect(served + refused).toBe(1429);
});

test('no more than the backlog wait, and those in a slot do not count', () => {
  const slots = openSlots({ slotMs: 10, slots: 2, backlog: 1 });
  expect([slots.reserve(0), slots.reserve(0), slots.reserve(0), slots.reserve(0)]).toEqual([
    { start: 0, end: 10 },
    { start: 0, end: 10 },
    { start: 10, end: 20 },
    undefined,
  ]);
  expect(slots.present(5)).toBe(3);
  expect(slots.reserve(10)).toEqual({ start: 10, end: 20 });
});

test('busy time is that of slots that have begun', () => {
  const slots = openSlots({ slotMs: 10 });
  slots.reserve(0);
  slots.reserve(0);
  expect([5, 10, 15, 20, 100].map((now) => slots.busy(now))).toEqual([5, 10, 15, 20, 20]);
});

/** @see https://prng.di.unimi.it/splitmix64.c, with the upper half of a product of 32 bits. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
  };
}
