import { eq, or, sql } from 'drizzle-orm';
import type { Ctx } from '../../platform/context.ts';
import { AppError } from '../../platform/errors.ts';
import { rankingPointer, rankingRuns } from '../../schema/ranking.ts';

/** A whole result that readers may see. */
export type Generation = {
  generation: number;
  /** The last Korean day that counts. */
  day: string;
  updatedAt: Date;
  previousDay: string | null;
  people: number;
};

/**
 * The generation that a list is read from: the newest, or the one that a cursor was made with as long as it is there.
 * Undefined before the first. Throws `ranking_moved_on` when the cursor's is gone.
 */
export async function readGeneration(ctx: Ctx, ofCursor?: number): Promise<Generation | undefined> {
  const [row] = await ctx.deps.db
    .select({
      generation: rankingRuns.generation,
      day: rankingRuns.day,
      updatedAt: rankingRuns.switchedAt,
      previousDay: rankingRuns.previousDay,
      people: rankingRuns.people,
    })
    .from(rankingPointer)
    .innerJoin(
      rankingRuns,
      ofCursor === undefined
        ? eq(rankingRuns.generation, rankingPointer.generation)
        : or(
            sql`${rankingRuns.generation} = ${ofCursor} and ${rankingRuns.generation} in (${rankingPointer.generation}, ${rankingPointer.previousGeneration})`,
          ),
    );
  if (row?.updatedAt) return { ...row, updatedAt: row.updatedAt, people: row.people ?? 0 };
  if (ofCursor !== undefined) throw new AppError('ranking_moved_on');
  return undefined;
}
