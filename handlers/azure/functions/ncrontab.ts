import { type Cron, next } from '../../../core/triggers/cron.ts';

const DAYS = Array.from({ length: 31 }, (_, index) => index + 1);
const WEEKDAYS = [0, 1, 2, 3, 4, 5, 6];

/**
 * The expressions of Functions' timers that are together due when `times` are, with seconds in front. There both day fields must
 * agree, so a schedule for certain days or certain weekdays becomes two, which come both on a day that is either.
 *
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions
 */
export function ncrontabs(times: Cron): readonly string[] {
  const { days, weekdays, restricted } = times;
  const both = { ...times, restricted: { days: false, weekdays: false } };
  if (!restricted.days || !restricted.weekdays) return [spelled(both)];
  // Either is enough: where one of them is every day, so is the schedule.
  if (days.length === DAYS.length || weekdays.length === WEEKDAYS.length)
    return [spelled({ ...both, days: DAYS, weekdays: WEEKDAYS })];
  const either = [
    { ...both, weekdays: WEEKDAYS },
    { ...both, days: DAYS },
  ];
  // 30 February is never due, and the host refuses what never is.
  return either.filter((cron) => next(cron, new Date(0)) !== undefined).map(spelled);
}

function spelled({ minutes, hours, days, months, weekdays }: Cron): string {
  const field = (values: readonly number[], count: number): string =>
    values.length === count ? '*' : values.join(',');
  return `0 ${field(minutes, 60)} ${field(hours, 24)} ${field(days, 31)} ${field(months, 12)} ${field(weekdays, 7)}`;
}
