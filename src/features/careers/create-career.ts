import { and, eq, sql } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { isDuplicateKey } from '../../platform/db/errors.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { AppError } from '../../platform/errors.ts';
import { users } from '../../schema/accounts.ts';
import { careerMembers, careers } from '../../schema/careers.ts';
import { careerCreated } from './events.ts';
import { MAX_CAREERS } from './schemas.ts';

type NewCareer = { name: string; kind: 'personal' | 'group' };

/**
 * Makes a career, last in its owner's order; answers its id. The same `clientKey` answers with the career it made
 * before. Throws `limit_reached` or `idempotency_key_reused`.
 */
export async function createCareer(
  ctx: UserCtx,
  input: NewCareer,
  clientKey: string | undefined,
): Promise<string> {
  try {
    return await insertCareer(ctx, input, clientKey);
  } catch (error) {
    if (clientKey === undefined || !isDuplicateKey(error, 'careers.careers_client_key')) throw error;
    return findRepeated(ctx, input, clientKey);
  }
}

function insertCareer(ctx: UserCtx, input: NewCareer, clientKey: string | undefined): Promise<string> {
  const { deps, actor } = ctx;
  return inTransaction(ctx, async (tx) => {
    // One person's careers are made one after the other, so limit and order are exact. The lock is on that person's
    // own row: counting inside the INSERT would lock gaps between people, and theirs would deadlock.
    await tx.db.select({ id: users.id }).from(users).where(eq(users.id, actor.userId)).for('update');
    const careerId = deps.ids.next();
    const createdAt = deps.clock.now();
    await tx.db
      .insert(careers)
      .values({ id: careerId, ownerId: actor.userId, ...input, clientKey: clientKey ?? null, createdAt });
    const [mine] = await tx.db
      .select({
        count: sql`count(*)`.mapWith(Number),
        next: sql`coalesce(max(${careerMembers.position}) + 1, 0)`.mapWith(Number),
      })
      .from(careerMembers)
      .where(and(eq(careerMembers.userId, actor.userId), eq(careerMembers.state, 'active')));
    if (!mine || mine.count >= MAX_CAREERS) throw new AppError('limit_reached');
    await tx.db
      .insert(careerMembers)
      .values({ careerId, userId: actor.userId, state: 'active', position: mine.next, createdAt });
    tx.emit(careerCreated, { careerId, ownerId: actor.userId });
    return careerId;
  });
}

async function findRepeated(ctx: UserCtx, input: NewCareer, clientKey: string): Promise<string> {
  const [made] = await ctx.deps.db
    .select({ id: careers.id, name: careers.name, kind: careers.kind })
    .from(careers)
    .where(and(eq(careers.ownerId, ctx.actor.userId), eq(careers.clientKey, clientKey)));
  if (made?.name !== input.name || made.kind !== input.kind) throw new AppError('idempotency_key_reused');
  return made.id;
}
