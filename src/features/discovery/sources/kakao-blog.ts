import * as z from 'zod';
import { KOREAN_ZONE } from '../../../platform/korea-time.ts';
import {
  cleanMarkup,
  collectItems,
  identifyAddress,
  MAX_AUTHOR,
  MAX_TITLE,
  parseDate,
  readAddress,
  readJson,
  readPictureAddress,
  Text,
  tryJson,
} from '../reading/index.ts';
import { SourceError, type DropReason, type FoundItem, type Source } from '../source.ts';

const HOST = 'dapi.kakao.com';
const BASE = `https://${HOST}/`;
const MAX_BODY = 1024 * 1024;
/** The most a page may have. */
const POSTS = 50;

const Answer = z.object({ documents: z.array(z.unknown()) });
const Post = z.object({ title: Text, url: Text, blogname: Text, thumbnail: Text, datetime: Text });
const ErrorBody = z.object({ code: z.number().catch(0), errorType: Text, msg: Text, message: Text });

/** Daum's blog search, by Kakao's API. */
export const kakaoBlog: Source = {
  id: 'kakao-blog',
  name: 'Daum 블로그',
  kind: 'blog',
  hosts: [HOST],
  budget: {
    // Tens of thousands of searches a day are allowed; one a second disturbs nobody, and 1,000 take 17 minutes of the day.
    pauseSeconds: 1,
    visits: 1000,
    quotas: [{ name: 'kakao.blog', limit: 20_000, timeZone: KOREAN_ZONE }],
  },
  isRobotsAsked: false,
  isConfigured: ({ kakaoKey }) => kakaoKey !== undefined,

  requests({ phrase }, { kakaoKey }) {
    if (kakaoKey === undefined) throw new SourceError('config_error');
    const parameters = new URLSearchParams({
      query: phrase,
      sort: 'recency',
      page: '1',
      size: String(POSTS),
    });
    return [
      {
        step: 'search',
        url: `${BASE}v2/search/blog?${parameters}`,
        accept: 'application/json',
        headers: { Authorization: `KakaoAK ${kakaoKey}` },
        maxBytes: MAX_BODY,
        quota: { name: 'kakao.blog', cost: 1 },
      },
    ];
  },

  async parse(page, before, { now }) {
    const body = readJson(page);
    const answer = Answer.safeParse(body);
    if (!answer.success) throw new SourceError(judgeError(body)?.outcome ?? 'schema_changed');
    const read = (entry: unknown) => readPost(entry, now);
    return { ...(await collectItems(answer.data.documents, before, read)), next: [], later: [] };
  },

  judge({ status, body }) {
    const judged = judgeError(tryJson(body));
    if (judged) return judged;
    if (status === 401 || status === 403) return { outcome: 'config_error' };
    return status === 400 ? { outcome: 'request_refused' } : undefined;
  },
};

/** https://developers.kakao.com/docs/latest/en/rest-api/error-code */
function judgeError(body: unknown): ReturnType<NonNullable<Source['judge']>> {
  const error = ErrorBody.safeParse(body).data;
  if (!error) return undefined;
  if (
    error.code === -10 ||
    error.code === -11 ||
    /limit has been exceeded|quota/i.test(error.msg + error.message)
  ) {
    return { outcome: 'quota_spent', isDaySpent: true };
  }
  if ([-3, -4, -5, -8, -12, -401].includes(error.code)) return { outcome: 'config_error' };
  if (error.errorType === 'AccessDeniedError') return { outcome: 'config_error' };
  if (error.errorType === 'RequestThrottled') return { outcome: 'throttled' };
  // -7: under maintenance.
  return error.code === -1 || error.code === -7 ? { outcome: 'unreachable' } : undefined;
}

async function readPost(entry: unknown, now: Date): Promise<FoundItem | DropReason> {
  const post = Post.safeParse(entry).data;
  if (!post) return 'malformed';
  const title = cleanMarkup(post.title, MAX_TITLE);
  if (title === '') return 'no_title';
  const url = readAddress(post.url, BASE);
  if (!(url instanceof URL)) return url;
  return {
    identities: [await identifyAddress(url)],
    title,
    author: cleanMarkup(post.blogname, MAX_AUTHOR) || null,
    url: url.href,
    pictureUrl: readPictureAddress(post.thumbnail, url.href),
    publishedAt: parseDate(post.datetime, now),
    language: null,
  };
}
