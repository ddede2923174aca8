/**
 * www.googleapis.com/youtube/v3: search, videos and channels of the Data API with its error bodies. Searches have a
 * bucket of their own: 100 a Pacific day, 1 a call, wrong ones too (the rules since 2026-06-01); the rest 10,000 units.
 */
import { createHash } from 'node:crypto';
import type { Reply } from '../../stand-in.ts';
import { channelPicture, videoPicture, type Channel, type Library, type Video } from '../content/library.ts';
import { drawLetters } from '../content/draw.ts';
import {
  emptied,
  escapeHtml,
  htmlReply,
  readCount,
  tagOf,
  textReply,
  type Site,
  type SiteRequest,
} from '../site.ts';

export type YoutubeUse = { day: string; searches: number; units: number };

export type Youtube = Site & {
  /** What today has cost, as the service counts it. */
  use(): YoutubeUse;
  setUse(use: Partial<YoutubeUse>): YoutubeUse;
};

const SEARCHES_A_DAY = 100;
const UNITS_A_DAY = 10_000;
const ROOT = '/youtube/v3/';

/** What each method takes; another name is refused, as Google does. */
const COMMON = 'key part fields prettyPrint alt quotaUser maxResults pageToken hl';
const PARAMETERS = {
  search: `${COMMON} q type order publishedAfter publishedBefore regionCode relevanceLanguage safeSearch channelId
    videoEmbeddable videoDuration videoSyndicated videoCaption videoDefinition videoLicense eventType topicId`,
  videos: `${COMMON} id regionCode chart myRating maxHeight maxWidth`,
  channels: `${COMMON} id forHandle forUsername mine`,
} as const;

type Method = keyof typeof PARAMETERS;

export function createYoutube(library: Library, apiKey: string): Youtube {
  const counted: YoutubeUse = { day: '', searches: 0, units: 0 };

  function use(): YoutubeUse {
    const day = pacificDay(library.now());
    if (counted.day !== day) Object.assign(counted, { day, searches: 0, units: 0 });
    return counted;
  }

  function ask(request: SiteRequest, from = library): Reply {
    const { url, headers } = request;
    const method = url.pathname.startsWith(ROOT) ? url.pathname.slice(ROOT.length) : '';
    if (!isMethod(method))
      return htmlReply(404, '<!DOCTYPE html><html lang=en><title>Error 404</title></html>');
    const key = headers['x-goog-api-key'] ?? url.searchParams.get('key');
    if (!key) return errors.missingKey();
    if (key !== apiKey) return errors.wrongKey();
    const spent = use();
    if (method === 'search') {
      if (spent.searches >= SEARCHES_A_DAY) return errors.searchesSpent();
      spent.searches += 1;
    } else {
      if (spent.units >= UNITS_A_DAY) return errors.poolSpent();
      spent.units += 1;
    }
    const wrong = findWrongParameter(method, url);
    if (wrong) return wrong;
    return withValidator(request, answers[method](url, from));
  }

  return {
    source: 'youtube',
    hosts: ['www.googleapis.com', 'youtube.googleapis.com'],
    robots: () => textReply(404, 'Not Found'),
    answer: (request) => ask(request),
    use,
    setUse: (next) => Object.assign(use(), next),
    troubles: {
      empty: (request) => ask(request, emptied(library)),
      schema: () => youtubeReply(200, { kind: 'youtube#searchResults', results: [] }),
      html: () =>
        htmlReply(502, '<!DOCTYPE html><html lang=en><title>Error 502 (Server Error)!!1</title></html>'),
      key: () => errors.wrongKey(),
      quota: () => errors.searchesSpent(),
      busy: () => errors.minuteSpent(),
    },
  };
}

function isMethod(name: string): name is Method {
  return Object.hasOwn(PARAMETERS, name);
}

/** The date in California, by whose midnight quotas begin anew. */
function pacificDay(now: Date): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Los_Angeles', dateStyle: 'short' }).format(
    now,
  );
}

function youtubeReply(status: number, body: object, headers: Record<string, string> = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=UTF-8', ...headers },
    body: `${JSON.stringify(body, undefined, 2)}\n`,
  };
}

function refuse(
  code: number,
  status: string,
  reason: string,
  message: string,
  more: { domain?: string; details?: object[] } = {},
): Reply {
  const { domain = 'global', details } = more;
  return youtubeReply(code, {
    error: { code, message, errors: [{ message, domain, reason }], status, ...(details && { details }) },
  });
}

function spentLimit(limit: string): Reply {
  const message = `Quota exceeded for quota metric 'Search Queries' and limit '${limit}' of service 'youtube.googleapis.com'`;
  return refuse(429, 'RESOURCE_EXHAUSTED', 'rateLimitExceeded', message);
}

