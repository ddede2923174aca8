/**
 * brunch.co.kr and api.brunch.co.kr: the search and the keyword listing as JSON, and the pages of articles.
 * Parameters it does not know are ignored, and browsers without its cookie are sent round in circles.
 */
import { createHash } from 'node:crypto';
import type { Reply } from '../../stand-in.ts';
import type { Article, Library } from '../content/library.ts';
import {
  emptied,
  escapeHtml,
  highlight,
  htmlReply,
  jsonReply,
  tagOf,
  textReply,
  type Site,
  type SiteRequest,
} from '../site.ts';

const SITE = 'brunch.co.kr';
const API = 'api.brunch.co.kr';
const KEYWORD_PAGE = 20;

/** The group for everybody, as it was in the autumn of 2026. */
const ROBOTS = `User-agent: GPTBot
User-agent: ClaudeBot
Disallow: /

User-agent: Googlebot
User-agent: Yeti
User-agent: Daumoa
Disallow: /write
Disallow: /api/
Crawl-delay: 1

User-agent: *
Disallow: /write
Disallow: /ready
Disallow: /library
Disallow: /me/
Disallow: /feed
Disallow: /search
Disallow: /api/
Disallow: /admin/
Disallow: /login
Disallow: /logout
Disallow: /embed/
Disallow: /preview/
Disallow: /*/stats$
Disallow: /*?timestamp=*
Disallow: /*?*utm_source=*
Disallow: /*?fbclid=*
Disallow: /*?gclid=*
Crawl-delay: 5
`;

export function createBrunch(library: Library): Site {
  return {
    source: 'brunch',
    hosts: [API, SITE],
    // Whether the API has a robots.txt of its own is not known; here it has none.
    robots: (host) => (host === SITE ? textReply(200, ROBOTS) : refuse(404)),
    answer: (request) => withValidator(request, answer(request, library)),
    troubles: {
      empty: (request) => answer(request, emptied(library)),
      layout: () => htmlReply(200, page('<title>브런치</title>', '<main id="root"><p>새 단장</p></main>')),
      schema: () => jsonReply(200, { code: 200, result: { posts: [] } }),
      html: () => htmlReply(200, page('<title>오류</title>', OUTAGE)),
      login: () => ({ status: 302, headers: { location: LOGIN } }),
    },
  };
}

const LOGIN = `https://accounts.kakao.com/login?continue=${encodeURIComponent(`https://${SITE}/`)}`;
const OUTAGE = '<div class="wrap_exception"><p>서비스 접속이 원활하지 않습니다.</p></div>';

function answer(request: SiteRequest, library: Library): Reply {
  const { url, headers } = request;
  if (url.hostname === API) return headers['user-agent'] ? answerApi(url, library) : refuse(401);
  const isBrowser = /(?:Chrome|Safari|Firefox)\//.test(headers['user-agent'] ?? '');
  if (isBrowser && !headers.cookie) return { status: 302, headers: { location: url.href } };
  return answerSite(url, library);
}

function refuse(code: number): Reply {
  return jsonReply(code, { code, message: 'error', data: null });
}

/** A weak ETag, and 304 for whoever has that already. */
function withValidator({ headers }: SiteRequest, reply: Reply): Reply {
  if (reply.status !== 200) return reply;
  const etag = `W/"${createHash('sha256').update(String(reply.body)).digest('base64url').slice(0, 27)}"`;
  if (headers['if-none-match'] === etag) return { status: 304, headers: { etag } };
  return { ...reply, headers: { ...reply.headers, etag } };
}

function answerApi(url: URL, library: Library): Reply {
  if (url.pathname === '/v1/search/article') return searchArticles(url, library);
  const keyword = /^\/v1\/top\/keyword\/([^/]+)$/.exec(url.pathname)?.[1];
  if (keyword !== undefined) return listKeyword(decodeURIComponent(keyword), url, library);
  return refuse(404);
}

function searchArticles(url: URL, library: Library): Reply {
  const { searchParams } = url;
  const tag = tagOf(searchParams.get('q') ?? '');
  if (tag === '') return refuse(400);
  const size = Math.min(Math.max(Number(searchParams.get('pageSize') ?? 20) || 20, 1), 100);
  const from = (Math.max(Number(searchParams.get('page') ?? 1) || 1, 1) - 1) * size;
  const found = library.articles(tag);
  if (['recency', 'recent'].includes(searchParams.get('sortBy') ?? '')) found.sort(byNewest);
  const isMarked = searchParams.get('highlighter') === 'y';
  const isEscaped = searchParams.get('escape') === 'y';
  const write = (text: string): string => {
    if (isMarked) return highlight(text, tag, isEscaped);
    return isEscaped ? escapeHtml(text) : text;
  };
  const list = found.slice(from, from + size).map((article) => ({
    ...toJson(article),
    title: write(article.title),
    contentSummary: write(article.text),
  }));
  return jsonReply(200, {
    code: 200,
    data: { totalCount: found.length, list, moreList: from + size < found.length },
  });
}

