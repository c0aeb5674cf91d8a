/** The times of a schedule, each the allowed values in ascending order; `restricted` says which of the two day fields count. */
export interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: readonly number[];
  readonly months: readonly number[];
  /** 0 is Sunday. */
  readonly weekdays: readonly number[];
  /** Where both are restricted, either is enough, as in crontab(5). */
  readonly restricted: { readonly days: boolean; readonly weekdays: boolean };
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/**
 * Reads five fields: minute, hour, day of the month, month, day of the week, in UTC. Each is `*`, a value, a range, a list, or
 * one of these with a step; months and days have English names too, and 7 is Sunday.
 *
 * @throws TypeError naming the field.
 */
export function parseCron(text: string): Cron {
  const fields = typeof text === 'string' ? text.trim().split(/\s+/) : [];
  if (fields.length !== 5)
    throw new TypeError(`schedule: ${JSON.stringify(text)} must have five fields: minute hour day month weekday`);
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = fields;
  const weekdays = values('weekday', weekday, 0, 7, WEEKDAYS, 0).map((value) => value % 7);
  const cron: Cron = {
    minutes: values('minute', minute, 0, 59),
    hours: values('hour', hour, 0, 23),
    days: values('day', day, 1, 31),
    months: values('month', month, 1, 12, MONTHS, 1),
    weekdays: [...new Set(weekdays)].sort((a, b) => a - b),
    restricted: { days: !day.startsWith('*'), weekdays: !weekday.startsWith('*') },
  };
  if (next(cron, new Date(0)) === undefined) throw new TypeError(`schedule: ${JSON.stringify(text)} is never due`);
  return cron;
}

function values(field: string, text: string, min: number, max: number, names: string[] = [], first = 0): number[] {
  const wrong = (part: string): TypeError =>
    new TypeError(`schedule: ${field}: ${JSON.stringify(part)} is not within ${min} to ${max}`);
  const numberOf = (word: string, part: string): number => {
    const named = names.indexOf(word.toLowerCase());
    const value = named >= 0 ? named + first : /^\d{1,2}$/.test(word) ? Number(word) : Number.NaN;
    if (!(value >= min && value <= max)) throw wrong(part);
    return value;
  };
  const found = new Set<number>();
  for (const part of text.split(',')) {
    const [, range = '', stepText] = /^([^/]+)(?:\/(\d{1,2}))?$/.exec(part) ?? [];
    const step = stepText === undefined ? 1 : Number(stepText);
    const [low = '', high, ...more] = range.split('-');
    if (range === '' || step < 1 || more.length > 0) throw wrong(part);
    const from = range === '*' ? min : numberOf(low, part);
    // A step without a range means to the end, as every cron has it.
    const open = range === '*' || (high === undefined && stepText !== undefined);
    const to = open ? (names === WEEKDAYS ? 6 : max) : high === undefined ? from : numberOf(high, part);
    if (to < from) throw wrong(part);
    for (let value = from; value <= to; value += step) found.add(value);
  }
  return [...found].sort((a, b) => a - b);
}

/** Whole days that a search looks ahead: 29 February on a certain weekday is at most 40 years off, around 2100. */
const HORIZON = 41 * 366;
const DAY = 86_400_000;

/** The first time after `after` that the schedule is due; `undefined` where it never is. */
export function next(cron: Cron, after: Date): Date | undefined {
  const start = Math.floor(after.getTime() / 60_000) * 60_000 + 60_000;
  const midnight = Math.floor(start / DAY) * DAY;
  for (let ahead = 0; ahead < HORIZON; ahead++) {
    const day = midnight + ahead * DAY;
    if (!dueOn(cron, new Date(day))) continue;
    for (const hour of cron.hours)
      for (const minute of cron.minutes) {
        const time = day + hour * 3_600_000 + minute * 60_000;
        if (time >= start) return new Date(time);
      }
  }
  return undefined;
}

function dueOn({ days, months, weekdays, restricted }: Cron, day: Date): boolean {
  if (!months.includes(day.getUTCMonth() + 1)) return false;
  const byDay = days.includes(day.getUTCDate());
  const byWeekday = weekdays.includes(day.getUTCDay());
  return restricted.days && restricted.weekdays ? byDay || byWeekday : byDay && byWeekday;
}
