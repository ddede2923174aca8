import { and, eq, isNull } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { careerMembers, careers } from '../../schema/careers.ts';
import { careerDeleted } from './events.ts';
import { refuseCareer } from './refusals.ts';

/**
 * Deletes a career of one's own (of a group: that one manages); its posts go by way of `career.deleted`. A post that is
 * just being written in it either is seen by that or finds the career gone: both lock the career's row. Throws
 * `career_not_found` or `forbidden`.
 */
export async function deleteCareer(ctx: UserCtx, careerId: string): Promise<void> {
  const ownerId = ctx.actor.userId;
  await inTransaction(ctx, async (tx) => {
    const { rowsAffected } = await tx.db
      .update(careers)
      .set({ deletedAt: ctx.deps.clock.now() })
      .where(and(eq(careers.id, careerId), eq(careers.ownerId, ownerId), isNull(careers.deletedAt)));
    if (rowsAffected === 0) await refuseCareer(ctx, careerId);
    await tx.db.delete(careerMembers).where(eq(careerMembers.careerId, careerId));
    tx.emit(careerDeleted, { careerId, ownerId });
  });
}
