import { bigint, index, int, json, mysqlTable, primaryKey, tinyint, varchar } from 'drizzle-orm/mysql-core';
import { dayColumn, idColumn, timeColumn } from '../platform/db/columns.ts';

/**
 * What somebody wrote and received on a Korean day, already capped by giver and day. Recounted from the source rows; a
 * day without anything has no row.
 */
export const activityDays = mysqlTable(
  'activity_days',
  {
    userId: idColumn('user_id').notNull(),
    day: dayColumn('day').notNull(),
    posts: int('posts').notNull(),
    likes: int('likes').notNull(),
    comments: int('comments').notNull(),
    bookmarks: int('bookmarks').notNull(),
    views: int('views').notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.day] }), index('activity_days_day').on(table.day)],
);

/** Days whose source rows changed since they were counted. The row goes in the transaction that counts them anew. */
export const activityMarks = mysqlTable(
  'activity_marks',
  { userId: idColumn('user_id').notNull(), day: dayColumn('day').notNull() },
  (table) => [primaryKey({ columns: [table.userId, table.day] })],
);

/** Points that differ from those the code starts with (features/ranking/weights.ts). Read at the start of each run. */
export const rankingWeights = mysqlTable('ranking_weights', {
  kind: varchar('kind', { length: 10 })
    .$type<'post' | 'like' | 'comment' | 'bookmark' | 'view'>()
    .primaryKey(),
  points: int('points').notNull(),
  /** So many of the kind earn the points; what is over earns nothing. */
  per: int('per').notNull(),
  /** What counts of one giver toward one author a day; of posts: what counts a day. Changed, activity must be rebuilt. */
  dailyCap: int('daily_cap').notNull(),
});

export type RankingWeights = Record<
  (typeof rankingWeights.$inferSelect)['kind'],
  { points: number; per: number; dailyCap: number }
>;

/** Each computation of all ranks; its number is the generation that it makes. */
export const rankingRuns = mysqlTable(
  'ranking_runs',
  {
    generation: int('generation').autoincrement().primaryKey(),
    /** Which start it is: two schedulers make one run. */
    dueAt: timeColumn('due_at').notNull().unique('ranking_runs_due'),
    /** The last Korean day that counts; 29 before it do, too. */
    day: dayColumn('day').notNull(),
    /** The snapshot that ranks are compared with, and the one that growth is measured from. */
    previousDay: dayColumn('previous_day'),
    weekAgoDay: dayColumn('week_ago_day'),
    state: varchar('state', { length: 10 })
      .$type<
        | 'counting'
        | 'scores'
        | 'groups'
        | 'scopes'
        | 'nation'
        | 'snapshot'
        | 'done'
        | 'failed'
        | 'cancelled'
        | 'abandoned'
      >()
      .notNull(),
    /** The generation that readers had when it began: what differs from it is written. */
    baseGeneration: int('base_generation').notNull(),
    /** No reader can still be at a generation before this one. */
    keptGeneration: int('kept_generation').notNull(),
    weights: json('weights').$type<RankingWeights>().notNull(),
    startedAt: timeColumn('started_at').notNull(),
    /** When readers got it. */
    switchedAt: timeColumn('switched_at'),
    finishedAt: timeColumn('finished_at'),
    people: int('people'),
    points: bigint('points', { mode: 'number' }),
    error: varchar('error', { length: 200 }),
  },
  (table) => [index('ranking_runs_switched').on(table.switchedAt)],
);

/** The generation that readers see: one row. */
export const rankingPointer = mysqlTable('ranking_pointer', {
  id: tinyint('id').primaryKey(),
  generation: int('generation').notNull(),
  /** Still there for cursors that were made with it. */
  previousGeneration: int('previous_generation').notNull(),
});

/** The bounded pieces that a phase of a run is done in, planned before it begins; the ledger of the run. */
export const rankingChunks = mysqlTable(
  'ranking_chunks',
  {
    generation: int('generation').notNull(),
    phase: varchar('phase', { length: 10 })
      .$type<'scores' | 'groups' | 'scopes' | 'nation' | 'snapshot'>()
      .notNull(),
    number: int('number').notNull(),
    /** Chunks of one part are worked through by one message. */
    part: int('part').notNull(),
    /** What it covers, by phase. */
    scope: json('scope').$type<object>().notNull(),
    attempts: int('attempts').notNull().default(0),
    rowsWritten: int('rows_written'),
    people: int('people'),
    points: bigint('points', { mode: 'number' }),
    milliseconds: int('milliseconds'),
    finishedAt: timeColumn('finished_at'),
  },
  (table) => [primaryKey({ columns: [table.generation, table.phase, table.number] })],
);

