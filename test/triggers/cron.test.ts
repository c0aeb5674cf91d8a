import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { next, parseCron } from '../../core/triggers/cron.ts';

const at = (text: string): Date => new Date(`${text}Z`);
const following = (cron: string, after: string): string | undefined =>
  next(parseCron(cron), at(after))?.toISOString().slice(0, 16);

describe('next', () => {
  const cases: readonly [cron: string, after: string, due: string][] = [
    ['* * * * *', '2026-01-01T00:00:00', '2026-01-01T00:01'],
    ['* * * * *', '2026-01-01T00:00:59.999', '2026-01-01T00:01'],
    ['*/15 * * * *', '2026-01-01T00:46', '2026-01-01T01:00'],
    ['5/20 * * * *', '2026-01-01T00:06', '2026-01-01T00:25'],
    ['0 7 * * mon-fri', '2026-11-20T07:00', '2026-11-23T07:00'],
    ['0 0 1 * *', '2026-01-31T12:00', '2026-02-01T00:00'],
    ['0 0 31 * *', '2026-01-31T12:00', '2026-03-31T00:00'],
    ['0 0 29 2 *', '2026-01-01T00:00', '2028-02-29T00:00'],
    ['0 0 29 feb *', '2097-01-01T00:00', '2104-02-29T00:00'],
    ['0 0 8 */12 */7', '1970-01-01T00:00', '1978-01-08T00:00'],
    ['0 0 29 2 */7', '2088-03-01T00:00', '2128-02-29T00:00'],
    ['0 0 13 * 5', '2026-11-01T00:00', '2026-11-06T00:00'],
    ['0 0 * * 7', '2026-11-21T00:00', '2026-11-22T00:00'],
    ['0 0 * * 5-7', '2026-11-22T00:00', '2026-11-27T00:00'],
    ['59 23 31 12 *', '2026-12-31T23:59', '2027-12-31T23:59'],
    ['1,3-5 2 * * *', '2026-01-01T02:03', '2026-01-01T02:04'],
    ['0 0 * JAN,dec *', '2026-01-31T00:00', '2026-12-01T00:00'],
  ];
  for (const [cron, after, due] of cases)
    test(`${cron} after ${after} is ${due}`, () => expect(following(cron, after)).toBe(due));
});

describe('any schedule', () => {
  const field = (min: number, max: number) => {
    const value = fc.integer({ min, max });
    const range = fc.tuple(value, value).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
    const stepped = fc.tuple(range, fc.integer({ min: 1, max: 9 })).map(([text, step]) => `${text}/${step}`);
    const part = fc.oneof(value.map(String), range, stepped);
    return fc.oneof(
      fc.constant('*'),
      fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(',')),
    );
  };
  const crons = fc.tuple(field(0, 59), field(0, 23), field(1, 28), field(1, 12), field(0, 6));

  test('is due next at the first minute that all its fields allow', () => {
    const times = fc.date({ min: at('2024-01-01T00:00'), max: at('2030-01-01T00:00'), noInvalidDate: true });
    fc.assert(
      fc.property(crons, times, (fields, after) => {
        const due = next(parseCron(fields.join(' ')), after);
        expect(due).toBeDefined();
        expect(allows(fields, due!)).toBe(true);
        // The minutes before it, of as many as a test can look at, are not.
        let minute = due!.getTime() - 60_000;
        for (let looked = 0; looked < 500 && minute > after.getTime(); looked++, minute -= 60_000)
          expect(allows(fields, new Date(minute))).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});

/** What the fields say, read one value at a time. */
function allows(fields: readonly string[], time: Date): boolean {
  const values = [
    time.getUTCMinutes(),
    time.getUTCHours(),
    time.getUTCDate(),
    time.getUTCMonth() + 1,
    time.getUTCDay(),
  ];
  const [minute, hour, day, month, weekday] = fields.map((field, index) => matches(field, values[index]!));
  const both = fields[2] !== '*' && fields[4] !== '*';
  return Boolean(minute && hour && month && (both ? day || weekday : day && weekday));
}

function matches(field: string, value: number): boolean {
  return field.split(',').some((part) => {
    if (part === '*') return true;
    const [range = '', step = '1'] = part.split('/');
    const [low = '', high = low] = range.split('-');
    return value >= Number(low) && value <= Number(high) && (value - Number(low)) % Number(step) === 0;
  });
}

describe('refused', () => {
  const wrong: readonly [cron: string, says: string][] = [
    ['', 'five fields'],
    ['* * * *', 'five fields'],
    ['0 * * * * *', 'five fields'],
    ['60 * * * *', 'minute'],
    ['-1 * * * *', 'minute'],
    ['* 24 * * *', 'hour'],
    ['* * 0 * *', 'day'],
    ['* * * 13 *', 'month'],
    ['* * * foo *', 'month'],
    ['* * * * 8', 'weekday'],
    ['*/0 * * * *', 'minute'],
    ['5-1 * * * *', 'minute'],
    ['1,,2 * * * *', 'minute'],
    ['1-2-3 * * * *', 'minute'],
    ['? * * * *', 'minute'],
    ['1e1 * * * *', 'minute'],
    ['0 0 30 2 *', 'never due'],
  ];
  for (const [cron, says] of wrong)
    test(`${JSON.stringify(cron)}: ${says}`, () => expect(() => parseCron(cron)).toThrow(says));
  test('what is no text', () => expect(() => parseCron(undefined as never)).toThrow('five fields'));
});
