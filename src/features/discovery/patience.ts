/** What still waits so long after its day began (milliseconds) is given up. */
const PATIENCE_MS = 20 * 3600_000;

/**
 * In how many seconds to come again, having been told to wait for some: a little later, so that those who wait do not
 * come at once. Undefined when that is too late for the day that began at `startedAt`.
 */
export function whenAgain(waitSeconds: number, now: Date, startedAt: Date): number | undefined {
  const delaySeconds = Math.ceil(waitSeconds + Math.random() * Math.min(waitSeconds, 60));
  const isTooLate = now.getTime() + delaySeconds * 1000 > startedAt.getTime() + PATIENCE_MS;
  return isTooLate ? undefined : delaySeconds;
}