/** A score's `untilGeneration` while no later generation has changed it. */
export const OPEN_GENERATION = 2_147_483_647;

/**
 * Scores as they are from one generation on until another (which no longer has them). A run writes only what has changed;
 * of each generation a person has one row at most, and those without points, hidden, gone or suspended have none.
 */
export const rankingScores = mysqlTable(
  'ranking_scores',
  {
    userId: idColumn('user_id').notNull(),
    sinceGeneration: int('since_generation').notNull(),
    untilGeneration: int('until_generation').notNull(),
    schoolId: int('school_id').notNull(),
    fieldId: tinyint('field_id').notNull(),
    score: int('score').notNull(),
    /** What made the score, over 30 days. */
    posts: int('posts').notNull(),
    likes: int('likes').notNull(),
    comments: int('comments').notNull(),
    bookmarks: int('bookmarks').notNull(),
    views: int('views').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.sinceGeneration] }),
    index('ranking_scores_nation').on(table.score, table.userId),
    index('ranking_scores_school').on(table.schoolId, table.score, table.userId),
    index('ranking_scores_field').on(table.fieldId, table.score, table.userId),
    // With the last generation, so that counting a group reads this index alone.
    index('ranking_scores_group').on(
      table.schoolId,
      table.fieldId,
      table.score,
      table.userId,
      table.untilGeneration,
    ),
  ],
);

/**
 * The scores there are in a scope, how many people have each and how many have more: a rank is `above + 1`. School 0 is
 * the nation, field 0 all fields.
 */
export const rankingLevels = mysqlTable(
  'ranking_levels',
  {
    schoolId: int('school_id').notNull(),
    generation: int('generation').notNull(),
    fieldId: tinyint('field_id').notNull(),
    score: int('score').notNull(),
    people: int('people').notNull(),
    above: int('above').notNull(),
  },
  (table) => [primaryKey({ columns: [table.schoolId, table.generation, table.fieldId, table.score] })],
);

/** People and points of each scope, by the same keys. */
export const rankingScopes = mysqlTable(
  'ranking_scopes',
  {
    schoolId: int('school_id').notNull(),
    generation: int('generation').notNull(),
    fieldId: tinyint('field_id').notNull(),
    people: int('people').notNull(),
    points: bigint('points', { mode: 'number' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.schoolId, table.generation, table.fieldId] })],
);

/** Of each scope: the people who grew most within a week, and the posts of the week that were liked most. */
export const rankingHighlights = mysqlTable(
  'ranking_highlights',
  {
    schoolId: int('school_id').notNull(),
    generation: int('generation').notNull(),
    fieldId: tinyint('field_id').notNull(),
    kind: varchar('kind', { length: 10 }).$type<'person' | 'post'>().notNull(),
    place: int('place').notNull(),
    itemId: idColumn('item_id').notNull(),
    /** Points gained; of a post, by its reactions. */
    points: int('points').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.schoolId, table.generation, table.fieldId, table.kind, table.place] }),
  ],
);

/** Everybody's ranks at the end of a Korean day. */
export const rankDaily = mysqlTable(
  'rank_daily',
  {
    day: dayColumn('day').notNull(),
    userId: idColumn('user_id').notNull(),
    score: int('score').notNull(),
    nationRank: int('nation_rank').notNull(),
    schoolId: int('school_id').notNull(),
    schoolRank: int('school_rank').notNull(),
    fieldId: tinyint('field_id').notNull(),
    fieldRank: int('field_rank').notNull(),
    groupRank: int('group_rank').notNull(),
  },
  (table) => [primaryKey({ columns: [table.day, table.userId] })],
);

/** Days whose snapshot is whole. */
export const rankDailyDays = mysqlTable('rank_daily_days', {
  day: dayColumn('day').primaryKey(),
  generation: int('generation').notNull(),
  people: int('people').notNull(),
  finishedAt: timeColumn('finished_at').notNull(),
});

/** When somebody was last told of a change of rank: at most once a week. */
export const rankNotices = mysqlTable('rank_notices', {
  userId: idColumn('user_id').primaryKey(),
  day: dayColumn('day').notNull(),
});
