import { and, eq, isNotNull, lte, sql } from 'drizzle-orm';
import { jobRuns } from '../../schema/engine-room.ts';
import type { Ctx, SystemCtx } from '../context.ts';
import { inTransaction, type Tx } from '../db/transaction.ts';

/** How long a leased run may take before another may take it over (milliseconds). */
export const RUN_LEASE_MS = 60_000;

/** Another delivery of the same work is under way: come again later. Not a failure of the job. */
export class JobBusy extends Error {
  override name = 'JobBusy';
}

/**
 * Does `work` once, however often it is asked: the ledger row (name, key) is written in the transaction of the work, so
 * both happen or neither. For effects in MySQL alone. Answers false when it had been done before.
 */
export function runOnce(
  ctx: Ctx,
  name: string,
  key: string,
  work: (tx: Tx) => Promise<void>,
): Promise<boolean> {
  return inTransaction(ctx, async (tx) => {
    const { rowsAffected } = await tx.db
      .insert(jobRuns)
      .ignore()
      .values({ name, key, finishedAt: ctx.deps.clock.now() });
    if (rowsAffected === 0) return false;
    await work(tx);
    return true;
  });
}

/**
 * Does `work` with effects outside MySQL (a mail, a call) at least once and, while nobody dies, once: the ledger row is
 * taken as a lease first and finished afterwards. Answers false when it had been done before. Throws {@link JobBusy}
 * while another holds the lease; one that died is taken over when its lease has run out.
 */
export async function runOnceLeased(
  ctx: SystemCtx,
  name: string,
  key: string,
  work: () => Promise<void>,
): Promise<boolean> {
  const leaseUntil = new Date(ctx.deps.clock.now().getTime() + RUN_LEASE_MS);
  if (!(await takeLease(ctx, name, key, leaseUntil))) {
    if (await isInLedger(ctx, name, key)) return false;
    throw new JobBusy(name);
  }
  const mine = and(eq(jobRuns.name, name), eq(jobRuns.key, key), eq(jobRuns.leaseUntil, leaseUntil));
  try {
    await work();
  } catch (error) {
    await ctx.deps.db.delete(jobRuns).where(mine);
    throw error;
  }
  await ctx.deps.db
    .update(jobRuns)
    .set({ finishedAt: ctx.deps.clock.now(), leaseUntil: null })
    .where(and(eq(jobRuns.name, name), eq(jobRuns.key, key)));
  return true;
}

async function takeLease(ctx: SystemCtx, name: string, key: string, leaseUntil: Date): Promise<boolean> {
  const { db, clock } = ctx.deps;
  const inserted = await db.insert(jobRuns).ignore().values({ name, key, leaseUntil });
  if (inserted.rowsAffected === 1) return true;
  const taken = await db
    .update(jobRuns)
    .set({ leaseUntil })
    .where(
      and(
        eq(jobRuns.name, name),
        eq(jobRuns.key, key),
        sql`${jobRuns.finishedAt} is null`,
        lte(jobRuns.leaseUntil, clock.now()),
      ),
    );
  return taken.rowsAffected === 1;
}

/** Whether this piece of work has been finished. */
export async function isInLedger(ctx: Ctx, name: string, key: string): Promise<boolean> {
  const rows = await ctx.deps.db
    .select({ name: jobRuns.name })
    .from(jobRuns)
    .where(and(eq(jobRuns.name, name), eq(jobRuns.key, key), isNotNull(jobRuns.finishedAt)));
  return rows.length > 0;
}

/** Notes finished work whose effects are the same however often they happen. */
export async function writeLedger(ctx: Ctx, name: string, key: string): Promise<void> {
  await ctx.deps.db.insert(jobRuns).ignore().values({ name, key, finishedAt: ctx.deps.clock.now() });
}
