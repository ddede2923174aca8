import { and, asc, eq, inArray, isNull, lt, lte, or, sql } from 'drizzle-orm';
import type { SystemCtx } from '../../platform/context.ts';
import { tryAgainWhenLost } from '../../platform/db/transaction.ts';
import { JobBusy } from '../../platform/jobs/ledger.ts';
import { searchChanges, searchIndexes } from '../../schema/search.ts';
import type { SearchKind } from './kinds.ts';

/** Longer than one chunk can take (milliseconds). One that was killed holds up the next for so long. */
const LEASE_MS = 45_000;

/** A rebuild of one index; a later run takes over from an earlier one. */
export type Run = { kind: SearchKind; run: string };

/** Makes this run the one that rebuilds, unless a later one does. From here on changes are noted for the new index too. */
export async function registerRun(ctx: SystemCtx, { kind, run }: Run): Promise<void> {
  const { db, clock } = ctx.deps;
  const now = clock.now();
  await db.insert(searchIndexes).ignore().values({ kind });
  await db
    .update(searchIndexes)
    .set({ rebuildId: run, rebuildStartedAt: now, beatAt: now, leaseToken: null, leaseUntil: null })
    .where(
      and(
        eq(searchIndexes.kind, kind),
        or(isNull(searchIndexes.rebuildId), lt(searchIndexes.rebuildId, run)),
      ),
    );
}

/**
 * Does `work` while no other delivery writes to this run's index, so that what it reads from MySQL is in the index before
 * anybody reads later. Answers undefined when the run is over: finished, or taken over from. Throws {@link JobBusy}.
 */
export async function whileLeased<T>(
  ctx: SystemCtx,
  { kind, run }: Run,
  work: () => Promise<T>,
): Promise<T | undefined> {
  const { db, clock } = ctx.deps;
  const now = clock.now();
  const token = ctx.requestId;
  const isMine = and(eq(searchIndexes.kind, kind), eq(searchIndexes.rebuildId, run));
  await db
    .update(searchIndexes)
    .set({ leaseToken: token, leaseUntil: new Date(now.getTime() + LEASE_MS), beatAt: now })
    .where(and(isMine, or(isNull(searchIndexes.leaseUntil), lte(searchIndexes.leaseUntil, now))));
  const [row] = await db.select({ leaseToken: searchIndexes.leaseToken }).from(searchIndexes).where(isMine);
  if (!row) return undefined;
  if (row.leaseToken !== token) throw new JobBusy('search.rebuild');
  try {
    return await work();
  } finally {
    await db
      .update(searchIndexes)
      .set({ leaseToken: null, leaseUntil: null })
      .where(and(isMine, eq(searchIndexes.leaseToken, token)));
  }
}

/** Changes that wait for the new index, as long as this run is the one that builds it. */
function isNextOf({ kind, run }: Run) {
  return and(
    eq(searchChanges.kind, kind),
    eq(searchChanges.destination, 'next'),
    sql`exists (select 1 from ${searchIndexes} where ${searchIndexes.kind} = ${kind} and ${searchIndexes.rebuildId} = ${run})`,
  );
}

/** Things that changed since the rebuild began, marked as taken up now: what changes from here on stays noted. */
export async function takeNextChanges(ctx: SystemCtx, run: Run, limit: number): Promise<string[]> {
  const { db } = ctx.deps;
  const rows = await db
    .select({ id: searchChanges.targetId })
    .from(searchChanges)
    .where(isNextOf(run))
    .orderBy(asc(searchChanges.targetId))
    .limit(limit);
  const ids = rows.map(({ id }) => id);
  if (ids.length > 0) {
    await tryAgainWhenLost(ctx, () =>
      db
        .update(searchChanges)
        .set({ takenStamp: sql`${searchChanges.stamp}` })
        .where(and(isNextOf(run), inArray(searchChanges.targetId, ids))),
    );
  }
  return ids;
}

/** These are in the new index, but for what has changed since they were taken up. */
export async function forgetNextChanges(ctx: SystemCtx, run: Run, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tryAgainWhenLost(ctx, () =>
    ctx.deps.db
      .delete(searchChanges)
      .where(
        and(
          isNextOf(run),
          inArray(searchChanges.targetId, [...ids]),
          eq(searchChanges.stamp, searchChanges.takenStamp),
        ),
      ),
  );
}

/** After the swap: things that the new index has not heard of are noted for the live one, which it now is. */
export async function moveNextChanges(ctx: SystemCtx, run: Run, limit: number): Promise<number> {
  const { db, clock } = ctx.deps;
  const ids = await takeNextChanges(ctx, run, limit);
  if (ids.length === 0) return 0;
  const { kind } = run;
  const row = { kind, destination: 'live' as const, stamp: ctx.deps.ids.next(), availableAt: clock.now() };
  await tryAgainWhenLost(ctx, () =>
    db
      .insert(searchChanges)
      .values(ids.map((targetId) => ({ ...row, targetId })))
      .onDuplicateKeyUpdate({
        set: {
          stamp: sql`values(${searchChanges.stamp})`,
          availableAt: sql`if(${searchChanges.claim} is null, values(${searchChanges.availableAt}), ${searchChanges.availableAt})`,
        },
      }),
  );
  await forgetNextChanges(ctx, run, ids);
  return ids.length;
}

/** The rebuild is over, and the live index is of this fingerprint. What was noted for the new index since the swap has a live row as well. */
export async function finishRun(ctx: SystemCtx, { kind, run }: Run, fingerprint: string): Promise<void> {
  const { db, clock } = ctx.deps;
  await db
    .update(searchIndexes)
    .set({ rebuildId: null, rebuildStartedAt: null, fingerprint, builtAt: clock.now() })
    .where(and(eq(searchIndexes.kind, kind), eq(searchIndexes.rebuildId, run)));
  await tryAgainWhenLost(ctx, () =>
    db
      .delete(searchChanges)
      .where(
        and(
          eq(searchChanges.kind, kind),
          eq(searchChanges.destination, 'next'),
          sql`not exists (select 1 from ${searchIndexes} where ${searchIndexes.kind} = ${kind} and ${searchIndexes.rebuildId} is not null)`,
        ),
      ),
  );
}
