const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

/** Minutes east of UTC: RFC 5322 §4.3, and what Korean and Japanese pages write. */
const ZONES: Record<string, number> = {
  ut: 0,
  utc: 0,
  gmt: 0,
  z: 0,
  kst: 540,
  jst: 540,
  est: -300,
  edt: -240,
  cst: -360,
  cdt: -300,
  mst: -420,
  mdt: -360,
  pst: -480,
  pdt: -420,
};
const KOREA = 540;

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;
const FIRST_YEAR = 2000;
/** Above, a number counts milliseconds and not seconds. */
const FIRST_MILLISECONDS = 1e12;
/** No date is so long; nothing longer is looked at. */
const MAX_LENGTH = 60;

/** `2025-12-17T12:30+09:00`, `2026-09-30 14:00:00.5Z`, `2026.9.30`, `2026년 9월 30일 (수) 오후 2:05` */
const YEAR_FIRST =
  /^(?<year>\d{4})\s*(?:[-./]|년)\s*(?<month>\d{1,2})\s*(?:[-./]|월)\s*(?<day>\d{1,2})(?:\s*일|\.)?(?:\s*\(?[월화수목금토일](?:요일)?\)?)?(?:[T,\s]\s*|$)(?<rest>.*)$/i;
/** `Sun, 27 Sep 2026 02:32:00 GMT`, `수, 30 9월 2026 14:00 KST` */
const DAY_FIRST =
  /^(?:[^\d\s,]{1,10},?\s+)?(?<day>\d{1,2})[\s-]+(?<month>[a-z]{3,9}\.?|\d{1,2}월)[\s-]+(?<year>\d{4}|\d{2})(?:\s+|$)(?<rest>.*)$/i;
/** `Jul 08. 2019`, `Wed, September 30, 2026 14:00` */
const MONTH_FIRST =
  /^(?:[a-z]{3,9},?\s+)?(?<month>[a-z]{3,9})\.?\s+(?<day>\d{1,2})[.,]?\s+(?<year>\d{4})(?:,?\s+|$)(?<rest>.*)$/i;
const TIME =
  /^(?<half>오전|오후|am|pm)?\s*(?<hour>\d{1,2})\s*(?::|시)\s*(?:(?<minute>\d{1,2})\s*분?)?(?:\s*:?\s*(?<second>\d{1,2})\s*초?)?(?:[.,]\d{1,9})?\s*(?<halfAfter>am|pm)?\s*(?<zone>.*)$/i;
const OFFSET = /^(?:gmt|utc)?(?<sign>[+-])(?<hours>\d{2}):?(?<minutes>\d{2})(?:\s*\(.*\))?$/i;

/**
 * When something was published, as sources write it: RFC 5322, ISO 8601, Korean, or a number of seconds or milliseconds
 * since 1970. Without a zone it is Korean time. Null when it cannot be told, lies before 2000 or more than two days
 * ahead; what lies ahead by less comes out as `now`, for clocks differ. `isKoreanWallTime`: the zone it names is wrong,
 * as in the feeds of Brunch's writers, whose `GMT` is Korean time.
 */
export function parseDate(
  value: unknown,
  now: Date,
  options: { isKoreanWallTime?: boolean } = {},
): Date | null {
  const time = readTime(value, options.isKoreanWallTime ?? false);
  if (time === undefined || Number.isNaN(time) || time > now.getTime() + 2 * DAY_MS) return null;
  if (time < Date.UTC(FIRST_YEAR, 0)) return null;
  return new Date(Math.min(time, now.getTime()));
}

function readTime(value: unknown, isKoreanWallTime: boolean): number | undefined {
  if (typeof value === 'number') return value < FIRST_MILLISECONDS ? value * 1000 : value;
  if (typeof value !== 'string' || value.length > MAX_LENGTH) return undefined;
  const text = value.trim();
  if (/^\d{9,14}$/.test(text)) return readTime(Number(text), isKoreanWallTime);
  const date = (YEAR_FIRST.exec(text) ?? DAY_FIRST.exec(text) ?? MONTH_FIRST.exec(text))?.groups;
  const midnight = date && readDay(date);
  if (midnight === undefined) return undefined;
  const rest = (date?.['rest'] ?? '').trim();
  const time = rest === '' ? { minutes: 0, seconds: 0, zone: '' } : readTimeOfDay(rest);
  if (!time) return undefined;
  const zone = isKoreanWallTime ? KOREA : readZone(time.zone);
  if (zone === undefined) return undefined;
  return midnight + (time.minutes - zone) * MINUTE_MS + time.seconds * 1000;
}

/** Midnight UTC of a day of the calendar. */
function readDay({
  year = '',
  month = '',
  day = '',
}: Record<string, string | undefined>): number | undefined {
  const named = MONTHS.indexOf(month.slice(0, 3).toLowerCase());
  const monthIndex = named === -1 ? Number.parseInt(month, 10) - 1 : named;
  const fullYear = year.length === 2 ? FIRST_YEAR + Number(year) : Number(year);
  const midnight = Date.UTC(fullYear, monthIndex, Number(day));
  const date = new Date(midnight);
  const isOfCalendar = date.getUTCMonth() === monthIndex && date.getUTCDate() === Number(day);
  return isOfCalendar ? midnight : undefined;
}

function readTimeOfDay(text: string): { minutes: number; seconds: number; zone: string } | undefined {
  const groups = TIME.exec(text)?.groups;
  if (!groups) return undefined;
  const half = (groups['half'] ?? groups['halfAfter'] ?? '').toLowerCase();
  const written = Number(groups['hour']);
  if (half !== '' && (written < 1 || written > 12)) return undefined;
  const hour = half === '' ? written : (written % 12) + (half === '오후' || half === 'pm' ? 12 : 0);
  const minute = Number(groups['minute'] ?? 0);
  const seconds = Number(groups['second'] ?? 0);
  // 60: a leap second.
  if (hour > 24 || minute > 59 || seconds > 60) return undefined;
  return { minutes: hour * 60 + minute, seconds, zone: (groups['zone'] ?? '').trim() };
}

function readZone(zone: string): number | undefined {
  if (zone === '') return KOREA;
  const offset = OFFSET.exec(zone)?.groups;
  if (!offset) return ZONES[zone.toLowerCase().replace(/\s*\(.*\)$/, '')];
  const minutes = Number(offset['hours']) * 60 + Number(offset['minutes']);
  // No place on earth is further from UTC; the clock then is taken as UTC's.
  if (minutes > 14 * 60) return 0;
  return offset['sign'] === '-' ? -minutes : minutes;
}
