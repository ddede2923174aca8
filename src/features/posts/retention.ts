import { and, asc, eq, gt, inArray, isNull, or, sql } from 'drizzle-orm';
import type { SystemCtx } from '../../platform/context.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import {
  DELETE_CHUNK,
  defineExportStep,
  definePurgeStep,
  toExportChunk,
  type ExportStep,
  type PurgeStep,
} from '../../platform/retention.ts';
import { careers } from '../../schema/careers.ts';
import { media, postLinks, postMedia, posts, postTags, postViews, tags } from '../../schema/posts.ts';
import { postDeleted } from './events.ts';

const POSTS_AT_ONCE = 200;
const EXPORT_CHUNK = 200;
const SEEN_CHUNK = 1000;

/** Deleted as its author would, with all that follows from that for others. */
async function deletePosts(ctx: SystemCtx, userId: string): Promise<number> {
  const alive = await ctx.deps.db
    .select({ postId: posts.id, authorId: posts.authorId, careerId: posts.careerId })
    .from(posts)
    .where(and(eq(posts.authorId, userId), isNull(posts.deletedAt)))
    .limit(POSTS_AT_ONCE);
  if (alive.length === 0) return 0;
  const ids = alive.map(({ postId }) => postId);
  await inTransaction(ctx, async (tx) => {
    await tx.db
      .update(posts)
      .set({ deletedAt: ctx.deps.clock.now() })
      .where(and(inArray(posts.id, ids), isNull(posts.deletedAt)));
    for (const post of alive) tx.emit(postDeleted, post);
  });
  return alive.length;
}

/** The rows themselves, those of the post last. */
async function purgeRows({ deps }: SystemCtx, userId: string): Promise<number> {
  const rows = await deps.db
    .select({ id: posts.id })
    .from(posts)
    .where(eq(posts.authorId, userId))
    .limit(POSTS_AT_ONCE);
  if (rows.length === 0) return 0;
  const ids = rows.map(({ id }) => id);
  await deps.db.delete(postMedia).where(inArray(postMedia.postId, ids));
  await deps.db.delete(postLinks).where(inArray(postLinks.postId, ids));
  await deps.db.delete(posts).where(inArray(posts.id, ids));
  return rows.length;
}

/** What the person saw, with the counts of others' posts in the same transaction. */
async function purgeSeen(ctx: SystemCtx, userId: string): Promise<number> {
  const seen = await ctx.deps.db
    .select({ postId: postViews.postId })
    .from(postViews)
    .where(eq(postViews.viewerId, userId))
    .limit(POSTS_AT_ONCE);
  if (seen.length === 0) return 0;
  const postIds = [...new Set(seen.map(({ postId }) => postId))];
  await inTransaction(ctx, async ({ db }) => {
    await db.delete(postViews).where(and(inArray(postViews.postId, postIds), eq(postViews.viewerId, userId)));
    await db
      .update(posts)
      .set({ viewCount: sql`(select count(*) from ${postViews} where ${postViews.postId} = ${posts.id})` })
      .where(inArray(posts.id, postIds));
  });
  return seen.length;
}

export const postPurgeSteps: readonly PurgeStep[] = [
  definePurgeStep({ name: 'posts', run: deletePosts }),
  definePurgeStep({ name: 'post_rows', run: purgeRows }),
  definePurgeStep({ name: 'views_made', run: purgeSeen }),
  definePurgeStep({
    name: 'views_received',
    async run({ deps }, userId) {
      const { rowsAffected } = await deps.db
        .delete(postViews)
        .where(eq(postViews.authorId, userId))
        .limit(DELETE_CHUNK);
      return rowsAffected;
    },
  }),
];

async function readPosts({ deps }: SystemCtx, userId: string, after: string | undefined) {
  const found = await deps.db
    .select({
      id: posts.id,
      careerId: posts.careerId,
      career: careers.name,
      text: posts.text,
      likeCount: posts.likeCount,
      commentCount: posts.commentCount,
      viewCount: posts.viewCount,
      createdAt: posts.createdAt,
      editedAt: posts.editedAt,
    })
    .from(posts)
    .leftJoin(careers, eq(careers.id, posts.careerId))
    .where(and(eq(posts.authorId, userId), isNull(posts.deletedAt), after ? gt(posts.id, after) : undefined))
    .orderBy(asc(posts.id))
    .limit(EXPORT_CHUNK);
  if (found.length === 0) return { rows: [], next: undefined };
  const ids = found.map(({ id }) => id);
  const [tagRows, linkRows, mediaRows] = await Promise.all([
    deps.db
      .select({ postId: postTags.postId, name: tags.name })
      .from(postTags)
      .innerJoin(tags, eq(tags.id, postTags.tagId))
      .where(inArray(postTags.postId, ids))
      .orderBy(asc(postTags.postId), asc(postTags.position)),
    deps.db
      .select({ postId: postLinks.postId, url: postLinks.url, title: postLinks.title })
      .from(postLinks)
      .where(inArray(postLinks.postId, ids))
      .orderBy(asc(postLinks.postId), asc(postLinks.position)),
    deps.db
      .select({ postId: postMedia.postId, mediaId: media.id, kind: media.kind, altText: postMedia.altText })
      .from(postMedia)
      .innerJoin(media, eq(media.id, postMedia.mediaId))
      .where(inArray(postMedia.postId, ids))
      .orderBy(asc(postMedia.postId), asc(postMedia.position)),
  ]);
  const tagsOf = Map.groupBy(tagRows, ({ postId }) => postId);
  const linksOf = Map.groupBy(linkRows, ({ postId }) => postId);
  const mediaOf = Map.groupBy(mediaRows, ({ postId }) => postId);
  return toExportChunk(found, EXPORT_CHUNK, (post) => ({
    ...post,
    tags: (tagsOf.get(post.id) ?? []).map(({ name }) => name),
    links: (linksOf.get(post.id) ?? []).map(({ url, title }) => ({ url, title })),
    media: (mediaOf.get(post.id) ?? []).map(({ mediaId, kind, altText }) => ({ mediaId, kind, altText })),
  }));
}

/** In the order of their index: by post, and of one post by day. */
async function readSeen({ deps }: SystemCtx, userId: string, after: string | undefined) {
  const [postId, day] = after?.split(' ') ?? [];
  const isBehind =
    postId && day
      ? or(gt(postViews.postId, postId), and(eq(postViews.postId, postId), gt(postViews.day, day)))
      : undefined;
  const rows = await deps.db
    .select({ postId: postViews.postId, day: postViews.day })
    .from(postViews)
    .where(and(eq(postViews.viewerId, userId), isBehind))
    .orderBy(asc(postViews.postId), asc(postViews.day))
    .limit(SEEN_CHUNK);
  const last = rows.length === SEEN_CHUNK ? rows.at(-1) : undefined;
  return { rows, next: last && `${last.postId} ${last.day}` };
}

export const postExportSteps: readonly ExportStep[] = [
  defineExportStep({ name: 'posts', read: readPosts }),
  defineExportStep({ name: 'seenPosts', read: readSeen }),
];
