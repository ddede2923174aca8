import * as z from 'zod';
import {
  cleanLine,
  cleanMarkup,
  collectItems,
  completeItem,
  Entries,
  listOf,
  MAX_AUTHOR,
  MAX_TITLE,
  parseDate,
  readJson,
  readLanguage,
  readPictureAddress,
  Text,
  tryJson,
  videoIdentity,
} from '../reading/index.ts';
import {
  SourceError,
  type CrawlConfig,
  type DropReason,
  type Dropped,
  type FoundItem,
  type Parsed,
  type Source,
  type SourceRequest,
} from '../source.ts';

const HOST = 'www.googleapis.com';
const BASE = `https://${HOST}/youtube/v3/`;
const MAX_BODY = 1024 * 1024;
const VIDEOS = 25;
/** What is older says little of careers today (days). */
const MAX_AGE_DAYS = 365;
const DAY_MS = 86_400_000;

const Picture = z.object({ url: Text });
const Thumbnails = z
  .partialRecord(z.enum(['default', 'medium', 'high', 'standard', 'maxres']), Picture.catch({ url: '' }))
  .catch({});
const Answer = z.object({ kind: z.string(), items: Entries });
const Hit = z.object({
  id: z.object({ kind: Text, videoId: Text }),
  snippet: z.object({
    publishedAt: Text,
    channelId: Text,
    title: Text,
    thumbnails: Thumbnails,
    channelTitle: Text,
    liveBroadcastContent: Text,
  }),
});
const Video = z.object({
  id: z.string(),
  snippet: z.object({
    publishedAt: Text,
    title: Text,
    channelTitle: Text,
    thumbnails: Thumbnails,
    liveBroadcastContent: Text,
    defaultLanguage: Text,
    defaultAudioLanguage: Text,
  }),
  contentDetails: z.object({ duration: Text }).catch({ duration: '' }),
  status: z.object({
    uploadStatus: Text,
    privacyStatus: Text,
    embeddable: z.boolean().catch(false),
  }),
});
const HitKind = z.object({ id: z.object({ kind: z.string() }) });
const Channel = z.object({ id: z.string(), snippet: z.object({ thumbnails: Thumbnails }) });
const ErrorBody = z.object({
  error: z.object({
    code: z.number().catch(0),
    status: Text,
    message: Text,
    errors: listOf(z.object({ reason: Text, message: Text })),
    details: listOf(z.object({ reason: Text })),
  }),
});

/** YouTube: search, then the videos themselves (alive? embeddable? how long?), then the pictures of their channels. */
export const youtube: Source = {
  id: 'youtube',
  name: 'YouTube',
  kind: 'video',
  hosts: [HOST],
  budget: {
    // An API that asks for no pause. A project has 100 searches a day; 10 are left for tries by hand.
    pauseSeconds: 0,
    visits: 90,
    // Days are Pacific ones. All other calls share 10,000 units; a visit takes two.
    quotas: [
      { name: 'youtube.search', limit: 90, timeZone: 'America/Los_Angeles' },
      { name: 'youtube.pool', limit: 9000, timeZone: 'America/Los_Angeles' },
    ],
  },
  isRobotsAsked: false,
  isConfigured: ({ youtubeKey }) => youtubeKey !== undefined,

  requests({ phrase, now }, config) {
    const oldest = new Date(now.getTime() - MAX_AGE_DAYS * DAY_MS).toISOString().slice(0, 10);
    const parameters = {
      part: 'snippet',
      type: 'video',
      q: phrase,
      maxResults: String(VIDEOS),
      order: 'relevance',
      relevanceLanguage: 'ko',
      regionCode: 'KR',
      safeSearch: 'strict',
      videoEmbeddable: 'true',
      publishedAfter: `${oldest}T00:00:00Z`,
    };
    return [makeRequest('search', parameters, 'youtube.search', config)];
  },

  async parse(page, before, { now, config }) {
    const body = readJson(page);
    const answer = Answer.safeParse(body).data;
    if (!answer || answer.kind !== KINDS[page.step])
      throw new SourceError(judgeError(body)?.outcome ?? 'schema_changed');
    if (page.step === 'videos') return completeVideos(answer.items, before, now, config);
    if (page.step === 'channels') return completeChannels(answer.items, before);
    const found = await collectItems(answer.items, before, (entry) => readHit(entry, now));
    const ids = found.items.map(videoIdOf);
    const parameters = { part: 'snippet,contentDetails,status', id: ids.join(',') };
    const next = ids.length > 0 ? [makeRequest('videos', parameters, 'youtube.pool', config)] : [];
    return { ...found, next, later: [] };
  },

  judge({ status, body }) {
    const judged = judgeError(tryJson(body));
    if (judged) return judged;
    if (status === 401) return { outcome: 'config_error' };
    return status === 400 ? { outcome: 'request_refused' } : undefined;
  },
};

