import { index, json, mysqlTable, primaryKey, varchar } from 'drizzle-orm/mysql-core';
import { exactText, flag, idColumn, timeColumn } from '../platform/db/columns.ts';

/** What a notification is about; product §11. */
export type NotificationKind =
  | 'follow'
  | 'career_invitation'
  | 'post_like'
  | 'comment_like'
  | 'comment'
  | 'reply'
  | 'mention'
  | 'career_post'
  | 'rank_change';

/** Of a rank change: the national rank, and that of a week before. */
export type RankDetail = { rank: number; previousRank: number | null; topPercent: number };

/**
 * What somebody is told. One row a cause, found by its natural key: all likes of one thing share a row, whose order moves
 * to the newest like. Whether it still shows is decided when it is read.
 */
export const notifications = mysqlTable(
  'notifications',
  {
    /** Who is told. */
    userId: idColumn('user_id').notNull(),
    /** `<kind>:<id of what it is about>`. */
    key: exactText('cause_key', { length: 60 }).notNull(),
    id: idColumn('id').notNull(),
    kind: varchar('kind', { length: 20 }).$type<NotificationKind>().notNull(),
    /** Who did it; of likes: whoever was last when the row was written; 0: nobody. */
    actorId: idColumn('actor_id').notNull(),
    postId: idColumn('post_id'),
    commentId: idColumn('comment_id'),
    careerId: idColumn('career_id'),
    detail: json('detail').$type<RankDetail>(),
    isUnread: flag('is_unread').notNull(),
    isDeleted: flag('is_deleted').notNull(),
    /** Time of the newest cause. */
    createdAt: timeColumn('created_at').notNull(),
    /** Id of the newest cause: orders the list. Last of all: assignments run in this order, and the others look at it. */
    orderId: idColumn('order_id').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.key] }),
    index('notifications_list').on(table.userId, table.isDeleted, table.orderId, table.id),
    index('notifications_unread').on(table.userId, table.isUnread, table.isDeleted),
    index('notifications_created').on(table.createdAt),
    index('notifications_actor').on(table.actorId),
  ],
);

/** Kinds that somebody has switched off or on again; without a row a kind is on. */
export const notificationPreferences = mysqlTable(
  'notification_preferences',
  {
    userId: idColumn('user_id').notNull(),
    kind: varchar('kind', { length: 20 }).$type<NotificationKind | 'message'>().notNull(),
    isOn: flag('is_on').notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.kind] })],
);

/** Phones and browsers that take pushes, each bound to the log-in it was registered by. */
export const pushDevices = mysqlTable(
  'push_devices',
  {
    id: idColumn('id').primaryKey(),
    /** SHA-256 of the token: what makes a token stand once. */
    tokenHash: exactText('token_hash', { length: 43 }).notNull().unique('push_devices_token'),
    token: exactText('token', { length: 1000 }).notNull(),
    userId: idColumn('user_id').notNull(),
    sessionId: idColumn('session_id').notNull(),
    platform: varchar('platform', { length: 10 }).$type<'ios' | 'android' | 'web'>().notNull(),
    language: varchar('language', { length: 2 }).$type<'ko' | 'en'>().notNull(),
    lastSeenAt: timeColumn('last_seen_at').notNull(),
  },
  (table) => [
    index('push_devices_user').on(table.userId),
    index('push_devices_session').on(table.sessionId),
    index('push_devices_seen').on(table.lastSeenAt),
  ],
);

/** Pushes that were handed to FCM, written before: one that may have gone out never goes again. */
export const pushSends = mysqlTable(
  'push_sends',
  {
    deviceId: idColumn('device_id').notNull(),
    /** Names what is pushed: the notification and its cause or hour, or the message. */
    key: exactText('push_key', { length: 90 }).notNull(),
    /** Who took it: one run of the job. */
    claim: exactText('claim', { length: 43 }).notNull(),
    createdAt: timeColumn('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.deviceId, table.key] }),
    index('push_sends_claim').on(table.claim),
    index('push_sends_created').on(table.createdAt),
  ],
);
