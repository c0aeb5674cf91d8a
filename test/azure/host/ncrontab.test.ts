import { describe, expect, it } from 'vitest';
import { parseSchedule } from '../../../handlers/azure/host/ncrontab.ts';

const times = (text: string, from: string, count = 3): string[] => {
  const schedule = parseSchedule(text, 'function f');
  const found: string[] = [];
  for (let at = Date.parse(from); found.length < count; found.push(new Date(at).toISOString())) at = schedule.next(at);
  return found.map((time) => time.replace(':00.000Z', '').replace('.000Z', ''));
};

describe('NCRONTAB', () => {
  it.each([
    ['0 */5 * * * *', '2026-01-01T00:00:00Z', ['2026-01-01T00:05', '2026-01-01T00:10', '2026-01-01T00:15']],
    ['*/20 * * * * *', '2026-01-01T00:00:30Z', ['2026-01-01T00:00:40', '2026-01-01T00:01', '2026-01-01T00:01:20']],
    ['30 0 9 * * 1-5', '2026-01-02T09:00:30Z', ['2026-01-05T09:00:30', '2026-01-06T09:00:30', '2026-01-07T09:00:30']],
    ['0 0 0 29 2 *', '2026-01-01T00:00:00Z', ['2028-02-29T00:00', '2032-02-29T00:00', '2036-02-29T00:00']],
    ['*/5 * * * *', '2026-01-01T00:00:00Z', ['2026-01-01T00:05', '2026-01-01T00:10', '2026-01-01T00:15']],
    ['00:00:30', '2026-01-01T00:00:10Z', ['2026-01-01T00:00:40', '2026-01-01T00:01:10', '2026-01-01T00:01:40']],
  ])('%s after %s', (text, from, expected) => {
    expect(times(text, from)).toEqual(expected);
  });

  it('wants both day fields to hold, unlike crontab', () => {
    // The thirteenths that are Fridays.
    expect(times('0 0 0 13 * Fri', '2026-01-01T00:00:00Z')).toEqual([
      '2026-02-13T00:00',
      '2026-03-13T00:00',
      '2026-11-13T00:00',
    ]);
  });

  it.each([
    ['* * *', 'must have six fields: second minute hour day month weekday'],
    ['61 * * * * *', 'is not within 0 to 59'],
    ['0 0 0 31 2 *', 'is never due'],
    ['00:00:00', 'must be longer than nothing'],
  ])('refuses %s', (text, message) => {
    expect(() => parseSchedule(text, 'function f')).toThrow(message);
  });
});
