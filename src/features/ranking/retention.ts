import { and, asc, eq, inArray, lt, sql } from 'drizzle-orm';
import type { Ctx } from '../../platform/context.ts';
import { addDays, koreanDay } from '../../platform/korea-time.ts';
import {
  DELETE_CHUNK,
  defineExportStep,
  definePurgeStep,
  defineSweep,
  type ExportStep,
  type PurgeStep,
  type Sweep,
} from '../../platform/retention.ts';
import {
  activityDays,
  activityMarks,
  rankDaily,
  rankingChunks,
  rankingHighlights,
  rankingLevels,
  rankingRuns,
  rankingScopes,
  rankingScores,
  rankNotices,
} from '../../schema/ranking.ts';
import { snapshotDays } from './history.ts';
import { firstKeptDay } from './mark-activity.ts';
import { SNAPSHOT_DAYS_KEPT } from './take-snapshot.ts';

const CHUNK_DAYS_KEPT = 7;
const RUN_DAYS_KEPT = 90;
const DAY_MS = 86_400_000;

function daysAgo({ deps }: Ctx, days: number): Date {
  return new Date(deps.clock.now().getTime() - days * DAY_MS);
}

/** Scopes that nobody is ranked in any more have no chunk that would tidy them up. */
function sweepOfScopes(
  name: string,
  table: typeof rankingLevels | typeof rankingScopes | typeof rankingHighlights,
) {
  return defineSweep({
    name,
    async run({ deps }) {
      const [newest] = await deps.db
        .select({ kept: rankingRuns.keptGeneration })
        .from(rankingRuns)
        .orderBy(sql`${rankingRuns.generation} desc`)
        .limit(1);
      const { rowsAffected } = await deps.db
        .delete(table)
        .where(lt(table.generation, newest?.kept ?? 0))
        .limit(DELETE_CHUNK);
      return rowsAffected;
    },
  });
}

/** Mostly what the snapshots of days that were missed would have removed. */
export const rankingSweeps: readonly Sweep[] = [
  defineSweep({
    name: 'activity_days',
    async run(ctx) {
      const { rowsAffected } = await ctx.deps.db
        .delete(activityDays)
        .where(lt(activityDays.day, firstKeptDay(ctx)))
        .limit(DELETE_CHUNK);
      return rowsAffected;
    },
  }),
  defineSweep({
    name: 'rank_daily',
    async run({ deps }) {
      const oldest = addDays(koreanDay(deps.clock.now()), -SNAPSHOT_DAYS_KEPT);
      const { rowsAffected } = await deps.db
        .delete(rankDaily)
        .where(lt(rankDaily.day, oldest))
        .limit(DELETE_CHUNK);
      return rowsAffected;
    },
  }),
  sweepOfScopes('ranking_levels', rankingLevels),
  sweepOfScopes('ranking_scopes', rankingScopes),
  sweepOfScopes('ranking_highlights', rankingHighlights),
  defineSweep({
    name: 'ranking_chunks',
    async run(ctx) {
      const { db } = ctx.deps;
      const old = await db
        .select({ generation: sql`max(${rankingRuns.generation})`.mapWith(Number) })
        .from(rankingRuns)
        .where(lt(rankingRuns.startedAt, daysAgo(ctx, CHUNK_DAYS_KEPT)));
      const { rowsAffected } = await db
        .delete(rankingChunks)
        .where(sql`${rankingChunks.generation} <= ${old[0]?.generation ?? 0}`)
        .limit(DELETE_CHUNK);
      return rowsAffected;
    },
  }),
  defineSweep({
    name: 'ranking_runs',
    async run(ctx) {
      const { rowsAffected } = await ctx.deps.db
        .delete(rankingRuns)
        .where(lt(rankingRuns.startedAt, daysAgo(ctx, RUN_DAYS_KEPT)))
        .limit(DELETE_CHUNK);
      return rowsAffected;
    },
  }),
];

/** All of one person; without a rank since they left, none of it is in any count. */
export const rankingPurgeSteps: readonly PurgeStep[] = [
  definePurgeStep({
    name: 'ranking',
    async run({ deps }, userId) {
      const days = snapshotDays(koreanDay(deps.clock.now()), SNAPSHOT_DAYS_KEPT + 1);
      let rows = 0;
      for (const table of [activityDays, activityMarks, rankingScores, rankNotices] as const) {
        const { rowsAffected } = await deps.db.delete(table).where(eq(table.userId, userId));
        rows += rowsAffected;
      }
      const ranks = await deps.db
        .delete(rankDaily)
        .where(and(inArray(rankDaily.day, days), eq(rankDaily.userId, userId)));
      // They go with their generations; without a run for 30 days they would still be there.
      const highlights = await deps.db
        .delete(rankingHighlights)
        .where(and(eq(rankingHighlights.kind, 'person'), eq(rankingHighlights.itemId, userId)));
      return rows + ranks.rowsAffected + highlights.rowsAffected;
    },
  }),
];

export const rankingExportSteps: readonly ExportStep[] = [
  defineExportStep({
    name: 'activity',
    async read({ deps }, userId) {
      const rows = await deps.db
        .select({
          day: activityDays.day,
          posts: activityDays.posts,
          likes: activityDays.likes,
          comments: activityDays.comments,
          bookmarks: activityDays.bookmarks,
          views: activityDays.views,
        })
        .from(activityDays)
        .where(eq(activityDays.userId, userId))
        .orderBy(asc(activityDays.day));
      return { rows, next: undefined };
    },
  }),
  defineExportStep({
    name: 'rank_history',
    async read({ deps }, userId) {
      const days = snapshotDays(koreanDay(deps.clock.now()));
      const rows = await deps.db
        .select({
          day: rankDaily.day,
          score: rankDaily.score,
          nationRank: rankDaily.nationRank,
          schoolRank: rankDaily.schoolRank,
          fieldRank: rankDaily.fieldRank,
          groupRank: rankDaily.groupRank,
        })
        .from(rankDaily)
        .where(and(inArray(rankDaily.day, days), eq(rankDaily.userId, userId)))
        .orderBy(asc(rankDaily.day));
      return { rows, next: undefined };
    },
  }),
];
