import { and, eq, or, sql } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { insertSelect } from '../../platform/db/insert-select.ts';
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
  await inTransaction(ctx, async (tx) => {
    if (await insertBlock(ctx, tx, pair)) {
      await removeFollows(tx, pair);
      tx.emit(personBlocked, pair);
    } else if (!(await isBlocking(tx, pair))) throw new AppError('not_found');
  });
}

/** Comes before the follows are removed: it waits for a follow that is being made, which is then there to remove. */
async function insertBlock(ctx: UserCtx, tx: Tx, pair: Pair): Promise<boolean> {
  const { rowsAffected } = await tx.db.execute(
    insertSelect(
      blocks,
      { ...pair, id: ctx.deps.ids.next(), createdAt: ctx.deps.clock.now() },
      sql`from ${users} where ${users.id} = ${pair.blockedId} and ${isKnownTo(pair.blockerId, users.id)}`,
      { ignore: true },
    ),
  );
  return rowsAffected > 0;
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

async function isBlocking(tx: Tx, pair: Pair): Promise<boolean> {
  const rows = await tx.db.select({ id: blocks.id }).from(blocks).where(isPair(pair));
  return rows.length > 0;
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
