/** What holds in any database of Loop Us once everything has caught up; each broken rule is found by one statement. */
import type { Sql } from './database.ts';

/** Counts that rows carry, and the statement that counts them anew by owner. */
const COUNTS: readonly [column: string, counted: string][] = [
  [
    'posts.like_count',
    'select target_id as owner, count(*) as n from likes where target_kind = 1 group by target_id',
  ],
  [
    'posts.comment_count',
    'select post_id as owner, count(*) as n from comments where deleted_at is null group by post_id',
  ],
  ['posts.bookmark_count', 'select post_id as owner, count(*) as n from bookmarks group by post_id'],
  ['posts.view_count', 'select post_id as owner, count(*) as n from post_views group by post_id'],
  [
    'comments.like_count',
    'select target_id as owner, count(*) as n from likes where target_kind = 2 group by target_id',
  ],
  [
    'comments.reply_count',
    'select parent_id as owner, count(*) as n from comments where parent_id <> 0 and deleted_at is null group by parent_id',
  ],
  ['users.follower_count', 'select followee_id as owner, count(*) as n from follows group by followee_id'],
  ['users.following_count', 'select follower_id as owner, count(*) as n from follows group by follower_id'],
  [
    'users.post_count',
    'select author_id as owner, count(*) as n from posts where deleted_at is null group by author_id',
  ],
  [
    'careers.post_count',
    'select career_id as owner, count(*) as n from posts where deleted_at is null group by career_id',
  ],
  [
    'tags.post_count',
    'select tag_id as owner, count(*) as n from post_tags inner join posts on posts.id = post_id where deleted_at is null group by tag_id',
  ],
];

const USES_BY_DAY =
  'select tag_id, post_tags.day, post_tags.field_id, count(*) as n, count(distinct posts.author_id) as people from post_tags inner join posts on posts.id = post_id where deleted_at is null group by tag_id, post_tags.day, post_tags.field_id';

/** Further counts, which have no one owner. */
const WRONG_COUNTS: Record<string, string> = {
  'a career whose last post is another':
    'select 1 from careers where not last_post_at <=> (select max(created_at) from posts where career_id = careers.id and posts.deleted_at is null)',
  'a membership with wrong posts':
    'select 1 from career_members as m where m.post_count <> (select count(*) from posts where career_id = m.career_id and author_id = m.user_id and deleted_at is null) or not m.last_post_at <=> (select max(created_at) from posts where career_id = m.career_id and author_id = m.user_id and deleted_at is null)',
  'uses of a tag that were not': `select 1 from tag_days left join (${USES_BY_DAY}) as counted using (tag_id, day, field_id) where tag_days.uses <> coalesce(counted.n, 0) or tag_days.people <> coalesce(counted.people, 0)`,
  'uses of a tag that were not counted': `select 1 from (${USES_BY_DAY}) as counted left join tag_days using (tag_id, day, field_id) where tag_days.tag_id is null`,
  'a room with a gap or a double':
    'select 1 from room_members as m left join (select room_id, count(*) as n, max(sequence) as newest from messages group by room_id) as log using (room_id) where m.last_sequence <> coalesce(n, 0) or m.last_sequence <> coalesce(newest, 0) or m.sent_count <> (select count(*) from messages as sent where sent.room_id = m.room_id and sent.sender_id = m.user_id)',
};

