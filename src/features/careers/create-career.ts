import { and, eq, sql } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { isDuplicateKey } from '../../platform/db/errors.ts';
import { insertSelect } from '../../platform/db/insert-select.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { AppError } from '../../platform/errors.ts';
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
    const careerId = deps.ids.next();
    const now = deps.clock.now();
    await tx.db.insert(careers).values({
      id: careerId,
      ownerId: actor.userId,
      ...input,
      clientKey: clientKey ?? null,
      createdAt: now,
    });
    const { rowsAffected } = await tx.db.execute(
      insertSelect(
        careerMembers,
        {
          careerId,
          userId: actor.userId,
          state: 'active',
          position: nextPosition(),
          createdAt: now,
        },
        sql`from ${careerMembers} where ${careerMembers.userId} = ${actor.userId} and ${careerMembers.state} = 'active' having count(*) < ${MAX_CAREERS}`,
      ),
    );
    if (rowsAffected === 0) throw new AppError('limit_reached');
    tx.emit(careerCreated, { careerId, ownerId: actor.userId });
    return careerId;
  });
}

/** The place behind all careers of the statement's rows. */
function nextPosition() {
  return sql`coalesce(max(${careerMembers.position}) + 1, 0)`;
}

async function findRepeated(ctx: UserCtx, input: NewCareer, clientKey: string): Promise<string> {
  const [made] = await ctx.deps.db
    .select({ id: careers.id, name: careers.name, kind: careers.kind })
    .from(careers)
    .where(and(eq(careers.ownerId, ctx.actor.userId), eq(careers.clientKey, clientKey)));
  if (made?.name !== input.name || made.kind !== input.kind) throw new AppError('idempotency_key_reused');
  return made.id;
}
