import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { StandIn } from '../stand-in.ts';
import type { LoggedRequest } from './request-log.ts';
import { startCrawlSites } from './server.ts';

const keys = {
  youtubeApiKey: 'youtube-key',
  naverClientId: 'naver-id',
  naverClientSecret: 'naver-secret',
  kakaoRestKey: 'kakao-key',
};
const headers: Record<string, Record<string, string>> = {
  'www.googleapis.com': { 'x-goog-api-key': keys.youtubeApiKey },
  'openapi.naver.com': { 'x-naver-client-id': 'naver-id', 'x-naver-client-secret': 'naver-secret' },
  'dapi.kakao.com': { authorization: 'KakaoAK kakao-key' },
};
const NOON = '2026-11-24T03:00:00.000Z';

let sites: StandIn;

beforeAll(async () => {
  sites = await startCrawlSites({ keys });
});

afterAll(() => sites.close());

afterEach(async () => {
  for (const name of ['source', 'robots', 'requests']) await control(name, 'DELETE');
  await control('quota', 'POST', { searches: 0, units: 0 });
  await control('clock', 'POST', { now: null });
});

// oxlint-disable-next-line typescript/no-explicit-any -- bodies are read freely; a wrong path fails the test
type Body = any;

async function control(name: string, method = 'GET', body?: object): Promise<Body> {
  const response = await fetch(`${sites.url}/_control/${name}`, {
    method,
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, ...((await response.json()) as object) };
}

type Answer = { status: number; headers: Headers; text: string; body: Body };

/** By its address in the real web. */
async function get(address: string, more: Record<string, string> = {}): Promise<Answer> {
  const { host, pathname, search } = new URL(address);
  const response = await fetch(`${sites.url}/${host}${pathname}${search}`, {
    redirect: 'manual',
    headers: { 'user-agent': 'LoopUsBot/1.0', ...headers[host], ...more },
  });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : null };
}

function newsOf(tag: string): string {
  return `https://news.google.com/rss/search?${new URLSearchParams({ q: `"${tag}" when:7d`, hl: 'ko', gl: 'KR', ceid: 'KR:ko' })}`;
}

function brunchOf(tag: string): string {
  return `https://api.brunch.co.kr/v1/search/article?${new URLSearchParams({ q: tag, page: '1', pageSize: '50' })}`;
}

function videosOf(tag: string, more: Record<string, string> = {}): string {
  return `https://www.googleapis.com/youtube/v3/search?${new URLSearchParams({ part: 'snippet', type: 'video', maxResults: '50', q: tag, ...more })}`;
}

function naverOf(tag: string, more: Record<string, string> = {}): string {
  return `https://openapi.naver.com/v1/search/news.json?${new URLSearchParams({ query: tag, display: '100', ...more })}`;
}

function blogsOf(tag: string, more: Record<string, string> = {}): string {
  return `https://dapi.kakao.com/v2/search/blog?${new URLSearchParams({ query: tag, size: '50', ...more })}`;
}

type RssItem = { raw: string; title: string; guid: string; date: string; source: string; host: string };

function readItems(feed: string): RssItem[] {
  return [...feed.matchAll(/<item>(.*?)<\/item>/gs)].map(([, raw = '']) => {
    const part = (name: string): string =>
      new RegExp(`<${name}[^>]*>(.*?)</${name}>`, 's').exec(raw)?.[1] ?? '';
    return {
      raw,
      title: part('title'),
      guid: part('guid'),
      date: part('pubDate'),
      source: part('source'),
      host: /<source url="([^"]+)"/.exec(raw)?.[1] ?? '',
    };
  });
}

const tags = ['취준', '공모전', '타입스크립트', 'uxui', '간호', '스터디 그룹'];

