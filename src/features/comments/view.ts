import type * as z from 'zod';
import { toPage } from '../../platform/http/cursor.ts';
import type { PersonCard, PersonRow } from '../people/index.ts';
import type { Comment, Reply } from './schemas.ts';

/** Replies that come along with a comment. */
export const FIRST_REPLIES = 2;

export type CommentRow = {
  id: string;
  postId: string;
  text: string;
  likeCount: number;
  replyCount: number;
  createdAt: Date;
  isLiked: boolean;
  isShown: boolean;
  author: PersonRow | null;
};

export type ReplyRow = {
  id: string;
  parentId: string;
  text: string;
  likeCount: number;
  createdAt: Date;
  isLiked: boolean;
  author: PersonRow;
  replyTo: { id: string; name: string } | null;
};

export type Viewing = {
  viewerId: string;
  toPerson(row: PersonRow): z.input<typeof PersonCard>;
};

export type CommentView = z.input<typeof Comment>;
export type ReplyView = z.input<typeof Reply>;

/** The name of the list of replies under a comment, for cursors: a comment carries its first page. */
export function replyList(commentId: string): string {
  return `replies of ${commentId}`;
}

/** A comment with its first replies, of which one more is given than is shown. Of a stub, nothing but its place. */
export function toComment(row: CommentRow, replies: ReplyRow[], viewing: Viewing): CommentView {
  const { items, nextCursor } = toPage(replies, FIRST_REPLIES, replyList(row.id), ({ id }) => [id]);
  const author = row.isShown ? row.author : null;
  return {
    id: row.id,
    postId: row.postId,
    isStub: author === null,
    author: author && viewing.toPerson(author),
    text: author && row.text,
    likeCount: author ? row.likeCount : 0,
    replyCount: row.replyCount,
    isLiked: author !== null && row.isLiked,
    isMine: author?.id === viewing.viewerId,
    createdAt: row.createdAt.toISOString(),
    replies: { items: items.map((reply) => toReply(reply, viewing)), nextCursor },
  };
}

type Card = z.input<typeof PersonCard>;

/** A comment that its author has just written: nobody can have answered or liked it. */
export function toNewComment(comment: {
  id: string;
  postId: string;
  author: Card;
  text: string;
  createdAt: Date;
}): CommentView {
  return {
    ...comment,
    isStub: false,
    likeCount: 0,
    replyCount: 0,
    isLiked: false,
    isMine: true,
    createdAt: comment.createdAt.toISOString(),
    replies: { items: [], nextCursor: null },
  };
}

/** A reply that its author has just written. */
export function toNewReply(reply: {
  id: string;
  commentId: string;
  author: Card;
  replyTo: { id: string; name: string };
  text: string;
  createdAt: Date;
}): ReplyView {
  return {
    ...reply,
    replyTo: { id: reply.replyTo.id, name: reply.replyTo.name },
    likeCount: 0,
    isLiked: false,
    isMine: true,
    createdAt: reply.createdAt.toISOString(),
  };
}

export function toReply(row: ReplyRow, viewing: Viewing): ReplyView {
  return {
    id: row.id,
    commentId: row.parentId,
    author: viewing.toPerson(row.author),
    replyTo: row.replyTo,
    text: row.text,
    likeCount: row.likeCount,
    isLiked: row.isLiked,
    isMine: row.author.id === viewing.viewerId,
    createdAt: row.createdAt.toISOString(),
  };
}
