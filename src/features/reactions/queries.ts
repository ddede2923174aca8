import { and, desc, eq, lt } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { decodeCursor, toPage } from '../../platform/http/cursor.ts';
import { posts } from '../../schema/posts.ts';
import { bookmarks, LIKE_TARGETS, likes } from '../../schema/reactions.ts';
import { findVisibleComment } from '../comments/index.ts';
import { isVisibleTo, loadPeople } from '../people/index.ts';
import { findVisiblePost, isPostVisibleTo, loadPostCards } from '../posts/index.ts';

type Page = { cursor?: string | undefined; limit: number };

/** Who likes a post, latest first, as far as the viewer may see them. Throws `post_not_found`. */
export async function listLikersOfPost(ctx: UserCtx, postId: string, page: Page) {
  return listLikers(ctx, LIKE_TARGETS.post, postId, page, findVisiblePost(ctx, postId));
}

/** Who likes a comment or reply, latest first, as far as the viewer may see them. Throws `comment_not_found`. */
export async function listLikersOfComment(ctx: UserCtx, commentId: string, page: Page) {
  return listLikers(ctx, LIKE_TARGETS.comment, commentId, page, findVisibleComment(ctx, commentId));
}

async function listLikers(
  ctx: UserCtx,
  kind: number,
  targetId: string,
  { cursor, limit }: Page,
  isThere: Promise<object>,
) {
  const list = `likes of ${kind} ${targetId}`;
  const [rows] = await Promise.all([readLikes(ctx, kind, targetId, { list, cursor, limit }), isThere]);
  const { items, nextCursor } = toPage(rows, limit, list, ({ id }) => [id]);
  const people = await loadPeople(
    ctx,
    items.map(({ userId }) => userId),
  );
  return { items: items.flatMap(({ userId }) => people.get(userId) ?? []), nextCursor };
}

async function readLikes(
  ctx: UserCtx,
  kind: number,
  targetId: string,
  { list, cursor, limit }: Page & { list: string },
) {
  const [before] = decodeCursor(list, cursor, ['id']) ?? [];
  return ctx.deps.db
    .select({ id: likes.id, userId: likes.userId })
    .from(likes)
    .where(
      and(
        eq(likes.targetKind, kind),
        eq(likes.targetId, targetId),
        before === undefined ? undefined : lt(likes.id, before),
        isVisibleTo(ctx.actor.userId, likes.userId),
      ),
    )
    .orderBy(desc(likes.id))
    .limit(limit + 1);
}

/** Posts in my bookmarks, latest put in first. */
export async function listBookmarks(ctx: UserCtx, { cursor, limit }: Page) {
  const { userId } = ctx.actor;
  const [before] = decodeCursor('bookmarks', cursor, ['id']) ?? [];
  const rows = await ctx.deps.db
    .select({ id: bookmarks.id, postId: bookmarks.postId })
    .from(bookmarks)
    .innerJoin(posts, eq(posts.id, bookmarks.postId))
    .where(
      and(
        eq(bookmarks.userId, userId),
        before === undefined ? undefined : lt(bookmarks.id, before),
        isPostVisibleTo(userId),
      ),
    )
    .orderBy(desc(bookmarks.id))
    .limit(limit + 1);
  return toCards(ctx, 'bookmarks', limit, rows);
}

/** Posts I like, latest liked first. */
export async function listLikedPosts(ctx: UserCtx, { cursor, limit }: Page) {
  const { userId } = ctx.actor;
  const [before] = decodeCursor('liked posts', cursor, ['id']) ?? [];
  const rows = await ctx.deps.db
    .select({ id: likes.id, postId: likes.targetId })
    .from(likes)
    .innerJoin(posts, eq(posts.id, likes.targetId))
    .where(
      and(
        eq(likes.userId, userId),
        eq(likes.targetKind, LIKE_TARGETS.post),
        before === undefined ? undefined : lt(likes.id, before),
        isPostVisibleTo(userId),
      ),
    )
    .orderBy(desc(likes.id))
    .limit(limit + 1);
  return toCards(ctx, 'liked posts', limit, rows);
}

async function toCards(ctx: UserCtx, list: string, limit: number, rows: { id: string; postId: string }[]) {
  const { items, nextCursor } = toPage(rows, limit, list, ({ id }) => [id]);
  const ids = items.map(({ postId }) => postId);
  return { items: await loadPostCards(ctx, ids), nextCursor };
}
