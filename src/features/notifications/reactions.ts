import { defineReaction, type Reaction } from '../../platform/events.ts';
import { careerInvited } from '../careers/index.ts';
import { commentCreated } from '../comments/index.ts';
import { personFollowed } from '../follows/index.ts';
import { postCreated } from '../posts/index.ts';
import { rankChanged } from '../ranking/index.ts';
import { commentLiked, postLiked } from '../reactions/index.ts';
import {
  causesOfComments,
  causesOfFollows,
  causesOfInvitations,
  causesOfLikes,
  causesOfPosts,
} from './causes.ts';
import { notify } from './notify.ts';

const tellOfFollows = defineReaction({
  name: 'notifications.follow',
  on: [personFollowed],
  async run(ctx, events) {
    const pairs = events.map(({ payload }) => payload);
    await notify(ctx, await causesOfFollows(ctx, pairs));
  },
});

const tellOfInvitations = defineReaction({
  name: 'notifications.career_invitation',
  on: [careerInvited],
  async run(ctx, events) {
    const invitations = events.map(({ id, at, payload }) => ({ eventId: id, at, ...payload }));
    await notify(ctx, await causesOfInvitations(ctx, invitations));
  },
});

const tellOfPostLikes = defineReaction({
  name: 'notifications.post_like',
  on: [postLiked],
  async run(ctx, events) {
    const pairs = events.map(({ payload }) => ({ targetId: payload.postId, userId: payload.userId }));
    await notify(ctx, await causesOfLikes(ctx, 'post_like', pairs));
  },
});

const tellOfCommentLikes = defineReaction({
  name: 'notifications.comment_like',
  on: [commentLiked],
  async run(ctx, events) {
    const pairs = events.map(({ payload }) => ({ targetId: payload.commentId, userId: payload.userId }));
    await notify(ctx, await causesOfLikes(ctx, 'comment_like', pairs));
  },
});

const tellOfComments = defineReaction({
  name: 'notifications.comment',
  on: [commentCreated],
  async run(ctx, events) {
    const ids = events.map(({ payload }) => payload.commentId);
    await notify(ctx, await causesOfComments(ctx, ids));
  },
});

const tellOfPosts = defineReaction({
  name: 'notifications.career_post',
  on: [postCreated],
  async run(ctx, events) {
    const ids = events.map(({ payload }) => payload.postId);
    await notify(ctx, await causesOfPosts(ctx, ids));
  },
});

const tellOfRanks = defineReaction({
  name: 'notifications.rank_change',
  on: [rankChanged],
  run: (ctx, events) =>
    notify(
      ctx,
      events.map(({ id, at, payload: { userId, day, ...detail } }) => ({
        userId,
        kind: 'rank_change',
        subjectId: day,
        actorId: null,
        detail,
        orderId: id,
        at,
      })),
    ),
});

export const notificationReactions: readonly Reaction[] = [
  tellOfFollows,
  tellOfInvitations,
  tellOfPostLikes,
  tellOfCommentLikes,
  tellOfComments,
  tellOfPosts,
  tellOfRanks,
];
