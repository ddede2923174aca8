import { inArray, sql } from 'drizzle-orm';
import type { Ctx } from '../../platform/context.ts';
import { defineReaction, type Reaction } from '../../platform/events.ts';
import { users } from '../../schema/accounts.ts';
import { careerMembers, careers } from '../../schema/careers.ts';
import { posts } from '../../schema/posts.ts';
import { postCreated, postDeleted } from './events.ts';

/**
 * Recounts what people and careers show of their posts. Each is one UPDATE that locks the counted row first and then
 * counts what is committed, so that of two at once the later one counts both.
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

async function recountCareers(ctx: Ctx, careerIds: string[]): Promise<void> {
  const alive = sql`from ${posts} where ${posts.careerId} = ${careers.id} and ${posts.deletedAt} is null`;
  await ctx.deps.db
    .update(careers)
    .set({
      postCount: sql`(select count(*) ${alive})`,
      lastPostAt: sql`(select max(${posts.createdAt}) ${alive})`,
    })
    .where(inArray(careers.id, careerIds));
}

async function recountMembers(ctx: Ctx, userIds: string[], careerIds: string[]): Promise<void> {
  const alive = sql`from ${posts} where ${posts.careerId} = ${careerMembers.careerId} and ${posts.authorId} = ${careerMembers.userId} and ${posts.deletedAt} is null`;
  await ctx.deps.db
    .update(careerMembers)
    .set({
      postCount: sql`(select count(*) ${alive})`,
      lastPostAt: sql`(select max(${posts.createdAt}) ${alive})`,
    })
    .where(sql`${inArray(careerMembers.userId, userIds)} and ${inArray(careerMembers.careerId, careerIds)}`);
}

export const postReactions: readonly Reaction[] = [recountPosts];
