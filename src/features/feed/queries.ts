import { and, asc, eq, isNull, sql, type SQL } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { users } from '../../schema/accounts.ts';
import { careerFollows, careerMembers, careers } from '../../schema/careers.ts';
import { posts } from '../../schema/posts.ts';
import { follows } from '../../schema/reactions.ts';
import { isVisibleTo } from '../people/index.ts';
import { isPostVisibleTo } from '../posts/index.ts';

/** Posts behind what somebody follows from which on the newest posts of all are looked through first. */
const WIDE_REACH = 15_000;
/** How many of them. */
const WINDOW = 2000;

/**
 * Ids below `before`, newest first, of my posts, those of people and careers I follow, and of careers I belong to, in
 * one statement.
 *
 * There are two ways to find them, and the one costs where the other is cheap. From the sources: each kind of source
 * gives its newest from an index, which reads every post of everybody I follow. From the newest posts of all: those
 * that have one of my sources are picked, which ends soon when I follow much, and never when I follow little. So who
 * follows much looks through the newest {@link WINDOW} first, and goes by the sources when too few are there. (Measured
 * on 500,000 posts, processor time: 1,000 follows 15 ms by sources alone, 300 follows 10, 50 follows 6; so at most 8.)
 */
export async function readFollowed(ctx: UserCtx, before: string, count: number): Promise<string[]> {
  const { userId } = ctx.actor;
  const { rows } = await ctx.deps.db.execute(sql`
    with reach as (${selectReach(userId)}), recent as (${selectRecent(userId, before, count)})
    select id from (
      select id from recent
      union select id from (${selectBySource(userId, before, count)}) as by_source
        where (select posts from reach) <= ${WIDE_REACH} or (select count(*) from recent) < ${count}
    ) as found order by id desc limit ${count}`);
  return toIds(rows);
}

function selectReach(userId: string): SQL {
  return sql`select
    (select coalesce(sum(${users.postCount}), 0) from ${follows} inner join ${users} on ${users.id} = ${follows.followeeId} where ${follows.followerId} = ${userId})
    + (select coalesce(sum(${careers.postCount}), 0) from ${careerFollows} inner join ${careers} on ${careers.id} = ${careerFollows.careerId} where ${careerFollows.userId} = ${userId}) as posts`;
}

function selectRecent(userId: string, before: string, count: number): SQL {
  return sql`select ${posts.id} as id from ${posts}
    where (select posts from reach) > ${WIDE_REACH}
      and ${posts.id} < ${before}
      and ${posts.id} >= coalesce((select older.id from ${posts} as older where older.id < ${before} order by older.id desc limit 1 offset ${WINDOW}), 0)
      and (${posts.authorId} = ${userId}
        or ${posts.authorId} in (select ${follows.followeeId} from ${follows} where ${follows.followerId} = ${userId})
        or ${posts.careerId} in (select ${careerFollows.careerId} from ${careerFollows} where ${careerFollows.userId} = ${userId})
        or ${posts.careerId} in (select ${careerMembers.careerId} from ${careerMembers} where ${careerMembers.userId} = ${userId} and ${careerMembers.state} = 'active'))
      and ${isPostVisibleTo(userId)}
    order by ${posts.id} desc limit ${count}`;
}

/** Whether people I follow may be seen is asked once a person, not once a post. */
function selectBySource(userId: string, before: string, count: number): SQL {
  const isVisible = isPostVisibleTo(userId);
  return unite([
    selectNewest(
      sql`${posts}`,
      sql`${posts.authorId} = ${userId} and ${posts.deletedAt} is null`,
      before,
      count,
    ),
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
  const found = unite([
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
  const { rows } = await ctx.deps.db.execute(
    sql`select id from (${found}) as found order by id desc limit ${count}`,
  );
  return toIds(rows);
}

function selectNewest(from: SQL, where: SQL, before: string, count: number): SQL {
  return sql`(select ${posts.id} as id from ${from} where ${where} and ${posts.id} < ${before} order by ${posts.id} desc limit ${count})`;
}

function unite(sources: SQL[]): SQL {
  return sql.join(sources, sql` union `);
}

function toIds(rows: unknown): string[] {
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
