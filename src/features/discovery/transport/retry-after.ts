const SHORTEST = 60;
const LONGEST = 86_400;
/** IMF-fixdate, the one form that is still sent (RFC 9110 §5.6.7). */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** Seconds that `Retry-After` asks for, a minute at least and a day at most; undefined when it says nothing usable. */
export function readRetryAfter(value: string | null, now: Date): number | undefined {
  const text = value?.trim() ?? '';
  const seconds = /^\d+$/.test(text) ? Number(text) : secondsUntil(text, now);
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, SHORTEST), LONGEST);
}

function secondsUntil(text: string, now: Date): number {
  return HTTP_DATE.test(text) ? Math.ceil((Date.parse(text) - now.getTime()) / 1000) : Number.NaN;
}
