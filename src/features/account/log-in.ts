import type * as z from 'zod';
import { and, eq, isNull } from 'drizzle-orm';
import { CacheUnavailable } from '../../platform/cache.ts';
import type { Ctx } from '../../platform/context.ts';
import { inTransaction, type Tx } from '../../platform/db/transaction.ts';
import { AppError } from '../../platform/errors.ts';
import { refundExact, spendExact } from '../../platform/exact-limits.ts';
import { describeError } from '../../platform/log.ts';
import { hashPassword, isPasswordRight, isRehashDue } from '../../platform/password.ts';
import { userEmails, users } from '../../schema/accounts.ts';
import { accountRestored } from './events.ts';
import { isNetworkKnown, rememberNetwork } from './known-networks.ts';
import type { LogIn } from './schemas.ts';
import { openSession, type LogInOrigin } from './sessions.ts';
import { requireAddress } from './sign-up.ts';

/** How long someone who left may come back. */
export const RESTORE_DAYS = 30;

/**
 * E-mail (school or recovery address) and password against a session. Logging in within 30 days of leaving brings the
 * account back. Throws `credentials_wrong`, the same and after the same work whether the address has an account, or
 * `rate_limited`.
 *
 * Wrong tries are counted by account and network (10 in 15 minutes), by network (100 an hour) and by account (100 a
 * day: NIST SP 800-63B). The last count does not bind a network from which this account has logged in before, so a
 * stranger's wrong tries cannot lock its owner out.
 */
export async function logIn(ctx: Ctx, input: z.output<typeof LogIn>, origin: LogInOrigin) {
  const { deps } = ctx;
  const address = requireAddress(input.email);
  const pairKey = `log-in pair ${address.key} ${origin.network}`;
  const isKnown = await isNetworkKnown(ctx, address.key, origin.network);
  const limits = [
    { key: pairKey, max: 10, windowMs: 900_000 },
    { key: `log-in network ${origin.network}`, max: 100, windowMs: 3600_000 },
    ...(isKnown ? [] : [{ key: `log-in account ${address.key}`, max: 100, windowMs: 86_400_000 }]),
  ];
  const retryAfter = await spendExact(deps, limits);
  if (retryAfter > 0) throw new AppError('rate_limited', { retryAfter });

  const [account] = await deps.db
    .select({
      id: users.id,
      passwordHash: users.passwordHash,
      leftAt: users.leftAt,
      suspendedAt: users.suspendedAt,
    })
    .from(userEmails)
    .innerJoin(users, eq(users.id, userEmails.userId))
    .where(eq(userEmails.addressKey, address.key));
  const isRight = await isPasswordRight(input.password, account?.passwordHash ?? decoyHash(ctx));
  const restoreUntil = account?.leftAt ? account.leftAt.getTime() + RESTORE_DAYS * 86_400_000 : Infinity;
  if (!account || !isRight || account.suspendedAt || deps.clock.now().getTime() >= restoreUntil) {
    throw new AppError('credentials_wrong');
  }
  const rehashed = isRehashDue(account.passwordHash, deps.config.scryptCost)
    ? await hashPassword(input.password, deps.config.scryptCost)
    : undefined;
  const session = await inTransaction(ctx, async (tx) => {
    const isUnchanged = await holdPassword(tx, { ...account, password: input.password });
    const changes = {
      ...(account.leftAt && { leftAt: null, leaveReason: null }),
      ...(rehashed && isUnchanged && { passwordHash: rehashed }),
    };
    if (Object.keys(changes).length > 0)
      await tx.db.update(users).set(changes).where(eq(users.id, account.id));
    if (account.leftAt) tx.emit(accountRestored, { userId: account.id });
    return openSession(ctx, tx, account.id, origin);
  });
  deps.afterAnswer(
    settleRightTry(
      ctx,
      { addressKey: address.key, network: origin.network },
      limits.map(({ key }) => key),
    ),
  );
  return { ...session, userId: account.id, isRestored: account.leftAt !== null };
}

/**
 * Holds the account until COMMIT and tells whether its hash is still the one that was checked: a password that is being
 * replaced must neither open a session after the others were ended, nor come back by a rehash. Throws
 * `credentials_wrong`.
 */
async function holdPassword(
  tx: Tx,
  checked: { id: string; passwordHash: string; password: string },
): Promise<boolean> {
  const [held] = await tx.db
    .select({ passwordHash: users.passwordHash })
    .from(users)
    .where(and(eq(users.id, checked.id), isNull(users.suspendedAt)))
    .for('update');
  if (held?.passwordHash === checked.passwordHash) return true;
  // Another log-in may just have rehashed the same password.
  if (!held || !(await isPasswordRight(checked.password, held.passwordHash)))
    throw new AppError('credentials_wrong');
  return false;
}

/** Only wrong tries stay counted: a campus behind one address must be able to log in all day. */
async function settleRightTry(
  ctx: Ctx,
  { addressKey, network }: { addressKey: string; network: string },
  spentKeys: string[],
): Promise<void> {
  try {
    await rememberNetwork(ctx, addressKey, network);
    await refundExact(ctx.deps, spentKeys);
  } catch (error) {
    if (!(error instanceof CacheUnavailable)) throw error;
    ctx.deps.log.warn('right try not settled', describeError(error));
  }
}

/** A hash that no password has, at today's cost: an unknown address costs the same work as a known one. */
function decoyHash(ctx: Ctx): string {
  const { n, r, p } = ctx.deps.config.scryptCost;
  return `scrypt$${n}$${r}$${p}$AAAAAAAAAAAAAAAAAAAAAA$${'A'.repeat(43)}`;
}
