/** dapi.kakao.com: the blog search of Daum, with its errors. */
import type { Reply } from '../../stand-in.ts';
import type { BlogPost, Library } from '../content/library.ts';
import {
  emptied,
  highlight,
  htmlReply,
  jsonReply,
  readCount,
  tagOf,
  type Site,
  type SiteRequest,
} from '../site.ts';

export function createKakaoBlog(library: Library, restKey: string): Site {
  const ask = (request: SiteRequest, from = library): Reply => answer(request, from, restKey);
  return {
    source: 'kakao-blog',
    hosts: ['dapi.kakao.com'],
    robots: () => jsonReply(404, { errorType: 'NotFound', message: 'no such resource' }),
    answer: (request) => ask(request),
    troubles: {
      empty: (request) => ask(request, emptied(library)),
      schema: () => jsonReply(200, { items: [], page: 1 }),
      html: () => htmlReply(200, '<!doctype html><html><body>서비스 점검 중입니다.</body></html>'),
      key: () => refuse(401, 'AccessDeniedError', 'wrong appKey(0123456789abcdef) format'),
      quota: () => refuse(429, 'RequestThrottled', 'API limit has been exceeded.'),
    },
  };
}

function refuse(status: number, errorType: string, message: string): Reply {
  return jsonReply(status, { errorType, message });
}

function answer({ url, headers }: SiteRequest, library: Library, restKey: string): Reply {
  const { authorization } = headers;
  if (!authorization?.startsWith('KakaoAK '))
    return refuse(401, 'AccessDeniedError', 'cannot find Authorization : KakaoAK header');
  if (authorization !== `KakaoAK ${restKey}`)
    return refuse(401, 'AccessDeniedError', 'appKey does not exist');
  if (url.pathname !== '/v2/search/blog') return refuse(404, 'NotFound', 'no such resource');
  const query = url.searchParams.get('query');
  if (!query) return refuse(400, 'MissingParameter', 'query parameter required');
  const page = readCount(url, 'page', [1, 1, 50]);
  if (page === undefined) return refuse(400, 'InvalidArgument', 'page is more than max');
  const size = readCount(url, 'size', [10, 1, 50]);
  if (size === undefined) return refuse(400, 'InvalidArgument', 'size is more than max');
  const sort = url.searchParams.get('sort') ?? 'accuracy';
  if (sort !== 'accuracy' && sort !== 'recency')
    return refuse(400, 'InvalidArgument', 'sort is either accuracy or recency');

  const tag = tagOf(query);
  const posts = library.blogPosts(tag);
  if (sort === 'recency') posts.sort((a, b) => b.publishedAt.getTime() - a.publishedAt.getTime());
  const from = (page - 1) * size;
  return jsonReply(200, {
    documents: posts.slice(from, from + size).map((post) => describe(post, tag)),
    meta: {
      is_end: from + size >= posts.length,
      pageable_count: posts.length,
      total_count: posts.length * 37,
    },
  });
}

function describe(post: BlogPost, tag: string): object {
  const wall = new Date(post.publishedAt.getTime() + 9 * 3_600_000);
  return {
    blogname: post.blog.name,
    contents: highlight(post.text, tag),
    datetime: wall.toISOString().replace('Z', '+09:00'),
    thumbnail: post.picture,
    title: highlight(post.title, tag),
    url: post.url,
  };
}
