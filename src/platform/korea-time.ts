/**
 * The only file where Korean civil time is decided. Korea is UTC+9 all year (no daylight saving since 1988),
 * so a Korean day is arithmetic.
 */
const KST_OFFSET_MS = 9 * 3600_000;
const DAY_MS = 86_400_000;

/** Korea's zone by the name that others know it by (IANA). */
export const KOREAN_ZONE = 'Asia/Seoul';

/** The Korean calendar day of an instant, `YYYY-MM-DD`. */
export function koreanDay(at: Date): string {
  return new Date(at.getTime() + KST_OFFSET_MS).toISOString().slice(0, 10);
}

/** The instant at which a Korean day (`YYYY-MM-DD`) begins. */
export function startOfKoreanDay(day: string): Date {
  return new Date(Date.parse(`${day}T00:00:00.000Z`) - KST_OFFSET_MS);
}

/** The Korean day `days` after (negative: before) another. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00.000Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The Korean month of an instant, `YYYY-MM`. */
export function koreanMonth(at: Date): string {
  return koreanDay(at).slice(0, 7);
}

/** The month `months` after (negative: before) another, both `YYYY-MM`. */
export function addMonths(month: string, months: number): string {
  const [year, ordinal] = month.split('-').map(Number) as [number, number];
  return new Date(Date.UTC(year, ordinal - 1 + months)).toISOString().slice(0, 7);
}

/** The Korean year of an instant. */
export function koreanYear(at: Date): number {
  return Number(koreanDay(at).slice(0, 4));
}

/** The Korean hour (0–23) of an instant. */
export function koreanHour(at: Date): number {
  return new Date(at.getTime() + KST_OFFSET_MS).getUTCHours();
}
