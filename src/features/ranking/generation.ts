import { desc, eq, or } from 'drizzle-orm';
import type { Ctx } from '../../platform/context.ts';
import { AppError } from '../../platform/errors.ts';
import { rankingPointer, rankingRuns, type RankingWeights } from '../../schema/ranking.ts';

/** A whole result that readers may see. */
export type Generation = {
  generation: number;
  /** The last Korean day that counts. */
  day: string;
  updatedAt: Date;
  /** The snapshot it is compared with. */
  previousDay: string | null;
  weights: RankingWeights;
};

/** How long an isolate believes its copy (milliseconds): far less than a generation stays after it was replaced. */
const KEPT_MS = 5000;
const MEMORY_KEY = 'ranking generations';

type Kept = { loadedAt: number; generations: Generation[] };

/** The newest result. Undefined before the first. */
export async function readNewest(ctx: Ctx): Promise<Generation | undefined> {
  return (remember(ctx) ?? (await load(ctx)))[0];
}

/** The result that a cursor was made with, as long as it is there. Throws `ranking_moved_on`. */
export async function readOfCursor(ctx: Ctx, generation: number): Promise<Generation> {
  const isIt = (one: Generation) => one.generation === generation;
  // Another isolate may have made it with one that is newer than what this one knows.
  const found = remember(ctx)?.find(isIt) ?? (await load(ctx)).find(isIt);
  if (!found) throw new AppError('ranking_moved_on');
  return found;
}

function remember({ deps }: Ctx): Generation[] | undefined {
  const kept = deps.memory.get(MEMORY_KEY) as Kept | undefined;
  const isFresh = kept && Math.abs(deps.clock.now().getTime() - kept.loadedAt) < KEPT_MS;
  return isFresh ? kept.generations : undefined;
}

/** The newest, and the one before it that cursors may still be of. */
async function load({ deps }: Ctx): Promise<Generation[]> {
  const rows = await deps.db
    .select({
      generation: rankingRuns.generation,
      day: rankingRuns.day,
      updatedAt: rankingRuns.switchedAt,
      previousDay: rankingRuns.previousDay,
      weights: rankingRuns.weights,
    })
    .from(rankingPointer)
    .innerJoin(
      rankingRuns,
      or(
        eq(rankingRuns.generation, rankingPointer.generation),
        eq(rankingRuns.generation, rankingPointer.previousGeneration),
      ),
    )
    .where(eq(rankingPointer.id, 1))
    .orderBy(desc(rankingRuns.generation));
  const generations = rows.flatMap(({ updatedAt, ...row }) => (updatedAt ? { ...row, updatedAt } : []));
  if (generations.length > 0) {
    deps.memory.set(MEMORY_KEY, { loadedAt: deps.clock.now().getTime(), generations } satisfies Kept);
  }
  return generations;
}