const KINDS: Record<string, string> = {
  search: 'youtube#searchListResponse',
  videos: 'youtube#videoListResponse',
  channels: 'youtube#channelListResponse',
};

function makeRequest(
  step: 'search' | 'videos' | 'channels',
  parameters: Record<string, string>,
  quota: string,
  { youtubeKey }: CrawlConfig,
): SourceRequest {
  if (youtubeKey === undefined) throw new SourceError('config_error');
  return {
    step,
    url: `${BASE}${step}?${new URLSearchParams(parameters)}`,
    accept: 'application/json',
    headers: { 'X-Goog-Api-Key': youtubeKey },
    maxBytes: MAX_BODY,
    quota: { name: quota, cost: 1 },
  };
}

function readHit(entry: unknown, now: Date): FoundItem | DropReason {
  const kind = HitKind.safeParse(entry).data;
  // Channels and playlists are of no use, whatever else is in them.
  if (kind !== undefined && kind.id.kind !== 'youtube#video') return 'wrong_kind';
  const hit = Hit.safeParse(entry).data;
  if (!hit) return 'malformed';
  const { id, snippet } = hit;
  const identity = videoIdentity(id.videoId);
  if (identity === undefined) return 'no_id';
  if (snippet.liveBroadcastContent === 'upcoming') return 'wrong_kind';
  // Search escapes titles, as no other call does.
  const title = cleanMarkup(snippet.title, MAX_TITLE);
  if (title === '') return 'no_title';
  return {
    identities: [identity],
    title,
    author: cleanMarkup(snippet.channelTitle, MAX_AUTHOR) || null,
    url: `https://www.youtube.com/watch?v=${id.videoId}`,
    pictureUrl: choosePicture(snippet.thumbnails),
    publishedAt: parseDate(snippet.publishedAt, now),
    language: null,
    channelId: snippet.channelId || null,
  };
}

/** What is deleted or private is missing in the answer. */
function completeVideos(
  entries: readonly unknown[],
  before: readonly FoundItem[],
  now: Date,
  config: CrawlConfig,
): Parsed {
  const videos = new Map(readAll(Video, entries).map((video) => [video.id, video]));
  const items: FoundItem[] = [];
  const dropped: Dropped = {};
  for (const item of before) {
    const video = videos.get(videoIdOf(item));
    const completed = video ? completeVideo(item, video, now) : 'gone';
    if (typeof completed === 'string') dropped[completed] = (dropped[completed] ?? 0) + 1;
    else items.push(completed);
  }
  const channels = [...new Set(items.flatMap(({ channelId }) => channelId ?? []))];
  const parameters = { part: 'snippet', id: channels.join(',') };
  const next = channels.length > 0 ? [makeRequest('channels', parameters, 'youtube.pool', config)] : [];
  return { items, dropped, next, later: [] };
}

