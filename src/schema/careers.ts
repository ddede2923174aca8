import { index, int, mysqlTable, primaryKey, unique, varchar } from 'drizzle-orm/mysql-core';
import { exactText, idColumn, timeColumn } from '../platform/db/columns.ts';

/** A named thread of posts. */
export const careers = mysqlTable(
  'careers',
  {
    id: idColumn('id').primaryKey(),
    /** Who made it; of a group, its manager. */
    ownerId: idColumn('owner_id').notNull(),
    name: varchar('name', { length: 20 }).notNull(),
    kind: varchar('kind', { length: 10 }).$type<'personal' | 'group'>().notNull(),
    companyId: idColumn('company_id'),
    postCount: int('post_count').notNull().default(0),
    lastPostAt: timeColumn('last_post_at'),
    /** R2 key of its latest image. */
    coverKey: exactText('cover_key', { length: 80 }),
    clientKey: exactText('client_key', { length: 64 }),
    /** Of all that was sent under `clientKey`; null for those made before it was kept. */
    inputHash: exactText('input_hash', { length: 43 }),
    createdAt: timeColumn('created_at').notNull(),
    deletedAt: timeColumn('deleted_at'),
  },
  (table) => [
    index('careers_owner').on(table.ownerId, table.id),
    unique('careers_client_key').on(table.ownerId, table.clientKey),
  ],
);

/** Who belongs to a career, the owner included; `position` is the place in that person's own order. */
export const careerMembers = mysqlTable(
  'career_members',
  {
    careerId: idColumn('career_id').notNull(),
    userId: idColumn('user_id').notNull(),
    state: varchar('state', { length: 10 }).$type<'invited' | 'active'>().notNull(),
    position: int('position').notNull().default(0),
    /** Posts of this person in this career. */
    postCount: int('post_count').notNull().default(0),
    lastPostAt: timeColumn('last_post_at'),
    createdAt: timeColumn('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.careerId, table.userId] }),
    index('career_members_user').on(table.userId, table.state, table.position),
  ],
);

/** People who follow a career without belonging to it. */
export const careerFollows = mysqlTable(
  'career_follows',
  {
    userId: idColumn('user_id').notNull(),
    careerId: idColumn('career_id').notNull(),
    createdAt: timeColumn('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.careerId] }),
    index('career_follows_career').on(table.careerId),
  ],
);
