import { endpoint, type Endpoint } from '../../platform/http/endpoint.ts';
import { deleteComment } from './delete-comment.ts';
import { listComments, listReplies } from './queries.ts';
import * as schema from './schemas.ts';
import { writeComment } from './write-comment.ts';
import { writeReply } from './write-reply.ts';

export const commentEndpoints: readonly Endpoint[] = [
  endpoint(
    {
      id: 'writeComment',
      method: 'post',
      path: '/posts/:postId/comments',
      tag: 'comments',
      auth: 'session',
      limit: 'write',
      isIdempotent: true,
      summary: { ko: '댓글 쓰기', en: 'Write a comment' },
      description: {
        ko: '1,000자까지입니다. 같은 Idempotency-Key로 다시 보내면 처음 쓴 댓글을 답하고, 그것이 그사이 지워졌으면 comment_not_found입니다.',
        en: 'Up to 1,000 characters. Sent again with the same Idempotency-Key, the answer is the comment written first, or comment_not_found when that has been deleted meanwhile.',
      },
      params: schema.PostParams,
      body: schema.WriteComment,
      success: { status: 201, body: schema.Comment },
      errors: ['post_not_found', 'comment_not_found', 'idempotency_key_reused'],
    },
    async ({ ctx, params, body, clientKey }) => writeComment(ctx, params.postId, { ...body, clientKey }),
  ),
  endpoint(
    {
      id: 'listComments',
      method: 'get',
      path: '/posts/:postId/comments',
      tag: 'comments',
      auth: 'session',
      limit: 'read',
      summary: { ko: '포스트의 댓글', en: 'Comments of a post' },
      description: {
        ko: '먼저 쓴 댓글부터 한 번에 10개이며, 댓글마다 처음 답글 2개가 함께 옵니다. 나머지 답글은 댓글의 replies.nextCursor를 답글 목록의 cursor로 보내 이어 봅니다. 지워졌거나 볼 수 없는 댓글은 답글이 있을 때만 자리(isStub)로 남습니다.',
        en: 'Oldest first, 10 a page, each with its first 2 replies; send replies.nextCursor of a comment as cursor to the list of its replies to go on. A comment that is deleted or not to be seen stays as a stub (isStub) while it has replies.',
      },
      params: schema.PostParams,
      query: schema.CommentPageQuery,
      success: { status: 200, body: schema.CommentPage },
      errors: ['post_not_found', 'invalid_cursor'],
    },
    async ({ ctx, params, query }) => listComments(ctx, params.postId, query),
  ),
  endpoint(
    {
      id: 'writeReply',
      method: 'post',
      path: '/comments/:commentId/replies',
      tag: 'comments',
      auth: 'session',
      limit: 'write',
      isIdempotent: true,
      summary: { ko: '답글 쓰기', en: 'Write a reply' },
      description: {
        ko: '댓글에만 달 수 있습니다(답글의 답글은 없습니다). 답글을 쓴 사람에게 답하려면 그 댓글에 달면서 replyToUserId에 그 사람을 적습니다. 그 댓글이나 답글을 쓴 사람만 적을 수 있습니다.',
        en: 'Only under a comment: there are two levels. To answer somebody who replied, reply under the same comment with their id as replyToUserId; it must be somebody who wrote the comment or a reply under it.',
      },
      params: schema.CommentParams,
      body: schema.WriteReply,
      success: { status: 201, body: schema.Reply },
      errors: ['comment_not_found', 'comment_is_reply', 'reply_target_not_found', 'idempotency_key_reused'],
    },
    async ({ ctx, params, body, clientKey }) =>
      writeReply(ctx, params.commentId, {
        text: body.text,
        replyToUserId: body.replyToUserId,
        clientKey,
      }),
  ),
  endpoint(
    {
      id: 'listReplies',
      method: 'get',
      path: '/comments/:commentId/replies',
      tag: 'comments',
      auth: 'session',
      limit: 'read',
      summary: { ko: '댓글의 답글', en: 'Replies under a comment' },
      description: { ko: '먼저 쓴 답글부터 한 번에 10개입니다.', en: 'Oldest first, 10 a page.' },
      params: schema.CommentParams,
      query: schema.CommentPageQuery,
      success: { status: 200, body: schema.ReplyPage },
      errors: ['comment_not_found', 'invalid_cursor'],
    },
    async ({ ctx, params, query }) => listReplies(ctx, params.commentId, query),
  ),
  endpoint(
    {
      id: 'deleteComment',
      method: 'delete',
      path: '/comments/:commentId',
      tag: 'comments',
      auth: 'session',
      limit: 'write',
      summary: { ko: '내 댓글이나 답글 지우기', en: 'Delete a comment or reply of mine' },
      description: {
        ko: '답글이 있는 댓글은 글과 작성자 없이 자리만 남습니다. 이미 지웠어도 성공합니다.',
        en: 'A comment with replies stays as a stub without text and author. Succeeds when it is deleted already.',
      },
      params: schema.CommentParams,
      success: { status: 204 },
      errors: ['comment_not_found', 'forbidden'],
    },
    async ({ ctx, params }) => deleteComment(ctx, params.commentId),
  ),
];