it('Google News writes RSS as NFE/5.0 does', async () => {
  await control('clock', 'POST', { now: NOON });
  let dayOnly = 0;
  let clusters = 0;
  for (const tag of tags) {
    const { status, text, headers: answered } = await get(newsOf(tag));
    expect(status).toBe(200);
    expect(answered.get('content-type')).toContain('application/xml');
    expect(answered.get('etag')).toBeNull();
    expect(text).toContain('<generator>NFE/5.0</generator>');
    expect(text).toContain(`<title>""${tag}" when:7d" - Google 뉴스</title>`);
    expect(text).toMatch(/<copyright>[^<]*personal feed reader/);
    const items = readItems(text);
    expect(items.length).toBeGreaterThanOrEqual(10);
    expect(items.length).toBeLessThanOrEqual(27);
    for (const item of items) {
      expect(item.raw.replaceAll(/>[^<]+</g, '><').match(/<(\w+)/g)).toEqual(
        ['title', 'link', 'guid', 'pubDate', 'description', 'source'].map((name) => `<${name}`),
      );
      expect(item.title.endsWith(` - ${item.source}`)).toBe(true);
      expect(item.host).toMatch(/^https:\/\/[a-z.-]+\.example\.com$/);
      expect(item.raw).toContain(`<link>https://news.google.com/rss/articles/${item.guid}?oc=5</link>`);
      expect(item.guid.length).toBeGreaterThanOrEqual(126);
      expect(item.guid.length).toBeLessThanOrEqual(654);
      const envelope = Buffer.from(item.guid, 'base64url');
      expect([...envelope.subarray(0, 3)]).toEqual([0x08, 0x13, 0x22]);
      expect(envelope.toString('latin1')).toContain('AU_yq');
      expect(new Date(item.date).toUTCString()).toBe(item.date);
      expect(new Date(item.date).getTime()).toBeLessThan(Date.parse(NOON));
      dayOnly += item.date.endsWith('07:00:00 GMT') ? 1 : 0;
      clusters += item.raw.includes('&lt;ol&gt;&lt;li&gt;&lt;a href=') ? 1 : 0;
      expect(item.raw).toContain('&lt;/a&gt;&amp;nbsp;&amp;nbsp;&lt;font color="#6f6f6f"&gt;');
    }
    expect(new Set(items.map(({ guid }) => guid)).size).toBe(items.length);
    // One story comes under two ids.
    expect(new Set(items.map(({ title }) => title)).size).toBe(items.length - 1);
    const times = items.map(({ date }) => new Date(date).getTime());
    expect(times).not.toEqual(times.toSorted((a, b) => b - a));
  }
  expect(dayOnly).toBeGreaterThan(0);
  expect(clusters).toBeGreaterThan(0);
  const bare = await get(`https://news.google.com/rss/search?q=${encodeURIComponent('취준')}`);
  expect(bare.status).toBe(302);
  expect(bare.headers.get('location')).toMatch(
    /^https:\/\/news\.google\.com\/rss\/search\?.*ceid=KR(:|%3A)ko/,
  );
});

it('what is found stays the same for a Korean day and is partly new on the next', async () => {
  const look = async (now: string): Promise<string[][]> => {
    await control('clock', 'POST', { now });
    const [news, brunch, youtube, naver, blogs] = await Promise.all(
      [newsOf, brunchOf, videosOf, naverOf, blogsOf].map((address) => get(address('공모전'))),
    );
    return [
      readItems(news!.text).map(({ guid }) => guid),
      brunch!.body.data.list.map(({ contentId }: Body) => contentId),
      youtube!.body.items.map(({ id }: Body) => id.videoId),
      naver!.body.items.map(({ originallink }: Body) => originallink),
      blogs!.body.documents.map(({ url }: Body) => url),
    ];
  };
  // 15:00 UTC is midnight in Korea.
  const morning = await look('2026-11-23T15:00:01.000Z');
  expect(await look('2026-11-24T14:59:59.000Z')).toEqual(morning);
  const next = await look('2026-11-24T15:00:00.000Z');
  for (const [site, before] of morning.entries()) {
    const after = next[site]!;
    expect(before.length).toBeGreaterThanOrEqual(10);
    expect(after.some((id) => before.includes(id))).toBe(true);
    expect(after.some((id) => !before.includes(id))).toBe(true);
  }
});

