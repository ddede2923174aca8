import { and, desc, eq, sql } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { randomToken } from '../../platform/crypto.ts';
import { insertSelect } from '../../platform/db/insert-select.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { AppError } from '../../platform/errors.ts';
import { dataExports } from '../../schema/accounts.ts';
import { requirePassword } from '../account/index.ts';
import { exportAsked } from './events.ts';

const DAY_SECONDS = 86_400;

/**
 * Asks for everything of mine, made by a job and told by mail; once a day. Throws `password_wrong` or `export_too_soon`.
 */
export async function askExport(ctx: UserCtx, password: string): Promise<typeof dataExports.$inferSelect> {
  await requirePassword(ctx, password);
  const { userId } = ctx.actor;
  const now = ctx.deps.clock.now();
  const row = {
    id: ctx.deps.ids.next(),
    userId,
    state: 'asked' as const,
    objectKey: `exports/${randomToken()}`,
    createdAt: now,
  };
  const dayAgo = sql.param(new Date(now.getTime() - DAY_SECONDS * 1000), dataExports.createdAt);
  const none = sql`from dual where not exists (select 1 from ${dataExports} where ${and(
    eq(dataExports.userId, userId),
    sql`${dataExports.createdAt} > ${dayAgo}`,
  )})`;
  await inTransaction(ctx, async (tx) => {
    const { rowsAffected } = await tx.db.execute(insertSelect(dataExports, row, none));
    if (rowsAffected === 0) throw new AppError('export_too_soon', { retryAfter: DAY_SECONDS });
    tx.emit(exportAsked, { exportId: row.id, userId });
  });
  return { ...row, tokenHash: null, volumes: null, expiresAt: null };
}

/** My exports of the last month, the newest first. */
export function listExports(ctx: UserCtx): Promise<(typeof dataExports.$inferSelect)[]> {
  return ctx.deps.db
    .select()
    .from(dataExports)
    .where(eq(dataExports.userId, ctx.actor.userId))
    .orderBy(desc(dataExports.id))
    .limit(50);
}
