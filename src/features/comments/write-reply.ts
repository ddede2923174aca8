import { and, eq, or, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/mysql-core';
import type { UserCtx } from '../../platform/context.ts';
import { AppError } from '../../platform/errors.ts';
import { comments } from '../../schema/posts.ts';
import { isVisibleTo, loadPeople } from '../people/index.ts';
import { insertComment } from './insert-comment.ts';
import { loadReplies } from './load-comments.ts';
import { findVisibleComment } from './queries.ts';
import { toNewReply, type ReplyView } from './view.ts';
import { isShownTo } from './visibility.ts';

type NewReply = { text: string; replyToUserId: string | undefined; clientKey: string | undefined };

const thread = alias(comments, 'thread');

/**
 * Replies under a comment that the actor may see, to its author or to `replyToUserId`, who must have spoken there. The
 * same `clientKey` answers with the reply it made before. Throws `comment_not_found`, `comment_is_reply`,
 * `reply_target_not_found` or `idempotency_key_reused`.
 */
export async function writeReply(ctx: UserCtx, commentId: string, input: NewReply): Promise<ReplyView> {
  const { userId } = ctx.actor;
  const [comment, hasSpoken] = await Promise.all([
    findVisibleComment(ctx, commentId),
    input.replyToUserId === undefined || hasSpokenUnder(ctx, commentId, input.replyToUserId),
  ]);
  if (comment.parentId !== null) throw new AppError('comment_is_reply');
  if (!hasSpoken) throw new AppError('reply_target_not_found');
  const { postId, postAuthorId } = comment;
  const replyToUserId = input.replyToUserId ?? comment.authorId;
  const people = await loadPeople(ctx, [userId, replyToUserId]);
  const made = await insertComment(
    ctx,
    { postId, postAuthorId, parentId: commentId, replyToUserId, text: input.text },
    { clientKey: input.clientKey, isAllowed: isVisibleTo(userId, sql`${replyToUserId}`) },
  );
  const author = people.get(userId);
  const replyTo = people.get(replyToUserId);
  if (!made || !author || !replyTo) throw new AppError('comment_not_found');
  if (!made.isRepeated)
    return toNewReply({
      id: made.id,
      commentId,
      author,
      replyTo,
      text: input.text,
      createdAt: made.createdAt,
    });
  const [reply] = await loadReplies(ctx, [made.id]);
  if (!reply) throw new AppError('comment_not_found');
  return reply;
}

/** Asked before the INSERT, which must hold no other comment: a recount that holds the post could wait for that one. */
async function hasSpokenUnder(ctx: UserCtx, commentId: string, userId: string): Promise<boolean> {
  const rows = await ctx.deps.db
    .select({ id: comments.id })
    .from(thread)
    .innerJoin(comments, eq(comments.postId, thread.postId))
    .where(
      and(
        eq(thread.id, commentId),
        or(eq(comments.id, commentId), eq(comments.parentId, commentId)),
        eq(comments.authorId, userId),
        isShownTo(ctx.actor.userId, comments),
      ),
    )
    .limit(1);
  return rows.length > 0;
}
