import { and, eq, sql } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { AppError } from '../../platform/errors.ts';
import { careerFollows, careerMembers, careers } from '../../schema/careers.ts';
import { careerJoined } from './events.ts';
import { MAX_CAREERS } from './schemas.ts';
import { isCareerVisibleTo } from './visibility.ts';

/**
 * I join the group that invited me; it stands last in my order, and I need not follow it any more. Once more changes
 * nothing. Throws `not_found` without an invitation that I can see, or `limit_reached`.
 */
export async function acceptInvitation(ctx: UserCtx, careerId: string): Promise<void> {
  const { userId } = ctx.actor;
  await inTransaction(ctx, async (tx) => {
    const [mine] = await tx.db
      .select({
        count: sql`count(*)`.mapWith(Number),
        position: sql`coalesce(max(${careerMembers.position}) + 1, 0)`.mapWith(Number),
        isMember: sql`coalesce(max(${careerMembers.careerId} = ${careerId}), 0)`.mapWith(Number),
        isVisible:
          sql`exists (select 1 from ${careers} where ${careers.id} = ${careerId} and ${isCareerVisibleTo(userId)})`
            .mapWith(Number)
            .as('is_visible'),
      })
      .from(careerMembers)
      .where(and(eq(careerMembers.userId, userId), eq(careerMembers.state, 'active')));
    if (mine?.isMember === 1) return;
    if (mine?.isVisible !== 1) throw new AppError('not_found');
    if (mine.count >= MAX_CAREERS) throw new AppError('limit_reached');
    const { rowsAffected } = await tx.db
      .update(careerMembers)
      .set({ state: 'active', position: mine.position, createdAt: ctx.deps.clock.now() })
      .where(
        and(
          eq(careerMembers.careerId, careerId),
          eq(careerMembers.userId, userId),
          eq(careerMembers.state, 'invited'),
        ),
      );
    if (rowsAffected === 0) throw new AppError('not_found');
    await tx.db
      .delete(careerFollows)
      .where(and(eq(careerFollows.userId, userId), eq(careerFollows.careerId, careerId)));
    tx.emit(careerJoined, { careerId, userId });
  });
}

/** I do not join. Once more changes nothing; nobody is told. */
export async function declineInvitation(ctx: UserCtx, careerId: string): Promise<void> {
  await ctx.deps.db
    .delete(careerMembers)
    .where(
      and(
        eq(careerMembers.careerId, careerId),
        eq(careerMembers.userId, ctx.actor.userId),
        eq(careerMembers.state, 'invited'),
      ),
    );
}
