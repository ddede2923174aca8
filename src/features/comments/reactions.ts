import { inArray, sql } from 'drizzle-orm';
import type { Ctx } from '../../platform/context.ts';
import { tryAgainWhenLost } from '../../platform/db/transaction.ts';
import { defineReaction, type Reaction } from '../../platform/events.ts';
import { comments, posts } from '../../schema/posts.ts';
import { commentCreated, commentDeleted } from './events.ts';

const recountComments = defineReaction({
  name: 'comments.recount',
  on: [commentCreated, commentDeleted],
  async run(ctx, events) {
    await recountOfPosts(
      ctx,
      events.map(({ payload }) => payload.postId),
    );
    await recountReplies(
      ctx,
      events.flatMap(({ payload }) => payload.parentId ?? []),
    );
  },
});

/**
 * Counts the comments and replies of posts anew, from rows. One UPDATE, which locks the counted row first and then reads
 * what is committed: of two at once the later has counted everything. It then waits for comments that are being
 * changed; so whoever changes one must not wait for its post while doing so. The index is named because another plan
 * would lock, and wait for, comments of other posts.
 */
export async function recountOfPosts(ctx: Ctx, postIds: readonly string[]): Promise<void> {
  await tryAgainWhenLost(ctx, () =>
    ctx.deps.db
      .update(posts)
      .set({
        commentCount: sql`(select count(*) from ${comments} as counted force index (comments_post) where counted.post_id = ${posts.id} and counted.deleted_at is null)`,
      })
      .where(inArray(posts.id, [...new Set(postIds)])),
  );
}

/** Counts the replies of comments anew, from rows, in the same way. */
export async function recountReplies(ctx: Ctx, commentIds: readonly string[]): Promise<void> {
  if (commentIds.length === 0) return;
  // MySQL lets an UPDATE read its own table only inside a derived table.
  const counted = sql`(select count(*) as replies from ${comments} as reply force index (comments_post) where reply.post_id = ${comments.postId} and reply.parent_id = ${comments.id} and reply.deleted_at is null)`;
  await tryAgainWhenLost(ctx, () =>
    ctx.deps.db
      .update(comments)
      .set({ replyCount: sql`(select replies from ${counted} as counted)` })
      .where(inArray(comments.id, [...new Set(commentIds)])),
  );
}

export const commentReactions: readonly Reaction[] = [recountComments];