const errors = {
  missingKey: () => refuse(403, 'PERMISSION_DENIED', 'forbidden', 'The request is missing a valid API key.'),
  wrongKey: () =>
    refuse(400, 'INVALID_ARGUMENT', 'badRequest', 'API key not valid. Please pass a valid API key.', {
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
          reason: 'API_KEY_INVALID',
          domain: 'googleapis.com',
          metadata: { service: 'youtube.googleapis.com' },
        },
      ],
    }),
  searchesSpent: () => spentLimit('Search Queries per day'),
  minuteSpent: () => spentLimit('Search Queries per minute per user'),
  poolSpent: () =>
    refuse(
      403,
      'PERMISSION_DENIED',
      'quotaExceeded',
      'The request cannot be completed because you have exceeded your <a href="/youtube/v3/getting-started#quota">quota</a>.',
      { domain: 'youtube.quota' },
    ),
  invalid: (reason: string, message: string) =>
    refuse(400, 'INVALID_ARGUMENT', reason, message, { domain: 'youtube.parameter' }),
};

/** RFC 3339 with its zone. */
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;
const ORDERS = ['date', 'rating', 'relevance', 'title', 'videoCount', 'viewCount'];

function findWrongParameter(method: Method, url: URL): Reply | undefined {
  const { searchParams } = url;
  const known = PARAMETERS[method].split(/\s+/);
  const unknown = [...searchParams.keys()].find((name) => !known.includes(name));
  if (unknown !== undefined) {
    return errors.invalid('badRequest', `Invalid JSON payload received. Unknown name "${unknown}"`);
  }
  if (!searchParams.get('part')) return errors.invalid('missingRequiredParameter', "No 'part' was given.");
  if (readCount(url, 'maxResults', [5, 0, 50]) === undefined)
    return errors.invalid('invalidMaxResults', 'Invalid value for maxResults.');
  if (method !== 'search') {
    const ids = (searchParams.get('id') ?? '').split(',');
    const isFine = ids.length <= 50 && ids.every((id) => id !== '');
    return isFine ? undefined : errors.invalid('invalidFilters', 'The id filter is not valid.');
  }
  for (const name of ['publishedAfter', 'publishedBefore']) {
    const moment = searchParams.get(name);
    if (moment !== null && !MOMENT.test(moment))
      return errors.invalid(
        `invalid${name === 'publishedAfter' ? 'PublishedAfter' : 'PublishedBefore'}`,
        name,
      );
  }
  if (!ORDERS.includes(searchParams.get('order') ?? 'relevance'))
    return errors.invalid('invalidOrder', 'Invalid value for order.');
  if (!/^[A-Z]{2}$/.test(searchParams.get('regionCode') ?? 'KR'))
    return errors.invalid('invalidRegionCode', 'Invalid region code.');
  const isOfVideos = [...searchParams.keys()].some((name) => /^(?:video[A-Z]|eventType)/.test(name));
  return isOfVideos && searchParams.get('type') !== 'video'
    ? errors.invalid('invalidSearchFilter', 'The filter needs type=video.')
    : undefined;
}

function withValidator({ headers }: SiteRequest, body: object): Reply {
  const etag = etagOf(body);
  if (headers['if-none-match'] === etag) return { status: 304, headers: { etag } };
  return youtubeReply(200, { ...body, etag }, { etag, vary: 'Origin, X-Origin, Referer' });
}

function etagOf(body: object): string {
  return createHash('sha256').update(JSON.stringify(body)).digest('base64url').slice(0, 27);
}

const answers: Record<Method, (url: URL, library: Library) => object> = {
  search: searchVideos,
  videos: listVideos,
  channels: listChannels,
};

function searchVideos({ searchParams }: URL, library: Library): object {
  const most = Number(searchParams.get('maxResults') ?? 5);
  const from = Number(/^CA(\d+)AA$/.exec(searchParams.get('pageToken') ?? '')?.[1] ?? 0);
  const after = Date.parse(searchParams.get('publishedAfter') ?? '1970-01-01T00:00:00Z');
  const before = Date.parse(searchParams.get('publishedBefore') ?? '9999-01-01T00:00:00Z');
  const found = library.videos(tagOf(searchParams.get('q') ?? '')).filter(({ publishedAt }) => {
    const time = publishedAt.getTime();
    return time >= after && time < before;
  });
  if (searchParams.get('order') === 'date')
    found.sort((a, b) => b.publishedAt.getTime() - a.publishedAt.getTime());
  const [first] = found;
  const hits = found
    .slice(from, from + most)
    .map((video) => toHit({ kind: 'youtube#video', videoId: video.id }, video));
  // Without `type` channels and playlists are among them.
  if (searchParams.get('type') !== 'video' && first) {
    hits.push(toHit({ kind: 'youtube#channel', channelId: first.channel.id }, first));
    hits.push(
      toHit({ kind: 'youtube#playlist', playlistId: `PL${drawLetters(first.draw('list'), 32)}` }, first),
    );
  }
  return {
    kind: 'youtube#searchListResponse',
    ...(from + most < found.length && { nextPageToken: `CA${from + most}AA` }),
    regionCode: searchParams.get('regionCode') ?? 'KR',
    pageInfo: { totalResults: found.length * 4211, resultsPerPage: most },
    items: hits,
  };
}

