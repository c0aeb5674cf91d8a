import { SetupError } from '../../core/setup-error.ts';
import type { Cron } from '../../core/triggers/cron.ts';

const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/**
 * The expressions of EventBridge Scheduler that are together due when `times` are. One of its two day fields is always `?`, so a
 * schedule for certain days or certain weekdays becomes two, which come both on a day that is either: deliveries may come twice.
 *
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
 *
 * @throws SetupError where only days that are both are meant, which it has no words for.
 */
export function awsCrons(name: string, times: Cron): readonly string[] {
  const { minutes, hours, days, months, weekdays, restricted } = times;
  const field = (values: readonly number[], count: number): string =>
    values.length === count ? '*' : ranges(values).join(',');
  const expression = (day: string, weekday: string): string =>
    `cron(${field(minutes, 60)} ${field(hours, 24)} ${day} ${field(months, 12)} ${weekday} *)`;
  const byDay = expression(field(days, 31), '?');
  const byWeekday = expression('?', weekdays.map((day) => WEEKDAYS[day]).join(','));
  const everyDay = days.length === 31;
  const everyWeekday = weekdays.length === 7;
  if (restricted.days && restricted.weekdays)
    return everyDay || everyWeekday ? [expression('*', '?')] : [byDay, byWeekday];
  if (everyWeekday) return [byDay];
  if (everyDay) return [byWeekday];
  throw new SetupError(
    `schedule '${name}': days of the month that are certain weekdays too cannot be said on AWS; take one of them and look at the date in run`,
  );
}

/** `[1, 2, 3, 7]` as `['1-3', '7']`. */
function ranges(values: readonly number[]): string[] {
  const found: string[] = [];
  for (let index = 0; index < values.length; index++) {
    const first = values[index] ?? 0;
    let last = first;
    while (values[index + 1] === last + 1) {
      last++;
      index++;
    }
    found.push(last === first ? `${first}` : `${first}-${last}`);
  }
  return found;
}
