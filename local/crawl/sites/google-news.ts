/**
 * news.google.com: the RSS search, in the shape of NFE/5.0. Items are in no order, ids opaque, a story may come under two
 * ids, date-only sources say 07:00:00 GMT, and the description is an escaped list of what others wrote about it.
 */
import type { Reply } from '../../stand-in.ts';
import { drawLetters, drawNamed, shuffle } from '../content/draw.ts';
import type { Library, Story } from '../content/library.ts';
import { DAY_MS } from '../content/days.ts';
import { emptied, htmlReply, tagOf, textReply, type Site, type SiteRequest } from '../site.ts';

const HOST = 'news.google.com';
const LOCALE = { hl: 'ko', gl: 'KR', ceid: 'KR:ko' };
const MOST = 100;

/** As it was in the autumn of 2026: the search of feeds is not among what is open. */
const ROBOTS = `User-agent: *
Disallow: /
Allow: /$
Allow: /home
Allow: /topics/
Allow: /publications/
Allow: /stories/
Allow: /swg/
Allow: /about
`;

/** The licence that every feed carries, in words of our own. */
const COPYRIGHT =
  'Imitation for the local edition. As with the real feed: for a personal feed reader, not for commercial use.';

export function createGoogleNews(library: Library): Site {
  return {
    source: 'google-news',
    hosts: [HOST],
    robots: () => textReply(200, ROBOTS),
    answer: (request) => answer(request, library),
    troubles: {
      empty: (request) => answer(request, emptied(library)),
      format: () => xmlReply(ATOM),
      html: () => htmlReply(200, SOMETHING_ELSE),
      layout: (request) => {
        const { body, ...rest } = answer(request, library);
        return { ...rest, body: String(body).replaceAll('item>', 'entry>').replaceAll('channel>', 'list>') };
      },
    },
  };
}

const ATOM =
  '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>뉴스</title>' +
  '<entry><title>취업 소식</title><link href="https://news.google.com/read/1"/></entry></feed>';

const SOMETHING_ELSE =
  '<!doctype html><html lang="ko"><head><title>Google 뉴스</title></head><body><c-wiz></c-wiz></body></html>';

function answer({ url }: SiteRequest, library: Library): Reply {
  if (/^\/(?:rss\/)?articles\/[\w-]+$/.test(url.pathname)) return htmlReply(200, SOMETHING_ELSE);
  if (url.pathname !== '/rss/search') return htmlReply(404, SOMETHING_ELSE);
  const question = url.searchParams.get('q');
  if (!question) return htmlReply(400, SOMETHING_ELSE);
  if (!url.searchParams.has('ceid')) {
    const whole = new URL(url);
    for (const [name, value] of Object.entries(LOCALE)) whole.searchParams.set(name, value);
    return { status: 302, headers: { location: whole.href } };
  }
  return xmlReply(writeFeed(question, library));
}

function xmlReply(body: string): Reply {
  return {
    status: 200,
    headers: { 'content-type': 'application/xml; charset=utf-8', 'cache-control': 'no-cache, max-age=0' },
    body,
  };
}

function writeFeed(question: string, library: Library): string {
  const tag = tagOf(question);
  const draw = drawNamed('feed', tag);
  const stories = library.stories(tag).filter((story) => !story.isExtra || story.draw('site').chance(0.5));
  // The first story once more, under another id.
  const shown = [...stories, ...stories.slice(0, 1)].map((story, place) =>
    writeItem(story, place === stories.length ? 'again' : 'once', stories),
  );
  const search = `https://${HOST}/search?${new URLSearchParams({ q: question, ...LOCALE })}`;
  return (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' +
    '<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><generator>NFE/5.0</generator>' +
    `<title>"${escapeXml(question)}" - Google 뉴스</title><link>${escapeXml(search)}</link><language>ko</language>` +
    `<webMaster>news-webmaster@loopus-demo.example.com</webMaster><copyright>${COPYRIGHT}</copyright>` +
    `<lastBuildDate>${library.now().toUTCString()}</lastBuildDate><image><title>Google 뉴스</title>` +
    `<url>https://lh3.loopus-demo.example.com/w256</url><link>https://${HOST}/</link><height>256</height><width>256</width></image>` +
    `<description>Google 뉴스</description>${shuffle(draw, shown).slice(0, MOST).join('')}</channel></rss>\n`
  );
}

function writeItem(story: Story, which: string, all: readonly Story[]): string {
  const id = makeId(story, which);
  const { publisher } = story;
  return (
    `<item><title>${escapeXml(`${story.title} - ${publisher.name}`)}</title><link>${articleAddress(id)}</link>` +
    `<guid isPermaLink="false">${id}</guid><pubDate>${dateOf(story)}</pubDate>` +
    `<description>${escapeXml(describe(story, id, all))}</description>` +
    `<source url="https://${publisher.host}">${escapeXml(publisher.name)}</source></item>`
  );
}

function articleAddress(id: string): string {
  return `https://${HOST}/rss/articles/${id}?oc=5`;
}

/** Alone, or with what up to four others wrote about it, each under an id of its own. */
function describe(story: Story, id: string, all: readonly Story[]): string {
  const draw = story.draw('cluster');
  const others = draw.chance(0.3) ? shuffle(draw, all).slice(0, draw.between(1, 4)) : [];
  const lines = [
    lineOf(story, id),
    ...others.filter((other) => other !== story).map((other) => lineOf(other, makeId(other, story.title))),
  ];
  return lines.length === 1 ? lines.join('') : `<ol>${lines.map((line) => `<li>${line}</li>`).join('')}</ol>`;
}

function lineOf(story: Story, id: string): string {
  return (
    `<a href="${articleAddress(id)}" target="_blank">${escapeXml(story.title)}</a>` +
    `&nbsp;&nbsp;<font color="#6f6f6f">${escapeXml(story.publisher.name)}</font>`
  );
}

/** Some sources tell the day only: midnight in California. Of the day before, so that it lies before our own date. */
function dateOf(story: Story): string {
  const isDayOnly = story.draw('date').chance(0.15);
  const day = Math.floor(story.publishedAt.getTime() / DAY_MS) * DAY_MS;
  return (isDayOnly ? new Date(day - DAY_MS + 7 * 3_600_000) : story.publishedAt).toUTCString();
}

/** base64url of the envelope `08 13 22 <length> AU_yq…`, often with a second one for AMP. */
function makeId(story: Story, which: string): string {
  const draw = story.draw(`id ${which}`);
  const parts = [Buffer.from([0x08, 0x13, 0x22]), wrapToken(drawLetters(draw, draw.between(90, 240)))];
  if (draw.chance(0.4)) {
    parts.push(Buffer.from([0xd2, 0x01]), wrapToken(drawLetters(draw, draw.between(100, 180))));
  }
  return Buffer.concat(parts).toString('base64url');
}

function wrapToken(letters: string): Buffer {
  const token = Buffer.from(`AU_yqL${letters}`);
  const { length } = token;
  const size = length < 128 ? [length] : [(length & 0x7f) | 0x80, length >> 7];
  return Buffer.concat([Buffer.from(size), token]);
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