it('one story is found in both news searches, and by several tags', async () => {
  const headlines = async (tag: string): Promise<Set<string>> =>
    new Set((await get(naverOf(tag))).body.items.map(({ originallink }: Body) => originallink));
  const naver = await get(naverOf('취준'));
  const found = new Set(readItems((await get(newsOf('취준'))).text).map(({ host }) => new URL(host).host));
  expect(naver.body.items.some(({ originallink }: Body) => found.has(new URL(originallink).host))).toBe(true);
  const seen = new Map<string, number>();
  for (const tag of tags)
    for (const story of await headlines(tag)) seen.set(story, (seen.get(story) ?? 0) + 1);
  expect(Math.max(...seen.values())).toBeGreaterThan(1);
});

it('Naver answers as its news search does, and knows wrong questions', async () => {
  const { body } = await get(naverOf('취준', { sort: 'date', display: '5' }));
  expect(Object.keys(body)).toEqual(['lastBuildDate', 'total', 'start', 'display', 'items']);
  expect(body.display).toBe(5);
  for (const item of body.items) {
    expect(Object.keys(item)).toEqual(['title', 'originallink', 'link', 'description', 'pubDate']);
    expect(item.pubDate).toMatch(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0900$/);
    expect(new Date(item.pubDate).getTime()).toBeLessThan(Date.now());
  }
  expect(body.items.some(({ title }: Body) => title.includes('<b>취준</b>'))).toBe(true);
  const times = body.items.map(({ pubDate }: Body) => new Date(pubDate).getTime());
  expect(times).toEqual(times.toSorted((a: number, b: number) => b - a));

  const code = async (address: string, more = {}): Promise<unknown[]> => {
    const { status, body: refused } = await get(address, more);
    return [status, refused.errorCode];
  };
  expect(await code(naverOf('취준'), { 'x-naver-client-secret': 'wrong' })).toEqual([401, '024']);
  expect(await code(naverOf(''))).toEqual([400, 'SE01']);
  expect(await code(naverOf('취준', { display: '101' }))).toEqual([400, 'SE02']);
  expect(await code(naverOf('취준', { start: '0' }))).toEqual([400, 'SE03']);
  expect(await code(naverOf('취준', { sort: 'newest' }))).toEqual([400, 'SE04']);
});

it('Kakao answers as its blog search does, and knows wrong questions', async () => {
  const { body } = await get(blogsOf('취준', { sort: 'recency' }));
  expect(body.meta).toMatchObject({ is_end: true, pageable_count: body.documents.length });
  for (const document of body.documents) {
    expect(Object.keys(document)).toEqual(['blogname', 'contents', 'datetime', 'thumbnail', 'title', 'url']);
    expect(document.datetime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+09:00$/);
  }
  const type = async (address: string, more = {}): Promise<unknown[]> => {
    const { status, body: refused } = await get(address, more);
    return [status, refused.errorType];
  };
  expect(await type(blogsOf('취준'), { authorization: 'KakaoAK wrong' })).toEqual([401, 'AccessDeniedError']);
  expect(await type(blogsOf('취준'), { authorization: '' })).toEqual([401, 'AccessDeniedError']);
  expect(await type(blogsOf(''))).toEqual([400, 'MissingParameter']);
  expect(await type(blogsOf('취준', { size: '51' }))).toEqual([400, 'InvalidArgument']);
});

