import { sha256 } from '../../../platform/crypto.ts';
import { foldHost, normalizeAddress } from './addresses.ts';

const YOUTUBE_HOSTS = new Set(['youtube.com', 'youtube-nocookie.com', 'music.youtube.com']);
const VIDEO_ID = /^[\w-]{11}$/;
const VIDEO_PATH = /^\/(?:shorts|live|embed|v)\/([\w-]{11})\/?$/;
const BRUNCH_PATH = /^\/@(?<isUserId>@?)(?<writer>[\w.-]{1,60})\/(?<number>\d{1,9})\/?$/;
const NAVER_PATH = /^\/(?:mnews\/)?article\/(?<paper>\d{3})\/(?<article>\d{10})\/?$/;

/** `youtube:<video id>`; undefined when it is no id of a video. */
export function videoIdentity(videoId: string): string | undefined {
  return VIDEO_ID.test(videoId) ? `youtube:${videoId}` : undefined;
}

/**
 * `brunch:<user id>_<number>` or `brunch:@<profile id>_<number>`: a writer has both an inner and a public name, and an
 * article an address by each. Undefined when these cannot be names.
 */
export function brunchIdentity(
  writer: { userId: string } | { profileId: string },
  number: string,
): string | undefined {
  const isUserId = 'userId' in writer;
  const name = isUserId ? writer.userId : writer.profileId;
  return identifyBrunchPath(`/${isUserId ? '@@' : '@'}${name}/${number}`);
}

/**
 * By what the page behind an address is known: where the site's ids are known to us by these, elsewhere by the hash of
 * the address in its normal form.
 */
export async function identifyAddress(url: URL): Promise<string> {
  return identifyKnownSite(url) ?? `url:${await sha256(normalizeAddress(url))}`;
}

/** By what a headline of a newspaper is known, whoever lists it and under which address. */
export async function identifyStory(host: string, title: string): Promise<string> {
  return `story:${await sha256(`${foldHost(host)}\n${foldTitle(title)}`)}`;
}

function identifyKnownSite(url: URL): string | undefined {
  const host = foldHost(url.hostname);
  if (host === 'youtu.be') return videoIdentity(url.pathname.slice(1));
  if (YOUTUBE_HOSTS.has(host)) {
    const id = url.pathname === '/watch' ? url.searchParams.get('v') : VIDEO_PATH.exec(url.pathname)?.[1];
    return videoIdentity(id ?? '');
  }
  if (host === 'brunch.co.kr') return identifyBrunchPath(url.pathname);
  if (host === 'n.news.naver.com' || host === 'news.naver.com') return identifyNaverArticle(url);
  return undefined;
}

function identifyBrunchPath(path: string): string | undefined {
  const groups = BRUNCH_PATH.exec(path)?.groups;
  if (!groups) return undefined;
  const { isUserId, writer = '', number = '' } = groups;
  // Inner names tell upper from lower case, public ones do not.
  return `brunch:${isUserId ? writer : `@${writer.toLowerCase()}`}_${Number(number)}`;
}

function identifyNaverArticle(url: URL): string | undefined {
  const groups = NAVER_PATH.exec(url.pathname)?.groups;
  const paper = groups?.['paper'] ?? url.searchParams.get('oid') ?? '';
  const article = groups?.['article'] ?? url.searchParams.get('aid') ?? '';
  return /^\d{3}_\d{10}$/.test(`${paper}_${article}`) ? `naver:${paper}_${article}` : undefined;
}

/** Quotes, dots and spaces differ between those that list a headline. */
function foldTitle(title: string): string {
  const letters = title
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\p{P}\p{Z}\s]+/gu, '');
  return letters || title;
}
