import { and, eq, sql } from 'drizzle-orm';
import type { SystemCtx } from '../../platform/context.ts';
import { inTransaction, type Tx } from '../../platform/db/transaction.ts';
import { rankingChunks, rankingRuns } from '../../schema/ranking.ts';
import type { Chunk, PhaseName, Run } from './runs.ts';

/** Chunks that one message works through; what it does not get done in its time it hands on. */
export const CHUNKS_A_PART = 20;
/** Rows that one INSERT of planned chunks has at most. */
const PLANNED_AT_ONCE = 500;

/** What a chunk did, for the ledger and for the sums that are compared in the end. */
export type Done = { rows: number; people?: number; points?: number };

/** How a kind of chunk is done: reads without locks what its scope needs, and answers what then writes it. */
export type Prepare<S extends object> = (
  ctx: SystemCtx,
  run: Run,
  scope: S,
) => Promise<(tx: Tx) => Promise<Done>>;

/** Writes the plan of a phase: chunk after chunk, in parts. */
export async function planChunks(
  tx: Tx,
  generation: number,
  phase: PhaseName,
  scopes: readonly object[],
): Promise<void> {
  const rows = scopes.map((scope, number) => ({
    generation,
    phase,
    number,
    part: Math.floor(number / CHUNKS_A_PART),
    scope,
  }));
  for (let start = 0; start < rows.length; start += PLANNED_AT_ONCE) {
    await tx.db.insert(rankingChunks).values(rows.slice(start, start + PLANNED_AT_ONCE));
  }
}

/**
 * Does one chunk in one transaction with its ledger row, which is locked first: delivered twice, the second waits and
 * finds it done. It holds the run, so that nothing is written any more once that is cancelled or given up. Answers the
 * rows written; 0 when there was nothing to do.
 */
export async function doChunk<S extends object>(
  ctx: SystemCtx,
  run: Run,
  chunk: Chunk,
  prepare: Prepare<S>,
): Promise<number> {
  const { clock } = ctx.deps;
  const startedAt = clock.now().getTime();
  const write = await prepare(ctx, run, chunk.scope as S);
  return inTransaction(ctx, async (tx) => {
    const isThis = and(
      eq(rankingChunks.generation, chunk.generation),
      eq(rankingChunks.phase, chunk.phase),
      eq(rankingChunks.number, chunk.number),
    );
    // The run is only read, and so held by a shared lock: chunks do not wait for each other.
    const { rowsAffected } = await tx.db.execute(
      sql`update ${rankingChunks} inner join ${rankingRuns} on ${rankingRuns.generation} = ${rankingChunks.generation}
        set ${rankingChunks.attempts} = ${rankingChunks.attempts} + 1
        where ${isThis} and ${rankingChunks.finishedAt} is null and ${rankingRuns.state} = ${run.state}`,
    );
    if (rowsAffected === 0) return 0;
    const { rows, people, points } = await write(tx);
    const finishedAt = clock.now();
    await tx.db
      .update(rankingChunks)
      .set({
        rowsWritten: rows,
        people: people ?? null,
        points: points ?? null,
        milliseconds: finishedAt.getTime() - startedAt,
        finishedAt,
      })
      .where(isThis);
    return rows;
  });
}
