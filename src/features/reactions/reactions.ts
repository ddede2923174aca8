import { tryAgainWhenLost } from '../../platform/db/transaction.ts';
import { defineReaction, type Reaction } from '../../platform/events.ts';
import {
  commentLiked,
  commentUnliked,
  postBookmarked,
  postLiked,
  postUnbookmarked,
  postUnliked,
} from './events.ts';
import { recountBookmarksOf, recountLikesOfComment, recountLikesOfPost } from './recount.ts';

const recountLikesOfPosts = defineReaction({
  name: 'reactions.recount_likes_of_posts',
  on: [postLiked, postUnliked],
  run: (ctx, events) =>
    tryAgainWhenLost(ctx, () =>
      recountLikesOfPost(
        ctx.deps.db,
        events.map(({ payload }) => payload.postId),
      ),
    ),
});

const recountLikesOfComments = defineReaction({
  name: 'reactions.recount_likes_of_comments',
  on: [commentLiked, commentUnliked],
  run: (ctx, events) =>
    tryAgainWhenLost(ctx, () =>
      recountLikesOfComment(
        ctx.deps.db,
        events.map(({ payload }) => payload.commentId),
      ),
    ),
});

const recountBookmarks = defineReaction({
  name: 'reactions.recount_bookmarks',
  on: [postBookmarked, postUnbookmarked],
  run: (ctx, events) =>
    tryAgainWhenLost(ctx, () =>
      recountBookmarksOf(
        ctx.deps.db,
        events.map(({ payload }) => payload.postId),
      ),
    ),
});

export const reactionReactions: readonly Reaction[] = [
  recountLikesOfPosts,
  recountLikesOfComments,
  recountBookmarks,
];
