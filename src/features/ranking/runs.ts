import { and, desc, eq, gt, inArray, isNotNull, isNull, lte } from 'drizzle-orm';
import type { Ctx, SystemCtx } from '../../platform/context.ts';
import type { Queryable } from '../../platform/db/client.ts';
import { inTransaction, type Tx } from '../../platform/db/transaction.ts';
import { addDays, koreanDay } from '../../platform/korea-time.ts';
import { rankDailyDays, rankingChunks, rankingPointer, rankingRuns } from '../../schema/ranking.ts';
import { loadWeights } from './weights.ts';

export type Run = typeof rankingRuns.$inferSelect;
export type Chunk = typeof rankingChunks.$inferSelect;
export type PhaseName = Chunk['phase'];

/** States of a run that is under way. */
export const ACTIVE_STATES = ['counting', 'scores', 'groups', 'scopes', 'nation', 'snapshot'] as const;
export type ActiveState = (typeof ACTIVE_STATES)[number];
export type ActiveRun = Run & { state: ActiveState };

const POINTER_ID = 1;
/** How long a reader may take that has found a generation: it stays so long after it was to go (milliseconds). */
const READER_PATIENCE_MS = 60_000;
const WEEK_DAYS = 7;

export function isActive(run: Run): run is ActiveRun {
  return (ACTIVE_STATES as readonly string[]).includes(run.state);
}

/**
 * Begins the run of one due time, or finds it: whoever asks second gets the same. A run that was under way is given up,
 * so that one alone writes scores. While the snapshot of the day before is missing, the run ranks by the 30 days up to
 * that midnight and takes it; else by the 30 days up to today.
 */
export async function beginRun(ctx: SystemCtx, dueAt: Date): Promise<Run> {
  const { db } = ctx.deps;
  const weights = await loadWeights(ctx);
  await db.insert(rankingPointer).ignore().values({ id: POINTER_ID, generation: 0, previousGeneration: 0 });
  return inTransaction(ctx, async (tx) => {
    const pointer = await lockPointer(tx);
    const known = await findRun(tx.db, dueAt);
    if (known) return known;
    await giveUpRuns(ctx, tx);
    const { day, previousDay, weekAgoDay } = await chooseDays(tx, dueAt);
    await tx.db.insert(rankingRuns).values({
      dueAt,
      day,
      previousDay,
      weekAgoDay,
      state: 'counting',
      baseGeneration: pointer.generation,
      keptGeneration: await findKeptGeneration(ctx, tx),
      weights,
      startedAt: ctx.deps.clock.now(),
    });
    const begun = await findRun(tx.db, dueAt);
    if (!begun) throw new Error('the run that was just written is not there');
    return begun;
  });
}

async function findRun(db: Queryable, dueAt: Date): Promise<Run | undefined> {
  const [run] = await db.select().from(rankingRuns).where(eq(rankingRuns.dueAt, dueAt));
  return run;
}

/** All that begins or switches runs waits here for each other. */
async function lockPointer(tx: Tx): Promise<typeof rankingPointer.$inferSelect> {
  const [pointer] = await tx.db
    .select()
    .from(rankingPointer)
    .where(eq(rankingPointer.id, POINTER_ID))
    .for('update');
  if (!pointer) throw new Error('the ranking pointer is missing');
  return pointer;
}

/** Waits for chunks that are being written: each holds its run. */
async function giveUpRuns(ctx: Ctx, tx: Tx): Promise<void> {
  await tx.db
    .update(rankingRuns)
    .set({ state: 'abandoned', finishedAt: ctx.deps.clock.now() })
    .where(inArray(rankingRuns.state, [...ACTIVE_STATES]));
}

