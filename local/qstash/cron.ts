/**
 * Cron expressions of five fields with an optional `CRON_TZ=Area/City` in front, UTC without it.
 * When both days are restricted, either may match; when one of them is a plain `*`, the other decides.
 */

type Cron = {
  minutes: Set<number>;
  hours: Set<number>;
  days: Set<number>;
  months: Set<number>;
  weekdays: Set<number>;
  isEitherDay: boolean;
  /** The local date and time of an instant in the expression's zone. */
  localTime(time: number): LocalTime;
};

type LocalTime = { month: number; day: number; weekday: number; hour: number; minute: number };

const MINUTE_MS = 60_000;
const HORIZON_MS = 5 * 366 * 86_400_000;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const SHORTHANDS: Record<string, string> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

/** The first time after `after` (ms) that the expression names. Throws on a broken expression or one that never comes. */
export function findNextTime(expression: string, after: number): number {
  const cron = parseCron(expression);
  let time = Math.floor(after / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
  while (time < after + HORIZON_MS) {
    const local = cron.localTime(time);
    if (!isDay(cron, local)) time = startOfNextDay(cron, time, local);
    else if (!cron.hours.has(local.hour)) time += (60 - local.minute) * MINUTE_MS;
    else if (!cron.minutes.has(local.minute)) time += MINUTE_MS;
    else return time;
  }
  throw new Error('the expression names no time');
}

function parseCron(expression: string): Cron {
  const [, zone = 'UTC', rest = ''] = /^\s*(?:(?:CRON_TZ|TZ)=(\S+)\s+)?(.*)$/.exec(expression) ?? [];
  const fields = (SHORTHANDS[rest.trim()] ?? rest).trim().split(/\s+/);
  const [minute, hour, day, month, weekday] = fields;
  if (fields.length !== 5 || !minute || !hour || !day || !month || !weekday) {
    throw new Error(`expected 5 fields, found ${rest.trim() === '' ? 0 : fields.length}`);
  }
  const weekdays = parseField(weekday, 0, 7, WEEKDAYS);
  if (weekdays.has(7)) weekdays.add(0);
  return {
    minutes: parseField(minute, 0, 59),
    hours: parseField(hour, 0, 23),
    days: parseField(day, 1, 31),
    months: parseField(month, 1, 12, MONTHS, 1),
    weekdays,
    isEitherDay: !hasStar(day) && !hasStar(weekday),
    localTime: readZone(zone),
  };
}

function hasStar(field: string): boolean {
  return /(^|,)[*?](,|$)/.test(field);
}

function parseField(
  field: string,
  lowest: number,
  highest: number,
  names: string[] = [],
  firstName = 0,
): Set<number> {
  function parseValue(text: string): number {
    const index = names.indexOf(text.toLowerCase());
    const value = index >= 0 ? index + firstName : Number(text);
    if (!/^(\d+|[a-z]{3})$/i.test(text) || !(value >= lowest && value <= highest)) {
      throw new Error(`"${text}" is not between ${lowest} and ${highest}`);
    }
    return value;
  }
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const [range = '', stepText, extra] = part.split('/');
    const step = stepText === undefined ? 1 : Number(stepText);
    if (!Number.isInteger(step) || step < 1 || extra !== undefined)
      throw new Error(`"${part}" has no valid step`);
    const [from = '', to, more] = range.split('-');
    if (more !== undefined) throw new Error(`"${part}" is no range`);
    const isAny = range === '*' || range === '?';
    const first = isAny ? lowest : parseValue(from);
    const last = isAny ? highest : lastOf(to, first);
    if (last < first) throw new Error(`"${part}" runs backwards`);
    for (let value = first; value <= last; value += step) values.add(value);

    function lastOf(text: string | undefined, start: number): number {
      if (text !== undefined) return parseValue(text);
      return stepText === undefined ? start : highest;
    }
  }
  return values;
}

function readZone(zone: string): (time: number) => LocalTime {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    month: 'numeric',
    day: 'numeric',
    weekday: 'short',
    hour: 'numeric',
    minute: 'numeric',
  });
  return (time) => {
    const parts: Record<string, string> = {};
    for (const { type, value } of format.formatToParts(time)) parts[type] = value;
    return {
      month: Number(parts['month']),
      day: Number(parts['day']),
      weekday: WEEKDAYS.indexOf((parts['weekday'] ?? '').toLowerCase()),
      hour: Number(parts['hour']),
      minute: Number(parts['minute']),
    };
  };
}

function isDay(cron: Cron, local: LocalTime): boolean {
  if (!cron.months.has(local.month)) return false;
  const isMonthDay = cron.days.has(local.day);
  const isWeekday = cron.weekdays.has(local.weekday);
  return cron.isEitherDay ? isMonthDay || isWeekday : isMonthDay && isWeekday;
}

/** Days of 23 or 25 hours make the jump land off midnight: too early is jumped again, too late is taken back. */
function startOfNextDay(cron: Cron, time: number, local: LocalTime): number {
  const next = time + (24 * 60 - local.hour * 60 - local.minute) * MINUTE_MS;
  const landed = cron.localTime(next);
  return landed.day === local.day ? next : next - (landed.hour * 60 + landed.minute) * MINUTE_MS;
}
