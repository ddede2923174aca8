/** Answers of the sites that are crawled, in the formats they have, for tests. */
import type {
  CrawlConfig,
  FoundItem,
  Parsed,
  Source,
  SourcePage,
} from '../../src/features/discovery/source.ts';

export const crawlConfig: CrawlConfig = {
  robotsExceptions: [],
  contact: 'crawl@example.com',
  standInUrl: undefined,
  youtubeKey: 'AIza-test-key',
  naver: { clientId: 'naver-id', clientSecret: 'naver-secret' },
  kakaoKey: 'kakao-key',
};

export const crawlNow = new Date('2026-11-24T05:00:00Z');

type PageOptions = Partial<Omit<SourcePage, 'bytes'>>;

/** A page as a source's `parse` gets it. Objects become JSON. */
export function pageOf(body: string | Uint8Array | object, options: PageOptions = {}): SourcePage {
  const isBytes = body instanceof Uint8Array;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return {
    step: 'search',
    url: 'https://example.com/',
    contentType: '',
    isCut: false,
    ...options,
    bytes: isBytes ? body : new TextEncoder().encode(text),
  };
}

/** What a source reads in a page. */
export async function parsePage(
  source: Source,
  body: string | Uint8Array | object,
  options: PageOptions & { before?: FoundItem[] } = {},
): Promise<Parsed> {
  const { before = [], ...page } = options;
  return source.parse(pageOf(body, page), before, { now: crawlNow, config: crawlConfig });
}

/** The text of an XML element. */
export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

export type FeedItem = {
  title?: string;
  source?: string;
  sourceUrl?: string;
  link?: string;
  guid?: string;
  pubDate?: string;
  /** Stands between the parts as it is. */
  raw?: string;
};

let articles = 0;

/** An id as Google gives them: an envelope around something opaque. */
export function makeArticleId(payload = `AU_yqL${(articles += 1).toString().padStart(60, 'x')}`): string {
  const bytes = Buffer.from(payload, 'latin1');
  const length = bytes.length < 0x80 ? [bytes.length] : [(bytes.length & 0x7f) | 0x80, bytes.length >> 7];
  return Buffer.concat([Buffer.from([0x08, 0x13, 0x22, ...length]), bytes]).toString('base64url');
}

/** An item of Google's feed. Title and source are text; what is given otherwise stands as it is. */
export function makeFeedItem(item: FeedItem = {}): string {
  const id = item.guid ?? makeArticleId();
  const { source = '조선일보', sourceUrl = 'https://www.chosun.com', raw = '' } = item;
  const title = item.title ?? `반도체 소식 ${id.slice(-6)} - ${source}`;
  const link = item.link ?? `https://news.google.com/rss/articles/${id}?oc=5`;
  const headline = escapeXml(
    `<a href="${link}" target="_blank">${escapeXml(title)}</a>&nbsp;&nbsp;<font>x</font>`,
  );
  return [
    `<item><title>${escapeXml(title)}</title><link>${link}</link><guid isPermaLink="false">${id}</guid>`,
    `<pubDate>${item.pubDate ?? 'Mon, 23 Nov 2026 02:32:00 GMT'}</pubDate>${raw}<description>${headline}</description>`,
    `<source url="${sourceUrl}">${escapeXml(source)}</source></item>`,
  ].join('');
}

/** The feed of a search at Google News. Items are given as data or as they are written. */
export function makeFeed(items: readonly (FeedItem | string)[], prolog = ''): string {
  const written = items.map((item) => (typeof item === 'string' ? item : makeFeedItem(item)));
  return `${prolog}<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><generator>NFE/5.0</generator><title>"반도체" - Google 뉴스</title><link>https://news.google.com/search?q=x&amp;hl=ko</link><language>ko</language><image><title>Google 뉴스</title><url>https://lh3.googleusercontent.com/x=w256</url><link>https://news.google.com/</link></image><description>Google 뉴스</description>${written.join('')}</channel></rss>`;
}

/** A hit of Brunch's search. */
export function makeBrunchHit(more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    userId: 'eHom',
    profileId: 'eveningdriver',
    no: 78,
    userName: 'EveningDriver',
    title: '하루가 나를 지나갈 때',
    contentSummary: '본문 요약',
    contentId: 'eHom_78',
    publishTime: Date.UTC(2026, 10, 20, 3, 30),
    articleImageForHome: 'http://t1.daumcdn.net/brunch/service/user/eHom/image/a.jpg',
    articleImageForHomeOrDefault: 'https://t1.daumcdn.net/brunch/static/img/default.png',
    articleImageList: [],
    ...more,
  };
}

