import {
  index,
  int,
  json,
  mediumtext,
  mysqlTable,
  primaryKey,
  tinyint,
  unique,
  varchar,
} from 'drizzle-orm/mysql-core';
import { dayColumn, exactText, flag, idColumn, timeColumn } from '../platform/db/columns.ts';

export type DiscoveryKind = 'news' | 'video' | 'blog';

/** What the daily crawl has found, one row a thing however often and by whomever it was found. */
export const discoveries = mysqlTable(
  'discoveries',
  {
    id: idColumn('id').primaryKey(),
    kind: varchar('kind', { length: 10 }).$type<DiscoveryKind>().notNull(),
    /** Who found it first. */
    source: varchar('source', { length: 20 }).notNull(),
    title: varchar('title', { length: 300 }).notNull(),
    /** A newspaper, a writer, a channel. */
    author: varchar('author', { length: 120 }),
    url: varchar('url', { length: 2048 }).notNull(),
    pictureUrl: varchar('picture_url', { length: 2048 }),
    /** Of a video: its channel. */
    channelId: exactText('channel_id', { length: 64 }),
    channelPictureUrl: varchar('channel_picture_url', { length: 2048 }),
    durationSeconds: int('duration_seconds'),
    /** BCP 47, where the source says so. */
    language: varchar('language', { length: 10 }),
    /** As the source says; never in the future, null when it does not say. */
    publishedAt: timeColumn('published_at'),
    firstSeenAt: timeColumn('first_seen_at').notNull(),
    /** When a source gave it last. */
    refreshedAt: timeColumn('refreshed_at').notNull(),
    /** News 30 days and blogs 180 after publication; videos 30 after their last refresh, as YouTube's terms ask. */
    expiresAt: timeColumn('expires_at').notNull(),
    /** `publishedAt`, or when it was first seen: what lists are ordered by. */
    sortAt: timeColumn('sort_at').notNull(),
  },
  (table) => [
    index('discoveries_kind').on(table.kind, table.sortAt, table.id),
    index('discoveries_expiry').on(table.expiresAt),
  ],
);

/**
 * By what a thing is known again: `youtube:<id>`, `brunch:<contentId>`, `url:<sha256>`, `story:<sha256>` …; a thing may
 * have several.
 */
export const discoveryIdentities = mysqlTable(
  'discovery_identities',
  {
    identity: exactText('identity', { length: 100 }).primaryKey(),
    discoveryId: idColumn('discovery_id').notNull(),
  },
  (table) => [index('discovery_identities_discovery').on(table.discoveryId)],
);

