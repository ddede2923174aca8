import { index, int, mysqlTable, primaryKey, unique, varchar } from 'drizzle-orm/mysql-core';
import { exactText, idColumn, timeColumn } from '../platform/db/columns.ts';

/**
 * What the search engine has not yet been seen to know: one row a thing, however often it changed. A row goes when the
 * engine's task has succeeded and nothing has changed since what it wrote was read.
 */
export const searchChanges = mysqlTable(
  'search_changes',
  {
    kind: varchar('kind', { length: 10 }).notNull(),
    targetId: idColumn('target_id').notNull(),
    /** `live`: the index that answers. `next`: the one that a rebuild is filling, which takes up its rows at the end. */
    destination: varchar('destination', { length: 4 }).$type<'live' | 'next'>().notNull(),
    /** Names the newest change. */
    stamp: idColumn('stamp').notNull(),
    /** When it may be taken up (again): the end of a claim's lease, of a failure's back-off, of patience with a task. */
    availableAt: timeColumn('available_at').notNull(),
    claim: exactText('claim', { length: 43 }),
    attempts: int('attempts').notNull().default(0),
    /** The newest change when it was last taken up. */
    takenStamp: idColumn('taken_stamp'),
    /** The engine's task that writes it. */
    taskUid: int('task_uid'),
  },
  (table) => [
    primaryKey({ columns: [table.kind, table.targetId, table.destination] }),
    index('search_changes_available').on(table.destination, table.availableAt),
    index('search_changes_claim').on(table.claim),
    index('search_changes_task').on(table.taskUid),
  ],
);

/** The search indexes: what the one that answers was built as, and the rebuild that is going on. */
export const searchIndexes = mysqlTable('search_indexes', {
  kind: varchar('kind', { length: 10 }).primaryKey(),
  /** Of the settings and the shape of documents it was built with; null until it has been built. */
  fingerprint: exactText('fingerprint', { length: 43 }),
  builtAt: timeColumn('built_at'),
  rebuildId: idColumn('rebuild_id'),
  rebuildStartedAt: timeColumn('rebuild_started_at'),
  /** The rebuild's last sign of life. */
  beatAt: timeColumn('beat_at'),
  /** One delivery at a time writes to the new index. */
  leaseToken: exactText('lease_token', { length: 64 }),
  leaseUntil: timeColumn('lease_until'),
});

/** What people looked for and looked at in search, newest first by `id`. */
export const recentSearches = mysqlTable(
  'recent_searches',
  {
    userId: idColumn('user_id').notNull(),
    kind: varchar('kind', { length: 10 }).$type<'word' | 'person' | 'tag'>().notNull(),
    /** The text or the target's id: looking again moves an entry to the top. */
    entryKey: exactText('entry_key', { length: 100 }).notNull(),
    id: idColumn('id').notNull(),
    targetId: idColumn('target_id'),
    createdAt: timeColumn('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.kind, table.entryKey] }),
    unique('recent_searches_id').on(table.id),
    index('recent_searches_user').on(table.userId, table.id),
    index('recent_searches_target').on(table.targetId),
  ],
);
