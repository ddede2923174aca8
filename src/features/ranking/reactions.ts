import { defineReaction, type Event, type Reaction } from '../../platform/events.ts';
import { enqueue } from '../../platform/jobs/enqueue.ts';
import { LIKE_TARGETS } from '../../schema/reactions.ts';
import { accountLeft, accountRestored } from '../account/index.ts';
import { commentCreated, commentDeleted } from '../comments/index.ts';
import { personBlocked, personUnblocked } from '../follows/index.ts';
import { postCreated, postDeleted, postsSeen } from '../posts/index.ts';
import {
  commentLiked,
  commentUnliked,
  postBookmarked,
  postLiked,
  postUnbookmarked,
  postUnliked,
} from '../reactions/index.ts';
import { activityRebuildAsked } from './events.ts';
import {
  findDaysOfBookmarks,
  findDaysOfComments,
  findDaysOfGiver,
  findDaysOfLikes,
  findDaysOfPosts,
  findDaysOfWriting,
} from './find-activity.ts';
import { rebuildActivity } from './jobs.ts';
import { markActivity } from './mark-activity.ts';

function postIdsOf(events: Event<{ postId: string }>[]): string[] {
  return [...new Set(events.map(({ payload }) => payload.postId))];
}

const markWritten = defineReaction({
  name: 'ranking.mark_written',
  on: [postCreated],
  run: async (ctx, events) => markActivity(ctx, await findDaysOfWriting(ctx, postIdsOf(events))),
});

/** A post that is gone takes along what it was given, on whichever days. */
const markDeleted = defineReaction({
  name: 'ranking.mark_deleted',
  on: [postDeleted],
  async run(ctx, events) {
    const postIds = postIdsOf(events);
    const days = await Promise.all([findDaysOfWriting(ctx, postIds), findDaysOfPosts(ctx, postIds)]);
    await markActivity(ctx, days.flat());
  },
});

const markSeen = defineReaction({
  name: 'ranking.mark_seen',
  on: [postsSeen],
  async run(ctx, events) {
    for (const [day, seen] of Map.groupBy(events, ({ payload }) => payload.day)) {
      const postIds = [...new Set(seen.flatMap(({ payload }) => payload.postIds))];
      const written = await findDaysOfWriting(ctx, postIds);
      await markActivity(
        ctx,
        written.map(({ userId }) => ({ userId, day })),
      );
    }
  },
});

const markPostsLiked = defineReaction({
  name: 'ranking.mark_posts_liked',
  on: [postLiked],
  async run(ctx, events) {
    const wanted = events.map(({ payload }) => ({ targetId: payload.postId, userId: payload.userId }));
    await markActivity(ctx, await findDaysOfLikes(ctx, LIKE_TARGETS.post, wanted));
  },
});

const markCommentsLiked = defineReaction({
  name: 'ranking.mark_comments_liked',
  on: [commentLiked],
  async run(ctx, events) {
    const wanted = events.map(({ payload }) => ({ targetId: payload.commentId, userId: payload.userId }));
    await markActivity(ctx, await findDaysOfLikes(ctx, LIKE_TARGETS.comment, wanted));
  },
});

const markBookmarked = defineReaction({
  name: 'ranking.mark_bookmarked',
  on: [postBookmarked],
  async run(ctx, events) {
    const wanted = events.map(({ payload }) => payload);
    await markActivity(ctx, await findDaysOfBookmarks(ctx, wanted));
  },
});

/** The rows are gone: the events say what they had counted for. */
const markTakenBack = defineReaction<{ authorId: string; day: string }>({
  name: 'ranking.mark_taken_back',
  on: [postUnliked, commentUnliked, postUnbookmarked],
  async run(ctx, events) {
    await markActivity(
      ctx,
      events.map(({ payload }) => ({ userId: payload.authorId, day: payload.day })),
    );
  },
});

const markCommented = defineReaction({
  name: 'ranking.mark_commented',
  on: [commentCreated, commentDeleted],
  async run(ctx, events) {
    const commentIds = [...new Set(events.map(({ payload }) => payload.commentId))];
    await markActivity(ctx, await findDaysOfComments(ctx, commentIds));
  },
});

/** What two people gave each other counts only while there is no block between them. */
const markBlocked = defineReaction({
  name: 'ranking.mark_blocked',
  on: [personBlocked, personUnblocked],
  async run(ctx, events) {
    for (const { payload } of events) {
      const days = await Promise.all([
        findDaysOfGiver(ctx, payload.blockerId, payload.blockedId),
        findDaysOfGiver(ctx, payload.blockedId, payload.blockerId),
      ]);
      await markActivity(ctx, days.flat());
    }
  },
});

/** What somebody gave counts only while they are here. */
const markGiverGone = defineReaction({
  name: 'ranking.mark_giver_gone',
  on: [accountLeft, accountRestored],
  async run(ctx, events) {
    for (const userId of new Set(events.map(({ payload }) => payload.userId))) {
      await markActivity(ctx, await findDaysOfGiver(ctx, userId));
    }
  },
});

const startRebuild = defineReaction({
  name: 'ranking.start_rebuild',
  on: [activityRebuildAsked],
  run: (ctx, events) =>
    enqueue(
      ctx,
      rebuildActivity,
      events.map(({ id, payload }) => ({ ...payload, askedBy: id })),
    ),
});

export const rankingReactions: readonly Reaction[] = [
  markWritten,
  markDeleted,
  markSeen,
  markPostsLiked,
  markCommentsLiked,
  markBookmarked,
  markTakenBack,
  markCommented,
  markBlocked,
  markGiverGone,
  startRebuild,
];
