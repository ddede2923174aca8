import { fromBase64Url, sha256 } from '../../../platform/crypto.ts';
import {
  cleanLine,
  collectItems,
  cutLine,
  foldHost,
  identifyAddress,
  identifyStory,
  isCaptcha,
  MAX_AUTHOR,
  MAX_TITLE,
  parseDate,
  readAddress,
  readFeed,
  readLanguage,
  stripTags,
  unwrapAddress,
  type RssItem,
} from '../reading/index.ts';
import type { DropReason, FoundItem, Source } from '../source.ts';

const HOST = 'news.google.com';
const BASE = `https://${HOST}/`;
/** 100 items, the most it gives, are 135 KB. */
const MAX_FEED = 2 * 1024 * 1024;
const ARTICLE_PATH = /^\/(?:rss\/)?articles\/(?<id>[\w-]{10,1000})={0,2}$/;
const ARTICLE_ID = /^[\w-]{10,1000}$/;

/** Google News: search as RSS. Its robots.txt closes it, so it is read only where the operator says so. */
export const googleNews: Source = {
  id: 'google-news',
  name: 'Google News',
  kind: 'news',
  hosts: [HOST],
  // A search engine that blocks whoever is quick: one request in 2 s, so 500 take 17 minutes of the day.
  budget: { pauseSeconds: 2, visits: 500 },
  isRobotsAsked: true,
  isConfigured: () => true,

  requests({ phrase }) {
    // Older articles than we keep are not asked for; it is a hint only, and dates are looked at again.
    const parameters = new URLSearchParams({
      q: `"${phrase}" when:30d`,
      hl: 'ko',
      gl: 'KR',
      ceid: 'KR:ko',
    });
    return [
      {
        step: 'search',
        url: `${BASE}rss/search?${parameters}`,
        accept: 'application/rss+xml',
        maxBytes: MAX_FEED,
        isConditional: true,
      },
    ];
  },

  async parse(page, before, { now }) {
    const feed = readFeed(page);
    const language = readLanguage(feed.language);
    const read = (entry: RssItem) => readArticle(entry, language, now);
    return { ...(await collectItems(feed.items, before, read)), next: [], later: [] };
  },

  judge({ url, body }) {
    return isCaptcha(url, body) ? { outcome: 'throttled' } : undefined;
  },
};

async function readArticle(
  entry: RssItem,
  language: string | null,
  now: Date,
): Promise<FoundItem | DropReason> {
  const publisher = cleanLine(entry.source, MAX_TITLE);
  const title = readHeadline(entry.title, publisher);
  if (title === '') return 'no_title';
  const written =
    entry.link.trim() === '' && ARTICLE_ID.test(entry.guid) ? `/rss/articles/${entry.guid}` : entry.link;
  const link = readAddress(written, BASE);
  if (!(link instanceof URL)) return link;
  const article = await identifyArticle(unwrapAddress(link));
  const site = URL.parse(entry.sourceUrl)?.hostname;
  return {
    identities: [...article.identities, ...(site ? [await identifyStory(site, title)] : [])],
    title,
    author: cutLine(publisher, MAX_AUTHOR) || (site ? foldHost(site) : null),
    url: article.url,
    pictureUrl: null,
    publishedAt: parseDate(entry.pubDate, now),
    language,
  };
}

/** The title without the publisher, which stands behind it exactly as in `source`. Either may hold ` - ` itself. */
function readHeadline(text: string, publisher: string): string {
  const title = ` ${cleanLine(stripTags(text), Infinity)}`;
  const suffix = ` - ${publisher}`;
  const isSuffixed = publisher !== '' && title.endsWith(suffix);
  return cutLine((isSuffixed ? title.slice(0, -suffix.length) : title).trim(), MAX_TITLE);
}

/** An article's id at Google is all that leads to it, unless it is an old one, which holds the publisher's address. */
async function identifyArticle(link: URL): Promise<{ url: string; identities: string[] }> {
  const id = link.hostname === HOST ? ARTICLE_PATH.exec(link.pathname)?.groups?.['id'] : undefined;
  if (id === undefined) return { url: link.href, identities: [await identifyAddress(link)] };
  const google = `gnews:${await sha256(id)}`;
  const inner = decodeArticleId(id);
  if (!inner) return { url: link.href, identities: [google] };
  return { url: inner.href, identities: [await identifyAddress(inner), google] };
}

/** The address in an id from before mid-2024 (a protocol buffer: 08 13 22, length, address); later ones are opaque. */
function decodeArticleId(id: string): URL | undefined {
  const bytes = readBase64(id);
  if (!bytes || bytes[0] !== 0x08 || bytes[1] !== 0x13 || bytes[2] !== 0x22) return undefined;
  const [low = 0, high = 0] = bytes.subarray(3, 5);
  const [length, start] = low < 0x80 ? [low, 4] : [(low & 0x7f) | (high << 7), 5];
  const text = new TextDecoder('latin1').decode(bytes.subarray(start, start + length));
  const url = /^https?:\/\//.test(text) && text.length === length ? readAddress(text, BASE) : undefined;
  return url instanceof URL && url.hostname !== HOST ? url : undefined;
}

function readBase64(text: string): Uint8Array | undefined {
  try {
    return fromBase64Url(text);
  } catch {
    return undefined;
  }
}