async function chooseDays(tx: Tx, dueAt: Date) {
  const today = koreanDay(dueAt);
  const yesterday = addDays(today, -1);
  const [snapshot] = await tx.db.select().from(rankDailyDays).where(eq(rankDailyDays.day, yesterday));
  const day = snapshot ? today : yesterday;
  const newestUntil = async (last: string) => {
    const [row] = await tx.db
      .select({ day: rankDailyDays.day })
      .from(rankDailyDays)
      .where(lte(rankDailyDays.day, last))
      .orderBy(desc(rankDailyDays.day))
      .limit(1);
    return row?.day ?? null;
  };
  const previousDay = await newestUntil(addDays(day, -1));
  return { day, previousDay, weekAgoDay: await newestUntil(addDays(day, -WEEK_DAYS)) };
}

/** The run is at the midnight that the snapshot of its day is taken at. */
export function takesSnapshot({ day, dueAt }: Pick<Run, 'day' | 'dueAt'>): boolean {
  return day < koreanDay(dueAt);
}

/**
 * The oldest generation that somebody may still be reading: the one before the last, and older ones for a minute after
 * they were replaced in that place.
 */
async function findKeptGeneration(ctx: Ctx, tx: Tx): Promise<number> {
  const seen = await tx.db
    .select({ generation: rankingRuns.generation, switchedAt: rankingRuns.switchedAt })
    .from(rankingRuns)
    .where(isNotNull(rankingRuns.switchedAt))
    .orderBy(desc(rankingRuns.switchedAt), desc(rankingRuns.generation))
    .limit(20);
  const recently = ctx.deps.clock.now().getTime() - READER_PATIENCE_MS;
  const kept = seen.filter(
    (_one, index) => index < 2 || (seen[index - 2]?.switchedAt?.getTime() ?? 0) > recently,
  );
  return kept.at(-1)?.generation ?? 0;
}

/** A run by its generation. */
export async function readRun(ctx: Ctx, generation: number): Promise<Run | undefined> {
  const [run] = await ctx.deps.db.select().from(rankingRuns).where(eq(rankingRuns.generation, generation));
  return run;
}

/**
 * Brings a run from one state into the next, once: of several that try, one gets true. `work` belongs to the step and is
 * in its transaction.
 */
export function moveRun(
  ctx: SystemCtx,
  generation: number,
  from: ActiveState,
  changes: Partial<Run>,
  work: (tx: Tx) => Promise<void> = async () => undefined,
): Promise<boolean> {
  return inTransaction(ctx, async (tx) => {
    const { rowsAffected } = await tx.db
      .update(rankingRuns)
      .set(changes)
      .where(and(eq(rankingRuns.generation, generation), eq(rankingRuns.state, from)));
    if (rowsAffected === 0) return false;
    await work(tx);
    return true;
  });
}

/** Shows a generation to readers, never an older one than they have; the one before stays for cursors made with it. */
export async function switchReaders(tx: Tx, generation: number): Promise<void> {
  const pointer = await lockPointer(tx);
  if (pointer.generation >= generation) return;
  await tx.db
    .update(rankingPointer)
    .set({ generation, previousGeneration: pointer.generation })
    .where(eq(rankingPointer.id, POINTER_ID));
}

/** The numbers of parts that have chunks left to do. */
export async function findOpenParts(ctx: Ctx, generation: number, phase: PhaseName): Promise<number[]> {
  const rows = await ctx.deps.db
    .selectDistinct({ part: rankingChunks.part })
    .from(rankingChunks)
    .where(
      and(
        eq(rankingChunks.generation, generation),
        eq(rankingChunks.phase, phase),
        isNull(rankingChunks.finishedAt),
      ),
    );
  return rows.map(({ part }) => part);
}

/** The next chunk of a part that is not done. */
export async function findOpenChunk(
  ctx: Ctx,
  { generation, phase, part }: Pick<Chunk, 'generation' | 'phase' | 'part'>,
  after: number,
): Promise<Chunk | undefined> {
  const [chunk] = await ctx.deps.db
    .select()
    .from(rankingChunks)
    .where(
      and(
        eq(rankingChunks.generation, generation),
        eq(rankingChunks.phase, phase),
        eq(rankingChunks.part, part),
        gt(rankingChunks.number, after),
        isNull(rankingChunks.finishedAt),
      ),
    )
    .orderBy(rankingChunks.number)
    .limit(1);
  return chunk;
}
