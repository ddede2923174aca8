import { and, asc, eq, isNull, sql, type SQL } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { prepareQuery } from '../../platform/db/prepare-query.ts';
import { users } from '../../schema/accounts.ts';
import { careerFollows, careerMembers, careers } from '../../schema/careers.ts';
import { posts } from '../../schema/posts.ts';
import { follows } from '../../schema/reactions.ts';
import { isVisibleTo } from '../people/index.ts';
import { isPostVisibleTo } from '../posts/index.ts';

/** More than anybody follows: MySQL keeps the order of a table expression only where it has a limit. */
const ALL = 1_000_000;

const me = sql.placeholder('userId');
const before = sql.placeholder('before');
const count = sql.placeholder('count');

/**
 * Ids below `before`, newest first, of my posts, those of people and careers I follow, and of careers I belong to, in
 * one statement.
 *
 * Reading all that everybody I follow has written would take ever longer. So the newest post of each of them is found
 * first, by one step down an index (`newest`), and among those the oldest that can be on this page (`reach`): as many
 * posts as the page takes are not older, so older ones are not looked at. (Measured with 1,000 follows, processor time:
 * 500,000 posts 8 ms, 3 million 10 ms.)
 */
export function readFollowed(ctx: UserCtx, from: string, atMost: number): Promise<string[]> {
  return readIds(selectFollowed, ctx, from, atMost);
}

/**
 * Ids below `from`, newest first, of posts from my school or in my field that {@link readFollowed} never gives. One
 * statement.
 */
export function readSuggested(ctx: UserCtx, from: string, atMost: number): Promise<string[]> {
  return readIds(selectSuggested, ctx, from, atMost);
}

async function readIds(
  select: ReturnType<typeof prepareIds>,
  { deps, actor }: UserCtx,
  from: string,
  atMost: number,
): Promise<string[]> {
  const rows = await select(deps.db, { userId: actor.userId, before: from, count: atMost });
  return rows.map(({ id }) => id);
}

function prepareIds(found: SQL) {
  return prepareQuery((db) =>
    db
      .select({ id: sql<string>`id` })
      .from(sql`(${found}) as found`)
      .orderBy(sql`id desc`)
      .limit(count),
  );
}

const isInReach = sql`${posts.deletedAt} is null and ${posts.id} < ${before} and ${posts.id} >= (select id from reach)`;

const selectFollowed = prepareIds(sql`
  with newest as (${selectNewestOfPeople()}), reach as (${selectReach()})
  ${unite([
    selectNewest(sql`${posts}`, sql`${posts.authorId} = ${me} and ${isInReach}`),
    selectNewest(
      sql`newest inner join ${posts} on ${posts.authorId} = newest.followee_id`,
      sql`newest.post_id >= (select id from reach) and ${isVisibleTo(me, sql`newest.followee_id`)} and ${isInReach}`,
    ),
    selectNewest(
      sql`(${selectMyCareers()}) as mine inner join ${posts} on ${posts.careerId} = mine.career_id`,
      sql`${isInReach} and ${isVisibleTo(me, posts.authorId)}`,
    ),
  ])}`);

/** ORDER BY names all columns of the index, else all posts of each are read. Newest first, for {@link selectReach}. */
function selectNewestOfPeople(): SQL {
  return sql`select ${follows.followeeId} as followee_id, (
      select ${posts.id} from ${posts}
      where ${posts.authorId} = ${follows.followeeId} and ${posts.deletedAt} is null and ${posts.id} < ${before}
      order by ${posts.authorId} desc, ${posts.deletedAt} desc, ${posts.id} desc limit 1
    ) as post_id
    from ${follows} where ${follows.followerId} = ${me} order by post_id desc limit ${ALL}`;
}

/** Right in whatever order `newest` is read; read from the top, hardly anybody's visibility is asked for in vain. */
function selectReach(): SQL {
  return sql`select if(count(*) < ${count}, 0, min(post_id)) as id from (
    select post_id from newest where post_id is not null and ${isVisibleTo(me, sql`newest.followee_id`)} limit ${count}
  ) as nearest`;
}

function selectMyCareers(): SQL {
  return sql`select ${careerFollows.careerId} as career_id from ${careerFollows} where ${careerFollows.userId} = ${me}
    union select ${careerMembers.careerId} from ${careerMembers} where ${careerMembers.userId} = ${me} and ${careerMembers.state} = 'active'`;
}

const isNew = sql`${posts.authorId} <> ${me}
  and not exists (select 1 from ${follows} where ${follows.followerId} = ${me} and ${follows.followeeId} = ${posts.authorId})
  and not exists (select 1 from ${careerFollows} where ${careerFollows.userId} = ${me} and ${careerFollows.careerId} = ${posts.careerId})
  and not exists (select 1 from ${careerMembers} where ${careerMembers.careerId} = ${posts.careerId} and ${careerMembers.userId} = ${me} and ${careerMembers.state} = 'active')
  and ${posts.id} < ${before} and ${isPostVisibleTo(me)}`;

const selectSuggested = prepareIds(
  unite([
    selectNewest(sql`${posts}`, sql`${posts.schoolId} = ${ofMine(users.schoolId)} and ${isNew}`),
    selectNewest(sql`${posts}`, sql`${posts.fieldId} = ${ofMine(users.fieldId)} and ${isNew}`),
  ]),
);

function ofMine(column: typeof users.schoolId | typeof users.fieldId): SQL {
  return sql`(select ${column} from ${users} where ${users.id} = ${me})`;
}

function selectNewest(from: SQL, where: SQL): SQL {
  return sql`(select ${posts.id} as id from ${from} where ${where} order by ${posts.id} desc limit ${count})`;
}

function unite(sources: SQL[]): SQL {
  return sql.join(sources, sql` union `);
}

/** My career in which I have written longest ago, those in which I never have before all others; null without one. */
export async function findWriteNext({ deps, actor }: UserCtx) {
  const [career] = await selectWriteNext(deps.db, { userId: actor.userId });
  return career ?? null;
}

const selectWriteNext = prepareQuery((db) =>
  db
    .select({ careerId: careers.id, name: careers.name, kind: careers.kind })
    .from(careerMembers)
    .innerJoin(careers, eq(careers.id, careerMembers.careerId))
    .where(and(eq(careerMembers.userId, me), eq(careerMembers.state, 'active'), isNull(careers.deletedAt)))
    // NULL sorts first.
    .orderBy(asc(careerMembers.lastPostAt), asc(careerMembers.position))
    .limit(1),
);
