import { and, inArray, sql } from 'drizzle-orm';
import type { Ctx } from '../../platform/context.ts';
import { defineReaction, type Reaction } from '../../platform/events.ts';
import { users } from '../../schema/accounts.ts';
import { careerMembers, careers } from '../../schema/careers.ts';
import { media, postMedia, posts, postViews } from '../../schema/posts.ts';
import { careerDeleted } from '../careers/index.ts';
import { releaseMediaOfPosts } from '../media/index.ts';
import { deletePostsOfCareers } from './delete-posts-of-careers.ts';
import { postCreated, postDeleted, postsSeen } from './events.ts';

/**
 * What people and careers show of their posts. Each recount is one UPDATE that locks the counted row first and then
 * reads what is committed, so that of two at once the later one has counted everything.
 */
const recountPosts = defineReaction({
  name: 'posts.recount_posts',
  on: [postCreated, postDeleted],
  async run(ctx, events) {
    const authorIds = [...new Set(events.map(({ payload }) => payload.authorId))];
    const careerIds = [...new Set(events.map(({ payload }) => payload.careerId))];
    await recountUsers(ctx, authorIds);
    await recountCareers(ctx, careerIds);
    await recountMembers(ctx, authorIds, careerIds);
  },
});

async function recountUsers(ctx: Ctx, userIds: string[]): Promise<void> {
  await ctx.deps.db
    .update(users)
    .set({
      postCount: sql`(select count(*) from ${posts} where ${posts.authorId} = ${users.id} and ${posts.deletedAt} is null)`,
    })
    .where(inArray(users.id, userIds));
}

/** Counts, last post and cover: the first image of the newest post that has one. */
async function recountCareers(ctx: Ctx, careerIds: string[]): Promise<void> {
  const isAlive = sql`${posts.careerId} = ${careers.id} and ${posts.deletedAt} is null`;
  await ctx.deps.db
    .update(careers)
    .set({
      postCount: sql`(select count(*) from ${posts} where ${isAlive})`,
      lastPostAt: sql`(select ${posts.createdAt} from ${posts} where ${isAlive} order by ${posts.id} desc limit 1)`,
      coverKey: sql`(select ${media.key} from ${posts} inner join ${postMedia} on ${postMedia.postId} = ${posts.id} and ${postMedia.kind} = 'image' inner join ${media} on ${media.id} = ${postMedia.mediaId} where ${isAlive} order by ${posts.id} desc, ${postMedia.position} limit 1)`,
    })
    .where(inArray(careers.id, careerIds));
}

async function recountMembers(ctx: Ctx, userIds: string[], careerIds: string[]): Promise<void> {
  const isAlive = sql`${posts.careerId} = ${careerMembers.careerId} and ${posts.authorId} = ${careerMembers.userId} and ${posts.deletedAt} is null`;
  await ctx.deps.db
    .update(careerMembers)
    .set({
      postCount: sql`(select count(*) from ${posts} where ${isAlive})`,
      lastPostAt: sql`(select ${posts.createdAt} from ${posts} where ${isAlive} order by ${posts.id} desc limit 1)`,
    })
    .where(and(inArray(careerMembers.userId, userIds), inArray(careerMembers.careerId, careerIds)));
}

const recountViews = defineReaction({
  name: 'posts.recount_views',
  on: [postsSeen],
  async run(ctx, events) {
    const postIds = [...new Set(events.flatMap(({ payload }) => payload.postIds))];
    await ctx.deps.db
      .update(posts)
      .set({
        viewCount: sql`(select count(*) from ${postViews} where ${postViews.postId} = ${posts.id})`,
      })
      .where(inArray(posts.id, postIds));
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

export const postReactions: readonly Reaction[] = [
  recountPosts,
  recountViews,
  deleteWithCareer,
  releaseMedia,
];