export function makeBrunchAnswer(list: readonly unknown[]): object {
  return { code: 200, data: { list, moreList: false } };
}

/** The page of an article; `head` and `body` stand behind what is always there. */
export function makeBrunchPage(head = '', body = '<div class="wrap_body"></div>'): string {
  return `<!DOCTYPE html><html lang="ko"><head><meta charset="utf-8"><meta property="og:type" content="article">${head}</head><body>${body}</body></html>`;
}

/** A hit of YouTube's search. */
export function makeVideoHit(
  videoId: string,
  snippet: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    kind: 'youtube#searchResult',
    id: { kind: 'youtube#video', videoId },
    snippet: {
      publishedAt: '2026-11-20T10:00:14Z',
      channelId: 'UC_x5XG1OV2P6uZZ5FSM9Ttw',
      title: `영상 ${videoId}`,
      thumbnails: {
        default: { url: `https://i.ytimg.com/vi/${videoId}/default.jpg`, width: 120, height: 90 },
        high: { url: `https://i.ytimg.com/vi/${videoId}/hqdefault.jpg`, width: 480, height: 360 },
      },
      channelTitle: '채널',
      liveBroadcastContent: 'none',
      ...snippet,
    },
  };
}

/** A video as `videos.list` gives it. */
export function makeVideo(id: string, more: Record<string, object> = {}): Record<string, unknown> {
  return {
    kind: 'youtube#video',
    id,
    snippet: {
      publishedAt: '2026-11-20T10:00:14Z',
      channelId: 'UC_x5XG1OV2P6uZZ5FSM9Ttw',
      title: `영상 ${id}`,
      thumbnails: { maxres: { url: `https://i.ytimg.com/vi/${id}/maxresdefault.jpg`, width: 1280 } },
      channelTitle: '채널',
      liveBroadcastContent: 'none',
      defaultAudioLanguage: 'ko',
      ...more['snippet'],
    },
    contentDetails: { duration: 'PT1H2M3S', ...more['contentDetails'] },
    status: { uploadStatus: 'processed', privacyStatus: 'public', embeddable: true, ...more['status'] },
  };
}

export function makeYoutubeAnswer(kind: 'search' | 'video' | 'channel', items?: readonly unknown[]): object {
  return {
    kind: `youtube#${kind}ListResponse`,
    etag: 'x',
    nextPageToken: 'CBkQAA',
    regionCode: 'KR',
    pageInfo: { totalResults: 648286, resultsPerPage: 25 },
    ...(items ? { items } : {}),
  };
}

/** A body of an error of Google's APIs. */
export function makeGoogleError(
  code: number,
  reason: string,
  message: string,
  more: Record<string, unknown> = {},
): string {
  return JSON.stringify({
    error: { code, message, errors: [{ reason, domain: 'global', message }], ...more },
  });
}

export function makeNaverAnswer(items: readonly unknown[]): object {
  return {
    lastBuildDate: 'Tue, 24 Nov 2026 14:00:00 +0900',
    total: 648286,
    start: 1,
    display: items.length,
    items,
  };
}

export function makeNaverHit(more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    title: '<b>반도체</b> 채용 &quot;늘린다&quot;',
    originallink: 'https://www.chosun.com/economy/2026/11/24/ABC/',
    link: 'https://n.news.naver.com/mnews/article/023/0003901234?sid=101',
    description: '요약 <b>반도체</b>',
    pubDate: 'Tue, 24 Nov 2026 10:00:00 +0900',
    ...more,
  };
}

export function makeKakaoAnswer(documents: readonly unknown[]): object {
  return {
    documents,
    meta: { is_end: true, pageable_count: documents.length, total_count: documents.length },
  };
}

export function makeKakaoHit(more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    title: '<b>반도체</b> 취업 후기 &amp; 면접',
    contents: '요약',
    url: 'http://blog.naver.com/someone/223000000001',
    blogname: '취업 &lt;일기&gt;',
    thumbnail: 'https://search1.kakaocdn.net/argon/130x130_85_c/abc',
    datetime: '2026-11-23T18:50:07.000+09:00',
    ...more,
  };
}