function completeVideo(item: FoundItem, video: z.output<typeof Video>, now: Date): FoundItem | DropReason {
  const { snippet, status, contentDetails } = video;
  const isAlive =
    status.privacyStatus === 'public' && !/^(?:deleted|failed|rejected)$/.test(status.uploadStatus);
  if (!isAlive) return 'gone';
  if (!status.embeddable || snippet.liveBroadcastContent === 'upcoming') return 'wrong_kind';
  const read: FoundItem = {
    identities: [],
    title: cleanLine(snippet.title, MAX_TITLE) || item.title,
    author: cleanLine(snippet.channelTitle, MAX_AUTHOR) || null,
    url: item.url,
    pictureUrl: choosePicture(snippet.thumbnails),
    publishedAt: parseDate(snippet.publishedAt, now),
    language: readLanguage(snippet.defaultAudioLanguage || snippet.defaultLanguage),
    durationSeconds: readDuration(contentDetails.duration),
  };
  return completeItem(read, item);
}

function completeChannels(entries: readonly unknown[], before: readonly FoundItem[]): Parsed {
  const pictures = new Map(
    readAll(Channel, entries).map(({ id, snippet: { thumbnails } }) => [
      id,
      readPictureAddress((thumbnails.medium ?? thumbnails.default)?.url, BASE),
    ]),
  );
  const items = before.map((item) => ({
    ...item,
    channelPictureUrl: pictures.get(item.channelId ?? '') ?? item.channelPictureUrl ?? null,
  }));
  return { items, dropped: {}, next: [], later: [] };
}

/** The entries of a shape. Throws `schema_changed` when there are some and not one is. */
function readAll<T extends z.ZodType>(shape: T, entries: readonly unknown[]): z.output<T>[] {
  const read = listOf(shape).parse(entries);
  if (entries.length > 0 && read.length === 0) throw new SourceError('schema_changed');
  return read;
}

function videoIdOf({ identities }: FoundItem): string {
  return identities[0]?.replace('youtube:', '') ?? '';
}

function choosePicture({ maxres, standard, high, medium, default: smallest }: z.output<typeof Thumbnails>) {
  return readPictureAddress((maxres ?? standard ?? high ?? medium ?? smallest)?.url, BASE);
}

/** Seconds of an ISO 8601 duration; null when there is none, as of what is still on air. */
function readDuration(text: string): number | null {
  const parts = /^P(?:(\d{1,3})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,4})M)?(?:(\d{1,5})S)?)?$/.exec(text);
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = (parts ?? [])
    .slice(1)
    .map((part) => Number(part ?? 0));
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds || null;
}

/** Which of the limits is met stands in the text alone: codes and reasons are the same for a day's and a minute's. */
function judgeError(body: unknown): ReturnType<NonNullable<Source['judge']>> {
  const error = ErrorBody.safeParse(body).data?.error;
  if (!error) return undefined;
  const { code, status, message, errors, details } = error;
  const reasons = [status, ...errors.map(({ reason }) => reason), ...details.map(({ reason }) => reason)];
  const text = [message, ...errors.map((each) => each.message)].join('\n');
  const isOne = (...names: string[]) => reasons.some((reason) => names.includes(reason));
  if (isOne('API_KEY_INVALID', 'keyInvalid', 'keyExpired') || /API key (?:not valid|expired)/i.test(text)) {
    return { outcome: 'config_error' };
  }
  if (code === 429 || code === 403) {
    if (/per day/i.test(text)) return { outcome: 'quota_spent', isDaySpent: true };
    if (/per minute|per 100 seconds|per second/i.test(text)) return { outcome: 'throttled' };
    if (isOne('quotaExceeded', 'dailyLimitExceeded')) return { outcome: 'quota_spent', isDaySpent: true };
    const isShort = isOne('rateLimitExceeded', 'userRateLimitExceeded', 'RATE_LIMIT_EXCEEDED');
    return { outcome: isShort || code === 429 ? 'throttled' : 'config_error' };
  }
  if (code === 401) return { outcome: 'config_error' };
  return code === 400 ? { outcome: 'request_refused' } : undefined;
}
