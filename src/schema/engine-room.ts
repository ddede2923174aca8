import { index, int, json, mysqlTable, primaryKey, varchar } from 'drizzle-orm/mysql-core';
import { exactText, flag, idColumn, timeColumn } from '../platform/db/columns.ts';

/** Events not yet fully reacted to. A row goes when its last reaction is done. */
export const outbox = mysqlTable(
  'outbox',
  {
    id: idColumn('id').primaryKey(),
    name: varchar('name', { length: 60 }).notNull(),
    payload: json('payload').$type<object>().notNull(),
    createdAt: timeColumn('created_at').notNull(),
    /** When it may be claimed (again): the end of a claim's lease or of a failure's back-off. */
    availableAt: timeColumn('available_at').notNull(),
    claim: exactText('claim', { length: 43 }),
    attempts: int('attempts').notNull(),
    /** Reactions still to run; null: all. */
    remaining: json('remaining').$type<string[]>(),
  },
  (table) => [
    index('outbox_available').on(table.availableAt, table.id),
    index('outbox_claim').on(table.claim),
  ],
);

/**
 * What jobs have done: the row is written in the job's own transaction, so a second delivery finds it. Work with effects
 * outside takes the row as a lease first; `finishedAt` is null until it is done.
 */
export const jobRuns = mysqlTable(
  'job_runs',
  {
    name: varchar('name', { length: 60 }).notNull(),
    key: exactText('key', { length: 190 }).notNull(),
    finishedAt: timeColumn('finished_at'),
    leaseUntil: timeColumn('lease_until'),
  },
  (table) => [
    primaryKey({ columns: [table.name, table.key] }),
    index('job_runs_finished').on(table.finishedAt),
  ],
);

/** Jobs and reactions whose retries are spent. Staff see, replay or drop them. */
export const deadLetters = mysqlTable(
  'dead_letters',
  {
    id: idColumn('id').primaryKey(),
    kind: varchar('kind', { length: 10 }).$type<'job' | 'event'>().notNull(),
    name: varchar('name', { length: 60 }).notNull(),
    /** The job's key, or the reaction's name. */
    key: exactText('key', { length: 190 }).notNull(),
    /** What died: `message:<id>` of QStash, or `event:<id>:<reaction>`. One letter each, however often its end is told. */
    source: exactText('source', { length: 190 }).notNull().unique('dead_letters_source'),
    payload: json('payload').$type<object>().notNull(),
    /** Of long work: the slice that died; those before it are done. */
    slice: json('slice').$type<{ number: number; position: unknown }>(),
    /** Error code or class, never a message that could hold personal data. */
    error: varchar('error', { length: 200 }).notNull(),
    attempts: int('attempts').notNull(),
    state: varchar('state', { length: 10 }).$type<'open' | 'replayed' | 'dropped'>().notNull(),
    createdAt: timeColumn('created_at').notNull(),
    settledAt: timeColumn('settled_at'),
  },
  (table) => [
    index('dead_letters_state').on(table.state, table.id),
    index('dead_letters_key').on(table.name, table.key),
  ],
);

/** When each schedule is due next. Claimed with a lease, so that two triggers start one run. */
export const schedules = mysqlTable('schedules', {
  name: varchar('name', { length: 60 }).primaryKey(),
  dueAt: timeColumn('due_at').notNull(),
  leaseUntil: timeColumn('lease_until'),
  leaseToken: exactText('lease_token', { length: 43 }),
  isPaused: flag('is_paused').notNull().default(false),
  /** Who set `dueAt`: the calendar, or staff who want it now (a pause does not hold that up). */
  dueBy: varchar('due_by', { length: 20 }).$type<'cron' | 'staff'>().notNull().default('cron'),
});

/** Each start of a schedule, keyed by its due time. */
export const scheduleRuns = mysqlTable(
  'schedule_runs',
  {
    name: varchar('name', { length: 60 }).notNull(),
    dueAt: timeColumn('due_at').notNull(),
    startedAt: timeColumn('started_at').notNull(),
    finishedAt: timeColumn('finished_at'),
    startedBy: varchar('started_by', { length: 20 }).$type<'cron' | 'staff'>().notNull(),
    state: varchar('state', { length: 10 }).$type<'started' | 'done' | 'failed'>().notNull(),
    /** Starts so far; one that failed, or whose holder died, is started again. */
    attempts: int('attempts').notNull().default(1),
    error: varchar('error', { length: 200 }),
  },
  (table) => [
    primaryKey({ columns: [table.name, table.dueAt] }),
    index('schedule_runs_started').on(table.startedAt),
  ],
);

/** People of the house. Cloudflare Access says who someone is; this row says what they may do. */
export const staff = mysqlTable('staff', {
  email: exactText('email', { length: 254 }).primaryKey(),
  id: idColumn('id').notNull().unique('staff_id'),
  role: varchar('role', { length: 10 }).$type<'reader' | 'writer'>().notNull(),
  createdAt: timeColumn('created_at').notNull(),
  removedAt: timeColumn('removed_at'),
});

/** Every act of staff, written in the act's own transaction. */
export const auditLog = mysqlTable(
  'audit_log',
  {
    id: idColumn('id').primaryKey(),
    staffId: idColumn('staff_id').notNull(),
    action: varchar('action', { length: 60 }).notNull(),
    targetKind: varchar('target_kind', { length: 30 }).notNull(),
    targetId: varchar('target_id', { length: 190 }).notNull(),
    detail: json('detail').$type<object>(),
    requestId: varchar('request_id', { length: 64 }).notNull(),
    createdAt: timeColumn('created_at').notNull(),
  },
  (table) => [index('audit_log_target').on(table.targetKind, table.targetId, table.id)],
);
