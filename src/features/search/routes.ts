import { endpoint, type Endpoint } from '../../platform/http/endpoint.ts';
import { searchPeople } from './find-people.ts';
import { searchPosts } from './find-posts.ts';
import { searchSchools } from './find-schools.ts';
import { searchTags } from './find-tags.ts';
import { readPage } from './read-page.ts';
import {
  addRecentSearch,
  clearRecentSearches,
  listRecentSearches,
  removeRecentSearch,
} from './recent-searches.ts';
import * as schema from './schemas.ts';
import { searchEverything } from './search-box.ts';
import { askForRebuild, readSearchOverview } from './staff-overview.ts';

const search = { method: 'get', tag: 'search', auth: 'session', limit: 'read' } as const;
const recent = { tag: 'search', auth: 'session' } as const;

const LIST_NOTE = {
  ko: '관련 있는 순서입니다. 검색 결과는 최대 1,000개까지만 이어지며, 그 뒤에는 nextCursor가 null입니다. 보는 동안 순서가 바뀔 수 있으므로 같은 id는 한 번만 보여 주세요. 검색이 멈춰 있으면 503(search_unavailable)이며 다른 기능은 그대로입니다.',
  en: 'Most relevant first. A search goes on for 1,000 results at most; then nextCursor is null. The order may move while you page: show an id once. When search is down the answer is 503 (search_unavailable), and nothing else is affected.',
};

