import { and, eq, sql } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { AppError } from '../../platform/errors.ts';
import { careerMembers } from '../../schema/careers.ts';

/** Puts my careers into an order. `conflict` unless the list is exactly my careers as they are now. */
export async function orderCareers(ctx: UserCtx, careerIds: readonly string[]): Promise<void> {
  const isMine = and(eq(careerMembers.userId, ctx.actor.userId), eq(careerMembers.state, 'active'));
  await inTransaction(ctx, async (tx) => {
    const mine = await tx.db
      .select({ careerId: careerMembers.careerId })
      .from(careerMembers)
      .where(isMine)
      .for('update');
    const named = new Set(careerIds);
    const isExact =
      named.size === careerIds.length &&
      mine.length === named.size &&
      mine.every(({ careerId }) => named.has(careerId));
    if (!isExact) throw new AppError('conflict');
    // FIELD compares a number with text as doubles, which ids outgrow.
    const list = sql.join(
      careerIds.map((id) => sql`cast(${id} as signed)`),
      sql`, `,
    );
    await tx.db
      .update(careerMembers)
      .set({ position: sql`field(${careerMembers.careerId}, ${list}) - 1` })
      .where(isMine);
  });
}
