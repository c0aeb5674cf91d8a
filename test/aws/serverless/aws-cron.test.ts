import fc from 'fast-check';
import { expect, test } from 'vitest';
import { next, parseCron } from '../../../core/triggers/cron.ts';
import { awsCrons } from '../../../deploy/aws/aws-cron.ts';

const crons = (text: string): readonly string[] => awsCrons('s', parseCron(text));

test.each([
  ['* * * * *', ['cron(* * * * ? *)']],
  ['*/15 6-18 * * *', ['cron(0,15,30,45 6-18 * * ? *)']],
  ['0 0 1,15 * *', ['cron(0 0 1,15 * ? *)']],
  ['30 9 * * mon-fri', ['cron(30 9 ? * MON,TUE,WED,THU,FRI *)']],
  ['0 0 * jan 7', ['cron(0 0 ? 1 SUN *)']],
  ['0 0 13 * fri', ['cron(0 0 13 * ? *)', 'cron(0 0 ? * FRI *)']],
  ['0 0 1 * 0-6', ['cron(0 0 * * ? *)']],
  ['0 0 */2 * *', ['cron(0 0 1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31 * ? *)']],
])('%s', (text, expected) => {
  expect(crons(text)).toEqual(expected);
});

test('days that are certain weekdays too have no words', () => {
  expect(() => crons('0 0 */2 * 1')).toThrow(/schedule 's': days of the month that are certain weekdays too cannot be/);
});

const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** Whether an expression is due, as EventBridge Scheduler's documentation has it. */
function isDue(expression: string, time: Date): boolean {
  const [minute = '', hour = '', day = '', month = '', weekday = '', year] = expression.slice(5, -1).split(' ');
  expect([year, [day, weekday].filter((field) => field === '?')]).toEqual(['*', ['?']]);
  expect(expression.length).toBeLessThanOrEqual(256);
  const has = (field: string, value: number): boolean =>
    field === '*' ||
    field === '?' ||
    field.split(',').some((part) => {
      const [low = '', high = low] = part.split('-');
      const numberOf = (text: string): number => (WEEKDAYS.includes(text) ? WEEKDAYS.indexOf(text) : Number(text));
      return numberOf(low) <= value && value <= numberOf(high);
    });
  return (
    has(minute, time.getUTCMinutes()) &&
    has(hour, time.getUTCHours()) &&
    has(day, time.getUTCDate()) &&
    has(month, time.getUTCMonth() + 1) &&
    has(weekday, time.getUTCDay())
  );
}

test('any schedule is due when it is elsewhere', () => {
  const field = (min: number, max: number) => {
    const value = fc.integer({ min, max });
    const range = fc.tuple(value, value).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
    const plain = fc.oneof(fc.constant('*'), value.map(String), range);
    const stepped = fc
      .tuple(fc.oneof(fc.constant('*'), range), fc.integer({ min: 1, max: 20 }))
      .map(([a, b]) => `${a}/${b}`);
    return fc.oneof(plain, fc.array(range, { minLength: 1, maxLength: 3 }).map(String), stepped);
  };
  const cron = fc
    .tuple(field(0, 59), field(0, 23), field(1, 28), field(1, 12), field(0, 7))
    .map((fields) => fields.join(' '));
  const minutes = fc.array(fc.integer({ min: 0, max: 4 * 366 * 1440 }), { minLength: 50, maxLength: 50 });
  fc.assert(
    fc.property(cron, minutes, (text, some) => {
      const times = parseCron(text);
      let expressions: readonly string[];
      try {
        expressions = awsCrons('s', times);
      } catch {
        return;
      }
      const start = Date.UTC(2027, 0, 1);
      for (const minute of some) {
        // The next time that is due, and one that most often is not.
        const due = next(times, new Date(start + minute * 60_000));
        for (const time of [due, new Date(start + minute * 60_000)])
          if (time !== undefined)
            expect([text, time, expressions.some((one) => isDue(one, time))]).toEqual([
              text,
              time,
              next(times, new Date(time.getTime() - 60_000))?.getTime() === time.getTime(),
            ]);
      }
    }),
    { numRuns: 200 },
  );
});
