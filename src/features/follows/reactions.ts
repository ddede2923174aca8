import { inArray, sql } from 'drizzle-orm';
import type { Ctx } from '../../platform/context.ts';
import { defineReaction, type Reaction } from '../../platform/events.ts';
import { users } from '../../schema/accounts.ts';
import { follows } from '../../schema/reactions.ts';
import { personBlocked, personFollowed, personUnfollowed } from './events.ts';

const recountAfterFollows = defineReaction({
  name: 'follows.recount_after_follows',
  on: [personFollowed, personUnfollowed],
  async run(ctx, events) {
    await recountFollowers(
      ctx,
      events.map(({ payload }) => payload.followeeId),
    );
    await recountFollowings(
      ctx,
      events.map(({ payload }) => payload.followerId),
    );
  },
});

const recountAfterBlocks = defineReaction({
  name: 'follows.recount_after_blocks',
  on: [personBlocked],
  async run(ctx, events) {
    const ids = events.flatMap(({ payload }) => [payload.blockerId, payload.blockedId]);
    await recountFollowers(ctx, ids);
    await recountFollowings(ctx, ids);
  },
});

/**
 * Counts the followers of each person anew, from rows. One statement for each of the two counts: one for both would
 * take its locks along two indexes and deadlock with an unfollow, which goes along them in the other order.
 */
async function recountFollowers({ deps }: Ctx, userIds: string[]): Promise<void> {
  await deps.db
    .update(users)
    .set({
      followerCount: sql`(select count(*) from ${follows} as counted where counted.followee_id = ${users.id})`,
    })
    .where(inArray(users.id, [...new Set(userIds)]));
}

/** Counts the people each person follows anew, from rows. */
async function recountFollowings({ deps }: Ctx, userIds: string[]): Promise<void> {
  await deps.db
    .update(users)
    .set({
      followingCount: sql`(select count(*) from ${follows} as counted where counted.follower_id = ${users.id})`,
    })
    .where(inArray(users.id, [...new Set(userIds)]));
}

export const followReactions: readonly Reaction[] = [recountAfterFollows, recountAfterBlocks];
