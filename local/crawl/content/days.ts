/** Days as Koreans count them. */
export const DAY_MS = 86_400_000;
const KOREA_MS = 9 * 3_600_000;

/** The number of the Korean day in which a moment lies, from 1970-01-01 on. */
export function koreanDayOf(now: Date): number {
  return Math.floor((now.getTime() + KOREA_MS) / DAY_MS);
}

/** The moment at which a Korean day begins. */
export function startOfDay(day: number): number {
  return day * DAY_MS - KOREA_MS;
}
