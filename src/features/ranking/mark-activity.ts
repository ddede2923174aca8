import type { Ctx, SystemCtx } from '../../platform/context.ts';
import { addDays, koreanDay } from '../../platform/korea-time.ts';
import { activityMarks } from '../../schema/ranking.ts';

/** Whose activity of which Korean day. */
export type ActivityDay = { userId: string; day: string };

/** Days that activity is kept for, today included: the window of a score, and some for runs that come late. */
export const ACTIVITY_DAYS_KEPT = 35;
const MARKS_AT_ONCE = 1000;

/** The first Korean day that activity is kept of. */
export function firstKeptDay(ctx: Ctx): string {
  return addDays(koreanDay(ctx.deps.clock.now()), 1 - ACTIVITY_DAYS_KEPT);
}

/**
 * Notes that source rows of these days changed: they are counted anew before the next run scores them, once, however
 * often they were marked. Days that nothing is kept of are passed over.
 */
export async function markActivity(ctx: SystemCtx, days: readonly ActivityDay[]): Promise<void> {
  const first = firstKeptDay(ctx);
  const marks = new Map(
    days.filter(({ day }) => day >= first).map(({ userId, day }) => [`${userId} ${day}`, { userId, day }]),
  );
  // In one order always, so that two who mark at once do not wait for each other in a circle.
  const sorted = [...marks].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, mark]) => mark);
  for (let start = 0; start < sorted.length; start += MARKS_AT_ONCE) {
    await ctx.deps.db
      .insert(activityMarks)
      .ignore()
      .values(sorted.slice(start, start + MARKS_AT_ONCE));
  }
}
