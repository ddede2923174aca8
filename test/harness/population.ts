/** What must hold in a database that was filled with a made-up population; each broken rule is found by one statement. */
import type { Sql } from './database.ts';

/** Counts that rows carry, and the statement that counts them anew by owner. */
const COUNTS: readonly [column: string, counted: string][] = [
  [
    'posts.like_count',
    'select target_id as owner, count(*) as n from likes where target_kind = 1 group by target_id',
  ],
  ['posts.comment_count', 'select post_id as owner, count(*) as n from comments group by post_id'],
  ['posts.bookmark_count', 'select post_id as owner, count(*) as n from bookmarks group by post_id'],
  ['posts.view_count', 'select post_id as owner, count(*) as n from post_views group by post_id'],
  [
    'comments.like_count',
    'select target_id as owner, count(*) as n from likes where target_kind = 2 group by target_id',
  ],
  [
    'comments.reply_count',
    'select parent_id as owner, count(*) as n from comments where parent_id <> 0 group by parent_id',
  ],
  ['users.follower_count', 'select followee_id as owner, count(*) as n from follows group by followee_id'],
  ['users.following_count', 'select follower_id as owner, count(*) as n from follows group by follower_id'],
  ['users.post_count', 'select author_id as owner, count(*) as n from posts group by author_id'],
  ['careers.post_count', 'select career_id as owner, count(*) as n from posts group by career_id'],
  ['tags.post_count', 'select tag_id as owner, count(*) as n from post_tags group by tag_id'],
];

/** Statements that find rows which may not be. */
const WRONG_ROWS: Record<string, string> = {
  'a career whose last post is another':
    'select 1 from careers where not last_post_at <=> (select max(created_at) from posts where career_id = careers.id)',
  'a membership with wrong posts':
    'select 1 from career_members as m where m.post_count <> (select count(*) from posts where career_id = m.career_id and author_id = m.user_id) or not m.last_post_at <=> (select max(created_at) from posts where career_id = m.career_id and author_id = m.user_id)',
  'a post by somebody outside its career':
    "select 1 from posts left join career_members as m on m.career_id = posts.career_id and m.user_id = posts.author_id and m.state = 'active' where m.user_id is null",
  'a post with another school or field than its author':
    'select 1 from posts left join users on users.id = posts.author_id where users.id is null or users.school_id <> posts.school_id or users.field_id <> posts.field_id',
  'a career whose owner is outside':
    "select 1 from careers left join career_members as m on m.career_id = careers.id and m.user_id = careers.owner_id and m.state = 'active' where m.user_id is null",
  'a membership of no career or nobody':
    'select 1 from career_members as m left join careers on careers.id = m.career_id left join users on users.id = m.user_id where careers.id is null or users.id is null',
  'a personal career of several':
    "select 1 from careers where kind = 'personal' and 1 <> (select count(*) from career_members where career_id = careers.id)",
  'a group of one':
    "select 1 from careers where kind = 'group' and 2 > (select count(*) from career_members where career_id = careers.id and state = 'active')",
  'somebody in no career':
    'select 1 from users where not exists (select 1 from career_members where user_id = users.id)',
  'a like of nothing or of another author':
    'select 1 from likes left join posts on target_kind = 1 and posts.id = target_id left join comments on target_kind = 2 and comments.id = target_id where not likes.author_id <=> coalesce(posts.author_id, comments.author_id)',
  'a like of one’s own': 'select 1 from likes where user_id = author_id',
  'a bookmark of nothing or of another author':
    'select 1 from bookmarks left join posts on posts.id = post_id where not bookmarks.author_id <=> posts.author_id',
  'a view of nothing, of another author or by the author':
    'select 1 from post_views left join posts on posts.id = post_id where not post_views.author_id <=> posts.author_id or viewer_id = posts.author_id',
  'a like without a view':
    'select 1 from likes where target_kind = 1 and not exists (select 1 from post_views where post_id = target_id and viewer_id = user_id)',
  'a comment on nothing or of another author':
    'select 1 from comments left join posts on posts.id = post_id where not post_author_id <=> posts.author_id',
  'a reply to nothing, under another post or to nobody':
    'select 1 from comments as reply left join comments as parent on parent.id = reply.parent_id and parent.post_id = reply.post_id and parent.parent_id = 0 where reply.parent_id <> 0 and (parent.id is null or not reply.reply_to_user_id <=> parent.author_id)',
  'a comment by nobody':
    'select 1 from comments left join users on users.id = author_id where users.id is null',
  'a follow of oneself or of nobody':
    'select 1 from follows left join users on users.id = followee_id where users.id is null or follower_id = followee_id',
  'a followed career to which one belongs, or of nobody':
    'select 1 from career_follows as f left join careers on careers.id = f.career_id where careers.id is null or exists (select 1 from career_members as m where m.career_id = f.career_id and m.user_id = f.user_id)',
  'a tag of a post with another author, field or day':
    'select 1 from post_tags left join posts on posts.id = post_id where not post_tags.author_id <=> posts.author_id or not post_tags.field_id <=> posts.field_id or not post_tags.day <=> posts.day',
  'uses of a tag that were not': `select 1 from tag_days left join (${usesByDay()}) as counted using (tag_id, day, field_id) where not tag_days.uses <=> counted.n`,
  'uses of a tag that were not counted': `select 1 from (${usesByDay()}) as counted left join tag_days using (tag_id, day, field_id) where tag_days.tag_id is null`,
  'an address of another school':
    "select 1 from user_emails as e inner join users on users.id = e.user_id left join school_domains as d on d.school_id = users.school_id and e.address_key like concat('%.', d.domain) where d.domain is null",
  'somebody without an address or the required consents':
    "select 1 from users where not exists (select 1 from user_emails where user_id = users.id) or 2 <> (select count(*) from consents where user_id = users.id and kind in ('terms', 'privacy') and is_granted)",
  'a post before its author or career':
    'select 1 from posts inner join users on users.id = author_id inner join careers on careers.id = career_id where posts.created_at < users.created_at or posts.created_at < careers.created_at',
};

