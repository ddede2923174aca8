import { endpoint, type Endpoint, type Localized } from '../../platform/http/endpoint.ts';
import { PageQuery } from '../../platform/http/schemas.ts';
import { PostPage } from '../posts/index.ts';
import { bookmarkPost, unbookmarkPost } from './bookmark-post.ts';
import { likeComment, likePost, unlikeComment, unlikePost } from './like.ts';
import { listBookmarks, listLikedPosts, listLikersOfComment, listLikersOfPost } from './queries.ts';
import * as schema from './schemas.ts';

const EVEN_WHEN_SET: Localized = {
  ko: '이미 되어 있어도 성공합니다.',
  en: 'Succeeds when it is so already.',
};
const EVEN_WHEN_UNSET: Localized = {
  ko: '되어 있지 않아도 성공합니다.',
  en: 'Succeeds when it was not so.',
};
const LATEST_LIKE_FIRST: Localized = {
  ko: '최근에 좋아한 사람부터입니다. 차단한 사람과 떠난 사람은 빠지므로 좋아요 수보다 적을 수 있습니다.',
  en: 'Latest like first. Those with a block or who left are missing, so there may be fewer than the count says.',
};

export const reactionEndpoints: readonly Endpoint[] = [
  endpoint(
    {
      id: 'likePost',
      method: 'put',
      path: '/posts/:postId/like',
      tag: 'reactions',
      auth: 'session',
      limit: 'write',
      summary: { ko: '포스트 좋아요', en: 'Like a post' },
      description: EVEN_WHEN_SET,
      params: schema.PostParams,
      success: { status: 204 },
      errors: ['post_not_found'],
    },
    async ({ ctx, params }) => likePost(ctx, params.postId),
  ),
  endpoint(
    {
      id: 'unlikePost',
      method: 'delete',
      path: '/posts/:postId/like',
      tag: 'reactions',
      auth: 'session',
      limit: 'write',
      summary: { ko: '포스트 좋아요 취소', en: 'Take back a like of a post' },
      description: EVEN_WHEN_UNSET,
      params: schema.PostParams,
      success: { status: 204 },
    },
    async ({ ctx, params }) => unlikePost(ctx, params.postId),
  ),
  endpoint(
    {
      id: 'listLikesOfPost',
      method: 'get',
      path: '/posts/:postId/likes',
      tag: 'reactions',
      auth: 'session',
      limit: 'read',
      summary: { ko: '포스트를 좋아하는 사람들', en: 'Who likes a post' },
      description: LATEST_LIKE_FIRST,
      params: schema.PostParams,
      query: PageQuery,
      success: { status: 200, body: schema.LikerPage },
      errors: ['post_not_found', 'invalid_cursor'],
    },
    async ({ ctx, params, query }) => listLikersOfPost(ctx, params.postId, query),
  ),
  endpoint(
    {
      id: 'likeComment',
      method: 'put',
      path: '/comments/:commentId/like',
      tag: 'reactions',
      auth: 'session',
      limit: 'write',
      summary: { ko: '댓글이나 답글 좋아요', en: 'Like a comment or reply' },
      description: EVEN_WHEN_SET,
      params: schema.CommentParams,
      success: { status: 204 },
      errors: ['comment_not_found'],
    },
    async ({ ctx, params }) => likeComment(ctx, params.commentId),
  ),
  endpoint(
    {
      id: 'unlikeComment',
      method: 'delete',
      path: '/comments/:commentId/like',
      tag: 'reactions',
      auth: 'session',
      limit: 'write',
      summary: { ko: '댓글이나 답글 좋아요 취소', en: 'Take back a like of a comment or reply' },
      description: EVEN_WHEN_UNSET,
      params: schema.CommentParams,
      success: { status: 204 },
    },
    async ({ ctx, params }) => unlikeComment(ctx, params.commentId),
  ),
  endpoint(
    {
      id: 'listLikesOfComment',
      method: 'get',
      path: '/comments/:commentId/likes',
      tag: 'reactions',
      auth: 'session',
      limit: 'read',
      summary: { ko: '댓글이나 답글을 좋아하는 사람들', en: 'Who likes a comment or reply' },
      description: LATEST_LIKE_FIRST,
      params: schema.CommentParams,
      query: PageQuery,
      success: { status: 200, body: schema.LikerPage },
      errors: ['comment_not_found', 'invalid_cursor'],
    },
    async ({ ctx, params, query }) => listLikersOfComment(ctx, params.commentId, query),
  ),
  endpoint(
    {
      id: 'bookmarkPost',
      method: 'put',
      path: '/posts/:postId/bookmark',
      tag: 'reactions',
      auth: 'session',
      limit: 'write',
      summary: { ko: '포스트 스크랩', en: 'Bookmark a post' },
      description: {
        ko: '나만 보는 목록에 담습니다. 이미 담았어도 성공합니다.',
        en: 'Puts it into a list only I see. Succeeds when it is in there already.',
      },
      params: schema.PostParams,
      success: { status: 204 },
      errors: ['post_not_found'],
    },
    async ({ ctx, params }) => bookmarkPost(ctx, params.postId),
  ),
  endpoint(
    {
      id: 'unbookmarkPost',
      method: 'delete',
      path: '/posts/:postId/bookmark',
      tag: 'reactions',
      auth: 'session',
      limit: 'write',
      summary: { ko: '포스트 스크랩 취소', en: 'Take a post out of my bookmarks' },
      description: EVEN_WHEN_UNSET,
      params: schema.PostParams,
      success: { status: 204 },
    },
    async ({ ctx, params }) => unbookmarkPost(ctx, params.postId),
  ),
  endpoint(
    {
      id: 'listBookmarks',
      method: 'get',
      path: '/me/bookmarks',
      tag: 'reactions',
      auth: 'session',
      limit: 'read',
      summary: { ko: '내 스크랩', en: 'My bookmarks' },
      description: { ko: '최근에 담은 순서입니다.', en: 'Latest put in first.' },
      query: PageQuery,
      success: { status: 200, body: PostPage },
      errors: ['invalid_cursor'],
    },
    async ({ ctx, query }) => listBookmarks(ctx, query),
  ),
  endpoint(
    {
      id: 'listLikedPosts',
      method: 'get',
      path: '/me/likes',
      tag: 'reactions',
      auth: 'session',
      limit: 'read',
      summary: { ko: '내가 좋아하는 포스트', en: 'Posts I like' },
      description: { ko: '최근에 좋아한 순서입니다.', en: 'Latest like first.' },
      query: PageQuery,
      success: { status: 200, body: PostPage },
      errors: ['invalid_cursor'],
    },
    async ({ ctx, query }) => listLikedPosts(ctx, query),
  ),
];
