import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { inTransaction, type Tx } from '../../platform/db/transaction.ts';
import { AppError } from '../../platform/errors.ts';
import { users } from '../../schema/accounts.ts';
import { careerMembers, careers } from '../../schema/careers.ts';
import { follows } from '../../schema/reactions.ts';
import { isVisibleTo } from '../people/index.ts';
import { careerInvited } from './events.ts';
import { refuseCareer } from './refusals.ts';
import { MAX_MEMBERS } from './schemas.ts';

/**
 * The manager invites people they follow into a group; answers whom an invitation stands for now. People they do not
 * follow or cannot see, companies and members are passed over in silence. Throws `career_not_found`, `forbidden`,
 * `career_not_group` or `limit_reached`.
 */
export async function invitePeople(
  ctx: UserCtx,
  careerId: string,
  userIds: readonly string[],
): Promise<string[]> {
  return inTransaction(ctx, async (tx) => {
    const memberCount = await lockGroup(ctx, tx, careerId);
    const people = await findInvitable(ctx, tx, careerId, userIds);
    const invitable = people.filter(({ state }) => state !== 'active').map(({ userId }) => userId);
    const newcomers = people.filter(({ state }) => state === null).map(({ userId }) => userId);
    if (newcomers.length === 0) return invitable;
    if (memberCount + newcomers.length > MAX_MEMBERS) throw new AppError('limit_reached');
    const createdAt = ctx.deps.clock.now();
    await tx.db
      .insert(careerMembers)
      .values(newcomers.map((userId) => ({ careerId, userId, state: 'invited' as const, createdAt })));
    tx.emit(careerInvited, { careerId, inviterId: ctx.actor.userId, userIds: newcomers });
    return invitable;
  });
}

/** Two invitations at once wait for each other here, so the limit holds. Answers the people in it, invited ones too. */
async function lockGroup(ctx: UserCtx, tx: Tx, careerId: string): Promise<number> {
  const [group] = await tx.db
    .select({
      kind: careers.kind,
      memberCount:
        sql`(select count(*) from ${careerMembers} where ${careerMembers.careerId} = ${careers.id})`
          .mapWith(Number)
          .as('member_count'),
    })
    .from(careers)
    .where(and(eq(careers.id, careerId), eq(careers.ownerId, ctx.actor.userId), isNull(careers.deletedAt)))
    .for('update');
  if (!group) return refuseCareer(ctx, careerId);
  if (group.kind !== 'group') throw new AppError('career_not_group');
  return group.memberCount;
}

function findInvitable(ctx: UserCtx, tx: Tx, careerId: string, userIds: readonly string[]) {
  const { userId } = ctx.actor;
  return tx.db
    .select({ userId: users.id, state: careerMembers.state })
    .from(follows)
    .innerJoin(users, eq(users.id, follows.followeeId))
    .leftJoin(careerMembers, and(eq(careerMembers.careerId, careerId), eq(careerMembers.userId, users.id)))
    .where(
      and(
        eq(follows.followerId, userId),
        inArray(follows.followeeId, [...userIds]),
        eq(users.kind, 'student'),
        isVisibleTo(userId, users.id),
      ),
    );
}
