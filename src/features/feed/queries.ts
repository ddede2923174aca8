import { and, asc, eq, isNull, sql, type SQL } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { users } from '../../schema/accounts.ts';
import { careerFollows, careerMembers, careers } from '../../schema/careers.ts';
import { posts } from '../../schema/posts.ts';
import { follows } from '../../schema/reactions.ts';
import { isVisibleTo } from '../people/index.ts';
import { isPostVisibleTo } from '../posts/index.ts';

/**
 * Ids below `before`, newest first, of my posts, those of people and careers I follow, and of careers I belong to. One
 * statement: each kind of source gives its newest from an index, and the newest of those are the page. Whether people I
 * follow may be seen is asked once a person, not once a post.
 */
export async function readFollowed(ctx: UserCtx, before: string, count: number): Promise<string[]> {
  const { userId } = ctx.actor;
  const isMine = eq(posts.authorId, userId);
  const isVisible = isPostVisibleTo(userId);
  return readIds(ctx, count, [
    selectNewest(sql`${posts}`, sql`${isMine} and ${posts.deletedAt} is null`, before, count),
    selectNewest(
      sql`${follows} inner join ${posts} on ${posts.authorId} = ${follows.followeeId}`,
      sql`${follows.followerId} = ${userId} and ${isVisibleTo(userId, follows.followeeId)} and ${posts.deletedAt} is null`,
      before,
      count,
    ),
    selectNewest(
      sql`${careerFollows} inner join ${posts} on ${posts.careerId} = ${careerFollows.careerId}`,
      sql`${careerFollows.userId} = ${userId} and ${isVisible}`,
      before,
      count,
    ),
    selectNewest(
      sql`${careerMembers} inner join ${posts} on ${posts.careerId} = ${careerMembers.careerId}`,
      sql`${careerMembers.userId} = ${userId} and ${careerMembers.state} = 'active' and ${isVisible}`,
      before,
      count,
    ),
  ]);
}

/**
 * Ids below `before`, newest first, of posts from my school or in my field that {@link readFollowed} never gives. One
 * statement.
 */
export async function readSuggested(ctx: UserCtx, before: string, count: number): Promise<string[]> {
  const { userId } = ctx.actor;
  const mine = (column: SQL) => sql`(select ${column} from ${users} where ${users.id} = ${userId})`;
  const isNew = sql`${posts.authorId} <> ${userId}
    and not exists (select 1 from ${follows} where ${follows.followerId} = ${userId} and ${follows.followeeId} = ${posts.authorId})
    and not exists (select 1 from ${careerFollows} where ${careerFollows.userId} = ${userId} and ${careerFollows.careerId} = ${posts.careerId})
    and not exists (select 1 from ${careerMembers} where ${careerMembers.careerId} = ${posts.careerId} and ${careerMembers.userId} = ${userId} and ${careerMembers.state} = 'active')
    and ${isPostVisibleTo(userId)}`;
  return readIds(ctx, count, [
    selectNewest(
      sql`${posts}`,
      sql`${posts.schoolId} = ${mine(sql`${users.schoolId}`)} and ${isNew}`,
      before,
      count,
    ),
    selectNewest(
      sql`${posts}`,
      sql`${posts.fieldId} = ${mine(sql`${users.fieldId}`)} and ${isNew}`,
      before,
      count,
    ),
  ]);
}

function selectNewest(from: SQL, where: SQL, before: string, count: number): SQL {
  return sql`(select ${posts.id} as id from ${from} where ${where} and ${posts.id} < ${before} order by ${posts.id} desc limit ${count})`;
}

async function readIds({ deps }: UserCtx, count: number, sources: SQL[]): Promise<string[]> {
  const { rows } = await deps.db.execute(
    sql`select id from (${sql.join(sources, sql` union `)}) as found order by id desc limit ${count}`,
  );
  return (rows as { id: string }[]).map(({ id }) => id);
}

/** My career in which I have written longest ago, those in which I never have before all others; null without one. */
export async function findWriteNext(ctx: UserCtx) {
  const [career] = await ctx.deps.db
    .select({ careerId: careers.id, name: careers.name, kind: careers.kind })
    .from(careerMembers)
    .innerJoin(careers, eq(careers.id, careerMembers.careerId))
    .where(
      and(
        eq(careerMembers.userId, ctx.actor.userId),
        eq(careerMembers.state, 'active'),
        isNull(careers.deletedAt),
      ),
    )
    // NULL sorts first.
    .orderBy(asc(careerMembers.lastPostAt), asc(careerMembers.position))
    .limit(1);
  return career ?? null;
}
