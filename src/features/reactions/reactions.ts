import { inArray, sql } from 'drizzle-orm';
import type { Ctx } from '../../platform/context.ts';
import { tryAgainWhenLost } from '../../platform/db/transaction.ts';
import { defineReaction, type Reaction } from '../../platform/events.ts';
import { comments, posts } from '../../schema/posts.ts';
import { bookmarks, LIKE_TARGETS, likes } from '../../schema/reactions.ts';
import {
  commentLiked,
  commentUnliked,
  postBookmarked,
  postLiked,
  postUnbookmarked,
  postUnliked,
} from './events.ts';

/**
 * Each recount is one UPDATE over all its things, which locks the counted row first and then reads what is committed:
 * of two at once the later has counted everything. Likes and bookmarks have a statement each, along one index.
 */
const recountLikesOfPosts = defineReaction({
  name: 'reactions.recount_likes_of_posts',
  on: [postLiked, postUnliked],
  run: (ctx, events) =>
    recount(
      ctx,
      events.map(({ payload }) => payload.postId),
      (ids) =>
        ctx.deps.db
          .update(posts)
          .set({ likeCount: countLikes(LIKE_TARGETS.post, sql`${posts.id}`) })
          .where(inArray(posts.id, ids)),
    ),
});

const recountLikesOfComments = defineReaction({
  name: 'reactions.recount_likes_of_comments',
  on: [commentLiked, commentUnliked],
  run: (ctx, events) =>
    recount(
      ctx,
      events.map(({ payload }) => payload.commentId),
      (ids) =>
        ctx.deps.db
          .update(comments)
          .set({ likeCount: countLikes(LIKE_TARGETS.comment, sql`${comments.id}`) })
          .where(inArray(comments.id, ids)),
    ),
});

const recountBookmarks = defineReaction({
  name: 'reactions.recount_bookmarks',
  on: [postBookmarked, postUnbookmarked],
  run: (ctx, events) =>
    recount(
      ctx,
      events.map(({ payload }) => payload.postId),
      (ids) =>
        ctx.deps.db
          .update(posts)
          .set({
            bookmarkCount: sql`(select count(*) from ${bookmarks} as counted where counted.post_id = ${posts.id})`,
          })
          .where(inArray(posts.id, ids)),
    ),
});

async function recount(ctx: Ctx, ids: string[], update: (ids: string[]) => Promise<unknown>): Promise<void> {
  await tryAgainWhenLost(ctx, () => update([...new Set(ids)]));
}

function countLikes(kind: number, target: ReturnType<typeof sql>) {
  return sql`(select count(*) from ${likes} as counted where counted.target_kind = ${kind} and counted.target_id = ${target})`;
}

export const reactionReactions: readonly Reaction[] = [
  recountLikesOfPosts,
  recountLikesOfComments,
  recountBookmarks,
];