/** Tables whose ids must be of the time of their rows. */
const TIMED = ['users', 'careers', 'posts', 'comments', 'follows', 'consents', 'tags'] as const;

function usesByDay(): string {
  return 'select tag_id, day, field_id, count(*) as n from post_tags group by tag_id, day, field_id';
}

/** The rules that do not hold, each with how many rows break it. Empty when all is well. */
export async function findBrokenRules(sql: Sql): Promise<Record<string, number>> {
  const statements: Record<string, string> = { ...WRONG_ROWS };
  for (const [column, counted] of COUNTS) {
    const [table = '', count = ''] = column.split('.');
    statements[column] =
      `select 1 from ${table} left join (${counted}) as counted on counted.owner = ${table}.id where ${table}.${count} <> coalesce(counted.n, 0)`;
  }
  for (const table of TIMED) {
    statements[`an id of ${table} that is of another time`] =
      `select 1 from ${table} where (id >> 22) <> timestampdiff(microsecond, '2025-01-01', created_at) div 1000`;
  }
  for (const table of ['posts', 'comments']) {
    statements[`a day of ${table} that is not its Korean day`] =
      `select 1 from ${table} where day <> date(created_at + interval 9 hour)`;
  }
  const broken: Record<string, number> = {};
  for (const [rule, statement] of Object.entries(statements)) {
    const [row] = await sql<{ n: string }>(`select count(*) as n from (${statement}) as wrong`);
    if (Number(row?.n) > 0) broken[rule] = Number(row?.n);
  }
  return broken;
}

/** How many rows each table has. */
export async function countRows<T extends string>(
  sql: Sql,
  tables: readonly T[],
): Promise<Record<T, number>> {
  const counts = {} as Record<T, number>;
  for (const table of tables) {
    const [row] = await sql<{ n: string }>(`select count(*) as n from ${table}`);
    counts[table] = Number(row?.n);
  }
  return counts;
}
