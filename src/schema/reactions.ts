import { index, mysqlTable, primaryKey, tinyint, unique, varchar } from 'drizzle-orm/mysql-core';
import { dayColumn, idColumn, timeColumn } from '../platform/db/columns.ts';

/** What can be liked; a reply is a comment with a parent. */
export const LIKE_TARGETS = { post: 1, comment: 2 } as const;

export const likes = mysqlTable(
  'likes',
  {
    targetKind: tinyint('target_kind').notNull(),
    targetId: idColumn('target_id').notNull(),
    userId: idColumn('user_id').notNull(),
    /** Orders pages; time of liking. */
    id: idColumn('id').notNull(),
    /** Author of the liked thing: activity is counted for them. */
    authorId: idColumn('author_id').notNull(),
    day: dayColumn('day').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.targetKind, table.targetId, table.userId] }),
    index('likes_target').on(table.targetKind, table.targetId, table.id),
    index('likes_user').on(table.userId, table.targetKind, table.id),
    index('likes_activity').on(table.authorId, table.day),
  ],
);

export const bookmarks = mysqlTable(
  'bookmarks',
  {
    userId: idColumn('user_id').notNull(),
    postId: idColumn('post_id').notNull(),
    id: idColumn('id').notNull(),
    authorId: idColumn('author_id').notNull(),
    day: dayColumn('day').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.postId] }),
    index('bookmarks_user').on(table.userId, table.id),
    index('bookmarks_post').on(table.postId),
    index('bookmarks_activity').on(table.authorId, table.day),
  ],
);

export const follows = mysqlTable(
  'follows',
  {
    followerId: idColumn('follower_id').notNull(),
    followeeId: idColumn('followee_id').notNull(),
    id: idColumn('id').notNull(),
    createdAt: timeColumn('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.followerId, table.followeeId] }),
    index('follows_follower').on(table.followerId, table.id),
    index('follows_followee').on(table.followeeId, table.id),
    index('follows_back').on(table.followeeId, table.followerId),
  ],
);

export const blocks = mysqlTable(
  'blocks',
  {
    blockerId: idColumn('blocker_id').notNull(),
    blockedId: idColumn('blocked_id').notNull(),
    id: idColumn('id').notNull(),
    createdAt: timeColumn('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.blockerId, table.blockedId] }),
    index('blocks_back').on(table.blockedId, table.blockerId),
    index('blocks_blocker').on(table.blockerId, table.id),
  ],
);

/** Reports filed by users; one open report a reporter a thing. */
export const reports = mysqlTable(
  'reports',
  {
    id: idColumn('id').primaryKey(),
    reporterId: idColumn('reporter_id').notNull(),
    targetKind: varchar('target_kind', { length: 10 }).$type<'post' | 'comment' | 'user'>().notNull(),
    targetId: idColumn('target_id').notNull(),
    reason: varchar('reason', { length: 20 }).notNull(),
    text: varchar('text', { length: 1000 }).notNull(),
    state: varchar('state', { length: 10 }).$type<'open' | 'closed'>().notNull(),
    /** 1 while open, null once closed: the unique key then lets a new one in. */
    openMark: tinyint('open_mark'),
    createdAt: timeColumn('created_at').notNull(),
  },
  (table) => [
    unique('reports_open').on(table.reporterId, table.targetKind, table.targetId, table.openMark),
    index('reports_state').on(table.state, table.id),
    index('reports_target').on(table.targetKind, table.targetId),
  ],
);
