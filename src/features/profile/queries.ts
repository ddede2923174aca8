import { and, count, desc, eq, isNull, sql } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { AppError } from '../../platform/errors.ts';
import { users } from '../../schema/accounts.ts';
import { posts, postTags, tags } from '../../schema/posts.ts';
import { blocks } from '../../schema/reactions.ts';
import { loadCareersOf } from '../careers/index.ts';
import { isKnownTo, personColumns } from '../people/index.ts';
import { readRanksOf } from '../ranking/index.ts';
import { loadDirectory } from '../schools/index.ts';
import { TOP_TAGS } from './schemas.ts';

/** A profile with everything its screen shows but the posts. Throws `not_found` for whoever left or blocked the viewer. */
export async function readProfile(ctx: UserCtx, userId: string) {
  const [person, careers, topTags, ranks, directory] = await Promise.all([
    readPerson(ctx, userId),
    loadCareersOf(ctx, userId),
    readTopTags(ctx, userId),
    readRanksOf(ctx, userId),
    loadDirectory(ctx),
  ]);
  if (!person) throw new AppError('not_found');
  return {
    person,
    careers: person.isBlocked ? [] : careers,
    topTags: person.isBlocked ? [] : topTags,
    ranks: person.isBlocked ? null : ranks,
    school: directory.schoolById.get(person.schoolId),
    department: directory.departmentById.get(person.departmentId),
  };
}

async function readPerson(ctx: UserCtx, userId: string) {
  const viewerId = ctx.actor.userId;
  const [row] = await ctx.deps.db
    .select({
      ...personColumns(viewerId),
      introduction: users.introduction,
      links: users.links,
      admissionYear: users.admissionYear,
      followerCount: users.followerCount,
      followingCount: users.followingCount,
      postCount: users.postCount,
      isHiddenFromRankings: users.isHiddenFromRankings,
      blockId: blocks.id,
    })
    .from(users)
    .leftJoin(blocks, and(eq(blocks.blockerId, viewerId), eq(blocks.blockedId, users.id)))
    .where(and(eq(users.id, userId), isKnownTo(viewerId, users.id)));
  return row && { ...row, isBlocked: row.blockId !== null };
}

/** The tags somebody uses most. */
function readTopTags(ctx: UserCtx, userId: string) {
  const { db } = ctx.deps;
  const used = db
    .select({ tagId: postTags.tagId, count: count().mapWith(Number).as('uses') })
    .from(postTags)
    .innerJoin(posts, eq(posts.id, postTags.postId))
    .where(and(eq(postTags.authorId, userId), isNull(posts.deletedAt)))
    .groupBy(postTags.tagId)
    .orderBy(desc(sql`uses`), desc(postTags.tagId))
    .limit(TOP_TAGS)
    .as('used');
  return db
    .select({ id: tags.id, name: tags.name, count: used.count })
    .from(used)
    .innerJoin(tags, eq(tags.id, used.tagId))
    .orderBy(desc(used.count), desc(tags.id));
}
