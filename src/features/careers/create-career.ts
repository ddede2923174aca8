import { and, eq, sql } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { isDuplicateKey } from '../../platform/db/errors.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { AppError } from '../../platform/errors.ts';
import { hashInput } from '../../platform/input-hash.ts';
import { users } from '../../schema/accounts.ts';
import { careerMembers, careers } from '../../schema/careers.ts';
import { careerCreated } from './events.ts';
import { MAX_CAREERS } from './schemas.ts';

type NewCareer = { name: string; kind: 'personal' | 'group' };
/** What tells a repeat. */
type Sent = { clientKey: string; inputHash: string };

/**
 * Makes a career, last in its owner's order; answers its id. The same `clientKey` answers with the career it made
 * before, whatever it is called by now. Throws `limit_reached`, `idempotency_key_reused`, or `career_not_found` when the
 * career it made is gone by now.
 */
export async function createCareer(
  ctx: UserCtx,
  input: NewCareer,
  clientKey: string | undefined,
): Promise<string> {
  const sent = clientKey === undefined ? undefined : { clientKey, inputHash: await hashInput(input) };
  try {
    return await insertCareer(ctx, input, sent);
  } catch (error) {
    if (!sent || !isDuplicateKey(error, 'careers.careers_client_key')) throw error;
    return findRepeated(ctx, sent);
  }
}

function insertCareer(ctx: UserCtx, input: NewCareer, sent: Sent | undefined): Promise<string> {
  const { deps, actor } = ctx;
  return inTransaction(ctx, async (tx) => {
    // One person's careers are made one after the other, so limit and order are exact. The lock is on that person's
    // own row: counting inside the INSERT would lock gaps between people, and theirs would deadlock.
    await tx.db.select({ id: users.id }).from(users).where(eq(users.id, actor.userId)).for('update');
    const careerId = deps.ids.next();
    const createdAt = deps.clock.now();
    await tx.db.insert(careers).values({ id: careerId, ownerId: actor.userId, ...input, ...sent, createdAt });
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

async function findRepeated(ctx: UserCtx, { clientKey, inputHash }: Sent): Promise<string> {
  const [earlier] = await ctx.deps.db
    .select({ id: careers.id, inputHash: careers.inputHash, deletedAt: careers.deletedAt })
    .from(careers)
    .where(and(eq(careers.ownerId, ctx.actor.userId), eq(careers.clientKey, clientKey)));
  if (earlier && earlier.inputHash !== inputHash) throw new AppError('idempotency_key_reused');
  if (!earlier || earlier.deletedAt) throw new AppError('career_not_found');
  return earlier.id;
}