it('Brunch lists and shows articles, one under two addresses, and ignores what it does not know', async () => {
  const { body } = await get(`${brunchOf('취준')}&page1=2`);
  const { list } = body.data;
  expect(list.length).toBeGreaterThanOrEqual(10);
  const [first] = list;
  expect(first.contentId).toBe(`${first.userId}_${first.no}`);
  expect(first.publishTime).toBeGreaterThan(1e12);
  expect(list.some(({ articleImageForHome }: Body) => articleImageForHome?.startsWith('//img1.'))).toBe(true);
  const marked = (await get(`${brunchOf('취준')}&highlighter=y&escape=y`)).body.data.list;
  expect(marked.some(({ title }: Body) => title.includes('<b>취준</b>'))).toBe(true);

  const keyword = await get(
    `https://api.brunch.co.kr/v1/top/keyword/${encodeURIComponent('취준')}?publishTime=&pickContentId=`,
  );
  const { articleList } = keyword.body.data;
  expect(articleList.length).toBeLessThanOrEqual(20);
  const last = articleList.at(-3);
  const rest = await get(
    `https://api.brunch.co.kr/v1/top/keyword/${encodeURIComponent('취준')}?publishTime=${last.timestamp}`,
  );
  expect(rest.body.data.articleList).toHaveLength(2);
  expect(articleList[0]).toMatchObject({ article: { title: expect.any(String) }, profile: {} });

  const page = await get(`https://brunch.co.kr/@${first.profileId}/${first.no}`);
  expect(page.text).toContain(`<meta property="og:site_name" content="브런치">`);
  expect(page.text).toMatch(
    /property="(?:og:regDate|article:published_time)" content="\d{4}-\d\d-\d\dT\d\d:\d\d(?::00)?\+09:00"/,
  );
  const props = /<astro-island[^>]* props="([^"]+)"/.exec(page.text)?.[1]?.replaceAll('&quot;', '"');
  expect(JSON.parse(props!).article[1].publishTime).toEqual([0, first.publishTime]);
  const other = await get(`https://brunch.co.kr/@@${first.userId}/${first.no}`);
  expect([other.status, other.headers.get('location')]).toEqual([
    302,
    `https://brunch.co.kr/@${first.profileId}/${first.no}`,
  ]);
  const etag = page.headers.get('etag')!;
  const again = await get(`https://brunch.co.kr/@${first.profileId}/${first.no}`, { 'if-none-match': etag });
  expect([again.status, again.text]).toEqual([304, '']);
  expect((await get('https://brunch.co.kr/@nobody/1')).status).toBe(404);

  const browser = await get('https://brunch.co.kr/keyword/a', { 'user-agent': 'Mozilla/5.0 Chrome/140.0' });
  expect([browser.status, browser.headers.get('location')]).toEqual([302, 'https://brunch.co.kr/keyword/a']);
});

