import { and, eq, sql } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { insertSelect } from '../../platform/db/insert-select.ts';
import { inTransaction, type Tx } from '../../platform/db/transaction.ts';
import { AppError } from '../../platform/errors.ts';
import { users } from '../../schema/accounts.ts';
import { follows } from '../../schema/reactions.ts';
import { isVisibleTo } from '../people/index.ts';
import { personFollowed, personUnfollowed } from './events.ts';

type Pair = { followerId: string; followeeId: string };

/**
 * I follow somebody; once more changes nothing. Throws `target_is_own` for myself, and `not_found` for whoever I cannot
 * see. The rows read inside the INSERT stay locked until COMMIT, so a block made meanwhile waits and then finds the
 * follow to remove.
 */
export async function followPerson(ctx: UserCtx, followeeId: string): Promise<void> {
  const pair = { followerId: ctx.actor.userId, followeeId };
  if (pair.followerId === followeeId) throw new AppError('target_is_own');
  await inTransaction(ctx, async (tx) => {
    const { rowsAffected } = await tx.db.execute(
      insertSelect(
        follows,
        { ...pair, id: ctx.deps.ids.next(), createdAt: ctx.deps.clock.now() },
        sql`from ${users} where ${users.id} = ${followeeId} and ${isVisibleTo(pair.followerId, users.id)}`,
        { ignore: true },
      ),
    );
    if (rowsAffected > 0) tx.emit(personFollowed, pair);
    else if (!(await isFollowing(tx, pair))) throw new AppError('not_found');
  });
}

async function isFollowing(tx: Tx, pair: Pair): Promise<boolean> {
  const rows = await tx.db.select({ id: follows.id }).from(follows).where(isPair(pair));
  return rows.length > 0;
}

/** I no longer follow somebody; once more changes nothing. */
export async function unfollowPerson(ctx: UserCtx, followeeId: string): Promise<void> {
  await endFollow(ctx, { followerId: ctx.actor.userId, followeeId });
}

/** Somebody no longer follows me, because I want it so. They are not told. */
export async function removeFollower(ctx: UserCtx, followerId: string): Promise<void> {
  await endFollow(ctx, { followerId, followeeId: ctx.actor.userId });
}

async function endFollow(ctx: UserCtx, pair: Pair): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const { rowsAffected } = await tx.db.delete(follows).where(isPair(pair));
    if (rowsAffected > 0) tx.emit(personUnfollowed, pair);
  });
}

function isPair({ followerId, followeeId }: Pair) {
  return and(eq(follows.followerId, followerId), eq(follows.followeeId, followeeId));
}
