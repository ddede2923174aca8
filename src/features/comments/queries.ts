import { and, asc, eq, gt, sql, type SQL } from 'drizzle-orm';
import { alias } from 'drizzle-orm/mysql-core';
import type { UserCtx } from '../../platform/context.ts';
import { AppError } from '../../platform/errors.ts';
import { decodeCursor, toPage } from '../../platform/http/cursor.ts';
import { comments, posts } from '../../schema/posts.ts';
import { findVisiblePost, isPostVisibleTo } from '../posts/index.ts';
import { loadComments, loadReplies } from './load-comments.ts';
import { replyList } from './view.ts';
import { isCommentVisibleTo, isShownTo } from './visibility.ts';

type Page = { cursor?: string | undefined; limit: number };

/** Reads as 0 in the database: a comment itself, not a reply. */
export const NO_PARENT = '0';

const below = alias(comments, 'below');
const thread = alias(comments, 'thread');

/** A comment or reply that the viewer may see; `parentId` is null for a comment. Throws `comment_not_found`. */
export async function findVisibleComment(
  ctx: UserCtx,
  commentId: string,
): Promise<{ id: string; authorId: string; postId: string; postAuthorId: string; parentId: string | null }> {
  const [comment] = await ctx.deps.db
    .select({
      id: comments.id,
      authorId: comments.authorId,
      postId: comments.postId,
      postAuthorId: comments.postAuthorId,
      parentId: comments.parentId,
    })
    .from(comments)
    .innerJoin(posts, eq(posts.id, comments.postId))
    .where(and(eq(comments.id, commentId), isCommentVisibleTo(ctx.actor.userId)));
  if (!comment) throw new AppError('comment_not_found');
  return { ...comment, parentId: comment.parentId === NO_PARENT ? null : comment.parentId };
}

/** Comments of a post, oldest first: a conversation is read as it went. Throws `post_not_found`. */
export async function listComments(ctx: UserCtx, postId: string, { cursor, limit }: Page) {
  const list = `comments of ${postId}`;
  const [after] = decodeCursor(list, cursor, ['id']) ?? [];
  const [rows] = await Promise.all([
    ctx.deps.db
      .select({ id: thread.id })
      .from(thread)
      .where(
        and(
          eq(thread.postId, postId),
          eq(thread.parentId, NO_PARENT),
          after === undefined ? undefined : gt(thread.id, after),
          isThreadShownTo(ctx.actor.userId),
        ),
      )
      .orderBy(asc(thread.id))
      .limit(limit + 1),
    findVisiblePost(ctx, postId),
  ]);
  const { items, nextCursor } = toPage(rows, limit, list, ({ id }) => [id]);
  const ids = items.map(({ id }) => id);
  return { items: await loadComments(ctx, ids), nextCursor };
}

/** Replies under a comment, oldest first. Throws `comment_not_found`. */
export async function listReplies(ctx: UserCtx, commentId: string, { cursor, limit }: Page) {
  const list = replyList(commentId);
  const [after] = decodeCursor(list, cursor, ['id']) ?? [];
  const [rows] = await Promise.all([
    ctx.deps.db
      .select({ id: below.id })
      .from(thread)
      .innerJoin(below, isBelowThread())
      .where(
        and(
          eq(thread.id, commentId),
          after === undefined ? undefined : gt(below.id, after),
          isShownTo(ctx.actor.userId, below),
        ),
      )
      .orderBy(asc(below.id))
      .limit(limit + 1),
    requireThread(ctx, commentId),
  ]);
  const { items, nextCursor } = toPage(rows, limit, list, ({ id }) => [id]);
  const ids = items.map(({ id }) => id);
  return { items: await loadReplies(ctx, ids), nextCursor };
}

async function requireThread(ctx: UserCtx, commentId: string): Promise<void> {
  const viewerId = ctx.actor.userId;
  const rows = await ctx.deps.db
    .select({ id: thread.id })
    .from(thread)
    .innerJoin(posts, eq(posts.id, thread.postId))
    .where(
      and(
        eq(thread.id, commentId),
        eq(thread.parentId, NO_PARENT),
        isPostVisibleTo(viewerId),
        isThreadShownTo(viewerId),
      ),
    );
  if (rows.length === 0) throw new AppError('comment_not_found');
}

/** A comment that is deleted, or by somebody whom the viewer does not see, keeps its place as long as replies show. */
function isThreadShownTo(viewerId: string): SQL {
  return sql`((${isShownTo(viewerId, thread)}) or exists (select 1 from ${comments} as below where ${isBelowThread()} and ${isShownTo(viewerId, below)}))`;
}

function isBelowThread(): SQL {
  return sql`${below.postId} = ${thread.postId} and ${below.parentId} = ${thread.id}`;
}