it('YouTube answers as the Data API does, and knows wrong questions', async () => {
  const { body } = await get(videosOf('취준', { order: 'date', publishedAfter: '2020-01-01T00:00:00Z' }));
  expect(body).toMatchObject({ kind: 'youtube#searchListResponse', regionCode: 'KR' });
  for (const { id, snippet } of body.items) {
    expect(id).toEqual({ kind: 'youtube#video', videoId: expect.stringMatching(/^[\w-]{11}$/) });
    expect(Object.keys(snippet.thumbnails)).toEqual(['default', 'medium', 'high']);
    expect(snippet.channelId).toMatch(/^UC[\w-]{22}$/);
  }
  const mixed = await get(videosOf('취준', { type: '' }));
  expect(new Set(mixed.body.items.map(({ id }: Body) => id.kind))).toEqual(
    new Set(['youtube#video', 'youtube#channel', 'youtube#playlist']),
  );

  // Titles are HTML in a search and plain by id; what is gone is left out.
  const escaped = body.items.find(({ snippet }: Body) => /&(?:amp|lt|#39);/.test(snippet.title));
  const ids = body.items.map(({ id }: Body) => id.videoId);
  const listed = await get(
    `https://www.googleapis.com/youtube/v3/videos?part=snippet,contentDetails,status&id=${ids},gone0000000`,
  );
  expect(listed.body.items).toHaveLength(ids.length);
  const plain = listed.body.items.find(({ id }: Body) => id === escaped.id.videoId);
  expect(plain.snippet.title).toMatch(/[&<']/);
  expect(plain.snippet.title).not.toMatch(/&(?:amp|lt|#39);/);
  expect(plain.contentDetails.duration).toMatch(/^PT(?:\d+H)?(?:\d+M)?(?:\d+S)?$/);
  expect(plain.snippet.thumbnails.maxres.width).toBe(1280);
  const channels = await get(
    `https://www.googleapis.com/youtube/v3/channels?part=snippet&id=${plain.snippet.channelId}`,
  );
  expect(channels.body.items).toMatchObject([{ snippet: { title: plain.snippet.channelTitle } }]);

  const reason = async (address: string, more = {}): Promise<unknown[]> => {
    const { status, body: refused } = await get(address, more);
    return [status, refused.error.errors[0].reason];
  };
  expect(await reason(videosOf('취준'), { 'x-goog-api-key': '' })).toEqual([403, 'forbidden']);
  const wrong = await get(videosOf('취준'), { 'x-goog-api-key': 'wrong' });
  expect(wrong.body.error).toMatchObject({
    code: 400,
    status: 'INVALID_ARGUMENT',
    details: [{ reason: 'API_KEY_INVALID' }],
  });
  expect(await reason(videosOf('취준', { regionCode: 'Korea' }))).toEqual([400, 'invalidRegionCode']);
  expect(await reason(videosOf('취준', { publishedAfter: '2026-11-21' }))).toEqual([
    400,
    'invalidPublishedAfter',
  ]);
  expect(await reason(videosOf('취준', { type: 'channel', videoEmbeddable: 'true' }))).toEqual([
    400,
    'invalidSearchFilter',
  ]);
  expect(await reason(videosOf('취준', { maxResult: '5' }))).toEqual([400, 'badRequest']);
});

it('YouTube gives a hundred searches a Pacific day, wrong ones and unchanged ones too', async () => {
  // 00:00 in California is 08:00 UTC in winter.
  await control('clock', 'POST', { now: '2026-11-25T07:59:00Z' });
  await control('quota', 'POST', { searches: 97 });
  const { etag } = (await get(videosOf('취준'))).body;
  expect((await get(videosOf('취준'), { 'if-none-match': etag })).status).toBe(304);
  expect((await get(videosOf('취준', { regionCode: 'x' }))).status).toBe(400);
  const spent = await get(videosOf('취준'));
  expect(spent.status).toBe(429);
  expect(spent.body.error).toMatchObject({
    status: 'RESOURCE_EXHAUSTED',
    errors: [{ reason: 'rateLimitExceeded' }],
    message: expect.stringContaining("'Search Queries per day'"),
  });
  expect((await get('https://www.googleapis.com/youtube/v3/videos?part=id&id=gone0000000')).status).toBe(200);
  expect(await control('quota')).toMatchObject({ day: '2026-11-24', searches: 100, units: 1 });
  await control('clock', 'POST', { now: '2026-11-25T08:00:00Z' });
  expect((await get(videosOf('취준'))).status).toBe(200);
  await control('quota', 'POST', { units: 10_000 });
  const pool = await get('https://www.googleapis.com/youtube/v3/videos?part=id&id=gone0000000');
  expect(pool.body.error).toMatchObject({ code: 403, message: expect.stringContaining('<a href=') });
});

it('robots.txt says what it says today, or what its switch says', async () => {
  const google = await get('https://news.google.com/robots.txt');
  expect(google.text).toMatch(/^User-agent: \*\nDisallow: \/\n/);
  expect(google.text).not.toContain('/rss');
  const brunch = (await get('https://brunch.co.kr/robots.txt')).text.split('User-agent: *\n')[1];
  for (const rule of ['Disallow: /search\n', 'Disallow: /api/\n', 'Crawl-delay: 5\n'])
    expect(brunch).toContain(rule);
  expect((await get('https://api.brunch.co.kr/robots.txt')).status).toBe(404);

  const robots = async (mode: string): Promise<Answer> => {
    await control('robots', 'POST', { source: 'brunch', mode });
    return get('https://brunch.co.kr/robots.txt');
  };
  expect((await robots('error')).status).toBe(503);
  expect((await robots('html')).headers.get('content-type')).toContain('text/html');
  expect((await robots('huge')).text.length).toBeGreaterThan(5_000_000);
  expect((await robots('closed')).text).toBe('User-agent: *\nDisallow: /\n');
  expect((await robots('open')).text).toBe('User-agent: *\nDisallow:\n');
  expect((await robots('missing')).status).toBe(404);
});

async function switchTo(source: string, mode: string, more: object = {}): Promise<void> {
  expect(await control('source', 'POST', { source, mode, ...more })).toMatchObject({ status: 200 });
}

it.each([
  ['google-news', 'consent', 302, /^https:\/\/consent\.google\.com\/m\?continue=https/],
  ['google-news', 'sorry', 302, /^https:\/\/www\.google\.com\/sorry\/index\?continue=https/],
  ['google-news', 'loop', 302, /^https:\/\/news\.google\.com\/rss\/search\?/],
  ['brunch', 'login', 302, /^https:\/\/accounts\.kakao\.com\/login\?/],
])('%s redirects: %s', async (source, mode, status, location) => {
  await switchTo(source, mode);
  const answer = await get(source === 'brunch' ? brunchOf('취준') : newsOf('취준'));
  expect(answer.status).toBe(status);
  expect(answer.headers.get('location')).toMatch(location);
});

it('its switch makes a source answer amiss, for as many requests as it says, and nobody else', async () => {
  await switchTo('brunch', 'throttle', {
    status: 503,
    retryAfter: 'Tue, 24 Nov 2026 03:10:00 GMT',
    count: 2,
  });
  for (const times of [1, 2]) {
    const { status, headers: answered } = await get(brunchOf(`취준${times}`));
    expect([status, answered.get('retry-after')]).toEqual([503, 'Tue, 24 Nov 2026 03:10:00 GMT']);
    expect((await get(newsOf('취준'))).status).toBe(200);
  }
  expect((await get(brunchOf('취준'))).status).toBe(200);

  await switchTo('brunch', 'error', { match: '/v1/top/' });
  expect((await get(brunchOf('취준'))).status).toBe(200);
  expect((await get('https://api.brunch.co.kr/v1/top/keyword/a')).status).toBe(500);
  await switchTo('google-news', 'redirect', { to: 'http://169.254.169.254/' });
  expect((await get(newsOf('취준'))).headers.get('location')).toBe('http://169.254.169.254/');
  await switchTo('google-news', 'consent_page');
  expect((await get(newsOf('취준'))).text).toContain('consent.google.com/save');
  await switchTo('google-news', 'challenge');
  expect((await get(newsOf('취준'))).headers.get('cf-mitigated')).toBe('challenge');
  await switchTo('google-news', 'format');
  expect((await get(newsOf('취준'))).text).toContain('<feed xmlns="http://www.w3.org/2005/Atom">');
  await switchTo('google-news', 'empty');
  const empty = await get(newsOf('취준'));
  expect([empty.text.includes('<channel>'), readItems(empty.text)]).toEqual([true, []]);
  await switchTo('google-news', 'answer', { body: '<rss/>', headers: { 'content-type': 'text/xml' } });
  expect((await get(newsOf('취준'))).text).toBe('<rss/>');
  await switchTo('naver-news', 'quota');
  expect((await get(naverOf('취준'))).body.errorCode).toBe('010');
  await switchTo('kakao-blog', 'key');
  expect((await get(blogsOf('취준'))).body.errorType).toBe('AccessDeniedError');
  await switchTo('kakao-blog', 'html');
  expect((await get(blogsOf('취준'))).headers.get('content-type')).toContain('text/html');
  await switchTo('youtube', 'busy');
  expect((await get(videosOf('취준'))).body.error.message).toContain('per minute');
  await switchTo('youtube', 'schema');
  expect((await get(videosOf('취준'))).body.items).toBeUndefined();

  expect((await control('source', 'POST', { source: 'naver-news', mode: 'consents' })).error).toContain(
    'consent',
  );
  expect((await control('source', 'POST', { source: 'naver', mode: 'empty' })).error).toContain('naver-news');
  await control('source', 'DELETE');
  expect((await get(videosOf('취준'))).body.items.length).toBeGreaterThan(0);
});

/** What has come of a body until it ended, was cut, or enough had come. */
async function readBody(
  address: string,
  enough: number,
  init: RequestInit = {},
): Promise<{ bytes: number; isCut: boolean }> {
  const { host, pathname, search } = new URL(address);
  const response = await fetch(`${sites.url}/${host}${pathname}${search}`, init);
  let bytes = 0;
  try {
    for await (const part of response.body!) {
      bytes += part.length;
      if (bytes > enough) return { bytes, isCut: false };
    }
  } catch {
    return { bytes, isCut: true };
  }
  return { bytes, isCut: false };
}

it('bodies can be cut, endless, a bomb, or noise', async () => {
  const whole = Buffer.byteLength((await get(newsOf('취준'))).text);
  await switchTo('google-news', 'cut');
  const cut = await readBody(newsOf('취준'), whole);
  expect(cut.isCut).toBe(true);
  expect(cut.bytes).toBeGreaterThan(whole / 2);
  expect(cut.bytes).toBeLessThan(whole);
  await switchTo('google-news', 'huge');
  expect((await readBody(newsOf('취준'), 8_000_000)).bytes).toBeGreaterThan(8_000_000);
  await switchTo('google-news', 'bomb');
  const { host, pathname, search } = new URL(newsOf('취준'));
  const response = await fetch(`${sites.url}/${host}${pathname}${search}`);
  expect(response.headers.get('content-encoding')).toBe('gzip');
  expect(Number(response.headers.get('content-length'))).toBeLessThan(2_000_000);
  await response.body!.cancel();
  expect((await readBody(newsOf('취준'), 64_000_000)).bytes).toBeGreaterThan(64_000_000);
  await switchTo('google-news', 'garbage');
  expect(readItems((await get(newsOf('취준'))).text)).toEqual([]);
});

it('a source can hang or drip while the others answer', async () => {
  await switchTo('google-news', 'hang');
  await switchTo('naver-news', 'slow', { pace: 5 });
  const given = new AbortController();
  const hanging = fetch(`${sites.url}/news.google.com/rss/search?q=a&ceid=KR:ko`, { signal: given.signal });
  let state = 'waiting';
  const ended = hanging.then(
    () => (state = 'answered'),
    () => (state = 'given up'),
  );
  const dripping = await fetch(`${sites.url}/openapi.naver.com/v1/search/news.json?query=a`, {
    signal: given.signal,
  });
  const reader = dripping.body!.getReader();
  expect((await reader.read()).value).toHaveLength(1);
  expect((await get(blogsOf('취준'))).status).toBe(200);
  expect(state).toBe('waiting');
  given.abort();
  await ended;
  expect(state).toBe('given up');
});

it('tells every request it has seen, and no key', async () => {
  await get(`${videosOf('취준')}&key=youtube-key`, { 'if-none-match': '"a"' });
  await get('https://consent.google.com/m?continue=x');
  const { requests } = (await control('requests')) as { requests: LoggedRequest[] };
  expect(requests).toMatchObject([
    {
      source: 'youtube',
      host: 'www.googleapis.com',
      userAgent: 'LoopUsBot/1.0',
      ifNoneMatch: '"a"',
      keys: ['x-goog-api-key'],
      status: 200,
    },
    { source: null, host: 'consent.google.com', path: '/m?continue=x', status: 404 },
  ]);
  expect(JSON.stringify(requests)).not.toContain('youtube-key');
  const after = await control(`requests?after=${requests[0]!.number}`);
  expect(after.requests).toHaveLength(1);
  expect((await control('requests?host=brunch.co.kr')).requests).toEqual([]);
});

it('an address given away stays good over a restart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'crawl-sites-'));
  try {
    const keptIn = join(folder, 'tags.json');
    const before = await startCrawlSites({ keys, keptIn });
    const found = await fetch(`${before.url}/api.brunch.co.kr/v1/search/article?q=a`);
    const { data } = (await found.json()) as Body;
    await before.close();
    const after = await startCrawlSites({ keys, keptIn });
    const [{ profileId, no, title }] = data.list;
    const page = await fetch(`${after.url}/brunch.co.kr/@${profileId}/${no}`);
    expect([page.status, await page.text()]).toEqual([
      200,
      expect.stringContaining(`<title>${title}</title>`),
    ]);
    await after.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
