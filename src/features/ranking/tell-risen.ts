import { and, eq, gt, isNull, lte, or, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/mysql-core';
import type { SystemCtx } from '../../platform/context.ts';
import type { Tx } from '../../platform/db/transaction.ts';
import { addDays } from '../../platform/korea-time.ts';
import { rankDaily, rankDailyDays, rankNotices } from '../../schema/ranking.ts';
import { rankChanged } from './events.ts';
import type { Run } from './runs.ts';
import type { PeopleRange } from './score-people.ts';
import { topPercentOf } from './view.ts';

/** Upper parts of all who are ranked (percent) that are worth telling who enters them. */
const BANDS = [1, 5, 10, 20, 50];
/** The first so many, too, where they are less than the smallest part. */
const FIRST_PLACES = 100;
const NOTICE_DAYS = 7;

/** The last rank of each band, on the run's day and a week before. */
export type Bands = { people: number; weekAgoDay: string; lastRanks: { now: number; weekAgo: number }[] };

/** Undefined while there is nothing to compare with. */
export async function findBands({ deps }: SystemCtx, run: Run): Promise<Bands | undefined> {
  const { weekAgoDay } = run;
  if (weekAgoDay === null || run.people === null) return undefined;
  const [weekAgo] = await deps.db
    .select({ people: rankDailyDays.people })
    .from(rankDailyDays)
    .where(eq(rankDailyDays.day, weekAgoDay));
  if (!weekAgo) return undefined;
  const lastRanksOf = (people: number) => [
    Math.min(FIRST_PLACES, Math.floor(people / 100)),
    ...BANDS.map((percent) => Math.floor((people * percent) / 100)),
  ];
  const before = lastRanksOf(weekAgo.people);
  return {
    people: run.people,
    weekAgoDay,
    lastRanks: lastRanksOf(run.people).map((now, index) => ({ now, weekAgo: before[index] ?? 0 })),
  };
}

const weekAgo = alias(rankDaily, 'week_ago');

/**
 * Tells those in the range who entered a better band within a week, unless they were told of something in the last week.
 * Answers the rows written.
 */
export async function tellRisen(
  tx: Tx,
  { run, range, bands }: { run: Run; range: PeopleRange; bands: Bands | undefined },
): Promise<number> {
  if (!bands) return 0;
  const { day } = run;
  const hasEntered = bands.lastRanks.map(({ now, weekAgo: before }) =>
    and(lte(rankDaily.nationRank, now), or(isNull(weekAgo.userId), gt(weekAgo.nationRank, before))),
  );
  const risen = await tx.db
    .select({
      userId: rankDaily.userId,
      rank: rankDaily.nationRank,
      previousRank: weekAgo.nationRank,
    })
    .from(rankDaily)
    .leftJoin(weekAgo, and(eq(weekAgo.day, bands.weekAgoDay), eq(weekAgo.userId, rankDaily.userId)))
    .leftJoin(rankNotices, eq(rankNotices.userId, rankDaily.userId))
    .where(
      and(
        eq(rankDaily.day, day),
        gt(rankDaily.userId, range.from),
        lte(rankDaily.userId, range.to),
        or(...hasEntered),
        or(isNull(rankNotices.day), lte(rankNotices.day, addDays(day, -NOTICE_DAYS))),
      ),
    );
  if (risen.length === 0) return 0;
  await tx.db
    .insert(rankNotices)
    .values(risen.map(({ userId }) => ({ userId, day })))
    .onDuplicateKeyUpdate({ set: { day: sql`values(day)` } });
  for (const { userId, rank, previousRank } of risen) {
    const topPercent = topPercentOf(rank, bands.people);
    tx.emit(rankChanged, { userId, day, rank, previousRank, topPercent });
  }
  return risen.length;
}
