import { tryAgainWhenLost } from '../../platform/db/transaction.ts';
import { defineReaction, type Reaction } from '../../platform/events.ts';
import { careerDeleted } from '../careers/index.ts';
import { releaseMediaOfPosts } from '../media/index.ts';
import { deletePostsOfCareers } from './delete-posts-of-careers.ts';
import { postCreated, postDeleted, postsSeen } from './events.ts';
import { recountCareers, recountMembers, recountUsers, recountViews, VIEWS_AT_ONCE } from './recount.ts';

const recountPosts = defineReaction({
  name: 'posts.recount_posts',
  on: [postCreated, postDeleted],
  async run(ctx, events) {
    const { db } = ctx.deps;
    const authorIds = [...new Set(events.map(({ payload }) => payload.authorId))];
    const careerIds = [...new Set(events.map(({ payload }) => payload.careerId))];
    await tryAgainWhenLost(ctx, () => recountUsers(db, authorIds));
    await tryAgainWhenLost(ctx, () => recountCareers(db, careerIds));
    await tryAgainWhenLost(ctx, () => recountMembers(db, authorIds, careerIds));
  },
});

const recountSeen = defineReaction({
  name: 'posts.recount_views',
  on: [postsSeen],
  async run(ctx, events) {
    // Once each, however many viewers there were; a batch of events can name 10,000.
    const postIds = [...new Set(events.flatMap(({ payload }) => payload.postIds))];
    for (let start = 0; start < postIds.length; start += VIEWS_AT_ONCE) {
      const some = postIds.slice(start, start + VIEWS_AT_ONCE);
      await tryAgainWhenLost(ctx, () => recountViews(ctx.deps.db, some));
    }
  },
});

const deleteWithCareer = defineReaction({
  name: 'posts.delete_with_career',
  on: [careerDeleted],
  async run(ctx, events) {
    await deletePostsOfCareers(
      ctx,
      events.map(({ payload }) => payload.careerId),
    );
  },
});

const releaseMedia = defineReaction({
  name: 'posts.release_media',
  on: [postDeleted],
  async run(ctx, events) {
    await releaseMediaOfPosts(
      ctx,
      events.map(({ payload }) => payload.postId),
    );
  },
});

export const postReactions: readonly Reaction[] = [recountPosts, recountSeen, deleteWithCareer, releaseMedia];
