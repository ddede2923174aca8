/** openapi.naver.com: the news search, with its error codes. */
import type { Reply } from '../../stand-in.ts';
import type { Library, Story } from '../content/library.ts';
import {
  emptied,
  formatKoreanDate,
  highlight,
  htmlReply,
  jsonReply,
  readCount,
  tagOf,
  type Site,
  type SiteRequest,
} from '../site.ts';

export type NaverKeys = { clientId: string; clientSecret: string };

export function createNaverNews(library: Library, keys: NaverKeys): Site {
  const ask = (request: SiteRequest, from = library): Reply => answer(request, from, keys);
  return {
    source: 'naver-news',
    hosts: ['openapi.naver.com'],
    robots: () => htmlReply(404, '<html><body>Not Found</body></html>'),
    answer: (request) => ask(request),
    troubles: {
      empty: (request) => ask(request, emptied(library)),
      schema: () => jsonReply(200, { result: { documents: [], count: 0 } }),
      html: () => htmlReply(200, '<!doctype html><html><body>서비스 점검 중입니다.</body></html>'),
      key: () => refuse('024'),
      quota: () => refuse('010'),
      busy: () => refuse('012'),
    },
  };
}

const ERRORS = {
  '024': [401, 'NID AUTH Result Invalid (1000) : Authentication failed. (인증에 실패했습니다.)'],
  '010': [429, 'Your query request count is over the limit. (쿼리요청이 한도를 초과하였습니다.)'],
  '012': [429, 'Rate limit exceeded. (속도 제한을 초과했습니다.)'],
  SE01: [400, 'Incorrect query request (잘못된 쿼리요청입니다.)'],
  SE02: [400, 'Invalid display value (부적절한 display 값입니다.)'],
  SE03: [400, 'Invalid start value (부적절한 start 값입니다.)'],
  SE04: [400, 'Invalid sort value (부적절한 sort 값입니다.)'],
  SE05: [404, 'Invalid search api (존재하지 않는 검색 api 입니다.)'],
} as const;

function refuse(errorCode: keyof typeof ERRORS): Reply {
  const [status, errorMessage] = ERRORS[errorCode];
  return jsonReply(status, { errorMessage, errorCode });
}

function answer({ url, headers }: SiteRequest, library: Library, keys: NaverKeys): Reply {
  const isKnown =
    headers['x-naver-client-id'] === keys.clientId && headers['x-naver-client-secret'] === keys.clientSecret;
  if (!isKnown) return refuse('024');
  if (url.pathname !== '/v1/search/news.json') return refuse('SE05');
  const query = url.searchParams.get('query');
  if (!query) return refuse('SE01');
  const display = readCount(url, 'display', [10, 1, 100]);
  if (display === undefined) return refuse('SE02');
  const start = readCount(url, 'start', [1, 1, 1000]);
  if (start === undefined) return refuse('SE03');
  const sort = url.searchParams.get('sort') ?? 'sim';
  if (sort !== 'sim' && sort !== 'date') return refuse('SE04');

  const tag = tagOf(query);
  const stories = library.stories(tag).filter((story) => !story.isExtra || !story.draw('site').chance(0.5));
  if (sort === 'date') stories.sort((a, b) => b.publishedAt.getTime() - a.publishedAt.getTime());
  const shown = stories.slice(start - 1, start - 1 + display);
  return jsonReply(200, {
    lastBuildDate: formatKoreanDate(library.now()),
    total: stories.length,
    start,
    display: shown.length,
    items: shown.map((story) => describe(story, tag)),
  });
}

function describe(story: Story, tag: string): object {
  return {
    title: highlight(story.title, tag),
    originallink: story.url,
    // As it is where Naver does not show the story itself.
    link: story.url,
    description: `${highlight(story.text, tag)}...`,
    pubDate: formatKoreanDate(story.publishedAt),
  };
}
