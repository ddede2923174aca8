import {
  index,
  int,
  mysqlTable,
  primaryKey,
  smallint,
  text,
  tinyint,
  unique,
  varchar,
} from 'drizzle-orm/mysql-core';
import { dayColumn, exactText, idColumn, timeColumn } from '../platform/db/columns.ts';

export const posts = mysqlTable(
  'posts',
  {
    id: idColumn('id').primaryKey(),
    authorId: idColumn('author_id').notNull(),
    careerId: idColumn('career_id').notNull(),
    /** The author's school and field when it was written: suggestions select by them. */
    schoolId: int('school_id').notNull(),
    fieldId: tinyint('field_id').notNull(),
    text: text('text').notNull(),
    likeCount: int('like_count').notNull().default(0),
    commentCount: int('comment_count').notNull().default(0),
    bookmarkCount: int('bookmark_count').notNull().default(0),
    viewCount: int('view_count').notNull().default(0),
    /** Korean day of writing. */
    day: dayColumn('day').notNull(),
    clientKey: exactText('client_key', { length: 64 }),
    /** Of all that was sent under `clientKey`; null for those written before it was kept. */
    inputHash: exactText('input_hash', { length: 43 }),
    createdAt: timeColumn('created_at').notNull(),
    editedAt: timeColumn('edited_at'),
    /** Set by its author, by the deletion of its career, or by staff. */
    deletedAt: timeColumn('deleted_at'),
  },
  (table) => [
    index('posts_author').on(table.authorId, table.deletedAt, table.id),
    index('posts_career').on(table.careerId, table.deletedAt, table.id, table.authorId),
    index('posts_school').on(table.schoolId, table.id),
    index('posts_field').on(table.fieldId, table.id),
    index('posts_author_day').on(table.authorId, table.day),
    index('posts_deleted').on(table.deletedAt),
    unique('posts_client_key').on(table.authorId, table.clientKey),
  ],
);

/** Images, files and pictures of links, before and after a post or profile has claimed them. */
export const media = mysqlTable(
  'media',
  {
    id: idColumn('id').primaryKey(),
    ownerId: idColumn('owner_id').notNull(),
    kind: varchar('kind', { length: 10 }).$type<'image' | 'file' | 'avatar' | 'preview'>().notNull(),
    /** Unguessable; the object's name in R2 and in its address. */
    key: exactText('object_key', { length: 80 }).notNull().unique('media_key'),
    contentType: varchar('content_type', { length: 100 }).notNull(),
    /** Bytes. */
    size: int('size').notNull(),
    width: int('width'),
    height: int('height'),
    /** The file's own name, for downloads. */
    fileName: varchar('file_name', { length: 200 }),
    /** `uploading` until its object is complete, `pending` until a post or profile uses it. */
    state: varchar('state', { length: 10 })
      .$type<'uploading' | 'pending' | 'claimed' | 'released'>()
      .notNull(),
    clientKey: exactText('client_key', { length: 64 }),
    /** Bytes as sent, before cleaning: tells a repeat under the same client key from another upload. */
    sentBytes: int('sent_bytes'),
    createdAt: timeColumn('created_at').notNull(),
    releasedAt: timeColumn('released_at'),
  },
  (table) => [
    index('media_owner').on(table.ownerId, table.state),
    unique('media_client_key').on(table.ownerId, table.clientKey),
    index('media_state').on(table.state, table.createdAt),
  ],
);

/** Images and files of a post, in order. */
export const postMedia = mysqlTable(
  'post_media',
  {
    postId: idColumn('post_id').notNull(),
    position: smallint('position').notNull(),
    mediaId: idColumn('media_id').notNull().unique('post_media_media'),
    kind: varchar('kind', { length: 10 }).$type<'image' | 'file'>().notNull(),
    altText: varchar('alt_text', { length: 300 }).notNull().default(''),
  },
  (table) => [primaryKey({ columns: [table.postId, table.position] })],
);

