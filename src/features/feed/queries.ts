import { and, asc, eq, isNull, sql, type SQL } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { users } from '../../schema/accounts.ts';
import { careerFollows, careerMembers, careers } from '../../schema/careers.ts';
import { posts } from '../../schema/posts.ts';
import { follows } from '../../schema/reactions.ts';
import { isVisibleTo } from '../people/index.ts';
import { isPostVisibleTo } from '../posts/index.ts';

/** More than anybody follows: MySQL keeps the order of a table expression only where it has a limit. */
const ALL = 1_000_000;

/**
 * Ids below `before`, newest first, of my posts, those of people and careers I follow, and of careers I belong to, in
 * one statement.
 *
 * Reading all that everybody I follow has written would take ever longer. So the newest post of each of them is found
 * first, by one step down an index (`newest`), and among those the oldest that can be on this page (`reach`): as many
 * posts as the page takes are not older, so older ones are not looked at. (Measured with 1,000 follows: 500,000 posts
 * 8 ms, 3 million 14 ms.)
 */
export async function readFollowed(ctx: UserCtx, before: string, count: number): Promise<string[]> {
  const { userId } = ctx.actor;
  const isInReach = sql`${posts.deletedAt} is null and ${posts.id} < ${before} and ${posts.id} >= (select id from reach)`;
  const found = unite([
    selectNewest(sql`${posts}`, sql`${posts.authorId} = ${userId} and ${isInReach}`, count),
    selectNewest(
      sql`newest inner join ${posts} on ${posts.authorId} = newest.followee_id`,
      sql`newest.post_id >= (select id from reach) and ${isVisibleTo(userId, sql`newest.followee_id`)} and ${isInReach}`,
      count,
    ),
    selectNewest(
      sql`(${selectMyCareers(userId)}) as mine inner join ${posts} on ${posts.careerId} = mine.career_id`,
      sql`${isInReach} and ${isVisibleTo(userId, posts.authorId)}`,
      count,
    ),
  ]);
  const { rows } = await ctx.deps.db.execute(sql`
    with newest as (${selectNewestOfPeople(userId, before)}), reach as (${selectReach(userId, count)})
    select id from (${found}) as found order by id desc limit ${count}`);
  return toIds(rows);
}

/** ORDER BY names all columns of the index, else all posts of each are read. Newest first, for {@link selectReach}. */
function selectNewestOfPeople(userId: string, before: string): SQL {
  return sql`select ${follows.followeeId} as followee_id, (
      select ${posts.id} from ${posts}
      where ${posts.authorId} = ${follows.followeeId} and ${posts.deletedAt} is null and ${posts.id} < ${before}
      order by ${posts.authorId} desc, ${posts.deletedAt} desc, ${posts.id} desc limit 1
    ) as post_id
    from ${follows} where ${follows.followerId} = ${userId} order by post_id desc limit ${ALL}`;
}

/** Right in whatever order `newest` is read; read from the top, hardly anybody's visibility is asked for in vain. */
function selectReach(userId: string, count: number): SQL {
  return sql`select if(count(*) < ${count}, 0, min(post_id)) as id from (
    select post_id from newest where post_id is not null and ${isVisibleTo(userId, sql`newest.followee_id`)} limit ${count}
  ) as nearest`;
}

function selectMyCareers(userId: string): SQL {
  return sql`select ${careerFollows.careerId} as career_id from ${careerFollows} where ${careerFollows.userId} = ${userId}
    union select ${careerMembers.careerId} from ${careerMembers} where ${careerMembers.userId} = ${userId} and ${careerMembers.state} = 'active'`;
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
    and ${posts.id} < ${before} and ${isPostVisibleTo(userId)}`;
  const found = unite([
    selectNewest(sql`${posts}`, sql`${posts.schoolId} = ${mine(sql`${users.schoolId}`)} and ${isNew}`, count),
    selectNewest(sql`${posts}`, sql`${posts.fieldId} = ${mine(sql`${users.fieldId}`)} and ${isNew}`, count),
  ]);
  const { rows } = await ctx.deps.db.execute(
    sql`select id from (${found}) as found order by id desc limit ${count}`,
  );
  return toIds(rows);
}

function selectNewest(from: SQL, where: SQL, count: number): SQL {
  return sql`(select ${posts.id} as id from ${from} where ${where} order by ${posts.id} desc limit ${count})`;
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
