import { inArray, sql } from 'drizzle-orm';
import type { Queryable } from '../../platform/db/client.ts';
import { users } from '../../schema/accounts.ts';
import { follows } from '../../schema/reactions.ts';

/**
 * Counts the followers of each person anew, from rows. One statement for each of the two counts: one for both would
 * take its locks along two indexes and deadlock with an unfollow, which goes along them in the other order.
 */
export async function recountFollowers(db: Queryable, userIds: readonly string[]): Promise<void> {
  await db
    .update(users)
    .set({
      followerCount: sql`(select count(*) from ${follows} as counted where counted.followee_id = ${users.id})`,
    })
    .where(inArray(users.id, [...new Set(userIds)]));
}

/** Counts the people each person follows anew, from rows. */
export async function recountFollowings(db: Queryable, userIds: readonly string[]): Promise<void> {
  await db
    .update(users)
    .set({
      followingCount: sql`(select count(*) from ${follows} as counted where counted.follower_id = ${users.id})`,
    })
    .where(inArray(users.id, [...new Set(userIds)]));
}
