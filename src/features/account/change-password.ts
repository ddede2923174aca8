import type * as z from 'zod';
import { eq } from 'drizzle-orm';
import type { Ctx, UserCtx } from '../../platform/context.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { AppError } from '../../platform/errors.ts';
import { spendExact } from '../../platform/exact-limits.ts';
import { hashPassword, isPasswordRight } from '../../platform/password.ts';
import { userEmails, users } from '../../schema/accounts.ts';
import { withProof } from './codes.ts';
import { passwordChanged } from './events.ts';
import { requireUncommonPassword } from './password-policy.ts';
import type { ChangePassword, ResetPassword } from './schemas.ts';
import { buryNow, endSessionsOf } from './sessions.ts';
import { requireAddress } from './sign-up.ts';

/** Re-authentication before anything that moves the account. Throws `password_wrong` or `rate_limited`. */
export async function requirePassword(ctx: UserCtx, password: string) {
  const retryAfter = await spendExact(ctx.deps, [
    { key: `password check ${ctx.actor.userId}`, max: 10, windowMs: 900_000 },
  ]);
  if (retryAfter > 0) throw new AppError('rate_limited', { retryAfter });
  const [user] = await ctx.deps.db
    .select({ name: users.name, passwordHash: users.passwordHash })
    .from(users)
    .where(eq(users.id, ctx.actor.userId));
  if (!user) throw new AppError('unauthenticated');
  if (!(await isPasswordRight(password, user.passwordHash))) throw new AppError('password_wrong');
  return user;
}

/** A new password against the present one; all other sessions end. */
export async function changePassword(ctx: UserCtx, input: z.output<typeof ChangePassword>): Promise<void> {
  const { userId, sessionId } = ctx.actor;
  const user = await requirePassword(ctx, input.currentPassword);
  requireUncommonPassword(input.newPassword, [user.name]);
  await storePassword(ctx, userId, input.newPassword, sessionId);
}

/** A new password against a proof of one of the account's addresses; all sessions end. Throws `proof_invalid`. */
export async function resetPassword(ctx: Ctx, input: z.output<typeof ResetPassword>): Promise<void> {
  const address = requireAddress(input.email);
  requireUncommonPassword(input.newPassword, [address.key]);
  await withProof(ctx, { address, purpose: 'reset_password', proof: input.proof }, async () => {
    const [row] = await ctx.deps.db
      .select({ userId: userEmails.userId })
      .from(userEmails)
      .where(eq(userEmails.addressKey, address.key));
    if (!row) throw new AppError('proof_invalid');
    await storePassword(ctx, row.userId, input.newPassword, undefined);
  });
}

async function storePassword(ctx: Ctx, userId: string, password: string, keptSession: string | undefined) {
  const passwordHash = await hashPassword(password, ctx.deps.config.scryptCost);
  const ended = await inTransaction(ctx, async (tx) => {
    await tx.db.update(users).set({ passwordHash }).where(eq(users.id, userId));
    tx.emit(passwordChanged, { userId });
    return endSessionsOf(ctx, tx, userId, keptSession ? { except: keptSession } : {});
  });
  await buryNow(ctx.deps, ended);
}
