import { eq } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { users } from '../../schema/accounts.ts';
import { requirePassword } from './change-password.ts';
import { accountLeft } from './events.ts';
import { buryNow, endSessionsOf } from './sessions.ts';

/**
 * 탈퇴: invisible everywhere and logged out at once; purged 30 days later unless a log-in brings it back. Throws
 * `password_wrong`.
 */
export async function leaveAccount(ctx: UserCtx, input: { password: string; reason: string }): Promise<void> {
  const { userId } = ctx.actor;
  await requirePassword(ctx, input.password);
  const ended = await inTransaction(ctx, async (tx) => {
    await tx.db
      .update(users)
      .set({ leftAt: ctx.deps.clock.now(), leaveReason: input.reason })
      .where(eq(users.id, userId));
    tx.emit(accountLeft, { userId });
    return endSessionsOf(ctx, tx, userId, {});
  });
  await buryNow(ctx.deps, ended);
}