/** Links of a post, in order; the preview is filled in by a job. */
export const postLinks = mysqlTable(
  'post_links',
  {
    postId: idColumn('post_id').notNull(),
    position: smallint('position').notNull(),
    url: varchar('url', { length: 2000 }).notNull(),
    state: varchar('state', { length: 10 }).$type<'waiting' | 'ready' | 'failed'>().notNull(),
    title: varchar('title', { length: 300 }),
    description: varchar('description', { length: 500 }),
    pictureKey: exactText('picture_key', { length: 80 }),
    /** Closed set of outcomes, for support: why there is no preview. */
    outcome: varchar('outcome', { length: 30 }),
  },
  (table) => [primaryKey({ columns: [table.postId, table.position] })],
);

export const tags = mysqlTable(
  'tags',
  {
    id: idColumn('id').primaryKey(),
    /** Normalised: NFC, no `#`, no inner spaces, case-folded. */
    name: exactText('name', { length: 30 }).notNull().unique('tags_name'),
    /** Initial consonants of the name, for 초성 autocomplete. */
    choseong: exactText('choseong', { length: 30 }).notNull().default(''),
    postCount: int('post_count').notNull().default(0),
    createdAt: timeColumn('created_at').notNull(),
  },
  (table) => [index('tags_choseong').on(table.choseong), index('tags_used').on(table.postCount)],
);

export const postTags = mysqlTable(
  'post_tags',
  {
    postId: idColumn('post_id').notNull(),
    position: smallint('position').notNull(),
    tagId: idColumn('tag_id').notNull(),
    authorId: idColumn('author_id').notNull(),
    fieldId: tinyint('field_id').notNull(),
    /** Korean day of the post. */
    day: dayColumn('day').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.postId, table.position] }),
    unique('post_tags_tag').on(table.tagId, table.postId),
    index('post_tags_author').on(table.authorId, table.tagId),
    index('post_tags_day').on(table.tagId, table.day, table.fieldId),
  ],
);

/** How often a tag was used, and by how many, a Korean day and field: recounted from post_tags. */
export const tagDays = mysqlTable(
  'tag_days',
  {
    tagId: idColumn('tag_id').notNull(),
    day: dayColumn('day').notNull(),
    fieldId: tinyint('field_id').notNull(),
    uses: int('uses').notNull(),
    /** Null for what was counted before people were. */
    people: int('people'),
  },
  (table) => [
    primaryKey({ columns: [table.tagId, table.day, table.fieldId] }),
    index('tag_days_people').on(table.day, table.tagId, table.people, table.uses),
  ],
);

/** Seen once a viewer a post a Korean day; never the author's own. */
export const postViews = mysqlTable(
  'post_views',
  {
    postId: idColumn('post_id').notNull(),
    viewerId: idColumn('viewer_id').notNull(),
    day: dayColumn('day').notNull(),
    authorId: idColumn('author_id').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.postId, table.viewerId, table.day] }),
    index('post_views_author').on(table.authorId, table.day),
    index('post_views_viewer').on(table.viewerId),
  ],
);

export const comments = mysqlTable(
  'comments',
  {
    id: idColumn('id').primaryKey(),
    postId: idColumn('post_id').notNull(),
    authorId: idColumn('author_id').notNull(),
    /** The post's author: activity is counted for them. */
    postAuthorId: idColumn('post_author_id').notNull(),
    /** The comment this replies to; '0' for a comment itself, so that one index serves both levels. */
    parentId: idColumn('parent_id').notNull(),
    replyToUserId: idColumn('reply_to_user_id'),
    text: varchar('text', { length: 1000 }).notNull(),
    likeCount: int('like_count').notNull().default(0),
    replyCount: int('reply_count').notNull().default(0),
    day: dayColumn('day').notNull(),
    clientKey: exactText('client_key', { length: 64 }),
    createdAt: timeColumn('created_at').notNull(),
    deletedAt: timeColumn('deleted_at'),
  },
  (table) => [
    index('comments_post').on(table.postId, table.parentId, table.id),
    index('comments_author').on(table.authorId, table.id),
    index('comments_activity').on(table.postAuthorId, table.day),
    unique('comments_client_key').on(table.authorId, table.clientKey),
  ],
);
