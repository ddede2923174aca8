/** What must hold in a database that was filled with a made-up population, beside what holds in any. */
import type { Sql } from './database.ts';
import { findBroken, findBrokenInvariants } from './invariants.ts';

/** Statements that find rows which no population has. */
const WRONG_ROWS: Record<string, string> = {
  'a post by somebody outside its career':
    "select 1 from posts left join career_members as m on m.career_id = posts.career_id and m.user_id = posts.author_id and m.state = 'active' where m.user_id is null",
  'a post with another school or field than its author':
    'select 1 from posts left join users on users.id = posts.author_id where users.id is null or users.school_id <> posts.school_id or users.field_id <> posts.field_id',
  'a personal career of several':
    "select 1 from careers where kind = 'personal' and 1 <> (select count(*) from career_members where career_id = careers.id)",
  'a group of one':
    "select 1 from careers where kind = 'group' and 2 > (select count(*) from career_members where career_id = careers.id and state = 'active')",
  'somebody in no career':
    'select 1 from users where not exists (select 1 from career_members where user_id = users.id)',
  'a like of one’s own': 'select 1 from likes where user_id = author_id',
  'a like without a view':
    'select 1 from likes where target_kind = 1 and not exists (select 1 from post_views where post_id = target_id and viewer_id = user_id)',
  'a reply to nothing, under another post or to nobody':
    'select 1 from comments as reply left join comments as parent on parent.id = reply.parent_id and parent.post_id = reply.post_id and parent.parent_id = 0 where reply.parent_id <> 0 and (parent.id is null or not reply.reply_to_user_id <=> parent.author_id)',
  'an address of another school':
    "select 1 from user_emails as e inner join users on users.id = e.user_id left join school_domains as d on d.school_id = users.school_id and e.address_key like concat('%.', d.domain) where d.domain is null",
  'somebody without an address or the required consents':
    "select 1 from users where not exists (select 1 from user_emails where user_id = users.id) or 2 <> (select count(*) from consents where user_id = users.id and kind in ('terms', 'privacy') and is_granted)",
  'a post before its author or career':
    'select 1 from posts inner join users on users.id = author_id inner join careers on careers.id = career_id where posts.created_at < users.created_at or posts.created_at < careers.created_at',
};

/** Tables whose ids must be of the time of their rows. */
const TIMED = ['users', 'careers', 'posts', 'comments', 'follows', 'consents', 'tags'] as const;

/** The rules that do not hold, each with how many rows break it. Empty when all is well. */
export async function findBrokenRules(sql: Sql): Promise<Record<string, number>> {
  const statements: Record<string, string> = { ...WRONG_ROWS };
  for (const table of TIMED) {
    statements[`an id of ${table} that is of another time`] =
      `select 1 from ${table} where (id >> 22) <> timestampdiff(microsecond, '2025-01-01', created_at) div 1000`;
  }
  for (const table of ['posts', 'comments']) {
    statements[`a day of ${table} that is not its Korean day`] =
      `select 1 from ${table} where day <> date(created_at + interval 9 hour)`;
  }
  return { ...(await findBrokenInvariants(sql)), ...(await findBroken(sql, statements)) };
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
