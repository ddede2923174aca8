import { chooseLanguage } from '../../platform/errors.ts';
import { endpoint, type Endpoint } from '../../platform/http/endpoint.ts';
import { PageQuery } from '../../platform/http/schemas.ts';
import { blockPerson, unblockPerson } from './block-person.ts';
import { followPerson, removeFollower, unfollowPerson } from './follow-person.ts';
import { listBlocks, listFollowers, listFollowings } from './queries.ts';
import { BlockedPage, PersonPage, UserParams } from './schemas.ts';
import { toBlockedPerson } from './view.ts';

export const followEndpoints: readonly Endpoint[] = [
  endpoint(
    {
      id: 'followPerson',
      method: 'put',
      path: '/users/:userId/follow',
      tag: 'follows',
      auth: 'session',
      limit: 'write',
      summary: { ko: '루프(팔로우)하기', en: 'Follow somebody' },
      description: {
        ko: '이미 루프 중이어도 성공합니다. 나를 차단했거나 내가 차단한 사람은 404입니다.',
        en: 'Succeeds when I follow them already. Somebody who blocked me, or whom I blocked, is a 404.',
      },
      params: UserParams,
      success: { status: 204 },
      errors: ['target_is_own'],
    },
    async ({ ctx, params }) => followPerson(ctx, params.userId),
  ),
  endpoint(
    {
      id: 'unfollowPerson',
      method: 'delete',
      path: '/users/:userId/follow',
      tag: 'follows',
      auth: 'session',
      limit: 'write',
      summary: { ko: '루프(팔로우) 취소', en: 'Stop following somebody' },
      params: UserParams,
      success: { status: 204 },
    },
    async ({ ctx, params }) => unfollowPerson(ctx, params.userId),
  ),
  endpoint(
    {
      id: 'listFollowers',
      method: 'get',
      path: '/users/:userId/followers',
      tag: 'follows',
      auth: 'session',
      limit: 'read',
      summary: { ko: '이 사람을 루프하는 사람들', en: 'Who follows somebody' },
      description: { ko: '최근에 루프한 순서입니다.', en: 'Latest follow first.' },
      params: UserParams,
      query: PageQuery,
      success: { status: 200, body: PersonPage },
      errors: ['invalid_cursor'],
    },
    async ({ ctx, params, query }) => listFollowers(ctx, params.userId, query),
  ),
  endpoint(
    {
      id: 'listFollowings',
      method: 'get',
      path: '/users/:userId/following',
      tag: 'follows',
      auth: 'session',
      limit: 'read',
      summary: { ko: '이 사람이 루프하는 사람들', en: 'Whom somebody follows' },
      description: { ko: '최근에 루프한 순서입니다.', en: 'Latest follow first.' },
      params: UserParams,
      query: PageQuery,
      success: { status: 200, body: PersonPage },
      errors: ['invalid_cursor'],
    },
    async ({ ctx, params, query }) => listFollowings(ctx, params.userId, query),
  ),
  endpoint(
    {
      id: 'removeFollower',
      method: 'delete',
      path: '/me/followers/:userId',
      tag: 'follows',
      auth: 'session',
      limit: 'write',
      summary: { ko: '나를 루프하는 사람 지우기', en: 'Remove a follower of mine' },
      description: { ko: '상대에게 알리지 않습니다.', en: 'They are not told.' },
      params: UserParams,
      success: { status: 204 },
    },
    async ({ ctx, params }) => removeFollower(ctx, params.userId),
  ),
  endpoint(
    {
      id: 'blockPerson',
      method: 'put',
      path: '/users/:userId/block',
      tag: 'follows',
      auth: 'session',
      limit: 'write',
      summary: { ko: '차단하기', en: 'Block somebody' },
      description: {
        ko: '서로의 루프가 모두 풀리고, 어디에서도 서로 보이지 않습니다. 상대에게 알리지 않습니다.',
        en: 'Both follows end and neither sees the other anywhere. They are not told.',
      },
      params: UserParams,
      success: { status: 204 },
      errors: ['target_is_own'],
    },
    async ({ ctx, params }) => blockPerson(ctx, params.userId),
  ),
  endpoint(
    {
      id: 'unblockPerson',
      method: 'delete',
      path: '/users/:userId/block',
      tag: 'follows',
      auth: 'session',
      limit: 'write',
      summary: { ko: '차단 풀기', en: 'Unblock somebody' },
      description: { ko: '풀린 루프는 돌아오지 않습니다.', en: 'The follows that went do not come back.' },
      params: UserParams,
      success: { status: 204 },
    },
    async ({ ctx, params }) => unblockPerson(ctx, params.userId),
  ),
  endpoint(
    {
      id: 'listBlocks',
      method: 'get',
      path: '/blocks',
      tag: 'follows',
      auth: 'session',
      limit: 'read',
      summary: { ko: '내가 차단한 사람들', en: 'Whom I have blocked' },
      query: PageQuery,
      success: { status: 200, body: BlockedPage },
      errors: ['invalid_cursor'],
    },
    async ({ ctx, query, c }) => {
      const { items, nextCursor } = await listBlocks(ctx, query);
      const surroundings = {
        language: chooseLanguage(c.req.header('accept-language')),
        mediaBaseUrl: ctx.deps.config.mediaBaseUrl,
      };
      return { items: items.map((row) => toBlockedPerson(row, surroundings)), nextCursor };
    },
  ),
];
