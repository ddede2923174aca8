import { endpoint, type Endpoint } from '../../platform/http/endpoint.ts';
import { PostPage } from '../posts/index.ts';
import { listNewestOfTag, listPopularOfTag, readTagPage, suggestTags } from './queries.ts';
import * as schema from './schemas.ts';
import { readTrending } from './trending.ts';

export const tagEndpoints: readonly Endpoint[] = [
  endpoint(
    {
      id: 'autocompleteTags',
      method: 'get',
      path: '/tags/autocomplete',
      tag: 'tags',
      auth: 'session',
      limit: 'read',
      summary: { ko: '태그 자동 완성', en: 'Complete a tag being typed' },
      description: {
        ko: '10개까지, 입력한 그대로인 태그가 먼저 오고 그다음은 많이 쓰인 순서입니다. 새 태그는 미리 만들 필요 없이 포스트에 쓰면 생깁니다.',
        en: 'At most 10: the tag exactly as typed first, then the most used. A new tag comes into being by use in a post.',
      },
      query: schema.AutocompleteQuery,
      success: { status: 200, body: schema.TagSuggestions },
    },
    async ({ ctx, query }) => ({ items: await suggestTags(ctx, query.q) }),
  ),
  endpoint(
    {
      id: 'readTrendingTags',
      method: 'get',
      path: '/tags/trending',
      tag: 'tags',
      auth: 'session',
      limit: 'read',
      summary: { ko: '뜨는 태그', en: 'Trending tags' },
      description: {
        ko: '최근 7일 동안 평소(그 앞 4주)보다 많이 쓰인 태그와 가장 많이 쓰인 태그입니다. 한 사람이 하루에 여러 번 써도 한 번으로 세고, 세 사람은 써야 보입니다. 몇 분까지 지난 결과일 수 있습니다.',
        en: 'Tags used more in the last 7 days than usual (the 4 weeks before), and the most used. A person counts once a day however much they write, and a tag shows when three people have used it. May be some minutes old.',
      },
      query: schema.TrendingQuery,
      success: { status: 200, body: schema.TrendingTags },
    },
    async ({ ctx, query }) => readTrending(ctx, query.fieldId),
  ),
  endpoint(
    {
      id: 'readTag',
      method: 'get',
      path: '/tags/:name',
      tag: 'tags',
      auth: 'session',
      limit: 'read',
      summary: { ko: '태그 하나', en: 'One tag' },
      description: {
        ko: '쓰인 포스트 수, 내가 쓴 수, 최근 6개월의 달마다 쓰인 수입니다.',
        en: 'How many posts have it, how many of mine, and how many in each of the last 6 months.',
      },
      params: schema.TagParams,
      success: { status: 200, body: schema.TagPage },
      errors: ['tag_not_found'],
    },
    async ({ ctx, params }) => readTagPage(ctx, params.name),
  ),
  endpoint(
    {
      id: 'listPostsOfTag',
      method: 'get',
      path: '/tags/:name/posts',
      tag: 'tags',
      auth: 'session',
      limit: 'read',
      summary: { ko: '태그의 포스트', en: 'Posts that have a tag' },
      description: {
        ko: 'newest는 최신순입니다. popular는 최근 30일의 포스트(아주 많이 쓰이는 태그는 그 가운데 최신 2,000개)를 좋아요 2점, 댓글 3점, 스크랩 4점으로 더한 점수순입니다. nextCursor가 있으면 한 쪽이 짧아도 더 있습니다.',
        en: 'newest: newest first. popular: posts of the last 30 days (of a tag used very often, the newest 2,000 of them) by their score, 2 a like, 3 a comment, 4 a bookmark; a page may be short although nextCursor says there is more.',
      },
      params: schema.TagParams,
      query: schema.TagPostsQuery,
      success: { status: 200, body: PostPage },
      errors: ['tag_not_found', 'invalid_cursor'],
    },
    async ({ ctx, params, query: { order, ...page } }) =>
      order === 'popular'
        ? listPopularOfTag(ctx, params.name, page)
        : listNewestOfTag(ctx, params.name, page),
  ),
];
