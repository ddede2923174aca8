import { and, asc, desc, eq, inArray, lt, sql } from 'drizzle-orm';
import type { MySqlColumn } from 'drizzle-orm/mysql-core';
import { actAsStaff } from '../../platform/audit.ts';
import type { StaffCtx } from '../../platform/context.ts';
import { AppError } from '../../platform/errors.ts';
import { decodeCursor, toPage } from '../../platform/http/cursor.ts';
import { koreanDay } from '../../platform/korea-time.ts';
import { askForStart, startDueSchedules } from '../../platform/schedules.ts';
import { rankingChunks, rankingRuns } from '../../schema/ranking.ts';
import { activityRebuildAsked } from './events.ts';
import { rankHourly } from './jobs.ts';
import { firstKeptDay } from './mark-activity.ts';
import { ACTIVE_STATES, readRun } from './runs.ts';

const SLOWEST = 10;

/** Runs, the newest first, with what their chunks wrote and took. */
export async function listRankingRuns(
  ctx: StaffCtx,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
) {
  const [before] = decodeCursor('ranking runs', cursor, ['number']) ?? [];
  const runs = await ctx.deps.db
    .select()
    .from(rankingRuns)
    .where(before === undefined ? undefined : lt(rankingRuns.generation, before))
    .orderBy(desc(rankingRuns.generation))
    .limit(limit + 1);
  const { items, nextCursor } = toPage(runs, limit, 'ranking runs', ({ generation }) => [generation]);
  const phases = await readPhases(
    ctx,
    items.map(({ generation }) => generation),
  );
  return {
    items: items.map((run) => ({
      run,
      phases: phases.filter(({ generation }) => generation === run.generation),
    })),
    nextCursor,
  };
}

/** A run with its phases and its slowest chunks. Throws `not_found`. */
export async function readRankingRun(ctx: StaffCtx, generation: number) {
  const [run, phases, slowest] = await Promise.all([
    readRun(ctx, generation),
    readPhases(ctx, [generation]),
    ctx.deps.db
      .select()
      .from(rankingChunks)
      .where(eq(rankingChunks.generation, generation))
      .orderBy(desc(rankingChunks.milliseconds))
      .limit(SLOWEST),
  ]);
  if (!run) throw new AppError('not_found');
  return { run, phases, slowest };
}

async function readPhases({ deps }: StaffCtx, generations: number[]) {
  if (generations.length === 0) return [];
  const sum = (column: MySqlColumn) => sql`coalesce(sum(${column}), 0)`.mapWith(Number);
  return deps.db
    .select({
      generation: rankingChunks.generation,
      phase: rankingChunks.phase,
      chunks: sql`count(*)`.mapWith(Number),
      finished: sql`count(${rankingChunks.finishedAt})`.mapWith(Number),
      rowsWritten: sum(rankingChunks.rowsWritten),
      milliseconds: sum(rankingChunks.milliseconds),
      slowest: sql`coalesce(max(${rankingChunks.milliseconds}), 0)`.mapWith(Number),
      mostRows: sql`coalesce(max(${rankingChunks.rowsWritten}), 0)`.mapWith(Number),
    })
    .from(rankingChunks)
    .where(inArray(rankingChunks.generation, generations))
    .groupBy(rankingChunks.generation, rankingChunks.phase)
    .orderBy(asc(rankingChunks.generation));
}

/** Computes the ranking now; one that is under way is given up for it. */
export async function startRanking(ctx: StaffCtx): Promise<void> {
  await actAsStaff(ctx, async (tx) => {
    await askForStart(ctx, tx.db, rankHourly);
    return {
      result: undefined,
      act: { action: 'ranking.started', targetKind: 'schedule', targetIds: [rankHourly.name] },
    };
  });
  ctx.deps.afterAnswer(startDueSchedules({ ...ctx, actor: { kind: 'system' } }, [rankHourly.name]));
}

/** Ends a run that is under way: readers keep what they have. Throws `not_found` or `ranking_run_over`. */
export async function cancelRanking(ctx: StaffCtx, generation: number): Promise<void> {
  if (!(await readRun(ctx, generation))) throw new AppError('not_found');
  await actAsStaff(ctx, async (tx) => {
    const { rowsAffected } = await tx.db
      .update(rankingRuns)
      .set({ state: 'cancelled', finishedAt: ctx.deps.clock.now() })
      .where(and(eq(rankingRuns.generation, generation), inArray(rankingRuns.state, [...ACTIVE_STATES])));
    if (rowsAffected === 0) throw new AppError('ranking_run_over');
    const targetIds = [String(generation)];
    return { result: undefined, act: { action: 'ranking.cancelled', targetKind: 'ranking_run', targetIds } };
  });
}

/** Has the activity of Korean days counted anew from the source rows. Throws `days_not_kept`. */
export async function askForRebuild(ctx: StaffCtx, range: { from: string; to: string }): Promise<void> {
  const isKept = range.from >= firstKeptDay(ctx) && range.to <= koreanDay(ctx.deps.clock.now());
  if (!isKept || range.from > range.to) throw new AppError('days_not_kept');
  await actAsStaff(ctx, async (tx) => {
    tx.emit(activityRebuildAsked, range);
    const targetIds = [`${range.from}..${range.to}`];
    return {
      result: undefined,
      act: { action: 'ranking.rebuild_asked', targetKind: 'activity_days', targetIds },
    };
  });
}