/** Rows that belong to nothing, or to something else than they say. */
const ORPHANS: Record<string, string> = {
  'a career whose owner is outside':
    "select 1 from careers left join career_members as m on m.career_id = careers.id and m.user_id = careers.owner_id and m.state = 'active' where m.user_id is null",
  'a membership of no career or nobody':
    'select 1 from career_members as m left join careers on careers.id = m.career_id left join users on users.id = m.user_id where careers.id is null or users.id is null',
  'a post of nobody or in no career':
    'select 1 from posts left join users on users.id = author_id left join careers on careers.id = career_id where users.id is null or careers.id is null',
  'a like of nothing or of another author':
    'select 1 from likes left join posts on target_kind = 1 and posts.id = target_id left join comments on target_kind = 2 and comments.id = target_id where not likes.author_id <=> coalesce(posts.author_id, comments.author_id)',
  'a bookmark of nothing or of another author':
    'select 1 from bookmarks left join posts on posts.id = post_id where not bookmarks.author_id <=> posts.author_id',
  'a view of nothing, of another author or by the author':
    'select 1 from post_views left join posts on posts.id = post_id where not post_views.author_id <=> posts.author_id or viewer_id = posts.author_id',
  'a comment on nothing or of another author':
    'select 1 from comments left join posts on posts.id = post_id where not post_author_id <=> posts.author_id',
  'a reply to nothing or under another post':
    'select 1 from comments as reply left join comments as parent on parent.id = reply.parent_id and parent.post_id = reply.post_id and parent.parent_id = 0 where reply.parent_id <> 0 and parent.id is null',
  'a comment by nobody':
    'select 1 from comments left join users on users.id = author_id where users.id is null',
  'a follow of oneself or of nobody':
    'select 1 from follows left join users on users.id = followee_id where users.id is null or follower_id = followee_id',
  'a followed career to which one belongs, or of nobody':
    "select 1 from career_follows as f left join careers on careers.id = f.career_id where careers.id is null or exists (select 1 from career_members as m where m.career_id = f.career_id and m.user_id = f.user_id and m.state = 'active')",
  'a tag of a post with another author, field or day':
    'select 1 from post_tags left join posts on posts.id = post_id where not post_tags.author_id <=> posts.author_id or not post_tags.field_id <=> posts.field_id or not post_tags.day <=> posts.day',
  'a use of no tag': 'select 1 from post_tags left join tags on tags.id = tag_id where tags.id is null',
  'a link of no post':
    'select 1 from post_links left join posts on posts.id = post_id where posts.id is null',
  'an attachment of no post, or that is not there':
    "select 1 from post_media left join posts on posts.id = post_id left join media on media.id = media_id where posts.id is null or media.id is null or (posts.deleted_at is null and media.state <> 'claimed')",
  'media that something is said to use':
    "select 1 from media where state = 'claimed' and kind in ('image', 'file') and not exists (select 1 from post_media where media_id = media.id)",
  'half a room':
    'select 1 from room_members as mine left join room_members as theirs on theirs.room_id = mine.room_id and theirs.user_id = mine.other_id where theirs.user_id is null or theirs.last_sequence <> mine.last_sequence or theirs.last_message_id <> mine.last_message_id',
  'a message in no room of its sender':
    'select 1 from messages left join room_members as m on m.room_id = messages.room_id and m.user_id = sender_id where m.user_id is null',
  'a notification of nobody or about nothing':
    'select 1 from notifications as n left join users as told on told.id = n.user_id left join posts on posts.id = n.post_id left join comments on comments.id = n.comment_id left join careers on careers.id = n.career_id where told.id is null or (n.post_id is not null and posts.id is null) or (n.comment_id is not null and comments.id is null) or (n.career_id is not null and careers.id is null)',
  // With the primary key (person, cause): nobody is told of one cause twice.
  'a notification that is not named by its cause': `select 1 from notifications where cause_key <> concat(kind, ':', case
     when kind = 'follow' then actor_id
     when kind in ('post_like', 'career_post') then post_id
     when kind in ('comment', 'reply', 'mention', 'comment_like') then comment_id
     when kind = 'career_invitation' then career_id
     else substring_index(cause_key, ':', -1) end)`,
  'somebody told of one comment twice':
    "select 1 from notifications where kind in ('comment', 'reply', 'mention') group by user_id, comment_id having count(*) > 1",
  'a session, address, consent, device or export of nobody': [
    'sessions',
    'user_emails',
    'consents',
    'push_devices',
    'data_exports',
  ]
    .map((table) => `select 1 from ${table} left join users on users.id = user_id where users.id is null`)
    .join(' union all '),
};

/** The rules of `statements` that rows break, each with how many do. */
export async function findBroken(
  sql: Sql,
  statements: Record<string, string>,
): Promise<Record<string, number>> {
  const broken: Record<string, number> = {};
  const rules = Object.keys(statements);
  const counts = rules.map(
    (rule, index) =>
      `select ${index} as rule, count(*) as n from (${statements[rule] ?? ''}) as wrong${index}`,
  );
  for (const { rule, n } of await sql<{ rule: number; n: string }>(counts.join(' union all '))) {
    if (Number(n) > 0) broken[rules[Number(rule)] ?? ''] = Number(n);
  }
  return broken;
}

/** Counts that differ from the rows they count. */
export function findWrongCounts(sql: Sql): Promise<Record<string, number>> {
  const statements = { ...WRONG_COUNTS };
  for (const [column, counted] of COUNTS) {
    const [table = '', count = ''] = column.split('.');
    statements[column] =
      `select 1 from ${table} left join (${counted}) as counted on counted.owner = ${table}.id where ${table}.${count} <> coalesce(counted.n, 0)`;
  }
  return findBroken(sql, statements);
}

/** Everything that does not hold, each rule with how many rows break it. Empty when all is well. */
export async function findBrokenInvariants(sql: Sql): Promise<Record<string, number>> {
  return { ...(await findWrongCounts(sql)), ...(await findBroken(sql, ORPHANS)) };
}
