import { describe, expect, it } from 'vitest';
import {
  crawlConfig,
  crawlNow,
  makeGoogleError,
  makeVideo,
  makeVideoHit,
  makeYoutubeAnswer,
  parsePage,
} from '../../../../test/harness/crawl.ts';
import type { FoundItem } from '../source.ts';
import { youtube } from './youtube.ts';

const IDS = [
  'A2SDDphj6eY',
  '_ycZgDAKe6Q',
  '3mu6aVhnOkY',
  'lWABP2gSS4U',
  '3sZyEGFLKU0',
  'hnanNlDbsE4',
] as const;
const CHANNEL = 'UC_x5XG1OV2P6uZZ5FSM9Ttw';

const search = (items?: unknown[]) => parsePage(youtube, makeYoutubeAnswer('search', items));
const videos = (before: FoundItem[], items?: unknown[]) =>
  parsePage(youtube, makeYoutubeAnswer('video', items), { step: 'videos', before });
const outcomeOf = (parsing: Promise<unknown>) =>
  parsing.then(
    () => 'ok',
    (error: { outcome: string }) => error.outcome,
  );
const judge = (status: number, body: string) =>
  youtube.judge?.({
    status,
    url: 'https://www.googleapis.com/youtube/v3/search',
    headers: new Headers(),
    body,
  });

