import * as z from 'zod';
import { decodeText } from '../../../platform/decode-text.ts';
import {
  brunchIdentity,
  cleanLine,
  foldItems,
  identifyAddress,
  MAX_AUTHOR,
  MAX_TITLE,
  parseDate,
  readPictureAddress,
  Text,
  tryJson,
} from '../reading/index.ts';
import { SourceError, type FoundItem, type Outcome, type Parsed, type SourcePage } from '../source.ts';

/** What is looked at of a head (characters): the time of reading it grows with the square of how deep it is nested. */
const MAX_HEAD = 64 * 1024;
/** Islands are looked through until one holds an article. */
const MAX_ISLANDS = 30;

/** `서비스 접속이 원활하지 않습니다`: the page says that it is down, with a 200. */
const OUTAGE = /wrap_exception|서비스 접속이 원활하지 않습니다/;
const LOGIN = /(?:accounts\.kakao\.com|logins\.daum\.net)\/[\w/]*login/i;
/** Of a series: its place in front of the title. */
const EPISODE = /^\d{1,4}화\s+/;

/** What Brunch puts in place of an answer; undefined when this is none of that. */
export function findWall(text: string): Outcome | undefined {
  if (LOGIN.test(text)) return 'blocked_login';
  return OUTAGE.test(text) ? 'unreachable' : undefined;
}

/**
 * What an article's page says of it. Throws `layout_changed` when it no longer says what an article is; what stands there
 * instead of an article is told apart.
 */
export async function readBrunchPage(
  page: SourcePage,
  before: readonly FoundItem[],
  now: Date,
): Promise<Parsed> {
  const html = decodeText(page.bytes, page.contentType);
  const head = await readHead(html);
  const island = await readIsland(html);
  const title = cleanLine(island.title || (head.meta('og:title') ?? '').replace(EPISODE, ''), MAX_TITLE);
  const written = island.publishTime ?? head.meta('article:published_time') ?? head.meta('og:regDate');
  const publishedAt = parseDate(written, now);
  const picture = head.meta('og:image');
  const address = URL.parse(page.url);
  const isArticle = head.meta('og:type') === 'article' || publishedAt !== null;
  if (title === '' || !isArticle || !address) throw new SourceError(findWall(html) ?? 'layout_changed');
  const author = island.userName || head.meta('og:article:author') || head.meta('article:media_name') || '';
  const item: FoundItem = {
    identities: await identifyPage(address, head, island.userId),
    title,
    author: cleanLine(author, MAX_AUTHOR) || null,
    url: address.href,
    pictureUrl: readPictureAddress(picture, address.href),
    publishedAt,
    language: null,
  };
  return { items: foldItems([...before, item]), dropped: {}, next: [], later: [] };
}

type Head = {
  meta(name: string): string | undefined;
  canonical: string | undefined;
  feed: string | undefined;
};

/** Loaded with the first page: the start-up of every isolate would pay for it otherwise. */
async function parseDocument(html: string) {
  const { parseHTML } = await import('linkedom/worker');
  return parseHTML(html).document;
}

async function readHead(html: string): Promise<Head> {
  const end = html.indexOf('</head');
  const document = await parseDocument(html.slice(0, Math.min(end === -1 ? MAX_HEAD : end, MAX_HEAD)));
  const metas = new Map<string, string>();
  for (const meta of document.querySelectorAll('meta[content]')) {
    const name = meta.getAttribute('property') ?? meta.getAttribute('name') ?? '';
    const content = meta.getAttribute('content')?.trim();
    if (content && !metas.has(name)) metas.set(name, content);
  }
  return {
    meta: (name) => metas.get(name),
    canonical: document.querySelector('link[rel=canonical]')?.getAttribute('href') ?? metas.get('og:url'),
    feed: document.querySelector('link[type="application/rss+xml"]')?.getAttribute('href') ?? undefined,
  };
}

/** Of Astro's properties: a value is a pair of its type (0: plain) and itself. */
const prop = <T extends z.ZodType>(value: T) =>
  z.tuple([z.literal(0), value]).transform(([, inner]) => inner);
const IslandProps = z.object({
  article: prop(
    z.object({
      title: prop(Text).catch(''),
      userName: prop(Text).catch(''),
      userId: prop(Text).catch(''),
      publishTime: prop(z.number().optional()).catch(undefined),
    }),
  ),
});
type Island = z.output<typeof IslandProps>['article'];

/** The data of the script that shows the article, as Brunch's pages have it since 2025. */
async function readIsland(html: string): Promise<Island> {
  let at = -1;
  for (let count = 0; count < MAX_ISLANDS; count += 1) {
    at = html.indexOf('<astro-island', at + 1);
    const end = at === -1 ? -1 : html.indexOf('>', at);
    if (end === -1) break;
    const document = await parseDocument(`${html.slice(at, end + 1)}</astro-island>`);
    const props = document.querySelector('astro-island')?.getAttribute('props') ?? '';
    const read = IslandProps.safeParse(tryJson(props));
    if (read.success) return read.data.article;
  }
  return { title: '', userName: '', userId: '', publishTime: undefined };
}

/** By all names that the page gives of its writer; those of another article or site are not believed. */
async function identifyPage(address: URL, { canonical, feed }: Head, userId: string): Promise<string[]> {
  const number = /\/(\d+)\/?$/.exec(address.pathname)?.[1] ?? '';
  const own = await identifyAddress(address);
  const canonicalUrl = URL.parse(canonical ?? '', address);
  const isSameArticle =
    canonicalUrl?.hostname === address.hostname && canonicalUrl.pathname.endsWith(`/${number}`);
  const feedUserId = /\/rss\/@@([\w.-]+)$/.exec(feed ?? '')?.[1] ?? '';
  const byUser = brunchIdentity({ userId: userId || feedUserId }, number);
  const others = [isSameArticle ? await identifyAddress(canonicalUrl) : undefined, byUser];
  return [...new Set([own, ...others.filter((identity) => identity !== undefined)])];
}
