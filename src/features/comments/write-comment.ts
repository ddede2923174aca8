import type { UserCtx } from '../../platform/context.ts';
import { AppError } from '../../platform/errors.ts';
import { loadPeople } from '../people/index.ts';
import { findVisiblePost } from '../posts/index.ts';
import { insertComment } from './insert-comment.ts';
import { loadComments } from './load-comments.ts';
import { toNewComment, type CommentView } from './view.ts';

/**
 * Comments on a post that the actor may see. The same `clientKey` answers with the comment it made before. Throws
 * `post_not_found`, `idempotency_key_reused`, or `comment_not_found` when the comment it made is gone by now.
 */
export async function writeComment(
  ctx: UserCtx,
  postId: string,
  { text, clientKey }: { text: string; clientKey: string | undefined },
): Promise<CommentView> {
  const { userId } = ctx.actor;
  const [post, people] = await Promise.all([findVisiblePost(ctx, postId), loadPeople(ctx, [userId])]);
  const made = await insertComment(
    ctx,
    { postId, postAuthorId: post.authorId, parentId: null, replyToUserId: null, text },
    { clientKey },
  );
  const author = people.get(userId);
  if (!made || !author) throw new AppError('post_not_found');
  if (!made.isRepeated) return toNewComment({ id: made.id, postId, author, text, createdAt: made.createdAt });
  const [comment] = await loadComments(ctx, [made.id]);
  if (!comment) throw new AppError('post_not_found');
  return comment;
}