/** Which tags have found a thing. Kind and order are repeated here so that a tag's page is one index range. */
export const discoveryTags = mysqlTable(
  'discovery_tags',
  {
    tagId: idColumn('tag_id').notNull(),
    discoveryId: idColumn('discovery_id').notNull(),
    kind: varchar('kind', { length: 10 }).$type<DiscoveryKind>().notNull(),
    sortAt: timeColumn('sort_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tagId, table.discoveryId] }),
    index('discovery_tags_page').on(table.tagId, table.kind, table.sortAt, table.discoveryId),
    index('discovery_tags_discovery').on(table.discoveryId),
  ],
);

/**
 * The newest things for everybody of a field, and for everybody at all (field 0), by the tags used most lately: what a
 * person's own tags leave empty in the strips of the feed. Made anew each hour.
 */
export const discoveryStrips = mysqlTable(
  'discovery_strips',
  {
    fieldId: tinyint('field_id').notNull(),
    kind: varchar('kind', { length: 10 }).$type<DiscoveryKind>().notNull(),
    position: tinyint('position').notNull(),
    discoveryId: idColumn('discovery_id').notNull(),
  },
  (table) => [primaryKey({ columns: [table.fieldId, table.kind, table.position] })],
);

/** What a day's run means to visit at one source, and what its budget did not reach. */
export type SourcePlan = {
  /** Tags used in the last 7 days, the most used first. */
  hot: number;
  /** Other living tags whose turn it was. */
  rotated: number;
  /** Living tags that have to wait for another day. */
  leftOver: number;
  /** The last tag of the rotation: the next day goes on behind it. */
  rotatedTo: string | null;
  /** False: its keys are missing, so nothing is visited. */
  isConfigured: boolean;
};

/** One run a Korean day; the key is what makes it one. */
export const discoveryRuns = mysqlTable('discovery_runs', {
  day: dayColumn('day').primaryKey(),
  startedAt: timeColumn('started_at').notNull(),
  plan: json('plan').$type<Record<string, SourcePlan>>().notNull(),
});

/** One visit a day, source and tag: what is still to be done, and how what was done ended. */
export const discoveryVisits = mysqlTable(
  'discovery_visits',
  {
    day: dayColumn('day').notNull(),
    source: varchar('source', { length: 20 }).notNull(),
    tagId: idColumn('tag_id').notNull(),
    /** Its place in the plan, from 0: the hottest tags first. */
    position: int('position').notNull(),
    state: varchar('state', { length: 10 }).$type<'planned' | 'done'>().notNull(),
    /** Who works on it until when; null when nobody does. */
    leaseUntil: timeColumn('lease_until'),
    /** How often it was begun. */
    attempts: int('attempts').notNull().default(0),
    /** How often it was put off: another request to the host was under way, or the host wanted a rest. */
    deferrals: int('deferrals').notNull().default(0),
    outcome: varchar('outcome', { length: 30 }),
    /** The body was cut off: what stood in the part that came is stored. */
    isPartial: flag('is_partial').notNull().default(false),
    stored: int('stored').notNull().default(0),
    known: int('known').notNull().default(0),
    /** How many items were left out, by reason. */
    dropped: json('dropped').$type<Record<string, number>>(),
    /** How the reading of its things' own pages ended: how many, by outcome. */
    completions: json('completions').$type<Record<string, number>>(),
    finishedAt: timeColumn('finished_at'),
  },
  (table) => [
    primaryKey({ columns: [table.day, table.source, table.tagId] }),
    unique('discovery_visits_position').on(table.day, table.source, table.position),
    index('discovery_visits_outcome').on(table.day, table.source, table.outcome),
  ],
);

/** How we get on with each host we read from: its robots.txt, its pace, and whether it wants to be left alone. */
export const discoveryHosts = mysqlTable('discovery_hosts', {
  host: exactText('host', { length: 100 }).primaryKey(),
  /** Not before then is the next request made; a request under way has moved it on. */
  nextAt: timeColumn('next_at').notNull(),
  /** Failures in a row. */
  failures: int('failures').notNull().default(0),
  /** The circuit is open until then; afterwards one request tries (half-open) before others follow. */
  openUntil: timeColumn('open_until'),
  /** What robots.txt said, as far as it concerns us: `rules` with the text, or why there is none. */
  robotsState: varchar('robots_state', { length: 20 }).$type<RobotsState>(),
  robotsText: mediumtext('robots_text'),
  robotsReadAt: timeColumn('robots_read_at'),
});

/**
 * `rules`: the text says what is closed. `none`: 4xx, everything is open (RFC 9309 §2.3.1.3). `unreachable`: 5xx or no
 * answer, everything is closed (§2.3.1.4). `unverified`: something that is no robots.txt stands there.
 */
export type RobotsState = 'rules' | 'none' | 'unreachable' | 'unverified';

/** What a source has been asked of its daily allowance; written before each call. */
export const discoveryQuotas = mysqlTable(
  'discovery_quotas',
  {
    /** e.g. `youtube.search`. */
    name: varchar('name', { length: 30 }).notNull(),
    /** The day as the source counts it: a Pacific one for YouTube. */
    day: dayColumn('day').notNull(),
    used: int('used').notNull(),
    /** The source itself says that it is spent. */
    isSpent: flag('is_spent').notNull().default(false),
  },
  (table) => [primaryKey({ columns: [table.name, table.day] })],
);

/** What to ask a page by, so that an unchanged one is not sent again. */
export const discoveryValidators = mysqlTable(
  'discovery_validators',
  {
    /** SHA-256 of the address. */
    urlHash: exactText('url_hash', { length: 64 }).primaryKey(),
    etag: varchar('etag', { length: 300 }),
    lastModified: varchar('last_modified', { length: 60 }),
    checkedAt: timeColumn('checked_at').notNull(),
  },
  (table) => [index('discovery_validators_checked').on(table.checkedAt)],
);
