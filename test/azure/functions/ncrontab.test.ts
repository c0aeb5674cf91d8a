import fc from 'fast-check';
import { expect, test } from 'vitest';
import { next, parseCron } from '../../../core/triggers/cron.ts';
import { ncrontabs } from '../../../handlers/azure/functions/ncrontab.ts';
import { parseSchedule } from '../../../handlers/azure/host/ncrontab.ts';

test.each([
  ['* * * * *', ['0 * * * * *']],
  ['*/15 6-8 * * *', ['0 0,15,30,45 6,7,8 * * *']],
  ['30 9 * * mon-fri', ['0 30 9 * * 1,2,3,4,5']],
  ['0 0 * jan 7', ['0 0 0 * 1 0']],
  ['0 0 13 * fri', ['0 0 0 13 * *', '0 0 0 * * 5']],
  ['0 0 1 * 0-6', ['0 0 0 * * *']],
  ['0 0 */10 * 1', ['0 0 0 1,11,21,31 * 1']],
  ['0 0 30 2 fri', ['0 0 0 * 2 5']],
])('%s', (text, expected) => {
  expect(ncrontabs(parseCron(text))).toEqual(expected);
});

test('any schedule is due when it is elsewhere', () => {
  const field = (min: number, max: number) => {
    const value = fc.integer({ min, max });
    const range = fc.tuple(value, value).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
    return fc.oneof(
      fc.constant('*'),
      value.map(String),
      range,
      range.map((text) => `${text}/3`),
      fc.constant('*/4'),
    );
  };
  const cron = fc
    .tuple(field(0, 59), field(0, 23), field(1, 28), field(1, 12), field(0, 7))
    .map((all) => all.join(' '));
  const minute = fc.integer({ min: 0, max: 4 * 366 * 1440 });
  fc.assert(
    fc.property(cron, minute, (text, some) => {
      let times: ReturnType<typeof parseCron>;
      try {
        times = parseCron(text);
      } catch {
        return;
      }
      const after = Date.UTC(2027, 0, 1) + some * 60_000;
      const there = ncrontabs(times).map((one) => parseSchedule(one, 'test').next(after));
      expect([text, Math.min(...there)]).toEqual([text, next(times, new Date(after))?.getTime()]);
    }),
    { numRuns: 300 },
  );
});
