import * as z from 'zod';
import { defineEvent } from '../../platform/events.ts';
import { Id } from '../../platform/http/schemas.ts';

const CommentPayload = z.object({
  commentId: Id,
  postId: Id,
  authorId: Id,
  postAuthorId: Id,
  /** The comment that a reply stands under; null for a comment. */
  parentId: Id.nullable(),
  /** Whom a reply answers; null for a comment. */
  replyToUserId: Id.nullable(),
});

/** A comment or a reply was written. */
export const commentCreated = defineEvent('comment.created', CommentPayload);
/** A comment or a reply was taken back by its author; replies under it stay. */
export const commentDeleted = defineEvent('comment.deleted', CommentPayload);
