import { and, eq, isNull } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { careers } from '../../schema/careers.ts';
import { careerEdited } from './events.ts';
import { refuseCareer } from './refusals.ts';

/** Gives a career of one's own (of a group: that one manages) another name. Throws `career_not_found` or `forbidden`. */
export async function editCareer(ctx: UserCtx, careerId: string, name: string): Promise<void> {
  const ownerId = ctx.actor.userId;
  await inTransaction(ctx, async (tx) => {
    const { rowsAffected } = await tx.db
      .update(careers)
      .set({ name })
      .where(and(eq(careers.id, careerId), eq(careers.ownerId, ownerId), isNull(careers.deletedAt)));
    if (rowsAffected === 0) await refuseCareer(ctx, careerId);
    tx.emit(careerEdited, { careerId, ownerId });
  });
}
