import * as z from 'zod';
import { KOREAN_ZONE } from '../../../platform/korea-time.ts';
import {
  cleanMarkup,
  collectItems,
  foldHost,
  identifyAddress,
  identifyStory,
  MAX_TITLE,
  parseDate,
  readAddress,
  readJson,
  Text,
  tryJson,
} from '../reading/index.ts';
import { SourceError, type DropReason, type FoundItem, type Source } from '../source.ts';

const HOST = 'openapi.naver.com';
const BASE = `https://${HOST}/`;
const MAX_BODY = 1024 * 1024;
/** Of 100 at most. A tag that is visited daily has no more news in a day that anybody would read. */
const ARTICLES = 50;

const Answer = z.object({ items: z.array(z.unknown()) });
const Article = z.object({ title: Text, originallink: Text, link: Text, pubDate: Text });
const ErrorBody = z.object({ errorCode: Text, errorMessage: Text });

/** Naver's news search, by its API. */
export const naverNews: Source = {
  id: 'naver-news',
  name: 'NAVER News',
  kind: 'news',
  hosts: [HOST],
  budget: {
    // 25,000 searches a day are allowed; one a second disturbs nobody, and 1,000 take 17 minutes of the day.
    pauseSeconds: 1,
    visits: 1000,
    quotas: [{ name: 'naver.search', limit: 20_000, timeZone: KOREAN_ZONE }],
  },
  isRobotsAsked: false,
  isConfigured: ({ naver }) => naver !== undefined,

  requests({ phrase }, { naver }) {
    if (!naver) throw new SourceError('config_error');
    const parameters = new URLSearchParams({
      query: phrase,
      display: String(ARTICLES),
      start: '1',
      sort: 'date',
    });
    return [
      {
        step: 'search',
        url: `${BASE}v1/search/news.json?${parameters}`,
        accept: 'application/json',
        headers: { 'X-Naver-Client-Id': naver.clientId, 'X-Naver-Client-Secret': naver.clientSecret },
        maxBytes: MAX_BODY,
        quota: { name: 'naver.search', cost: 1 },
      },
    ];
  },

  async parse(page, before, { now }) {
    const body = readJson(page);
    const answer = Answer.safeParse(body);
    if (!answer.success) throw new SourceError(judgeError(body)?.outcome ?? 'schema_changed');
    const read = (entry: unknown) => readArticle(entry, now);
    return { ...(await collectItems(answer.data.items, before, read)), next: [], later: [] };
  },

  judge({ status, body }) {
    if (status === 401 || status === 403) return { outcome: 'config_error' };
    return judgeError(tryJson(body)) ?? (status === 400 ? { outcome: 'request_refused' } : undefined);
  },
};

/** https://developers.naver.com/docs/common/openapiguide/errorcode.md */
function judgeError(body: unknown): ReturnType<NonNullable<Source['judge']>> {
  const error = ErrorBody.safeParse(body).data;
  if (!error?.errorCode) return undefined;
  const { errorCode, errorMessage } = error;
  if (errorCode === '010' || /query limit|daily|쿼리 한도/i.test(errorMessage)) {
    return { outcome: 'quota_spent', isDaySpent: true };
  }
  if (errorCode === '012') return { outcome: 'throttled' };
  if (/^02[0-9]$/.test(errorCode)) return { outcome: 'config_error' };
  return errorCode.startsWith('SE') && errorCode !== 'SE99' ? { outcome: 'request_refused' } : undefined;
}

async function readArticle(entry: unknown, now: Date): Promise<FoundItem | DropReason> {
  const article = Article.safeParse(entry).data;
  if (!article) return 'malformed';
  const title = cleanMarkup(article.title, MAX_TITLE);
  if (title === '') return 'no_title';
  const original = readAddress(article.originallink, BASE);
  const atNaver = readAddress(article.link, BASE);
  const url = original instanceof URL ? original : atNaver;
  if (!(url instanceof URL)) return url;
  const isAtPublisher = original instanceof URL && !isNaver(original);
  const identities = await Promise.all([
    identifyAddress(url),
    ...(atNaver instanceof URL ? [identifyAddress(atNaver)] : []),
    ...(isAtPublisher ? [identifyStory(original.hostname, title)] : []),
  ]);
  return {
    identities: [...new Set(identities)],
    title,
    // The API does not name newspapers; the site is what tells one from another.
    author: isAtPublisher ? foldHost(original.hostname) : null,
    url: url.href,
    pictureUrl: null,
    publishedAt: parseDate(article.pubDate, now),
    language: null,
  };
}

function isNaver({ hostname }: URL): boolean {
  return /(?:^|\.)naver\.com$/.test(hostname);
}
