import { index, int, json, mysqlTable, smallint, tinyint, varchar } from 'drizzle-orm/mysql-core';
import { exactText, flag, idColumn, timeColumn } from '../platform/db/columns.ts';

export type SocialLinks = {
  instagram?: string;
  github?: string;
  naverBlog?: string;
  notion?: string;
  youtube?: string;
};

/** People and companies. A row whose `leftAt` is set is invisible everywhere and purged 30 days later. */
export const users = mysqlTable(
  'users',
  {
    id: idColumn('id').primaryKey(),
    kind: varchar('kind', { length: 10 }).$type<'student' | 'company'>().notNull(),
    passwordHash: varchar('password_hash', { length: 200 }).notNull(),
    name: varchar('name', { length: 50 }).notNull(),
    schoolId: int('school_id').notNull(),
    departmentId: int('department_id').notNull(),
    /** The department's field, kept here because feeds and rankings select by it. */
    fieldId: tinyint('field_id').notNull(),
    admissionYear: smallint('admission_year').notNull(),
    introduction: varchar('introduction', { length: 100 }).notNull().default(''),
    links: json('links').$type<SocialLinks>().notNull(),
    /** R2 key of the picture; null: the default one. */
    avatarKey: exactText('avatar_key', { length: 80 }),
    isHiddenFromRankings: flag('is_hidden_from_rankings').notNull().default(false),
    isFindableByCompanies: flag('is_findable_by_companies').notNull().default(false),
    followerCount: int('follower_count').notNull().default(0),
    followingCount: int('following_count').notNull().default(0),
    postCount: int('post_count').notNull().default(0),
    createdAt: timeColumn('created_at').notNull(),
    leftAt: timeColumn('left_at'),
    leaveReason: varchar('leave_reason', { length: 500 }),
    suspendedAt: timeColumn('suspended_at'),
  },
  (table) => [
    index('users_school').on(table.schoolId, table.id),
    index('users_field').on(table.fieldId, table.id),
    index('users_left').on(table.leftAt),
  ],
);

/**
 * Addresses that log in. One row an address over all accounts, whichever its purpose: the primary key is what makes
 * "one account an address" true.
 */
export const userEmails = mysqlTable(
  'user_emails',
  {
    /** Canonical: lower case, without the `+tag`. */
    addressKey: exactText('address_key', { length: 254 }).primaryKey(),
    userId: idColumn('user_id').notNull(),
    purpose: varchar('purpose', { length: 10 }).$type<'school' | 'recovery'>().notNull(),
    /** As typed: where mail goes. */
    address: varchar('address', { length: 254 }).notNull(),
    verifiedAt: timeColumn('verified_at').notNull(),
  },
  (table) => [index('user_emails_user').on(table.userId)],
);

/** What was agreed to and withdrawn, each act a row; the newest a kind counts. */
export const consents = mysqlTable(
  'consents',
  {
    id: idColumn('id').primaryKey(),
    userId: idColumn('user_id').notNull(),
    kind: varchar('kind', { length: 30 }).notNull(),
    version: varchar('version', { length: 20 }).notNull(),
    isGranted: flag('is_granted').notNull(),
    createdAt: timeColumn('created_at').notNull(),
  },
  (table) => [index('consents_user').on(table.userId, table.kind, table.id)],
);

/** Log-ins. The token itself is not stored, only its SHA-256. */
export const sessions = mysqlTable(
  'sessions',
  {
    id: idColumn('id').primaryKey(),
    tokenHash: exactText('token_hash', { length: 43 }).notNull().unique('sessions_token'),
    userId: idColumn('user_id').notNull(),
    device: varchar('device', { length: 100 }).notNull(),
    /** City and country as the edge saw them; no address is kept. */
    place: varchar('place', { length: 100 }).notNull(),
    createdAt: timeColumn('created_at').notNull(),
    lastUsedAt: timeColumn('last_used_at').notNull(),
    expiresAt: timeColumn('expires_at').notNull(),
    endedAt: timeColumn('ended_at'),
  },
  (table) => [
    index('sessions_user').on(table.userId, table.id),
    index('sessions_expires').on(table.expiresAt),
  ],
);

/** Exports of everything of one person, made by a job and fetched by an expiring link. */
export const dataExports = mysqlTable(
  'data_exports',
  {
    id: idColumn('id').primaryKey(),
    userId: idColumn('user_id').notNull(),
    state: varchar('state', { length: 10 }).$type<'asked' | 'ready' | 'expired'>().notNull(),
    /** SHA-256 of the link's token. */
    tokenHash: exactText('token_hash', { length: 43 }).unique('data_exports_token'),
    /** What the names of its objects in R2 begin with; null once they are gone. */
    objectKey: exactText('object_key', { length: 120 }),
    /** Archives it comes in: one unless there is a great deal of media. */
    volumes: int('volumes'),
    createdAt: timeColumn('created_at').notNull(),
    expiresAt: timeColumn('expires_at'),
  },
  (table) => [
    index('data_exports_user').on(table.userId, table.id),
    index('data_exports_expires').on(table.expiresAt),
  ],
);
