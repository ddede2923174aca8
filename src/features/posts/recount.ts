import { and, inArray, sql } from 'drizzle-orm';
import type { Queryable } from '../../platform/db/client.ts';
import { users } from '../../schema/accounts.ts';
import { careerMembers, careers } from '../../schema/careers.ts';
import { media, postMedia, posts, postViews } from '../../schema/posts.ts';

/**
 * Counts anew, from rows. Each is one UPDATE that locks the counted row first and then reads what is committed, so that
 * of two at once the later one has counted everything.
 */

/** Posts whose views one statement counts: it holds them until it is done. */
export const VIEWS_AT_ONCE = 500;

/** How many posts people have. */
export async function recountUsers(db: Queryable, userIds: string[]): Promise<void> {
  await db
    .update(users)
    .set({
      postCount: sql`(select count(*) from ${posts} where ${posts.authorId} = ${users.id} and ${posts.deletedAt} is null)`,
    })
    .where(inArray(users.id, userIds));
}

/** Posts of careers, the time of the last, and the cover: the first image of the newest post that has one. */
export async function recountCareers(db: Queryable, careerIds: string[]): Promise<void> {
  const isAlive = sql`${posts.careerId} = ${careers.id} and ${posts.deletedAt} is null`;
  await db
    .update(careers)
    .set({
      postCount: sql`(select count(*) from ${posts} where ${isAlive})`,
      lastPostAt: sql`(select ${posts.createdAt} from ${posts} where ${isAlive} order by ${posts.id} desc limit 1)`,
      coverKey: sql`(select ${media.key} from ${posts} inner join ${postMedia} on ${postMedia.postId} = ${posts.id} and ${postMedia.kind} = 'image' inner join ${media} on ${media.id} = ${postMedia.mediaId} where ${isAlive} order by ${posts.id} desc, ${postMedia.position} limit 1)`,
    })
    .where(inArray(careers.id, careerIds));
}

/** What each of these people has written in each of these careers. */
export async function recountMembers(db: Queryable, userIds: string[], careerIds: string[]): Promise<void> {
  const isAlive = sql`${posts.careerId} = ${careerMembers.careerId} and ${posts.authorId} = ${careerMembers.userId} and ${posts.deletedAt} is null`;
  await db
    .update(careerMembers)
    .set({
      postCount: sql`(select count(*) from ${posts} where ${isAlive})`,
      lastPostAt: sql`(select ${posts.createdAt} from ${posts} where ${isAlive} order by ${posts.id} desc limit 1)`,
    })
    .where(and(inArray(careerMembers.userId, userIds), inArray(careerMembers.careerId, careerIds)));
}

/** How often posts were seen, for {@link VIEWS_AT_ONCE} posts at most. */
export async function recountViews(db: Queryable, postIds: string[]): Promise<void> {
  await db
    .update(posts)
    .set({
      viewCount: sql`(select count(*) from ${postViews} where ${postViews.postId} = ${posts.id})`,
    })
    .where(inArray(posts.id, postIds));
}
