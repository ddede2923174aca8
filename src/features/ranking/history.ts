import { and, asc, eq, inArray } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { addDays, koreanDay } from '../../platform/korea-time.ts';
import { rankDaily, rankDailyDays } from '../../schema/ranking.ts';
import { SNAPSHOT_DAYS_KEPT } from './take-snapshot.ts';
import { topPercentOf } from './view.ts';

/** The days before today that can have a snapshot, one look-up each: snapshots are kept by day. */
export function snapshotDays(today: string, count = SNAPSHOT_DAYS_KEPT): string[] {
  return Array.from({ length: count }, (_, index) => addDays(today, -1 - index));
}

/** My ranks at the end of each day, oldest first; days on which I had none are missing. */
export async function readMyHistory({ deps, actor }: UserCtx, count: number) {
  const days = snapshotDays(koreanDay(deps.clock.now()), count);
  const rows = await deps.db
    .select({
      day: rankDaily.day,
      score: rankDaily.score,
      nationRank: rankDaily.nationRank,
      schoolRank: rankDaily.schoolRank,
      fieldRank: rankDaily.fieldRank,
      groupRank: rankDaily.groupRank,
      people: rankDailyDays.people,
    })
    .from(rankDailyDays)
    .innerJoin(rankDaily, eq(rankDaily.day, rankDailyDays.day))
    .where(and(inArray(rankDailyDays.day, days), eq(rankDaily.userId, actor.userId)))
    .orderBy(asc(rankDaily.day));
  return rows.map(({ people, ...row }) => ({ ...row, topPercent: topPercentOf(row.nationRank, people) }));
}
