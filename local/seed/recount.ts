/** The counts that rows carry of each other, as the reactions of the app keep them, for whole tables at once. */

export type Recount = {
  table: string;
  /** An indexed column, by which a large table can be gone through in pieces. */
  key: string;
  /** The UPDATE of all rows whose key lies from `first` to `last`, both included. */
  write(first: string, last: string): string;
};

function update(table: string, assignments: readonly string[], key = 'id'): Recount {
  return {
    table,
    key,
    write: (first, last) =>
      `update ${table} set ${assignments.join(', ')} where ${table}.${key} between ${first} and ${last}`,
  };
}

const isByMember =
  'posts.career_id = career_members.career_id and posts.author_id = career_members.user_id and posts.deleted_at is null';

/** To be run once all rows are there; the order does not matter. */
export const recounts: readonly Recount[] = [
  update('posts', [
    'like_count = (select count(*) from likes where likes.target_kind = 1 and likes.target_id = posts.id)',
    'comment_count = (select count(*) from comments where comments.post_id = posts.id and comments.deleted_at is null)',
    'bookmark_count = (select count(*) from bookmarks where bookmarks.post_id = posts.id)',
    'view_count = (select count(*) from post_views where post_views.post_id = posts.id)',
  ]),
  update('comments', [
    'like_count = (select count(*) from likes where likes.target_kind = 2 and likes.target_id = comments.id)',
  ]),
  {
    table: 'comments',
    key: 'post_id',
    // MySQL lets no subquery of an UPDATE read the table it changes, but for one that is stored aside first.
    write: (first, last) =>
      `update comments left join (
        select parent_id, count(*) as replies from comments
        where post_id between ${first} and ${last} and parent_id <> 0 and deleted_at is null group by parent_id
      ) as answered on answered.parent_id = comments.id
      set comments.reply_count = coalesce(answered.replies, 0)
      where comments.post_id between ${first} and ${last}`,
  },
  update('users', [
    'follower_count = (select count(*) from follows where follows.followee_id = users.id)',
    'following_count = (select count(*) from follows where follows.follower_id = users.id)',
    'post_count = (select count(*) from posts where posts.author_id = users.id and posts.deleted_at is null)',
  ]),
  update('careers', [
    'post_count = (select count(*) from posts where posts.career_id = careers.id and posts.deleted_at is null)',
    'last_post_at = (select max(posts.created_at) from posts where posts.career_id = careers.id and posts.deleted_at is null)',
  ]),
  update(
    'career_members',
    [
      `post_count = (select count(*) from posts where ${isByMember})`,
      `last_post_at = (select max(posts.created_at) from posts where ${isByMember})`,
    ],
    'career_id',
  ),
  update('tags', ['post_count = (select count(*) from post_tags where post_tags.tag_id = tags.id)']),
];

/** Fills tag_days, which is empty before. */
export const countTagDays =
  'insert into tag_days (tag_id, day, field_id, uses, people) select tag_id, day, field_id, count(*), count(distinct author_id) from post_tags group by tag_id, day, field_id';

/** The activity of the last days is counted, and the ranking computed, as soon as the app runs. */
export const askForRanking = [
  `insert ignore into activity_marks (user_id, day)
   select author_id, day from posts where day > current_date - interval 34 day
   union select author_id, day from likes where day > current_date - interval 34 day
   union select author_id, day from bookmarks where day > current_date - interval 34 day
   union select post_author_id, day from comments where day > current_date - interval 34 day
   union select author_id, day from post_views where day > current_date - interval 34 day`,
  "insert ignore into schedules (name, due_at, due_by) values ('ranking.hourly', utc_timestamp(3), 'staff')",
] as const;

/** Covers every id. */
export const allIds = ['0', '9223372036854775807'] as const;
