import { and, eq, sql } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { insertSelect } from '../../platform/db/insert-select.ts';
import { inTransaction, type Tx } from '../../platform/db/transaction.ts';
import { AppError } from '../../platform/errors.ts';
import { careerFollows, careerMembers, careers } from '../../schema/careers.ts';
import { careerFollowed, careerUnfollowed } from './events.ts';
import { requireVisibleCareer } from './queries.ts';
import { isCareerVisibleTo } from './visibility.ts';

/**
 * I follow a career that I do not belong to; once more changes nothing. Throws `career_not_found`, or `target_is_own`
 * for a career I belong to.
 */
export async function followCareer(ctx: UserCtx, careerId: string): Promise<void> {
  const { userId } = ctx.actor;
  await inTransaction(ctx, async (tx) => {
    const { rowsAffected } = await tx.db.execute(
      insertSelect(
        careerFollows,
        { userId, careerId, createdAt: ctx.deps.clock.now() },
        sql`from ${careers} where ${careers.id} = ${careerId} and ${isCareerVisibleTo(userId)} and not exists (select 1 from ${careerMembers} as own where own.career_id = ${careers.id} and own.user_id = ${userId} and own.state = 'active')`,
        { ignore: true },
      ),
    );
    if (rowsAffected > 0) tx.emit(careerFollowed, { careerId, userId });
    else if (!(await isFollowing(tx, userId, careerId))) {
      await requireVisibleCareer(ctx, careerId);
      throw new AppError('target_is_own');
    }
  });
}

async function isFollowing(tx: Tx, userId: string, careerId: string): Promise<boolean> {
  const rows = await tx.db
    .select({ careerId: careerFollows.careerId })
    .from(careerFollows)
    .where(isFollow(userId, careerId));
  return rows.length > 0;
}

/** I no longer follow a career; once more changes nothing. */
export async function unfollowCareer(ctx: UserCtx, careerId: string): Promise<void> {
  const { userId } = ctx.actor;
  await inTransaction(ctx, async (tx) => {
    const { rowsAffected } = await tx.db.delete(careerFollows).where(isFollow(userId, careerId));
    if (rowsAffected > 0) tx.emit(careerUnfollowed, { careerId, userId });
  });
}

function isFollow(userId: string, careerId: string) {
  return and(eq(careerFollows.userId, userId), eq(careerFollows.careerId, careerId));
}
