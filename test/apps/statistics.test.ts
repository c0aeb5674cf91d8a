import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactQuotient } from '../../apps/statistics/exact-quotient.ts';
import { asked, canonical, itemsOf, MOST_DIGITS, MOST_NUMBERS } from '../../apps/statistics/integers.ts';
import { script } from '../../apps/statistics/script.ts';
import { MEAN_DECIMALS, statistics } from '../../apps/statistics/statistics.ts';

/** A decimal text as a fraction. */
function fraction(text: string): { readonly top: bigint; readonly bottom: bigint } {
  expect(text).toMatch(/^(?!-0$)-?(0|[1-9]\d*)(\.\d*[1-9])?$/);
  const [whole = '', decimals = ''] = text.split('.');
  return { top: BigInt(whole + decimals), bottom: 10n ** BigInt(decimals.length) };
}

const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);
const integers = fc.array(
  fc.oneof(
    fc.bigInt(),
    fc.bigInt({ min: -(10n ** 100n) + 1n, max: 10n ** 100n - 1n }),
    fc.bigInt({ min: -9n, max: 9n }),
  ),
  { minLength: 1, maxLength: 40 },
);

describe('statistics', () => {
  it('are those of the example', () => {
    expect(statistics([4n, 5n, 2n, 35n, 2452n])).toEqual({
      count: 5,
      min: '2',
      max: '2452',
      median: '5',
      mean: '499.6',
      rounded: false,
    });
  });

  it('of random lists are what the definitions say', () => {
    const check = (list: bigint[]): void => {
      const { count, min, max, median, mean, rounded } = statistics(list);
      expect(count).toBe(list.length);
      expect(list.map(String)).toEqual(expect.arrayContaining([min, max]));
      expect(list.every((one) => BigInt(min) <= one && one <= BigInt(max))).toBe(true);

      // By counting, not by sorting: the two in the middle are those that have few enough below and above them.
      const least = (rank: number): bigint =>
        list.find((one) => {
          const below = list.filter((other) => other < one).length;
          return below <= rank && rank < below + list.filter((other) => other === one).length;
        })!;
      const middle = fraction(median);
      const wanted = least(Math.floor((count - 1) / 2)) + least(Math.floor(count / 2));
      expect(middle.top * 2n).toBe(wanted * middle.bottom);

      const { top, bottom } = fraction(mean);
      const off = top * BigInt(count) - list.reduce((sum, one) => sum + one) * bottom;
      const scale = 10n ** BigInt(MEAN_DECIMALS);
      expect(bottom <= scale).toBe(true);
      expect(rounded).toBe(off !== 0n);
      const distance = magnitude(off) * 2n * scale;
      const half = BigInt(count) * bottom;
      expect(distance <= half).toBe(true);
      if (distance === half) expect((magnitude(top) * (scale / bottom)) % 2n).toBe(0n);
    };
    fc.assert(fc.property(integers, check));
  });

  it('do not depend on the order', () => {
    const shuffled = integers.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    fc.assert(
      fc.property(shuffled, ([list, other]) => {
        expect(statistics(other)).toEqual(statistics(list));
      }),
    );
  });

  it.each([
    [[1n, 2n], '1.5', '1.5', false],
    [[-1n, 0n], '-0.5', '-0.5', false],
    [[-3n, -2n, 0n, 7n], '-1', '0.5', false],
    [[1n, 1n, 2n], '1', '1.3333333333', true],
    [[-1n, -1n, 0n], '-1', '-0.6666666667', true],
    [[10n ** 99n, 1n], `5${'0'.repeat(98)}.5`, `5${'0'.repeat(98)}.5`, false],
    [[9_007_199_254_740_993n], '9007199254740993', '9007199254740993', false],
  ])('of %s: median %s, mean %s', (list, median, mean, rounded) => {
    expect(statistics(list)).toMatchObject({ median, mean, rounded });
  });

  it('of nothing are refused', () => expect(() => statistics([])).toThrow(RangeError));
});

it.each([
  [1n, 8n, 2, '0.12'],
  [3n, 8n, 2, '0.38'],
  [-1n, 8n, 2, '-0.12'],
  [-3n, 8n, 2, '-0.38'],
  [-1n, 1_000n, 2, '0'],
  [5n, 10n, 0, '0'],
  [15n, 10n, 0, '2'],
])('%s / %s to %s decimals is %s: half way to the even digit', (top, bottom, decimals, text) => {
  expect(exactQuotient(top, bottom, decimals)).toEqual({ text, rounded: true });
});

describe('lists', () => {
  it('are taken with integers as numbers or texts of any size', () => {
    const numbers = [7, '+7', '-007', '0', -0, '9'.repeat(MOST_DIGITS), Number.MAX_SAFE_INTEGER];
    const { data } = asked.safeParse({ numbers });
    expect(canonical(data?.numbers ?? [])).toEqual([
      '7',
      '7',
      '-7',
      '0',
      '0',
      '9'.repeat(MOST_DIGITS),
      '9007199254740991',
    ]);
    expect(asked.safeParse({ numbers: Array(MOST_NUMBERS).fill(1) }).success).toBe(true);
  });

  it.each([
    [['4', 'x'], 'numbers.1', /"x" must be a whole number/],
    [[2 ** 53], 'numbers.0', /9007199254740992 must be/],
    [[1.5], 'numbers.0', /1\.5 must be/],
    [['1e3'], 'numbers.0', /"1e3"/],
    [['0x10'], 'numbers.0', /"0x10"/],
    [[' 1'], 'numbers.0', /" 1"/],
    [['٣'], 'numbers.0', /must be/],
    [[''], 'numbers.0', /""/],
    [[null], 'numbers.0', /null/],
    [[[1]], 'numbers.0', /\[1\]/],
    [['9'.repeat(MOST_DIGITS + 1)], 'numbers.0', /at most 100 digits/],
    [[], 'numbers', /at least one/],
    [Array(MOST_NUMBERS + 1).fill(1), 'numbers', /at most 1000/],
    ['4, 5', 'numbers', /a list/],
    [undefined, 'numbers', /a list/],
  ])('of %j are refused, naming %s', (numbers, field, message) => {
    const { error } = asked.safeParse({ numbers });
    expect(error?.issues[0]?.path.join('.')).toBe(field);
    expect(error?.issues[0]?.message).toMatch(message);
  });

  it('are read as people write them, and the page reads them alike', () => {
    for (const text of ['4, 5, 2, 35, 2452', '[4 5 2 35 2452]', ' 4;5\n2\t35,,2452,'])
      expect(itemsOf(text)).toEqual(['4', '5', '2', '35', '2452']);
    expect(itemsOf(' , ')).toEqual([]);
    expect(script).toContain('/[^\\s,;[\\]]+/g');
    expect(() => new Function(script)).not.toThrow();
  });
});
