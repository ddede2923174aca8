import { endpoint, type Endpoint } from '../../platform/http/endpoint.ts';
import { PageQuery } from '../../platform/http/schemas.ts';
import { readFeed } from './queries.ts';
import * as schema from './schemas.ts';

export const feedEndpoints: readonly Endpoint[] = [
  endpoint(
    {
      id: 'readFeed',
      method: 'get',
      path: '/feed',
      tag: 'feed',
      auth: 'session',
      limit: 'read',
      summary: { ko: '홈 피드', en: 'Home feed' },
      description: {
        ko: '내가 팔로우하는 사람과 커리어, 그리고 나의 포스트를 최신순으로 보여 줍니다.',
        en: 'Posts of people and careers I follow and of my own, newest first.',
      },
      query: PageQuery,
      success: { status: 200, body: schema.FeedPage },
      errors: ['invalid_cursor'],
    },
    async ({ ctx, query }) => readFeed(ctx, query),
  ),
];
