import { and, eq, isNull, type SQL, sql } from 'drizzle-orm';
import type { MySqlColumn } from 'drizzle-orm/mysql-core';
import type { UserCtx } from '../../platform/context.ts';
import { insertSelect } from '../../platform/db/insert-select.ts';
import { inTransaction, type Tx } from '../../platform/db/transaction.ts';
import { koreanDay } from '../../platform/korea-time.ts';
import { comments, posts } from '../../schema/posts.ts';
import { LIKE_TARGETS, likes } from '../../schema/reactions.ts';
import { findVisibleComment } from '../comments/index.ts';
import { isVisibleTo } from '../people/index.ts';
import { findVisiblePost, isPostVisibleTo } from '../posts/index.ts';
import { commentLiked, commentUnliked, postLiked, postUnliked } from './events.ts';

type Target = { targetKind: number; targetId: string };

/** I like a post; once more changes nothing. Throws `post_not_found`. */
export async function likePost(ctx: UserCtx, postId: string): Promise<void> {
  const { userId } = ctx.actor;
  const isNew = await addLike(ctx, {
    target: { targetKind: LIKE_TARGETS.post, targetId: postId },
    authorId: posts.authorId,
    from: sql`from ${posts} where ${and(eq(posts.id, postId), isPostVisibleTo(userId))}`,
    emit: (tx) => tx.emit(postLiked, { postId, userId }),
  });
  if (!isNew) await findVisiblePost(ctx, postId);
}

/**
 * I like a comment or a reply; once more changes nothing. Throws `comment_not_found`. Its post is asked for before the
 * INSERT and not inside it: a recount of the post's comments holds the post and waits for whoever holds a comment.
 */
export async function likeComment(ctx: UserCtx, commentId: string): Promise<void> {
  const { userId } = ctx.actor;
  await findVisibleComment(ctx, commentId);
  await addLike(ctx, {
    target: { targetKind: LIKE_TARGETS.comment, targetId: commentId },
    authorId: comments.authorId,
    from: sql`from ${comments} where ${and(eq(comments.id, commentId), isNull(comments.deletedAt), isVisibleTo(userId, comments.authorId))}`,
    emit: (tx) => tx.emit(commentLiked, { commentId, userId }),
  });
}

/** I no longer like a post; once more changes nothing. Always mine to take back, whether or not I still see it. */
export async function unlikePost(ctx: UserCtx, postId: string): Promise<void> {
  const { userId } = ctx.actor;
  await removeLike(ctx, { targetKind: LIKE_TARGETS.post, targetId: postId }, (tx, gone) =>
    tx.emit(postUnliked, { postId, userId, ...gone }),
  );
}

/** I no longer like a comment or a reply; once more changes nothing. */
export async function unlikeComment(ctx: UserCtx, commentId: string): Promise<void> {
  const { userId } = ctx.actor;
  await removeLike(ctx, { targetKind: LIKE_TARGETS.comment, targetId: commentId }, (tx, gone) =>
    tx.emit(commentUnliked, { commentId, userId, ...gone }),
  );
}

type NewLike = { target: Target; authorId: MySqlColumn; from: SQL; emit(tx: Tx): void };

/** False when it was there already, or `from` finds nothing to like. */
async function addLike(ctx: UserCtx, { target, authorId, from, emit }: NewLike): Promise<boolean> {
  const { deps, actor } = ctx;
  return inTransaction(ctx, async (tx) => {
    const { rowsAffected } = await tx.db.execute(
      insertSelect(
        likes,
        {
          ...target,
          userId: actor.userId,
          id: deps.ids.next(),
          authorId,
          day: koreanDay(deps.clock.now()),
        },
        from,
        { ignore: true },
      ),
    );
    if (rowsAffected > 0) emit(tx);
    return rowsAffected > 0;
  });
}

async function removeLike(
  ctx: UserCtx,
  target: Target,
  emit: (tx: Tx, gone: { authorId: string; day: string }) => void,
): Promise<void> {
  const isMine = and(
    eq(likes.targetKind, target.targetKind),
    eq(likes.targetId, target.targetId),
    eq(likes.userId, ctx.actor.userId),
  );
  await inTransaction(ctx, async (tx) => {
    const [gone] = await tx.db
      .select({ authorId: likes.authorId, day: likes.day })
      .from(likes)
      .where(isMine)
      .for('update');
    if (!gone) return;
    await tx.db.delete(likes).where(isMine);
    emit(tx, gone);
  });
}
