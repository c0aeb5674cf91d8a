import { SetupError } from '../../../core/setup-error.ts';
import { type Cron, next as nextMinute, parseCron } from '../../../core/triggers/cron.ts';
import { timeSpan } from './time-span.ts';

const MINUTE = 60_000;

/** When a timer is due. */
export interface Schedule {
  /** The first time after `after`, in milliseconds since 1970. */
  next(after: number): number;
}

/**
 * Reads six fields, second minute hour day month weekday, in UTC, or five without the seconds, or a TimeSpan between two times.
 *
 * Where both day fields say something a day has to satisfy both, which is NCrontab's rule and not that of crontab(5):
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions
 *
 * @throws SetupError naming the function.
 */
export function parseSchedule(text: string, where: string): Schedule {
  const every = timeSpan(text);
  if (every !== undefined) {
    if (every > 0) return { next: (after) => after + every };
    throw new SetupError(`${where}: schedule ${JSON.stringify(text)} must be longer than nothing`);
  }
  const fields = text.trim().split(/\s+/);
  if (fields.length !== 5 && fields.length !== 6)
    throw new SetupError(
      `${where}: schedule ${JSON.stringify(text)} must have six fields: second minute hour day month weekday`,
    );
  const [seconds = '0', ...rest] = fields.length === 6 ? fields : ['0', ...fields];
  try {
    // Seconds are written as minutes are.
    const { minutes: at } = parseCron(`${seconds} * * * *`);
    const cron = { ...parseCron(rest.join(' ')), restricted: { days: false, weekdays: false } };
    const schedule = { next: (after: number) => nextSecond(cron, at, after) };
    schedule.next(0);
    return schedule;
  } catch (error) {
    throw new SetupError(`${where}: ${JSON.stringify(text)}: ${(error as Error).message}`);
  }
}

function nextSecond(cron: Cron, seconds: readonly number[], after: number): number {
  // From a minute before, so that the minute that `after` is in is looked at too.
  let from = Math.floor(after / MINUTE) * MINUTE - MINUTE;
  for (;;) {
    const minute = nextMinute(cron, new Date(from));
    if (minute === undefined) throw new TypeError('is never due');
    for (const second of seconds) {
      const time = minute.getTime() + second * 1000;
      if (time > after) return time;
    }
    from = minute.getTime();
  }
}