function toHit(id: object, video: Video): object {
  const time = video.publishedAt.toISOString().replace('.000', '');
  return {
    kind: 'youtube#searchResult',
    etag: etagOf(id),
    id,
    snippet: {
      publishedAt: time,
      channelId: video.channel.id,
      // A search writes titles as HTML, the other methods do not.
      title: escapeHtml(video.title),
      description: `${escapeHtml(video.text.slice(0, 60))} ...`,
      thumbnails: picturesOf(video.id, ['default', 'medium', 'high']),
      channelTitle: escapeHtml(video.channel.title),
      liveBroadcastContent: 'none',
      publishTime: time,
    },
  };
}

const PICTURES = {
  default: ['default', 120, 90],
  medium: ['mqdefault', 320, 180],
  high: ['hqdefault', 480, 360],
  standard: ['sddefault', 640, 480],
  maxres: ['maxresdefault', 1280, 720],
} as const;

function picturesOf(id: string, sizes: readonly (keyof typeof PICTURES)[]): object {
  return Object.fromEntries(
    sizes.map((size) => {
      const [file, width, height] = PICTURES[size];
      return [size, { url: videoPicture(id, file), width, height }];
    }),
  );
}

function listVideos({ searchParams }: URL, library: Library): object {
  const ids = (searchParams.get('id') ?? '').split(',');
  // Deleted and private ones are simply not there.
  const found = ids.flatMap((id) => library.findVideo(id) ?? []);
  const parts = (searchParams.get('part') ?? '').split(',');
  return listReply('youtube#videoListResponse', found, (video) => pick(describeVideo(video), parts));
}

function listChannels({ searchParams }: URL, library: Library): object {
  const ids = (searchParams.get('id') ?? '').split(',');
  const found = ids.flatMap((id) => library.findChannel(id) ?? []);
  const parts = (searchParams.get('part') ?? '').split(',');
  return listReply('youtube#channelListResponse', found, (channel) => pick(describeChannel(channel), parts));
}

function listReply<T>(kind: string, found: readonly T[], describe: (one: T) => object): object {
  return {
    kind,
    pageInfo: { totalResults: found.length, resultsPerPage: found.length },
    items: found.map(describe),
  };
}

/** Kind, etag and id, and the parts that were asked for. */
function pick({ kind, id, ...parts }: Described, wanted: readonly string[]): object {
  const given = Object.entries(parts).filter(([name]) => wanted.includes(name));
  return { kind, etag: etagOf([kind, id]), id, ...Object.fromEntries(given) };
}

type Described = { kind: string; id: string; snippet: object; [part: string]: unknown };

function describeVideo(video: Video): Described {
  const { id, channel, title, text } = video;
  return {
    kind: 'youtube#video',
    id,
    snippet: {
      publishedAt: video.publishedAt.toISOString().replace('.000', ''),
      channelId: channel.id,
      title,
      description: text,
      thumbnails: picturesOf(id, ['default', 'medium', 'high', 'standard', 'maxres']),
      channelTitle: channel.title,
      tags: ['대학생', '진로'],
      categoryId: '27',
      liveBroadcastContent: 'none',
      defaultAudioLanguage: 'ko',
      localized: { title, description: text },
    },
    contentDetails: {
      duration: formatDuration(video.seconds),
      dimension: '2d',
      definition: 'hd',
      caption: 'false',
      licensedContent: true,
      projection: 'rectangular',
    },
    status: {
      uploadStatus: 'processed',
      privacyStatus: 'public',
      license: 'youtube',
      embeddable: true,
      publicStatsViewable: true,
      madeForKids: false,
    },
    statistics: { viewCount: String(video.draw('views').between(80, 90_000)), favoriteCount: '0' },
  };
}

function describeChannel({ id, title }: Channel): Described {
  const sizes = { default: 88, medium: 240, high: 800 };
  const thumbnails = Object.fromEntries(
    Object.entries(sizes).map(([size, pixels]) => [
      size,
      { url: channelPicture(id, pixels), width: pixels, height: pixels },
    ]),
  );
  return {
    kind: 'youtube#channel',
    id,
    snippet: {
      title,
      description: '',
      customUrl: `@${id.slice(2, 14).toLowerCase()}`,
      publishedAt: '2021-03-02T00:00:00Z',
      thumbnails,
      localized: { title, description: '' },
      country: 'KR',
    },
  };
}

/** ISO 8601: `PT1H2M3S`. */
function formatDuration(seconds: number): string {
  const [hours, minutes, rest] = [
    Math.floor(seconds / 3600),
    Math.floor((seconds % 3600) / 60),
    seconds % 60,
  ];
  return `PT${hours ? `${hours}H` : ''}${minutes ? `${minutes}M` : ''}${rest ? `${rest}S` : ''}`;
}
