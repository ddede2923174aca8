import { inArray, sql, type SQL } from 'drizzle-orm';
import type { Queryable } from '../../platform/db/client.ts';
import { comments, posts } from '../../schema/posts.ts';
import { bookmarks, LIKE_TARGETS, likes } from '../../schema/reactions.ts';

/*
 * Each recount is one UPDATE over all its things, which locks the counted row first and then reads what is committed:
 * of two at once the later has counted everything. Likes and bookmarks have a statement each, along one index.
 */

export async function recountLikesOfPost(db: Queryable, postIds: readonly string[]): Promise<void> {
  await db
    .update(posts)
    .set({ likeCount: countLikes(LIKE_TARGETS.post, sql`${posts.id}`) })
    .where(inArray(posts.id, [...new Set(postIds)]));
}

export async function recountLikesOfComment(db: Queryable, commentIds: readonly string[]): Promise<void> {
  await db
    .update(comments)
    .set({ likeCount: countLikes(LIKE_TARGETS.comment, sql`${comments.id}`) })
    .where(inArray(comments.id, [...new Set(commentIds)]));
}

export async function recountBookmarksOf(db: Queryable, postIds: readonly string[]): Promise<void> {
  await db
    .update(posts)
    .set({
      bookmarkCount: sql`(select count(*) from ${bookmarks} as counted where counted.post_id = ${posts.id})`,
    })
    .where(inArray(posts.id, [...new Set(postIds)]));
}

function countLikes(kind: number, target: SQL): SQL {
  return sql`(select count(*) from ${likes} as counted where counted.target_kind = ${kind} and counted.target_id = ${target})`;
}
