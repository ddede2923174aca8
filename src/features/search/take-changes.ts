import { and, asc, eq, gte, inArray, isNotNull, isNull, lte, sql } from 'drizzle-orm';
import type { SystemCtx } from '../../platform/context.ts';
import { randomToken } from '../../platform/crypto.ts';
import { tryAgainWhenLost } from '../../platform/db/transaction.ts';
import { writeDeadLetters } from '../../platform/jobs/dead-letters.ts';
import { backOffMs } from '../../platform/outbox.ts';
import { searchChanges } from '../../schema/search.ts';
import type { SearchKind } from './kinds.ts';
import type { Change } from './note-changes.ts';

/** Longer than reading and sending a batch can take (milliseconds): nobody else writes these things meanwhile. */
const CLAIM_MS = 60_000;
/** A task that has not ended by then is given up, and what it wrote is written again (milliseconds). */
const TASK_PATIENCE_MS = 86_400_000;
const BATCH = 500;
const MAX_ATTEMPTS = 5;
const TASKS_AT_ONCE = 500;

const isLive = eq(searchChanges.destination, 'live');

export type Claim = { token: string; changes: Change[] };

/** Takes a batch of changes that nobody holds. Their things are read from MySQL after this. */
export async function takeChanges(ctx: SystemCtx): Promise<Claim> {
  const { db, clock } = ctx.deps;
  const now = clock.now();
  const token = randomToken();
  const { rowsAffected } = await tryAgainWhenLost(ctx, () =>
    db
      .update(searchChanges)
      .set({
        claim: token,
        takenStamp: sql`${searchChanges.stamp}`,
        availableAt: new Date(now.getTime() + CLAIM_MS),
      })
      .where(and(isLive, lte(searchChanges.availableAt, now)))
      .orderBy(asc(searchChanges.availableAt))
      .limit(BATCH),
  );
  if (rowsAffected === 0) return { token, changes: [] };
  const rows = await db
    .select({ kind: searchChanges.kind, id: searchChanges.targetId })
    .from(searchChanges)
    .where(eq(searchChanges.claim, token));
  return { token, changes: rows as Change[] };
}

/** Those of a kind have been sent: `taskUid` is the engine's task that writes them. What changed since is free again. */
export async function markSent(
  ctx: SystemCtx,
  token: string,
  kind: SearchKind,
  ids: readonly string[],
  taskUid: number,
): Promise<void> {
  if (ids.length === 0) return;
  const { db, clock } = ctx.deps;
  const now = clock.now();
  const later = new Date(now.getTime() + TASK_PATIENCE_MS);
  await tryAgainWhenLost(ctx, () =>
    db
      .update(searchChanges)
      .set({
        taskUid,
        claim: null,
        availableAt: sql`if(${searchChanges.stamp} = ${searchChanges.takenStamp}, ${sql.param(later, searchChanges.availableAt)}, ${sql.param(now, searchChanges.availableAt)})`,
      })
      .where(
        and(
          isLive,
          eq(searchChanges.claim, token),
          eq(searchChanges.kind, kind),
          inArray(searchChanges.targetId, [...ids]),
        ),
      ),
  );
}

/** Gives back what a claim still holds, to be taken up in `waitMs`. */
export async function giveBack(ctx: SystemCtx, token: string, waitMs: number): Promise<void> {
  const availableAt = new Date(ctx.deps.clock.now().getTime() + waitMs);
  await tryAgainWhenLost(ctx, () =>
    ctx.deps.db.update(searchChanges).set({ claim: null, availableAt }).where(eq(searchChanges.claim, token)),
  );
}

/** Numbers of the tasks that changes wait for. */
export async function listTasks({ deps }: SystemCtx): Promise<number[]> {
  const rows = await deps.db
    .selectDistinct({ taskUid: searchChanges.taskUid })
    .from(searchChanges)
    .where(isNotNull(searchChanges.taskUid))
    .orderBy(asc(searchChanges.taskUid))
    .limit(TASKS_AT_ONCE);
  return rows.flatMap(({ taskUid }) => taskUid ?? []);
}

/** The engine has written these: what has not changed since is done. */
export async function settleWritten(ctx: SystemCtx, taskUids: readonly number[]): Promise<void> {
  if (taskUids.length === 0) return;
  const { db } = ctx.deps;
  const isMeant = and(inArray(searchChanges.taskUid, [...taskUids]), isNull(searchChanges.claim));
  const isUnchanged = eq(searchChanges.stamp, searchChanges.takenStamp);
  await tryAgainWhenLost(ctx, () => db.delete(searchChanges).where(and(isMeant, isUnchanged)));
  await tryAgainWhenLost(ctx, () => db.update(searchChanges).set({ taskUid: null }).where(isMeant));
}

/** These were refused, or the engine knows nothing of them: tried again some times, then dead letters. */
export async function settleFailed(ctx: SystemCtx, failures: ReadonlyMap<number, string>): Promise<void> {
  const { db, clock } = ctx.deps;
  for (const [taskUid, error] of failures) {
    const isMeant = and(eq(searchChanges.taskUid, taskUid), isNull(searchChanges.claim));
    const rows = await db.select().from(searchChanges).where(isMeant);
    const spent = rows.filter(({ attempts }) => attempts + 1 >= MAX_ATTEMPTS);
    if (spent.length > 0) {
      await bury(ctx, spent as Row[], error, taskUid);
      await db.delete(searchChanges).where(and(isMeant, gte(searchChanges.attempts, MAX_ATTEMPTS - 1)));
    }
    const mostTries = Math.max(1, ...rows.map(({ attempts }) => attempts + 1));
    await db
      .update(searchChanges)
      .set({
        taskUid: null,
        attempts: sql`${searchChanges.attempts} + 1`,
        availableAt: new Date(clock.now().getTime() + backOffMs(mostTries)),
      })
      .where(isMeant);
  }
}

type Row = typeof searchChanges.$inferSelect & { kind: SearchKind };

/** A letter for each kind; sent again, it notes its things anew. */
async function bury(ctx: SystemCtx, rows: readonly Row[], error: string, taskUid: number): Promise<void> {
  const stamp = rows[0]?.stamp ?? '0';
  await writeDeadLetters(
    ctx,
    [...Map.groupBy(rows, ({ kind }) => kind)].map(([kind, own]) => {
      const cause = `dead:${kind}:${taskUid}:${stamp}`;
      return {
        kind: 'job' as const,
        name: 'search.sync',
        key: cause,
        source: `search:${cause}`,
        payload: { cause, changes: own.map(({ targetId }) => ({ kind, id: targetId })) },
        error,
        attempts: MAX_ATTEMPTS,
      };
    }),
  );
}
