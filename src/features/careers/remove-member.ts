import { and, eq, isNull } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { AppError } from '../../platform/errors.ts';
import { careerMembers, careers } from '../../schema/careers.ts';
import { careerLeft } from './events.ts';
import { refuseCareer } from './refusals.ts';

/**
 * The manager removes somebody from a group, or takes an invitation back; a member leaves by naming themselves. Posts
 * stay. Nothing happens for people who are not in it. Who manages the group and what the person is in it stand still
 * until COMMIT, so that nobody is taken out who has just become its manager. Throws `career_not_found`, `forbidden`,
 * or `career_manager_stays`.
 */
export async function removeMember(ctx: UserCtx, careerId: string, userId: string): Promise<void> {
  const actorId = ctx.actor.userId;
  const isThem = and(eq(careerMembers.careerId, careerId), eq(careerMembers.userId, userId));
  await inTransaction(ctx, async (tx) => {
    const [career] = await tx.db
      .select({ ownerId: careers.ownerId, state: careerMembers.state })
      .from(careers)
      .leftJoin(careerMembers, isThem)
      .where(and(eq(careers.id, careerId), isNull(careers.deletedAt)))
      .for('update');
    const isAllowed = career?.ownerId === actorId || (userId === actorId && career?.state);
    if (!isAllowed) await refuseCareer(ctx, careerId);
    if (career?.ownerId === userId) throw new AppError('career_manager_stays');
    const { rowsAffected } = await tx.db.delete(careerMembers).where(isThem);
    if (rowsAffected > 0 && career?.state === 'active') tx.emit(careerLeft, { careerId, userId });
  });
}
