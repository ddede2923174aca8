import * as z from 'zod';
import {
  brunchIdentity,
  cleanMarkup,
  collectItems,
  Entries,
  listOf,
  MAX_AUTHOR,
  MAX_TITLE,
  parseDate,
  readJson,
  readPictureAddress,
  Text,
  TextOrNumber,
} from '../reading/index.ts';
import { SourceError, type DropReason, type FoundItem, type Outcome, type Source } from '../source.ts';
import { findWall, readBrunchPage } from './brunch-page.ts';

const API = 'api.brunch.co.kr';
const SITE = 'brunch.co.kr';
const BASE = `https://${SITE}/`;
const MAX_LIST = 1024 * 1024;
/** What is read of an article's page: its head. */
const MAX_PAGE = 256 * 1024;
const ARTICLES = 20;

/** Brunch: its search, or where robots.txt closes that the listing of a keyword; then pages of articles for what lacks. */
export const brunch: Source = {
  id: 'brunch',
  name: 'brunch',
  kind: 'blog',
  hosts: [API, SITE],
  // Its robots.txt asks for 5 s. 300 visits and a page or two for each are an hour and a half of the day.
  budget: { pauseSeconds: 5, visits: 300 },
  isRobotsAsked: true,
  isConfigured: () => true,

  requests({ phrase }) {
    const search = new URLSearchParams({
      q: phrase,
      page: '1',
      pageSize: String(ARTICLES),
      highlighter: 'n',
      escape: 'y',
      sortBy: 'recency',
    });
    const common = {
      accept: 'application/json',
      headers: { Referer: BASE },
      maxBytes: MAX_LIST,
      isConditional: true,
    } as const;
    return [
      { ...common, step: 'search', url: `https://${API}/v1/search/article?${search}` },
      { ...common, step: 'keyword', url: `https://${API}/v1/top/keyword/${encodeURIComponent(phrase)}` },
    ];
  },

  async parse(page, before, { now }) {
    if (page.step === 'article') return readBrunchPage(page, before, now);
    const entries = readList(readJson(page, findWall));
    const found = await collectItems(entries, before, (entry) => readArticle(entry, now));
    const lacking = found.items.filter((item) => item.publishedAt === null || item.pictureUrl === null);
    const later = lacking.map(({ url }) => ({
      step: 'article',
      url,
      accept: 'text/html' as const,
      maxBytes: MAX_PAGE,
    }));
    return { ...found, next: [], later };
  },

  judge({ status, body }) {
    const wall = findWall(body);
    if (wall) return { outcome: wall };
    return status === 401 ? { outcome: 'blocked_login' } : undefined;
  },
};

const Answer = z.object({
  code: z.coerce.number().optional().catch(undefined),
  data: z.unknown().optional(),
});
const Lists = z.object({ list: z.array(z.unknown()).nullable() });
const KeywordLists = z.object({ articleList: z.array(z.unknown()).nullable() });

/** The entries, wherever the answer has them. Its `code` counts, for it comes with a 200 whatever it is. */
function readList(body: unknown): unknown[] {
  const answer = Answer.safeParse(body).data;
  const { code = 200, data } = answer ?? {};
  if (code < 200 || code > 299) throw new SourceError(judgeCode(code));
  if (data === null) return [];
  if (Array.isArray(data)) return data;
  const list = Lists.safeParse(data).data?.list;
  const articles = list === undefined ? KeywordLists.safeParse(data).data?.articleList : list;
  if (articles === undefined) throw new SourceError('schema_changed');
  return articles ?? [];
}

function judgeCode(code: number): Outcome {
  if (code === 401 || code === 403) return 'blocked_login';
  if (code === 429) return 'throttled';
  return code >= 500 ? 'unreachable' : 'http_error';
}

const Profile = z.object({ userId: Text, profileId: Text, userName: Text });
const PictureList = listOf(z.object({ type: Text, url: Text }));
const Article = z.object({
  userId: Text,
  profileId: Text,
  userName: Text,
  contentId: Text,
  no: TextOrNumber,
  title: Text,
  publishTime: z.unknown().optional(),
  publishTimestamp: z.unknown().optional(),
  articleImageForHome: Text,
  articleImageList: PictureList,
  articleImageListForHome: Entries,
  notPublished: z.boolean().catch(false),
  profile: Profile.catch({ userId: '', profileId: '', userName: '' }),
});
/** In the listing of a keyword the article stands beside its writer. */
const Listed = z
  .object({ article: z.looseObject({}), profile: z.unknown().optional() })
  .transform(({ article, profile }) => ({ profile, ...article }));

function readArticle(entry: unknown, now: Date): FoundItem | DropReason {
  const article = Article.safeParse(Listed.safeParse(entry).data ?? entry).data;
  if (!article) return 'malformed';
  if (article.notPublished) return 'gone';
  const title = cleanMarkup(article.title, MAX_TITLE);
  if (title === '') return 'no_title';
  const names = readNames(article);
  if (!names) return 'no_id';
  return {
    ...names,
    title,
    author: cleanMarkup(article.userName || article.profile.userName, MAX_AUTHOR) || null,
    pictureUrl: choosePicture(article),
    publishedAt: parseDate(article.publishTime, now) ?? parseDate(article.publishTimestamp, now),
    language: null,
  };
}

/** By which names the article is known, and the address made of the public one if there is one. */
function readNames(article: z.output<typeof Article>): Pick<FoundItem, 'identities' | 'url'> | undefined {
  const [contentUser = '', contentNumber = ''] = article.contentId.split(/_(?=\d+$)/);
  const userId = article.userId || article.profile.userId || contentUser;
  const profileId = article.profileId || article.profile.profileId;
  const number = article.no || contentNumber;
  const byUser = brunchIdentity({ userId }, number);
  const byProfile = brunchIdentity({ profileId }, number);
  const identities = [byUser, byProfile].filter((identity) => identity !== undefined);
  if (identities.length === 0) return undefined;
  const name = byProfile ? `@${profileId}` : `@@${userId}`;
  return { identities, url: `${BASE}${name}/${Number(number)}` };
}

/** Not `articleImageForHomeOrDefault`: that is a picture of Brunch's. */
function choosePicture(article: z.output<typeof Article>): string | null {
  const cover = article.articleImageList.find(({ type }) => type === 'cover')?.url;
  const [listed] = article.articleImageListForHome;
  const listedUrl = typeof listed === 'string' ? listed : z.object({ url: Text }).safeParse(listed).data?.url;
  return readPictureAddress(article.articleImageForHome || cover || listedUrl, BASE);
}
