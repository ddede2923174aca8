import { and, eq, sql, type SQL } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { isDuplicateKey } from '../../platform/db/errors.ts';
import { insertSelect } from '../../platform/db/insert-select.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { AppError } from '../../platform/errors.ts';
import { koreanDay } from '../../platform/korea-time.ts';
import { comments, posts } from '../../schema/posts.ts';
import { isPostVisibleTo } from '../posts/index.ts';
import { commentCreated } from './events.ts';
import { NO_PARENT } from './queries.ts';

export type NewComment = {
  postId: string;
  postAuthorId: string;
  /** Null for a comment. */
  parentId: string | null;
  replyToUserId: string | null;
  text: string;
};

export type MadeComment = { id: string; createdAt: Date; isRepeated: boolean };

/**
 * Inserts a comment or reply of the actor; the same `clientKey` answers the one it made before. Holds that the post is
 * visible, and `isAllowed`, at the moment of writing; undefined when that is not so. Throws `idempotency_key_reused`, or
 * `comment_not_found` when the one it made is gone by now.
 */
export async function insertComment(
  ctx: UserCtx,
  comment: NewComment,
  { clientKey, isAllowed }: { clientKey: string | undefined; isAllowed?: SQL },
): Promise<MadeComment | undefined> {
  const { deps, actor } = ctx;
  try {
    return await inTransaction(ctx, async (tx) => {
      const made = { id: deps.ids.next(), createdAt: deps.clock.now() };
      const { rowsAffected } = await tx.db.execute(
        insertSelect(
          comments,
          {
            ...comment,
            ...made,
            authorId: actor.userId,
            parentId: comment.parentId ?? NO_PARENT,
            day: koreanDay(made.createdAt),
            clientKey: clientKey ?? null,
          },
          sql`from ${posts} where ${and(eq(posts.id, comment.postId), isPostVisibleTo(actor.userId), isAllowed)}`,
        ),
      );
      if (rowsAffected === 0) return undefined;
      const { text: _text, ...ids } = comment;
      tx.emit(commentCreated, { ...ids, commentId: made.id, authorId: actor.userId });
      return { ...made, isRepeated: false };
    });
  } catch (error) {
    if (clientKey === undefined || !isDuplicateKey(error, 'comments.comments_client_key')) throw error;
    return findRepeated(ctx, comment, clientKey);
  }
}

async function findRepeated(ctx: UserCtx, comment: NewComment, clientKey: string): Promise<MadeComment> {
  const [made] = await ctx.deps.db
    .select({
      id: comments.id,
      createdAt: comments.createdAt,
      postId: comments.postId,
      parentId: comments.parentId,
      replyToUserId: comments.replyToUserId,
      text: comments.text,
      deletedAt: comments.deletedAt,
    })
    .from(comments)
    .where(and(eq(comments.authorId, ctx.actor.userId), eq(comments.clientKey, clientKey)));
  const isSame =
    made?.postId === comment.postId &&
    made.parentId === (comment.parentId ?? NO_PARENT) &&
    made.replyToUserId === comment.replyToUserId &&
    made.text === comment.text;
  if (!isSame) throw new AppError('idempotency_key_reused');
  if (made.deletedAt) throw new AppError('comment_not_found');
  return { id: made.id, createdAt: made.createdAt, isRepeated: true };
}
