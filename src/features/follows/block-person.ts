import { and, eq, or, sql } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { inTransaction, type Tx } from '../../platform/db/transaction.ts';
import { AppError } from '../../platform/errors.ts';
import { users } from '../../schema/accounts.ts';
import { blocks, follows } from '../../schema/reactions.ts';
import { isKnownTo } from '../people/index.ts';
import { personBlocked, personUnblocked } from './events.ts';

type Pair = { blockerId: string; blockedId: string };

/**
 * I block somebody: both follows between us go in the same transaction and neither sees the other from then on. They
 * are not told. Once more changes nothing. Throws `target_is_own` for myself, and `not_found` for whoever is not there
 * or has blocked me.
 */
export async function blockPerson(ctx: UserCtx, blockedId: string): Promise<void> {
  const pair = { blockerId: ctx.actor.userId, blockedId };
  if (pair.blockerId === blockedId) throw new AppError('target_is_own');
  if (await requireBlockable(ctx, pair)) return;
  await inTransaction(ctx, async (tx) => {
    // First, so that it waits for a follow between us that is being made, which is then there to remove.
    const { rowsAffected } = await tx.db
      .insert(blocks)
      .ignore()
      .values({ ...pair, id: ctx.deps.ids.next(), createdAt: ctx.deps.clock.now() });
    if (rowsAffected === 0) return;
    await removeFollows(tx, pair);
    tx.emit(personBlocked, pair);
  });
}

/**
 * Whether I block them already. Asked before the INSERT and not inside it: there, each of two blocks at once would lock
 * the gap that the other must write into. What can slip in between, their block of me, does no harm.
 */
async function requireBlockable({ deps }: UserCtx, { blockerId, blockedId }: Pair): Promise<boolean> {
  const [row] = await deps.db
    .select({ blockId: blocks.id, isKnown: sql`${isKnownTo(blockerId, users.id)}`.mapWith(Number) })
    .from(users)
    .leftJoin(blocks, isPair({ blockerId, blockedId }))
    .where(eq(users.id, blockedId));
  if (row?.blockId) return true;
  if (!row?.isKnown) throw new AppError('not_found');
  return false;
}

async function removeFollows(tx: Tx, { blockerId, blockedId }: Pair): Promise<void> {
  await tx.db
    .delete(follows)
    .where(
      or(
        and(eq(follows.followerId, blockerId), eq(follows.followeeId, blockedId)),
        and(eq(follows.followerId, blockedId), eq(follows.followeeId, blockerId)),
      ),
    );
}

/** I lift a block; once more changes nothing, and nothing that it removed comes back. */
export async function unblockPerson(ctx: UserCtx, blockedId: string): Promise<void> {
  const pair = { blockerId: ctx.actor.userId, blockedId };
  await inTransaction(ctx, async (tx) => {
    const { rowsAffected } = await tx.db.delete(blocks).where(isPair(pair));
    if (rowsAffected > 0) tx.emit(personUnblocked, pair);
  });
}

function isPair({ blockerId, blockedId }: Pair) {
  return and(eq(blocks.blockerId, blockerId), eq(blocks.blockedId, blockedId));
}
