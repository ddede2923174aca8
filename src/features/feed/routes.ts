import { endpoint, type Endpoint } from '../../platform/http/endpoint.ts';
import { PageQuery } from '../../platform/http/schemas.ts';
import { readFeed } from './read-feed.ts';
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
        ko: '내가 팔로우하는 사람과 커리어, 내가 속한 커리어, 그리고 나의 포스트를 최신순으로 보여 주고, 다 보여 주면 나와 같은 학교나 분야의 추천 포스트(isSuggested)가 이어집니다. 첫 페이지에는 뉴스·영상·블로그 줄, 다음에 쓸 커리어, 읽지 않은 알림과 메시지 수(head)가 함께 옵니다. 다른 사람이 글을 쓰거나 지워도 겹치거나 빠지는 포스트가 없습니다.',
        en: 'Posts of people and careers I follow, of careers I belong to, and my own, newest first; after their end suggestions from my school or field (isSuggested). The first page also carries `head`: the news, video and blog strips, the career to write in next and the unread badges. Nothing repeats or is skipped while others write and delete.',
      },
      query: PageQuery,
      success: { status: 200, body: schema.FeedPage },
      errors: ['invalid_cursor'],
    },
    async ({ ctx, query }) => readFeed(ctx, query),
  ),
];
