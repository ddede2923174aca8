import { endpoint, type Endpoint } from '../../platform/http/endpoint.ts';
import { PageQuery } from '../../platform/http/schemas.ts';
import { createPost } from './create-post.ts';
import { deletePost } from './delete-post.ts';
import { editPost } from './edit-post.ts';
import { listPostsOfCareer, listPostsOfUser, readPost } from './queries.ts';
import * as schema from './schemas.ts';
import { seePosts } from './see-posts.ts';

/** Links and escaped text of the longest post. */
const MAX_POST_BYTES = 160 * 1024;

export const postEndpoints: readonly Endpoint[] = [
  endpoint(
    {
      id: 'createPost',
      method: 'post',
      path: '/posts',
      tag: 'posts',
      auth: 'session',
      limit: 'write',
      isIdempotent: true,
      maxBodyBytes: MAX_POST_BYTES,
      summary: { ko: '포스트 쓰기', en: 'Write a post' },
      description: {
        ko: '글(5,000자까지), 이미지나 링크 가운데 하나는 있어야 합니다. 이미지 10장 또는 링크 10개까지이며 둘을 함께 쓸 수 없습니다. 이미지와 파일은 먼저 올린 뒤 그 mediaId를 보냅니다. 파일은 모두 합쳐 30MB까지, 태그는 10개까지입니다. 같은 Idempotency-Key로 다시 보내면 처음 쓴 포스트를 답하고, 그것이 그사이 지워졌으면 post_not_found입니다(새로 쓰지 않습니다).',
        en: 'Needs text (up to 5,000 characters), an image or a link. Up to 10 images or 10 links, never both. Upload images and files first and send their mediaId here. Files: 30 MB together; tags: up to 10. Sent again with the same Idempotency-Key, the answer is the post written first, or post_not_found when that has been deleted meanwhile (none is written anew).',
      },
      body: schema.CreatePost,
      success: { status: 201, body: schema.PostCreated },
      errors: [
        'post_empty',
        'post_images_or_links',
        'career_not_found',
        'career_not_yours',
        'media_not_found',
        'post_files_too_large',
        'idempotency_key_reused',
        'post_not_found',
      ],
    },
    async ({ ctx, body, clientKey }) => {
      const { id, careerId, createdAt } = await createPost(ctx, body, clientKey);
      return { id, careerId, createdAt: createdAt.toISOString() };
    },
  ),
  endpoint(
    {
      id: 'readPost',
      method: 'get',
      path: '/posts/:postId',
      tag: 'posts',
      auth: 'session',
      limit: 'read',
      summary: { ko: '포스트 하나', en: 'One post' },
      description: {
        ko: '목록의 카드와 같고 파일 목록이 더 있습니다.',
        en: 'The card of the lists, and the files besides.',
      },
      params: schema.PostParams,
      success: { status: 200, body: schema.Post },
      errors: ['post_not_found'],
    },
    async ({ ctx, params }) => readPost(ctx, params.postId),
  ),
  endpoint(
    {
      id: 'listPostsOfUser',
      method: 'get',
      path: '/users/:userId/posts',
      tag: 'posts',
      auth: 'session',
      limit: 'read',
      summary: { ko: '한 사람의 포스트', en: "A person's posts" },
      description: { ko: '최신순입니다.', en: 'Newest first.' },
      params: schema.UserParams,
      query: PageQuery,
      success: { status: 200, body: schema.PostPage },
      errors: ['invalid_cursor'],
    },
    async ({ ctx, params, query }) => listPostsOfUser(ctx, params.userId, query),
  ),
  endpoint(
    {
      id: 'listPostsOfCareer',
      method: 'get',
      path: '/careers/:careerId/posts',
      tag: 'posts',
      auth: 'session',
      limit: 'read',
      summary: { ko: '커리어의 포스트', en: 'Posts of a career' },
      description: {
        ko: '최신순입니다. authorId를 주면 그 멤버의 포스트만 보여 줍니다.',
        en: 'Newest first; with authorId only that member’s.',
      },
      params: schema.CareerParams,
      query: schema.CareerPostsQuery,
      success: { status: 200, body: schema.PostPage },
      errors: ['career_not_found', 'invalid_cursor'],
    },
    async ({ ctx, params, query }) => listPostsOfCareer(ctx, params.careerId, query),
  ),
  endpoint(
    {
      id: 'editPost',
      method: 'patch',
      path: '/posts/:postId',
      tag: 'posts',
      auth: 'session',
      limit: 'write',
      maxBodyBytes: MAX_POST_BYTES,
      summary: { ko: '포스트 고치기', en: 'Edit a post' },
      description: {
        ko: '글, 태그, 이미지 설명 가운데 보낸 것만 바뀝니다. tags는 통째로 바뀝니다. 이미지와 링크는 바꿀 수 없습니다.',
        en: 'Only what is sent changes: text, alt texts, and tags as a whole. Images and links stay.',
      },
      params: schema.PostParams,
      body: schema.EditPost,
      success: { status: 204 },
      errors: ['post_not_found', 'forbidden', 'post_empty', 'media_not_found'],
    },
    async ({ ctx, params, body }) => editPost(ctx, params.postId, body),
  ),
  endpoint(
    {
      id: 'deletePost',
      method: 'delete',
      path: '/posts/:postId',
      tag: 'posts',
      auth: 'session',
      limit: 'write',
      summary: { ko: '포스트 지우기', en: 'Delete a post' },
      description: {
        ko: '모든 목록에서 바로 사라지고, 이미지와 파일 주소도 곧 닫힙니다.',
        en: 'Gone from every list at once; its image and file addresses stop working soon after.',
      },
      params: schema.PostParams,
      success: { status: 204 },
      errors: ['post_not_found', 'forbidden'],
    },
    async ({ ctx, params }) => deletePost(ctx, params.postId),
  ),
  endpoint(
    {
      id: 'seePosts',
      method: 'post',
      path: '/posts/seen',
      tag: 'posts',
      auth: 'session',
      limit: 'write',
      summary: { ko: '화면에 보인 포스트 알리기 (조회수)', en: 'Tell which posts were on screen (views)' },
      description: {
        ko: '한 번에 50개까지 모아서 보냅니다. 한 사람이 한 포스트를 하루(한국 시간)에 한 번만 셉니다. 내 포스트와 볼 수 없는 포스트는 세지 않으며, 다시 보내도 됩니다.',
        en: 'Collect up to 50 and send them together. Counted once a viewer a post a Korean day. My own posts and those I cannot see do not count; sending again does no harm.',
      },
      body: schema.SeenPosts,
      success: { status: 204 },
    },
    async ({ ctx, body }) => seePosts(ctx, body.postIds),
  ),
];
