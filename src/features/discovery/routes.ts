import { endpoint, type Endpoint } from '../../platform/http/endpoint.ts';
import { listDiscoveries } from './read-discoveries.ts';
import * as schema from './schemas.ts';
import { toDiscovery } from './view.ts';

export const discoveryEndpoints: readonly Endpoint[] = [
  endpoint(
    {
      id: 'listDiscoveries',
      method: 'get',
      path: '/discoveries',
      tag: 'discovery',
      auth: 'session',
      limit: 'read',
      summary: { ko: '뉴스·영상·블로그', en: 'News, videos and blog posts' },
      description: {
        ko: '태그로 매일 찾아 둔 것을 최신순으로 봅니다. 홈의 세 줄에서 “더 보기”와 태그 화면에 쓰세요. 회사 이름을 태그로 주면 그 회사의 소식입니다. 제목은 HTML이 아니라 글자 그대로이고, 출처(source)를 함께 보여 주세요.',
        en: 'What is found each day for the tags, newest first: the “more” of the three strips and of a tag’s page. A company’s name as the tag gives news about it. Titles are plain text, never HTML; show the source.',
      },
      query: schema.DiscoveryQuery,
      success: { status: 200, body: schema.DiscoveryPage },
      errors: ['tag_not_found', 'invalid_cursor'],
    },
    async ({ ctx, query }) => {
      const { items, nextCursor } = await listDiscoveries(ctx, query);
      return { items: items.map(toDiscovery), nextCursor };
    },
  ),
];