export const searchEndpoints: readonly Endpoint[] = [
  endpoint(
    {
      ...search,
      id: 'searchEverything',
      path: '/search',
      summary: { ko: '통합 검색', en: 'Search everything' },
      description: {
        ko: '사람, 포스트, 태그, 학교를 한 번에 5개씩 찾습니다. 더 보려면 각 목록을 부르세요. 검색이 멈춰 있으면 503(search_unavailable)입니다.',
        en: 'The first 5 people, posts, tags and schools at once; each has a list of its own for more. 503 (search_unavailable) when search is down.',
      },
      query: schema.BoxQuery,
      success: { status: 200, body: schema.SearchBox },
      errors: ['search_unavailable'],
    },
    async ({ ctx, query }) => searchEverything(ctx, query.q),
  ),
  endpoint(
    {
      ...search,
      id: 'searchPeople',
      path: '/search/people',
      summary: { ko: '사람 검색', en: 'Search people' },
      description: {
        ko: `이름·학교·학과로 찾은 사람이 먼저, 소개와 태그로 찾은 사람이 다음입니다. ${LIST_NOTE.ko}`,
        en: `Those found by name, school or department first, then by introduction and tags. ${LIST_NOTE.en}`,
      },
      query: schema.PeopleQuery,
      success: { status: 200, body: schema.FoundPeople },
      errors: ['invalid_cursor', 'search_unavailable'],
    },
    async ({ ctx, query: { q, cursor, limit, ...filters } }) =>
      readPage(ctx, { name: ['people', q, filters], ...searchPeople(ctx, q, filters) }, { cursor, limit }),
  ),
  endpoint(
    {
      ...search,
      id: 'searchPosts',
      path: '/search/posts',
      summary: { ko: '포스트 검색', en: 'Search posts' },
      description: { ko: `태그, 커리어 이름, 글에서 찾습니다. ${LIST_NOTE.ko}`, en: LIST_NOTE.en },
      query: schema.PostsQuery,
      success: { status: 200, body: schema.FoundPosts },
      errors: ['invalid_cursor', 'search_unavailable'],
    },
    async ({ ctx, query: { q, cursor, limit, ...filters } }) =>
      readPage(ctx, { name: ['posts', q, filters], ...searchPosts(ctx, q, filters) }, { cursor, limit }),
  ),
  endpoint(
    {
      ...search,
      id: 'searchTags',
      path: '/search/tags',
      summary: { ko: '태그 검색', en: 'Search tags' },
      description: LIST_NOTE,
      query: schema.ListQuery,
      success: { status: 200, body: schema.FoundTags },
      errors: ['invalid_cursor', 'search_unavailable'],
    },
    async ({ ctx, query: { q, cursor, limit } }) =>
      readPage(ctx, { name: ['tags', q], ...searchTags(ctx, q) }, { cursor, limit }),
  ),
  endpoint(
    {
      ...search,
      id: 'searchUniversities',
      path: '/search/schools',
      summary: { ko: '학교 검색', en: 'Search schools' },
      description: {
        ko: `가입 전의 학교 찾기는 GET /v1/schools입니다. ${LIST_NOTE.ko}`,
        en: `Before sign-up use GET /v1/schools. ${LIST_NOTE.en}`,
      },
      query: schema.ListQuery,
      success: { status: 200, body: schema.FoundSchools },
      errors: ['invalid_cursor', 'search_unavailable'],
    },
    async ({ ctx, query: { q, cursor, limit } }) =>
      readPage(ctx, { name: ['schools', q], ...searchSchools(ctx, q) }, { cursor, limit }),
  ),
  endpoint(
    {
      ...recent,
      id: 'listRecentSearches',
      method: 'get',
      path: '/me/recent-searches',
      limit: 'read',
      summary: { ko: '최근 검색', en: 'My recent searches' },
      description: { ko: '최근 것부터 50개까지입니다.', en: 'Newest first, at most 50.' },
      success: { status: 200, body: schema.RecentSearches },
    },
    async ({ ctx }) => ({ items: await listRecentSearches(ctx) }),
  ),
  endpoint(
    {
      ...recent,
      id: 'addRecentSearch',
      method: 'put',
      path: '/me/recent-searches',
      limit: 'write',
      summary: { ko: '최근 검색에 남기기', en: 'Keep a recent search' },
      description: {
        ko: '검색한 말, 눌러 본 사람이나 태그를 남깁니다. 이미 있으면 맨 위로 올라오고, 50개가 넘으면 오래된 것부터 지워집니다.',
        en: 'A word searched for, a person or a tag looked at. One that is there moves to the top; the oldest beyond 50 go.',
      },
      body: schema.AddRecentSearch,
      success: { status: 204 },
      errors: ['not_found'],
    },
    async ({ ctx, body }) => addRecentSearch(ctx, body),
  ),
  endpoint(
    {
      ...recent,
      id: 'removeRecentSearch',
      method: 'delete',
      path: '/me/recent-searches/:searchId',
      limit: 'write',
      summary: { ko: '최근 검색 하나 지우기', en: 'Remove one recent search' },
      params: schema.RecentSearchParams,
      success: { status: 204 },
    },
    async ({ ctx, params }) => removeRecentSearch(ctx, params.searchId),
  ),
  endpoint(
    {
      ...recent,
      id: 'clearRecentSearches',
      method: 'delete',
      path: '/me/recent-searches',
      limit: 'write',
      summary: { ko: '최근 검색 모두 지우기', en: 'Remove all recent searches' },
      success: { status: 204 },
    },
    async ({ ctx }) => clearRecentSearches(ctx),
  ),
  endpoint(
    {
      id: 'readSearchOverview',
      method: 'get',
      path: '/staff/search',
      tag: 'staff',
      auth: 'staff',
      staffRole: 'reader',
      limit: 'read',
      summary: { ko: '검색 색인 상태', en: 'State of the search indexes' },
      success: { status: 200, body: schema.SearchOverview },
    },
    async ({ ctx }) => readSearchOverview(ctx),
  ),
  endpoint(
    {
      id: 'rebuildSearch',
      method: 'post',
      path: '/staff/search/rebuild',
      tag: 'staff',
      auth: 'staff',
      staffRole: 'writer',
      limit: 'write',
      summary: { ko: '검색 색인 다시 만들기', en: 'Rebuild search indexes' },
      description: {
        ko: '새 색인을 옆에서 만들어 다 되면 바꿔 끼웁니다. 그동안 검색은 그대로 됩니다.',
        en: 'Builds new indexes beside the live ones and swaps them when they are complete. Search goes on meanwhile.',
      },
      body: schema.RebuildSearch,
      success: { status: 204 },
    },
    async ({ ctx, body }) => askForRebuild(ctx, body.kinds),
  ),
];
