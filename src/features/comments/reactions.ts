import { and, asc, inArray, isNull, sql, type SQL } from 'drizzle-orm';
import type { MySqlColumn } from 'drizzle-orm/mysql-core';
import type { Ctx } from '../../platform/context.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { defineReaction, type Reaction } from '../../platform/events.ts';
import { comments, posts } from '../../schema/posts.ts';
import { commentCreated, commentDeleted } from './events.ts';

/**
 * Counts the comments and replies of posts, and the replies of comments, anew from rows. Each takes the locks of the
 * counted rows first, in order, and only then reads what is committed: of two at once the later has counted everything.
 * The count itself is read without locks. A subquery of the UPDATE would lock every comment it counts, among them
 * those that somebody is just liking or answering, who in turn waits for the post.
 */
const recountComments = defineReaction({
  name: 'comments.recount',
  on: [commentCreated, commentDeleted],
  async run(ctx, events) {
    await recountOfPosts(ctx, [...new Set(events.map(({ payload }) => payload.postId))]);
    const threads = new Map(
      events.flatMap(({ payload: { parentId, postId } }) =>
        parentId === null ? [] : [[parentId, postId] as const],
      ),
    );
    if (threads.size > 0) await recountReplies(ctx, threads);
  },
});

/** Comments and replies of posts. */
export async function recountOfPosts(ctx: Ctx, postIds: string[]): Promise<void> {
  await inTransaction(ctx, async ({ db }) => {
    await db
      .select({ id: posts.id })
      .from(posts)
      .where(inArray(posts.id, postIds))
      .orderBy(asc(posts.id))
      .for('update');
    const counts = await db
      .select({ id: comments.postId, count: sql`count(*)`.mapWith(Number) })
      .from(comments)
      .where(and(inArray(comments.postId, postIds), isNull(comments.deletedAt)))
      .groupBy(comments.postId);
    await db
      .update(posts)
      .set({ commentCount: chooseById(posts.id, counts) })
      .where(inArray(posts.id, postIds));
  });
}

/** `threads`: post id by comment id; the index of replies begins with the post. */
export async function recountReplies(ctx: Ctx, threads: ReadonlyMap<string, string>): Promise<void> {
  const commentIds = [...threads.keys()];
  await inTransaction(ctx, async ({ db }) => {
    await db
      .select({ id: comments.id })
      .from(comments)
      .where(inArray(comments.id, commentIds))
      .orderBy(asc(comments.id))
      .for('update');
    const counts = await db
      .select({ id: comments.parentId, count: sql`count(*)`.mapWith(Number) })
      .from(comments)
      .where(
        and(
          inArray(comments.postId, [...new Set(threads.values())]),
          inArray(comments.parentId, commentIds),
          isNull(comments.deletedAt),
        ),
      )
      .groupBy(comments.parentId);
    await db
      .update(comments)
      .set({ replyCount: chooseById(comments.id, counts) })
      .where(inArray(comments.id, commentIds));
  });
}

/** The count of the row's id, 0 when it has none. */
function chooseById(column: MySqlColumn, counts: { id: string; count: number }[]): SQL {
  if (counts.length === 0) return sql`0`;
  // CASE compares a number with text as doubles, which ids outgrow.
  const cases = counts.map(({ id, count }) => sql`when cast(${id} as signed) then ${count}`);
  return sql`case ${column} ${sql.join(cases, sql` `)} else 0 end`;
}

export const commentReactions: readonly Reaction[] = [recountComments];
