import { and, eq, isNull } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { AppError } from '../../platform/errors.ts';
import { comments } from '../../schema/posts.ts';
import { commentDeleted } from './events.ts';
import { findVisibleComment, NO_PARENT } from './queries.ts';

/**
 * Takes back a comment or reply of one's own; once more changes nothing. A comment with replies stays as a stub.
 * Throws `comment_not_found`, or `forbidden` for somebody else's.
 */
export async function deleteComment(ctx: UserCtx, commentId: string): Promise<void> {
  const { authorId, postId, postAuthorId, parentId, replyToUserId } = await findOwnComment(ctx, commentId);
  await inTransaction(ctx, async (tx) => {
    const { rowsAffected } = await tx.db
      .update(comments)
      .set({ deletedAt: ctx.deps.clock.now() })
      .where(and(eq(comments.id, commentId), isNull(comments.deletedAt)));
    if (rowsAffected === 0) return;
    tx.emit(commentDeleted, {
      commentId,
      postId,
      authorId,
      postAuthorId,
      parentId: parentId === NO_PARENT ? null : parentId,
      replyToUserId,
    });
  });
}

/** One's own is found whatever became of its post. */
async function findOwnComment(ctx: UserCtx, commentId: string) {
  const [comment] = await ctx.deps.db
    .select({
      authorId: comments.authorId,
      postId: comments.postId,
      postAuthorId: comments.postAuthorId,
      parentId: comments.parentId,
      replyToUserId: comments.replyToUserId,
    })
    .from(comments)
    .where(and(eq(comments.id, commentId), eq(comments.authorId, ctx.actor.userId)));
  if (comment) return comment;
  await findVisibleComment(ctx, commentId);
  throw new AppError('forbidden');
}