function listKeyword(keyword: string, url: URL, library: Library): Reply {
  const before = Number(url.searchParams.get('publishTime')) || Number.POSITIVE_INFINITY;
  const found = library.articles(tagOf(keyword)).sort(byNewest);
  const articleList = found
    .filter((article) => article.publishedAt.getTime() < before)
    .slice(0, KEYWORD_PAGE)
    .map((article) => ({
      article: { ...toJson(article), articleImageListForHome: article.picture ? [article.picture] : [] },
      profile: { userId: article.userId, profileId: article.profileId, userName: article.userName },
      timestamp: article.publishedAt.getTime(),
    }));
  return jsonReply(200, { code: 200, data: { keyword, articleList } });
}

function byNewest(a: Article, b: Article): number {
  return b.publishedAt.getTime() - a.publishedAt.getTime();
}

function toJson(article: Article): Record<string, unknown> {
  const { userId, no, picture } = article;
  const time = article.publishedAt.getTime();
  return {
    no,
    userId,
    userName: article.userName,
    profileId: article.profileId,
    status: 'publish',
    title: article.title,
    subTitle: article.subtitle,
    contentSummary: article.text,
    contentId: `${userId}_${no}`,
    publishTime: time,
    publishTimestamp: time,
    createTime: time,
    updateTime: time,
    articleImageForHome: picture,
    articleImageForHomeOrDefault: picture ?? '//img1.loopus-demo.example.com/brunch/default.png',
    articleImageList: picture ? [{ type: 'cover', url: picture, width: 1280, height: 800, order: 0 }] : [],
    articleKeywordNameAsCsv: article.keywords.join(','),
    likeCount: article.draw('likes').below(120),
    commentCount: article.draw('comments').below(20),
    readSeconds: article.draw('reading').between(60, 600),
    published: true,
    notPublished: false,
    pick: false,
  };
}

function answerSite(url: URL, library: Library): Reply {
  const path = decodeURIComponent(url.pathname);
  const [, writer = '', number] = /^\/(@@?[\w.-]+)\/(\d+)$/.exec(path) ?? [];
  if (number !== undefined) return showArticle(library.findArticle(writer, Number(number)), writer);
  const keyword = /^\/keyword\/([^/]+)$/.exec(path)?.[1];
  if (keyword !== undefined)
    return htmlReply(200, page(`<title>${escapeHtml(keyword)}</title>`, shell(keyword)));
  if (path === '/search') return htmlReply(200, page('<title>브런치 검색</title>', shell('')));
  return notFound();
}

function notFound(): Reply {
  return htmlReply(404, page('<title>브런치</title>', '<p>페이지를 찾을 수 없습니다.</p>'));
}

/** What a script would fill. */
function shell(keyword: string): string {
  const value = escapeHtml(keyword);
  return (
    `<input type="hidden" id="keyword" value="${value}"><input type="hidden" id="keywordType" value="keyword">` +
    '<input type="hidden" id="pickContentId" value=""><ul class="list_article"></ul>'
  );
}

function showArticle(article: Article | undefined, writer: string): Reply {
  if (!article) return notFound();
  const address = `https://${SITE}/@${article.profileId}/${article.no}`;
  if (writer.startsWith('@@')) return { status: 302, headers: { location: address } };
  return htmlReply(200, page(writeHead(article, address), writeBody(article)));
}

function writeHead(article: Article, address: string): string {
  const meta = (name: string, content: string): string =>
    `<meta property="${name}" content="${escapeHtml(content)}">\n`;
  const wall = new Date(article.publishedAt.getTime() + 9 * 3_600_000).toISOString().slice(0, 16);
  return (
    `<title>${escapeHtml(article.title)}</title>\n` +
    meta('og:title', article.title) +
    meta('og:description', `${article.subtitle} | ${article.text}`) +
    (article.picture ? meta('og:image', article.picture) : '') +
    meta('og:url', address) +
    meta('og:type', 'article') +
    meta('og:site_name', '브런치') +
    meta('og:article:author', article.userName) +
    // Both kinds of head are about: older pages tell the minute, newer ones the second.
    (article.draw('head').chance(0.5)
      ? meta('og:regDate', `${wall}+09:00`)
      : meta('article:published_time', `${wall}:00+09:00`)) +
    `<link rel="canonical" href="${address}">\n` +
    `<link rel="alternate" type="application/rss+xml" href="https://${SITE}/rss/@@${article.userId}">`
  );
}

/** The text, and the island that carries the article for the site's scripts: each value as `[0, value]`. */
function writeBody(article: Article): string {
  const { title, userName, userId, profileId, no, publishedAt } = article;
  const plain = { title, userName, userId, profileId, no, publishTime: publishedAt.getTime() };
  const wrapped = Object.fromEntries(Object.entries(plain).map(([name, value]) => [name, [0, value]]));
  const props = escapeHtml(JSON.stringify({ article: [0, wrapped] }));
  return (
    `<astro-island uid="${userId}" component-export="default" props="${props}"></astro-island>` +
    `<div class="wrap_body"><div class="wrap_item item_type_text"><p>${escapeHtml(article.text)}</p></div></div>`
  );
}

function page(head: string, body: string): string {
  return (
    '<!DOCTYPE html>\n<html lang="ko"><head>\n<meta charset="utf-8">\n' +
    `${head}\n</head><body>${body}</body></html>\n`
  );
}