describe('YouTube', () => {
  it('30: is asked for a phrase, encoded once, with the key in a header', () => {
    const [request] = youtube.requests({ phrase: 'c++ & 채용', now: crawlNow }, crawlConfig);
    const url = new URL(request?.url ?? '');
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      q: 'c++ & 채용',
      type: 'video',
      relevanceLanguage: 'ko',
      regionCode: 'KR',
      maxResults: '25',
      publishedAfter: '2025-11-24T00:00:00Z',
    });
    expect(request?.url).not.toContain('AIza');
    expect(request).toMatchObject({
      headers: { 'X-Goog-Api-Key': 'AIza-test-key' },
      quota: { name: 'youtube.search', cost: 1 },
    });
    expect(() =>
      youtube.requests({ phrase: 'x', now: crawlNow }, { ...crawlConfig, youtubeKey: undefined }),
    ).toThrow('config_error');
  });

  it('gives videos: found, looked at, and with the picture of their channel', async () => {
    const found = await search([makeVideoHit(IDS[0], { title: '개그맨 A &amp; B <3 &#39;특강&#39;' })]);
    expect(found.items).toEqual([
      {
        identities: [`youtube:${IDS[0]}`],
        title: "개그맨 A & B <3 '특강'",
        author: '채널',
        url: `https://www.youtube.com/watch?v=${IDS[0]}`,
        pictureUrl: `https://i.ytimg.com/vi/${IDS[0]}/hqdefault.jpg`,
        publishedAt: new Date('2026-11-20T10:00:14Z'),
        language: null,
        channelId: CHANNEL,
      },
    ]);
    const [videosRequest] = found.next;
    expect(new URL(videosRequest?.url ?? '').pathname).toBe('/youtube/v3/videos');
    expect(new URL(videosRequest?.url ?? '').searchParams.get('id')).toBe(IDS[0]);
    expect(videosRequest).toMatchObject({ step: 'videos', quota: { name: 'youtube.pool', cost: 1 } });
    expect(videosRequest?.url).not.toContain('AIza');

    const looked = await videos(found.items, [
      makeVideo(IDS[0], { snippet: { title: "A &amp; B <3 '특강'" } }),
    ]);
    expect(looked.items[0]).toMatchObject({
      title: "A &amp; B <3 '특강'",
      pictureUrl: `https://i.ytimg.com/vi/${IDS[0]}/maxresdefault.jpg`,
      durationSeconds: 3723,
      language: 'ko',
      channelId: CHANNEL,
    });
    expect(new URL(looked.next[0]?.url ?? '').searchParams.get('id')).toBe(CHANNEL);

    const channel = {
      kind: 'youtube#channel',
      id: CHANNEL,
      snippet: {
        thumbnails: {
          default: { url: 'https://yt3.ggpht.com/s88' },
          medium: { url: 'https://yt3.ggpht.com/s240', width: 240 },
        },
      },
    };
    const whole = await parsePage(youtube, makeYoutubeAnswer('channel', [channel]), {
      step: 'channels',
      before: looked.items,
    });
    expect(whole.items).toEqual([{ ...looked.items[0], channelPictureUrl: 'https://yt3.ggpht.com/s240' }]);
    expect(whole.next).toEqual([]);
    // Channels without pictures have videos all the same.
    const bare = await parsePage(youtube, makeYoutubeAnswer('channel'), {
      step: 'channels',
      before: looked.items,
    });
    expect(bare.items).toEqual([{ ...looked.items[0], channelPictureUrl: null }]);
  });

  it('28: what is no video that can be shown is left out, the rest is there once', async () => {
    const { items, dropped, next } = await search([
      makeVideoHit(IDS[0]),
      {
        id: { kind: 'youtube#channel', channelId: CHANNEL },
        snippet: { title: 'x', thumbnails: { default: { url: 'https://a.example.org/x' } } },
      },
      { id: { kind: 'youtube#playlist', playlistId: 'PL1' } },
      { id: { kind: 'youtube#video', videoId: IDS[1] } },
      { id: { kind: 'youtube#video' }, snippet: { title: 'x' } },
      makeVideoHit('not an id!!'),
      makeVideoHit(IDS[2], { liveBroadcastContent: 'upcoming' }),
      makeVideoHit(IDS[3], { title: ' ' }),
      makeVideoHit(IDS[4], {
        thumbnails: null,
        publishedAt: 5,
        channelTitle: null,
        liveBroadcastContent: 'live',
      }),
      makeVideoHit(IDS[0], { title: '다시' }),
      null,
      'x',
    ]);
    expect(items.map(({ url }) => url.slice(-11))).toEqual([IDS[0], IDS[4]]);
    expect(items[1]).toMatchObject({ pictureUrl: null, publishedAt: null, author: null });
    expect(dropped).toEqual({ wrong_kind: 3, malformed: 3, no_id: 2, no_title: 1, repeated: 1 });
    expect(new URL(next[0]?.url ?? '').searchParams.get('id')).toBe(`${IDS[0]},${IDS[4]}`);
  });

  it('28: videos that are deleted, private, not embeddable or not yet on air fall out', async () => {
    const { items } = await search(IDS.map((id) => makeVideoHit(id)));
    const looked = await videos(items, [
      makeVideo(IDS[0], {
        contentDetails: { duration: 'P0D' },
        snippet: { defaultAudioLanguage: 'not a language' },
      }),
      makeVideo(IDS[1], { status: { privacyStatus: 'private' } }),
      makeVideo(IDS[2], { status: { embeddable: false } }),
      makeVideo(IDS[3], { snippet: { liveBroadcastContent: 'upcoming' } }),
      makeVideo(IDS[4], { status: { uploadStatus: 'deleted' } }),
    ]);
    expect(looked.items).toHaveLength(1);
    expect(looked.items[0]).toMatchObject({ durationSeconds: null, language: null });
    expect(looked.dropped).toEqual({ gone: 3, wrong_kind: 2 });
    expect(await videos(items, [])).toEqual({ items: [], dropped: { gone: 6 }, next: [], later: [] });
  });

  it('28: an answer without items is empty, one of another kind is no answer', async () => {
    expect(await search()).toEqual({ items: [], dropped: {}, next: [], later: [] });
    expect(await search([])).toEqual({ items: [], dropped: {}, next: [], later: [] });
    expect(await outcomeOf(videos([], [makeVideoHit(IDS[0])]))).toBe('schema_changed');
    for (const body of [{}, { kind: 'youtube#videoListResponse', items: [] }, [], null, 'x', 5]) {
      expect(await outcomeOf(parsePage(youtube, JSON.stringify(body)))).toBe('schema_changed');
    }
    expect(await outcomeOf(parsePage(youtube, '<html>502</html>'))).toBe('unexpected_format');
    expect(await outcomeOf(parsePage(youtube, '{"kind":', { isCut: true }))).toBe('unreachable');
  });

  const DAILY =
    "Quota exceeded for quota metric 'Search Queries' and limit 'Search Queries per day' of service 'youtube.googleapis.com'";
  const MINUTELY = DAILY.replace('per day', 'per minute');

  it.each([
    [
      'the searches of the day',
      429,
      makeGoogleError(429, 'rateLimitExceeded', DAILY, { status: 'RESOURCE_EXHAUSTED' }),
      'quota_spent',
      true,
    ],
    [
      'the calls of a minute',
      429,
      makeGoogleError(429, 'rateLimitExceeded', MINUTELY, { status: 'RESOURCE_EXHAUSTED' }),
      'throttled',
    ],
    [
      'the calls of a minute, otherwise',
      403,
      makeGoogleError(403, 'userRateLimitExceeded', 'User Rate Limit Exceeded'),
      'throttled',
    ],
    ['too many, in a way not known', 429, makeGoogleError(429, 'somethingNew', 'Slow down'), 'throttled'],
    [
      'the units of the day',
      403,
      makeGoogleError(
        403,
        'quotaExceeded',
        'The request cannot be completed because you have exceeded your <a href="/youtube/v3/getting-started#quota">quota</a>.',
      ),
      'quota_spent',
      true,
    ],
    [
      'the units of the day, otherwise',
      403,
      makeGoogleError(403, 'dailyLimitExceeded', 'Daily Limit Exceeded'),
      'quota_spent',
      true,
    ],
    [
      'an API that is not switched on',
      403,
      makeGoogleError(
        403,
        'accessNotConfigured',
        'YouTube Data API v3 has not been used in project 1 before',
      ),
      'config_error',
    ],
    [
      'an API that is switched off',
      403,
      makeGoogleError(403, 'forbidden', 'x', {
        status: 'PERMISSION_DENIED',
        details: [{ reason: 'SERVICE_DISABLED' }],
      }),
      'config_error',
    ],
    [
      'a key for other addresses',
      403,
      makeGoogleError(403, 'ipRefererBlocked', 'The referrer <empty> is blocked.'),
      'config_error',
    ],
    [
      'a wrong key',
      400,
      makeGoogleError(400, 'badRequest', 'API key not valid. Please pass a valid API key.', {
        status: 'INVALID_ARGUMENT',
        details: [{ '@type': 'x', reason: 'API_KEY_INVALID' }],
      }),
      'config_error',
    ],
    ['a wrong key, as it was', 400, makeGoogleError(400, 'keyInvalid', 'Bad Request'), 'config_error'],
    ['no key', 401, makeGoogleError(401, 'required', 'Login Required'), 'config_error'],
    ['a fault of ours', 400, makeGoogleError(400, 'invalidSearchFilter', 'x'), 'request_refused'],
    ['a fault of ours, without a word', 400, 'Bad Request', 'request_refused'],
  ])('29: %s', async (_what, status, body, outcome, ...[isDaySpent]) => {
    expect(judge(status, body)).toEqual(isDaySpent ? { outcome, isDaySpent } : { outcome });
    // With a 200 it is the same.
    const parsing = parsePage(youtube, body, { contentType: 'application/json' });
    await expect(parsing).rejects.toMatchObject({
      outcome: body.startsWith('{') ? outcome : 'unexpected_format',
    });
  });

  it('29: what says nothing of its own is judged as anywhere', () => {
    expect(judge(502, '<html><title>502</title></html>')).toBeUndefined();
    expect(judge(500, makeGoogleError(500, 'backendError', 'Backend Error'))).toBeUndefined();
    expect(judge(404, '{}')).toBeUndefined();
  });

  it('29: its errors tell no key', async () => {
    const body = makeGoogleError(400, 'badRequest', `API key not valid: key=${crawlConfig.youtubeKey}`);
    const error: unknown = await parsePage(youtube, body).catch((reason: unknown) => reason);
    expect(String(error) + JSON.stringify(error)).not.toContain(crawlConfig.youtubeKey);
  });
});
